"""The needs nearest to a point, at a cost that does not grow with how many there are.

The counts say where needs lie: cells are opened level by level, and those that are surely too far away are let go,
until few enough needs are left to be read and measured one by one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select

from participation.extensions import db
from participation.geography.rules import (
    Point,
    box_of,
    children,
    metres_between,
    metres_to,
    metres_to_farthest,
)
from participation.needs.map_view import counts_of, in_cells, is_counted
from participation.needs.models import MapCount, Need
from participation.needs.places import LEVELS
from participation.needs.queries import NeedFilter, narrowed

NEAREST_MAX = 200
# What is read and measured at most; more than this only where very many lie on one spot.
_READ_MAX = 2_000
# Where so few may be the nearest, it is quicker to read them than to open more cells.
_FEW = 600
# A ring of them at one distance, with nothing inside, could else be opened for ever.
_CELLS_MAX = 400


@dataclass(frozen=True)
class Near:
    need_id: int
    metres: float


@dataclass(frozen=True)
class _Cell:
    cell: int
    count: int
    nearest_metres: float
    farthest_metres: float


def nearest(
    point: Point, *, wanted: NeedFilter, among: Sequence[int] | None = None, limit: int = NEAREST_MAX
) -> list[Near]:
    """The needs with a place on the map that lie nearest to the point, nearest first; `among` names the only ones."""
    limit = min(limit, NEAREST_MAX) if among is None else len(among)
    query: Select[*tuple[Any, ...]] = narrowed(select(Need.id, Need.latitude, Need.longitude), wanted).where(
        Need.cell.is_not(None)
    )
    if among is not None:
        query = query.where(Need.id.in_(among))
    elif is_counted(wanted):
        cells, level = _cells_around(point, wanted, limit)
        if not cells:
            return []
        query = query.where(in_cells((cell.cell for cell in cells), level=level))
    # In no order: else a database may go through all needs by their number, and look for these.
    rows = db.session.execute(query.limit(_READ_MAX))
    by_distance = sorted((metres_between(point, Point(row[1], row[2])), row[0]) for row in rows)
    return [Near(need_id, metres) for metres, need_id in by_distance[:limit]]


def _cells_around(point: Point, wanted: NeedFilter, limit: int) -> tuple[Sequence[_Cell], int]:
    """The cells that the nearest must lie in, and their level."""
    cells, level = _count(point, wanted, None, LEVELS[0]), LEVELS[0]
    kept = _within_reach(cells, limit)
    for finer in LEVELS[1:]:
        if sum(cell.count for cell in kept) <= _FEW or len(kept) > _CELLS_MAX:
            break
        inside = [cell for one in kept for cell in children(one.cell, level=level, to_level=finer)]
        level, kept = finer, _within_reach(_count(point, wanted, inside, finer), limit)
    return kept, level


def _count(point: Point, wanted: NeedFilter, cells: Sequence[int] | None, level: int) -> list[_Cell]:
    """Those of the cells that hold something; all there are at the coarsest level, where they are few."""
    query = select(MapCount.cell, func.sum(MapCount.needs)).where(MapCount.level == level, *counts_of(wanted))
    if cells is not None:
        query = query.where(MapCount.cell.in_(cells))
    return [_cell(point, level, *row) for row in db.session.execute(query.group_by(MapCount.cell))]


def _cell(point: Point, level: int, cell: int, count: Any) -> _Cell:
    box = box_of(cell, level=level)
    return _Cell(cell, int(count), metres_to(point, box), metres_to_farthest(point, box))


def _within_reach(cells: Iterable[_Cell], limit: int) -> list[_Cell]:
    """Without those that lie beyond a distance within which there are enough already."""
    by_farthest = sorted(cells, key=lambda cell: cell.farthest_metres)
    found, reach = 0, float("inf")
    for cell in by_farthest:
        found += cell.count
        if found >= limit:
            reach = cell.farthest_metres
            break
    return [cell for cell in by_farthest if cell.nearest_metres <= reach]
