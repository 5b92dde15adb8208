"""What holds when accounts are merged or deleted."""

from enum import StrEnum

from participation.permissions import Role
from participation.refusals import Refusal


class Supports(StrEnum):
    """What becomes of the supports of one who deletes their account."""

    STAY = "stay"
    TAKE_BACK = "take_back"


def may_close(roles: frozenset[Role], *, is_merged: bool) -> Refusal | None:
    """Who works here has signed for the municipality: an administrator takes their roles away first."""
    if is_merged:
        return Refusal.ACCOUNT_CLOSED
    return Refusal.HAS_ROLES if roles - {Role.RESIDENT} else None


def may_merge(*, kept_is_closed: bool, gone_is_closed: bool) -> Refusal | None:
    return Refusal.ACCOUNT_CLOSED if kept_is_closed or gone_is_closed else None
