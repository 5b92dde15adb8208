"""In the demo alone the time can be moved, for all processes, and nobody is signed out by it."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from participation import clock
from participation.accounts import sessions
from participation.accounts.rules import SIGNIN_SESSION_DAYS
from participation.audit.models import HEARTBEAT
from participation.audit.queries import last_done
from participation.audit.service import mark_done
from participation.extensions import db
from tests.databases import make_app, make_settings, new_database_url
from tests.forms import csrf_token
from tests.people import make_person


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Flask]:
    """A demo with a clock of its own; afterwards the clock is the real one again."""
    app = make_app(make_settings(new_database_url("sqlite", tmp_path, "demo"), tmp_path, demo=True, smtp_url=None))
    yield app
    clock.follow(None)
    with app.app_context():
        db.engine.dispose()


def send(client: FlaskClient, days: object) -> int:
    token = csrf_token(client)
    return client.post("/demo/tid", data={"csrf_token": token, "days": days}).status_code


def test_time_moves_and_whoever_is_signed_in_stays_so(demo: Flask) -> None:
    with demo.app_context():
        token = sessions.open_session(make_person("Astrid"), device="test")
        db.session.commit()
    client = demo.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"], cookie["_fresh"] = token, True
    before = clock.now()
    assert SIGNIN_SESSION_DAYS < 182
    assert send(client, 182) == 302
    assert clock.now() - before >= timedelta(days=182)
    assert client.get("/min-side").status_code == 200


@pytest.mark.parametrize("by_command", [False, True])
def test_a_worker_that_was_alive_is_so_after_the_jump_and_one_that_was_not_is_not(
    demo: Flask, by_command: bool
) -> None:
    def jump() -> None:
        done = demo.test_cli_runner().invoke(args=["demo", "travel", "--days", "1"]) if by_command else None
        assert done.exit_code == 0 if done else send(demo.test_client(), 1) == 302

    def minutes_since_beat() -> float | None:
        with demo.app_context():
            beat = last_done().get(HEARTBEAT)
            return (clock.now() - beat).total_seconds() / 60 if beat else None

    jump()
    assert minutes_since_beat() is None
    with demo.app_context():
        mark_done(HEARTBEAT)
        db.session.commit()
    jump()
    assert minutes_since_beat() == pytest.approx(0, abs=1)


@pytest.mark.parametrize("days", ["", "0", "-7", "5", "99999", "en uke"])
def test_time_moves_by_the_spans_offered_alone(demo: Flask, days: str) -> None:
    assert send(demo.test_client(), days) == 400
    assert clock.ahead() == timedelta()


def test_the_demo_goes_no_further_than_it_has_use_for(demo: Flask) -> None:
    clock.go_ahead(timedelta(days=clock.AHEAD_MAX_DAYS))
    assert send(demo.test_client(), 1) == 400
    assert clock.ahead() == timedelta(days=clock.AHEAD_MAX_DAYS)


def test_the_command_moves_it_too(demo: Flask) -> None:
    done = demo.test_cli_runner().invoke(args=["demo", "travel", "--days", "30"])
    assert done.exit_code == 0, done.output
    assert clock.ahead() == timedelta(days=30)


def test_outside_the_demo_there_is_no_such_clock(app: Flask, visitor: FlaskClient) -> None:
    assert visitor.get("/demo/tid").status_code == 404
    assert send(visitor, 1) == 404
    assert app.test_cli_runner().invoke(args=["demo", "travel", "--days", "1"]).exit_code == 1
