"""Who may approve what is written."""

from collections.abc import Collection

from participation.accounts import queries as accounts
from participation.permissions import Permission


def approvers(writers: Collection[int]) -> list[str]:
    """The names of those who may approve what these have written; empty when there is nobody."""
    return [
        person.name
        for person in accounts.people_with_roles()
        if not person.closed_at and person.id not in writers and person.actor.may(Permission.APPROVE_OUTCOMES)
    ]
