"""Where needs lie on the map, and how many of each kind lie in each of its cells."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from sqlalchemy import BigInteger, Select, cast, delete, func, insert, literal_column, select
from sqlalchemy.orm import Session

from participation.database import insert as insert_into
from participation.extensions import db
from participation.geography.rules import FINEST_LEVEL, PLACE_DECIMALS, Point, cell_of, parent
from participation.needs.models import MapCount, Need, Stand
from participation.needs.rules import NOT_LISTED, Cell

# A zoom of the map and the next share a level: six rows a need, and no more cells in sight than a page can show.
LEVELS = (8, 10, 12, 14, 16, 18)
_UNITS_A_DEGREE = 10**PLACE_DECIMALS
_KEY = ("level", "cell", "area_id", "theme_id", "state")
_SUMS = ("needs", "id_sum", "latitude_sum", "longitude_sum")
_Key = tuple[int, int, int, int, str]
_Sums = tuple[int, ...]


def settle(need: Need) -> None:
    """Find the cell of the need's place."""
    need.cell = cell_of(need.point) if need.point else None


def middle(needs: int, latitude_sum: int, longitude_sum: int) -> Point:
    return Point(latitude_sum / needs / _UNITS_A_DEGREE, longitude_sum / needs / _UNITS_A_DEGREE)


def cells() -> list[Cell]:
    """How many needs with a place there are of each theme, area and state: a sum over the few coarsest cells."""
    kind = (MapCount.theme_id, MapCount.area_id, MapCount.state)
    counted = select(*kind, func.sum(MapCount.needs)).where(MapCount.level == LEVELS[0], MapCount.needs > 0)
    rows = db.session.execute(counted.group_by(*kind))
    return [(theme_id, area_id, state, int(needs)) for theme_id, area_id, state, needs in rows]


def set_down(session: Session, changes: Counter[Stand]) -> None:
    """Count what has changed: of each stand, how many more or fewer."""
    counts: dict[_Key, _Sums] = {}
    for stand, by in changes.items():
        if by and stand.cell is not None and stand.state not in NOT_LISTED:
            _add(counts, stand, by)
    rows = [_row(key, counts[key]) for key in sorted(counts) if any(counts[key])]
    if rows:
        session.execute(_added(rows, session.get_bind().dialect.name))


def _add(counts: dict[_Key, _Sums], stand: Stand, by: int) -> None:
    sums = (by, by * stand.id, by * _units(stand.latitude), by * _units(stand.longitude))
    for level in LEVELS:
        cell = parent(stand.cell or 0, level=level, of_level=FINEST_LEVEL)
        key = (level, cell, stand.area_id, stand.theme_id, stand.state.value)
        before = counts.get(key, (0, 0, 0, 0))
        counts[key] = tuple(one + other for one, other in zip(before, sums, strict=True))


def _units(degrees: float | None) -> int:
    return round((degrees or 0.0) * float(_UNITS_A_DEGREE))


def _row(key: _Key, sums: _Sums) -> dict[str, Any]:
    return dict(zip((*_KEY, *_SUMS), (*key, *sums), strict=True))


def _added(rows: list[dict[str, Any]], dialect: str) -> Any:
    statement = insert_into(MapCount, dialect).values(rows)
    sums = {name: getattr(MapCount, name) + statement.excluded[name] for name in _SUMS}
    return statement.on_conflict_do_update(index_elements=list(_KEY), set_=sums)


def _recounted(level: int) -> Select[Any]:
    """What the counts of a level should be, from the needs themselves."""
    # Spelt out: PostgreSQL must see that what is selected is what is grouped by.
    cell = Need.cell.op(">>")(literal_column(str(2 * (FINEST_LEVEL - level))))
    return (
        select(
            literal_column(str(level)),
            cell,
            Need.area_id,
            Need.theme_id,
            Need.state,
            func.count(),
            cast(func.sum(Need.id), BigInteger),
            _summed(Need.latitude),
            _summed(Need.longitude),
        )
        .where(Need.cell.is_not(None), Need.state.not_in(NOT_LISTED))
        .group_by(cell, Need.area_id, Need.theme_id, Need.state)
    )


def _summed(degrees: Any) -> Any:
    return cast(func.sum(cast(func.round(degrees * _UNITS_A_DEGREE), BigInteger)), BigInteger)


def drifted() -> Iterable[tuple[int, int]]:
    """Each level with counts that differ from the needs, and how many do. There must be none."""
    for level in LEVELS:
        stored = select(*(getattr(MapCount, name) for name in (*_KEY, *_SUMS))).where(
            MapCount.level == level, MapCount.needs != 0
        )
        counted = _recounted(level)
        wrong = stored.except_(counted).subquery(), counted.except_(stored).subquery()
        differ = max(db.session.scalar(select(func.count()).select_from(rows)) or 0 for rows in wrong)
        if differ:
            yield level, differ


def recount(level: int) -> None:
    """Count a level of the map from the needs themselves."""
    db.session.execute(delete(MapCount).where(MapCount.level == level))
    db.session.execute(insert(MapCount).from_select([*_KEY, *_SUMS], _recounted(level)))
