"""How telling people of a result grows with how many they are: `python -m bench.mails [--people N]`.

Publishing is compared with copying as many rows in plain SQL; sending with a bare smtplib loop that sends the very same
mails to the same server; the bundles of 500 people with news with the number of all who subscribe.
"""

import argparse
import logging
import os
import resource
import smtplib
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.orm import joinedload

from bench.many_people import FIRST, let_support, make_people, want_daily
from participation import clock
from participation.app import create_app
from participation.extensions import db
from participation.mail.message import build
from participation.mail.transport import connect
from participation.needs import answers
from participation.notifications import delivery as worker
from participation.notifications.mails import compose
from participation.notifications.models import Delivery
from participation.notifications.rules import DeliveryStatus
from participation.outcomes.rules import Verdict
from participation.projects.rules import Phase
from participation.settings import Settings
from tests import factories
from tests.databases import DATABASES, make_app, make_settings, new_database_url
from tests.journeys.processes import Process, free_port
from tests.journeys.waiting import wait_until
from tests.people import make_person

PEOPLE = 100_000
WITH_NEWS = 500
SUBSCRIBERS = (1_000, 10_000, 100_000)
SAMPLES = 2_000
"""How many mails the bare loop sends, and how many are sent between two looks at the memory."""


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--people", type=int, default=PEOPLE, help="how many are told of a result")
    asked.add_argument("--mails", type=int, default=10 * SAMPLES, help="how many of them are sent their mail")
    asked.add_argument("--database", choices=DATABASES, default=DATABASES[0])
    wanted = asked.parse_args()
    logging.disable(logging.WARNING)
    with _sink() as port, tempfile.TemporaryDirectory() as folder:
        _tell_everyone(wanted.people, wanted.mails, wanted.database, Path(folder), port)
        _bundle(wanted.database, Path(folder), port)


@contextmanager
def _sink() -> Iterator[int]:
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        process = Process(
            [sys.executable, "-m", "bench.sink", str(port)],
            env=dict(os.environ),
            cwd=Path(__file__).parents[1],
            log=Path(folder) / "sink.log",
        )
        try:
            wait_until(lambda: _listens(port), within_seconds=30, what=process.log_tail)
            yield port
        finally:
            process.stop()


def _listens(port: int) -> bool:
    try:
        smtplib.SMTP("127.0.0.1", port, timeout=5).quit()
    except OSError:
        return False
    return True


def _new_app(name: str, database: str, folder: Path, port: int) -> tuple[Flask, Settings]:
    url = new_database_url(database, folder, f"{name}_{port}")
    settings = make_settings(url, folder, smtp_url=f"smtp://127.0.0.1:{port}")
    make_app(settings)
    # Anew, as the service runs it: the tests' app watches every statement.
    return create_app(settings), settings


def _tell_everyone(people: int, mails: int, database: str, folder: Path, port: int) -> None:
    app, settings = _new_app("told", database, folder, port)
    with app.app_context():
        published = _publish_to(people)
        copied = _seconds(_copy_deliveries)
        print(f"\nA result told to {people:,} people, on {database}:")
        print(f"  publishing and committing it: {published:.1f} s, {published / copied:.1f} times a copy of the rows")
        ours, memory = _send(mails, settings)
        bare = _bare_loop(settings, port)
        print(f"  mails a second of one worker, as a share of a bare smtplib loop's: {ours / bare:.2f}")
        grown = ", ".join(f"{count:,}: {kilobytes / 1024:.0f} MB" for count, kilobytes in memory)
        print(f"  memory of the worker after so many mails: {grown}")


def _publish_to(people: int) -> float:
    astrid, cecilie, dag = (make_person(name) for name in ("Astrid", "Cecilie", "Dag"))
    make_people(people)
    need = factories.make_accepted(astrid, by=cecilie)
    let_support(need, people)
    project = factories.make_project(cecilie)
    factories.link(project, need, by=cecilie)
    factories.enter(project, Phase.NEW_PRACTICE, by=cecilie)
    db.session.execute(text("DELETE FROM delivery"))
    db.session.commit()
    draft = factories.make_draft(project, need, by=cecilie, verdict=Verdict.MET)
    return _seconds(lambda: factories.publish(draft, writer=cecilie, approver=dag))


def _copy_deliveries() -> None:
    """What the database itself needs for so many rows."""
    db.session.execute(text("CREATE TABLE copied AS SELECT * FROM delivery"))
    db.session.commit()
    db.session.execute(text("DROP TABLE copied"))
    db.session.commit()


def _seconds(work: Callable[[], object]) -> float:
    began = time.monotonic()
    work()
    return time.monotonic() - began


def _bare_loop(settings: Settings, port: int) -> float:
    """Mails a second when they are made already and nothing is written down."""
    messages = [build(compose([row]), sender=settings.mail_from, site_url=settings.site_url) for row in _told()]
    db.session.rollback()
    began = time.monotonic()
    with smtplib.SMTP("127.0.0.1", port) as connection:
        for message in messages:
            connection.send_message(message)
    return len(messages) / (time.monotonic() - began)


def _told() -> list[Delivery]:
    query = (
        select(Delivery)
        .where(Delivery.status == DeliveryStatus.SENT)
        .join(Delivery.event)
        .join(Delivery.person)
        .options(joinedload(Delivery.event), joinedload(Delivery.person))
        .limit(SAMPLES)
    )
    return list(db.session.scalars(query))


def _send(mails: int, settings: Settings) -> tuple[float, list[tuple[int, int]]]:
    """Mails a second, and the peak of the process's memory in kB after each portion."""
    sent, memory, began = 0, [], time.monotonic()
    with connect(settings) as transport:
        while sent < mails and (batch := worker._take(worker._claim_single, settings.mail_lease_seconds)):
            sent += sum(worker._send_batch(batch, transport, settings))
            if sent % SAMPLES < worker.BATCH:
                memory.append((sent, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss))
    return sent / (time.monotonic() - began), memory


def _bundle(database: str, folder: Path, port: int) -> None:
    print(f"\nBundles to the {WITH_NEWS} who have news, by how many subscribe, on {database}:")
    first = 0.0
    for subscribers in SUBSCRIBERS:
        app, settings = _new_app(f"bundled{subscribers}", database, folder, port)
        with app.app_context():
            seconds = _bundle_among(subscribers, settings)
        first = first or seconds
        print(f"  {subscribers:>9,} subscribers: {seconds / first:.2f} times the first")


def _bundle_among(subscribers: int, settings: Settings) -> float:
    astrid, cecilie = make_person("Astrid"), make_person("Cecilie")
    make_people(subscribers)
    want_daily(subscribers)
    quiet, busy = factories.make_need(astrid), factories.make_need(astrid, title="Det er mørkt på gangveien")
    let_support(quiet, subscribers)
    let_support(busy, WITH_NEWS)
    for body in ("Vi har sett på det.", "Vi venter på svar."):
        answers.answer_provisionally(
            cecilie.actor, need=busy, body=body, answer_by=factories.in_days(20), version=busy.version
        )
        db.session.commit()
    with clock.travel(clock.now() + timedelta(days=1)):
        seconds = _seconds(lambda: worker.send_pending(settings))
    told = db.session.scalar(
        select(func.count(Delivery.person_id.distinct())).where(
            Delivery.status == DeliveryStatus.SENT, Delivery.person_id >= FIRST
        )
    )
    assert told == WITH_NEWS, told
    return seconds


if __name__ == "__main__":
    main()
