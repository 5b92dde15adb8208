"""Innovation projects, as residents see them."""

from flask import abort, render_template

from participation.outcomes.queries import published_of_project
from participation.projects import queries
from participation.projects.labels import UN_GOALS
from participation.projects.models import Project
from participation.projects.rules import Phase, Principle
from participation.residents.blueprint import residents
from participation.web.access import maybe_actor, public
from participation.web.views import found


@residents.get("/prosjekter")
@public
def list_projects() -> str:
    projects = queries.public_projects()
    return render_template(
        "residents/projects.html",
        live=[project for project in projects if project.ended_at is None],
        stopped=[project for project in projects if project.ended_at is not None],
        counts=queries.need_counts(project.id for project in projects),
    )


@residents.get("/prosjekter/<id:project_id>")
@public
def show_project(project_id: int) -> str:
    project = found(queries.project(project_id))
    _check_visible(project)
    return render_template(
        "residents/project.html",
        project=project,
        links=queries.links_of_project(project.id),
        ended_links=queries.links_of_project(project.id, ended=True),
        moves=queries.moves(project.id),
        outcomes=published_of_project(project.id),
        phases=list(Phase),
        goals=[(goal, UN_GOALS[goal]) for goal in sorted(project.goals)],
        principles=[Principle(principle) for principle in project.principles],
    )


def _check_visible(project: Project) -> None:
    """An internal project is not there for anyone but staff."""
    actor = maybe_actor()
    if not project.is_public and not (actor and actor.is_staff):
        abort(404)
