"""Outlines of areas in a file: taken whole, or refused with a reason."""

import json
import math
import re
from collections.abc import Callable
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import Polygon
from shapely.geometry import shape

from participation.demo.content import load
from participation.demo.places import outlines
from participation.geography.drawing import LONGEST_SIDE, draw
from participation.geography.outlines import (
    FILE_MAX_BYTES,
    OUTLINE_CORNERS_MAX,
    NotOutlines,
    OutlineFault,
    covers,
    metres_outside,
    outline_of,
    point_within,
    read_outlines,
)
from participation.geography.rules import Point
from tests.places import IN_TRANBY, IN_VIKER, TRANBY, VIKER, collection, feature

_F = OutlineFault
BOW_TIE = [[10.2, 59.8], [10.3, 59.9], [10.3, 59.8], [10.2, 59.9], [10.2, 59.8]]


def star(corners: int) -> list[list[float]]:
    """Its corners lie near the middle and far from it in turn, so that each side may cross all others."""
    turns = [(0.3 if n % 2 else 0.06, 2 * math.pi * n / corners) for n in range(corners)]
    ring = [[10 + away * math.cos(turn), 60 + away * math.sin(turn)] for away, turn in turns]
    return [*ring, ring[0]]


def comb(corners: int) -> list[list[float]]:
    teeth = [[9.5 + n / corners, 60.3 if n % 2 else 59.9] for n in range(corners)]
    return [*teeth, [10.5, 59.8], [9.5, 59.8], teeth[0]]


def _with(ring: Any) -> bytes:
    return collection(feature("Tranby", ring))


def _of_kind(kind: Any) -> bytes:
    return collection({**feature("A", TRANBY), "geometry": {"type": kind, "coordinates": [TRANBY]}})


REFUSED = {
    "too large": (b" " * (FILE_MAX_BYTES + 1), _F.TOO_LARGE),
    "not JSON": (b"<kml/>", _F.NOT_JSON),
    "not UTF-8": (b'{"type": "\xff"}', _F.NOT_JSON),
    "deep": (b"[" * 100_000, _F.NOT_JSON),
    "Python's own numbers": (_with(TRANBY).replace(b"59.8,", b"NaN,", 1).replace(b"59.8]", b"NaN]", 1), _F.NOT_JSON),
    "a list": (b"[]", _F.NOT_A_COLLECTION),
    "one feature": (json.dumps(feature("Tranby", TRANBY)).encode(), _F.NOT_A_COLLECTION),
    "features that are none": (collection(1), _F.NOT_A_COLLECTION),
    "UTM by its word": (
        collection(feature("A", TRANBY), crs={"properties": {"name": "urn:ogc:def:crs:EPSG::25832"}}),
        _F.OTHER_REFERENCE,
    ),
    "a reference without properties": (collection(feature("A", TRANBY), crs={"properties": None}), _F.OTHER_REFERENCE),
    "a reference of a list": (collection(feature("A", TRANBY), crs={"properties": [1]}), _F.OTHER_REFERENCE),
    "a reference of a number": (collection(feature("A", TRANBY), crs={"properties": {"name": 7}}), _F.OTHER_REFERENCE),
    "a reference that is a word": (collection(feature("A", TRANBY), crs="EPSG:4326"), _F.OTHER_REFERENCE),
    "no outlines": (collection(), _F.EMPTY),
    "too many": (collection(*[feature(f"A{n}", TRANBY) for n in range(301)]), _F.TOO_MANY),
    "without a name": (collection(feature(" ", TRANBY)), _F.WITHOUT_NAME),
    "a name of another kind": (collection({**feature("A", TRANBY), "properties": {"name": 7}}), _F.WITHOUT_NAME),
    "a name that turns the text around": (collection(feature("A\u202e", TRANBY)), _F.WITHOUT_NAME),
    "the same name twice": (collection(feature("Tranby", TRANBY), feature("tranby", VIKER)), _F.SAME_NAME),
    "a line": (collection(feature("A", TRANBY, kind="LineString")), _F.NOT_A_POLYGON),
    "a list of kinds": (_of_kind(["Polygon"]), _F.NOT_A_POLYGON),
    "an object of kinds": (_of_kind({"Polygon": 1}), _F.NOT_A_POLYGON),
    "no geometry": (collection({**feature("A", TRANBY), "geometry": None}), _F.NOT_A_POLYGON),
    "no coordinates": (_with([]), _F.BROKEN),
    "words for numbers": (_with([["a", "b"]] * 4), _F.BROKEN),
    "truths for numbers": (_with([[True, False]] * 4), _F.BROKEN),
    "one number": (_with([[10.2]] * 4), _F.BROKEN),
    "rings too deep": (_with([TRANBY]), _F.BROKEN),
    "heights": (_with([[*corner, 12.0] for corner in TRANBY]), _F.WITH_HEIGHT),
    "metres": (_with([[569_000, 6_630_000]] * 4), _F.OUT_OF_RANGE),
    "an infinite number": (_with(TRANBY).replace(b"59.86", b"1e999"), _F.OUT_OF_RANGE),
    "latitude first": (_with([[north, east] for east, north in TRANBY]), _F.OUTSIDE_NORWAY),
    "open": (_with(TRANBY[:-1]), _F.NOT_CLOSED),
    "two corners": (_with([TRANBY[0], TRANBY[1], TRANBY[0]]), _F.NOT_CLOSED),
    "crossing itself": (_with(BOW_TIE), _F.CROSSES_ITSELF),
    "without a surface": (_with([[10.2, 59.8], [10.3, 59.8], [10.2, 59.8], [10.2, 59.8]]), _F.CROSSES_ITSELF),
    "smaller than a metre": (
        _with([[10.2, 59.8], [10.2000001, 59.8], [10.2000001, 59.8000001], [10.2, 59.8]]),
        _F.BROKEN,
    ),
    "too many corners": (_with([TRANBY[0]] * (OUTLINE_CORNERS_MAX + 1)), _F.TOO_DETAILED),
    "too many corners in all": (
        collection(*[feature(f"A{n}", star(OUTLINE_CORNERS_MAX - 1)) for n in range(2)], feature("B", star(4003))),
        _F.TOO_DETAILED,
    ),
    "a star of very many corners": (_with(star(90_000)), _F.TOO_DETAILED),
    "a comb of very many teeth": (_with(comb(90_000)), _F.TOO_DETAILED),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_file_that_is_no_set_of_outlines_is_refused_with_its_reason(what: str) -> None:
    raw, fault = REFUSED[what]
    with pytest.raises(NotOutlines) as refused:
        read_outlines(raw)
    assert refused.value.fault is fault


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_whatever_stands_in_a_feature_is_refused_and_never_fails(junk: Any) -> None:
    for raw in (
        collection(junk),
        collection(feature("A", junk)),
        collection({**feature("A", TRANBY), "properties": junk}),
    ):
        with pytest.raises(NotOutlines):
            read_outlines(raw)


@pytest.mark.parametrize("shape_of", [star, comb])
def test_outlines_of_many_corners_are_taken(shape_of: Callable[[int], list[list[float]]]) -> None:
    [outline] = read_outlines(_with(shape_of(2000)))
    assert len(outline.geometry["coordinates"][0][0]) > 1500


@pytest.mark.parametrize("reference", [None, {"properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}])
def test_a_file_need_not_say_what_its_numbers_refer_to(reference: Any) -> None:
    assert len(read_outlines(collection(feature("Tranby", TRANBY), crs=reference))) == 1


def test_outlines_are_kept_with_no_more_decimals_than_mean_something() -> None:
    ring = [[east + 0.00000123, north] for east, north in TRANBY]
    tranby, viker = read_outlines(collection(feature(" Tranby ", ring), feature("Viker", VIKER)))
    assert (tranby.name, viker.name) == ("Tranby", "Viker")
    assert tranby.geometry["type"] == "MultiPolygon"
    assert sorted(map(tuple, tranby.geometry["coordinates"][0][0][:-1])) == sorted(map(tuple, TRANBY[:-1]))
    assert tranby.square_kilometres == pytest.approx(22.4, rel=0.01)


def test_a_point_lies_in_the_outline_around_it_and_on_the_border_in_both() -> None:
    tranby, viker = read_outlines(collection(feature("Tranby", TRANBY), feature("Viker", VIKER)))
    assert covers(tranby.geometry, IN_TRANBY)
    assert not covers(tranby.geometry, IN_VIKER)
    border = Point(59.86, 10.23)
    assert covers(tranby.geometry, border)
    assert covers(viker.geometry, border)


def test_the_middle_of_an_area_lies_in_it_whatever_its_shape() -> None:
    horseshoe = [[10, 59], [11, 59], [11, 60], [10.9, 60], [10.9, 59.1], [10.1, 59.1], [10.1, 60], [10, 60], [10, 59]]
    [outline] = read_outlines(_with(horseshoe))
    assert covers(outline.geometry, point_within(outline.geometry))


def test_a_drawing_of_outlines_has_north_up_and_fits_on_its_sheet() -> None:
    holed = [[[10, 59], [12, 59], [12, 60], [10, 60], [10, 59]], [[11, 59.4], [11.2, 59.4], [11.2, 59.6], [11, 59.4]]]
    south = read_outlines(collection({**feature("Sør", []), "geometry": {"type": "Polygon", "coordinates": holed}}))
    north = read_outlines(_with([[10, 60], [11, 60], [11, 61], [10, 61], [10, 60]]))
    drawing = draw([*south, *north])
    assert drawing is not None
    assert drawing.height == LONGEST_SIDE > drawing.width
    below, above = drawing.outlines
    assert below.middle[1] > above.middle[1]
    assert below.path.count("M") == below.path.count("Z") == 2
    points = re.findall(r"[\d.]+ [\d.]+", below.path + above.path)
    spots = [tuple(map(float, point.split())) for point in points]
    assert max(x for x, _ in spots) == drawing.width
    assert max(y for _, y in spots) == drawing.height
    assert min(min(spot) for spot in spots) == 0


def test_of_no_outlines_there_is_no_drawing() -> None:
    assert draw([]) is None


def test_corners_that_change_nothing_are_left_out() -> None:
    steps = [[10.2 + n * 0.06 / 5000, 59.8] for n in range(5001)]
    [outline] = read_outlines(_with([*steps, *TRANBY[2:]]))
    assert len(outline.geometry["coordinates"][0][0]) == 5


def test_what_was_read_is_read_again_as_the_same() -> None:
    once = outlines()
    again = read_outlines(collection(*[{**feature(one.name, []), "geometry": one.geometry} for one in once]))
    assert [one.geometry for one in once] == [one.geometry for one in again]


def test_every_area_of_the_demo_town_has_an_outline_and_they_lie_beside_each_other() -> None:
    shapes = [shape(outline.geometry) for outline in outlines()]
    assert sorted(outline.name for outline in outlines()) == sorted(area["key"] for area in load().areas)
    overlaps = [one.intersection(other).area for one, other in combinations(shapes, 2)]
    assert max(overlaps) < 0.01 * min(one.area for one in shapes)


def test_how_far_outside_is_measured_along_the_ground() -> None:
    square = outline_of("Tranby", Polygon([(10.2, 59.8), (10.3, 59.8), (10.3, 59.9), (10.2, 59.9)])).geometry
    assert metres_outside(square, Point(59.85, 10.25)) == 0
    assert metres_outside(square, Point(59.91, 10.25)) == pytest.approx(1112, abs=2)
    assert metres_outside(square, Point(59.85, 10.31)) == pytest.approx(558, abs=2), (
        "a degree eastwards is half as long"
    )
