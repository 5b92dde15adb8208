"""Everything one could try with a passkey's answer; with a device that lies, on both databases."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import select

from participation import clock
from participation.accounts.models import Passkey, Person, SignInSession
from participation.accounts.passkeys import step_of
from participation.accounts.queries import passkeys_of
from participation.accounts.rules import Step
from participation.extensions import db
from participation.refusals import Refusal
from tests.integration.passkey_deeds import (
    ELSEWHERE,
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
from tests.people import make_person
from tests.soft_passkey import SoftPasskey, challenge_in

Named = Callable[[str], Person]


LIES: dict[str, Callable[[SoftPasskey], SoftPasskey]] = {
    "another origin": lambda key: replace(key, origin=ELSEWHERE),
    "another host": lambda key: replace(key, rp_id="evil.example"),
    "a person it has not verified": lambda key: replace(key, verifies=False),
}


@pytest.mark.parametrize("lie", LIES)
def test_none_is_made_at(person: Named, lie: str) -> None:
    farid = person("Farid")
    session = signed_in(farid)
    assert make(session, LIES[lie](SoftPasskey())) is Refusal.PASSKEY_UNKNOWN
    assert step_of(session, SITE) is Step.MAKE_PASSKEY
    assert trail(farid) == ["passkey_refused make passkey_unknown"]
    assert passkeys_of(farid.id) == []


@pytest.mark.parametrize("lie", LIES)
def test_none_is_shown_at(person: Named, lie: str) -> None:
    farid = person("Farid")
    key, session = with_passkey(farid), signed_in(farid)
    assert show(session, LIES[lie](key)) is Refusal.PASSKEY_UNKNOWN
    assert step_of(session, SITE) is Step.SHOW_PASSKEY
    assert trail(farid)[1:] == ["passkey_refused show passkey_unknown"]


def test_a_signature_that_was_tampered_with_is_refused(person: Named) -> None:
    farid = person("Farid")
    key, session = with_passkey(farid), signed_in(farid)
    signature = bytes.fromhex("3006020101020101")
    assert finish_showing(session, key.show(begin_showing(session), signature=signature)) is Refusal.PASSKEY_UNKNOWN
    other_data = replace(key, counter=9).show(begin_showing(session))
    parts = json.loads(other_data)
    parts["response"]["authenticatorData"] = json.loads(key.show(begin_showing(session)))["response"][
        "authenticatorData"
    ]
    assert finish_showing(session, json.dumps(parts)) is Refusal.PASSKEY_UNKNOWN
    assert session.passkey_at is None


def test_another_key_under_the_same_name_is_refused(person: Named) -> None:
    farid = person("Farid")
    key, session = with_passkey(farid), signed_in(farid)
    forged = SoftPasskey(credential_id=key.credential_id)
    assert show(session, forged) is Refusal.PASSKEY_UNKNOWN


def test_another_persons_passkey_is_of_no_use(person: Named) -> None:
    farid, cecilie = person("Farid"), person("Cecilie")
    with_passkey(farid)
    hers, session = with_passkey(cecilie), signed_in(farid)
    assert show(session, hers) is Refusal.PASSKEY_UNKNOWN
    assert make(signed_in(person("Eva")), hers) is Refusal.PASSKEY_KNOWN


def test_an_answer_is_taken_once(person: Named) -> None:
    farid = person("Farid")
    key, session = with_passkey(farid), signed_in(farid)
    answer = key.show(begin_showing(session))
    assert finish_showing(session, answer) is None
    assert finish_showing(session, answer) is Refusal.PASSKEY_TOO_LATE
    assert finish_showing(signed_in(farid), answer) is Refusal.PASSKEY_TOO_LATE


def test_a_challenge_is_spent_by_a_wrong_answer_too(person: Named) -> None:
    farid = person("Farid")
    key, session = with_passkey(farid), signed_in(farid)
    options = begin_showing(session)
    assert finish_showing(session, replace(key, origin=ELSEWHERE).show(options)) is Refusal.PASSKEY_UNKNOWN
    assert finish_showing(session, key.show(options)) is Refusal.PASSKEY_TOO_LATE


def test_a_challenge_lasts_five_minutes(person: Named) -> None:
    farid = person("Farid")
    with clock.travel(NOON):
        session = signed_in(farid)
        options = begin_making(session)
    key = SoftPasskey()
    with clock.travel(NOON + timedelta(minutes=5)):
        assert finish_making(session, key.make(options)) is Refusal.PASSKEY_TOO_LATE
        options = begin_making(session)
    with clock.travel(NOON + timedelta(minutes=9, seconds=59)):
        assert finish_making(session, key.make(options)) is None


def test_a_challenge_is_for_one_session_and_one_deed(person: Named) -> None:
    farid = person("Farid")
    key, session, other = with_passkey(farid), signed_in(farid), signed_in(farid)
    options = begin_showing(session)
    begin_showing(other)
    assert finish_showing(other, key.show(options)) is Refusal.PASSKEY_UNKNOWN
    show(session, key)
    to_make = begin_making(session)
    assert finish_showing(session, key.show(to_make)) is Refusal.PASSKEY_TOO_LATE


def test_challenges_are_long_and_never_the_same(person: Named) -> None:
    session = signed_in(person("Farid"))
    given = {challenge_in(begin_making(session)) for _ in range(20)}
    assert (len(given), {len(one) for one in given}) == (20, {32})


def test_a_counter_that_goes_back_tells_of_a_copy(person: Named) -> None:
    farid = person("Farid")
    key = with_passkey(farid, SoftPasskey(counter=3))
    assert show(signed_in(farid), key.counting(7)) is None
    for copy in (7, 4, 0):
        session = signed_in(farid)
        assert show(session, key.counting(copy)) is Refusal.PASSKEY_UNKNOWN
        assert session.passkey_at is None
    assert show(signed_in(farid), key.counting(8)) is None
    assert trail(farid).count("passkey_counter_went_back") == 3


def test_a_device_that_never_counts_is_fine_and_the_highest_count_there_is(person: Named) -> None:
    farid = person("Farid")
    key = with_passkey(farid)
    for _ in range(2):
        assert show(signed_in(farid), key) is None
    assert show(signed_in(farid), key.counting(2**32 - 1)) is None


PARTS = dict.fromkeys(("clientDataJSON", "attestationObject", "authenticatorData", "signature"), "eA")
NAMED = {"id": "eA", "rawId": "eA", "type": "public-key"}
JUNK = ["", "null", "[]", "{}", "{", "0", '"x"', "\x00", "æ", "[" * 5000,
        json.dumps(NAMED | {"response": {}}), json.dumps(NAMED | {"response": PARTS}),
        json.dumps(NAMED | {"response": PARTS | {"userHandle": "æ"}})]  # fmt: skip


@pytest.mark.parametrize("junk", JUNK)
def test_whatever_is_sent_is_refused_in_the_same_way(person: Named, junk: str) -> None:
    farid = person("Farid")
    session = signed_in(farid)
    begin_making(session)
    assert finish_making(session, junk) is Refusal.PASSKEY_UNKNOWN
    make(session, SoftPasskey())
    begin_showing(session)
    assert finish_showing(session, junk) is Refusal.PASSKEY_UNKNOWN


def test_an_answer_with_any_letter_changed_fails_no_harder(person: Named) -> None:
    """Some letters are of no weight: then it is the same passkey still."""
    session, key = signed_in(person("Farid")), SoftPasskey()
    length = len(json.loads(key.make(begin_making(session)))["response"]["attestationObject"])
    for place in range(0, length, 7):
        answer = json.loads(SoftPasskey().make(begin_making(session)))
        text = answer["response"]["attestationObject"]
        changed = text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1 :]
        answer["response"]["attestationObject"] = changed
        assert finish_making(session, json.dumps(answer)) in {None, Refusal.PASSKEY_UNKNOWN}, place


def in_app_at_once(app: Flask, deeds: list[Callable[[], Refusal | None]]) -> list[Refusal | None]:
    barrier = Barrier(len(deeds))

    def do(deed: Callable[[], Refusal | None]) -> Refusal | None:
        with app.app_context():
            barrier.wait()
            return deed()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(do, deeds))


def test_of_two_answers_at_once_to_one_challenge_one_is_taken(app: Flask) -> None:
    with app.app_context():
        farid = make_person("Farid")
        key, session = with_passkey(farid), signed_in(farid)
        number, answer = session.id, key.show(begin_showing(session))

    def finish() -> Refusal | None:
        return finish_showing(db.session.get_one(SignInSession, number), answer)

    taken = in_app_at_once(app, [finish, finish])
    assert sorted(map(str, taken)) == ["None", "passkey_too_late"]


def test_of_many_first_ones_at_once_one_is_made(app: Flask) -> None:
    with app.app_context():
        farid = make_person("Farid")
        begun = [(session.id, begin_making(session)) for session in [signed_in(farid) for _ in range(8)]]

    def finish(number: int, options: str) -> Callable[[], Refusal | None]:
        return lambda: finish_making(db.session.get_one(SignInSession, number), SoftPasskey().make(options))

    made = in_app_at_once(app, [finish(*each) for each in begun])
    assert sorted(map(str, made)) == ["None"] + ["passkey_not_shown"] * 7
    with app.app_context():
        assert len(db.session.scalars(select(Passkey)).all()) == 1
