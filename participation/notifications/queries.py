"""What a person has been told, and how far an event reached."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, literal, or_, select, tuple_
from sqlalchemy.orm import contains_eager

from participation.accounts.models import Person
from participation.extensions import db
from participation.notifications.models import Delivery, Event, EventSubject, Mute, Preference, Subscription
from participation.notifications.rules import (
    CORRECTIONS,
    NEWSWORTHY,
    TOLD_AS_ITSELF,
    TOPIC_OF,
    DeliveryStatus,
    EventKind,
    Pace,
    Reason,
    Subject,
    Topic,
    year_span,
)

MESSAGES_A_PAGE = 20
MUTED_SHOWN = 100


@dataclass(frozen=True)
class Reach:
    """How many were told of an event, by how it went."""

    by_status: dict[DeliveryStatus, int]

    @property
    def total(self) -> int:
        return sum(self.by_status.values())

    @property
    def told(self) -> int:
        return self.by_status.get(DeliveryStatus.SENT, 0) + self.by_status.get(DeliveryStatus.ON_PAPER, 0)


def is_subscribed(person_id: int, *, subject: Subject, reason: Reason) -> bool:
    key = (subject.kind, subject.id, person_id, reason)
    return db.session.get(Subscription, key) is not None


def subject_ids(person_id: int, *, kind: str, reason: Reason) -> list[int]:
    """The numbers of what the person is subscribed to for that reason, newest first."""
    query = (
        select(Subscription.subject_id)
        .where(
            Subscription.person_id == person_id,
            Subscription.subject_kind == kind,
            Subscription.reason == reason,
        )
        .order_by(Subscription.created_at.desc())
    )
    return list(db.session.scalars(query))


def messages(person_id: int, *, before_event_id: int | None = None) -> Sequence[Delivery]:
    """One page, and one row more, of what the person was told, newest first; also what no mail could carry."""
    query = (
        select(Delivery)
        .join(Delivery.event)
        .options(contains_eager(Delivery.event))
        .where(Delivery.person_id == person_id)
        .order_by(Delivery.event_id.desc())
        .limit(MESSAGES_A_PAGE + 1)
    )
    if before_event_id is not None:
        query = query.where(Delivery.event_id < before_event_id)
    return db.session.scalars(query).all()


def concerned_subjects(delivery: Delivery) -> list[Subject]:
    """Which of the event's subjects are the person's own; all when they no longer subscribe to any."""
    of_event: ColumnElement[bool] = EventSubject.event_id == delivery.event_id
    mine = (
        select(EventSubject.subject_kind, EventSubject.subject_id)
        .distinct()
        .join(
            Subscription,
            (Subscription.subject_kind == EventSubject.subject_kind)
            & (Subscription.subject_id == EventSubject.subject_id)
            & (Subscription.person_id == delivery.person_id),
        )
        .where(of_event)
        .order_by(EventSubject.subject_id)
    )
    everything = (
        select(EventSubject.subject_kind, EventSubject.subject_id).where(of_event).order_by(EventSubject.subject_id)
    )
    rows = db.session.execute(mine).all() or db.session.execute(everything).all()
    return [Subject(kind, number) for kind, number in rows]


def concerned_among(person_id: int, *, event_ids: Iterable[int]) -> dict[int, list[Subject]]:
    """`concerned_subjects` of many events at once: for each event, the subjects that are the person's own, else all."""
    mine = (
        select(Subscription.person_id)
        .where(
            Subscription.person_id == person_id,
            Subscription.subject_kind == EventSubject.subject_kind,
            Subscription.subject_id == EventSubject.subject_id,
        )
        .exists()
    )
    rows = db.session.execute(
        select(EventSubject.event_id, EventSubject.subject_kind, EventSubject.subject_id, mine)
        .where(EventSubject.event_id.in_(list(event_ids)))
        .order_by(EventSubject.subject_id)
    ).all()
    own: dict[int, list[Subject]] = {}
    everything: dict[int, list[Subject]] = {}
    for event_id, kind, number, is_mine in rows:
        everything.setdefault(event_id, []).append(Subject(kind, number))
        if is_mine:
            own.setdefault(event_id, []).append(Subject(kind, number))
    return everything | own


def may_ask_again(person_id: int, *, need_ids: Iterable[int]) -> set[int]:
    """Those of the needs that the person reported and that no new assessment has been asked for of, which is once."""
    asked = (
        select(Event.id)
        .where(
            Event.kind == EventKind.ASKED_AGAIN,
            Event.about_kind == Subscription.subject_kind,
            Event.about_id == Subscription.subject_id,
        )
        .exists()
    )
    own = (Subscription.person_id == person_id, Subscription.reason == Reason.AUTHOR, ~asked)
    of_needs = (Subscription.subject_kind == "need", Subscription.subject_id.in_(list(need_ids)))
    return set(db.session.scalars(select(Subscription.subject_id).where(*own, *of_needs)))


# By event and person.
Heard = dict[tuple[int, int], EventKind]


def first_heard(deliveries: Sequence[Delivery]) -> Heard:
    """Which corrections reach people who were never told what they set right, and the kind of that: to be told as it.

    Two queries where there is a correction among them.
    """
    corrections = {one.event_id for one in deliveries if one.event.kind in CORRECTIONS}
    former = _set_right_by(corrections) if corrections else {}
    ids = {event.id for chain in former.values() for event in chain}
    people = {one.person_id for one in deliveries if one.event_id in former}
    told = _told_of(ids, people) if ids else set()
    return {
        (one.event_id, one.person_id): former[one.event_id][0].kind
        for one in deliveries
        if one.event_id in former
        and former[one.event_id][0].kind in TOLD_AS_ITSELF
        and not any((event.id, one.person_id) in told for event in former[one.event_id])
    }


def _set_right_by(corrections: Iterable[int]) -> dict[int, list[Event]]:
    """What each of the corrections sets right, in one step or several: the first told first."""
    steps = select(Event.id.label("last"), Event.corrects_id.label("id")).where(Event.id.in_(corrections))
    chain = steps.cte(recursive=True)
    chain = chain.union_all(select(chain.c.last, Event.corrects_id).join(Event, Event.id == chain.c.id))
    rows = db.session.execute(select(chain.c.last, Event).join(Event, Event.id == chain.c.id).order_by(Event.id))
    former: dict[int, list[Event]] = {}
    for last, event in rows:
        former.setdefault(last, []).append(event)
    return former


def _told_of(event_ids: Iterable[int], people: Iterable[int]) -> set[tuple[int, int]]:
    """Who of the people has been told of which event, or is being told: by a worker, or in a letter that is made."""
    rows = db.session.execute(
        select(Delivery.event_id, Delivery.person_id).where(
            Delivery.event_id.in_(event_ids),
            Delivery.person_id.in_(people),
            or_(
                Delivery.status.in_([DeliveryStatus.SENT, DeliveryStatus.ON_PAPER, DeliveryStatus.PENDING]),
                Delivery.letter_batch_id.is_not(None),
            ),
        )
    )
    return {(event_id, person_id) for event_id, person_id in rows}


def chosen_pace() -> ColumnElement[Any]:
    """The pace of an outer-joined Preference."""
    return func.coalesce(Preference.pace, literal(Pace.AT_ONCE.value))


def how_told(pace: ColumnElement[Any], *, muted: ColumnElement[bool]) -> ColumnElement[str]:
    """The status that a delivery to a Person begins with."""
    unreachable = or_(Person.email.is_(None), Person.closed_at.is_not(None), Person.mail_failed_at.is_not(None))
    unwanted = or_(Person.mail_notices.is_(False), pace == Pace.NEVER.value, muted)
    return case(
        (unreachable, DeliveryStatus.UNREACHABLE.value),
        (unwanted, DeliveryStatus.OPTED_OUT.value),
        else_=DeliveryStatus.PENDING.value,
    )


def mute_of_subscription() -> ColumnElement[bool]:
    """Joins, from the outside, the mute of what is subscribed to."""
    return and_(
        Mute.person_id == Subscription.person_id,
        Mute.subject_kind == Subscription.subject_kind,
        Mute.subject_id == Subscription.subject_id,
    )


def all_muted() -> ColumnElement[int]:
    """1 where each subscription in the group has a mute, else 0."""
    return func.min(case((Mute.person_id.is_not(None), 1), else_=0))


def audience(subjects: Iterable[Subject], *, topic: Topic) -> Reach:
    """How many different people would be told of an event about the subjects, and how."""
    keys = [(subject.kind, subject.id) for subject in subjects]
    subscribed = (
        select(Subscription.person_id, all_muted().label("muted"))
        .outerjoin(Mute, mute_of_subscription())
        .where(tuple_(Subscription.subject_kind, Subscription.subject_id).in_(keys))
        .group_by(Subscription.person_id)
        .subquery()
    )
    how = how_told(chosen_pace(), muted=subscribed.c.muted == 1).label("how")
    query = (
        select(how, func.count(Person.id))
        .join(subscribed, subscribed.c.person_id == Person.id)
        .outerjoin(Preference, and_(Preference.person_id == Person.id, Preference.topic == topic))
        .group_by(how)
    )
    return Reach({DeliveryStatus(status): count for status, count in db.session.execute(query)})


# How well it went, the best first: of a person with several deliveries the best is the one that counts.
_BEST_FIRST = (
    DeliveryStatus.SENT,
    DeliveryStatus.ON_PAPER,
    DeliveryStatus.PENDING,
    DeliveryStatus.OPTED_OUT,
    DeliveryStatus.FAILED,
    DeliveryStatus.UNREACHABLE,
)


def reach(*kinds: EventKind, about: Subject) -> Reach:
    """How far the events of these kinds about the subject have reached, each person counted once."""
    rank = case({status: number for number, status in enumerate(_BEST_FIRST)}, value=Delivery.status)
    best = (
        select(func.min(rank).label("rank"))
        .join(Event, Event.id == Delivery.event_id)
        .where(Event.kind.in_(kinds), Event.about_kind == about.kind, Event.about_id == about.id)
        .group_by(Delivery.person_id)
        .subquery()
    )
    rows = db.session.execute(select(best.c.rank, func.count()).group_by(best.c.rank))
    return Reach({_BEST_FIRST[number]: count for number, count in rows})


def opened(*kinds: EventKind, about: Subject) -> int:
    """How many came to the site from the mails of these events about the subject, each person once an event."""
    about_it = (Event.kind.in_(kinds), Event.about_kind == about.kind, Event.about_id == about.id)
    return db.session.scalar(select(func.coalesce(func.sum(Event.opened), 0)).where(*about_it)) or 0


def paces(person_id: int) -> dict[Topic, Pace]:
    """How soon the person wants to be told of each topic."""
    chosen = db.session.execute(select(Preference.topic, Preference.pace).where(Preference.person_id == person_id))
    return dict.fromkeys(Topic, Pace.AT_ONCE) | {row.topic: row.pace for row in chosen}


def is_muted(person_id: int, *, subject: Subject) -> bool:
    return db.session.get(Mute, (person_id, subject.kind, subject.id)) is not None


def muted_ids(person_id: int, *, kind: str) -> list[int]:
    """The numbers of what the person wants no mail about, the latest first."""
    query = select(Mute.subject_id).where(Mute.person_id == person_id, Mute.subject_kind == kind)
    return list(db.session.scalars(query.order_by(Mute.created_at.desc()).limit(MUTED_SHOWN)))


@dataclass(frozen=True)
class YearTold:
    """How much a person was told of in a year: answers, news on the work, and the latest of its results."""

    answers: int
    progress: int
    results: int
    latest: Sequence[Event]
    out_of_use: frozenset[int]
    """Those of the latest, by what they are about, that are no longer in use."""


# A result, put right or not, is one; withdrawn, it is none.
_OF_A_RESULT = (EventKind.OUTCOME, EventKind.OUTCOME_CORRECTED, EventKind.OUTCOME_WITHDRAWN)


def year_of(person_id: int, *, year: int, results: int) -> YearTold:
    begins, ends = year_span(year)
    of_year = (Delivery.person_id == person_id, Event.at >= begins, Event.at < ends)
    rows = db.session.execute(
        select(Event.kind, func.count())
        .join(Delivery, Delivery.event_id == Event.id)
        .where(*of_year, Event.kind.in_(set(NEWSWORTHY) - set(_OF_A_RESULT)))
        .group_by(Event.kind)
    )
    counts = {kind: count for kind, count in rows}  # noqa: C416  dict() takes no rows
    last_said = (
        select(func.max(Event.id))
        .join(Delivery, Delivery.event_id == Event.id)
        .where(*of_year, Event.kind.in_(_OF_A_RESULT))
        .group_by(Event.about_id)
    )
    standing = (Event.id.in_(last_said), Event.kind != EventKind.OUTCOME_WITHDRAWN)
    answers = sum(count for kind, count in counts.items() if TOPIC_OF[kind] is Topic.ANSWERS)
    latest = db.session.scalars(select(Event).where(*standing).order_by(Event.id.desc()).limit(results)).all()
    return YearTold(
        answers=answers,
        progress=sum(counts.values()) - answers,
        results=db.session.scalar(select(func.count()).select_from(Event).where(*standing)) or 0,
        latest=latest,
        out_of_use=_out_of_use(latest),
    )


def _out_of_use(results: Sequence[Event]) -> frozenset[int]:
    numbers, kinds = [event.about_id for event in results], {event.about_kind for event in results}
    about_them = (Event.about_kind.in_(kinds), Event.about_id.in_(numbers))
    return frozenset(
        db.session.scalars(select(Event.about_id).where(Event.kind == EventKind.NO_LONGER_IN_USE, *about_them))
    )
