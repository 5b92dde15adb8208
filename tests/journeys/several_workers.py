"""Several workers that do the same at once, such as to publish what is scheduled when its minute comes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import func, select

from participation.extensions import db
from participation.notifications.models import Event
from participation.notifications.rules import EventKind
from participation.outcomes.models import Outcome
from participation.outcomes.rules import OutcomeState
from participation.worker.jobs import THREADS
from tests.journeys.over_time import let_it_be, wait_until_due_mail_is_sent
from tests.journeys.service import START_SECONDS, Service
from tests.journeys.waiting import wait_until

WORKERS = 3
WORK_SECONDS = 30


@contextmanager
def three_workers(service: Service) -> Iterator[None]:
    """Two more beside the one that is at work, from when they take jobs."""
    with service.worker() as second, service.worker() as third:
        wait_until(
            lambda: min(second.threads, third.threads) > THREADS, within_seconds=START_SECONDS, what="more workers"
        )
        yield


def ask_all(service: Service, job: Callable[[], object]) -> None:
    """Put the job on the queue so many times that all of the workers are at it at once."""
    for _time in range(4 * WORKERS):
        job()
    queue = service.app.extensions["jobs"].huey
    wait_until(lambda: queue.pending_count() == 0, within_seconds=WORK_SECONDS, what="the jobs to be taken")


def publish_at_its_minute(service: Service, outcome_id: int) -> None:
    """Move the time to just before its minute and then into it, with three workers that all see that it is due."""
    publish_at = _outcome(service, outcome_id).publish_at
    assert publish_at is not None
    publish_due = service.app.extensions["jobs"].publish_due
    with three_workers(service):
        for moment in (publish_at - timedelta(seconds=40), publish_at):
            let_it_be(service, moment)
            ask_all(service, publish_due)
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


def _outcome(service: Service, outcome_id: int) -> Outcome:
    with service.at_its_time():
        return db.session.get_one(Outcome, outcome_id)


def _times_told(service: Service, outcome_id: int) -> int:
    with service.at_its_time():
        told = select(func.count()).where(Event.kind == EventKind.OUTCOME, Event.about_id == outcome_id)
        return db.session.scalar(told) or 0
