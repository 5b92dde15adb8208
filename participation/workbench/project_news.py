"""Writes to everyone behind a project's needs."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response

from participation.permissions import Permission
from participation.projects import queries, service
from participation.projects.models import Project
from participation.projects.rules import TEXT_MAX_CHARACTERS
from participation.web.access import requires, the_actor
from participation.web.forms import Required, TextBlock, at_most, written_out
from participation.web.views import failed, found
from participation.workbench.blueprint import workbench
from participation.workbench.plan_forms import VersionForm

Answer = Response | tuple[str, int]


class NewsForm(VersionForm):
    body = TextBlock(
        lazy_gettext("On the needs' pages"),
        [Required(lazy_gettext("Write the news")), at_most(TEXT_MAX_CHARACTERS), written_out],
    )
    mail_body = TextBlock(lazy_gettext("In the e-mail"), [at_most(TEXT_MAX_CHARACTERS), written_out])


@workbench.route("/arbeidsflate/prosjekter/<id:project_id>/nytt", methods=["GET", "POST"])
@requires(Permission.RUN_PROJECTS)
def tell_news(project_id: int) -> str | Answer:
    project, form = found(queries.project(project_id)), NewsForm()

    def act() -> None:
        service.tell(
            the_actor(),
            project=project,
            body=form.body.data,
            mail_body=form.mail_body.data,
            version=form.version.data,
        )

    if not form.is_submitted():
        return _news_page(project, form)
    status = failed(form, act)
    if status:
        return _news_page(found(queries.project(project_id)), form), status
    flash(_("The news is told to everyone behind the needs."), "success")
    return redirect(url_for("workbench.show_project", project_id=project_id))


def _news_page(project: Project, form: NewsForm) -> str:
    form.version.data = project.version
    ties = queries.links_of_project(project.id)
    return render_template("workbench/project_news.html", project=project, ties=ties, form=form)
