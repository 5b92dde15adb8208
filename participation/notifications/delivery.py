"""Sends what waits. Safe to run in any number of processes, and to kill at any moment.

A worker takes a batch by moving its `next_attempt_at` a lease ahead, and commits; it marks each mail as sent,
and commits, right after the server took it. A killed worker's batch comes back when the lease ends. Only the one
mail that the server had taken and the worker had not yet marked can go out twice, under the same Message-ID.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select, tuple_, update
from sqlalchemy.orm import joinedload

from participation import clock
from participation.extensions import db
from participation.mail.message import build
from participation.mail.transport import NotAccepted, ServerUnavailable, Transport, connect
from participation.notifications.mails import compose
from participation.notifications.models import Delivery
from participation.notifications.rules import (
    GIVE_UP_AFTER_REFUSALS,
    GIVE_UP_COMPOSING_AFTER,
    DeliveryStatus,
    retry_after,
)
from participation.settings import Settings

BATCH = 50

log = structlog.get_logger()


@dataclass(frozen=True)
class _Batch:
    """The keys of the deliveries taken, and the end of the lease that marks them."""

    keys: list[tuple[int, int]]
    until: datetime


def send_pending(settings: Settings) -> int:
    """Send all that waits and is due; returns how many mails left. Commits after each mail."""
    sent = 0
    while batch := _claim(settings.mail_lease_seconds):
        try:
            with connect(settings) as transport:
                for left in _send_batch(batch, transport, settings):
                    sent += left
        except ServerUnavailable as error:
            _give_back(batch, when=clock.now() + retry_after(0), error=str(error)[:300])
            log.warning("mail_server_unavailable", waiting=len(batch.keys))
            return sent
    return sent


def _claim(lease_seconds: int) -> _Batch | None:
    moment = clock.now()
    due = (
        select(Delivery.event_id, Delivery.person_id)
        .where(Delivery.status == DeliveryStatus.PENDING, Delivery.next_attempt_at <= moment)
        .order_by(Delivery.next_attempt_at, Delivery.event_id, Delivery.person_id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    until = moment + timedelta(seconds=lease_seconds)
    rows = db.session.execute(
        update(Delivery)
        .where(tuple_(Delivery.event_id, Delivery.person_id).in_(due))
        .values(next_attempt_at=until, attempts=Delivery.attempts + 1)
        .returning(Delivery.event_id, Delivery.person_id)
        .execution_options(synchronize_session=False)
    ).all()
    db.session.commit()
    return _Batch([(event_id, person_id) for event_id, person_id in rows], until) if rows else None


def _send_batch(batch: _Batch, transport: Transport, settings: Settings) -> Iterator[bool]:
    """Whether each mail left, as it is known: a server that goes away later takes back none of it."""
    # Half of the lease is left for the mail in flight, so no other worker takes it meanwhile.
    stop_at = time.monotonic() + settings.mail_lease_seconds / 2
    for key in batch.keys:
        if time.monotonic() > stop_at:
            _give_back(batch, when=clock.now())
            break
        yield _send_one(key, transport, settings)


def _send_one(key: tuple[int, int], transport: Transport, settings: Settings) -> bool:
    delivery = db.session.get_one(
        Delivery,
        key,
        options=[joinedload(Delivery.event), joinedload(Delivery.person)],
        populate_existing=True,
    )
    if delivery.status is not DeliveryStatus.PENDING or _no_longer_wanted(delivery):
        db.session.commit()
        return False
    try:
        message = build(compose(delivery), sender=settings.mail_from, site_url=settings.site_url)
    except Exception:
        # One mail that can't be made must not hold up the others; it is tried again, and seen in the log.
        log.exception("mail_not_composed", event_id=key[0], person_id=key[1])
        _note_failure(delivery, "could not be composed", give_up=delivery.attempts >= GIVE_UP_COMPOSING_AFTER)
        return False
    # No transaction is held open while the server takes its time.
    db.session.commit()
    try:
        transport.send(message)
    except NotAccepted as refusal:
        _note_refusal(delivery, refusal)
        return False
    except ServerUnavailable as error:
        # It may be this mail that the server dies of: next time the others go first.
        _try_again(delivery, str(error))
        raise
    delivery.status, delivery.sent_at, delivery.error = DeliveryStatus.SENT, clock.now(), None
    db.session.commit()
    return True


def _no_longer_wanted(delivery: Delivery) -> bool:
    person = delivery.person
    if person.email is None or person.closed_at is not None:
        delivery.status = DeliveryStatus.UNREACHABLE
    elif not person.mail_notices:
        delivery.status = DeliveryStatus.OPTED_OUT
    return delivery.status is not DeliveryStatus.PENDING


def _note_refusal(delivery: Delivery, refusal: NotAccepted) -> None:
    if refusal.permanent:
        delivery.refusals += 1
    _note_failure(delivery, str(refusal), give_up=delivery.refusals >= GIVE_UP_AFTER_REFUSALS)


def _note_failure(delivery: Delivery, error: str, *, give_up: bool) -> None:
    if give_up:
        delivery.status = DeliveryStatus.FAILED
    _try_again(delivery, error)


def _try_again(delivery: Delivery, error: str) -> None:
    delivery.error = error[:300]
    delivery.next_attempt_at = clock.now() + retry_after(delivery.attempts)
    db.session.commit()


def _give_back(batch: _Batch, *, when: datetime, error: str | None = None) -> None:
    """Let go of those of the batch that have not been tried; they still hold the lease."""
    db.session.rollback()
    db.session.execute(
        update(Delivery)
        .where(
            tuple_(Delivery.event_id, Delivery.person_id).in_(batch.keys),
            Delivery.status == DeliveryStatus.PENDING,
            Delivery.next_attempt_at == batch.until,
        )
        .values(next_attempt_at=when, error=error)
        .execution_options(synchronize_session=False)
    )
    db.session.commit()
