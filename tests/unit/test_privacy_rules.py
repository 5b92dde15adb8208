from participation.permissions import Role
from participation.privacy.rules import may_close, may_merge
from participation.refusals import Refusal


def test_residents_may_delete_their_account() -> None:
    assert may_close(frozenset({Role.RESIDENT}), is_merged=False) is None


def test_who_has_a_role_as_staff_may_not() -> None:
    for role in set(Role) - {Role.RESIDENT}:
        assert may_close(frozenset({Role.RESIDENT, role}), is_merged=False) is Refusal.HAS_ROLES


def test_an_account_that_became_part_of_another_can_not_be_deleted() -> None:
    assert may_close(frozenset({Role.RESIDENT}), is_merged=True) is Refusal.ACCOUNT_CLOSED


def test_closed_accounts_are_not_merged_either_way_round() -> None:
    assert may_merge(kept_is_closed=True, gone_is_closed=False) is Refusal.ACCOUNT_CLOSED
    assert may_merge(kept_is_closed=False, gone_is_closed=True) is Refusal.ACCOUNT_CLOSED
    assert may_merge(kept_is_closed=False, gone_is_closed=False) is None
