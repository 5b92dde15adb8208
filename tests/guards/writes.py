"""Sees to it that no request leaves writes behind that were never committed."""

from typing import Any

from flask import Flask, Response
from sqlalchemy import Engine, event

from participation.extensions import db

_WRITES = ("INSERT", "UPDATE", "DELETE")


class WroteWithoutCommit(AssertionError):
    """A view answered as if all were well, and its writes would have been lost."""


def watch(app: Flask) -> None:
    """Raise from any request of the app that ends well with uncommitted writes."""

    @app.after_request
    def nothing_uncommitted(response: Response) -> Response:
        if response.status_code < 400 and (left := uncommitted()):
            raise WroteWithoutCommit(f"{left} written and not committed")
        return response


def uncommitted() -> list[str]:
    """What the session holds that no commit has kept: objects, and statements sent."""
    session = db.session()
    objects = [repr(found) for found in (*session.new, *session.dirty, *session.deleted) if session.is_modified(found)]
    connection = session.connection() if session.in_transaction() else None
    return objects + list(connection.info.get("writes", [])) if connection is not None else objects


@event.listens_for(Engine, "after_cursor_execute")
def _note_write(connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
    if statement.lstrip().upper().startswith(_WRITES):
        connection.info.setdefault("writes", []).append(statement.split("\n")[0])


@event.listens_for(Engine, "commit")
@event.listens_for(Engine, "rollback")
def _forget_writes(connection: Any) -> None:
    if not connection.invalidated:
        connection.info.pop("writes", None)
