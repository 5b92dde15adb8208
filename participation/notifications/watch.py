"""What administrators see of the mail: what waits, what is stuck and why. Never whom it is to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Select, case, func, or_, select, tuple_, union

from participation import clock
from participation.accounts.models import Person
from participation.extensions import db
from participation.notifications.models import Delivery, Event
from participation.notifications.rules import (
    GIVE_UP_AFTER_REFUSALS,
    RETURNED_WITHIN_DAYS,
    DeliveryStatus,
    EventKind,
    Pace,
)

FAULTS_SHOWN = 30
EVENTS_SHOWN = 20

_PENDING = Delivery.status == DeliveryStatus.PENDING
_FAILED = Delivery.status == DeliveryStatus.FAILED
# Each of the two has an index of its own.
_SINGLE, _BUNDLED = Delivery.pace == Pace.AT_ONCE, Delivery.pace != Pace.AT_ONCE


@dataclass(frozen=True)
class Waiting:
    """How many mails to send: those due now, those for later, and since when the oldest due one has been due."""

    due: int
    later: int
    oldest: datetime | None


@dataclass(frozen=True)
class Fault:
    """What the mail server of a domain said, of so many."""

    domain: str
    error: str
    count: int


@dataclass(frozen=True)
class EventLine:
    """How it went with those who were to be told of one event."""

    id: int
    kind: EventKind
    at: datetime
    sent: int
    waiting: int
    failed: int


def waiting() -> Waiting:
    due = case((Delivery.next_attempt_at <= clock.now(), 1), else_=0)
    rows = [
        db.session.execute(
            select(func.count(), func.coalesce(func.sum(due), 0), func.min(Delivery.next_attempt_at))
            .select_from(Delivery)
            .where(_PENDING, which)
        ).one()
        for which in (_SINGLE, _BUNDLED)
    ]
    in_all, now = sum(row[0] for row in rows), sum(int(row[1]) for row in rows)
    oldest = min((row[2] for row in rows if row[2] is not None), default=None)
    return Waiting(now, in_all - now, oldest if now else None)


def stuck() -> list[Fault]:
    """What has been tried and waits to be tried again, by what came in the way; the most first."""
    return _faults(_PENDING, Delivery.error.is_not(None))


def refused() -> list[Fault]:
    """What was given up or came back lately, by what the server said; the most first."""
    return _faults(is_among(refused_lately()))


def refused_lately() -> CompoundSelect[int, int]:
    """The keys of what can be tried again: given up, or waiting for paper because it was refused or came back."""
    lately = Delivery.next_attempt_at > clock.now() - timedelta(days=RETURNED_WITHIN_DAYS)
    on_no_paper = (Delivery.status == DeliveryStatus.UNREACHABLE, Delivery.letter_batch_id.is_(None))
    keys = select(Delivery.event_id, Delivery.person_id)
    return union(keys.where(_FAILED, lately), keys.where(*on_no_paper, was_refused(), lately))


def was_refused() -> ColumnElement[bool]:
    """Whether it came back, or its mailbox was refused for good."""
    return or_(Delivery.sent_at.is_not(None), Delivery.refusals >= GIVE_UP_AFTER_REFUSALS)


def is_among(keys: CompoundSelect[int, int]) -> ColumnElement[bool]:
    found = keys.subquery()
    return tuple_(Delivery.event_id, Delivery.person_id).in_(select(found.c.event_id, found.c.person_id))


def _faults(*which: ColumnElement[bool]) -> list[Fault]:
    domain = _domain().label("domain")
    error = func.coalesce(Delivery.error, "").label("error")
    rows = db.session.execute(
        select(domain, error, func.count().label("of"))
        .join(Person, Person.id == Delivery.person_id)
        .where(*which)
        .group_by(domain, error)
        .order_by(func.count().desc(), domain, error)
        .limit(FAULTS_SHOWN)
    )
    return [Fault(row.domain, row.error, row.of) for row in rows]


def _domain() -> ColumnElement[str]:
    """What stands after the @, in words that both databases know: the address without all up to it."""
    address = func.coalesce(Person.email, "")
    up_to_at = func.rtrim(address, func.replace(address, "@", ""))
    return func.substr(address, func.length(up_to_at) + 1)


def unreachable_count() -> int:
    """How many people's addresses are no longer written to, since mail to them came back."""
    query = select(func.count()).select_from(Person).where(Person.mail_failed_at.is_not(None))
    return db.session.scalar(query) or 0


def latest_events() -> Sequence[EventLine]:
    """The latest events that not everyone has been told of who should be."""
    refused = is_among(refused_lately())
    which = union(_event_ids(_PENDING, _SINGLE), _event_ids(_PENDING, _BUNDLED), _event_ids(refused)).subquery()
    newest = select(which.c.event_id).order_by(which.c.event_id.desc()).limit(EVENTS_SHOWN)
    rows = db.session.execute(
        select(
            Event.id,
            Event.kind,
            Event.at,
            _count(or_(Delivery.status == DeliveryStatus.SENT, Delivery.status == DeliveryStatus.ON_PAPER)),
            _count(_PENDING),
            _count(refused),
        )
        .join(Delivery, Delivery.event_id == Event.id)
        .where(Event.id.in_(newest))
        .group_by(Event.id, Event.kind, Event.at)
        .order_by(Event.id.desc())
    )
    return [EventLine(*row) for row in rows]


def _event_ids(*which: ColumnElement[bool]) -> Select[Any]:
    return select(Delivery.event_id.label("event_id")).where(*which).distinct()


def _count(which: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((which, 1), else_=0))
