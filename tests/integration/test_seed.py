"""The demo town. Building it takes its time, so one test looks at all of it."""

import multiprocessing
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from participation import clock
from participation.accounts.models import Person, PersonRole
from participation.comments.models import Comment
from participation.demo.content import load
from participation.demo.people import EVERYWHERE
from participation.extensions import db
from participation.insights.queries import drift
from participation.mail.transport import demo_mailbox
from participation.needs.models import Area, Need, NeedUpdate, Theme
from participation.needs.rules import NeedState
from participation.notifications.models import Delivery
from participation.notifications.rules import DeliveryStatus
from participation.outcomes.models import Indicator, Outcome
from participation.outcomes.wording import figure_keys
from participation.projects.models import Measurement, Milestone, Project, ProjectNote
from participation.projects.rules import Ending, NoteKind, Phase
from participation.support.models import Support
from tests.databases import make_app, make_settings, new_database_url

NOW = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)


def town(kind: str) -> Flask:
    """The app with the demo town of this moment in its database."""
    folder = Path(tempfile.mkdtemp(prefix="participation-town-"))
    url = new_database_url(kind, folder, "town")
    app = make_app(make_settings(url, folder, demo=True, smtp_url=None))
    with closing_afterwards(app), clock.travel(NOW):
        result = app.test_cli_runner().invoke(args=["seed"])
        assert result.exit_code == 0, result.output
    return app


@contextmanager
def closing_afterwards(app: Flask) -> Iterator[None]:
    """The app's context; the database is let go of at its end, since nothing else outlives the test."""
    with app.app_context():
        yield
    with app.app_context():
        db.engine.dispose()


def chronicle(app: Flask) -> list[tuple[Any, ...]]:
    """What can be read in the town, and when it happened."""
    with closing_afterwards(app):
        return [
            tuple(row)
            for query in (
                select(Person.id, Person.name, Person.email, Person.language, Person.mail_notices).order_by(Person.id),
                select(
                    Need.reference, Need.title, Need.state, Need.support_count, Need.comment_count, Need.author_id
                ).order_by(Need.id),
                select(NeedUpdate.need_id, NeedUpdate.kind, NeedUpdate.state, NeedUpdate.body, NeedUpdate.at).order_by(
                    NeedUpdate.id
                ),
                select(Comment.need_id, Comment.author_id, Comment.body, Comment.created_at).order_by(Comment.id),
                select(Support.need_id, Support.person_id, Support.created_at).order_by(
                    Support.need_id, Support.person_id
                ),
                select(Project.title, Project.phase, Project.moved_at, Project.ended_at).order_by(Project.id),
                select(Outcome.title, Outcome.state, Outcome.published_at, Outcome.people_behind).order_by(Outcome.id),
                select(Delivery.event_id, Delivery.person_id, Delivery.status, Delivery.sent_at).order_by(
                    Delivery.event_id, Delivery.person_id
                ),
            )
            for row in db.session.execute(query)
        ]


def count(table: type[Any]) -> int:
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def every(column: Any) -> set[Any]:
    return set(db.session.scalars(select(column)))


def test_the_town_has_all_that_was_promised_and_is_the_same_in_every_process_and_on_both_databases(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # A process of its own orders its sets otherwise, and its town must not.
    monkeypatch.setenv("PYTHONHASHSEED", "4711")
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        other = pool.submit(looked_at, "sqlite")
        ours = looked_at("postgresql")
        theirs = other.result()
    _is_the_same(ours, theirs)


def looked_at(kind: str) -> list[tuple[Any, ...]]:
    app = town(kind)
    _is_as_promised(app)
    return chronicle(app)


def _is_as_promised(app: Flask) -> None:
    with closing_afterwards(app):
        _has_enough_of_everything()
        _has_projects_in_all_phases()
        _has_outcomes_with_indicators()
        _is_answered_by_those_whose_field_it_is()
        _has_nothing_to_come(demo_mailbox(app.config["SETTINGS"]))
        _agrees_with_itself()


def _has_enough_of_everything() -> None:
    residents = count(Person) - len(every(PersonRole.person_id))
    assert residents >= 300
    assert count(Need) >= 60
    assert count(Comment) >= 400
    assert count(Support) >= 3000
    assert every(Need.state) == set(NeedState)
    assert every(Need.theme_id) == every(Theme.id)
    assert every(Need.area_id) == every(Area.id)


def _has_projects_in_all_phases() -> None:
    projects = db.session.scalars(select(Project)).all()
    ended = [project for project in projects if project.ended_at is not None]
    assert len(projects) >= 8
    assert {project.phase for project in projects} == set(Phase)
    assert {project.ending for project in ended} == set(Ending)
    assert all(project.lessons.strip() for project in ended)
    assert every(ProjectNote.kind) == set(NoteKind)
    assert count(Milestone) >= 10
    assert count(Measurement) >= 10


def _has_outcomes_with_indicators() -> None:
    assert count(Outcome) >= 6
    assert every(Indicator.outcome_id) == every(Outcome.id)
    translated = [outcome for outcome in db.session.scalars(select(Outcome)) if outcome.translations]
    assert len(translated) >= 2
    for outcome in translated:
        for said in outcome.translations.values():
            assert said["evidence"].keys() == outcome.words["evidence"].keys()
            assert list(said["indicators"]) == figure_keys(outcome.words)


def _is_answered_by_those_whose_field_it_is() -> None:
    query = select(Theme.key, Person.unit).join(Need, Need.theme_id == Theme.id).join(Need.case_worker).distinct()
    answering = db.session.execute(query).all()
    unit_of = load().unit_of
    assert {unit for theme, unit in answering if unit not in {unit_of[theme], EVERYWHERE}} == set()
    assert set(unit_of.values()) <= {unit for _theme, unit in answering}


def _has_nothing_to_come(mailbox: Path) -> None:
    for moments in (NeedUpdate.at, Comment.created_at, Support.created_at, Delivery.sent_at):
        latest = db.session.scalar(select(func.max(moments)))
        assert latest is not None
        assert latest <= NOW
    assert DeliveryStatus.PENDING not in every(Delivery.status)
    assert {DeliveryStatus.SENT, DeliveryStatus.OPTED_OUT, DeliveryStatus.UNREACHABLE} <= every(Delivery.status)
    assert not mailbox.exists()


def _agrees_with_itself() -> None:
    """The timeline's last line is the need's state, and no counter has drifted."""
    last = select(func.max(NeedUpdate.id)).group_by(NeedUpdate.need_id)
    lines = db.session.execute(select(NeedUpdate.need_id, NeedUpdate.state).where(NeedUpdate.id.in_(last)))
    needs = db.session.execute(select(Need.id, Need.state))
    assert {tuple(line) for line in lines} == {tuple(need) for need in needs}
    assert drift() == []


def _is_the_same(ours: list[tuple[Any, ...]], theirs: list[tuple[Any, ...]]) -> None:
    differing = [pair for pair in zip(ours, theirs, strict=False) if pair[0] != pair[1]]
    assert differing[:3] == []
    assert len(ours) == len(theirs)
