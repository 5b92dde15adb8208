"""Moves what is one person's to another, a statement a table, however much there is of it."""

from typing import Any

from sqlalchemy import ColumnElement, and_, case, delete, exists, select, update
from sqlalchemy.orm import aliased

from participation.accounts.models import Person
from participation.extensions import db
from participation.notifications.models import Bounce, Delivery
from participation.notifications.rules import DeliveryStatus
from participation.privacy.references import Column


def move(column: Column, *, kept: int, gone: int) -> None:
    db.session.execute(
        update(column.class_)
        .where(column == gone)
        .values({column.key: kept})
        .execution_options(synchronize_session=False)
    )


def unite(column: Column, *, kept: int, gone: int) -> None:
    """Drop what both have from the one that goes, and move the rest."""
    model = column.class_
    other = aliased(model)
    same = [
        getattr(other, key.name) == getattr(model, key.name)
        for key in model.__table__.primary_key
        if key.name != column.key
    ]
    _delete(model, column == gone, exists().where(getattr(other, column.key) == kept, *same))
    move(column, kept=kept, gone=gone)


def unite_deliveries(*, kept: int, gone: int) -> None:
    """Of two deliveries of the same event the one that says more stays: who has been told is not told again."""
    other = aliased(Delivery)
    same = Delivery.event_id == other.event_id
    says_less = _says_little(Delivery) > _says_little(other)
    _delete(Delivery, Delivery.person_id == kept, exists().where(other.person_id == gone, same, says_less))
    unite(Delivery.person_id, kept=kept, gone=gone)


def _says_little(delivery: type[Delivery]) -> ColumnElement[int]:
    """The lower, the more it says; a letter that is made may have been posted."""
    in_a_letter = and_(delivery.status == DeliveryStatus.UNREACHABLE, delivery.letter_batch_id.is_not(None))
    return case(
        (delivery.status == DeliveryStatus.SENT, 0),
        (delivery.status == DeliveryStatus.ON_PAPER, 1),
        (in_a_letter, 2),
        (delivery.status == DeliveryStatus.PENDING, 3),
        (delivery.status == DeliveryStatus.OPTED_OUT, 4),
        (delivery.status == DeliveryStatus.FAILED, 5),
        else_=6,
    )


def unite_bounces(*, kept: int, gone: int, address_moves: bool) -> None:
    """What came back speaks of the address it was sent to: it comes along with that, or goes."""
    if address_moves:
        move(Bounce.person_id, kept=kept, gone=gone)
    else:
        _delete(Bounce, Bounce.person_id == gone)


def gather_late_deliveries() -> int:
    """What was announced in the moment of a merge may have come to the account that is no more; how many people's."""
    late = exists().where(Delivery.person_id == Person.id)
    found = db.session.scalars(select(Person).where(Person.merged_into_id.is_not(None), late).order_by(Person.id)).all()
    for gone in found:
        if gone.merged_into_id is not None:
            unite_deliveries(kept=gone.merged_into_id, gone=gone.id)
    return len(found)


def _delete(model: Any, *which: ColumnElement[bool]) -> None:
    db.session.execute(delete(model).where(*which).execution_options(synchronize_session=False))
