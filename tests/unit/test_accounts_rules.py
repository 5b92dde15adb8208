from datetime import UTC, datetime, timedelta

import pytest

from participation.accounts.queries import tidy_email, token_hash
from participation.accounts.rules import (
    BY_DEMO,
    BY_LINK,
    LINK_SESSION,
    Step,
    counter_went_back,
    is_asked_for_passkey,
    link_expires,
    may_delete_passkey,
    may_make_passkey,
    may_use_link,
    step_left,
)
from participation.permissions import Actor, Role
from participation.refusals import Refusal
from participation.settings_passkeys import PasskeysRequired

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("minutes", "refusal"), [(0, None), (14, None), (15, Refusal.LINK_SPENT), (60, Refusal.LINK_SPENT)]
)
def test_a_link_works_for_fifteen_minutes(minutes: int, refusal: Refusal | None) -> None:
    now = NOON + timedelta(minutes=minutes)
    assert may_use_link(now=now, expires_at=link_expires(NOON), used_at=None) is refusal


def test_a_used_link_is_spent() -> None:
    assert may_use_link(now=NOON, expires_at=link_expires(NOON), used_at=NOON) is Refusal.LINK_SPENT


def test_a_link_that_has_not_been_sent_yet_opens_nothing() -> None:
    assert may_use_link(now=NOON, expires_at=None, used_at=None) is Refusal.LINK_SPENT


def test_a_sign_in_lasts_two_weeks() -> None:
    assert LINK_SESSION.most == timedelta(days=14)


@pytest.mark.parametrize("written", ["Astrid@Example.org", "  astrid@example.org ", "ASTRID@EXAMPLE.ORG"])
def test_an_address_is_the_same_however_it_is_written(written: str) -> None:
    assert tidy_email(written) == "astrid@example.org"


def test_two_domains_that_look_alike_are_two_addresses() -> None:
    assert tidy_email("kari@straße.example.org") != tidy_email("kari@strasse.example.org")


@pytest.mark.parametrize("written", ["kari@BLÅBÆR.no", "Kari@blåbær.no", "kari@xn--blbr-roah.no"])
def test_a_domain_is_kept_as_mail_servers_know_it(written: str) -> None:
    assert tidy_email(written) == "kari@xn--blbr-roah.no"


def test_what_is_no_address_is_nobodys_and_harms_nothing() -> None:
    assert tidy_email(" Kari ") == "kari"


def test_what_is_kept_of_a_token_does_not_hold_it() -> None:
    assert "token" not in token_hash("token")
    assert len(token_hash("token")) == 64
    assert token_hash("token") != token_hash("Token")


def actor(*roles: Role) -> Actor:
    return Actor(id=1, roles=frozenset({Role.RESIDENT, *roles}))


@pytest.mark.parametrize("role", sorted(Role))
def test_every_role_but_the_residents_is_asked_for_a_passkey_after_a_link(role: Role) -> None:
    asked = is_asked_for_passkey(actor(role), provider=BY_LINK, shown_at=None)
    assert asked is (role is not Role.RESIDENT)
    assert not is_asked_for_passkey(actor(role), provider=BY_LINK, shown_at=NOON)
    assert not is_asked_for_passkey(actor(role), provider=BY_DEMO, shown_at=None)


@pytest.mark.parametrize("required", PasskeysRequired)
def test_who_has_a_passkey_shows_it_whatever_the_setting(required: PasskeysRequired) -> None:
    for role in (Role.CASE_WORKER, Role.ADMINISTRATOR):
        assert step_left(actor(role), has_passkey=True, required=required) is Step.SHOW_PASSKEY


@pytest.mark.parametrize(
    ("required", "case_worker", "administrator"),
    [
        (PasskeysRequired.ADMINISTRATORS, None, Step.MAKE_PASSKEY),
        (PasskeysRequired.STAFF, Step.MAKE_PASSKEY, Step.MAKE_PASSKEY),
        (PasskeysRequired.NONE, None, None),
    ],
)
def test_the_setting_says_who_must_make_one(
    required: PasskeysRequired, case_worker: Step | None, administrator: Step | None
) -> None:
    assert step_left(actor(Role.CASE_WORKER), has_passkey=False, required=required) is case_worker
    both = actor(Role.CASE_WORKER, Role.ADMINISTRATOR)
    assert step_left(both, has_passkey=False, required=required) is administrator


def test_another_passkey_is_made_by_staff_who_have_shown_one() -> None:
    assert may_make_passkey(actor(), step=None) is Refusal.NOT_ALLOWED
    assert may_make_passkey(actor(Role.STAFF), step=Step.SHOW_PASSKEY) is Refusal.PASSKEY_NOT_SHOWN
    assert may_make_passkey(actor(Role.STAFF), step=Step.MAKE_PASSKEY) is None
    assert may_make_passkey(actor(Role.STAFF), step=None) is None


@pytest.mark.parametrize(
    ("role", "is_last", "minutes_ago", "refused"),
    [
        (Role.ADMINISTRATOR, True, 5, False),
        (Role.ADMINISTRATOR, True, 6, True),
        (Role.ADMINISTRATOR, True, None, True),
        (Role.ADMINISTRATOR, False, 6, False),
        (Role.CASE_WORKER, True, 6, False),
    ],
)
def test_an_administrators_last_passkey_is_shown_just_before_it_is_deleted(
    role: Role, is_last: bool, minutes_ago: int | None, refused: bool
) -> None:
    shown_at = None if minutes_ago is None else NOON - timedelta(minutes=minutes_ago)
    refusal = may_delete_passkey(actor(role), step=None, is_last=is_last, shown_at=shown_at, now=NOON)
    assert (refusal is Refusal.PASSKEY_NOT_SHOWN) is refused


def test_nothing_is_deleted_before_a_step_is_done() -> None:
    for step in Step:
        refusal = may_delete_passkey(actor(Role.STAFF), step=step, is_last=False, shown_at=NOON, now=NOON)
        assert refusal is Refusal.PASSKEY_NOT_SHOWN


@pytest.mark.parametrize(
    ("count", "before", "went_back"),
    [(0, 0, False), (1, 0, False), (0, 1, True), (7, 7, True), (6, 7, True), (8, 7, False)],
)
def test_a_counter_goes_up_or_is_not_kept_at_all(count: int, before: int, went_back: bool) -> None:
    assert counter_went_back(count, before=before) is went_back
