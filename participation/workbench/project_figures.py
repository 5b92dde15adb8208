"""The figures a project means to change, and what has been measured."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext, lazy_pgettext
from werkzeug.wrappers import Response
from wtforms import DateField

from participation import clock
from participation.permissions import Permission
from participation.projects import measuring, queries
from participation.projects.chart import drawn
from participation.projects.measuring import IndicatorWords
from participation.projects.models import Project, ProjectIndicator
from participation.projects.rules import NAME_MAX_CHARACTERS, UNIT_MAX_CHARACTERS
from participation.web.access import requires, the_actor
from participation.web.forms import Figure, Form, Required, TextLine, at_most, day_that_has_been
from participation.web.views import failed, found
from participation.workbench.blueprint import workbench
from participation.workbench.plan_forms import VersionForm

Answer = Response | tuple[str, int]


class IndicatorForm(VersionForm):
    id_prefix = "indicator-"
    name = TextLine(
        lazy_gettext("What is measured"),
        [Required(lazy_gettext("Write what is measured")), at_most(NAME_MAX_CHARACTERS)],
    )
    unit = TextLine(
        lazy_pgettext("of a figure", "Unit"),
        [Required(lazy_gettext("Write the unit")), at_most(UNIT_MAX_CHARACTERS)],
    )
    baseline = Figure(lazy_gettext("Before the project"), [Required(lazy_gettext("Write the figure before"))])
    baseline_on = DateField(
        lazy_gettext("Measured on"), [Required(lazy_gettext("Choose the day it was measured")), day_that_has_been]
    )
    target = Figure(lazy_gettext("Target"))

    def words(self) -> IndicatorWords:
        assert self.baseline.number is not None  # noqa: S101  the field is required
        return IndicatorWords(
            name=self.name.data,
            unit=self.unit.data,
            baseline=self.baseline.number,
            baseline_on=self.baseline_on.data,
            target=self.target.number,
        )


class MeasurementForm(VersionForm):
    id_prefix = "measurement-"
    value = Figure(lazy_gettext("The figure now"), [Required(lazy_gettext("Write the figure now"))])
    measured_on = DateField(
        lazy_gettext("Measured on"),
        [Required(lazy_gettext("Choose the day it was measured")), day_that_has_been],
    )


@workbench.get("/arbeidsflate/prosjekter/<id:project_id>/tall")
@requires(Permission.RUN_PROJECTS)
def project_figures(project_id: int) -> str:
    return _figures_page(found(queries.project(project_id)))


@workbench.post("/arbeidsflate/prosjekter/<id:project_id>/tall")
@requires(Permission.RUN_PROJECTS)
def add_indicator(project_id: int) -> Answer:
    project, form = found(queries.project(project_id)), IndicatorForm()

    def act() -> None:
        measuring.add_indicator(the_actor(), project=project, words=form.words(), version=form.version.data)

    status = failed(form, act)
    if status:
        return _figures_page(found(queries.project(project_id)), form), status
    flash(_("The figure is added."), "success")
    return redirect(url_for("workbench.project_figures", project_id=project_id))


def _figures_page(project: Project, sent: IndicatorForm | None = None) -> str:
    form = sent or IndicatorForm(formdata=None)
    form.version.data = project.version
    return render_template(
        "workbench/project_figures.html",
        project=project,
        figures=drawn(queries.indicators(project.id)),
        new=form,
        form=sent,
    )


@workbench.route("/arbeidsflate/tall/<id:figure_id>", methods=["GET", "POST"])
@requires(Permission.RUN_PROJECTS)
def change_indicator(figure_id: int) -> str | Answer:
    indicator = found(queries.indicator(figure_id))
    form = IndicatorForm(obj=indicator)

    def act() -> None:
        measuring.change_indicator(the_actor(), indicator=indicator, words=form.words(), version=form.version.data)

    if not form.is_submitted():
        return _indicator_page(indicator)
    status = failed(form, act)
    if status:
        return _indicator_page(found(queries.indicator(figure_id)), form), status
    flash(_("The figure is changed."), "success")
    return redirect(url_for("workbench.project_figures", project_id=indicator.project_id))


@workbench.post("/arbeidsflate/tall/<id:figure_id>/malinger")
@requires(Permission.RUN_PROJECTS)
def measure(figure_id: int) -> Answer:
    indicator, form = found(queries.indicator(figure_id)), MeasurementForm()

    def act() -> None:
        assert form.value.number is not None  # noqa: S101  the field is required
        measuring.measure(
            the_actor(),
            indicator=indicator,
            value=form.value.number,
            measured_on=form.measured_on.data,
            version=form.version.data,
        )

    status = failed(form, act)
    if status:
        return _indicator_page(found(queries.indicator(figure_id)), form), status
    flash(_("The measurement is noted."), "success")
    return redirect(url_for("workbench.change_indicator", figure_id=figure_id))


@workbench.post("/arbeidsflate/malinger/<id:measurement_id>/slett")
@requires(Permission.RUN_PROJECTS)
def delete_measurement(measurement_id: int) -> Answer:
    measurement, form = found(queries.measurement(measurement_id)), Form()
    figure_id = measurement.indicator_id
    status = failed(form, lambda: measuring.delete_measurement(the_actor(), measurement=measurement))
    if status:
        return _indicator_page(found(queries.indicator(figure_id)), form), status
    flash(_("The measurement is deleted."), "success")
    return redirect(url_for("workbench.change_indicator", figure_id=figure_id))


def _indicator_page(indicator: ProjectIndicator, sent: Form | None = None) -> str:
    forms: dict[str, Form] = {
        "change": sent if isinstance(sent, IndicatorForm) else IndicatorForm(formdata=None, obj=indicator),
        "measure": sent
        if isinstance(sent, MeasurementForm)
        else MeasurementForm(formdata=None, data={"measured_on": clock.today()}),
    }
    for form in forms.values():
        form["version"].data = indicator.version
    return render_template(
        "workbench/project_indicator.html",
        project=found(queries.project(indicator.project_id)),
        indicator=indicator,
        forms=forms,
        delete=Form(formdata=None),
        form=sent,
    )
