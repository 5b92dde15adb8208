"""What holds for comments."""

from datetime import datetime, timedelta

from participation.permissions import Actor
from participation.refusals import Refusal

COMMENT_MAX_CHARACTERS = 2000
EDIT_MINUTES = 60


def may_edit(actor: Actor, *, author_id: int, created_at: datetime, now: datetime) -> Refusal | None:
    if actor.id != author_id:
        return Refusal.NOT_YOURS
    return Refusal.TOO_LATE_TO_EDIT if now >= created_at + timedelta(minutes=EDIT_MINUTES) else None


def may_reply_to(*, parent_of_parent: int | None) -> Refusal | None:
    """One level of replies: an answer to an answer would be lost on a phone."""
    return Refusal.REPLY_TO_REPLY if parent_of_parent is not None else None
