"""Telling on paper those whom no mail reaches: who waits, the letters made for them, and that they have left."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, and_, delete, func, or_, select, update
from sqlalchemy.orm import aliased, contains_eager, joinedload

from participation import clock
from participation.accounts.models import Person
from participation.accounts.rules import Language
from participation.audit import service as audit
from participation.extensions import db
from participation.notifications.mails import (
    concerned_needs,
    headline,
    language_note,
    parts_of,
    says_no,
    told_as,
    weighed,
)
from participation.notifications.models import Delivery, Event, EventSubject, LetterBatch, Subscription
from participation.notifications.parts import Part, sentence
from participation.notifications.queries import Heard, first_heard
from participation.notifications.rules import DeliveryStatus, EventKind, Reason, Subject, choose_for_letter
from participation.notifications.service import forget_corrected
from participation.permissions import Actor
from participation.refusals import Refusal, Refused
from participation.web.addresses import settings

# As many as one prints, folds and posts at a time.
LETTERS_A_BATCH = 200
SHOWN = 50
Concerned = dict[tuple[int, int], list[Subject]]


@dataclass(frozen=True)
class Waiting:
    """How many people wait for a letter, and how many would but for an address."""

    people: int
    news: int
    without_address: int


@dataclass(frozen=True)
class BatchLine:
    """A batch with how many letters it holds, or held."""

    batch: LetterBatch
    letters: int
    maker: str


@dataclass(frozen=True)
class News:
    """What one event says on paper, in the reader's language."""

    at: datetime
    headline: str
    parts: tuple[Part, ...] = ()
    """None of what is said in one line."""


@dataclass(frozen=True)
class Letter:
    person_id: int
    name: str
    address: list[str]
    language: Language
    news: list[News]
    """In full, the weightiest first."""
    earlier: list[News]
    """In one line each."""
    left_out: int


def waiting() -> Waiting:
    """Reads those alone whom something has not reached."""
    has_address = Person.postal_address.is_not(None)
    row = db.session.execute(
        select(
            func.count(Person.id.distinct()).filter(has_address),
            func.count().filter(has_address),
            func.count(Person.id.distinct()).filter(Person.postal_address.is_(None)),
        )
        .select_from(Delivery)
        .join(Person, Person.id == Delivery.person_id)
        .where(*_untold(), _beyond_mail())
    ).one()
    return Waiting(*row)


def without_address() -> Sequence[Person]:
    """The first of those whom neither mail nor letter reaches, by name."""
    untold = select(Delivery.person_id).where(*_untold())
    return db.session.scalars(
        select(Person)
        .where(Person.id.in_(untold), _beyond_mail(), Person.postal_address.is_(None))
        .order_by(Person.name, Person.id)
        .limit(SHOWN)
    ).all()


def out_of_reach(person_id: int) -> Person | None:
    """The person, if no mail reaches them."""
    return db.session.scalar(select(Person).where(Person.id == person_id, is_out_of_reach()))


def batches() -> list[BatchLine]:
    """The latest batches, newest first."""
    count = (
        select(func.count(Delivery.person_id.distinct()))
        .where(Delivery.letter_batch_id == LetterBatch.id)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(LetterBatch, count, Person.name)
        .join(Person, Person.id == LetterBatch.made_by)
        .order_by(LetterBatch.id.desc())
        .limit(SHOWN)
    )
    return [BatchLine(batch, letters, maker) for batch, letters, maker in rows]


def readers_not_told() -> Sequence[tuple[int, Person]]:
    """Those with a letter in a batch that is not sent, with the batch's number."""
    letters_made = (
        select(LetterBatch.id, Delivery.person_id)
        .join(LetterBatch, LetterBatch.id == Delivery.letter_batch_id)
        .where(LetterBatch.told_at.is_(None))
        .distinct()
        .subquery()
    )
    rows = db.session.execute(
        select(letters_made.c.id, Person)
        .join(Person, Person.id == letters_made.c.person_id)
        .order_by(Person.name, Person.id)
    )
    return [(batch_id, person) for batch_id, person in rows]


def batch(batch_id: int) -> LetterBatch | None:
    return db.session.get(LetterBatch, batch_id)


def make_batch(actor: Actor) -> LetterBatch:
    """Take what waits for paper, each delivery into one batch alone. Raises Refused(NO_LETTERS_WAIT) on nothing."""
    _forget_corrected()
    made = LetterBatch(made_at=clock.now(), made_by=actor.id)
    db.session.add(made)
    db.session.flush()
    people = (
        select(Delivery.person_id)
        .join(Person, Person.id == Delivery.person_id)
        .where(*_untold(), _beyond_mail(), Person.postal_address.is_not(None))
        .group_by(Delivery.person_id)
        .order_by(Delivery.person_id)
        .limit(LETTERS_A_BATCH)
        .correlate(None)
    )
    # Two clicks at once: the second finds the rows taken when it gets to them.
    taken = db.session.execute(
        update(Delivery)
        .where(*_untold(), Delivery.person_id.in_(people))
        .values(letter_batch_id=made.id)
        .returning(Delivery.person_id)
        .execution_options(synchronize_session=False)
    ).all()
    if not taken:
        raise Refused(Refusal.NO_LETTERS_WAIT)
    _record("letters_made", actor, made.id, letters=len(set(taken)))
    return made


def _forget_corrected() -> None:
    """What was in letters that were let go of, or has come back from an address, may have been set right since."""
    correction = aliased(Event)
    corrected = (
        select(Delivery.event_id).join(correction, correction.corrects_id == Delivery.event_id).where(*_untold())
    )
    for event_id in db.session.scalars(corrected.distinct()).all():
        forget_corrected(event_id, *_untold())


def mark_told(actor: Actor, *, batch_id: int) -> None:
    """Say that the letters have left. Raises Refused(LETTERS_TOLD) when that has been said before."""
    moment = clock.now()
    marked = db.session.execute(
        update(LetterBatch)
        .where(LetterBatch.id == batch_id, LetterBatch.told_at.is_(None))
        .values(told_at=moment, told_by=actor.id)
        .returning(LetterBatch.id)
    ).scalar_one_or_none()
    if marked is None:
        raise Refused(Refusal.LETTERS_TOLD)
    db.session.execute(
        update(Delivery)
        .where(
            Delivery.letter_batch_id == batch_id,
            Delivery.status == DeliveryStatus.UNREACHABLE,
            # To one who has left meanwhile no letter was printed.
            Delivery.person_id.in_(select(Person.id).where(Person.closed_at.is_(None))),
        )
        .values(status=DeliveryStatus.ON_PAPER, sent_at=moment)
        .execution_options(synchronize_session=False)
    )
    _record("letters_told", actor, batch_id)


def dissolve(actor: Actor, *, batch_id: int) -> None:
    """Let what a batch holds wait again. Raises Refused(LETTERS_TOLD) when its letters have left, or it is no more."""
    held = db.session.scalar(
        select(LetterBatch.id).where(LetterBatch.id == batch_id, LetterBatch.told_at.is_(None)).with_for_update()
    )
    if held is None:
        raise Refused(Refusal.LETTERS_TOLD)
    db.session.execute(
        update(Delivery)
        .where(Delivery.letter_batch_id == batch_id)
        .values(letter_batch_id=None)
        .execution_options(synchronize_session=False)
    )
    db.session.execute(delete(LetterBatch).where(LetterBatch.id == batch_id))
    _record("letters_dissolved", actor, batch_id)


def letters(batch_id: int) -> list[Letter]:
    """The batch's letters in the order of names, each with its news.

    Three queries, however many; two more where something has been put right.
    """
    rows = db.session.scalars(_of_batch(batch_id)).all()
    own, heard = _concerned(batch_id), first_heard(rows)
    made_at = db.session.get_one(LetterBatch, batch_id).made_at
    return [
        _letter(list(group), own, heard, now=made_at)
        for _person_id, group in groupby(rows, key=lambda row: row.person_id)
    ]


def _of_batch(batch_id: int) -> Select[Delivery]:
    return (
        select(Delivery)
        .join(Delivery.person)
        .where(Delivery.letter_batch_id == batch_id, Person.closed_at.is_(None))
        .options(joinedload(Delivery.event), contains_eager(Delivery.person))
        .order_by(Person.name, Person.id, Delivery.event_id)
    )


def _concerned(batch_id: int) -> Concerned:
    """What of each event is the reader's own, by event and person; all of it when they subscribe to none."""
    mine = (
        select(Subscription.person_id)
        .where(
            Subscription.person_id == Delivery.person_id,
            Subscription.subject_kind == EventSubject.subject_kind,
            Subscription.subject_id == EventSubject.subject_id,
        )
        .exists()
    )
    rows = db.session.execute(
        select(Delivery.event_id, Delivery.person_id, EventSubject.subject_kind, EventSubject.subject_id, mine)
        .join(EventSubject, EventSubject.event_id == Delivery.event_id)
        .where(Delivery.letter_batch_id == batch_id)
        .order_by(EventSubject.subject_id)
    )
    own: Concerned = {}
    everything: Concerned = {}
    for event_id, person_id, kind, number, is_mine in rows:
        for found in (everything, own) if is_mine else (everything,):
            found.setdefault((event_id, person_id), []).append(Subject(kind, number))
    return everything | own


def _letter(deliveries: Sequence[Delivery], own: Concerned, heard: Heard, *, now: datetime) -> Letter:
    person = deliveries[0].person
    chosen = choose_for_letter([weighed(row.event, _needs(row, own)) for row in deliveries], now=now)
    with force_locale(person.language.value):
        news = [_news(deliveries[place], own, heard) for place in chosen.full]
        earlier = [_in_one_line(deliveries[place], own, heard) for place in chosen.brief]
    return Letter(
        person_id=person.id,
        name=person.name,
        address=(person.postal_address or "").splitlines(),
        language=person.language,
        news=news,
        earlier=earlier,
        left_out=chosen.left_out,
    )


def _news(delivery: Delivery, own: Concerned, heard: Heard) -> News:
    """What the mail of its own would tell, and how to go on without one."""
    event, needs = delivery.event, _needs(delivery, own)
    kind = told_as(delivery, needs, heard)
    told = parts_of(delivery, needs, kind=kind)
    parts = (*_in_bokmal(event, told), *told, *_ways_on(delivery, needs))
    return News(event.at, headline(event, needs, kind=kind), parts)


def _in_one_line(delivery: Delivery, own: Concerned, heard: Heard) -> News:
    event, needs = delivery.event, _needs(delivery, own)
    return News(event.at, headline(event, needs, kind=told_as(delivery, needs, heard)))


def _needs(delivery: Delivery, own: Concerned) -> list[dict[str, Any]]:
    return concerned_needs(delivery.event.facts, own.get((delivery.event_id, delivery.person_id), []))


def _in_bokmal(event: Event, told: Sequence[Part]) -> Iterator[Part]:
    """Said to those who read another language, as the mails do."""
    words = language_note(event.facts, told)
    if words:
        yield sentence(words)


def _ways_on(delivery: Delivery, needs: list[dict[str, Any]]) -> Iterator[Part]:
    """How to do by phone or in person what a mail has a link for."""
    ours, event = settings(), delivery.event
    if event.kind is EventKind.DID_IT_HELP:
        yield sentence(
            _(
                "To answer, call or visit %(municipality)s, and say whether it helped you: yes, in part or no. "
                "We write it down for you. Or sign in at %(address)s, and answer there.",
                municipality=ours.municipality_name,
                address=ours.site_url,
            )
        )
    if delivery.reason is Reason.AUTHOR and any(says_no(event, need) for need in needs):
        yield sentence(
            _(
                "If you have not done so before, you can ask for a new assessment. Call or visit %(municipality)s, "
                "and say why we should look at it again.",
                municipality=ours.municipality_name,
            )
        )


def _untold() -> tuple[ColumnElement[bool], ...]:
    """Nobody has told it, and nobody is about to; what staff are told belongs to their work, not in the post."""
    return (
        Delivery.status == DeliveryStatus.UNREACHABLE,
        Delivery.letter_batch_id.is_(None),
        Delivery.reason != Reason.STAFF,
    )


def _beyond_mail() -> ColumnElement[bool]:
    """No mail reaches them, and they want to be told."""
    return and_(Person.mail_notices, is_out_of_reach())


def is_out_of_reach() -> ColumnElement[bool]:
    """No mail reaches the person."""
    return and_(Person.closed_at.is_(None), or_(Person.email.is_(None), Person.mail_failed_at.is_not(None)))


def _record(action: str, actor: Actor, batch_id: int, **facts: int) -> None:
    audit.record(action, actor_id=actor.id, kind="letter_batch", object_id=batch_id, **facts)
