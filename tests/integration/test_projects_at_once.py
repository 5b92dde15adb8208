"""Two who tie, end and stop at the same moment leave no need in a state that no project holds up."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy.orm.exc import StaleDataError

from participation.accounts.models import Person
from participation.extensions import db
from participation.needs.models import Need
from participation.needs.rules import NeedState
from participation.projects import ending, queries
from participation.projects import service as projects
from participation.projects.models import Project
from participation.projects.rules import Ending, Scope
from participation.refusals import Refused
from tests.factories import link, make_accepted, make_project
from tests.told import stored

Named = Callable[[str], Person]
TRIES = 5


def at_once(app: Flask, *deeds: Callable[[], object]) -> list[str]:
    """Do all at the same moment, each as a request of its own; what each came to."""
    start = threading.Barrier(len(deeds))

    def request(deed: Callable[[], object]) -> str:
        with app.app_context():
            start.wait()
            try:
                deed()
                db.session.commit()
            except (Refused, StaleDataError) as refused:
                db.session.rollback()
                return type(refused).__name__
            return "done"

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(request, deeds))


def end(tie_id: int, *, by: Person) -> None:
    tie = queries.link(tie_id)
    assert tie is not None
    projects.end_link(by.actor, tie=tie, note="Ikke lenger.")


def tie(project_id: int, need_id: int, *, by: Person) -> None:
    project, need = db.session.get_one(Project, project_id), db.session.get_one(Need, need_id)
    projects.link(by.actor, project=project, need=need, scope=Scope.WHOLE, note="Vi tar tak i dette.")


def stop(project_id: int, *, by: Person) -> None:
    project = db.session.get_one(Project, project_id)
    ending.end(
        by.actor,
        project=project,
        ending=Ending.STOPPED,
        lessons="For dyrt.",
        next_steps={},
        version=project.version,
    )


@pytest.mark.parametrize("_again", range(TRIES))
def test_two_ties_of_a_need_ended_at_once_give_it_back(ctx: Flask, person: Named, _again: int) -> None:
    cecilie = person("Cecilie")
    need = make_accepted(person("Astrid"), by=cecilie)
    first, second = (link(make_project(cecilie), need, by=cecilie).id for _ in range(2))
    ended = at_once(ctx, lambda: end(first, by=cecilie), lambda: end(second, by=cecilie))
    assert ended == ["done", "done"]
    assert stored(need).state is NeedState.ACCEPTED


@pytest.mark.parametrize("_again", range(TRIES))
def test_a_need_tied_to_a_project_as_it_stops_is_not_left_in_it(ctx: Flask, person: Named, _again: int) -> None:
    cecilie = person("Cecilie")
    need_id, project_id = make_accepted(person("Astrid"), by=cecilie).id, make_project(cecilie).id
    results = at_once(ctx, lambda: tie(project_id, need_id, by=cecilie), lambda: stop(project_id, by=cecilie))
    assert "done" in results
    project = db.session.get_one(Project, project_id, populate_existing=True)
    state = db.session.get_one(Need, need_id, populate_existing=True).state
    assert state is (NeedState.ACCEPTED if project.ended_at else NeedState.IN_PROJECT)
