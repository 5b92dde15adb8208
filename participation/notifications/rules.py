"""Who is told of what, and when a mail is tried again."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

RETRY_FIRST_MINUTES = 1
RETRY_LONGEST_MINUTES = 60
GIVE_UP_AFTER_REFUSALS = 3
# Some fifteen hours: time to mend what keeps a mail from being made.
GIVE_UP_COMPOSING_AFTER = 20


class Reason(StrEnum):
    """Why a person is told; the first that holds is the one given."""

    AUTHOR = "author"
    SUPPORTER = "supporter"
    COMMENTER = "commenter"
    FOLLOWER = "follower"


# What ends when a person stops following: what they wrote or support themselves still counts.
ENDED_BY_UNFOLLOWING = (Reason.FOLLOWER, Reason.COMMENTER)


class EventKind(StrEnum):
    RECEIVED = "received"
    ANSWERED = "answered"
    LINKED = "linked"
    PHASE_CHANGED = "phase_changed"
    OUTCOME = "outcome"


class DeliveryStatus(StrEnum):
    PENDING = "pending"
    SENT = "sent"
    FAILED = "failed"
    OPTED_OUT = "opted_out"
    UNREACHABLE = "unreachable"
    ON_PAPER = "on_paper"


@dataclass(frozen=True)
class Subject:
    """What a subscription is to, or an event is about: a kind and the number of one of that kind."""

    kind: str
    id: int


def retry_after(attempts: int) -> timedelta:
    """How long to wait after so many failed attempts: doubling from a minute, an hour at the most."""
    minutes = RETRY_FIRST_MINUTES * 2 ** min(attempts, 10)
    return timedelta(minutes=min(minutes, RETRY_LONGEST_MINUTES))
