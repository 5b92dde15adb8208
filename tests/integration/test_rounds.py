"""What the worker does by the clock, and the mark that shows it lives."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from participation import clock
from participation.accounts import service as accounts
from participation.accounts.models import Person
from participation.accounts.rules import Language
from participation.audit.models import HEARTBEAT
from participation.audit.queries import last_done
from participation.extensions import db
from participation.insights.queries import count_figures, figures
from participation.insights.service import take_figures
from participation.needs.models import Need
from participation.notifications.models import Event
from participation.outcomes import service as outcomes
from participation.outcomes.models import Outcome
from participation.outcomes.rules import OutcomeState
from participation.projects.models import Project
from participation.settings import Settings
from participation.worker.jobs import THREADS, Jobs
from participation.worker.rounds import ROUNDS, Round, beat, do_rounds
from tests.factories import approve, make_draft
from tests.integration.silent_server import SilentServer, silent_server
from tests.journeys.waiting import wait_until

# Five in the morning in the municipality, in winter.
FIVE = datetime(2026, 11, 23, 4, tzinfo=UTC)
Times = list[datetime]


@pytest.fixture
def settings(ctx: Flask) -> Settings:
    found: Settings = ctx.config["SETTINGS"]
    return found


def noting(times: Times) -> Callable[[Settings], None]:
    return lambda _settings: times.append(clock.now())


def do_at(settings: Settings, *rounds: Round, hours: float) -> None:
    with clock.travel(FIVE + timedelta(hours=hours)):
        do_rounds(settings, rounds)


def test_a_round_is_done_once_a_day_from_its_hour_on(settings: Settings) -> None:
    times: Times = []
    each = Round("each", 6, noting(times))
    for hours in (0, 0.9, 1, 1.1, 18, 24, 25.5, 26):
        do_at(settings, each, hours=hours)
    assert times == [FIVE + timedelta(hours=1), FIVE + timedelta(hours=25.5)]


def test_a_worker_that_was_down_at_the_hour_does_it_when_it_is_up_again(settings: Settings) -> None:
    times: Times = []
    do_at(settings, Round("each", 6, noting(times)), hours=15)
    assert times == [FIVE + timedelta(hours=15)]


def test_a_round_that_fails_leaves_nothing_half_done_stops_no_other_and_is_tried_again(settings: Settings) -> None:
    times: Times = []

    def fail(_settings: Settings) -> None:
        db.session.add(Event(kind="year", about_kind="year", about_id=1, at=clock.now(), facts={}))
        db.session.flush()
        raise RuntimeError("no luck")

    rounds = (Round("first", 6, fail), Round("second", 6, noting(times)))
    do_at(settings, *rounds, hours=2)
    assert len(times) == 1
    assert db.session.query(Event).count() == 0
    assert list(last_done()) == ["second"]
    do_at(settings, Round("first", 6, noting(times)), hours=2.1)
    assert len(times) == 2


def test_all_of_the_services_rounds_can_be_done_on_an_empty_database(settings: Settings) -> None:
    with clock.travel(FIVE + timedelta(hours=18)):
        do_rounds(settings)
        assert set(last_done()) == {each.name for each in ROUNDS}


def test_the_worker_leaves_a_mark_each_minute(settings: Settings) -> None:
    for minutes in (0, 1):
        with clock.travel(FIVE + timedelta(minutes=minutes)):
            beat(settings)
    assert last_done() == {HEARTBEAT: FIVE + timedelta(minutes=1)}


@pytest.fixture
def due_outcome(project: Project, need: Need, cecilie: Person, dag: Person) -> Outcome:
    """A result whose time has come."""
    outcome = approve(make_draft(project, need, by=cecilie), writer=cecilie, approver=dag)
    later = clock.now() + timedelta(hours=1)
    outcomes.schedule(dag.actor, outcome=outcome, publish_at=later, version=outcome.version)
    outcome.publish_at = clock.now() - timedelta(minutes=1)
    db.session.commit()
    return outcome


@contextmanager
def worker_with_silent_server(ctx: Flask, tmp_path: Path) -> Iterator[tuple[Jobs, SilentServer]]:
    """What `jobs run` starts, without its signals and without what the minutes bring."""
    given = ctx.config["SETTINGS"]
    with silent_server() as server:
        ctx.config["SETTINGS"] = replace(given, smtp_url=server.url, var_folder=tmp_path)
        jobs = Jobs(ctx, ctx.config["SETTINGS"])
        consumer = jobs.huey.create_consumer(workers=THREADS, periodic=False, initial_delay=0.02, max_delay=0.2)
        threads = [thread for _worker, thread in consumer.worker_threads]
        for thread in threads:
            thread.start()
        try:
            yield jobs, server
        finally:
            consumer.stop_flag.set()
            server.hang_up()
            for thread in threads:
                thread.join()
            ctx.config["SETTINGS"] = given


def test_a_mail_server_that_says_nothing_delays_no_publishing_and_no_rounds(
    ctx: Flask, due_outcome: Outcome, tmp_path: Path
) -> None:
    accounts.request_link("ny@example.org", language=Language.BOKMAL, next_path="/")
    outcome_id = due_outcome.id
    take_figures()
    db.session.commit()
    with worker_with_silent_server(ctx, tmp_path) as (jobs, server):
        for _ in range(THREADS):
            jobs.wake()
        wait_until(lambda: server.held >= 2, within_seconds=10, what="a link and a notice to be held up")
        jobs.catch_up()
        wait_until(lambda: is_published(outcome_id), within_seconds=10, what="the result to be published")
        wait_until(rounds_are_done, within_seconds=10, what="the rounds to be done")
        wait_until(figures_are_taken, within_seconds=10, what="the figures to be taken after both")
        assert server.held == 2


def is_published(outcome_id: int) -> bool:
    state = db.session.scalar(select(Outcome.state).where(Outcome.id == outcome_id))
    # Who only looks is not to hold up the worker.
    db.session.rollback()
    return state is OutcomeState.PUBLISHED


def figures_are_taken() -> bool:
    shown, counted = figures(), count_figures()
    db.session.rollback()
    return shown == counted and shown.outcomes == 1


def rounds_are_done() -> bool:
    hour = clock.now().astimezone(clock.MUNICIPAL_TIME).hour
    done = last_done()
    db.session.rollback()
    return done.keys() >= {each.name for each in ROUNDS if each.hour < hour}
