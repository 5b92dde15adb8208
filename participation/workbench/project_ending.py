"""Ends a project."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from participation.outcomes.queries import in_work_of_project
from participation.permissions import Permission
from participation.projects import ending, queries
from participation.projects.models import Project
from participation.projects.rules import Ending
from participation.web.access import requires, the_actor
from participation.web.views import failed, found
from participation.workbench.blueprint import workbench
from participation.workbench.ending_form import EndingForm, ending_form

Answer = Response | tuple[str, int]


@workbench.route("/arbeidsflate/prosjekter/<id:project_id>/avslutt", methods=["GET", "POST"])
@requires(Permission.RUN_PROJECTS)
def end_project(project_id: int) -> str | Answer:
    project = found(queries.project(project_id))
    form = ending_form(project)

    def act() -> None:
        ending.end(
            the_actor(),
            project=project,
            ending=Ending(form.ending.data),
            lessons=form.lessons.data,
            next_steps=form.next_steps(),
            version=form.version.data,
        )

    if not form.is_submitted():
        return _ending_page(project, form)
    status = failed(form, act)
    if status:
        return _again(project_id, form), status
    flash(_("The project has ended, and everyone behind its needs is told."), "success")
    return redirect(url_for("workbench.show_project", project_id=project_id))


def _again(project_id: int, sent: EndingForm) -> str:
    """The form as it was sent, with a part for needs that have come to the project meanwhile."""
    project = found(queries.project(project_id))
    form = ending_form(project)
    if set(form.data) == set(sent.data):
        return _ending_page(project, sent)
    form.validate()
    form.form_errors.extend(sent.form_errors)
    return _ending_page(project, form)


def _ending_page(project: Project, form: EndingForm) -> str:
    form.version.data = project.version
    results = in_work_of_project(project.id)
    return render_template("workbench/project_ending.html", project=project, form=form, results=results)
