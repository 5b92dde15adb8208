"""Where the demo town's areas lie, made up around Lier, and where in them its needs are."""

from random import Random

from participation.demo.content import DATA, Entry
from participation.geography.outlines import Outline, covers, point_within, read_outlines
from participation.geography.rules import PLACE_DECIMALS, Point

# What is reported of them has no place on the map.
_NOWHERE = {"digitale-tjenester"}
_WITHOUT_A_PLACE = 0.12
_TRIES = 200


def outlines() -> list[Outline]:
    return read_outlines((DATA / "areas.geojson").read_bytes())


def place_of(need: Entry, outline: Outline) -> Point | None:
    """A place in its area, more often near the middle; the same need always has the same, and some have none."""
    rng = Random(need["key"])  # noqa: S311  the same need, the same place
    if need["theme"] in _NOWHERE or rng.random() < _WITHOUT_A_PLACE:
        return None
    middle, box = point_within(outline.geometry), outline.box
    for _try in range(_TRIES):
        point = Point(
            rng.gauss(middle.latitude, (box.north - box.south) / 6),
            rng.gauss(middle.longitude, (box.east - box.west) / 6),
        ).rounded(PLACE_DECIMALS)
        if covers(outline.geometry, point):
            return point
    return middle.rounded(PLACE_DECIMALS)
