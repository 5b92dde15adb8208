"""The whole service as it runs for real: gunicorn, the worker, a mail server, and a migrated database."""

import http.client
import os
import sys
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

from flask import Flask

from participation import clock
from participation.extensions import db
from tests.databases import SECRET_KEY, make_app, make_settings, new_database_url
from tests.journeys.mail_sink import MailSink
from tests.journeys.processes import Fork, Process, free_port, run, run_flask, run_program
from tests.journeys.waiting import wait_until

ROOT = Path(__file__).parents[2]
PROGRAMS = Path(sys.executable).parent
START_SECONDS = 60


@dataclass(frozen=True, kw_only=True)
class Service:
    """What runs, and an app in this process on the same database, to prepare with and to look from."""

    port: int
    folder: Path
    env: Mapping[str, str]
    app: Flask
    sink: MailSink
    host: str = "127.0.0.1"
    """As browsers are to write it."""

    @property
    def site_url(self) -> str:
        return f"http://{self.host}:{self.port}"

    def flask(self, *arguments: str) -> CompletedProcess[str]:
        """Run one of the service's commands; returns what it printed, whatever its exit code."""
        log = self.folder / f"{uuid.uuid4().hex}.log"
        command = Fork(partial(run_flask, *arguments), env=self.env, cwd=ROOT, log=log)
        command.wait(START_SECONDS)
        return CompletedProcess(arguments, command.exit_code or 0, stdout=log.read_text())

    def pipe_to_flask(self, given: str, *arguments: str) -> CompletedProcess[str]:
        """The same with something on its standard input, as a mail server does."""
        return run([str(PROGRAMS / "flask"), "--app", "wsgi", *arguments], env=self.env, cwd=ROOT, given=given)

    def travel(self, days: int) -> None:
        """In a demo: move the time of all processes ahead, and ask the worker for what comes with it."""
        moved = self.flask("demo", "travel", "--days", str(days))
        assert moved.returncode == 0, moved.stdout

    @contextmanager
    def at_its_time(self) -> Iterator[None]:
        """The app's context, with the time that the demo's processes have come to."""
        ahead = timedelta(seconds=int((self.folder / "clock").read_text()))
        with self.app.app_context(), clock.travel(datetime.now(UTC) + ahead):
            yield

    def start(self, name: str) -> Fork:
        """Start a process of the Procfile, with all that stands in its line."""
        line = procfile_line(name).removeprefix("exec ")
        words = run(["sh", "-c", f"printf '%s\\n' {line}"], env=self.env, cwd=ROOT).stdout.splitlines()
        return self.fork(partial(run_program, *words), name=name)

    def fork(self, run: Callable[[], None], *, name: str) -> Fork:
        """Start a function in a process that has everything imported: for processes that are started often."""
        return Fork(run, env=self.env, cwd=ROOT, log=self.folder / f"{name}.log")

    def start_command(self, command: list[str], *, name: str) -> Process:
        return Process(command, env=self.env, cwd=ROOT, log=self.folder / f"{name}.log")

    @contextmanager
    def web(self) -> Iterator[Fork]:
        """The web server, from when it answers."""
        process = self.start("web")
        try:
            wait_until(
                lambda: process.has_ended or _answers(self.port),
                within_seconds=START_SECONDS,
                what=lambda: f"the web server to answer\n{process.log_tail()}",
            )
            assert not process.has_ended, process.log_tail()
            yield process
        finally:
            # Asked to stop, it would wait for seconds for what a browser still holds open.
            process.kill()

    @contextmanager
    def worker(self) -> Iterator[Fork]:
        worker = self.start("worker")
        try:
            yield worker
        finally:
            worker.stop()


def procfile_line(name: str) -> str:
    lines = (ROOT / "Procfile").read_text().splitlines()
    return dict(line.split(": ", 1) for line in lines if ": " in line)[name]


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


@contextmanager
def prepared_service(
    kind: str, folder: Path, *, server: Any = None, host: str = "127.0.0.1", **settings: str
) -> Iterator[Service]:
    """A fresh database of the kind and a running mail server, with nothing else started yet."""
    port, sink = free_port(), MailSink()
    url = new_database_url(kind, folder, f"journey_{uuid.uuid4().hex[:8]}", on=server)
    site_url = f"http://{host}:{port}"
    env = {
        "PATH": f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}",
        "PYTHONUNBUFFERED": "1",
        "DATABASE_URL": url,
        "SECRET_KEY": SECRET_KEY,
        "SITE_URL": site_url,
        "SMTP_URL": sink.url,
        "MAIL_FROM": "Lier svarer <svar@example.org>",
        "VAR_FOLDER": str(folder),
        "PORT": str(port),
        # At a number browsers make no passkeys; a journey with them has a name.
        "PASSKEYS_REQUIRED": "none",
        # Enough for a person or three at their browsers; what many do at once has the number of the Procfile.
        "WEB_WORKERS": "1",
        **settings,
    }
    app = make_app(make_settings(url, folder, smtp_url=sink.url, site_url=site_url))
    sink.start()
    try:
        yield Service(port=port, folder=folder, env=env, app=app, sink=sink, host=host)
    finally:
        sink.stop()
        with app.app_context():
            db.engine.dispose()


@contextmanager
def running_service(kind: str, folder: Path, *, host: str = "127.0.0.1", **settings: str) -> Iterator[Service]:
    """The whole service, in use."""
    with (
        prepared_service(kind, folder, host=host, **settings) as service,
        service.web(),
        service.worker(),
    ):
        yield service
