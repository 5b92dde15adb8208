"""Gives the areas the outlines that stand in a file: first what would change, then the change."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice

from participation.audit import service as audit
from participation.extensions import db
from participation.geography.outlines import Outline, overlaps
from participation.needs import area_shapes
from participation.needs.area_shapes import outline_of
from participation.needs.models import Area, AreaOutline
from participation.permissions import Actor
from participation.refusals import Refusal, Refused

# So many are named: a file where all lie on top of each other has tens of thousands.
OVERLAPS_MAX = 20


class OutlineChange(StrEnum):
    NEW = "new_outline"
    CHANGED = "changed_outline"
    SAME = "same_outline"


@dataclass(frozen=True)
class Planned:
    area: Area
    outline: Outline
    change: OutlineChange
    square_kilometres_before: float | None


@dataclass(frozen=True)
class Overlap:
    one: Area
    other: Area
    square_kilometres: float


@dataclass(frozen=True)
class Plan:
    """What a file of outlines would do."""

    planned: list[Planned] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    """The names in the file that no area has: those outlines are left out."""
    untouched: list[Area] = field(default_factory=list)
    """The areas in use that the file says nothing of: they keep what they have."""

    @property
    def changes_something(self) -> bool:
        return any(one.change is not OutlineChange.SAME for one in self.planned)


def plan(outlines: Sequence[Outline], *, areas: Sequence[Area]) -> Plan:
    """Which area each outline is of: by the area's key, else by its name."""
    names = {area.name.casefold(): area for area in areas} | {area.key.casefold(): area for area in areas}
    found = Plan()
    for outline in outlines:
        area = names.get(outline.name.casefold())
        if area is None or any(one.area is area for one in found.planned):
            found.unknown.append(outline.name)
        else:
            found.planned.append(_planned(area, outline))
    touched = {one.area.id for one in found.planned}
    found.untouched.extend(area for area in areas if area.active and area.id not in touched)
    return found


def _planned(area: Area, outline: Outline) -> Planned:
    before = outline_of(area.id)
    if before is None:
        return Planned(area, outline, OutlineChange.NEW, None)
    change = OutlineChange.SAME if before.geometry == outline.geometry else OutlineChange.CHANGED
    return Planned(area, outline, change, before.square_kilometres)


def overlapping(found: Plan) -> list[Overlap]:
    """What would lie in two areas: some do, one within the other, but most are drawn wrong."""
    kept = [row for row in area_shapes.outlines() if row.area in found.untouched]
    areas = [one.area for one in found.planned] + [row.area for row in kept]
    geometries = [one.outline.geometry for one in found.planned] + [row.geometry for row in kept]
    pairs = islice(overlaps(geometries, of_first=len(found.planned)), OVERLAPS_MAX)
    return [Overlap(areas[one], areas[other], shared) for one, other, shared in pairs]


def save(actor: Actor | None, *, outlines: Sequence[Outline], areas: Sequence[Area]) -> int:
    """Save what the plan says, and return how many outlines are new or changed. Needs keep the area they have.

    Raises Refused(NO_AREA_OF_OURS) where the file says nothing of any area.
    """
    planned = plan(outlines, areas=areas).planned
    if not planned:
        raise Refused(Refusal.NO_AREA_OF_OURS)
    changed = [one for one in planned if one.change is not OutlineChange.SAME]
    for one in changed:
        _keep(one)
        audit.record(one.change.value, actor_id=actor.id if actor else None, kind="area", object_id=one.area.id)
    return len(changed)


def _keep(one: Planned) -> None:
    row = outline_of(one.area.id) or AreaOutline(area_id=one.area.id)
    row.geometry, row.square_kilometres = one.outline.geometry, one.outline.square_kilometres
    row.west, row.south, row.east, row.north = one.outline.box.edges
    db.session.add(row)
