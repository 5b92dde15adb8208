"""Outlines as a drawing, to be seen before they stand on any map."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from math import cos, radians

from shapely import Polygon
from shapely.geometry import shape

from participation.geography.outlines import Outline, point_within
from participation.geography.rules import Box, Point

LONGEST_SIDE = 640
_LEAST_DEGREES = 1e-6
Spot = tuple[float, float]


@dataclass(frozen=True)
class DrawnOutline:
    name: str
    path: str
    """As an SVG path has it."""
    middle: Spot


@dataclass(frozen=True)
class Drawing:
    width: float
    height: float
    outlines: list[DrawnOutline]


class _Sheet:
    """A piece of paper that the box just fits on, with north up."""

    def __init__(self, box: Box) -> None:
        self._box, self._narrowing = box, cos(radians(box.middle.latitude))
        across, up = (box.east - box.west) * self._narrowing, box.north - box.south
        self._scale = LONGEST_SIDE / max(across, up, _LEAST_DEGREES)
        self.width, self.height = round(across * self._scale, 1), round(up * self._scale, 1)
        self.finest_degrees = 0.5 / self._scale

    def spot(self, point: Point) -> Spot:
        x = (point.longitude - self._box.west) * self._narrowing * self._scale
        return round(x, 1), round((self._box.north - point.latitude) * self._scale, 1)


def draw(outlines: Sequence[Outline]) -> Drawing | None:
    """None where there is nothing to draw."""
    if not outlines:
        return None
    sheet = _Sheet(reduce(Box.with_box, (outline.box for outline in outlines)))
    drawn = [
        DrawnOutline(outline.name, "".join(_rings(outline, sheet)), sheet.spot(point_within(outline.geometry)))
        for outline in outlines
    ]
    return Drawing(sheet.width, sheet.height, drawn)


def _rings(outline: Outline, sheet: _Sheet) -> Iterator[str]:
    """Without the corners that are too close to be seen."""
    seen = shape(outline.geometry).simplify(sheet.finest_degrees, preserve_topology=True)
    for polygon in getattr(seen, "geoms", [seen]):
        yield from _rings_of(polygon, sheet)


def _rings_of(polygon: Polygon, sheet: _Sheet) -> Iterator[str]:
    for ring in (polygon.exterior, *polygon.interiors):
        spots = (sheet.spot(Point(latitude, longitude)) for longitude, latitude in ring.coords)
        yield f"M{'L'.join(f'{x:g} {y:g}' for x, y in spots)}Z"
