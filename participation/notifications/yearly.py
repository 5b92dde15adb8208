"""The summary of the year, told once to everyone who was told of anything in it."""

from sqlalchemy import exists, select

from participation import clock
from participation.extensions import db
from participation.notifications.models import Delivery, Event
from participation.notifications.rules import NEWSWORTHY, EventKind, Reason, Subject, year_span, year_to_sum_up
from participation.notifications.service import announce_to
from participation.settings import Settings

SUBJECT_KIND = "year"


def announce_year(_settings: Settings) -> Event | None:
    """In January: tell of last year, once. Each mail is made from its reader's own year when it is sent."""
    year = year_to_sum_up(clock.today())
    if year is None or _is_told(year):
        return None
    begins, ends = year_span(year)
    people = (
        select(Delivery.person_id)
        .join(Event, Event.id == Delivery.event_id)
        .where(Event.at >= begins, Event.at < ends, Event.kind.in_(NEWSWORTHY))
    )
    return announce_to(
        EventKind.YEAR, about=Subject(SUBJECT_KIND, year), people=people, facts={"year": year}, reason=Reason.FOLLOWER
    )


def _is_told(year: int) -> bool:
    told = exists().where(Event.kind == EventKind.YEAR, Event.about_kind == SUBJECT_KIND, Event.about_id == year)
    return bool(db.session.scalar(select(told)))
