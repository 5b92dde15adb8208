"""Gives an account that was deleted back to the person who returns to it (decision 0025)."""

from sqlalchemy import literal, select

from participation import clock
from participation.accounts import former
from participation.accounts.models import Person
from participation.accounts.rules import Language
from participation.database import insert
from participation.extensions import db
from participation.needs.models import SUBJECT_KIND, Need
from participation.notifications.models import Subscription
from participation.notifications.rules import Reason
from participation.support.models import Support


def reopen(person: Person, *, name: str, email: str | None = None, language: Language = Language.BOKMAL) -> bool:
    """Open the person's closed account under the name they now give: what they supported is theirs again.

    For one who has shown in another way than by their former address that it is theirs; `accounts.service.use_link`
    sees to that one. False when it was opened in this very moment by another of their sign-ins.
    Raises Refused(ACCOUNT_CLOSED) for an account that has become part of another.
    """
    return former.reopen(person, name=name, email=email, language=language)


def subscribe_again(person_id: int) -> None:
    """Tell who is back of what comes of the needs that they have reported, and of those that they support."""
    supported = select(Support.need_id).where(Support.person_id == person_id)
    written = select(Need.id).where(Need.author_id == person_id)
    dialect = db.session.get_bind().dialect.name
    for needs, column, reason in (
        (supported, Support.need_id, Reason.SUPPORTER),
        (written, Need.id, Reason.AUTHOR),
    ):
        values = (SUBJECT_KIND, person_id, reason.value, clock.now())
        types = (Subscription.subject_kind, Subscription.person_id, Subscription.reason, Subscription.created_at)
        rows = needs.with_only_columns(
            column, *(literal(value, field.type) for value, field in zip(values, types, strict=True))
        )
        names = [Subscription.subject_id.key, *(field.key for field in types)]
        db.session.execute(insert(Subscription, dialect).from_select(names, rows).on_conflict_do_nothing())
