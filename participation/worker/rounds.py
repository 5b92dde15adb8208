"""What is done once a day, from its hour on. A worker that was down then does it when it is up again."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time

import structlog
from sqlalchemy import select

from participation import clock
from participation.audit import service as audit
from participation.audit.models import HEARTBEAT, JobRun
from participation.database import insert
from participation.extensions import db
from participation.needs.reminders import remind
from participation.notifications.yearly import announce_year
from participation.outcomes.feedback import ask_whether_it_helped
from participation.outcomes.reach import count_told
from participation.outcomes.use_checks import look_after
from participation.settings import Settings
from participation.worker.cleaning import forget_unkept_pictures, throw_away_old

log = structlog.get_logger()


@dataclass(frozen=True)
class Round:
    """A job with the hour of the day, in municipal time, that it is due from. It leaves the commit to us."""

    name: str
    hour: int
    job: Callable[[Settings], object]


ROUNDS = (
    Round("throw_away_old", 3, throw_away_old),
    Round("forget_pictures", 3, forget_unkept_pictures),
    Round("count_told", 4, count_told),
    Round("remind", 6, remind),
    Round("look_after_use", 6, look_after),
    Round("year_summary", 7, announce_year),
    Round("did_it_help", 10, ask_whether_it_helped),
)


def beat(_settings: Settings) -> None:
    """Leave the mark by which administrators see that the worker lives."""
    audit.mark_done(HEARTBEAT)
    db.session.commit()


def do_rounds(settings: Settings, rounds: tuple[Round, ...] = ROUNDS) -> None:
    """Do those rounds whose hour has come since they were last done, each with its mark in one transaction."""
    for each in rounds:
        try:
            _do(each, settings)
        except Exception:
            # The others are not to wait for it; it is tried again in a minute.
            db.session.rollback()
            log.exception("round_failed", round=each.name)


def _do(each: Round, settings: Settings) -> None:
    if _last_done(each.name) >= _last_due(each.hour):
        db.session.rollback()
        return
    mark = insert(JobRun, db.session.get_bind().dialect.name)
    db.session.execute(mark.values(name=each.name, at=_NEVER).on_conflict_do_nothing())
    # Whoever else is at it is let finish; what they did is seen then, and not done again.
    run = db.session.scalars(
        select(JobRun).where(JobRun.name == each.name).with_for_update().execution_options(populate_existing=True)
    ).one()
    if run.at < _last_due(each.hour):
        each.job(settings)
        run.at = clock.now()
    db.session.commit()


_NEVER = datetime.fromisoformat("2000-01-01T00:00:00+00:00")


def _last_done(name: str) -> datetime:
    return db.session.scalar(select(JobRun.at).where(JobRun.name == name)) or _NEVER


def _last_due(hour: int) -> datetime:
    """Today at that hour; before it, there was nothing due today."""
    due = datetime.combine(clock.today(), time(hour), tzinfo=clock.MUNICIPAL_TIME)
    return due if clock.now() >= due else _NEVER
