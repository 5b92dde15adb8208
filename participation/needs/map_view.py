"""What a map shows of the needs in a box: each by itself where they are few, else as many together.

The cost is the same however many needs there are: many are known by what is counted of each cell in sight, and few are
read one by one. What no count tells, such as words searched for or whose they are, is read up to a limit.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from participation.extensions import db
from participation.geography.rules import (
    FINEST_LEVEL,
    NORWAY,
    Box,
    Point,
    box_of,
    cells_in,
    children,
    count_in,
    metres_between,
    pixels,
)
from participation.needs.listing import Sort
from participation.needs.models import MapCount, Need
from participation.needs.places import LEVELS, middle
from participation.needs.queries import NeedFilter, fitting, found_by_text, narrowed, needs_by_id

ZOOM_MIN, ZOOM_MAX = 6, 18
# So many are read one by one, and stand in the list beside the map.
NEEDS_MAX = 100
CELLS_MAX = 400
# What would lie closer on the screen than this becomes one: nobody hits the right one of two with a thumb.
APART_PX = 44
_PLACE: tuple[Any, ...] = (Need.id, Need.latitude, Need.longitude, Need.area_id)


@dataclass(frozen=True)
class Mark:
    """Something on the map: a need, or several that lie too near each other."""

    point: Point
    box: Box
    count: int
    area_id: int
    """Where most of them are."""
    need_ids: Sequence[int] = ()
    """Which they are, where that is known."""
    is_mixed: bool = False
    """Whether some of them are in other areas."""


@dataclass(frozen=True)
class View:
    marks: Sequence[Mark]
    total: int
    needs: Sequence[Need] | None
    """All of them, in the order asked for; none where they are too many to list."""
    is_cut: bool = False
    """Whether there are more that could not be read."""
    alone: dict[int, Need] = field(default_factory=dict)
    """The needs that stand alone on the map, by their number."""


def view(
    box: Box,
    *,
    zoom: int,
    wanted: NeedFilter,
    sort: Sort = Sort.CURRENT,
    among: Sequence[int] | None = None,
    near: Point | None = None,
) -> View:
    """What a map of the zoom shows of the box; `among` names the only needs, where they are few.

    The best are the nearest to `near`; without it, those that answer the words best.
    """
    shown, zoom = box.within(NORWAY), min(max(zoom, ZOOM_MIN), ZOOM_MAX)
    if shown is None:
        return View([], 0, [])
    counts = among is None and is_counted(wanted)
    found = _counted(shown, zoom, wanted) if counts else _found(shown, zoom, wanted, among)
    return found if found.needs is None else replace(found, needs=_in_order(found.needs, sort, near))


def _in_order(needs: Sequence[Need], sort: Sort, near: Point | None) -> Sequence[Need]:
    if sort is not Sort.BEST:
        return sorted(needs, key=_ORDERS[sort], reverse=True)
    return sorted(needs, key=lambda need: metres_between(near, need.point or near)) if near else needs


def is_counted(wanted: NeedFilter) -> bool:
    """Whether the counts can tell: they know of theme, area and state, and of nothing else."""
    return not wanted.text


def level_for(box: Box, zoom: int) -> int:
    """The level whose cells are 64 or 128 pixels wide on such a map; a coarser one where they would be too many."""
    fine = max((level for level in LEVELS if level <= zoom + 2), default=LEVELS[0])
    return next((level for level in reversed(LEVELS) if level <= fine and count_in(box, level=level) <= CELLS_MAX), 8)


def counts_of(wanted: NeedFilter) -> list[ColumnElement[bool]]:
    """Which of the counts are of such needs."""
    kinds = [(MapCount.theme_id, wanted.themes), (MapCount.area_id, wanted.areas), (MapCount.state, wanted.states)]
    return [MapCount.needs > 0, *(column.in_(values) for column, values in kinds if values)]


def _counted(box: Box, zoom: int, wanted: NeedFilter) -> View:
    level = level_for(box, zoom)
    cells = list(cells_in(box, level=level))
    rows = db.session.execute(
        select(
            MapCount.cell,
            MapCount.area_id,
            func.sum(MapCount.needs),
            func.sum(MapCount.id_sum),
            func.sum(MapCount.latitude_sum),
            func.sum(MapCount.longitude_sum),
        )
        .where(MapCount.level == level, MapCount.cell.in_(cells), *counts_of(wanted))
        .group_by(MapCount.cell, MapCount.area_id)
    ).all()
    if sum(row[2] for row in rows) <= NEEDS_MAX:
        return _few({row[0] for row in rows}, level, box, zoom, wanted)
    marks = (_mark_of_cell(level, *row) for row in rows)
    # What lies in cells that the edge goes through may lie outside: nothing is to be reached that isn't seen.
    return _many([mark for mark in marks if box.holds(mark.point)], zoom)


def _mark_of_cell(level: int, cell: int, area_id: int, *sums: Any) -> Mark:
    count, id_sum, latitude_sum, longitude_sum = map(int, sums)
    point = middle(count, latitude_sum, longitude_sum)
    box = Box.around(point) if count == 1 else box_of(cell, level=level)
    return Mark(point, box, count, area_id, (id_sum,) if count == 1 else ())


def _few(cells: set[int], level: int, box: Box, zoom: int, wanted: NeedFilter) -> View:
    # In no order: else a database may go through all needs by their number, and look for these.
    rows: Iterable[Any] = db.session.execute(_in_box(box, wanted).where(in_cells(cells, level=level))) if cells else ()
    return _listed([_mark_of_need(*row) for row in rows], zoom)


def _found(box: Box, zoom: int, wanted: NeedFilter, among: Sequence[int] | None) -> View:
    """By reading them: what is searched for, and what is named."""
    conditions = [*fitting(wanted), *_lies_in(box)]
    if among is not None:
        conditions.append(Need.id.in_(among))
    found = found_by_text(wanted.text, *conditions) if wanted.text else None
    rows = db.session.execute(select(*_PLACE).where(*([Need.id.in_(found.ids)] if found else conditions))).all()
    if found:
        rank = {number: place for place, number in enumerate(found.ids)}
        rows = sorted(rows, key=lambda row: rank[row[0]])
    marks = [_mark_of_need(*row) for row in rows]
    shown = _listed(marks, zoom) if len(marks) <= NEEDS_MAX else _many(marks, zoom)
    return replace(shown, is_cut=bool(found and not found.all_there_is))


def _in_box(box: Box, wanted: NeedFilter) -> Select[*tuple[Any, ...]]:
    return narrowed(select(*_PLACE), wanted).where(*_lies_in(box))


def _lies_in(box: Box) -> list[ColumnElement[bool]]:
    return [
        Need.cell.is_not(None),
        Need.latitude.between(box.south, box.north),
        Need.longitude.between(box.west, box.east),
    ]


def _mark_of_need(need_id: int, latitude: float, longitude: float, area_id: int) -> Mark:
    point = Point(latitude, longitude)
    return Mark(point, Box.around(point), 1, area_id, (need_id,))


def in_cells(cells: Iterable[int], *, level: int) -> ColumnElement[bool]:
    """Of needs that lie in one of the cells: ranges of the index, with neighbours in one."""
    ranges: list[range] = []
    for cell in sorted(cells):
        within = children(cell, level=level, to_level=FINEST_LEVEL)
        if ranges and ranges[-1].stop == within.start:
            ranges[-1] = range(ranges[-1].start, within.stop)
        else:
            ranges.append(within)
    return or_(*(and_(Need.cell >= one.start, Need.cell < one.stop) for one in ranges))


_ORDERS: dict[Sort, Any] = {
    Sort.CURRENT: lambda need: (need.heat, need.id),
    Sort.NEWEST: lambda need: need.id,
    Sort.SUPPORTED: lambda need: (need.support_count, need.id),
    Sort.COMMENTED: lambda need: (need.comment_count, need.id),
}


def _listed(marks: Sequence[Mark], zoom: int) -> View:
    needs = needs_by_id(number for mark in marks for number in mark.need_ids)
    return View(apart(marks, zoom=zoom), len(needs), needs, alone={need.id: need for need in needs})


def _many(marks: Sequence[Mark], zoom: int) -> View:
    drawn = apart(marks, zoom=zoom)
    alone = needs_by_id(mark.need_ids[0] for mark in drawn if mark.count == 1)
    return View(drawn, sum(mark.count for mark in drawn), None, alone={need.id: need for need in alone})


_Square = tuple[int, int]
_Drawn = tuple[float, float, Mark]


def apart(marks: Iterable[Mark], *, zoom: int) -> list[Mark]:
    """The marks with those that would lie on top of each other as one; the larger keep their place."""
    drawn: dict[_Square, list[_Drawn]] = {}
    for mark in sorted(marks, key=lambda mark: (-mark.count, mark.point.latitude, mark.point.longitude, mark.need_ids)):
        across, down = pixels(mark.point, zoom=zoom)
        square = int(across // APART_PX), int(down // APART_PX)
        near = _nearest(drawn, square, across, down)
        if near is None:
            drawn.setdefault(square, []).append((across, down, mark))
        else:
            _unite(drawn, near, mark)
    return [mark for found in drawn.values() for _across, _down, mark in found]


def _nearest(
    drawn: dict[_Square, list[_Drawn]], square: _Square, across: float, down: float
) -> tuple[_Square, int] | None:
    """Where among those drawn one lies within reach; only the squares around can hold it."""
    for column in range(square[0] - 1, square[0] + 2):
        for row in range(square[1] - 1, square[1] + 2):
            for number, (x, y, _mark) in enumerate(drawn.get((column, row), ())):
                if (x - across) ** 2 + (y - down) ** 2 < APART_PX**2:
                    return (column, row), number
    return None


def _unite(drawn: dict[_Square, list[_Drawn]], near: tuple[_Square, int], mark: Mark) -> None:
    square, number = near
    across, down, kept = drawn[square][number]
    is_known = len(kept.need_ids) == kept.count and len(mark.need_ids) == mark.count
    united = replace(
        kept,
        box=kept.box.with_box(mark.box),
        count=kept.count + mark.count,
        need_ids=(*kept.need_ids, *mark.need_ids) if is_known else (),
        is_mixed=kept.is_mixed or mark.is_mixed or kept.area_id != mark.area_id,
    )
    drawn[square][number] = (across, down, united)
