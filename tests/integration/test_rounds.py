"""What the worker does by the clock, and the mark that shows it lives."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from participation import clock
from participation.audit.models import HEARTBEAT
from participation.audit.queries import last_done
from participation.extensions import db
from participation.notifications.models import Event
from participation.settings import Settings
from participation.worker.rounds import ROUNDS, Round, beat, do_rounds

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
