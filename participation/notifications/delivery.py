"""Sends what waits. Safe to run in any number of processes, and to kill at any moment.

A parcel is what one mail carries: one delivery, or all that a person who wants bundles has waiting. A worker takes a
batch of parcels by moving their `next_attempt_at` a lease ahead, and commits; it marks each parcel as sent, and
commits, right after the server took it. A killed worker's batch comes back when the lease ends. Only the one mail that
the server had taken and the worker had not yet marked can go out twice, under the same Message-ID.

A mail is made of what stands when it is made: what was set right after it was taken is left to the correction.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import NamedTuple

import structlog
from sqlalchemy import Row, exists, select, tuple_, update
from sqlalchemy.orm import aliased, joinedload
from sqlalchemy.orm.exc import StaleDataError

from participation import clock
from participation.accounts.models import Person
from participation.extensions import db
from participation.mail.faults import Fault, without_addresses
from participation.mail.message import build
from participation.mail.transport import NotAccepted, ServerUnavailable, Transport, connect
from participation.notifications.bounces import note_hard_failure
from participation.notifications.mails import compose
from participation.notifications.models import Delivery, Event
from participation.notifications.rules import (
    BREAKS_QUIET,
    GIVE_UP_AFTER_REFUSALS,
    GIVE_UP_COMPOSING_AFTER,
    DeliveryStatus,
    Pace,
    QuietHours,
    is_refused_too_long,
    retry_after,
)
from participation.notifications.service import forget_corrected
from participation.settings import Settings

BATCH = 50
# So many due deliveries are looked through for people to make bundles for, however many there are.
LOOKED_THROUGH = 10 * BATCH
# More than a person reads in one mail; the rest goes in another.
MOST_IN_A_BUNDLE = 100

log = structlog.get_logger()

Key = tuple[int, int]
Parcel = list[Key]


@dataclass(frozen=True)
class _Batch:
    """The parcels taken, as keys of deliveries, and the end of the lease that marks them."""

    parcels: list[Parcel]
    until: datetime

    @property
    def keys(self) -> list[Key]:
        return [key for parcel in self.parcels for key in parcel]


def send_pending(settings: Settings) -> int:
    """Send all that waits and is due; returns how many mails left. Commits after each mail."""
    return sum(_send_all(claim, settings) for claim in (_claim_single, _claim_bundles))


def _send_all(claim: Callable[[datetime], list[Parcel]], settings: Settings) -> int:
    sent = 0
    while batch := _take(claim, settings.mail_lease_seconds):
        try:
            with connect(settings) as transport:
                for left in _send_batch(batch, transport, settings):
                    sent += left
        except ServerUnavailable as error:
            _give_back(batch, when=clock.now() + retry_after(0), error=_why(error))
            log.warning("mail_server_unavailable", waiting=len(batch.keys), reason=_why(error))
            return sent
    return sent


def _why(error: ServerUnavailable) -> str:
    return without_addresses(str(error))[:300]


def _take(claim: Callable[[datetime], list[Parcel]], lease_seconds: int) -> _Batch | None:
    until = clock.now() + timedelta(seconds=lease_seconds)
    parcels = claim(until)
    db.session.commit()
    return _Batch(parcels, until) if parcels else None


def _claim_single(until: datetime) -> list[Parcel]:
    """What is told at once: each delivery is a mail of its own."""
    due = (
        select(Delivery.event_id, Delivery.person_id)
        .where(
            Delivery.status == DeliveryStatus.PENDING,
            Delivery.pace == Pace.AT_ONCE,
            Delivery.next_attempt_at <= clock.now(),
        )
        .order_by(Delivery.next_attempt_at, Delivery.event_id, Delivery.person_id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    rows = db.session.execute(
        update(Delivery)
        .where(tuple_(Delivery.event_id, Delivery.person_id).in_(due))
        .values(next_attempt_at=until, attempts=Delivery.attempts + 1)
        .returning(Delivery.event_id, Delivery.person_id, Delivery.attempts)
        .execution_options(synchronize_session=False)
    ).all()
    # The least tried first: it may be of the others that the server dies.
    return [[(row.event_id, row.person_id)] for row in sorted(rows, key=lambda row: (row.attempts, *row))]


def _claim_bundles(until: datetime) -> list[Parcel]:
    """What people want bundled: all that is due to a person is one mail. Reads only those who have something due."""
    due = (
        Delivery.status == DeliveryStatus.PENDING,
        Delivery.pace != Pace.AT_ONCE,
        Delivery.next_attempt_at <= clock.now(),
    )
    waiting = select(Delivery.person_id).where(*due).order_by(Delivery.next_attempt_at).limit(LOOKED_THROUGH)
    # The person is held, so that no two workers take parts of the same bundle.
    people = db.session.scalars(
        select(Person.id)
        .where(Person.id.in_(waiting))
        .order_by(Person.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True, key_share=True)
    ).all()
    found = db.session.execute(
        select(Delivery.event_id, Delivery.person_id, Delivery.attempts, Delivery.next_attempt_at)
        .where(*due, Delivery.person_id.in_(people))
        .order_by(Delivery.person_id, Delivery.event_id)
    ).all()
    bundles = [_one_bundle([_Due(*row) for row in rows]) for _person, rows in groupby(found, key=lambda row: row[1])]
    wanted = [[(one.event_id, one.person_id) for one in bundle] for bundle in sorted(bundles, key=_tries)]
    rows = db.session.execute(
        update(Delivery)
        .where(tuple_(Delivery.event_id, Delivery.person_id).in_([key for keys in wanted for key in keys]), *due)
        .values(next_attempt_at=until, attempts=Delivery.attempts + 1)
        .returning(Delivery.event_id, Delivery.person_id)
        .execution_options(synchronize_session=False)
    ).all()
    taken = {_key(row) for row in rows}
    parcels = ([key for key in keys if key in taken] for keys in wanted)
    return [parcel for parcel in parcels if parcel]


class _Due(NamedTuple):
    event_id: int
    person_id: int
    attempts: int
    since: datetime


def _tries(bundle: list[_Due]) -> int:
    return max(one.attempts for one in bundle)


def _one_bundle(due: list[_Due]) -> list[_Due]:
    """What goes into one person's mail. A bundle that has been tried goes again whole and alone, so that under its
    Message-ID it is the same mail; what has come since waits for the one after."""
    tried = [one for one in due if one.attempts]
    oldest = min((one.since for one in tried), default=None)
    chosen = [one for one in tried if one.since == oldest] if tried else due
    return chosen[:MOST_IN_A_BUNDLE]


def _key(row: Row[int, int]) -> Key:
    event_id, person_id = row
    return event_id, person_id


def _send_batch(batch: _Batch, transport: Transport, settings: Settings) -> Iterator[bool]:
    """Whether each mail left, as it is known: a server that goes away later takes back none of it."""
    # Half of the lease is left for the mail in flight, so no other worker takes it meanwhile.
    stop_at = time.monotonic() + settings.mail_lease_seconds / 2
    for parcel in batch.parcels:
        if time.monotonic() > stop_at:
            _give_back(batch, when=clock.now())
            break
        try:
            yield _send_one(parcel, transport, settings)
        except StaleDataError:
            # The lease ended while the server took its time, and what the mail says was set right meanwhile.
            db.session.rollback()


def _send_one(parcel: Parcel, transport: Transport, settings: Settings) -> bool:
    deliveries = [delivery for delivery in _load(parcel) if _is_wanted(delivery)]
    if not deliveries or _is_put_off(deliveries, settings):
        db.session.commit()
        return False
    try:
        message = build(compose(deliveries), sender=settings.mail_from, site_url=settings.site_url)
    except Exception:
        # One mail that can't be made must not hold up the others; it is tried again, and seen in the log.
        log.exception("mail_not_composed", deliveries=parcel)
        tried = max(delivery.attempts for delivery in deliveries)
        _note_failure(deliveries, "could not be composed", give_up=tried >= GIVE_UP_COMPOSING_AFTER)
        return False
    # No transaction is held open while the server takes its time.
    db.session.commit()
    try:
        transport.send(message)
    except NotAccepted as refusal:
        _note_refusal(deliveries, refusal)
        return False
    except ServerUnavailable as error:
        # It may be this mail that the server dies of: next time the others go first.
        _try_again(deliveries, str(error))
        raise
    # The same moment for all: what was sent together is found together when it comes back.
    sent_at = clock.now()
    for delivery in deliveries:
        delivery.status, delivery.sent_at, delivery.error = DeliveryStatus.SENT, sent_at, None
    try:
        db.session.commit()
    except StaleDataError:
        db.session.rollback()
        return _mark_where_it_is_now(parcel, sent_at)
    return True


def _mark_where_it_is_now(parcel: Parcel, sent_at: datetime) -> bool:
    """The reader's account became part of another while the mail was on its way; they have been told all the same."""
    event_ids, person_ids = zip(*parcel, strict=True)
    readers = select(Person.merged_into_id).where(Person.id.in_(person_ids), Person.merged_into_id.is_not(None))
    marked = db.session.execute(
        update(Delivery)
        .where(
            Delivery.event_id.in_(event_ids),
            Delivery.person_id.in_(readers),
            Delivery.status == DeliveryStatus.PENDING,
        )
        .values(status=DeliveryStatus.SENT, sent_at=sent_at, error=None)
        .returning(Delivery.event_id)
        .execution_options(synchronize_session=False)
    ).all()
    db.session.commit()
    return bool(marked)


def _load(parcel: Parcel) -> Sequence[Delivery]:
    """What of the parcel is still there to be sent, also after what has been set right since it was taken."""
    correction = aliased(Event)
    rows = db.session.execute(
        select(Delivery, exists().where(correction.corrects_id == Delivery.event_id))
        .where(tuple_(Delivery.event_id, Delivery.person_id).in_(parcel))
        .options(joinedload(Delivery.event), joinedload(Delivery.person))
        .order_by(Delivery.event_id)
        .execution_options(populate_existing=True)
    ).all()
    return [delivery for delivery, corrected in rows if not (corrected and _is_told_in_correction(delivery))]


def _is_told_in_correction(delivery: Delivery) -> bool:
    mine = (Delivery.person_id == delivery.person_id, Delivery.status == DeliveryStatus.PENDING)
    return forget_corrected(delivery.event_id, *mine) > 0


def _is_wanted(delivery: Delivery) -> bool:
    """Whether it is still to be sent; one that can't be, or is no longer wanted, is marked so."""
    person = delivery.person
    if delivery.status is not DeliveryStatus.PENDING or person.merged_into_id is not None:
        return False
    if person.email is None or person.closed_at is not None or person.mail_failed_at is not None:
        delivery.status = DeliveryStatus.UNREACHABLE
    elif not person.mail_notices:
        delivery.status = DeliveryStatus.OPTED_OUT
    return delivery.status is DeliveryStatus.PENDING


def _is_put_off(deliveries: Sequence[Delivery], settings: Settings) -> bool:
    """Whether it is night to someone who wants it quiet; the whole parcel then waits for the morning."""
    moment = clock.now()
    quiet = QuietHours(settings.quiet_from_hour, settings.quiet_to_hour)
    breaks_quiet = any(delivery.event.kind in BREAKS_QUIET for delivery in deliveries) and len(deliveries) == 1
    if not deliveries[0].person.quiet_nights or breaks_quiet or not quiet.holds(moment):
        return False
    for delivery in deliveries:
        delivery.next_attempt_at = quiet.first_after(moment)
        delivery.attempts -= 1
    return True


def _note_refusal(deliveries: Sequence[Delivery], refusal: NotAccepted) -> None:
    is_gone = refusal.fault is Fault.MAILBOX
    for delivery in deliveries:
        delivery.refusals += is_gone
    if is_gone and max(delivery.refusals for delivery in deliveries) >= GIVE_UP_AFTER_REFUSALS:
        _give_up(deliveries)
        note_hard_failure(deliveries, str(refusal))
    elif refusal.fault is Fault.MAIL and is_refused_too_long(max(delivery.attempts for delivery in deliveries)):
        _give_up(deliveries)
    _try_again(deliveries, str(refusal))


def _note_failure(deliveries: Sequence[Delivery], error: str, *, give_up: bool) -> None:
    if give_up:
        _give_up(deliveries)
    _try_again(deliveries, error)


def _give_up(deliveries: Sequence[Delivery]) -> None:
    for delivery in deliveries:
        delivery.status = DeliveryStatus.FAILED


def _try_again(deliveries: Sequence[Delivery], error: str) -> None:
    """Put the parcel off, and all of it to the same moment."""
    when = clock.now() + retry_after(max(delivery.attempts for delivery in deliveries))
    for delivery in deliveries:
        delivery.error, delivery.next_attempt_at = without_addresses(error)[:300], when
    db.session.commit()


def _give_back(batch: _Batch, *, when: datetime, error: str | None = None) -> None:
    """Let go of those of the batch that have not been tried; they still hold the lease, and this was no attempt."""
    db.session.rollback()
    db.session.execute(
        update(Delivery)
        .where(
            tuple_(Delivery.event_id, Delivery.person_id).in_(batch.keys),
            Delivery.status == DeliveryStatus.PENDING,
            Delivery.next_attempt_at == batch.until,
        )
        .values(next_attempt_at=when, error=error, attempts=Delivery.attempts - 1)
        .execution_options(synchronize_session=False)
    )
    db.session.commit()
