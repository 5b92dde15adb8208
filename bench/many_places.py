"""Places for the needs of `many_needs`: scattered over the demo's areas, with the themes and areas of a whole town."""

from collections.abc import Iterator
from random import Random
from typing import Any

from sqlalchemy import bindparam, update

from bench.many_needs import ROWS_AT_ONCE
from participation.demo.content import load
from participation.demo.places import outlines
from participation.extensions import db
from participation.geography.outlines import point_within
from participation.geography.rules import PLACE_DECIMALS, Point, cell_of
from participation.needs import area_outlines, places, queries
from participation.needs.models import Area, Need, Theme
from participation.needs.places import LEVELS

# Most live close together: a third of the needs lie within some hundred metres of a centre.
_CROWDED = 0.33


def scatter(count: int) -> None:
    """Give the needs from 1 to `count` their place, theme and area, and count them for the map."""
    theme_ids, areas = _town()
    statement = (
        update(Need.__table__)  # type: ignore[arg-type]  # past the versions, as the bulk inserts are
        .where(Need.__table__.c.id == bindparam("number"))
        .values({name: bindparam(name) for name in ("latitude", "longitude", "cell", "theme_id", "area_id")})
    )
    rows = _rows(count, theme_ids, areas)
    for _first in range(1, count + 1, ROWS_AT_ONCE):
        portion = [row for row, _ in zip(rows, range(ROWS_AT_ONCE), strict=False)]
        db.session.execute(statement, portion)
        db.session.commit()
    for level in LEVELS:
        places.recount(level)
    db.session.commit()


def _town() -> tuple[list[int], list[tuple[int, Point]]]:
    content, found = load(), outlines()
    db.session.add_all(Theme(**entry) for entry in content.themes if entry["key"] != "buss")
    db.session.add_all(Area(**entry) for entry in content.areas if entry["key"] != "tranby")
    db.session.flush()
    area_outlines.save(None, outlines=found, areas=queries.all_areas())
    db.session.commit()
    numbers = {area.key: area.id for area in queries.all_areas()}
    middles = [(numbers[outline.name], point_within(outline.geometry)) for outline in found]
    return [theme.id for theme in queries.all_themes()], middles


def _rows(count: int, theme_ids: list[int], areas: list[tuple[int, Point]]) -> Iterator[dict[str, Any]]:
    rng = Random(count)  # noqa: S311  the same town each time
    for number in range(1, count + 1):
        area_id, middle = rng.choice(areas)
        spread = 0.002 if rng.random() < _CROWDED else 0.012
        point = Point(rng.gauss(middle.latitude, spread), rng.gauss(middle.longitude, 2 * spread)).rounded(
            PLACE_DECIMALS
        )
        place = {"latitude": point.latitude, "longitude": point.longitude, "cell": cell_of(point)}
        yield place | {"number": number, "area_id": area_id, "theme_id": theme_ids[number % len(theme_ids)]}
