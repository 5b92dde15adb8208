"""Mails that come back: after repeated hard failures the address is no longer written to."""

from collections.abc import Sequence
from hashlib import sha256

from sqlalchemy import func, select

from participation import clock
from participation.accounts.models import Person
from participation.audit import service as audit
from participation.database import insert
from participation.extensions import db
from participation.notifications.models import Bounce, Delivery
from participation.notifications.rules import HARD_FAILURES_MAX


def note_hard_failure(deliveries: Sequence[Delivery], diagnostic: str) -> None:
    """Count that the server refused one person's mail for good."""
    key = "-".join(str(delivery.event_id) for delivery in deliveries)
    person = deliveries[0].person
    note_bounce(
        person, mail_key=f"refused-{person.id}-{sha256(key.encode()).hexdigest()}", status="5", diagnostic=diagnostic
    )


def note_bounce(person: Person, *, mail_key: str, status: str, diagnostic: str) -> bool:
    """Count a mail that came back for good; False when it was counted before."""
    row = {
        "mail_key": mail_key[:120],
        "person_id": person.id,
        "at": clock.now(),
        "status": status[:12],
        "diagnostic": diagnostic[:300],
    }
    statement = insert(Bounce, db.session.get_bind().dialect.name).values(row)
    added = db.session.execute(statement.on_conflict_do_nothing().returning(Bounce.id)).scalar_one_or_none()
    if added is None:
        return False
    failures = db.session.scalar(select(func.count()).where(Bounce.person_id == person.id)) or 0
    if failures >= HARD_FAILURES_MAX and person.mail_failed_at is None:
        person.mail_failed_at = clock.now()
        audit.record("mail_failed", actor_id=None, kind="person", object_id=person.id)
    return True
