"""Innovation projects, as residents see them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from flask import abort, render_template

from participation import clock
from participation.needs.models import NeedUpdate
from participation.outcomes.follow_up_queries import ended_among
from participation.outcomes.queries import published_of_project
from participation.projects import queries
from participation.projects.chart import drawn
from participation.projects.labels import UN_GOALS
from participation.projects.models import NeedLink, Project, ProjectMove
from participation.projects.rules import LEADING_SCOPES, Ending, Phase, Principle
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
        ended=[project for project in projects if project.ended_at is not None],
        counts=queries.need_counts(project.id for project in projects),
    )


@residents.get("/prosjekter/<id:project_id>")
@public
def show_project(project_id: int) -> str:
    project = found(queries.project(project_id))
    _check_visible(project)
    links, ended_links = queries.links_of_project(project.id), queries.links_of_project(project.id, ended=True)
    moves, outcomes = queries.moves(project.id), published_of_project(project.id)
    news = queries.news(project.id, need_ids={link.need_id for link in (*links, *ended_links)})
    return render_template(
        "residents/project.html",
        project=project,
        links=links,
        ended_links=ended_links,
        people=_people_behind(links),
        moves=moves,
        steps=queries.next_steps(links if project.ended_at else []),
        story=_story(moves, news),
        schedule=queries.schedule_of(project, moves),
        milestones=queries.milestones(project.id, only_public=True),
        figures=drawn(queries.indicators(project.id)),
        outcomes=outcomes,
        out_of_use=ended_among(outcome.id for outcome in outcomes),
        phases=list(Phase),
        goals=[(goal, UN_GOALS[goal]) for goal in sorted(project.goals)],
        principles=[Principle(principle) for principle in project.principles],
        today=clock.today(),
        is_in_team=_is_in_team(project),
    )


def _is_in_team(project: Project) -> bool:
    actor = maybe_actor()
    return actor is not None and actor.is_staff and queries.is_in_team(project.id, person_id=actor.id)


def _check_visible(project: Project) -> None:
    """An internal project is not there for anyone but staff."""
    actor = maybe_actor()
    if not project.is_public and not (actor and actor.is_staff):
        abort(404)


def _people_behind(links: Iterable[NeedLink]) -> int:
    """How many have said that they have one of the needs it takes on; who supports two counts twice."""
    return sum(link.need.support_count for link in links if link.scope in LEADING_SCOPES)


@dataclass(frozen=True)
class Happening:
    """Something in the project's story: a phase begun, its end, or news to those behind its needs."""

    at: datetime
    words: str
    phase: Phase | None = None
    ending: Ending | None = None


def _story(moves: Iterable[ProjectMove], news: Iterable[NeedUpdate]) -> list[Happening]:
    """Newest first."""
    happened = [Happening(move.at, move.note, move.phase, move.ending) for move in moves]
    happened += [Happening(line.at, line.body) for line in news]
    return sorted(happened, key=lambda one: one.at, reverse=True)
