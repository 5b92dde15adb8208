"""A national identity number is read and forgotten: after everything that can happen it is nowhere."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from datetime import date
from hashlib import sha256
from logging import getLogger
from typing import Any

import pytest
from flask import Flask
from joserfc import jwt
from joserfc.jwk import OctKey

from participation.accounts import service as accounts
from participation.accounts.models import Person
from participation.extensions import db
from participation.residence.rules import Residence
from tests.forms import post, send
from tests.integration.signing_in.door import (
    ASTRID,
    BJORN,
    HIGH,
    WELCOME,
    arrive,
    claims,
    come_back,
    enter,
    refusals,
    rows,
    set_out,
)
from tests.integration.signing_in.false_provider import Claims, Realm
from tests.integration.signing_in.traces import Traces, forms_of, tracing
from tests.national_numbers import synthetic
from tests.people import make_person

LINA = "47906701517"
WRONG = "10915596785"
YOUNG = synthetic(date(2020, 3, 4))


@pytest.fixture
def traces(app: Flask) -> Iterator[Traces]:
    with tracing(app) as found:
        yield found


class Broken:
    """A register that breaks down with the number in its hands, and in what it says."""

    def residence(self, number: str) -> Residence:
        raise RuntimeError(f"no answer about {number}")


def by_link(app: Flask, name: str) -> str:
    with app.app_context():
        token = accounts.make_link(make_person(name))
        db.session.commit()
        return token


def all_that_can_happen(app: Flask, realm: Realm) -> None:
    """A newcomer, who signs in again more surely; an account by mail made one with theirs; refusals; a sign-out."""
    first = app.test_client()
    enter(first, realm)
    enter(first, realm, query={"niva": "high", "neste": "/behov"}, acr=HIGH)
    first.get("/min-side")
    by_mail = app.test_client()
    send(by_mail, f"/logg-inn/{by_link(app, 'Kari')}")
    assert arrive(by_mail, realm).location == WELCOME
    assert send(by_mail, WELCOME, choice="join").status_code == 302
    wrong: list[tuple[str, dict[str, Any]]] = [
        (BJORN, {"acr": "low"}),
        (BJORN, {"aud": "other"}),
        (WRONG, {}),
        (LINA, {"nonce": "x"}),
    ]
    for number, lies in wrong:
        assert arrive(app.test_client(), realm, pid=number, **lies).status_code == 400
    assert arrive(app.test_client(), realm, pid=YOUNG).status_code == 403
    waiting = app.test_client()
    arrive(waiting, realm, pid=LINA)
    waiting.get(WELCOME)
    assert post(by_mail, "/logg-ut").status_code == 200


def break_down(app: Flask, realm: Realm, number: str) -> None:
    """An error in the moment after the number was read."""
    client, before = app.test_client(), app.extensions["population_register"]
    app.extensions["population_register"] = Broken()
    asked = set_out(client, realm)
    answer = come_back(client, realm, code=realm.code(asked, claims(realm, asked, pid=number)), state=asked.state)
    app.extensions["population_register"] = before
    assert answer.status_code == 500
    assert "Noe gikk galt hos oss" in answer.text


def test_the_number_is_nowhere_after_all_that_can_happen(app: Flask, idporten: Realm, traces: Traces) -> None:
    all_that_can_happen(app, idporten)
    break_down(app, idporten, LINA)
    assert "request_failed" in traces.log.getvalue()
    assert [noted["fault"] for noted in refusals(app)] == [
        "assurance_too_low",
        "word_invalid",
        "number_invalid",
        "word_invalid",
        "too_young",
    ]
    assert {number: traces.of(number) for number in (ASTRID, BJORN, LINA, WRONG, YOUNG)} == {
        number: set() for number in (ASTRID, BJORN, LINA, WRONG, YOUNG)
    }


def test_the_provider_s_word_is_nowhere_in_the_clear(app: Flask, idporten: Realm, traces: Traces) -> None:
    words: list[str] = []

    def sign(told: Claims) -> str:
        words.append(idporten.signs(told))
        return words[-1]

    client = app.test_client()
    enter(client, idporten, sign=sign)
    traces.look()
    payload = words[0].split(".")[1]
    assert ASTRID in urlsafe_b64decode(payload + "==").decode()
    assert not any(payload in text for _where, text in traces.heard)
    assert payload not in traces.log.getvalue()


def test_the_number_is_in_no_name_of_a_person_either(app: Flask, idporten: Realm) -> None:
    enter(app.test_client(), idporten)
    assert [person.name for person in rows(app, Person)] == ["Astrid"]


def in_a_word(number: str) -> str:
    """As the payload of a token holds it."""
    word = jwt.encode({"alg": "HS256"}, {"pid": number}, OctKey.import_key("a-secret-that-is-long-enough-for-it"))
    return word.split(".")[1]


@pytest.mark.parametrize("shift", range(4))
def test_the_search_finds_the_number_in_any_base64(shift: int) -> None:
    text = urlsafe_b64encode(b"x" * shift + ASTRID.encode() + b" and more").decode()
    assert any(form in text for form in forms_of(ASTRID))
    assert not any(form in text for form in forms_of(BJORN))


def test_the_search_finds_the_number_in_a_token() -> None:
    assert any(form in in_a_word(ASTRID) for form in forms_of(ASTRID))


@pytest.mark.parametrize("planted", [ASTRID, in_a_word(ASTRID), sha256(ASTRID.encode()).hexdigest()])
def test_the_search_finds_the_number_in_the_database(app: Flask, traces: Traces, planted: str) -> None:
    with app.app_context():
        make_person(planted[:80])
    assert traces.of(ASTRID) == {"the database"}


def test_the_search_finds_the_number_in_an_address_and_on_the_page(app: Flask, traces: Traces) -> None:
    app.test_client().get(f"/min-side?for={ASTRID}")
    assert traces.of(ASTRID) == {"an address", "a header", "a page"}


def test_the_search_finds_the_number_in_a_cookie(app: Flask, traces: Traces) -> None:
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["pid"] = ASTRID
    client.get("/")
    assert "the cookie" in traces.of(ASTRID)


def test_the_search_finds_the_number_in_the_log(app: Flask, traces: Traces) -> None:
    getLogger("participation").warning("nobody has %s", ASTRID[:6] + " " + ASTRID[6:])
    assert traces.of(ASTRID) == {"the log"}


def test_no_log_line_shows_eleven_digits_in_a_row(app: Flask, traces: Traces) -> None:
    """What other people's code says of what went wrong with a number does not stay either."""
    getLogger("some.library").error("no such person: %s", ASTRID)
    try:
        raise ValueError(ASTRID)
    except ValueError:
        getLogger("participation").exception("failed")
    shown = traces.log.getvalue()
    assert ASTRID not in shown
    assert "no such person: ***" in shown
    assert "ValueError: ***" in shown
