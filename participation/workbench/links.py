"""Ties needs to projects, and ends ties."""

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from participation.needs import queries as needs
from participation.permissions import Permission
from participation.projects import queries, service
from participation.projects.models import NeedLink
from participation.projects.rules import Scope
from participation.web.access import requires, the_actor
from participation.web.views import failed, found
from participation.workbench.blueprint import workbench
from participation.workbench.link_forms import EndLinkForm, LinkProjectForm, link_need_form
from participation.workbench.needs import need_page
from participation.workbench.projects import project_page

Answer = Response | tuple[str, int]
FROM_PROJECT = "prosjekt"


@workbench.post("/arbeidsflate/behov/<id:need_id>/koble")
@requires(Permission.RUN_PROJECTS)
def link_need(need_id: int) -> Answer:
    need = found(needs.need_page(need_id))
    form = link_need_form()

    def act() -> None:
        project = found(queries.project(form.project.data))
        service.link(the_actor(), project=project, need=need, scope=Scope(form.scope.data), note=form.note.data)

    status = failed(form, act)
    if status:
        return need_page(need_id, form), status
    flash(_("The need and the project are linked."), "success")
    return redirect(url_for("workbench.show_need", need_id=need_id))


@workbench.post("/arbeidsflate/prosjekter/<id:project_id>/koble")
@requires(Permission.RUN_PROJECTS)
def link_project(project_id: int) -> Answer:
    project, form = found(queries.project(project_id)), LinkProjectForm()

    def act() -> None:
        service.link(
            the_actor(),
            project=project,
            need=found(form.need),
            scope=Scope(form.scope.data),
            note=form.note.data,
        )

    status = failed(form, act)
    if status:
        return project_page(project_id, form), status
    flash(_("The need and the project are linked."), "success")
    return redirect(url_for("workbench.show_project", project_id=project_id))


@workbench.post("/arbeidsflate/koblinger/<id:link_id>/avslutt")
@requires(Permission.RUN_PROJECTS)
def end_link(link_id: int) -> Answer:
    tie, form = found(queries.link(link_id)), EndLinkForm(tie_id=link_id)
    status = failed(form, lambda: service.end_link(the_actor(), tie=tie, note=form.note.data))
    if status:
        return _where_it_was_sent(tie, form), status
    flash(_("The link is ended."), "success")
    return redirect(_came_from(tie))


def _where_it_was_sent(tie: NeedLink, form: EndLinkForm) -> str:
    from_project = request.args.get("fra") == FROM_PROJECT
    return project_page(tie.project_id, form) if from_project else need_page(tie.need_id, form)


def _came_from(tie: NeedLink) -> str:
    if request.args.get("fra") == FROM_PROJECT:
        return url_for("workbench.show_project", project_id=tie.project_id)
    return url_for("workbench.show_need", need_id=tie.need_id)
