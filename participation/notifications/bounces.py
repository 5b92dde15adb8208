"""Mails that come back: after repeated hard failures the address is no longer written to.

Anyone can send a report. So one is believed only where it names a mail that was sent, by a name that only who has seen
that mail can know; and all that it can bring about is that the mail's own reader gets no more of them.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import groupby
from urllib.parse import urlsplit

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import joinedload

from participation import clock
from participation.accounts.models import Person
from participation.accounts.queries import person_now
from participation.audit import service as audit
from participation.database import insert
from participation.extensions import db
from participation.mail.faults import without_addresses
from participation.mail.returned import Returned, read_returned
from participation.mail.waiting import mail_waits
from participation.notifications.marks import MARK_CHARACTERS, mail_key
from participation.notifications.models import Bounce, Delivery
from participation.notifications.rules import (
    HARD_FAILURES_MAX,
    HARD_FAILURES_WITHIN_DAYS,
    RETURNED_WITHIN_DAYS,
    DeliveryStatus,
)
from participation.notifications.watch import is_among, refused_lately, was_refused
from participation.web.addresses import settings
from participation.web.pagination import ID_MAX

PEOPLE_AT_ONCE = 500
_KEY = re.compile(rf"(?:event-(\d{{1,18}})|bundle)-person-(\d{{1,18}})-[0-9a-f]{{{MARK_CHARACTERS}}}")


def take_returned(raw: bytes) -> int | None:
    """Mark what a report says came back; how many mails of ours it was about, none where it is no such report."""
    reports = read_returned(raw)
    if reports is None:
        return None
    return sum(_take(report) for report in reports)


def _take(report: Returned) -> bool:
    key, _, host = report.message_id.rpartition("@")
    deliveries = _sent_as(key) if host == _our_host() else []
    if not deliveries:
        return False
    for delivery in deliveries:
        delivery.status, delivery.next_attempt_at = DeliveryStatus.FAILED, clock.now()
        delivery.error = without_addresses(report.diagnostic)[:300]
    person = deliveries[0].person
    if report.is_gone and person.email and person.email.lower() in report.addresses:
        note_bounce(person, mail_key=key, status=report.status, diagnostic=report.diagnostic)
    return True


def _our_host() -> str:
    return urlsplit(settings().site_url).hostname or "localhost"


def _sent_as(key: str) -> Sequence[Delivery]:
    """The deliveries that left together in the mail of that name; none when there was no such mail lately."""
    named = _KEY.fullmatch(key)
    if named is None or int(named[2]) > ID_MAX:
        return []
    event_id, person_id = named[1], int(named[2])
    if event_id and mail_key([int(event_id)], person_id=person_id) != key:
        return []
    reader = person_now(person_id)
    query = (
        select(Delivery)
        .where(
            Delivery.person_id == (reader.id if reader else person_id),
            Delivery.status.in_([DeliveryStatus.SENT, DeliveryStatus.FAILED]),
            Delivery.sent_at > clock.now() - timedelta(days=RETURNED_WITHIN_DAYS),
        )
        .options(joinedload(Delivery.person))
        .order_by(Delivery.sent_at, Delivery.event_id)
    )
    if event_id:
        query = query.where(Delivery.event_id == int(event_id))
    for _moment, together in groupby(db.session.scalars(query), key=lambda delivery: delivery.sent_at):
        parcel = list(together)
        if mail_key((delivery.event_id for delivery in parcel), person_id=person_id) == key:
            return parcel
    return []


def note_hard_failure(deliveries: Sequence[Delivery], diagnostic: str) -> None:
    """Count that the server refused one person's mail for good; what was in it is marked as failed."""
    key = "-".join(str(delivery.event_id) for delivery in deliveries)
    person = deliveries[0].person
    note_bounce(
        person, mail_key=f"refused-{person.id}-{sha256(key.encode()).hexdigest()}", status="5", diagnostic=diagnostic
    )


def note_bounce(person: Person, *, mail_key: str, status: str, diagnostic: str) -> bool:
    """Count a mail that came back for good; False when it was counted before. What was in it is marked as failed."""
    row = {
        "mail_key": mail_key[:120],
        "person_id": person.id,
        "at": clock.now(),
        "status": status[:12],
        "diagnostic": without_addresses(diagnostic)[:300],
    }
    statement = insert(Bounce, db.session.get_bind().dialect.name).values(row)
    added = db.session.execute(statement.on_conflict_do_nothing().returning(Bounce.id)).scalar_one_or_none()
    if added is None:
        return False
    if person.mail_failed_at is None and _lately(person) >= HARD_FAILURES_MAX:
        person.mail_failed_at = clock.now()
        _leave_to_letters(person)
        audit.record("mail_failed", actor_id=None, kind="person", object_id=person.id)
    return True


def _lately(person: Person) -> int:
    query = select(func.count()).select_from(Bounce).where(Bounce.person_id == person.id, Bounce.at > _counted_since())
    return db.session.scalar(query) or 0


def _leave_to_letters(person: Person) -> None:
    """Let what came back or was refused meanwhile, which nobody has told them, wait for paper."""
    db.session.execute(
        update(Delivery)
        .where(
            Delivery.person_id == person.id,
            Delivery.status == DeliveryStatus.FAILED,
            Delivery.next_attempt_at > _counted_since(),
            # Not what no mail could be made of: no letter can.
            was_refused(),
        )
        .values(status=DeliveryStatus.UNREACHABLE)
    )


def _counted_since() -> datetime:
    return clock.now() - timedelta(days=HARD_FAILURES_WITHIN_DAYS)


def mail_arrived(person: Person) -> None:
    """A mail has reached the person after all: what comes from now on is sent to them again."""
    db.session.execute(delete(Bounce).where(Bounce.person_id == person.id))
    if person.mail_failed_at is not None:
        person.mail_failed_at = None
        audit.record("mail_arrived", actor_id=person.id, kind="person", object_id=person.id)


@dataclass(frozen=True)
class TriedAgain:
    """How many deliveries are tried again, and how many addresses that were given up are written to again."""

    mails: int
    addresses: int


def try_refused_again(actor_id: int, *, event_id: int | None = None) -> TriedAgain:
    """Try what was refused or came back lately once more, of one event or of all, and forget what that counted for."""
    query = (
        update(Delivery)
        .where(
            is_among(refused_lately()),
            # Said again for what others have done with the row meanwhile.
            Delivery.status.in_([DeliveryStatus.FAILED, DeliveryStatus.UNREACHABLE]),
            Delivery.letter_batch_id.is_(None),
        )
        .values(status=DeliveryStatus.PENDING, attempts=0, refusals=0, next_attempt_at=clock.now(), error=None)
        .returning(Delivery.person_id)
        .execution_options(synchronize_session=False)
    )
    if event_id is not None:
        query = query.where(Delivery.event_id == event_id)
    again = db.session.scalars(query).all()
    audit.record("refused_tried_again", actor_id=actor_id, kind="event", object_id=event_id or 0, count=len(again))
    mail_waits()
    return TriedAgain(mails=len(again), addresses=_forget_failures(actor_id, sorted(set(again))))


def _forget_failures(actor_id: int, people: Sequence[int]) -> int:
    """Count nothing against the people's addresses any more; how many had been given up."""
    given_up: list[int] = []
    for begin in range(0, len(people), PEOPLE_AT_ONCE):
        some = people[begin : begin + PEOPLE_AT_ONCE]
        db.session.execute(delete(Bounce).where(Bounce.person_id.in_(some)))
        given_up += db.session.scalars(
            update(Person)
            .where(Person.id.in_(some), Person.mail_failed_at.is_not(None))
            .values(mail_failed_at=None)
            .returning(Person.id)
        )
    for person_id in given_up:
        audit.record("mail_tried_again", actor_id=actor_id, kind="person", object_id=person_id)
    return len(given_up)
