"""The list of needs, narrowed and in order: as fast among a million as among a thousand, on any page.

Each theme, area and state that the list is narrowed to is a stretch of an index that stands in the order asked for.
The first few of every stretch are taken, and the first few of those are the page. Decision 0031 says which index
serves what.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, literal, select, true, union_all
from sqlalchemy.orm import InstrumentedAttribute, aliased

from participation.extensions import db
from participation.needs import tallies
from participation.needs.models import SUBJECT_KIND, Area, Need, Theme
from participation.needs.queries import NeedFilter, needs_by_id
from participation.needs.rules import NOT_LISTED, Counts, NeedState, count_choices
from participation.search.queries import matching
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
Spot = tuple[float, int]
"""Where a need stands: what the order goes by, and its number."""


@dataclass(frozen=True)
class Listed:
    page: Page[Need]
    counts: Counts
    is_cut: bool = False
    """There is more than was looked through: the counts are the least there is."""


def found_by_text(text: str) -> list[int]:
    """The needs that hold the words, the best first. So far the newest are the best."""
    found = select(Need.id).where(Need.id.in_(matching(SUBJECT_KIND, text)))
    return list(db.session.scalars(found.order_by(Need.id.desc()).limit(FOUND_MAX)))


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
    rows = needs_by_id(number for _value, number in spots[:limit])
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


def _by_index(wanted: NeedFilter, *, sort: Sort, after: Cursor | None, limit: int) -> list[Spot]:
    """The first of all, or of those after the cursor: first those that tie with it, then those below it."""
    need = aliased(Need)
    column: Any = getattr(need, _COLUMN[sort].key)
    if after is None:
        return _first_of_each(wanted, need, column, true(), limit)
    if column.key == "id":
        return _first_of_each(wanted, need, column, column < after.id, limit)
    value = after.value if column.key == "heat" else int(max(-1, min(after.value, ID_MAX)))
    ties = _first_of_each(wanted, need, column, (column == value) & (need.id < after.id), limit)
    return ties + _first_of_each(wanted, need, column, column < value, limit - len(ties)) if len(ties) < limit else ties


def _first_of_each(wanted: NeedFilter, need: Any, column: Any, beyond: ColumnElement[bool], limit: int) -> list[Spot]:
    states = _states(wanted.states or frozenset(NeedState) - NOT_LISTED)
    chosen, same = select().select_from(states), [need.state == states.c.state]
    for kind, mine, numbers in ((Theme, need.theme_id, wanted.themes), (Area, need.area_id, wanted.areas)):
        if numbers:
            chosen = chosen.join(kind, true()).where(kind.id.in_(numbers))
            same.append(mine == kind.id)
    stretch = (
        select(need.id, column.label("value"))
        .where(*same, beyond)
        .order_by(column.desc(), need.id.desc())
        .limit(limit)
        .correlate(states, Theme, Area)
    )
    rows = db.session.execute(_merged(chosen, stretch, column.key, limit))
    return [(float(value), number) for value, number in rows]


def _states(states: frozenset[NeedState]) -> Subquery:
    return union_all(*(select(literal(state.value).label("state")) for state in sorted(states))).subquery(
        "chosen_state"
    )


def _merged(chosen: Select[Any], stretch: Select[Any], order: str, limit: int) -> Select[Any]:
    """The first of what all the stretches begin with. Each database has its own way to ask for each of several."""
    if db.session.get_bind().dialect.name == "postgresql":
        spot = stretch.lateral("spot")
        merged = chosen.join(spot, true()).add_columns(spot.c.value, spot.c.id)
        return merged.order_by(spot.c.value.desc(), spot.c.id.desc()).limit(limit)
    numbers = stretch.with_only_columns(stretch.selected_columns.id, maintain_column_froms=True)
    value: Any = getattr(Need, order)
    merged = chosen.join(Need, Need.id.in_(numbers)).add_columns(value, Need.id)
    return merged.order_by(value.desc(), Need.id.desc()).limit(limit)
