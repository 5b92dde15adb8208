"""Any number of people who have one need, made by bulk inserts."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import insert, update

from participation import clock
from participation.accounts.models import Person
from participation.accounts.rules import Language
from participation.extensions import db
from participation.needs.models import Need
from participation.notifications.models import Preference, Subscription
from participation.notifications.rules import Pace, Reason, Topic
from participation.support.models import Support

ROWS_AT_ONCE = 5000
FIRST = 1000
"""The number of the first of them; those made by hand come before."""


def make_people(count: int) -> None:
    """Numbered from FIRST on, in an otherwise small database."""
    for numbers in _portions(count):
        db.session.execute(insert(Person), [_person(number) for number in numbers])
        db.session.commit()


def let_support(need: Need, count: int) -> None:
    """So many of them support the need, and are subscribed to what comes of it."""
    moment = clock.now()
    of_need = {"subject_kind": "need", "subject_id": need.id, "reason": Reason.SUPPORTER, "created_at": moment}
    for numbers in _portions(count):
        supports = [{"need_id": need.id, "person_id": number, "created_at": moment} for number in numbers]
        db.session.execute(insert(Support), supports)
        db.session.execute(insert(Subscription), [{"person_id": number} | of_need for number in numbers])
        db.session.commit()
    db.session.execute(update(Need).where(Need.id == need.id).values(support_count=Need.support_count + count))
    db.session.commit()


def want_daily(count: int) -> None:
    """So many of them want what happens bundled, once a day."""
    for numbers in _portions(count):
        rows = [{"person_id": number, "topic": topic, "pace": Pace.DAILY} for number in numbers for topic in Topic]
        db.session.execute(insert(Preference), rows)
        db.session.commit()


def _portions(count: int) -> Iterator[range]:
    for first in range(FIRST, FIRST + count, ROWS_AT_ONCE):
        yield range(first, min(first + ROWS_AT_ONCE, FIRST + count))


def _person(number: int) -> dict[str, Any]:
    return {
        "id": number,
        "email": f"nabo.{number}@example.org",
        "name": f"Nabo {number}",
        "name_hidden": False,
        "language": list(Language)[number % len(Language)],
        "mail_notices": True,
        "quiet_nights": False,
        "created_at": clock.now(),
    }
