"""The ways into the list of needs: each for its first page and, where it says so, for one nine tenths down."""

from collections import Counter
from urllib.parse import urlencode

from sqlalchemy import func, select

from participation.extensions import db
from participation.needs import tallies
from participation.needs.listing import NEEDS_A_PAGE, Sort, list_needs
from participation.needs.models import Area, Need, Theme
from participation.needs.queries import NeedFilter
from participation.needs.rules import NOT_LISTED, NeedState
from participation.residents.need_list import STATE_SLUGS
from participation.web.pagination import Cursor

COLUMNS = {
    Sort.CURRENT: Need.heat,
    Sort.NEWEST: Need.id,
    Sort.SUPPORTED: Need.support_count,
    Sort.COMMENTED: Need.comment_count,
}


Arguments = dict[str, str | list[str]]


def paths() -> dict[str, str]:
    """By what they are; the town stands in the database."""
    return {"as one comes": "/behov"} | _sorted_ways() | _narrowed_ways()


def _sorted_ways() -> dict[str, str]:
    """Each order, and a page deep down in it."""
    found = {}
    for sort in COLUMNS:
        found[sort.value] = _path({"sorter": sort.value})
        found[f"{sort.value}, deep"] = _path({"sorter": sort.value, "etter": str(_deep(sort, NeedFilter()))})
    return found


def _narrowed_ways() -> dict[str, str]:
    """Common choices, and the least common that fill a page; some of them deep down."""
    themes = {theme.id: theme.key for theme in db.session.scalars(select(Theme))}
    areas = {area.id: area.key for area in db.session.scalars(select(Area))}
    shown = [cell for cell in tallies.cells() if cell[2] not in NOT_LISTED]
    common = max(shown, key=lambda cell: cell[3])
    rare = min((cell for cell in shown if cell[3] >= NEEDS_A_PAGE), key=lambda cell: cell[3], default=common)
    of_themes, of_areas = Counter[int](), Counter[int]()
    for theme_id, area_id, _state, count in shown:
        of_themes[theme_id] += count
        of_areas[area_id] += count
    theme, area, state = themes[common[0]], areas[common[1]], STATE_SLUGS[common[2]]
    of_theme = NeedFilter(themes=frozenset({common[0]}))
    of_three = NeedFilter(themes=frozenset({common[0]}), areas=frozenset({common[1]}), states=frozenset({common[2]}))
    three: Arguments = {"tema": theme, "omrade": area, "status": state}
    return {
        "one theme": _path({"tema": theme}),
        "one theme, deep": _path({"tema": theme, "etter": str(_deep(Sort.CURRENT, of_theme))}),
        "one area, most supported": _path({"omrade": area, "sorter": "stottet"}),
        "one state": _path({"status": state}),
        "theme, area, state": _path(three),
        "theme, area, state, deep": _path(three | {"etter": str(_deep(Sort.CURRENT, of_three))}),
        "the rarest three": _path({"tema": themes[rare[0]], "omrade": areas[rare[1]], "status": STATE_SLUGS[rare[2]]}),
        "three themes, three areas": _path(
            {"tema": _three(themes, of_themes), "omrade": _three(areas, of_areas), "sorter": "kommentert"}
        ),
    }


def _three(keys: dict[int, str], counts: Counter[int]) -> list[str]:
    """Those with most needs: of others there would be no full page in a small town."""
    return [keys[number] for number, _count in counts.most_common(3)]


def _deep(sort: Sort, wanted: NeedFilter) -> Cursor:
    """After nine tenths of what fits, with a whole page still to come, since a shorter one is made faster."""
    column = COLUMNS[sort]
    fitting = select(column, Need.id).where(Need.state.in_(wanted.states or frozenset(NeedState) - NOT_LISTED))
    for mine, chosen in ((Need.theme_id, wanted.themes), (Need.area_id, wanted.areas)):
        fitting = fitting.where(mine.in_(chosen)) if chosen else fitting
    count = db.session.scalar(select(func.count()).select_from(fitting.subquery())) or 0
    row = db.session.execute(
        fitting.order_by(column.desc(), Need.id.desc())
        .offset(max(0, min(count * 9 // 10, count - NEEDS_A_PAGE - 1)))
        .limit(1)
    ).one()
    cursor = Cursor(float(row[0]), row[1])
    assert list_needs(wanted, sort=sort, after=cursor).page.rows
    return cursor


def _path(arguments: Arguments) -> str:
    return f"/behov?{urlencode(arguments, doseq=True)}"
