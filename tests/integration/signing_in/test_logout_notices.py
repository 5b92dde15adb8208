"""What a provider tells of people who have signed out there: only its own sessions end by it."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from joserfc.jwk import OctKey
from werkzeug.routing import Rule

from participation.accounts.models import SignInSession
from participation.web.access import PUBLIC, declared
from tests.forms import post
from tests.integration.signing_in.conftest import AppWith
from tests.integration.signing_in.door import BJORN, client_of, enter, is_in, rows
from tests.integration.signing_in.false_provider import LOGOUT_EVENT, FalseProvider, Realm, key
from tests.integration.signing_in.test_false_words import signed_with, unsigned

SID, OTHERS_SID = "astrids-session", "bjorns-session"
Inside = tuple[FlaskClient, FlaskClient]
SECRET = OctKey.import_key("a-secret-that-is-long-enough-for-it")
OLD_SECONDS = 120 + 30 + 5


@pytest.fixture
def inside(app: Flask, idporten: Realm) -> Inside:
    """Astrid's browser and Bjørn's, both signed in."""
    astrid, bjorn = app.test_client(), app.test_client()
    enter(astrid, idporten, sid=SID, sub="sub-of-astrid")
    enter(bjorn, idporten, sid=OTHERS_SID, sub="sub-of-bjorn", pid=BJORN, name="Bjørn")
    return astrid, bjorn


def tell(app: Flask, realm: Realm, token: str) -> int:
    answer = app.test_client().post(f"/logg-ut/via/{realm.name}/bak", data={"logout_token": token})
    assert answer.text == ""
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.status_code


def states(inside: Inside) -> tuple[bool, bool]:
    return is_in(inside[0]), is_in(inside[1])


@pytest.mark.parametrize(
    "named", [{"sid": SID}, {"sub": "sub-of-astrid"}, {"sid": SID, "sub": "sub-of-astrid"}], ids=["sid", "sub", "both"]
)
def test_a_notice_ends_the_session_that_it_names_and_no_other(
    app: Flask, inside: Inside, idporten: Realm, named: dict[str, Any]
) -> None:
    assert tell(app, idporten, idporten.logout_token(**named)) == 200
    assert states(inside) == (False, True)


def test_a_notice_of_a_person_ends_all_that_is_theirs(app: Flask, inside: Inside, idporten: Realm) -> None:
    second = app.test_client()
    enter(second, idporten, sid="astrids-second", sub="sub-of-astrid")
    assert tell(app, idporten, idporten.logout_token(sub="sub-of-astrid")) == 200
    assert states(inside) == (False, True)
    assert not is_in(second)


def test_a_notice_told_twice_does_no_harm(app: Flask, inside: Inside, idporten: Realm) -> None:
    token = idporten.logout_token(sid=SID)
    assert tell(app, idporten, token) == 200
    enter(inside[0], idporten, sid="astrids-next", sub="sub-of-astrid")
    assert tell(app, idporten, token) == 200
    assert states(inside) == (True, True)


def test_a_notice_whose_session_and_person_do_not_belong_together_ends_nothing(
    app: Flask, inside: Inside, idporten: Realm
) -> None:
    assert tell(app, idporten, idporten.logout_token(sid=SID, sub="sub-of-bjorn")) == 200
    assert states(inside) == (True, True)


def test_a_notice_of_a_session_that_nobody_has_ends_nothing(app: Flask, inside: Inside, idporten: Realm) -> None:
    assert tell(app, idporten, idporten.logout_token(sid="guessed")) == 200
    assert states(inside) == (True, True)


def test_what_ends_a_session_forgets_the_provider_s_word(app: Flask, inside: Inside, idporten: Realm) -> None:
    tell(app, idporten, idporten.logout_token(sid=SID))
    ended = [session for session in rows(app, SignInSession) if session.ended_at]
    assert [session.sealed_id_token for session in ended] == [None]


Forged = Callable[[Realm, Realm], str]
FORGED: dict[str, Forged] = {
    "another key of the same name": lambda ours, _: ours.logout_token(signed_with(key("entra")), sid=SID),
    "another provider's key": lambda ours, other: ours.logout_token(other.signs, sid=SID),
    "no signature": lambda ours, _: ours.logout_token(unsigned, sid=SID),
    "a secret's signature": lambda ours, _: ours.logout_token(
        signed_with(OctKey.import_key("x" * 40), "HS256"), sid=SID
    ),
    "another algorithm": lambda ours, _: ours.logout_token(signed_with(key("idporten"), "PS256"), sid=SID),
    "another issuer": lambda ours, other: ours.logout_token(sid=SID, iss=other.issuer),
    "no issuer": lambda ours, _: ours.logout_token(sid=SID, iss=None),
    "another service": lambda ours, _: ours.logout_token(sid=SID, aud="another-service"),
    "no audience": lambda ours, _: ours.logout_token(sid=SID, aud=None),
    "a nonce": lambda ours, _: ours.logout_token(sid=SID, nonce="n"),
    "no nonce but its name": lambda ours, _: ours.logout_token(
        lambda told: ours.signs(told | {"nonce": None}), sid=SID
    ),
    "no events": lambda ours, _: ours.logout_token(sid=SID, events=None),
    "other events": lambda ours, _: ours.logout_token(sid=SID, events={"urn:x": {}}),
    "events as a list": lambda ours, _: ours.logout_token(sid=SID, events=[LOGOUT_EVENT]),
    "events as words": lambda ours, _: ours.logout_token(sid=SID, events=f"{LOGOUT_EVENT}s"),
    "an event that is no object": lambda ours, _: ours.logout_token(sid=SID, events={LOGOUT_EVENT: True}),
    "an old time": lambda ours, _: ours.logout_token(sid=SID, iat=int(time.time()) - OLD_SECONDS),
    "a time to come": lambda ours, _: ours.logout_token(sid=SID, iat=int(time.time()) + 60),
    "no time": lambda ours, _: ours.logout_token(sid=SID, iat=None),
    "a time that has run out": lambda ours, _: ours.logout_token(sid=SID, exp=int(time.time()) - 60),
    "no number": lambda ours, _: ours.logout_token(sid=SID, jti=None),
    "nobody": lambda ours, _: ours.logout_token(),
    "a session that is no text": lambda ours, _: ours.logout_token(sid=[SID]),
    "an empty session": lambda ours, _: ours.logout_token(sid=""),
    "no token": lambda _ours, _: "",
    "nonsense": lambda _ours, _: "a.b.c",
    "too much": lambda _ours, _: "a" * 300_000,
}


@pytest.mark.parametrize("forged", FORGED)
def test_a_notice_that_does_not_hold_ends_nothing(
    app: Flask, inside: Inside, idporten: Realm, entra: Realm, forged: str
) -> None:
    assert tell(app, idporten, FORGED[forged](idporten, entra)) == 400
    assert states(inside) == (True, True)


def test_another_provider_s_own_notice_ends_only_its_own(
    app: Flask, inside: Inside, idporten: Realm, entra: Realm
) -> None:
    assert tell(app, entra, entra.logout_token(sid=SID, sub="sub-of-astrid")) == 200
    assert states(inside) == (True, True)


def test_a_word_for_signing_in_is_no_notice(app: Flask, inside: Inside, idporten: Realm) -> None:
    assert tell(app, idporten, idporten.logout_token(events=None, sid=SID, sub="sub-of-astrid", nonce="n")) == 400
    assert states(inside) == (True, True)


def test_a_session_name_that_no_database_takes_is_nobody_s(app: Flask, inside: Inside, idporten: Realm) -> None:
    for odd in ("\x00", "s" * 3000, "\u2028"):
        assert tell(app, idporten, idporten.logout_token(sid=odd)) in {200, 400}
    assert states(inside) == (True, True)


def front(app: Flask, provider: str = "idporten", **query: str) -> int:
    return app.test_client().get(f"/logg-ut/via/{provider}", query_string=query).status_code


def test_a_frame_of_the_provider_ends_the_session_that_it_names_and_no_other(
    app: Flask, inside: Inside, idporten: Realm
) -> None:
    assert front(app, iss=idporten.issuer, sid=SID) == 200
    assert states(inside) == (False, True)


@pytest.mark.parametrize("sid", ["guessed", "", "%", "astrids-sessio_", "' OR 1=1 --", "\x00", "æ" * 3000])
def test_a_frame_with_a_guessed_session_ends_nothing(app: Flask, inside: Inside, idporten: Realm, sid: str) -> None:
    assert front(app, iss=idporten.issuer, sid=sid) in {200, 400, 414}
    assert states(inside) == (True, True)


def test_a_frame_that_names_another_issuer_ends_nothing(
    app: Flask, inside: Inside, idporten: Realm, entra: Realm
) -> None:
    for issuer in (entra.issuer, "", idporten.issuer + "/", "https://evil.example"):
        assert front(app, iss=issuer, sid=SID) == 200
    assert front(app, sid=SID) == front(app, iss=idporten.issuer) == 200
    assert front(app, "entra", iss=idporten.issuer, sid=SID) == 200
    assert front(app, "entra", iss=entra.issuer, sid=SID) == 200
    assert states(inside) == (True, True)


def test_no_provider_of_that_name_has_a_place_to_sign_out(app: Flask, inside: Inside, idporten: Realm) -> None:
    assert front(app, "ukjent", iss=idporten.issuer, sid=SID) == 404
    assert app.test_client().post("/logg-ut/via/ukjent/bak").status_code == 404
    assert states(inside) == (True, True)


def _frame_ancestors(policy: str) -> str:
    return next(part.strip() for part in policy.split(";") if part.strip().startswith("frame-ancestors"))


def test_the_provider_s_pages_may_frame_its_own_place_to_sign_out_and_nothing_else(
    app: Flask, visitor: FlaskClient, double: FalseProvider
) -> None:
    framed = {name: visitor.get(f"/logg-ut/via/{name}").headers for name in ("idporten", "entra")}
    assert _frame_ancestors(framed["idporten"]["Content-Security-Policy"]) == f"frame-ancestors {double.url}"
    both = "frame-ancestors https://login.example https://other.example"
    assert _frame_ancestors(framed["entra"]["Content-Security-Policy"]) == both
    assert all("X-Frame-Options" not in headers for headers in framed.values())


# Pages of ours that other pages of ours show, and no other site.
FRAMED_BY_US = {"newsroom.preview_mail"}


def test_nothing_else_may_be_framed_by_others(app: Flask, visitor: FlaskClient) -> None:
    with app.test_request_context():
        paths = {
            rule.endpoint: app.url_for(rule.endpoint, **_values(rule))
            for rule in app.url_map.iter_rules()
            if "GET" in (rule.methods or ()) and rule.endpoint != "static"
        }
    assert len(paths) > 100
    for endpoint, path in paths.items():
        policy = visitor.get(path).headers["Content-Security-Policy"]
        if endpoint != "residents.provider_signed_out":
            allowed = {"frame-ancestors 'none'", "frame-ancestors 'self'"}
            assert _frame_ancestors(policy) in allowed, endpoint
            public = declared(app.view_functions[endpoint]) == PUBLIC
            assert not public or _frame_ancestors(policy) == "frame-ancestors 'none'", endpoint


def _values(rule: Rule) -> dict[str, Any]:
    return {name: "idporten" if name == "provider" else 1 for name in rule.arguments}


def test_signing_out_here_leads_to_the_provider_with_its_own_word(
    app: Flask, visitor: FlaskClient, idporten: Realm
) -> None:
    enter(visitor, idporten)
    page = post(visitor, "/logg-ut")
    assert page.status_code == 200
    assert f'href="{idporten.issuer}/logout?id_token_hint=' in page.text
    assert not is_in(visitor)


def test_signing_out_works_also_when_the_provider_is_no_longer_in_the_settings(
    app: Flask, visitor: FlaskClient, idporten: Realm, app_with: AppWith
) -> None:
    enter(visitor, idporten)
    without = app_with(providers=(client_of(app, idporten).provider,)[:0])
    later = without.test_client()
    held = visitor.get_cookie("session")
    assert held is not None
    later.set_cookie("session", held.value)
    assert post(later, "/logg-ut").location == "/"
    assert not is_in(later)
