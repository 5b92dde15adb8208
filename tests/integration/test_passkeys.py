"""Passkeys made, shown and deleted; by a device in software, on both databases."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from webauthn.helpers import bytes_to_base64url

from participation import clock
from participation.accounts import passkeys
from participation.accounts.models import Person
from participation.accounts.passkeys import step_of
from participation.accounts.queries import passkeys_of
from participation.accounts.rules import BY_DEMO, Step
from participation.accounts.sessions import CameBy
from participation.audit.models import AuditEntry
from participation.extensions import db
from participation.refusals import Refusal, Refused
from participation.settings_passkeys import PasskeysRequired
from tests.integration.passkey_deeds import (
    NOON,
    SITE,
    begin_making,
    begin_showing,
    finish_making,
    finish_showing,
    make,
    show,
    signed_in,
    trail,
    with_passkey,
)
from tests.soft_passkey import SoftPasskey

Named = Callable[[str], Person]


def test_an_administrator_makes_one_and_shows_it_the_next_time(person: Named) -> None:
    farid, key = person("Farid"), SoftPasskey()
    session = signed_in(farid)
    assert step_of(session, SITE) is Step.MAKE_PASSKEY
    assert make(session, key) is None
    assert step_of(session, SITE) is None
    again = signed_in(farid)
    assert step_of(again, SITE) is Step.SHOW_PASSKEY
    assert show(again, key) is None
    assert step_of(again, SITE) is None
    assert trail(farid) == ["passkey_made", "passkey_shown"]


def test_what_is_kept_is_the_public_half_and_what_the_person_calls_it(person: Named) -> None:
    farid, key = person("Farid"), SoftPasskey()
    with clock.travel(NOON):
        make(signed_in(farid), key)
    with clock.travel(NOON + timedelta(hours=1)):
        show(signed_in(farid), key)
    (kept,) = passkeys_of(farid.id)
    assert (kept.name, kept.credential_id) == ("Mobilen", bytes_to_base64url(key.credential_id))
    assert (kept.created_at, kept.used_at) == (NOON, NOON + timedelta(hours=1))


def test_the_device_is_asked_to_verify_and_told_nothing_but_the_name(person: Named) -> None:
    farid = person("Farid")
    said = json.loads(begin_making(signed_in(farid)))
    assert said["authenticatorSelection"] == {
        "residentKey": "discouraged",
        "requireResidentKey": False,
        "userVerification": "required",
    }
    assert (said["attestation"], said["rp"]["id"]) == ("none", "localhost")
    assert said["user"]["name"] == said["user"]["displayName"] == farid.name
    assert str(farid.email) not in json.dumps(said)
    assert json.loads(begin_making(signed_in(farid)))["user"]["id"] != said["user"]["id"]


def test_who_has_passkeys_is_asked_for_them_and_makes_none_of_them_twice(person: Named) -> None:
    farid, key = person("Farid"), SoftPasskey()
    session = signed_in(farid)
    make(session, key)
    name = {"id": bytes_to_base64url(key.credential_id), "type": "public-key"}
    assert json.loads(begin_making(session))["excludeCredentials"] == [name]
    asked = json.loads(begin_showing(session))
    assert (asked["allowCredentials"], asked["userVerification"]) == ([name], "required")
    assert make(session, key) is Refusal.PASSKEY_KNOWN
    assert len(passkeys_of(farid.id)) == 1


def test_a_case_worker_need_not_have_one_but_shows_it_once_they_have(person: Named) -> None:
    cecilie = person("Cecilie")
    assert step_of(signed_in(cecilie), SITE) is None
    elsewhere = signed_in(cecilie)
    with_passkey(cecilie)
    assert step_of(signed_in(cecilie), SITE) is Step.SHOW_PASSKEY
    assert step_of(elsewhere, SITE) is Step.SHOW_PASSKEY


@pytest.mark.parametrize(
    ("required", "step"),
    [(PasskeysRequired.STAFF, Step.MAKE_PASSKEY), (PasskeysRequired.NONE, None)],
)
def test_the_setting_says_who_must(person: Named, required: PasskeysRequired, step: Step | None) -> None:
    site = replace(SITE, required=required)
    assert step_of(signed_in(person("Cecilie")), site) is step
    assert step_of(signed_in(person("Farid")), site) is step
    assert step_of(signed_in(person("Astrid")), site) is None


def test_who_comes_another_way_is_not_asked_nor_where_there_can_be_none(person: Named) -> None:
    farid = person("Farid")
    for provider in (BY_DEMO, "entra"):
        assert step_of(signed_in(farid, came_by=CameBy(provider=provider)), SITE) is None
    assert step_of(signed_in(farid), None) is None


def test_only_who_has_shown_one_makes_another(person: Named) -> None:
    """Else whoever reads the mailbox could make their own."""
    farid, thief = person("Farid"), SoftPasskey()
    early = signed_in(farid)
    begun_early = begin_making(early)
    key = with_passkey(farid)
    session = signed_in(farid)
    with pytest.raises(Refused) as refused:
        begin_making(session)
    assert refused.value.reason is Refusal.PASSKEY_NOT_SHOWN
    assert finish_making(early, thief.make(begun_early)) is Refusal.PASSKEY_NOT_SHOWN
    assert show(session, key) is None
    assert make(session, SoftPasskey()) is None
    assert len(passkeys_of(farid.id)) == 2


def test_residents_make_none(person: Named) -> None:
    session = signed_in(person("Astrid"))
    with pytest.raises(Refused):
        begin_making(session)
    with pytest.raises(Refused):
        begin_showing(session)
    assert finish_making(session, SoftPasskey().make('{"challenge": "AAAA"}')) is Refusal.NOT_ALLOWED


def test_a_passkey_that_is_deleted_works_no_more(person: Named) -> None:
    cecilie = person("Cecilie")
    key, session, elsewhere = with_passkey(cecilie), signed_in(cecilie), signed_in(cecilie)
    assert show(session, key) is None
    assert make(session, SoftPasskey()) is None
    assert show(elsewhere, key) is None
    options = begin_showing(elsewhere)
    passkeys.delete_passkey(session, passkey_id=passkeys_of(cecilie.id)[0].id, site=SITE)
    db.session.commit()
    db.session.refresh(elsewhere)
    assert finish_showing(elsewhere, key.show(options)) is Refusal.PASSKEY_UNKNOWN
    assert (step_of(session, SITE), step_of(elsewhere, SITE)) == (None, Step.SHOW_PASSKEY)


def test_nobody_deletes_anothers(person: Named) -> None:
    farid, cecilie = person("Farid"), person("Cecilie")
    with_passkey(farid)
    passkeys.delete_passkey(signed_in(cecilie), passkey_id=passkeys_of(farid.id)[0].id, site=SITE)
    db.session.commit()
    assert len(passkeys_of(farid.id)) == 1


def test_an_administrators_last_one_is_deleted_just_after_it_was_shown(person: Named) -> None:
    farid, key = person("Farid"), SoftPasskey()
    with clock.travel(NOON):
        session = signed_in(farid)
        make(session, key)
    (kept,) = passkeys_of(farid.id)
    with clock.travel(NOON + timedelta(minutes=5, seconds=1)):
        with pytest.raises(Refused) as refused:
            passkeys.delete_passkey(session, passkey_id=kept.id, site=SITE)
        assert refused.value.reason is Refusal.PASSKEY_NOT_SHOWN
        assert show(session, key) is None
        passkeys.delete_passkey(session, passkey_id=kept.id, site=SITE)
        db.session.commit()
    assert passkeys_of(farid.id) == []
    assert step_of(session, SITE) is Step.MAKE_PASSKEY
    assert trail(farid) == ["passkey_made", "passkey_shown", "passkey_deleted"]


def test_before_it_is_shown_nothing_is_deleted(person: Named) -> None:
    cecilie = person("Cecilie")
    with_passkey(cecilie)
    with pytest.raises(Refused):
        passkeys.delete_passkey(signed_in(cecilie), passkey_id=passkeys_of(cecilie.id)[0].id, site=SITE)


def test_a_lost_one_is_forgotten_and_ends_all_sessions(person: Named) -> None:
    farid = person("Farid")
    with_passkey(farid)
    session = signed_in(farid)
    assert passkeys.forget_passkeys(farid) == 1
    db.session.commit()
    db.session.refresh(session)
    assert session.ended_at is not None
    assert step_of(signed_in(farid), SITE) is Step.MAKE_PASSKEY
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "passkeys_forgotten")).one()
    assert (entry.actor_id, entry.object_id, entry.facts) == (None, farid.id, {"count": 1})
