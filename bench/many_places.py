"""Places for the needs of `many_needs`: each scattered over the demo's outline of its own area."""

from collections.abc import Iterator
from random import Random
from typing import Any

from sqlalchemy import bindparam, select, update

from bench.many_needs import ROWS_AT_ONCE
from participation.demo.places import outlines
from participation.extensions import db
from participation.geography.outlines import point_within
from participation.geography.rules import PLACE_DECIMALS, Point, cell_of
from participation.needs import area_outlines, places, queries
from participation.needs.models import Need
from participation.needs.places import LEVELS

# Most live close together: a third of the needs lie within some hundred metres of a centre.
_CROWDED = 0.33


def scatter(count: int) -> None:
    """Give the needs from 1 to `count` their place, and count them for the map."""
    middles = _draw_areas()
    random = Random(count)  # noqa: S311 the same town each time
    statement = (
        update(Need.__table__)  # type: ignore[arg-type]  # past the versions, as the bulk inserts are
        .where(Need.__table__.c.id == bindparam("number"))
        .values({name: bindparam(name) for name in ("latitude", "longitude", "cell")})
    )
    for first in range(1, count + 1, ROWS_AT_ONCE):
        db.session.execute(statement, list(_rows(first, middles, random)))
        db.session.commit()
    for level in LEVELS:
        places.recount(level)
    db.session.commit()


def _draw_areas() -> dict[int, Point]:
    """The middle of each area by its number, once the areas have their outlines."""
    found = outlines()
    area_outlines.save(None, outlines=found, areas=queries.all_areas())
    db.session.commit()
    numbers = {area.key: area.id for area in queries.all_areas()}
    return {numbers[outline.name]: point_within(outline.geometry) for outline in found}


def _rows(first: int, middles: dict[int, Point], random: Random) -> Iterator[dict[str, Any]]:
    portion = select(Need.id, Need.area_id).where(Need.id >= first, Need.id < first + ROWS_AT_ONCE).order_by(Need.id)
    for number, area_id in db.session.execute(portion):
        middle, spread = middles[area_id], 0.002 if random.random() < _CROWDED else 0.012
        point = Point(random.gauss(middle.latitude, spread), random.gauss(middle.longitude, 2 * spread))
        point = point.rounded(PLACE_DECIMALS)
        yield {"number": number, "latitude": point.latitude, "longitude": point.longitude, "cell": cell_of(point)}
