"""Subscribes people, and announces what happened to everyone who should be told."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.orm import InstrumentedAttribute, aliased

from participation import clock
from participation.accounts.models import Person
from participation.database import insert
from participation.extensions import db
from participation.mail.waiting import mail_waits
from participation.notifications.models import Delivery, Event, EventSubject, Mute, Preference, Subscription
from participation.notifications.queries import all_muted, chosen_pace, how_told, mute_of_subscription
from participation.notifications.rules import (
    BREAKS_QUIET,
    BUNDLED,
    ENDED_BY_UNFOLLOWING,
    TOPIC_OF,
    DeliveryStatus,
    EventKind,
    QuietHours,
    Reason,
    Subject,
    Topic,
    due_at,
    said_by_staff,
)
from participation.refusals import ensure
from participation.unwritten import may_be_read
from participation.web.addresses import settings

# Who is told: each person once, with the reason to give and whether all it concerns is muted (1 or 0).
Audience = Select[int, Reason, int]


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
    event = _record(kind, about=about, subjects=subjects, facts=facts)
    if subjects:
        _deliver(event, _subscribers(event, reasons))
    return event


def announce_to(
    kind: EventKind, *, about: Subject, people: Select[int] | Iterable[int], facts: dict[str, Any], reason: Reason
) -> Event:
    """Record an event, and a delivery for each of the people, given as numbers or as a select of them."""
    wanted = people if isinstance(people, Select) else list(people)
    event = _record(kind, about=about, subjects=[], facts=facts)
    why = literal(reason, Delivery.reason.type)
    told = select(Person.id.label("person_id"), why.label("reason"), literal(0).label("muted"))
    _deliver(event, told.where(Person.id.in_(wanted)))
    return event


def announce_correction(
    of: Event, *, kind: EventKind, facts: dict[str, Any], subjects: Sequence[Subject] | None = None
) -> Event:
    """Record that an event's wording is set right, with a delivery for everyone who was to be told the old one.

    `subjects` are those of the event's that it is about, where that is not all: then only who was to be told because
    of those is told. Who had not been told yet is told the new wording alone.
    """
    every = _subjects_of([of.id])
    about = every if subjects is None else list(subjects)
    event = _record(kind, about=of.about, subjects=about, facts=facts, corrects=of.id)
    _deliver(event, _told_of(of, event, in_part=not set(every) <= set(about)), topic=TOPIC_OF[_first_told(of).kind])
    forget_corrected(of.id, _waits_untouched())
    return event


def forget_corrected(event_id: int, *which: ColumnElement[bool]) -> int:
    """Take away those deliveries whose people are told in a correction of the event, and of nothing else in it.

    Returns how many. A worker calls it too: what it had in its hands when the correction came, or what the mail server
    wanted to be sent later, must not leave in the former words.
    """
    corrections = _corrections_of(event_id)
    told_anew = aliased(Delivery)
    kept = set(_subjects_of([event_id])) - set(_subjects_of(corrections))
    # Asked a person: turned into a join, PostgreSQL read every subscriber of every subject for each of them.
    waits_for_more = (
        select(Subscription.person_id)
        .where(
            Subscription.person_id == Delivery.person_id,
            tuple_(Subscription.subject_kind, Subscription.subject_id).in_([(one.kind, one.id) for one in kept]),
        )
        .limit(1)
        .scalar_subquery()
    )
    gone = db.session.execute(
        delete(Delivery)
        .where(
            Delivery.event_id == event_id,
            *which,
            exists().where(told_anew.event_id.in_(corrections), told_anew.person_id == Delivery.person_id),
            *([waits_for_more.is_(None)] if kept else []),
        )
        .returning(Delivery.person_id)
        .execution_options(synchronize_session=False)
    )
    return len(gone.all())


def _first_told(event: Event) -> Event:
    """What the event sets right, in one step or several, or itself: a correction is wanted as that was."""
    while event.corrects_id is not None:
        event = db.session.get_one(Event, event.corrects_id)
    return event


def _corrections_of(event_id: int) -> Sequence[int]:
    """What sets the event right, and what sets that right in turn."""
    found = select(Event.id).where(Event.corrects_id == event_id).cte(recursive=True)
    found = found.union_all(select(Event.id).join(found, Event.corrects_id == found.c.id))
    return db.session.scalars(select(found.c.id)).all()


def _waits_untouched() -> ColumnElement[bool]:
    """Nobody has told it, and no worker has it in hand; nor is it in a batch of letters.

    One that is put off looks like one in a worker's hands: those are left to the worker, who takes them away.
    """
    in_no_hands = or_(Delivery.attempts == 0, Delivery.next_attempt_at <= clock.now())
    return or_(
        and_(Delivery.status == DeliveryStatus.PENDING, in_no_hands),
        and_(Delivery.status == DeliveryStatus.UNREACHABLE, Delivery.letter_batch_id.is_(None)),
    )


def _record(
    kind: EventKind,
    *,
    about: Subject,
    subjects: Iterable[Subject],
    facts: dict[str, Any],
    corrects: int | None = None,
) -> Event:
    """Raises Refused(FIELD_UNFILLED) where what staff wrote still has what a template leaves to be written."""
    ensure(may_be_read(*said_by_staff(kind, facts)))
    event = Event(
        kind=kind, about_kind=about.kind, about_id=about.id, at=clock.now(), facts=facts, corrects_id=corrects, opened=0
    )
    db.session.add(event)
    db.session.flush()
    db.session.add_all(
        EventSubject(event_id=event.id, subject_kind=subject.kind, subject_id=subject.id)
        for subject in dict.fromkeys(subjects)
    )
    db.session.flush()
    mail_waits()
    return event


def _subjects_of(event_ids: Sequence[int]) -> list[Subject]:
    rows = db.session.execute(
        select(EventSubject.subject_kind, EventSubject.subject_id)
        .where(EventSubject.event_id.in_(event_ids))
        .distinct()
    )
    return [Subject(kind, number) for kind, number in rows]


def _told_of(of: Event, event: Event, *, in_part: bool) -> Audience:
    """Whoever was to be told of the former; where it is set right in part, because of what the event is about."""
    was_told = Delivery.event_id == of.id
    now = _subscribers(event, Reason).subquery()
    if in_part:
        people = select(Delivery.person_id).where(was_told)
        return select(now.c.person_id, now.c.reason, now.c.muted).where(now.c.person_id.in_(people))
    # Who has left what it is about since then may have muted it before.
    mute = exists().where(
        EventSubject.event_id == event.id,
        Mute.person_id == Delivery.person_id,
        Mute.subject_kind == EventSubject.subject_kind,
        Mute.subject_id == EventSubject.subject_id,
    )
    muted = func.coalesce(now.c.muted, case((mute, 1), else_=0)).label("muted")
    return (
        select(Delivery.person_id, Delivery.reason, muted)
        .outerjoin(now, now.c.person_id == Delivery.person_id)
        .where(was_told)
    )


def _subscribers(event: Event, reasons: Iterable[Reason]) -> Audience:
    # Reason's values sort otherwise than its order, so the weightiest is found by number.
    order = list(Reason)
    weight = case({reason: number for number, reason in enumerate(order)}, value=Subscription.reason)
    strongest = func.min(weight)
    return (
        select(
            Subscription.person_id,
            case(*[(strongest == number, literal(reason.value)) for number, reason in enumerate(order)]).label(
                "reason"
            ),
            all_muted().label("muted"),
        )
        .join(
            EventSubject,
            and_(
                EventSubject.subject_kind == Subscription.subject_kind,
                EventSubject.subject_id == Subscription.subject_id,
            ),
        )
        .outerjoin(Mute, mute_of_subscription())
        .where(EventSubject.event_id == event.id, Subscription.reason.in_(list(reasons)))
        .group_by(Subscription.person_id)
    )


def _due(event: Event, pace: ColumnElement[Any]) -> ColumnElement[Any]:
    """When the mail may leave, by what the person has chosen."""
    quiet = QuietHours(settings().quiet_from_hour, settings().quiet_to_hour)
    hushed = event.at if event.kind in BREAKS_QUIET else quiet.first_after(event.at)
    at = {chosen: due_at(chosen, now=event.at, digest_hour=settings().quiet_to_hour) for chosen in BUNDLED}
    moment = Event.at.type
    return case(
        *[(pace == chosen.value, literal(at[chosen], moment)) for chosen in at],
        (Person.quiet_nights, literal(hushed, moment)),
        else_=literal(event.at, moment),
    )


def _deliver(event: Event, audience: Audience, *, topic: Topic | None = None) -> None:
    """A delivery for each of the audience, in one statement: how, how soon, and whether it can reach them at all.

    `topic` is the event's own, unless it is given.
    """
    told, topic = audience.subquery(), topic or TOPIC_OF[event.kind]
    pace = chosen_pace()
    recipients = (
        select(
            literal(event.id),
            Person.id,
            told.c.reason,
            how_told(pace, muted=told.c.muted == 1),
            pace,
            _due(event, pace),
            literal(0),
            literal(0),
        )
        .join(told, told.c.person_id == Person.id)
        .outerjoin(
            Preference, and_(Preference.person_id == Person.id, Preference.topic == (topic or TOPIC_OF[event.kind]))
        )
        # Without a WHERE, SQLite reads ON CONFLICT as part of the join.
        .where(true())
    )
    columns: list[InstrumentedAttribute[Any]] = [
        Delivery.event_id,
        Delivery.person_id,
        Delivery.reason,
        Delivery.status,
        Delivery.pace,
        Delivery.next_attempt_at,
        Delivery.attempts,
        Delivery.refusals,
    ]
    statement = insert(Delivery, db.session.get_bind().dialect.name)
    db.session.execute(statement.from_select([column.key for column in columns], recipients).on_conflict_do_nothing())
