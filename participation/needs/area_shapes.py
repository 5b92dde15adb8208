"""Reads where areas lie, and which of them a place is in."""

from collections.abc import Sequence
from functools import reduce

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from participation.extensions import db
from participation.geography.outlines import covers, metres_outside
from participation.geography.rules import Box, Point
from participation.needs.models import Area, AreaOutline

# Borders are drawn roughly: what lies so near one may well belong to the municipality.
NEAR_BORDER_METRES = 500
# Where no area has an outline, the map begins with the mainland.
_MAINLAND = Box(4.5, 57.9, 31.2, 71.3)


def outlines() -> Sequence[AreaOutline]:
    """The outlines of the areas in use, each with its area."""
    return db.session.scalars(
        select(AreaOutline)
        .join(AreaOutline.area)
        .where(Area.active)
        .options(joinedload(AreaOutline.area))
        .order_by(Area.name)
    ).all()


def outline_of(area_id: int) -> AreaOutline | None:
    return db.session.get(AreaOutline, area_id)


def area_at(point: Point) -> Area | None:
    """The area in use that the place lies in; where outlines overlap, the smallest."""
    near = db.session.scalars(
        _meeting(Box.around(point))
        .join(AreaOutline.area)
        .where(Area.active)
        .options(joinedload(AreaOutline.area))
        .order_by(AreaOutline.square_kilometres, AreaOutline.area_id)
    )
    return next((outline.area for outline in near if covers(outline.geometry, point)), None)


def is_outside(point: Point) -> bool:
    """Whether the place is clearly outside the municipality; where nothing is drawn, nobody knows."""
    near = db.session.scalars(_meeting(Box.around(point).with_room(NEAR_BORDER_METRES)))
    if any(metres_outside(outline.geometry, point) <= NEAR_BORDER_METRES for outline in near):
        return False
    return db.session.scalar(select(AreaOutline.area_id).limit(1)) is not None


def _meeting(box: Box) -> Select[AreaOutline]:
    """The outlines whose boxes meet the box, of areas that are no longer in use too."""
    return select(AreaOutline).where(
        AreaOutline.west <= box.east,
        AreaOutline.east >= box.west,
        AreaOutline.south <= box.north,
        AreaOutline.north >= box.south,
    )


def extent() -> Box:
    """The box around all areas in use."""
    rows = db.session.execute(
        select(AreaOutline.west, AreaOutline.south, AreaOutline.east, AreaOutline.north)
        .join(AreaOutline.area)
        .where(Area.active)
    )
    boxes = [Box(*row) for row in rows]
    return reduce(Box.with_box, boxes) if boxes else _MAINLAND
