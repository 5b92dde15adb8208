"""How we show a provider who we are, and how we follow when it changes its keys."""

from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from participation.oidc.client import Client
from participation.oidc.faults import Fault, ProviderFault
from participation.oidc.metadata import KEYS_ASKED_EVERY_SECONDS, Metadata
from tests.integration.signing_in.door import (
    WELCOME,
    arrive,
    assert_refused,
    claims,
    client_of,
    come_back,
    enter,
    refusals,
    set_out,
)
from tests.integration.signing_in.false_provider import JWKS, Asked, Realm, Says, key

REFUSED = Fault.PROVIDER_REFUSED


def _by(realm: Realm, name: str, client: FlaskClient) -> object:
    """A sign-in with a word signed by the key of that name."""
    asked: Asked = set_out(client, realm)
    realm.keys = [key(name)]
    return come_back(client, realm, code=realm.code(asked, claims(realm, asked)), state=asked.state).location


def test_after_a_change_of_keys_the_new_ones_are_fetched_once(
    app: Flask, visitor: FlaskClient, idporten: Realm
) -> None:
    seconds = [0.0]
    client_of(app, idporten).metadata = Metadata(idporten.issuer, seconds=lambda: seconds[0])
    assert arrive(visitor, idporten).location == WELCOME
    seconds[0] += KEYS_ASKED_EVERY_SECONDS + 1
    for _ in range(3):
        assert _by(idporten, "idporten-new", visitor) == WELCOME
    assert idporten.times(JWKS) == 2


def test_a_flood_of_tokens_with_unknown_keys_makes_one_fetch_a_minute(app: Flask, idporten: Realm) -> None:
    seconds = [0.0]
    client = client_of(app, idporten)
    client.metadata = Metadata(idporten.issuer, seconds=lambda: seconds[0])
    token = idporten.logout_token(lambda claims: idporten.signs(claims, kid="unknown"), sid="x")
    for number in range(200):
        seconds[0] = number
        with pytest.raises(ProviderFault):
            client.read_logout_token(token)
    assert idporten.times(JWKS) <= 1 + 200 // KEYS_ASKED_EVERY_SECONDS


def test_a_flood_while_the_keys_can_t_be_fetched_keeps_nobody_out(
    app: Flask, visitor: FlaskClient, idporten: Realm
) -> None:
    seconds = [0.0]
    client = client_of(app, idporten)
    client.metadata = Metadata(idporten.issuer, seconds=lambda: seconds[0])
    assert arrive(visitor, idporten).location == WELCOME
    idporten.instead[JWKS] = Says(status=500)
    token = idporten.logout_token(lambda claims: idporten.signs(claims, kid="unknown"), sid="x")
    for number in range(100):
        seconds[0] = KEYS_ASKED_EVERY_SECONDS + number / 2
        with pytest.raises(ProviderFault):
            client.read_logout_token(token)
    assert idporten.times(JWKS) == 2
    assert arrive(visitor, idporten).location == WELCOME


def test_a_token_that_names_no_key_does_not_have_them_fetched_again_and_again(
    app: Flask, visitor: FlaskClient, idporten: Realm
) -> None:
    idporten.keys = [key("idporten"), key("idporten-new")]
    for _ in range(3):
        answer = arrive(visitor, idporten, sign=lambda claims: idporten.signs(claims, kid=""))
        assert_refused(app, visitor, answer, Fault.WORD_INVALID)
    assert idporten.times(JWKS) == 1


def test_each_assertion_of_ours_is_new_and_short_and_for_the_issuer(visitor: FlaskClient, idporten: Realm) -> None:
    """The double checks alg, kid, aud, iss, sub, exp and jti."""
    for _ in range(2):
        assert arrive(visitor, idporten).location == WELCOME
    assert idporten.found_faults == []
    assert len({claims["jti"] for claims in idporten.assertions}) == 2
    assert "client_secret" not in idporten.forms[-1]


def test_a_client_with_a_secret_shows_it_in_the_header_alone(visitor: FlaskClient, entra: Realm) -> None:
    enter(visitor, entra)
    assert entra.found_faults == []
    assert not {"client_secret", "client_assertion"} & set(entra.forms[-1])


def test_a_client_with_a_wrong_secret_gets_nobody_in(app: Flask, visitor: FlaskClient, entra: Realm) -> None:
    provider = replace(client_of(app, entra).provider, client_secret="wrong")
    app.extensions["oidc_clients"]["entra"] = Client(provider)
    answer = arrive(visitor, entra)
    assert_refused(app, visitor, answer, REFUSED, provider="entra")
    assert entra.found_faults == ["secret"]


def test_the_proof_key_is_a_new_one_each_time_and_shown_with_the_code(visitor: FlaskClient, idporten: Realm) -> None:
    """The double compares its SHA-256 with what the sign-in began with."""
    for _ in range(2):
        arrive(visitor, idporten)
    verifiers = [form["code_verifier"] for form in idporten.forms]
    assert idporten.found_faults == []
    assert len(set(verifiers)) == 2
    assert all(43 <= len(one) <= 128 for one in verifiers)


def test_a_code_of_another_sign_in_of_the_same_browser_is_refused(
    app: Flask, visitor: FlaskClient, idporten: Realm
) -> None:
    one, other = set_out(visitor, idporten), set_out(visitor, idporten)
    code = idporten.code(one, claims(idporten, one))
    answer = come_back(visitor, idporten, code=code, state=other.state)
    assert answer.status_code == 400
    assert refusals(app) == [{"provider": "idporten", "fault": REFUSED.value}]
    assert idporten.found_faults == ["code_verifier"]


def test_codes_that_no_provider_gives_are_refused(app: Flask, visitor: FlaskClient, idporten: Realm) -> None:
    for code in (None, "", "x" * 5000, "æøå", "\x00", "a b&c=d;%", "\ud800".encode("utf-8", "replace").decode()):
        answer = come_back(visitor, idporten, code=code, state=set_out(visitor, idporten).state)
        assert_refused(app, visitor, answer, REFUSED)


def test_a_netrc_on_the_machine_does_not_speak_for_us(
    visitor: FlaskClient, idporten: Realm, tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = f"{tmp_path}/netrc"
    with open(file, "w") as netrc:
        netrc.write("default login someone password else\n")
    monkeypatch.setenv("NETRC", file)
    assert arrive(visitor, idporten).location == WELCOME
    assert idporten.found_faults == []
