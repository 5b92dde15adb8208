"""How many needs there are of each theme, area and state, so that nobody counts rows."""

from collections import Counter

from sqlalchemy import delete, func, select, update
from sqlalchemy import insert as plain_insert
from sqlalchemy.orm import Session

from participation.database import insert
from participation.extensions import db
from participation.needs.models import Need, NeedTally, Stand
from participation.needs.rules import Cell, NeedState

Place = tuple[int, int, NeedState]
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


def set_down(session: Session, changes: Counter[Stand]) -> None:
    """Count what has changed: of each stand, how many more or fewer."""
    cells: Counter[Place] = Counter()
    for stand, by in changes.items():
        cells[stand.theme_id, stand.area_id, stand.state] += by
    for place, by in sorted(cells.items()):
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
