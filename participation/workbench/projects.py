"""Innovation projects: all of them, one, and its way through the phases."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response
from wtforms import SelectField

from participation.needs import queries as needs
from participation.outcomes import queries as outcomes
from participation.permissions import Permission
from participation.projects import queries, service
from participation.projects.labels import UN_GOALS
from participation.projects.models import Project
from participation.projects.rules import NOTE_MAX_CHARACTERS, Phase, Principle
from participation.refusals import Refusal
from participation.web.access import requires, the_actor
from participation.web.forms import Form, Required, TextBlock, VersionField, at_most, choices_of, written_out
from participation.web.views import failed, found
from participation.workbench.blueprint import workbench
from participation.workbench.link_forms import EndLinkForm, LinkProjectForm
from participation.workbench.project_form import ProjectForm

Answer = Response | tuple[str, int]


class PhaseForm(Form):
    id_prefix = "phase-"
    version = VersionField()
    to = SelectField(
        lazy_gettext("New phase"),
        [Required(lazy_gettext("Choose the new phase"))],
        choices=lambda: [("", _("Choose a phase")), *choices_of(Phase)()],
    )
    note = TextBlock(
        lazy_gettext("What has happened, and what comes now?"), [at_most(NOTE_MAX_CHARACTERS), written_out]
    )


@workbench.get("/arbeidsflate/prosjekter")
@requires(Permission.RUN_PROJECTS)
def list_projects() -> str:
    projects = queries.all_projects()
    return render_template(
        "workbench/projects.html",
        live=[project for project in projects if project.ended_at is None],
        ended=[project for project in projects if project.ended_at is not None],
        counts=queries.need_counts(project.id for project in projects),
    )


@workbench.route("/arbeidsflate/prosjekter/nytt", methods=["GET", "POST"])
@requires(Permission.RUN_PROJECTS)
def new_project() -> str | Answer:
    form = ProjectForm()
    need_id = request.args.get("behov", type=int)
    if request.method == "GET":
        return _project_form(form, need_id=need_id)
    made: list[Project] = []

    def act() -> None:
        made.append(service.create(the_actor(), words=form.words(), submission_key=form.submission_key.data))

    status = failed(form, act)
    if status:
        return _project_form(form, need_id=need_id), status
    flash(_("The project is made. Now link it to the needs it takes on."), "success")
    return redirect(url_for("workbench.show_project", project_id=made[0].id, behov=need_id) + "#link")


@workbench.route("/arbeidsflate/prosjekter/<id:project_id>/endre", methods=["GET", "POST"])
@requires(Permission.RUN_PROJECTS)
def edit_project(project_id: int) -> str | Answer:
    project = found(queries.project(project_id))
    form = ProjectForm(obj=project)
    if request.method == "GET":
        return _project_form(form, project=project)

    def act() -> None:
        service.edit(the_actor(), project=project, words=form.words(), version=form.version.data)

    status = failed(form, act, about={Refusal.ALREADY_PUBLIC: "visibility"})
    if status:
        project = found(queries.project(project_id))
        form.version.data = project.version
        return _project_form(form, project=project), status
    flash(_("The changes are saved."), "success")
    return redirect(url_for("workbench.show_project", project_id=project_id))


def _project_form(form: ProjectForm, *, project: Project | None = None, need_id: int | None = None) -> str:
    return render_template("workbench/project_form.html", form=form, project=project, need_id=need_id)


@workbench.get("/arbeidsflate/prosjekter/<id:project_id>")
@requires(Permission.RUN_PROJECTS)
def show_project(project_id: int) -> str:
    return project_page(project_id)


def project_page(project_id: int, sent: Form | None = None) -> str:
    """The page of the project; `sent` is the form that could not be taken, with what was written in it."""
    project = found(queries.project(project_id))
    links = queries.links_of_project(project_id)
    offered = _forms(project, [tie.id for tie in links], sent)
    return render_template(
        "workbench/project.html",
        project=project,
        phases=list(Phase),
        goals=[(number, UN_GOALS[number]) for number in project.goals],
        principles=[Principle(word) for word in project.principles],
        links=links,
        ended=queries.links_of_project(project_id, ended=True),
        moves=queries.moves(project_id),
        outcomes=outcomes.of_project(project_id),
        forms=offered,
        form=sent,
        unsent=sent.written() if sent and sent not in offered.values() else [],
    )


def _forms(project: Project, tie_ids: list[int], sent: Form | None) -> dict[str, Form]:
    """The forms for what may be done with the project as it now stands; once stopped, only links can end."""
    forms: dict[str, Form] = {f"end-{number}": EndLinkForm(tie_id=number, formdata=None) for number in tie_ids}
    if project.ended_at is None:
        version = {"version": project.version}
        forms |= {
            "link": LinkProjectForm(formdata=None, data={"reference": _asked_for()}),
            "phase": PhaseForm(formdata=None, data=version),
        }
    return {name: _sent_or(empty, sent, project) for name, empty in forms.items()}


def _sent_or(empty: Form, sent: Form | None, project: Project) -> Form:
    """The form that was sent where it is this one, with the version that the page now shows."""
    if sent is None or type(sent) is not type(empty) or sent.id_prefix != empty.id_prefix:
        return empty
    if "version" in sent:
        sent["version"].data = project.version
    return sent


def _asked_for() -> str:
    """The reference of the need that the project was begun from."""
    number = request.args.get("behov", type=str, default="")
    need = needs.need_by_reference(number) if number else None
    return need.reference if need else ""


@workbench.post("/arbeidsflate/prosjekter/<id:project_id>/fase")
@requires(Permission.RUN_PROJECTS)
def change_phase(project_id: int) -> Answer:
    project, form = found(queries.project(project_id)), PhaseForm()

    def act() -> None:
        service.change_phase(
            the_actor(),
            project=project,
            to=Phase(form.to.data),
            note=form.note.data,
            version=form.version.data,
        )

    status = failed(form, act, about={Refusal.SAME_PHASE: "to"})
    if status:
        return project_page(project_id, form), status
    flash(_("The project has moved on, and the needs with it."), "success")
    return redirect(url_for("workbench.show_project", project_id=project_id))
