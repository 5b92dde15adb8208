"""Builds the demo municipality through the services, as its people would have."""

from collections.abc import Callable

from sqlalchemy import select

from participation.accounts.models import Person
from participation.extensions import db
from participation.settings import Settings


def is_empty() -> bool:
    return db.session.scalar(select(Person.id).limit(1)) is None


def build(number: int, *, settings: Settings, say: Callable[[str], None]) -> None:
    """Build the town that belongs to the number, saying how far it has come."""
