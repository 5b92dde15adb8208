"""Points, boxes and cells."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from participation.geography.rules import (
    FINEST_LEVEL,
    NORWAY,
    Box,
    Point,
    box_of,
    cell_of,
    cells_in,
    children,
    count_in,
    metres_between,
    metres_to,
    metres_to_farthest,
    octant,
    parent,
)

points = st.builds(Point, st.floats(NORWAY.south, NORWAY.north), st.floats(NORWAY.west, NORWAY.east))
levels = st.integers(6, FINEST_LEVEL)


@given(points, levels)
def test_a_cell_holds_its_point_and_lies_in_its_parent(point: Point, level: int) -> None:
    cell = cell_of(point, level=level)
    box = box_of(cell, level=level)
    assert metres_to(point, box) < 0.01
    assert parent(cell_of(point), level=level, of_level=FINEST_LEVEL) == cell
    assert cell_of(point) in children(cell, level=level, to_level=FINEST_LEVEL)


@given(points, points, levels)
def test_the_cells_of_a_box_are_those_that_points_in_it_lie_in(one: Point, other: Point, level: int) -> None:
    near = Point(one.latitude + (other.latitude - one.latitude) / 2**level, one.longitude)
    box = Box.around(one).with_box(Box.around(near))
    cells = set(cells_in(box, level=level))
    assert {cell_of(one, level=level), cell_of(near, level=level)} <= cells
    assert len(cells) == count_in(box, level=level)


@given(points, points)
def test_no_point_of_a_box_is_nearer_or_farther_than_said(point: Point, other: Point) -> None:
    box = box_of(cell_of(other, level=14), level=14)
    assert metres_to(point, box) <= metres_between(point, box.middle) <= metres_to_farthest(point, box)


def test_metres_are_those_of_the_earth() -> None:
    assert metres_between(Point(59, 10), Point(60, 10)) == pytest.approx(111_195, rel=1e-3)
    assert metres_between(Point(60, 10), Point(60, 11)) == pytest.approx(55_597, rel=1e-3)


@pytest.mark.parametrize(
    ("point", "wind"),
    [(Point(60.1, 10), 0), (Point(60.1, 10.2), 1), (Point(60, 10.2), 2), (Point(59.9, 10), 4), (Point(60, 9.8), 6)],
)
def test_the_winds_go_with_the_sun_from_north(point: Point, wind: int) -> None:
    assert octant(Point(60, 10), point) == wind


def test_a_point_keeps_about_ten_metres() -> None:
    assert Point.parse("59.78712345,10.24316789") == Point(59.7871, 10.2432)
    assert str(Point.parse("59.7871,10.2432")) == "59.7871,10.2432"


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "59.7",
        "59.7,10.2,3",
        "10.2,59.7",
        "nan,10",
        "inf,10",
        "1e2,10",
        "59.7;10.2",
        "59.7,10.2' OR 1=1",
        "９,9",
    ],
)
def test_what_is_no_point_in_norway_is_none(text: str | None) -> None:
    assert Point.parse(text) is None


@pytest.mark.parametrize(
    "text", ["", "10,59,11", "11,59,10,60", "10,60,11,59", "10,59,200,60", "a,b,c,d", "10,59,11,60,1", "nan,1,2,3"]
)
def test_what_is_no_box_is_none(text: str) -> None:
    assert Box.parse(text) is None


def test_a_box_is_read_as_it_is_written() -> None:
    box = Box(10.1, 59.7, 10.4, 59.95)
    assert Box.parse(str(box)) == box
    assert box.within(Box(10.2, 59.6, 11, 59.9)) == Box(10.2, 59.7, 10.4, 59.9)
    assert box.within(Box(11, 59, 12, 60)) is None


def test_a_box_with_room_reaches_as_far_on_every_side() -> None:
    box, wide = Box(10.2, 59.8, 10.3, 59.9), Box(10.2, 59.8, 10.3, 59.9).with_room(500)
    assert metres_between(Point(59.9, 10.2), Point(wide.north, 10.2)) == pytest.approx(500, abs=1)
    assert metres_between(box.middle, Point(box.middle.latitude, wide.east)) - metres_between(
        box.middle, Point(box.middle.latitude, box.east)
    ) == pytest.approx(500, abs=2)
