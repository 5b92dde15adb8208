from datetime import UTC, datetime, timedelta

import pytest

from participation.accounts.queries import tidy_email, token_hash
from participation.accounts.rules import LINK_SESSION, link_expires, may_use_link
from participation.refusals import Refusal

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
