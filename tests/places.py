"""Two neighbouring areas with outlines, and points in and around them."""

import json
from typing import Any

from participation.extensions import db
from participation.geography.outlines import read_outlines
from participation.geography.rules import Point
from participation.needs import area_outlines, queries
from participation.needs.models import Area
from tests.factories import theme_and_area

TRANBY = [[10.20, 59.80], [10.26, 59.80], [10.26, 59.86], [10.20, 59.86], [10.20, 59.80]]
VIKER = [[10.20, 59.86], [10.26, 59.86], [10.26, 59.92], [10.20, 59.92], [10.20, 59.86]]
IN_TRANBY, IN_VIKER, OUTSIDE = Point(59.8123, 10.2345), Point(59.9, 10.25), Point(60.5, 11.0)


def feature(name: str, ring: Any, *, kind: str = "Polygon") -> dict[str, Any]:
    return {"type": "Feature", "properties": {"name": name}, "geometry": {"type": kind, "coordinates": [ring]}}


def collection(*features: Any, **more: Any) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features} | more).encode()


def draw_areas() -> tuple[Area, Area]:
    """Tranby, and Viker to the north of it."""
    _theme, tranby = theme_and_area()
    viker = Area(key="viker", name="Viker")
    db.session.add(viker)
    db.session.flush()
    outlines = read_outlines(collection(feature("Tranby", TRANBY), feature("Viker", VIKER)))
    area_outlines.save(None, outlines=outlines, areas=queries.all_areas())
    db.session.commit()
    return tranby, viker


def at(point: Point) -> dict[str, Any]:
    """For `factories.make_need`."""
    return {"latitude": point.latitude, "longitude": point.longitude}
