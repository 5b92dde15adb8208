"""The map of needs, with the same filters as the list, and the same content in words beside it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from flask import Response, jsonify, render_template, request, url_for
from flask_babel import force_locale, gettext, ngettext
from werkzeug.exceptions import BadRequest

from participation.geography.rules import NEAR_DECIMALS, Box, metres_between
from participation.needs import places, queries
from participation.needs.area_shapes import extent
from participation.needs.listing import Sort
from participation.needs.map_view import ZOOM_MAX, ZOOM_MIN, Mark, View, is_counted, view
from participation.needs.models import Area, Need
from participation.needs.queries import NeedFilter
from participation.needs.rules import Counts, count_choices
from participation.permissions import Actor
from participation.residents import need_choices
from participation.residents.blueprint import residents
from participation.residents.nearness import is_elsewhere
from participation.residents.need_list import Asked, Chip, asked
from participation.residents.need_matches import own_among
from participation.web.access import maybe_actor, public
from participation.web.filters import label, number
from participation.web.language import DEFAULT, LANGUAGES

_KEPT_SECONDS = 60
_DRAWINGS = {
    "received": "bud",
    "assessing": "blossom",
    "accepted": "blossom",
    "in_project": "green-fruit",
    "testing": "green-fruit",
    "in_use": "apple",
}
# What a map of a usual size shows, where no script has measured it: about 640 pixels across.
_USUAL_PX = 640
# Around where someone is: what they can walk to.
_NEAR_METRES = 1_500
# Around one need: some streets.
_STREETS_METRES = 450


@dataclass(frozen=True)
class Shown:
    """A mark as the map and the list beside it show it."""

    mark: Mark
    name: str
    url: str
    need: Need | None = None


def map_url(wanted: Asked) -> str:
    """The map's address that asks for the same as the list's."""
    return _on_map(wanted.url())


def _on_map(list_url: str, box: Box | None = None) -> str:
    parts = [urlsplit(list_url).query, f"boks={box}" if box else ""]
    query = "&".join(part for part in parts if part)
    return url_for("residents.show_map") + (f"?{query}" if query else "")


def box_around(need: Need) -> Box:
    """Some streets around the need."""
    return Box.around(need.point or extent().middle).with_room(_STREETS_METRES)


@residents.get("/behov/kart")
@public
def show_map() -> str:
    themes, areas, actor = queries.all_themes(), queries.all_areas(), maybe_actor()
    wanted, home = asked(themes, areas, is_signed_in=actor is not None), extent()
    moved_to = Box.parse(request.args.get("boks"))
    box = moved_to or _first_shown(wanted, home)
    is_whole = str(box) == str(home)
    found = _view(box, _usual_zoom(box), wanted, actor)
    return render_template(
        "residents/need_map.html",
        asked=wanted,
        chips=[Chip(chip.label, _on_map(chip.url, moved_to)) for chip in wanted.chips],
        list_url=wanted.url(),
        box=box,
        home=home,
        moved_to=moved_to,
        is_whole=is_whole,
        home_url=_on_map(wanted.url(), home if wanted.near else None),
        found=found,
        marks=_shown(found, wanted, areas),
        summary=_summary_of_all(found) if is_whole else _summary(found),
        without_words_url=_on_map(wanted.without_words, moved_to) if wanted.text else None,
        query=urlsplit(wanted.url()).query,
        groups=need_choices.groups(themes, areas, wanted, _counts(wanted)),
        mine_choices=need_choices.mine_choices(wanted) if actor else [],
        sort_choices=need_choices.sort_choices(wanted),
    )


def _first_shown(wanted: Asked, home: Box) -> Box:
    """All of it; or around who asks for the nearest, unless they are elsewhere."""
    if wanted.near is None or is_elsewhere(wanted):
        return home
    return Box.around(wanted.near).with_room(_NEAR_METRES)


def _filter(wanted: Asked) -> NeedFilter:
    return replace(wanted.filter, text=wanted.text)


def _view(box: Box, zoom: int, wanted: Asked, actor: Actor | None) -> View:
    own = own_among(wanted, actor)
    return view(box, zoom=zoom, wanted=_filter(wanted), sort=wanted.order, among=own, near=wanted.near)


def _counts(wanted: Asked) -> Counts | None:
    """How many needs with a place each choice would leave, wherever the map is; of words and mine, no count tells."""
    kept = _filter(wanted)
    if wanted.mine or not is_counted(kept):
        return None
    return count_choices(places.cells(), themes=kept.themes, areas=kept.areas, states=kept.states)


def _usual_zoom(box: Box) -> int:
    """The closest zoom at which a map of a usual size shows the whole box."""
    across = box.east - box.west
    wide_enough = (zoom for zoom in range(ZOOM_MAX, ZOOM_MIN, -1) if across / 360 * 256 * 2**zoom <= _USUAL_PX)
    return next(wide_enough, ZOOM_MIN)


@residents.get("/behov/kart/utsnitt.geojson")
@public
def map_section() -> Response:
    """What the map shows of a box, as GeoJSON: the same for everyone, but for those who ask for what is their own."""
    box, zoom = Box.parse(request.args.get("boks")), request.args.get("zoom", type=int)
    if box is None or zoom is None or not ZOOM_MIN <= zoom <= ZOOM_MAX:
        raise BadRequest
    themes, areas = queries.all_themes(), queries.all_areas()
    asks_for_own = "mine" in request.args
    actor = maybe_actor() if asks_for_own else None
    wanted = asked(themes, areas, is_signed_in=actor is not None)
    with force_locale(_language()):
        found = _view(box, zoom, wanted, actor)
        response = jsonify(
            type="FeatureCollection",
            total=found.total,
            summary=_summary(found),
            features=[_feature(one) for one in _shown(found, wanted, areas)],
            listed=[_listed(need) for need in found.needs] if found.needs is not None else None,
        )
    response.mimetype = "application/geo+json"
    if is_counted(_filter(wanted)) and not asks_for_own:
        response.cache_control.public, response.cache_control.max_age = True, _KEPT_SECONDS
        response.add_etag()
    return response


def _language() -> str:
    """What the address says alone, so that one answer serves all."""
    wanted = request.args.get("sprak", DEFAULT)
    return wanted if wanted in LANGUAGES else DEFAULT


def _summary(found: View) -> str:
    """The view in words, for those who don't see it."""
    count = number(found.total)
    newest = gettext(
        "The map shows the %(count)s newest of the needs that fit. Zoom in or filter to see the others.", count=count
    )
    here = ngettext(
        "%(count)s need in this part of the map.",
        "%(count)s needs in this part of the map.",
        found.total,
        count=count,
    )
    none = gettext("There are no needs in this part of the map.")
    return str(newest if found.is_cut else here if found.total else none)


def _summary_of_all(found: View) -> str:
    """The same where no part of the map has been chosen."""
    count = number(found.total)
    some = ngettext("%(count)s need with a place.", "%(count)s needs with a place.", found.total, count=count)
    return some if found.total and not found.is_cut else _summary(found)


def _shown(found: View, wanted: Asked, areas: Sequence[Area]) -> list[Shown]:
    """The marks in the order of their list, each with its name and where it leads without a script."""
    names, here = {area.id: area.name for area in areas}, map_url(wanted)
    closer = f"{here}{'&' if '?' in here else '?'}boks="
    return [_one(mark, found, names.get(mark.area_id, ""), closer) for mark in _in_order(found.marks, wanted)]


def _in_order(marks: Sequence[Mark], wanted: Asked) -> list[Mark]:
    """The nearest first where that is asked for, else the largest."""
    near = wanted.near
    if near and wanted.order is Sort.BEST:
        return sorted(marks, key=lambda mark: metres_between(near, mark.point))
    return sorted(marks, key=lambda mark: (-mark.count, -mark.point.latitude, mark.point.longitude))


def _one(mark: Mark, found: View, area: str, closer: str) -> Shown:
    need = found.alone.get(mark.need_ids[0]) if mark.count == 1 and mark.need_ids else None
    if need is not None:
        return Shown(mark, need.title, url_for("residents.show_need", need_id=need.id), need)
    count = number(mark.count)
    there = ngettext("%(count)s need in %(area)s", "%(count)s needs in %(area)s", mark.count, count=count, area=area)
    around = gettext("%(count)s needs in %(area)s and the areas around", count=count, area=area)
    name = around if mark.is_mixed else there
    return Shown(mark, name, f"{closer}{_with_room(mark.box)}")


def _with_room(box: Box) -> Box:
    """A box that a map can show: with some room around, also when all lie on one spot."""
    up = max((box.north - box.south) * 0.1, 0.0004)
    along = max((box.east - box.west) * 0.1, 0.0008)
    return Box(box.west - along, box.south - up, box.east + along, box.north + up)


def _feature(one: Shown) -> dict[str, Any]:
    coordinates = [round(one.mark.point.longitude, 5), round(one.mark.point.latitude, 5)]
    words = _listed(one.need) | {"action": _aloud(one.need)} if one.need is not None else _together(one)
    properties = {"count": one.mark.count, "name": one.name, "url": one.url} | words
    return {"type": "Feature", "geometry": {"type": "Point", "coordinates": coordinates}, "properties": properties}


def _together(one: Shown) -> dict[str, Any]:
    return {
        "action": gettext("%(name)s, show them", name=one.name),
        "box": [round(edge, 5) for edge in _with_room(one.mark.box).edges],
        "needs": list(one.mark.need_ids),
        # Where they lie on one spot, no zoom parts them: the list of the nearest does.
        "near": str(one.mark.point.rounded(NEAR_DECIMALS)),
    }


def _aloud(need: Need) -> str:
    """A need's mark as it is read aloud: in whole sentences."""
    title = need.title if need.title.endswith((".", "!", "?")) else f"{need.title}."
    return f"{title} {need_choices.sentence(need.state)}. {_facts(need)}"


def _facts(need: Need) -> str:
    return str(ngettext("%(num)s has this need", "%(num)s have this need", need.support_count))


def _listed(need: Need) -> dict[str, Any]:
    return {
        "id": need.id,
        "title": need.title,
        "state": need.state.value,
        "state_words": label(need.state),
        "drawing": _DRAWINGS.get(need.state.value, "leaf"),
        "facts": _facts(need),
        "area": need.area.name,
        "url": url_for("residents.show_need", need_id=need.id),
    }
