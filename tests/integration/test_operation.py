"""What operators rely on: it says when it can't serve, goes on without Redis, and logs nothing that is private."""

import io
import json
import logging
import os
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from participation import logs
from participation.app import POSTS_A_MINUTE, POSTS_A_MINUTE_IN_ALL, create_app
from participation.extensions import db, limiter, visitor_network
from participation.worker.jobs import QUEUE_TIMEOUT_SECONDS, Jobs
from tests.databases import SECRET_KEY, make_app, make_settings, new_database_url
from tests.journeys.processes import free_port

ROOT = Path(__file__).parents[2]
TOKEN = "a-token-that-no-log-may-hold"


@pytest.fixture
def without_redis(tmp_path: Path) -> Iterator[Flask]:
    """An app whose Redis does not answer."""
    shared = dict(vars(limiter))
    url = new_database_url("sqlite", tmp_path, "without_redis")
    app = make_app(make_settings(url, tmp_path, redis_url=f"redis://127.0.0.1:{free_port()}/0"))
    yield app
    with app.app_context():
        db.engine.dispose()
    vars(limiter).update(shared)


@pytest.fixture
def log_lines() -> Iterator[io.StringIO]:
    """What the handler that the service logs with writes."""
    written = io.StringIO()
    handler = logs.make_handler(written)
    root = logging.getLogger()
    root.addHandler(handler)
    yield written
    root.removeHandler(handler)


def csrf_token(client: FlaskClient, path: str) -> str:
    page = client.get(path).text
    return page.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]


@pytest.fixture
def mute_redis() -> Iterator[str]:
    """The address of a Redis that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


def test_what_was_saved_is_answered_for_while_the_queue_is_mute(mute_redis: str, tmp_path: Path) -> None:
    jobs = Jobs(Flask("test"), make_settings("sqlite://", tmp_path, redis_url=mute_redis))
    began = time.monotonic()
    jobs.wake()
    assert time.monotonic() - began < 2 * QUEUE_TIMEOUT_SECONDS


def test_signing_in_works_quickly_while_redis_does_not(without_redis: Flask) -> None:
    visitor = without_redis.test_client()
    token = csrf_token(visitor, "/logg-inn")
    began = time.monotonic()
    answer = visitor.post("/logg-inn", data={"email": "astrid@example.org", "csrf_token": token})
    assert answer.status_code == 302
    assert time.monotonic() - began < 2


def test_an_address_that_few_mail_servers_take_is_refused_in_words(visitor: FlaskClient) -> None:
    token = csrf_token(visitor, "/logg-inn")
    answer = visitor.post("/logg-inn", data={"email": "gårdbruker@example.org", "csrf_token": token})
    assert answer.status_code == 400
    assert "foran @" in answer.text
    assert "gårdbruker@example.org" in answer.text


def test_limits_hold_in_memory_while_redis_does_not_answer(without_redis: Flask) -> None:
    visitor = without_redis.test_client()
    statuses = {visitor.post("/logg-ut").status_code for _ in range(POSTS_A_MINUTE + 1)}
    assert statuses == {400, 429}


@pytest.mark.parametrize(("path", "limit"), [("/logg-ut", POSTS_A_MINUTE), ("/logg-inn", POSTS_A_MINUTE_IN_ALL)])
def test_forms_without_a_token_are_limited_too(app: Flask, path: str, limit: int) -> None:
    visitor = app.test_client()
    assert {visitor.post(path).status_code for _ in range(limit)} == {400}
    assert visitor.post(path).status_code == 429


def test_reading_is_not_limited(app: Flask) -> None:
    visitor = app.test_client()
    assert {visitor.get("/healthz").status_code for _ in range(POSTS_A_MINUTE_IN_ALL + 1)} == {200}


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("unknown", "unknown"),
    ],
)
def test_a_home_counts_as_one_visitor_whatever_address_it_takes(app: Flask, address: str, network: str) -> None:
    with app.test_request_context(environ_base={"REMOTE_ADDR": address}):
        assert visitor_network() == network


def test_ready_when_the_tables_are(visitor: FlaskClient) -> None:
    assert visitor.get("/readyz").status_code == 200


def test_not_ready_before_the_tables_are_made(tmp_path: Path) -> None:
    app = create_app(make_settings(new_database_url("sqlite", tmp_path, "empty"), tmp_path))
    answer = app.test_client().get("/readyz")
    assert (answer.status_code, answer.text) == (
        503,
        "the database is not migrated: run `flask --app wsgi db upgrade`\n",
    )
    assert app.test_client().get("/healthz").status_code == 200


def test_not_ready_when_the_database_is_from_another_version(app: Flask) -> None:
    with app.app_context():
        newest = db.session.scalar(text("SELECT version_num FROM alembic_version"))
    _pretend_version(app, "0000_older")
    try:
        assert app.test_client().get("/readyz").status_code == 503
    finally:
        _pretend_version(app, str(newest))
    assert app.test_client().get("/readyz").status_code == 200


def _pretend_version(app: Flask, version: str) -> None:
    with app.app_context():
        db.session.execute(text("UPDATE alembic_version SET version_num = :version"), {"version": version})
        db.session.commit()


def test_not_ready_when_the_database_does_not_answer(tmp_path: Path) -> None:
    app = create_app(make_settings(f"sqlite:///{tmp_path}/no/such/folder/lier.sqlite3", tmp_path))
    answer = app.test_client().get("/readyz")
    assert (answer.status_code, answer.text) == (503, "the database does not answer\n")


def test_a_fault_in_the_database_does_not_tell_what_was_written(ctx: Flask) -> None:
    with pytest.raises(OperationalError if db.engine.dialect.name == "sqlite" else Exception) as fault:
        db.session.execute(text("SELECT * FROM nowhere WHERE email = :email"), {"email": "astrid@example.org"})
    assert "astrid" not in str(fault.value)


def test_a_fault_is_logged_with_the_pattern_of_its_address_and_not_the_token(
    app: Flask, monkeypatch: pytest.MonkeyPatch, log_lines: io.StringIO
) -> None:
    def fail(**_values: object) -> str:
        raise RuntimeError("on purpose")

    monkeypatch.setitem(app.view_functions, "residents.use_link", _declared_like(app, "residents.use_link", fail))
    assert app.test_client().get(f"/logg-inn/{TOKEN}").status_code == 500
    written = log_lines.getvalue()
    assert json.loads(written)["rule"] == "/logg-inn/<token>"
    assert "RuntimeError: on purpose" in written
    assert TOKEN not in written


def _declared_like(app: Flask, endpoint: str, view: object) -> object:
    vars(view)["access"] = vars(app.view_functions[endpoint])["access"]
    return view


def test_every_line_of_the_log_is_json(log_lines: io.StringIO) -> None:
    structlog.get_logger().warning("not_ready", error="gone")
    logging.getLogger("huey").error("Unhandled exception in task %s.", 7)
    try:
        raise ValueError("on purpose\nover two lines")
    except ValueError:
        logging.getLogger("participation").exception("failed")
        structlog.get_logger().exception("failed_too")
    ours, hueys, plain, last = [json.loads(line) for line in log_lines.getvalue().splitlines()]
    assert (ours["event"], ours["error"], ours["level"]) == ("not_ready", "gone", "warning")
    assert (hueys["event"], hueys["logger"]) == ("Unhandled exception in task 7.", "huey")
    assert "ValueError: on purpose" in plain["exception"]
    assert "ValueError: on purpose" in last["exception"]
    assert all("timestamp" in line for line in (ours, hueys, plain, last))


def test_the_web_servers_faults_are_logged_without_address_and_visitor(log_lines: io.StringIO) -> None:
    gunicorn = logging.getLogger("gunicorn.error")
    logs.configure()
    gunicorn.error("Error handling request %s %s", "GET", f"/logg-inn/{TOKEN}")
    gunicorn.warning(f"Invalid request from ip=192.0.2.7: GET /logg-inn/{TOKEN}")
    gunicorn.error("Worker (pid:%s) was sent SIGKILL!", 7)
    events = [json.loads(line)["event"] for line in log_lines.getvalue().splitlines()]
    assert events == ["Error handling request", "Invalid request", "Worker (pid:7) was sent SIGKILL!"]


def test_what_is_kept_for_good_is_only_what_was_built(visitor: FlaskClient) -> None:
    page = visitor.get("/").text
    script = page.split('src="/static/dist/')[1].split('"')[0]
    assert kept(visitor, f"/static/dist/{script}") == (200, "public, max-age=31536000, immutable")
    assert kept(visitor, "/static/dist/manifest.json") == (200, "no-cache")
    assert kept(visitor, "/static/dist/app-GONE.js") == (404, "no-store")


def kept(visitor: FlaskClient, path: str) -> tuple[int, str]:
    with visitor.get(path) as answer:
        return answer.status_code, answer.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("path", "target"),
    [("//behov//1", "/behov/1"), ("/behov//1", "/behov/1"), ("//behov//nytt", "/behov/nytt")],
)
def test_no_redirect_leads_to_the_host_that_a_visitor_names(visitor: FlaskClient, path: str, target: str) -> None:
    answer = visitor.get("/?sprak=en", headers={"Host": "evil.example"}, environ_overrides={"PATH_INFO": path})
    assert (answer.status_code, answer.headers["Location"]) == (308, f"{target}?sprak=en")


def started(folder: Path, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    """A command of the service, run as an operator does."""
    enough = {
        "PATH": os.environ["PATH"],
        "SECRET_KEY": SECRET_KEY,
        "SITE_URL": "http://localhost",
        "SMTP_URL": "smtp://localhost",
        "MAIL_FROM": "svar@example.org",
        "VAR_FOLDER": str(folder / "var"),
    }
    command = [sys.executable, "-m", "flask", "--app", "wsgi", *arguments]
    return subprocess.run(  # noqa: S603  our own command
        command, env=enough | env, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )


def test_a_bad_setting_stops_the_start_in_one_line(tmp_path: Path) -> None:
    result = started(tmp_path, "recount", SITE_URL="svar.example.org")
    assert result.returncode == 1
    assert result.stderr.startswith("The service does not start: SITE_URL")
    assert len(result.stderr.splitlines()) == 1


def test_what_the_service_keeps_is_for_its_own_user(tmp_path: Path) -> None:
    assert started(tmp_path, "db", "upgrade").returncode == 0
    kept = [tmp_path / "var", *(tmp_path / "var").rglob("*")]
    assert {"participation.sqlite3", "jobs.sqlite3"} <= {path.name for path in kept}
    assert {path.name: oct(stat.S_IMODE(path.stat().st_mode) & 0o077) for path in kept if _others_may(path)} == {}


def _others_may(path: Path) -> bool:
    return bool(path.stat().st_mode & 0o077)
