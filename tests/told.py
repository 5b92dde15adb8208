"""Reads back what people were told and what the database holds, as the tests' claims name them."""

from sqlalchemy import func, select

from participation.accounts.models import Person
from participation.extensions import db
from participation.needs.models import Need, NeedUpdate
from participation.notifications.models import Delivery, Event
from participation.notifications.rules import DeliveryStatus, EventKind, Reason

Told = dict[str, tuple[Reason, DeliveryStatus]]


def stored(need: Need) -> Need:
    """The need as the database now has it."""
    return db.session.get_one(Need, need.id, populate_existing=True)


def events(kind: EventKind) -> list[Event]:
    return list(db.session.scalars(select(Event).where(Event.kind == kind).order_by(Event.id)))


def told_of(event: Event) -> Told:
    """Who was told of the event: by name, why, and how it went."""
    rows = db.session.execute(
        select(Person.name, Delivery.reason, Delivery.status)
        .join(Person, Person.id == Delivery.person_id)
        .where(Delivery.event_id == event.id)
    ).all()
    assert len({name for name, _, _ in rows}) == len(rows)
    return {name: (reason, status) for name, reason, status in rows}


def told(kind: EventKind) -> Told:
    """The same for the one event of its kind that there is."""
    (event,) = events(kind)
    return told_of(event)


def lines(need: Need) -> list[NeedUpdate]:
    """The need's timeline."""
    return list(db.session.scalars(select(NeedUpdate).where(NeedUpdate.need_id == need.id).order_by(NeedUpdate.id)))


def rows_in_all_tables() -> dict[str, int]:
    return {
        table.name: db.session.scalar(select(func.count()).select_from(table)) or 0
        for table in db.metadata.sorted_tables
    }


def everything_kept() -> str:
    """Every value of every row, as text."""
    return "\n".join(
        repr(tuple(row))
        for table in db.metadata.sorted_tables
        for row in db.session.execute(table.select().order_by(*table.primary_key))
    )
