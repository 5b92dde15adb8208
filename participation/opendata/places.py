"""Where things lie, as GeoJSON: the outlines of the areas, and every need with a place on the map."""

import json
from collections.abc import Iterator
from typing import Any

from flask import Flask, Response, current_app, jsonify
from flask_babel import force_locale

from participation.extensions import limiter
from participation.needs import area_shapes
from participation.needs.models import AreaOutline, Need
from participation.needs.queries import placed_needs
from participation.opendata.atom import stamp
from participation.opendata.blueprint import asked_language, kept_for, opendata
from participation.web.access import public
from participation.web.addresses import absolute_url
from participation.web.filters import label

MIMETYPE = "application/geo+json"
LICENCE = "https://data.norge.no/nlod/no/2.0"
# A whole export reads every need; an outline changes once in years.
EXPORTS = "10 per hour"
_NEEDS_AT_ONCE = 1_000
_KEPT_SECONDS = 3600


@opendata.get("/data/omrader.geojson")
@public
def area_outlines() -> Response:
    response = jsonify(
        type="FeatureCollection", license=LICENCE, features=[_of_outline(one) for one in area_shapes.outlines()]
    )
    response.mimetype = MIMETYPE
    response.add_etag()
    return kept_for(response, seconds=_KEPT_SECONDS)


def _of_outline(outline: AreaOutline) -> dict[str, Any]:
    properties = {"key": outline.area.key, "name": outline.area.name}
    return {"type": "Feature", "properties": properties, "geometry": outline.geometry}


@opendata.get("/data/behov.geojson")
@public
@limiter.limit(EXPORTS)
def placed_needs_export() -> Response:
    """Written as it is read, a thousand at a time: no more than that is ever in memory."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # which the proxy stands for
    response = Response(_whole(app, asked_language()), mimetype=MIMETYPE)
    # Else it would be gathered whole, to tell how long it is.
    response.implicit_sequence_conversion = False
    response.headers["Content-Disposition"] = 'attachment; filename="behov.geojson"'
    return kept_for(response, seconds=_KEPT_SECONDS)


def _whole(app: Flask, language: str) -> Iterator[str]:
    yield f'{{"type":"FeatureCollection","license":{json.dumps(LICENCE)},"features":[\n'
    after, before = 0, ""
    while portion := _portion(app, language, after):
        yield before + ",\n".join(portion.values())
        after, before = max(portion), ",\n"
    yield "\n]}\n"


def _portion(app: Flask, language: str, after: int) -> dict[int, str]:
    """The next needs as they are written, by number. A slow reader holds no transaction open between two of them."""
    with app.app_context(), force_locale(language):
        needs = placed_needs(after_id=after, limit=_NEEDS_AT_ONCE)
        return {need.id: json.dumps(_of_need(need), ensure_ascii=False) for need in needs}


def _of_need(need: Need) -> dict[str, Any]:
    properties = {
        "id": need.id,
        "reference": need.reference,
        "title": need.title,
        "state": need.state.value,
        "state_words": label(need.state),
        "theme": need.theme.key,
        "area": need.area.key,
        "place": need.place,
        "supporters": need.support_count,
        "comments": need.comment_count,
        "published": stamp(need.created_at),
        "url": absolute_url("residents.show_need", need_id=need.id),
    }
    geometry = {"type": "Point", "coordinates": [need.longitude, need.latitude]}
    return {"type": "Feature", "id": need.id, "geometry": geometry, "properties": properties}
