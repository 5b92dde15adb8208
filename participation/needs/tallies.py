"""Keeps how many needs there are of each theme, area and state, in the transaction that changes a need.

What changes is noted as needs are written, whoever writes them, and set down right before the commit: one cell after
the other in an order that is the same for all, and for a moment only. So nobody waits for each other in a ring.
"""

from collections import Counter, defaultdict
from typing import Any

from sqlalchemy import delete, event, func, inspect, select, update
from sqlalchemy import insert as plain_insert
from sqlalchemy.orm import Session, SessionTransaction, object_session

from participation.database import insert
from participation.extensions import db
from participation.needs.models import Need, NeedTally
from participation.needs.rules import Cell, NeedState

Place = tuple[int, int, NeedState]
_PENDING = "need_tallies"
_PLACE = ("theme_id", "area_id", "state")


def cells() -> list[Cell]:
    """All that are not empty; as many as themes, areas and states give, however many the needs are."""
    rows = db.session.execute(
        select(NeedTally.theme_id, NeedTally.area_id, NeedTally.state, NeedTally.needs).where(NeedTally.needs > 0)
    )
    return [(theme_id, area_id, state, needs) for theme_id, area_id, state, needs in rows]


def count_anew() -> None:
    """Set every cell to what the rows say."""
    db.session.execute(delete(NeedTally))
    counted = select(Need.theme_id, Need.area_id, Need.state, func.count()).group_by(*_PLACE)
    db.session.execute(plain_insert(NeedTally).from_select([*_PLACE, "needs"], counted))


def drift() -> list[tuple[Place, int, int]]:
    """Each cell that differs from its rows, with what it holds and what it should. There must be none."""
    counted: dict[Place, int] = {
        (theme, area, state): needs
        for theme, area, state, needs in db.session.execute(
            select(Need.theme_id, Need.area_id, Need.state, func.count()).group_by(
                Need.theme_id, Need.area_id, Need.state
            )
        )
    }
    stored: dict[Place, int] = {(theme, area, state): needs for theme, area, state, needs in cells()}
    places = sorted(counted.keys() | stored.keys())
    return [
        (place, stored.get(place, 0), counted.get(place, 0))
        for place in places
        if stored.get(place, 0) != counted.get(place, 0)
    ]


def _noted(session: Session) -> defaultdict[SessionTransaction | None, Counter[Place]]:
    noted: defaultdict[SessionTransaction | None, Counter[Place]] = session.info.setdefault(
        _PENDING, defaultdict(Counter)
    )
    return noted


@event.listens_for(Need, "after_insert")
def _note_new(_mapper: Any, _connection: Any, need: Need) -> None:
    _note(need, (_place(need), 1))


@event.listens_for(Need, "after_update")
def _note_changed(_mapper: Any, _connection: Any, need: Need) -> None:
    _note(need, (_former_place(need), -1), (_place(need), 1))


@event.listens_for(Need, "after_delete")
def _note_gone(_mapper: Any, _connection: Any, need: Need) -> None:
    _note(need, (_former_place(need), -1))


def _note(need: Need, *changes: tuple[Place, int]) -> None:
    session = object_session(need)
    if session is None:
        return
    noted = _noted(session)[session.get_nested_transaction() or session.get_transaction()]
    for place, by in changes:
        noted[place] += by


def _place(need: Need) -> Place:
    return need.theme_id, need.area_id, need.state


def _former_place(need: Need) -> Place:
    """Where the need stood before what is written now."""
    attributes = inspect(need).attrs
    theme_id, area_id, state = ((attributes[name].history.deleted or [getattr(need, name)])[0] for name in _PLACE)
    return theme_id, area_id, state


@event.listens_for(Session, "before_commit")
def _set_down(session: Session) -> None:
    if session.in_nested_transaction():
        return
    session.flush()
    changes: Counter[Place] = Counter()
    for noted in session.info.pop(_PENDING, {}).values():
        changes.update(noted)
    for place, by in sorted(changes.items()):
        _change(session, place, by)


def _change(session: Session, place: Place, by: int) -> None:
    values = dict(zip(_PLACE, place, strict=True))
    if by > 0:
        statement = insert(NeedTally, session.get_bind().dialect.name).values(needs=by, **values)
        more = {"needs": NeedTally.needs + statement.excluded.needs}
        session.execute(statement.on_conflict_do_update(index_elements=list(_PLACE), set_=more))
    elif by < 0:
        fewer = update(NeedTally).filter_by(**values).values(needs=NeedTally.needs + by)
        session.execute(fewer.execution_options(synchronize_session=False))


@event.listens_for(Session, "after_soft_rollback")
def _forget(session: Session, undone: SessionTransaction) -> None:
    """What a savepoint took back never was; what came before it still is."""
    noted = _noted(session)
    noted.pop(undone, None)
    if not undone.nested:
        noted.clear()
