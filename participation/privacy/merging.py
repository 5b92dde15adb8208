"""Makes one account of two that are the same person's, so that one person has one voice (decision 0025)."""

from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from participation.accounts.former import empty, keep_address
from participation.accounts.models import Person
from participation.accounts.sessions import end_all_sessions
from participation.audit import service as audit
from participation.comments.models import Comment
from participation.extensions import db
from participation.needs.models import Need, NeedDraft
from participation.notifications.models import Subscription
from participation.notifications.rules import Reason
from participation.outcomes import feedback
from participation.permissions import Actor
from participation.privacy.references import MOVED, UNITED
from participation.privacy.rules import may_merge
from participation.privacy.uniting import move, unite, unite_bounces, unite_deliveries
from participation.refusals import ensure
from participation.support import service as support
from participation.support.models import Support


@dataclass(frozen=True, kw_only=True)
class Preview:
    """How much of the account that goes moves to the one that is kept."""

    supports: int
    supports_in_both: int
    """How many of those the kept account has given too: they count once."""
    comments: int
    follows: int
    needs: int
    drafts: int


def preview(kept: Person, gone: Person) -> Preview:
    """What will move; nothing is changed."""
    theirs = aliased(Support)
    of_kept = select(theirs.need_id).where(theirs.person_id == kept.id)
    return Preview(
        supports=_count(Support.person_id == gone.id),
        supports_in_both=_count(Support.person_id == gone.id, Support.need_id.in_(of_kept)),
        comments=_count(Comment.author_id == gone.id),
        follows=_count(Subscription.person_id == gone.id, Subscription.reason == Reason.FOLLOWER),
        needs=_count(Need.author_id == gone.id),
        drafts=_count(NeedDraft.person_id == gone.id),
    )


def _count(*which: Any) -> int:
    return db.session.scalar(select(func.count()).where(*which)) or 0


def merge(actor: Actor, *, kept: Person, gone: Person) -> bool:
    """Make the one account part of the other; False when that had been done before.

    All sessions of both end: the caller opens a new one. Raises Refused(ACCOUNT_CLOSED) where either is closed.
    """
    if kept.id == gone.id:
        raise ValueError("an account can't become part of itself")
    _hold(kept, gone)
    if gone.merged_into_id == kept.id:
        return False
    ensure(may_merge(kept_is_closed=kept.closed_at is not None, gone_is_closed=gone.closed_at is not None))
    moved = preview(kept, gone)
    _unite_rows(kept, gone)
    _unite_people(kept, gone)
    for person in (kept, gone):
        end_all_sessions(person.id)
    audit.record(
        "accounts_merged", actor_id=actor.id, kind="person", object_id=kept.id, gone=gone.id, moved=asdict(moved)
    )
    db.session.flush()
    db.session.expire(kept, ["roles"])
    db.session.expire(gone, ["roles"])
    return True


def _hold(*people: Person) -> None:
    """Both, in the order of their numbers: two merges at once then wait for each other, and never in a ring."""
    db.session.flush()
    db.session.scalars(
        select(Person)
        .where(Person.id.in_([person.id for person in people]))
        .order_by(Person.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def _unite_rows(kept: Person, gone: Person) -> None:
    both = {"kept": kept.id, "gone": gone.id}
    support.unite(**both)
    feedback.unite(**both)
    unite_deliveries(**both)
    unite_bounces(**both, address_moves=kept.email is None)
    for column in UNITED:
        unite(column, **both)
    for column in MOVED:
        move(column, **both)


def _unite_people(kept: Person, gone: Person) -> None:
    """The kept one's own comes first. A no to something, from either, is still a no."""
    email, mail_failed_at = gone.email, gone.mail_failed_at
    postal = gone.postal_address, gone.postal_key
    kept.name_hidden = kept.name_hidden or gone.name_hidden
    kept.mail_notices = kept.mail_notices and gone.mail_notices
    kept.quiet_nights = kept.quiet_nights or gone.quiet_nights
    kept.unit = kept.unit or gone.unit
    gone.merged_into_id = kept.id
    # Written before the other takes the address: it can be one person's only.
    empty(gone)
    if kept.email is None:
        kept.email, kept.mail_failed_at = email, mail_failed_at
    elif email is not None:
        keep_address(kept.id, email)
    if kept.postal_key is None:
        kept.postal_address, kept.postal_key = postal
