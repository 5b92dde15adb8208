"""Begins a result, writes on it, and throws a draft away."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from participation.files.service import forget_pictures, the_store
from participation.newsroom.blueprint import newsroom
from participation.newsroom.outcome_form import OutcomeForm, outcome_form
from participation.newsroom.outcomes import outcome_page
from participation.newsroom.step_forms import StepForm
from participation.outcomes import queries, service
from participation.outcomes.models import Outcome
from participation.outcomes.rules import may_edit
from participation.permissions import Permission
from participation.projects import queries as projects
from participation.projects.models import Project
from participation.refusals import ensure
from participation.web.access import requires, the_actor
from participation.web.pagination import ID_MAX
from participation.web.views import failed, found

Answer = str | Response | tuple[str, int]


@newsroom.route("/redaksjonen/resultater/nytt", methods=["GET", "POST"])
@requires(Permission.WRITE_OUTCOMES)
def new_outcome() -> Answer:
    project = found(_asked_for())
    form = outcome_form(projects.links_of_project(project.id))
    if request.method == "GET":
        return _page(form, project)
    made: list[Outcome] = []

    def act() -> None:
        key = form.submission_key.data
        made.append(service.draft(the_actor(), project=project, words=form.words(), submission_key=key))

    status = failed(form, act)
    if status:
        return _page(form, project), status
    flash(_("The draft is saved."), "success")
    return redirect(url_for("newsroom.show_outcome", outcome_id=made[0].id))


def _asked_for() -> Project | None:
    number = request.args.get("prosjekt", 0, type=int)
    return projects.project(number) if 0 < number <= ID_MAX else None


@newsroom.route("/redaksjonen/resultater/<id:outcome_id>/endre", methods=["GET", "POST"])
@requires(Permission.WRITE_OUTCOMES)
def edit_outcome(outcome_id: int) -> Answer:
    outcome = found(queries.outcome(outcome_id))
    # What was sent is all there is to it: a row of figures that was emptied is gone.
    shown = outcome if request.method == "GET" else None
    form = outcome_form(projects.links_of_project(outcome.project_id), shown)
    if request.method == "GET":
        ensure(may_edit(outcome.state))
        return _page(form, outcome.project, outcome)

    def act() -> None:
        service.edit(the_actor(), outcome=outcome, words=form.words(), version=form.version.data)

    status = failed(form, act)
    if status:
        outcome = found(queries.outcome(outcome_id))
        form.version.data = outcome.version
        return _page(form, outcome.project, outcome), status
    flash(_("The draft is saved."), "success")
    return redirect(url_for("newsroom.show_outcome", outcome_id=outcome_id))


@newsroom.post("/redaksjonen/resultater/<id:outcome_id>/slett")
@requires(Permission.WRITE_OUTCOMES)
def delete_outcome(outcome_id: int) -> Answer:
    outcome, form = found(queries.outcome(outcome_id)), StepForm()
    title, picture = outcome.title, outcome.picture_key
    status = failed(form, lambda: service.delete_draft(the_actor(), outcome=outcome, version=form.version.data))
    if status:
        return outcome_page(outcome_id, form), status
    forget_pictures([picture], the_store())
    flash(_("The draft “%(title)s” is deleted.", title=title), "success")
    return redirect(url_for("newsroom.list_outcomes"))


def _page(form: OutcomeForm, project: Project, outcome: Outcome | None = None) -> str:
    return render_template(
        "newsroom/outcome_form.html",
        form=form,
        project=project,
        outcome=outcome,
        ties=projects.links_of_project(project.id),
    )
