"""The outlines of the areas, from a file: looked at first, saved when they are right."""

import json
from dataclasses import replace
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from werkzeug.datastructures import CombinedMultiDict, FileStorage
from werkzeug.wrappers import Response
from wtforms import FileField, HiddenField

from participation.administration.blueprint import administration
from participation.geography.drawing import draw
from participation.geography.outlines import FILE_MAX_BYTES, NotOutlines, Outline, OutlineFault, read_outlines
from participation.needs import area_outlines, area_shapes, queries
from participation.needs.area_outlines import OutlineChange
from participation.permissions import Permission
from participation.refusals import Refusal
from participation.web.access import requires, the_actor
from participation.web.forms import Form
from participation.web.uploads import takes_up_to
from participation.web.views import failed

Answer = str | Response | tuple[str, int]
# What stands around the file in the form.
_FORM_MAX_BYTES = 100_000
FAULTS = {
    OutlineFault.TOO_LARGE: lazy_gettext("The file is larger than 5 MB. Make the outlines simpler, and try again."),
    OutlineFault.NOT_JSON: lazy_gettext("The file can't be read as JSON. Choose a GeoJSON file."),
    OutlineFault.NOT_A_COLLECTION: lazy_gettext("The file is no GeoJSON FeatureCollection."),
    OutlineFault.OTHER_REFERENCE: lazy_gettext(
        "The file has other coordinates than longitude and latitude. Export it as WGS 84 (EPSG:4326)."
    ),
    OutlineFault.EMPTY: lazy_gettext("There are no outlines in the file."),
    OutlineFault.TOO_MANY: lazy_gettext("There are more than 300 outlines in the file."),
    OutlineFault.WITHOUT_NAME: lazy_gettext("An outline has no “key” or “name” that says which area it is of."),
    OutlineFault.SAME_NAME: lazy_gettext("Two outlines in the file have the same name."),
    OutlineFault.NOT_A_POLYGON: lazy_gettext("An area must be a Polygon or a MultiPolygon."),
    OutlineFault.BROKEN: lazy_gettext("The coordinates can't be read."),
    OutlineFault.WITH_HEIGHT: lazy_gettext(
        "The coordinates have a height too. Export the outlines with longitude and latitude alone (2D)."
    ),
    OutlineFault.OUT_OF_RANGE: lazy_gettext(
        "The coordinates are no longitude and latitude. Export the file as WGS 84 (EPSG:4326)."
    ),
    OutlineFault.OUTSIDE_NORWAY: lazy_gettext(
        "The outline lies outside Norway. Perhaps latitude and longitude have changed places: longitude comes first."
    ),
    OutlineFault.NOT_CLOSED: lazy_gettext("A ring must end where it begins, and have at least three corners."),
    OutlineFault.CROSSES_ITSELF: lazy_gettext("The outline crosses itself."),
    OutlineFault.TOO_DETAILED: lazy_gettext("The outlines have too many corners. Make them simpler, and try again."),
}
CHANGES = {
    OutlineChange.NEW: lazy_gettext("New outline"),
    OutlineChange.CHANGED: lazy_gettext("Changed outline"),
    OutlineChange.SAME: lazy_gettext("As before"),
}


class OutlineFile(FileField):
    data: bytes | None
    is_empty = False

    def process_formdata(self, values: list[Any]) -> None:
        sent = values[0] if values else None
        self.data = None
        if isinstance(sent, FileStorage):
            self.data = sent.read(FILE_MAX_BYTES + 1) or None
            self.is_empty = bool(sent.filename) and self.data is None
            sent.close()


class OutlinesForm(Form):
    """The file first; then, once it has been looked at, what was read of it."""

    file = OutlineFile(lazy_gettext("GeoJSON file with the areas"), render_kw={"accept": ".geojson,.json"})
    looked_at = HiddenField()
    outlines: list[Outline]

    class Meta(Form.Meta):
        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            is_sent = formdata is not None and form.is_submitted()
            return CombinedMultiDict([request.files, request.form]) if is_sent else None

    def validate(self, extra_validators: Any = None) -> bool:
        if not super().validate(extra_validators):
            return False
        raw = (self.looked_at.data or "").encode() or self.file.data
        if not raw:
            self.file.errors = [_("The file is empty. Choose another") if self.file.is_empty else _("Choose a file")]
            return False
        try:
            self.outlines = read_outlines(raw)
        except NotOutlines as fault:
            self.file.errors = [f"{fault.name}: {label_of(fault)}" if fault.name else label_of(fault)]
            return False
        return True


def label_of(fault: NotOutlines) -> str:
    return str(FAULTS[fault.fault])


@administration.get("/administrasjon/omrader/grenser")
@requires(Permission.ADMINISTER)
def outlines() -> Answer:
    return _page(OutlinesForm())


def _page(form: OutlinesForm) -> str:
    return render_template(
        "administration/outlines.html",
        form=form,
        areas=queries.active_areas(),
        sizes={outline.area_id: outline.square_kilometres for outline in area_shapes.outlines()},
        box=area_shapes.extent(),
    )


@administration.post("/administrasjon/omrader/grenser")
@requires(Permission.ADMINISTER)
@takes_up_to(FILE_MAX_BYTES + _FORM_MAX_BYTES)
def look_at_outlines() -> Answer:
    """What the file would change. Nothing is saved yet."""
    form = OutlinesForm()
    if not form.validate():
        return _page(form), 400
    form.looked_at.data = as_collection(form.outlines)
    plan = area_outlines.plan(form.outlines, areas=queries.all_areas())
    sheet = draw([replace(one.outline, name=one.area.name) for one in plan.planned])
    return render_template(
        "administration/outlines_looked_at.html",
        form=form,
        plan=plan,
        overlaps=area_outlines.overlapping(plan),
        changes=CHANGES,
        sheet=sheet,
    )


@administration.post("/administrasjon/omrader/grenser/lagre")
@requires(Permission.ADMINISTER)
def save_outlines() -> Answer:
    form = OutlinesForm()
    saved: list[int] = []
    status = failed(form, lambda: saved.append(_save(form)), about={Refusal.NO_AREA_OF_OURS: "file"})
    if status:
        return _page(form), status
    if saved[0]:
        flash(ngettext("%(num)s outline is saved.", "%(num)s outlines are saved.", saved[0]), "success")
    else:
        flash(_("The outlines were the same already. Nothing is changed."), "info")
    return redirect(url_for("administration.outlines"))


def _save(form: OutlinesForm) -> int:
    return area_outlines.save(the_actor(), outlines=form.outlines, areas=queries.all_areas())


def as_collection(outlines: list[Outline]) -> str:
    """The outlines as they were read: for the form that saves them, which reads them as carefully again."""
    features = [
        {"type": "Feature", "properties": {"name": outline.name}, "geometry": outline.geometry} for outline in outlines
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}, separators=(",", ":"))
