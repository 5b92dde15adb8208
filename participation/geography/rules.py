"""Points, boxes, and the cells that the earth is divided into. Pure.

The cells are those of web maps: at each level the square world is cut in four, so that a cell of level L is one tile of
zoom L. A cell's number interleaves its column and row (Morton's order): the cells within a cell are one unbroken range
of numbers, and an index over the finest level finds what lies in any cell of any level.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

FINEST_LEVEL = 20
# About ten metres: enough for a crossing or a bus stop, and not for which door is whose.
PLACE_DECIMALS = 4
# About a hundred metres, for where someone is: addresses stay in histories and logs.
NEAR_DECIMALS = 3
COORDINATE_LIMIT_LATITUDE, COORDINATE_LIMIT_LONGITUDE = 90, 180
MERCATOR_LATITUDE = 85.0511
TILE_PX = 256
_EARTH_RADIUS_METRES = 6_371_008.8
# Northwards and southwards.
METRES_A_DEGREE = math.radians(1) * _EARTH_RADIUS_METRES
_NUMBER = re.compile(r"-?\d{1,3}(\.\d{1,15})?")


@dataclass(frozen=True)
class Point:
    """Degrees of WGS 84."""

    latitude: float
    longitude: float

    def rounded(self, decimals: int) -> "Point":
        return Point(round(self.latitude, decimals), round(self.longitude, decimals))

    def __str__(self) -> str:
        return f"{self.latitude},{self.longitude}"

    @classmethod
    def parse(cls, text: str | None, *, decimals: int = PLACE_DECIMALS) -> "Point | None":
        """Latitude and longitude with a comma between; None for anything else, and for what lies outside Norway."""
        numbers = _numbers(text, 2)
        point = cls(*numbers).rounded(decimals) if numbers else None
        return point if point and NORWAY.holds(point) else None


@dataclass(frozen=True)
class Box:
    west: float
    south: float
    east: float
    north: float

    def __str__(self) -> str:
        return ",".join(f"{value:.5f}".rstrip("0").rstrip(".") for value in self.edges)

    @property
    def edges(self) -> tuple[float, float, float, float]:
        return self.west, self.south, self.east, self.north

    @property
    def middle(self) -> Point:
        return Point((self.south + self.north) / 2, (self.west + self.east) / 2)

    def holds(self, point: Point) -> bool:
        return self.west <= point.longitude <= self.east and self.south <= point.latitude <= self.north

    def with_room(self, metres: float) -> "Box":
        """The box with so much more on every side."""
        up = metres / METRES_A_DEGREE
        along = up / max(math.cos(math.radians(self.middle.latitude)), 0.01)
        return Box(self.west - along, self.south - up, self.east + along, self.north + up)

    def with_box(self, other: "Box") -> "Box":
        """The least box around both."""
        return Box(
            min(self.west, other.west),
            min(self.south, other.south),
            max(self.east, other.east),
            max(self.north, other.north),
        )

    def within(self, other: "Box") -> "Box | None":
        """What both hold; None where they don't meet."""
        common = Box(
            max(self.west, other.west),
            max(self.south, other.south),
            min(self.east, other.east),
            min(self.north, other.north),
        )
        return common if common.west <= common.east and common.south <= common.north else None

    @classmethod
    def around(cls, point: Point) -> "Box":
        return cls(point.longitude, point.latitude, point.longitude, point.latitude)

    @classmethod
    def parse(cls, text: str | None) -> "Box | None":
        """West, south, east and north with commas between; None for anything else, and for what has no inside."""
        edges = _numbers(text, 4)
        box = cls(*edges) if edges else None
        is_box = box and box.west < box.east and box.south < box.north
        in_world = box and max(-box.west, box.east) <= 180 and max(-box.south, box.north) <= 90
        return box if is_box and in_world else None


# With Svalbard. Whoever mixes up the two numbers of a point lands far outside.
NORWAY = Box(2.0, 57.0, 34.0, 81.5)


def _numbers(text: str | None, count: int) -> list[float] | None:
    parts = (text or "")[:100].split(",")
    return [float(part) for part in parts] if len(parts) == count and all(map(_NUMBER.fullmatch, parts)) else None


def metres_between(one: Point, other: Point) -> float:
    """Along the earth's surface, taken as a ball."""
    north, south = math.radians(one.latitude), math.radians(other.latitude)
    half_up, half_along = (north - south) / 2, math.radians(one.longitude - other.longitude) / 2
    chord = math.sin(half_up) ** 2 + math.cos(north) * math.cos(south) * math.sin(half_along) ** 2
    return 2 * _EARTH_RADIUS_METRES * math.asin(min(1.0, math.sqrt(chord)))


def octant(start: Point, end: Point) -> int:
    """Which of the eight winds leads from the one to the other: 0 north, 1 north-east, and so on with the sun."""
    east = (end.longitude - start.longitude) * math.cos(math.radians((start.latitude + end.latitude) / 2))
    return round(math.degrees(math.atan2(east, end.latitude - start.latitude)) / 45) % 8


def _world(point: Point) -> tuple[float, float]:
    """Where on the square world, from 0 to 1 eastwards and southwards."""
    latitude = math.radians(max(-MERCATOR_LATITUDE, min(point.latitude, MERCATOR_LATITUDE)))
    return (point.longitude + 180) / 360, (1 - math.asinh(math.tan(latitude)) / math.pi) / 2


def pixels(point: Point, *, zoom: int) -> tuple[float, float]:
    """Where on a web map of the zoom."""
    across, down = _world(point)
    return across * TILE_PX * 2**zoom, down * TILE_PX * 2**zoom


def _column_and_row(point: Point, level: int) -> tuple[int, int]:
    across, down = _world(point)
    side = 2**level
    return min(max(int(across * side), 0), side - 1), min(max(int(down * side), 0), side - 1)


def cell_of(point: Point, *, level: int = FINEST_LEVEL) -> int:
    column, row = _column_and_row(point, level)
    return _spread(column) | _spread(row) << 1


def parent(cell: int, *, level: int, of_level: int) -> int:
    """The cell of a coarser level that the cell lies in."""
    return cell >> 2 * (of_level - level)


def children(cell: int, *, level: int, to_level: int) -> range:
    """The cells of a finer level that lie in the cell."""
    bits = 2 * (to_level - level)
    return range(cell << bits, (cell + 1) << bits)


def box_of(cell: int, *, level: int) -> Box:
    column, row = _gather(cell), _gather(cell >> 1)
    side = 2**level
    north, south = (math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * edge / side)))) for edge in (row, row + 1))
    return Box(column / side * 360 - 180, south, (column + 1) / side * 360 - 180, north)


def count_in(box: Box, *, level: int) -> int:
    """How many cells of the level the box touches."""
    columns, rows = _span(box, level)
    return len(columns) * len(rows)


def cells_in(box: Box, *, level: int) -> Iterator[int]:
    columns, rows = _span(box, level)
    for row in rows:
        for column in columns:
            yield _spread(column) | _spread(row) << 1


def _span(box: Box, level: int) -> tuple[range, range]:
    first_column, first_row = _column_and_row(Point(box.north, box.west), level)
    last_column, last_row = _column_and_row(Point(box.south, box.east), level)
    return range(first_column, last_column + 1), range(first_row, last_row + 1)


def metres_to(point: Point, box: Box) -> float:
    """To the nearest spot in the box; none when it holds the point."""
    nearest = Point(
        min(max(point.latitude, box.south), box.north),
        min(max(point.longitude, box.west), box.east),
    )
    return metres_between(point, nearest)


def metres_to_farthest(point: Point, box: Box) -> float:
    corners = [Point(latitude, longitude) for latitude in (box.south, box.north) for longitude in (box.west, box.east)]
    return max(metres_between(point, corner) for corner in corners)


def _spread(number: int) -> int:
    """The bits of a number with room for another's between them."""
    number = (number | number << 16) & 0x0000FFFF0000FFFF
    number = (number | number << 8) & 0x00FF00FF00FF00FF
    number = (number | number << 4) & 0x0F0F0F0F0F0F0F0F
    number = (number | number << 2) & 0x3333333333333333
    return (number | number << 1) & 0x5555555555555555


def _gather(number: int) -> int:
    number &= 0x5555555555555555
    number = (number | number >> 1) & 0x3333333333333333
    number = (number | number >> 2) & 0x0F0F0F0F0F0F0F0F
    number = (number | number >> 4) & 0x00FF00FF00FF00FF
    number = (number | number >> 8) & 0x0000FFFF0000FFFF
    return (number | number >> 16) & 0x00000000FFFFFFFF
