import pytest

from participation.permissions import GRANTS, Actor, Permission, Role

P = Permission
EVERYONE = {P.PARTICIPATE}
EVERY_EMPLOYEE = EVERYONE | {P.SPEAK_AS_STAFF, P.SEE_WORKBENCH}
TABLE = {
    Role.RESIDENT: EVERYONE,
    Role.STAFF: EVERY_EMPLOYEE,
    Role.CASE_WORKER: EVERY_EMPLOYEE | {P.WORK_ON_NEEDS, P.RUN_PROJECTS, P.WRITE_OUTCOMES, P.SEND_LETTERS},
    Role.COMMUNICATIONS: EVERY_EMPLOYEE | {P.WRITE_OUTCOMES, P.APPROVE_OUTCOMES, P.WRITE_TEMPLATES, P.SEND_LETTERS},
    Role.MODERATOR: EVERY_EMPLOYEE,
    Role.LEADER: EVERY_EMPLOYEE | {P.OVERSEE},
    Role.ADMINISTRATOR: EVERY_EMPLOYEE | {P.ADMINISTER, P.WRITE_TEMPLATES},
}


def test_every_role_stands_in_the_table() -> None:
    assert set(GRANTS) == set(Role)


@pytest.mark.parametrize("role", Role)
def test_a_role_has_exactly_the_permissions_of_the_table(role: Role) -> None:
    actor = Actor(1, frozenset({role}))
    assert {permission for permission in Permission if actor.may(permission)} == TABLE[role]


def test_several_roles_have_what_each_of_them_has() -> None:
    actor = Actor(1, frozenset({Role.CASE_WORKER, Role.COMMUNICATIONS}))
    allowed = {permission for permission in Permission if actor.may(permission)}
    assert allowed == TABLE[Role.CASE_WORKER] | TABLE[Role.COMMUNICATIONS]


def test_a_person_is_a_resident_unless_said_otherwise() -> None:
    assert Actor(1).roles == {Role.RESIDENT}
    assert not Actor(1).is_staff


def test_who_has_no_role_may_nothing() -> None:
    assert not any(Actor(1, frozenset()).may(permission) for permission in Permission)


def test_only_communications_approve_and_only_administrators_administer() -> None:
    assert [role for role in Role if P.APPROVE_OUTCOMES in GRANTS[role]] == [Role.COMMUNICATIONS]
    assert [role for role in Role if P.ADMINISTER in GRANTS[role]] == [Role.ADMINISTRATOR]


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.RESIDENT}))
def test_whoever_is_more_than_a_resident_speaks_as_staff(role: Role) -> None:
    assert Actor(1, frozenset({role})).is_staff
