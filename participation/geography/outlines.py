"""The outlines of areas as GeoJSON (RFC 7946): read, checked and made plain; and which of them a point lies in."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import cos, radians
from typing import Any

from shapely import MultiPolygon, Polygon, STRtree, make_valid, set_precision
from shapely import Point as ShapelyPoint
from shapely.affinity import scale
from shapely.errors import ShapelyError
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry

from participation.geography.rules import METRES_A_DEGREE, NORWAY, PLACE_DECIMALS, Box, Point, metres_between

FILE_MAX_BYTES = 5_000_000
OUTLINES_MAX = 300
# What is kept has fewer. Whether a ring crosses itself takes up to four times as long for twice as many corners.
CORNERS_MAX = 20_000
OUTLINE_CORNERS_MAX = 8_000
# Of all outlines of a file, once they are made plain: what every map of ours loads.
PLAIN_MAX_BYTES = 400_000
_KEYS = ("key", "nokkel", "name", "navn")
# A grid of about a metre: finer is noise, and the corners of neighbours still meet.
_GRID_DEGREES = 0.00001
_SMOOTH_DEGREES = 10**-PLACE_DECIMALS / 2
# Some fifty metres: neighbours that are drawn roughly share a strip that is not twice as wide.
_SLIVER_DEGREES = 0.0005
Geometry = dict[str, Any]


class OutlineFault(StrEnum):
    """Why a file is not taken."""

    TOO_LARGE = "outline_too_large"
    NOT_JSON = "outline_not_json"
    NOT_A_COLLECTION = "outline_not_a_collection"
    OTHER_REFERENCE = "outline_other_reference"
    EMPTY = "outline_empty"
    TOO_MANY = "outline_too_many"
    WITHOUT_NAME = "outline_without_name"
    SAME_NAME = "outline_same_name"
    NOT_A_POLYGON = "outline_not_a_polygon"
    BROKEN = "outline_broken"
    WITH_HEIGHT = "outline_with_height"
    OUT_OF_RANGE = "outline_out_of_range"
    OUTSIDE_NORWAY = "outline_outside_norway"
    NOT_CLOSED = "outline_not_closed"
    CROSSES_ITSELF = "outline_crosses_itself"
    TOO_DETAILED = "outline_too_detailed"


class NotOutlines(Exception):
    """The file is not taken; nothing of it is kept. `name` is of the outline that is at fault, where it is one."""

    def __init__(self, fault: OutlineFault, name: str = "") -> None:
        super().__init__(fault.value)
        self.fault, self.name = fault, name


@dataclass(frozen=True)
class Outline:
    name: str
    """What the file calls it."""
    geometry: Geometry
    """A MultiPolygon, with as many decimals as mean something."""
    box: Box
    square_kilometres: float


def read_outlines(raw: bytes) -> list[Outline]:
    """The outlines of a FeatureCollection, each known by its `key` or `name`. Raises NotOutlines."""
    if len(raw) > FILE_MAX_BYTES:
        raise NotOutlines(OutlineFault.TOO_LARGE)
    outlines = [_outline(name, geometry) for name, geometry in _checked(_features(_json(raw)))]
    if len({outline.name.casefold() for outline in outlines}) < len(outlines):
        raise NotOutlines(OutlineFault.SAME_NAME)
    if len(json.dumps([outline.geometry for outline in outlines])) > PLAIN_MAX_BYTES:
        raise NotOutlines(OutlineFault.TOO_DETAILED)
    return outlines


def _json(raw: bytes) -> Any:
    try:
        return json.loads(raw, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise NotOutlines(OutlineFault.NOT_JSON) from None


def _refuse_constant(_word: str) -> None:
    """NaN and Infinity are Python's, not JSON's."""
    raise ValueError


def _features(found: Any) -> list[Any]:
    if not isinstance(found, dict) or found.get("type") != "FeatureCollection":
        raise NotOutlines(OutlineFault.NOT_A_COLLECTION)
    if found.get("crs") is not None and not _is_wgs84(found["crs"]):
        raise NotOutlines(OutlineFault.OTHER_REFERENCE)
    features = found.get("features")
    if not isinstance(features, list):
        raise NotOutlines(OutlineFault.NOT_A_COLLECTION)
    if not features:
        raise NotOutlines(OutlineFault.EMPTY)
    if len(features) > OUTLINES_MAX:
        raise NotOutlines(OutlineFault.TOO_MANY)
    return features


def _is_wgs84(reference: Any) -> bool:
    properties = reference.get("properties") if isinstance(reference, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    return isinstance(name, str) and name.endswith((":CRS84", ":4326"))


def _checked(features: list[Any]) -> list[tuple[str, Geometry]]:
    """All are looked at before the work begins with any."""
    left, checked = CORNERS_MAX, []
    for feature in features:
        if not isinstance(feature, dict) or feature.get("type") != "Feature":
            raise NotOutlines(OutlineFault.NOT_A_COLLECTION)
        name = _name(feature.get("properties"))
        left -= _check_rings(feature.get("geometry"), name, at_most=min(left, OUTLINE_CORNERS_MAX))
        checked.append((name, feature["geometry"]))
    return checked


def _name(properties: Any) -> str:
    known = {str(key).casefold(): value for key, value in properties.items()} if isinstance(properties, dict) else {}
    names = (known.get(key) for key in _KEYS)
    name = next((" ".join(name.split()) for name in names if isinstance(name, str) and name.strip()), "")
    if not name or len(name) > 100 or not name.isprintable():
        raise NotOutlines(OutlineFault.WITHOUT_NAME)
    return name


def _check_rings(geometry: Any, name: str, *, at_most: int) -> int:
    """How many corners there are. The library takes much for a polygon that is none: its parts are looked at first."""
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind not in ("Polygon", "MultiPolygon"):  # a list is not to be looked up in a set
        raise NotOutlines(OutlineFault.NOT_A_POLYGON, name)
    parts = geometry.get("coordinates")
    polygons = [parts] if kind == "Polygon" else parts
    corners = 0
    for polygon in _list(polygons, name):
        for ring in _list(polygon, name):
            corners += len(_list(ring, name))
            if corners > at_most:
                raise NotOutlines(OutlineFault.TOO_DETAILED, name)
            _check_ring(ring, name)
    return corners


def _list(value: Any, name: str) -> list[Any]:
    if not isinstance(value, list) or not value:
        raise NotOutlines(OutlineFault.BROKEN, name)
    return value


def _check_ring(ring: list[Any], name: str) -> None:
    for corner in ring:
        _check_corner(corner, name)
    if len(ring) < 4 or ring[0] != ring[-1]:
        raise NotOutlines(OutlineFault.NOT_CLOSED, name)


def _check_corner(corner: Any, name: str) -> None:
    if not isinstance(corner, list) or not all(type(number) in {int, float} for number in corner) or len(corner) < 2:
        raise NotOutlines(OutlineFault.BROKEN, name)
    if len(corner) > 2:
        raise NotOutlines(OutlineFault.WITH_HEIGHT, name)
    longitude, latitude = corner
    if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
        raise NotOutlines(OutlineFault.OUT_OF_RANGE, name)
    if not NORWAY.holds(Point(latitude, longitude)):
        raise NotOutlines(OutlineFault.OUTSIDE_NORWAY, name)


def _outline(name: str, geometry: Geometry) -> Outline:
    try:
        given = shape(geometry)
        if not given.is_valid or given.is_empty:
            raise NotOutlines(OutlineFault.CROSSES_ITSELF, name)
        return outline_of(name, given)
    except (ShapelyError, ValueError, TypeError):
        raise NotOutlines(OutlineFault.BROKEN, name) from None


def outline_of(name: str, given: BaseGeometry) -> Outline:
    """The shape made plain: on a grid of a metre, without corners that change nothing that is seen."""
    smooth = given.normalize().simplify(_SMOOTH_DEGREES, preserve_topology=True)
    plain = _polygons(make_valid(set_precision(smooth, _GRID_DEGREES))).normalize()
    if plain.is_empty:
        raise NotOutlines(OutlineFault.BROKEN, name)
    box = Box(*plain.bounds)
    rounded = json.loads(json.dumps(mapping(plain)), parse_float=lambda text: round(float(text), 5))
    return Outline(name, rounded, box, plain.area * _square_kilometres_a_degree(box))


def _polygons(found: BaseGeometry) -> MultiPolygon:
    """The surfaces alone: no lines and points that rounding may leave."""
    parts = getattr(found, "geoms", [found])
    flat = [inner for part in parts for inner in getattr(part, "geoms", [part])]
    return MultiPolygon([part for part in flat if isinstance(part, Polygon)])


def _square_kilometres_a_degree(box: Box) -> float:
    middle = box.middle
    up = metres_between(middle, Point(middle.latitude + 0.5, middle.longitude)) * 2
    along = metres_between(middle, Point(middle.latitude, middle.longitude + 0.5)) * 2
    return up * along / 1_000_000


def covers(geometry: Geometry, point: Point) -> bool:
    """Whether the point lies in the outline or on its border."""
    return bool(shape(geometry).covers(ShapelyPoint(point.longitude, point.latitude)))


def metres_outside(geometry: Geometry, point: Point) -> float:
    """How far the point lies from the outline; none where it lies in it. Right for what is near."""
    here = ShapelyPoint(point.longitude, point.latitude)
    flat = scale(shape(geometry), xfact=cos(radians(point.latitude)), yfact=1.0, origin=here)
    return float(flat.distance(here)) * METRES_A_DEGREE


def overlaps(geometries: Sequence[Geometry], *, of_first: int) -> Iterator[tuple[int, int, float]]:
    """Which two of them share more than a sliver along their border, and how many square kilometres.

    One of the two is among the first of them; how the others lie to each other is not asked.
    """
    shapes = [shape(geometry) for geometry in geometries]
    tree = STRtree(shapes)
    for one in range(of_first):
        meeting = sorted(map(int, tree.query(shapes[one], predicate="intersects")))
        for other in meeting[meeting.index(one) + 1 :]:
            common = shapes[one].intersection(shapes[other])
            if not common.buffer(-_SLIVER_DEGREES).is_empty:
                yield one, other, float(common.area) * _square_kilometres_a_degree(Box(*common.bounds))


def point_within(geometry: Geometry) -> Point:
    """A point in the outline, near its middle where that lies in it."""
    outline = shape(geometry)
    middle = outline.centroid if outline.covers(outline.centroid) else outline.representative_point()
    return Point(middle.y, middle.x)
