"""The list of needs, narrowed and in order: as fast among a million as among a thousand, on any page.

Each theme, area and state that the list is narrowed to is a stretch of an index that stands in the order asked for.
The first few of every stretch are taken, and the first few of those are the page. Decision 0031 says which index
serves what.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, String, Subquery, bindparam, select, true, union_all
from sqlalchemy.orm import InstrumentedAttribute, aliased

from participation.extensions import db
from participation.needs import tallies
from participation.needs.models import Area, Need, Theme
from participation.needs.queries import NeedFilter, cards_by_id
from participation.needs.rules import NOT_LISTED, Counts, NeedState, count_choices
from participation.web.pagination import ID_MAX, Cursor, Page

NEEDS_A_PAGE = 20
FOUND_MAX = 500
"""Of what is found by its text, and of what is someone's own, so many are listed."""


class Sort(StrEnum):
    CURRENT = "aktuelle"
    NEWEST = "nyeste"
    SUPPORTED = "stottet"
    COMMENTED = "kommentert"
    BEST = "beste"
    """As what was found was ranked. What was not found has no such order, and comes as the most current does."""


_COLUMN: dict[Sort, InstrumentedAttribute[Any]] = {
    Sort.CURRENT: Need.heat,
    Sort.NEWEST: Need.id,
    Sort.SUPPORTED: Need.support_count,
    Sort.COMMENTED: Need.comment_count,
    Sort.BEST: Need.heat,
}
_BY_HEAT = {Sort.CURRENT, Sort.BEST}
Spot = tuple[float, int]
"""Where a need stands: what the order goes by, and its number."""


@dataclass(frozen=True)
class Listed:
    page: Page[Need]
    counts: Counts
    is_cut: bool = False
    """There is more than was looked through: the total is the least there is."""
    counts_all: bool = True
    """Whether the counts tell how many every other choice would leave."""


def own_needs(author_id: int) -> list[int]:
    """The numbers of the needs that the person has reported, the newest first."""
    query = select(Need.id).where(Need.author_id == author_id).order_by(Need.id.desc()).limit(FOUND_MAX)
    return list(db.session.scalars(query))


def list_needs(
    wanted: NeedFilter,
    *,
    sort: Sort = Sort.CURRENT,
    among: Sequence[int] | None = None,
    after: Cursor | None = None,
    pages: int = 1,
) -> Listed:
    """Some pages of the needs that are open for all to see, and how many each choice would leave.

    `among` narrows the list to some needs, the best first: those found by text, or those of a person.
    """
    limit = NEEDS_A_PAGE * pages
    if among is None:
        spots, cells = _by_index(wanted, sort=sort, after=after, limit=limit + 1), tallies.cells()
    else:
        few = _few(among[:FOUND_MAX], sort)
        fitting = sorted((spot for spot, cell in few if _fits(cell, wanted)), reverse=True)
        cells = [(*cell, 1) for _spot, cell in few]
        spots = [spot for spot in fitting if after is None or spot < (after.value, after.id)][: limit + 1]
    counts = count_choices(cells, themes=wanted.themes, areas=wanted.areas, states=wanted.states)
    return Listed(_page(spots, limit), counts, is_cut=among is not None and len(among) >= FOUND_MAX)


def _page(spots: Sequence[Spot], limit: int) -> Page[Need]:
    rows = cards_by_id(number for _value, number in spots[:limit])
    return Page(rows, Cursor(*spots[limit - 1]) if len(spots) > limit else None)


def _few(numbers: Sequence[int], sort: Sort) -> list[tuple[Spot, tallies.Place]]:
    """Where each of some needs stands in the order, and among which it counts."""
    column = _COLUMN[sort]
    rows = db.session.execute(
        select(column.label("value"), Need.id, Need.theme_id, Need.area_id, Need.state).where(
            Need.id.in_(numbers), Need.state.not_in(NOT_LISTED)
        )
    )
    rank = {number: -place for place, number in enumerate(numbers)} if sort is Sort.BEST else {}
    return [
        ((float(rank.get(number, value)), number), (theme_id, area_id, state))
        for value, number, theme_id, area_id, state in rows
    ]


def _fits(cell: tallies.Place, wanted: NeedFilter) -> bool:
    chosen = (wanted.themes, wanted.areas, wanted.states)
    return all(not some or one in some for one, some in zip(cell, chosen, strict=True))


class _Beyond(Enum):
    """Which part of the order is asked for, seen from the cursor."""

    ALL = auto()
    TIES = auto()
    BELOW = auto()


def _by_index(wanted: NeedFilter, *, sort: Sort, after: Cursor | None, limit: int) -> list[Spot]:
    """The first of all, or of those after the cursor: first those that tie with it, then those below it."""
    if after is None:
        return _spots(wanted, sort, _Beyond.ALL, limit)
    if sort is Sort.NEWEST:
        return _spots(wanted, sort, _Beyond.BELOW, limit, value=after.id)
    value = after.value if sort in _BY_HEAT else int(max(-1, min(after.value, ID_MAX)))
    ties = _spots(wanted, sort, _Beyond.TIES, limit, value=value, id=after.id)
    missing = limit - len(ties)
    return ties + _spots(wanted, sort, _Beyond.BELOW, missing, value=value) if missing else ties


def _spots(wanted: NeedFilter, sort: Sort, beyond: _Beyond, limit: int, **at: float) -> list[Spot]:
    states = sorted(wanted.states or frozenset(NeedState) - NOT_LISTED)
    statement = _first_of_each(
        _COLUMN[sort].key,
        beyond,
        len(states),
        bool(wanted.themes),
        bool(wanted.areas),
        db.session.get_bind().dialect.name == "postgresql",
    )
    given = {"limit": limit, "themes": list(wanted.themes), "areas": list(wanted.areas), **at}
    given |= {f"state_{number}": state.value for number, state in enumerate(states)}
    rows = db.session.execute(statement, given)
    return [(float(value), number) for value, number in rows]


@cache
def _first_of_each(
    order: str, beyond: _Beyond, states: int, by_theme: bool, by_area: bool, on_postgresql: bool
) -> Select[Any]:
    """The first few of every stretch, and of those the first. Made once for each way of asking."""
    need, limit = aliased(Need), bindparam("limit", type_=Integer)
    column: Any = getattr(need, order)
    state = _states(states)
    chosen, same = select().select_from(state), [need.state == state.c.state, *_beyond(beyond, need, column)]
    for kind, mine, is_asked in ((Theme, need.theme_id, by_theme), (Area, need.area_id, by_area)):
        if is_asked:
            chosen = chosen.join(kind, true()).where(kind.id.in_(bindparam(f"{kind.__tablename__}s", expanding=True)))
            same.append(mine == kind.id)
    stretch = select(need.id, column.label("value")).where(*same).order_by(column.desc(), need.id.desc()).limit(limit)
    merge = _merged_by_postgresql if on_postgresql else _merged_by_sqlite
    return merge(chosen, stretch.correlate(state, Theme, Area), getattr(Need, order)).limit(limit)


def _beyond(beyond: _Beyond, need: Any, column: Any) -> list[ColumnElement[bool]]:
    value = bindparam("value", type_=column.type)
    if beyond is _Beyond.TIES:
        return [column == value, need.id < bindparam("id", type_=Integer)]
    return [column < value] if beyond is _Beyond.BELOW else []


def _states(count: int) -> Subquery:
    each = (select(bindparam(f"state_{number}", type_=String).label("state")) for number in range(count))
    return union_all(*each).subquery("chosen_state")


def _merged_by_postgresql(chosen: Select[Any], stretch: Select[Any], _column: Any) -> Select[Any]:
    spot = stretch.lateral("spot")
    return (
        chosen.join(spot, true()).add_columns(spot.c.value, spot.c.id).order_by(spot.c.value.desc(), spot.c.id.desc())
    )


def _merged_by_sqlite(chosen: Select[Any], stretch: Select[Any], column: Any) -> Select[Any]:
    """It knows no LATERAL, but has a list of numbers for each of several."""
    numbers = stretch.with_only_columns(stretch.selected_columns.id, maintain_column_froms=True)
    merged = chosen.join(Need, Need.id.in_(numbers)).add_columns(column, Need.id)
    return merged.order_by(column.desc(), Need.id.desc())
