"""Tokens that are not what they say: nobody is signed in by any of them."""

import base64
import json
import time
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from participation.oidc.faults import Fault
from tests.integration.signing_in.conftest import AppWith, Attack
from tests.integration.signing_in.door import (
    HIGH,
    WELCOME,
    arrive,
    assert_refused,
    enter,
    path_of,
    set_out,
)
from tests.integration.signing_in.false_provider import Claims, Realm, key

INVALID = Fault.WORD_INVALID
LEEWAY_SECONDS, MARGIN_SECONDS = 30, 5


def now() -> int:
    return int(time.time())


def unsigned(claims: Claims) -> str:
    parts = ({"alg": "none", "typ": "JWT"}, claims)
    return ".".join([*(base64.urlsafe_b64encode(json.dumps(one).encode()).decode().rstrip("=") for one in parts), ""])


def signed_with(used: RSAKey | OctKey, algorithm: str = "RS256", kid: str = "idporten") -> Any:
    return lambda claims: jwt.encode({"alg": algorithm, "kid": kid}, claims, used, algorithms=[algorithm])


def test_an_honest_word_leads_to_the_welcome_page(visitor: FlaskClient, idporten: Realm) -> None:
    assert arrive(visitor, idporten).location == WELCOME
    assert idporten.found_faults == []


def test_a_nonce_of_another_sign_in_is_refused(attack: Attack) -> None:
    attack(INVALID, nonce="another")


def test_a_word_without_nonce_is_refused(attack: Attack) -> None:
    attack(INVALID, nonce=None)


def test_a_word_of_another_issuer_is_refused(attack: Attack, entra: Realm) -> None:
    attack(INVALID, iss=entra.issuer)


def test_a_word_without_issuer_is_refused(attack: Attack) -> None:
    attack(INVALID, iss=None)


def test_a_word_for_another_service_is_refused(attack: Attack) -> None:
    attack(INVALID, aud="another-service")


def test_a_word_for_nobody_is_refused(attack: Attack) -> None:
    attack(INVALID, aud=None)


def test_a_word_for_several_services_that_does_not_say_for_whom_it_is_made_is_refused(attack: Attack) -> None:
    attack(INVALID, aud=["svarer", "another-service"])


def test_a_word_that_was_made_for_another_service_is_refused(attack: Attack) -> None:
    attack(INVALID, aud=["svarer", "another-service"], azp="another-service")


def test_a_word_for_several_services_that_was_made_for_ours_is_taken(visitor: FlaskClient, idporten: Realm) -> None:
    answer = arrive(visitor, idporten, aud=["svarer", "another-service"], azp="svarer")
    assert answer.location == WELCOME


def test_a_signature_by_another_key_of_the_same_name_is_refused(attack: Attack) -> None:
    attack(INVALID, sign=signed_with(key("entra")))


def test_a_signature_by_another_provider_s_key_is_refused(attack: Attack) -> None:
    attack(INVALID, sign=signed_with(key("entra"), kid="entra"))


def test_an_unsigned_word_is_refused(attack: Attack) -> None:
    attack(INVALID, sign=unsigned)


def test_a_word_whose_content_was_changed_after_it_was_signed_is_refused(attack: Attack, idporten: Realm) -> None:
    def change(claims: Claims) -> str:
        header, _payload, signature = idporten.signs(claims).split(".")
        _header, payload, _signature = idporten.signs(claims | {"pid": "13527248013"}).split(".")
        return f"{header}.{payload}.{signature}"

    attack(INVALID, sign=change)


def test_a_word_signed_with_the_public_key_as_a_secret_is_refused(attack: Attack) -> None:
    public = OctKey.import_key(base64.urlsafe_b64encode(key("idporten").as_pem(private=False)))
    attack(INVALID, sign=signed_with(public, "HS256"))


def test_a_word_signed_with_the_client_s_secret_is_refused(attack: Attack) -> None:
    attack(INVALID, sign=signed_with(OctKey.import_key("a-secret-that-is-long-enough-for-it"), "HS256"))


def test_an_algorithm_that_was_not_agreed_on_is_refused(attack: Attack) -> None:
    attack(INVALID, sign=signed_with(key("idporten"), "PS256"))


def test_a_word_that_brings_its_own_key_is_refused(attack: Attack) -> None:
    own = key("entra")
    header = {"alg": "RS256", "kid": "idporten", "jwk": {"kty": "RSA", "n": "AQAB", "e": "AQAB"}}
    attack(INVALID, sign=lambda claims: jwt.encode(header, claims, own, algorithms=["RS256"]))


def test_what_is_no_token_is_refused(attack: Attack) -> None:
    for junk in ("", "x", "a.b.c", "....", "æ.ø.å", "e30.e30.", "[]", "a" * 200_000):
        attack(INVALID, sign=lambda _claims, said=junk: said)


def test_a_word_that_has_run_out_is_refused(attack: Attack) -> None:
    attack(INVALID, iat=now() - 600, exp=now() - LEEWAY_SECONDS - MARGIN_SECONDS)


def test_a_word_that_has_just_run_out_is_taken_since_clocks_differ(visitor: FlaskClient, idporten: Realm) -> None:
    answer = arrive(visitor, idporten, iat=now() - 600, exp=now() - LEEWAY_SECONDS + MARGIN_SECONDS)
    assert answer.location == WELCOME


def test_a_word_that_never_runs_out_is_refused(attack: Attack) -> None:
    never: Any
    for never in (None, "2099-01-01", True, [], float("inf")):
        attack(INVALID, exp=never)


def test_a_word_from_the_future_is_refused(attack: Attack) -> None:
    attack(INVALID, iat=now() + LEEWAY_SECONDS + MARGIN_SECONDS)


def test_a_word_from_a_moment_ahead_is_taken_since_clocks_differ(visitor: FlaskClient, idporten: Realm) -> None:
    assert arrive(visitor, idporten, iat=now() + LEEWAY_SECONDS - MARGIN_SECONDS).location == WELCOME


def test_a_word_that_does_not_hold_yet_is_refused(attack: Attack) -> None:
    attack(INVALID, nbf=now() + LEEWAY_SECONDS + MARGIN_SECONDS)


def test_a_word_that_does_not_say_when_it_is_from_is_refused(attack: Attack) -> None:
    attack(INVALID, iat=None)


def test_a_lower_level_than_was_asked_for_is_refused(app: Flask, visitor: FlaskClient, idporten: Realm) -> None:
    answer = arrive(visitor, idporten, query={"niva": "high"})
    assert_refused(app, visitor, answer, Fault.ASSURANCE_TOO_LOW)


def test_the_level_that_was_asked_for_is_what_the_person_has(visitor: FlaskClient, idporten: Realm) -> None:
    assert set_out(visitor, idporten, niva="high").given["acr_values"] == HIGH
    assert arrive(visitor, idporten, query={"niva": "high"}, acr=HIGH).location == WELCOME


def test_a_level_that_nobody_knows_is_refused(attack: Attack) -> None:
    for unknown in ("idporten-loa-low", "", 4, ["idporten-loa-high"], {"a": 1}):
        attack(Fault.ASSURANCE_TOO_LOW, acr=unknown)


def test_a_word_that_says_nothing_of_its_level_is_refused(attack: Attack) -> None:
    attack(Fault.ASSURANCE_TOO_LOW, acr=None)


def test_a_word_without_number_is_refused(attack: Attack) -> None:
    attack(Fault.NUMBER_INVALID, pid=None)


def test_a_number_whose_check_digits_are_wrong_is_refused(attack: Attack) -> None:
    attack(Fault.NUMBER_INVALID, pid="10915596785")


def test_what_is_no_number_is_refused(attack: Attack) -> None:
    for junk in ("", "1091559678", "109155967840", "１０９１５５９６７８４", 10915596784, ["10915596784"], None):
        attack(Fault.NUMBER_INVALID, pid=junk)


def test_a_synthetic_number_is_nobody_s_in_production(app_with: AppWith, idporten: Realm) -> None:
    production = app_with(synthetic_numbers=False)
    client = production.test_client()
    assert_refused(production, client, arrive(client, idporten), Fault.NUMBER_INVALID)


def test_a_word_of_nobody_in_particular_is_refused(attack: Attack) -> None:
    for nobody in (None, 1, ["astrid"]):
        attack(INVALID, sub=nobody)


def test_an_empty_name_for_the_person_is_refused(attack: Attack) -> None:
    attack(INVALID, sub="")


def test_a_name_for_the_session_that_is_longer_than_any_is_refused(attack: Attack) -> None:
    attack(INVALID, sid="s" * 300)


def test_a_directory_s_person_without_tenant_or_place_is_refused(
    app: Flask, visitor: FlaskClient, entra: Realm
) -> None:
    for gone in ("tid", "oid"):
        answer = arrive(visitor, entra, **{gone: None})
        assert_refused(app, visitor, answer, Fault.WITHOUT_IDENTITY, provider="entra")


def test_a_word_of_one_provider_is_not_taken_from_another(
    app: Flask, visitor: FlaskClient, idporten: Realm, entra: Realm
) -> None:
    answer = arrive(visitor, entra, sign=lambda claims: idporten.signs(claims | {"iss": idporten.issuer}))
    assert_refused(app, visitor, answer, INVALID, provider="entra")


def test_an_access_token_that_the_word_does_not_speak_of_is_refused(attack: Attack) -> None:
    attack(INVALID, at_hash="another")


def test_what_was_refused_once_does_not_stand_in_the_way_of_the_next_sign_in(
    attack: Attack, visitor: FlaskClient, idporten: Realm
) -> None:
    attack(INVALID, aud="another-service")
    assert path_of(enter(visitor, idporten).location) == "/"
