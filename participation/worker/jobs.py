"""What happens without anyone asking: mail leaves, figures are taken, old things are thrown away.

The truth is in the database. A lost job loses nothing: each is found again by the next round.
"""

from collections.abc import Callable
from threading import Event, Lock

import structlog
from flask import Flask
from huey import Huey, RedisHuey, SqliteHuey, crontab
from redis import ConnectionPool

from participation import clock
from participation.accounts.mails import send_links
from participation.extensions import db
from participation.insights.reindexing import reindex_if_needed
from participation.insights.service import take_figures
from participation.notifications.delivery import send_pending
from participation.outcomes.publishing import publish_due
from participation.privacy.uniting import gather_late_deliveries
from participation.settings import Settings
from participation.worker.returned_mail import read_returned_mail
from participation.worker.rounds import beat, do_rounds

QUEUE_TIMEOUT_SECONDS = 5
# One for each job that may take its time, and one for the quick ones: none waits for a mail server that says nothing.
THREADS = 8

log = structlog.get_logger()


class OneAtATime:
    """A job that takes one of the worker's threads at the most; asked for while it runs, it runs once more."""

    def __init__(self, job: Callable[[Settings], object]) -> None:
        self._job, self._running, self._wanted = job, Lock(), Event()

    def __call__(self, settings: Settings) -> None:
        self._wanted.set()
        while self._wanted.is_set() and self._running.acquire(blocking=False):
            try:
                self._wanted.clear()
                self._job(settings)
            finally:
                self._running.release()


class Jobs:
    """The queue, and the jobs that can be put on it."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        self.huey = make_huey(settings)
        in_app = _inside(app)
        # Two jobs, so that who waits to sign in never waits behind thousands who are told of a result.
        links, notices = OneAtATime(send_links), OneAtATime(send_notices)
        publishing, rounds = OneAtATime(publish_what_is_due), OneAtATime(do_rounds)
        figures = OneAtATime(take_figures_now)
        self.send_links = self.huey.task()(in_app(links, "send_links"))
        self.send_notices = self.huey.task()(in_app(notices, "send_notices"))
        self.publish_due = self.huey.task()(in_app(publishing, "publish_due"))
        self.do_rounds = self.huey.task()(in_app(rounds, "do_rounds"))
        self.take_figures = self.huey.task()(in_app(figures, "take_figures"))
        each_minute = self.huey.periodic_task(crontab(minute="*"))
        each_minute(in_app(links, "send_links_each_minute"))
        # Before the minute's mails, so that those who are to be told of it are told in the same minute.
        each_minute(in_app(publishing, "publish_what_is_due"))
        each_minute(in_app(notices, "send_notices_each_minute"))
        self.huey.periodic_task(crontab(minute="*/10"))(in_app(figures, "take_figures_now"))
        each_minute(in_app(rounds, "do_rounds_each_minute"))
        each_minute(in_app(OneAtATime(read_returned_mail), "read_returned_mail"))
        each_minute(in_app(OneAtATime(keep_search_whole), "keep_search_whole"))
        each_minute(in_app(beat, "beat"))

    def wake(self) -> None:
        """Ask the worker to look for mail now. Where that fails the minute's round finds it."""
        try:
            self.send_links()
            self.send_notices()
        except Exception:
            log.exception("worker_not_woken")

    def catch_up(self) -> None:
        """Ask for all that time brings, after the demo's clock has been moved."""
        for job in (self.publish_due, self.do_rounds):
            # Each changes what the figures say, and either may be the last to be done.
            self.huey.enqueue(job.s().then(self.take_figures))
        self.wake()


def make_huey(settings: Settings) -> Huey:
    if settings.redis_url:
        # Without these a person would wait for minutes on a Redis that says nothing.
        pool = ConnectionPool.from_url(
            settings.redis_url,
            socket_connect_timeout=QUEUE_TIMEOUT_SECONDS,
            socket_timeout=QUEUE_TIMEOUT_SECONDS,
        )
        return RedisHuey("participation", connection_pool=pool)
    settings.var_folder.mkdir(parents=True, exist_ok=True)
    return SqliteHuey(
        "participation", filename=str(settings.var_folder / "jobs.sqlite3"), timeout=QUEUE_TIMEOUT_SECONDS
    )


def _inside(app: Flask) -> Callable[..., Callable[[], None]]:
    def in_app(job: Callable[[Settings], object], name: str | None = None) -> Callable[[], None]:
        def run() -> None:
            with app.app_context():
                job(app.config["SETTINGS"])

        run.__name__ = name or str(getattr(job, "__name__", "job"))
        return run

    return in_app


def send_mail(settings: Settings) -> int:
    """Send all that waits; returns how many mails left."""
    return send_links(settings) + send_notices(settings)


def send_notices(settings: Settings) -> int:
    """Send what is due; what was announced just as two accounts became one goes to the one that is left."""
    gather_late_deliveries()
    db.session.commit()
    return send_pending(settings)


def publish_what_is_due(_settings: Settings) -> None:
    publish_due(clock.now())


def keep_search_whole(_settings: Settings) -> None:
    reindex_if_needed()


def take_figures_now(_settings: Settings) -> None:
    take_figures()
    db.session.commit()
