"""Subscribes people, and announces what happened to everyone who should be told."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import and_, case, delete, func, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from participation import clock
from participation.accounts.models import Person
from participation.database import insert
from participation.extensions import db
from participation.mail.waiting import mail_waits
from participation.notifications.models import Delivery, Event, EventSubject, Subscription
from participation.notifications.rules import ENDED_BY_UNFOLLOWING, DeliveryStatus, EventKind, Reason, Subject


def subscribe(person_id: int, *, subject: Subject, reason: Reason) -> bool:
    """Tell the person of what happens to the subject; False when they already were for that reason."""
    row = {
        "person_id": person_id,
        "subject_kind": subject.kind,
        "subject_id": subject.id,
        "reason": reason,
        "created_at": clock.now(),
    }
    statement = insert(Subscription, db.session.get_bind().dialect.name).values(row)
    added = db.session.execute(statement.on_conflict_do_nothing().returning(Subscription.person_id))
    return added.scalar_one_or_none() is not None


def unsubscribe(person_id: int, *, subject: Subject, reason: Reason) -> None:
    db.session.execute(
        delete(Subscription).where(
            Subscription.person_id == person_id,
            Subscription.subject_kind == subject.kind,
            Subscription.subject_id == subject.id,
            Subscription.reason == reason,
        )
    )


def stop_following(person_id: int, *, subject: Subject) -> None:
    """Tell no more of the subject for having followed or commented on it."""
    for reason in ENDED_BY_UNFOLLOWING:
        unsubscribe(person_id, subject=subject, reason=reason)


def announce(
    kind: EventKind,
    *,
    about: Subject,
    subjects: Sequence[Subject],
    facts: dict[str, Any],
    reasons: Iterable[Reason] = tuple(Reason),
) -> Event:
    """Record an event and, in one statement, a delivery for each person subscribed to any of its subjects."""
    event = Event(kind=kind, about_kind=about.kind, about_id=about.id, at=clock.now(), facts=facts)
    db.session.add(event)
    db.session.flush()
    db.session.add_all(
        EventSubject(event_id=event.id, subject_kind=subject.kind, subject_id=subject.id)
        for subject in dict.fromkeys(subjects)
    )
    db.session.flush()
    if subjects:
        _deliver_to_subscribers(event, reasons)
    mail_waits()
    return event


def _deliver_to_subscribers(event: Event, reasons: Iterable[Reason]) -> None:
    # Reason's values sort otherwise than its order, so the weightiest is found by number.
    order = list(Reason)
    weight = case({reason: number for number, reason in enumerate(order)}, value=Subscription.reason)
    strongest = func.min(weight)
    recipients = (
        select(
            literal(event.id),
            Person.id,
            case(*[(strongest == number, literal(reason.value)) for number, reason in enumerate(order)]),
            case(
                (
                    or_(Person.email.is_(None), Person.closed_at.is_not(None)),
                    DeliveryStatus.UNREACHABLE.value,
                ),
                (Person.mail_notices.is_(False), DeliveryStatus.OPTED_OUT.value),
                else_=DeliveryStatus.PENDING.value,
            ),
            literal(event.at, Event.at.type),
            literal(0),
            literal(0),
        )
        .join(Subscription, Subscription.person_id == Person.id)
        .join(
            EventSubject,
            and_(
                EventSubject.subject_kind == Subscription.subject_kind,
                EventSubject.subject_id == Subscription.subject_id,
            ),
        )
        .where(EventSubject.event_id == event.id, Subscription.reason.in_(list(reasons)))
        .group_by(Person.id)
    )
    columns: list[InstrumentedAttribute[Any]] = [
        Delivery.event_id,
        Delivery.person_id,
        Delivery.reason,
        Delivery.status,
        Delivery.next_attempt_at,
        Delivery.attempts,
        Delivery.refusals,
    ]
    statement = insert(Delivery, db.session.get_bind().dialect.name)
    db.session.execute(statement.from_select([column.key for column in columns], recipients).on_conflict_do_nothing())
