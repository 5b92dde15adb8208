"""Wakes the worker when a transaction that leaves mail waiting has been committed, and not before."""

from typing import Any

from flask import current_app
from sqlalchemy import event

from participation.extensions import db

_WAITING = "mail_waiting"
WAKE = "wake_worker"


def mail_waits() -> None:
    """Note that this transaction leaves mail to send."""
    db.session.info[_WAITING] = True


@event.listens_for(db.session, "after_commit")
def _wake(session: Any) -> None:
    if session.in_nested_transaction() or not session.info.pop(_WAITING, False):
        return
    current_app.extensions[WAKE]()


@event.listens_for(db.session, "after_rollback")
def _nothing_waits(session: Any) -> None:
    session.info.pop(_WAITING, None)
