"""What is scheduled, published by several workers at once when its minute comes."""

from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from math import ceil

from sqlalchemy import func, select

from participation.extensions import db
from participation.notifications.models import Event
from participation.notifications.rules import EventKind
from participation.outcomes.models import Outcome
from participation.outcomes.rules import OutcomeState
from participation.worker.jobs import THREADS
from tests.journeys.over_time import wait_until_due_mail_is_sent
from tests.journeys.service import START_SECONDS, Service
from tests.journeys.waiting import wait_until

WORKERS = 3
WORK_SECONDS = 30


def publish_at_its_minute(service: Service, outcome_id: int) -> None:
    """Move the time to just before its minute and then into it, with three workers that all see that it is due."""
    publish_at = _outcome(service, outcome_id).publish_at
    assert publish_at is not None
    with ExitStack() as workers:
        more = [workers.enter_context(service.worker()) for _worker in range(WORKERS - 1)]
        wait_until(
            lambda: all(worker.threads > THREADS for worker in more), within_seconds=START_SECONDS, what="more workers"
        )
        _ask_all(service, publish_at - timedelta(seconds=40))
        _ask_all(service, publish_at)
        wait_until(
            lambda: _outcome(service, outcome_id).state is OutcomeState.PUBLISHED,
            within_seconds=WORK_SECONDS,
            what="the result to be published",
        )
        wait_until_due_mail_is_sent(service)
    published_at = _outcome(service, outcome_id).published_at
    assert published_at is not None
    assert timedelta() <= published_at - publish_at < timedelta(minutes=1)
    assert _times_told(service, outcome_id) == 1


def _ask_all(service: Service, moment: datetime) -> None:
    """Let it be that moment for everyone, and have each of the workers look for what is due."""
    fresh = service.folder / "clock.new"
    fresh.write_text(str(ceil((moment - datetime.now(UTC)).total_seconds())))
    fresh.replace(service.folder / "clock")
    jobs = service.app.extensions["jobs"]
    for _look in range(4 * WORKERS):
        jobs.publish_due()
    wait_until(
        lambda: jobs.huey.pending_count() == 0, within_seconds=WORK_SECONDS, what="the workers to take their jobs"
    )


def _outcome(service: Service, outcome_id: int) -> Outcome:
    with service.at_its_time():
        return db.session.get_one(Outcome, outcome_id)


def _times_told(service: Service, outcome_id: int) -> int:
    with service.at_its_time():
        told = select(func.count()).where(Event.kind == EventKind.OUTCOME, Event.about_id == outcome_id)
        return db.session.scalar(told) or 0
