"""Makes a small town large by copying its rows, and counts what a page asks the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, Table, event, func, insert, select

from participation.comments.models import Comment
from participation.extensions import db
from participation.needs.models import Need, NeedPicture, NeedUpdate
from participation.notifications.models import Delivery, Event, EventSubject
from participation.outcomes.models import Feedback, GateEvidence, Indicator, Outcome, OutcomeNeed, UseCheck
from participation.projects.models import NeedLink, Project, ProjectMove
from participation.support.models import Support

Row = dict[str, Any]


@contextmanager
def counted_queries() -> Iterator[list[str]]:
    """The statements sent to any database inside the block."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def grow(times: int) -> None:
    """Copy everything that has been written so many times, each copy of a need with its own company."""
    offset = _copy_roots(times)
    for copy in range(1, times + 1):
        _copy_company(offset, copy)
    db.session.commit()


def _table(model: type[Any]) -> Table:
    table: Table = model.__table__
    return table


def _rows(model: type[Any]) -> list[Row]:
    return [dict(row) for row in db.session.execute(select(_table(model))).mappings()]


ORIGINALS: dict[type[Any], list[Row]] = {}
ROOTS: tuple[type[Any], ...] = (Need, Project, Outcome, Event)
COMPANY: tuple[tuple[type[Any], tuple[str, ...]], ...] = (
    (NeedUpdate, ("need_id",)),
    (NeedPicture, ("need_id",)),
    (Comment, ("need_id",)),
    (Support, ("need_id",)),
    (ProjectMove, ("project_id",)),
    (NeedLink, ("need_id", "project_id")),
    (OutcomeNeed, ("outcome_id", "need_id")),
    (GateEvidence, ("outcome_id",)),
    (Indicator, ("outcome_id",)),
    (UseCheck, ("outcome_id",)),
    (Feedback, ("outcome_id",)),
    (EventSubject, ("event_id",)),
    (Delivery, ("event_id",)),
)
_ROOT_OF: dict[str, type[Any]] = {"need_id": Need, "project_id": Project, "outcome_id": Outcome, "event_id": Event}


def _copy_roots(times: int) -> dict[type[Any], int]:
    """Copy what other rows point to; returns the highest number of each kind before that."""
    highest = {}
    for model in ROOTS:
        rows = ORIGINALS[model] = _rows(model)
        highest[model] = db.session.scalar(select(func.max(_table(model).c.id))) or 0
        copies = [_renumbered(model, row, highest[model] * copy) for copy in range(1, times + 1) for row in rows]
        if copies:
            db.session.execute(insert(_table(model)), copies)
    for model, _keys in COMPANY:
        ORIGINALS[model] = _rows(model)
    return highest


def _renumbered(model: type[Any], row: Row, shift: int) -> Row:
    changes: Row = {"id": row["id"] + shift}
    if model is Need:
        changes |= {"reference": f"K-{row['id'] + shift}", "submission_key": None}
    if model is Outcome:
        changes |= {"project_id": row["project_id"]}
    return row | changes


def _copy_company(highest: dict[type[Any], int], copy: int) -> None:
    for model, keys in COMPANY:
        copies = []
        for row in ORIGINALS[model]:
            if model is NeedPicture and row["need_id"] is None:
                continue  # of a draft, which is not copied either
            changes: Row = {key: row[key] + highest[_ROOT_OF[key]] * copy for key in keys}
            if model is NeedPicture:
                changes["key"] = f"{copy:08x}{row['key'][8:]}"
            copies.append({name: value for name, value in (row | changes).items() if name not in _DROPPED})
        if copies:
            db.session.execute(insert(_table(model)), copies)


# A copied row gets a number of its own; a copied comment stands by itself.
_DROPPED = {"id", "parent_id", "submission_key"}
