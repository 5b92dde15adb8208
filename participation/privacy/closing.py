"""Deletes accounts. The person says whether their voice goes with them; nobody gets a second one (decision 0025)."""

from sqlalchemy import ColumnElement, delete, exists, or_, select, update

from participation.accounts.former import empty, forget_ways_in, keep_digests_only
from participation.accounts.models import (
    Passkey,
    Person,
    PersonRole,
    SignInAttempt,
    SignInLink,
    SignInSession,
)
from participation.audit import service as audit
from participation.extensions import db
from participation.needs.models import NeedDraft
from participation.notifications.models import Bounce, Delivery, Mute, Preference, Subscription
from participation.notifications.rules import DeliveryStatus
from participation.outcomes import feedback
from participation.privacy.references import Column, signed_as_staff
from participation.privacy.rules import Supports, may_close
from participation.refusals import Refusal, ensure
from participation.support import service as support

_NOTHING_WITHOUT_THEM: tuple[Column, ...] = (
    SignInSession.person_id,
    SignInLink.for_person_id,
    SignInAttempt.person_id,
    Passkey.person_id,
    PersonRole.person_id,
    NeedDraft.person_id,
    Subscription.person_id,
    Mute.person_id,
    Preference.person_id,
    Bounce.person_id,
)
_NOT_TOLD = (DeliveryStatus.PENDING, DeliveryStatus.UNREACHABLE)


def closing_refusal(person: Person) -> Refusal | None:
    """Why the person can't delete their account, if they can't."""
    return may_close(person.actor.roles, is_merged=person.merged_into_id is not None)


def close(person: Person, *, supports: Supports) -> bool:
    """Delete the person's account; False when that had been done before. What they have written stays, without a name.

    Raises Refused(HAS_ROLES) for staff, and Refused(ACCOUNT_CLOSED) where it has become part of another.
    """
    db.session.flush()
    db.session.refresh(person, with_for_update=True)
    ensure(closing_refusal(person))
    if person.closed_at is not None:
        return False
    if supports is Supports.TAKE_BACK:
        support.withdraw_all(person.id)
        forget_ways_in(person.id)
    else:
        keep_digests_only(person)
    feedback.take_back_consent(person.id)
    _delete_theirs(person)
    empty(person, keep_name=has_signed(person.id))
    audit.record("account_closed", actor_id=person.id, kind="person", object_id=person.id, supports=supports)
    db.session.flush()
    db.session.expire(person, ["roles"])
    return True


def has_signed(person_id: int) -> bool:
    """Whether their name stands under what they did as staff: a letter from the municipality keeps who signed it."""
    return bool(db.session.scalar(select(or_(*(exists().where(row) for row in signed_as_staff(person_id))))))


def _delete_theirs(person: Person) -> None:
    """What is nobody's business any more, or nothing without them. That they were told stays: it says how many were."""
    for column in _NOTHING_WITHOUT_THEM:
        _delete(column == person.id, of=column)
    _delete(SignInLink.email == person.email, of=SignInLink.email)
    _delete(Delivery.person_id == person.id, Delivery.status.in_(_NOT_TOLD), of=Delivery.person_id)
    db.session.execute(
        update(Delivery)
        .where(Delivery.person_id == person.id, Delivery.error.is_not(None))
        .values(error=None)
        .execution_options(synchronize_session=False)
    )


def _delete(*which: ColumnElement[bool], of: Column) -> None:
    db.session.execute(delete(of.class_).where(*which).execution_options(synchronize_session=False))
