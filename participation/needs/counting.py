"""Counts needs anew as they change, in the transaction that changes them: for the list and for the map.

What changes is noted as needs are written, whoever writes them, and set down right before the commit: one row after the
other in an order that is the same for all, and for a moment only. So nobody waits for each other in a ring.
"""

from collections import Counter, defaultdict
from typing import Any

from sqlalchemy import event, inspect
from sqlalchemy.orm import Session, SessionTransaction, object_session

from participation.needs import places, tallies
from participation.needs.models import Need, Stand

_PENDING = "needs_counted"
_Noted = defaultdict[SessionTransaction | None, Counter[Stand]]


def _noted(session: Session) -> _Noted:
    noted: _Noted = session.info.setdefault(_PENDING, defaultdict(Counter))
    return noted


@event.listens_for(Need, "after_insert")
def _note_new(_mapper: Any, _connection: Any, need: Need) -> None:
    _note(need, (need.stand, 1))


@event.listens_for(Need, "after_update")
def _note_changed(_mapper: Any, _connection: Any, need: Need) -> None:
    _note(need, (_former_stand(need), -1), (need.stand, 1))


@event.listens_for(Need, "after_delete")
def _note_gone(_mapper: Any, _connection: Any, need: Need) -> None:
    _note(need, (_former_stand(need), -1))


def _note(need: Need, *changes: tuple[Stand, int]) -> None:
    session = object_session(need)
    if session is None:
        return
    noted = _noted(session)[session.get_nested_transaction() or session.get_transaction()]
    for stand, by in changes:
        noted[stand] += by


def _former_stand(need: Need) -> Stand:
    """Where the need stood before what is written now."""
    attributes = inspect(need).attrs
    return Stand(*((attributes[name].history.deleted or [getattr(need, name)])[0] for name in Stand._fields))


@event.listens_for(Session, "before_commit")
def _set_down(session: Session) -> None:
    if session.in_nested_transaction():
        return
    session.flush()
    changes: Counter[Stand] = Counter()
    for noted in session.info.pop(_PENDING, {}).values():
        changes.update(noted)
    for counts in (tallies, places):
        counts.set_down(session, changes)


@event.listens_for(Session, "after_soft_rollback")
def _forget(session: Session, undone: SessionTransaction) -> None:
    """What a savepoint took back never was; what came before it still is."""
    noted = _noted(session)
    noted.pop(undone, None)
    if not undone.nested:
        noted.clear()
