"""A provider that does not answer, or as none should: told plainly, for a while only, and nobody else waits for it."""

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from flask.testing import FlaskClient

from participation.calling import Patience
from participation.oidc.client import Client
from participation.oidc.faults import Fault, ProviderFault
from participation.oidc.metadata import SILENT_SECONDS, Metadata
from tests.forms import csrf_token
from tests.integration.signing_in.door import (
    arrive,
    assert_refused,
    claims,
    client_of,
    come_back,
    enter,
    is_in,
    set_out,
)
from tests.integration.signing_in.false_provider import (
    DISCOVERY,
    JWKS,
    TOKEN,
    FalseProvider,
    Realm,
    Says,
)

SILENT, REFUSED = Fault.PROVIDER_SILENT, Fault.PROVIDER_REFUSED
IN_A_HURRY = Patience(connect_seconds=2, silence_seconds=0.5, answer_seconds=0.6)
JSON = {"Content-Type": "application/json"}
HUGE = b'{"id_token": "' + b"a" * Patience().answer_max_bytes + b'"}'


@pytest.fixture(autouse=True)
def hurried(app: Flask) -> None:
    """Nobody in these tests is as patient as people are."""
    clients: dict[str, Client] = app.extensions["oidc_clients"]
    for name, client in clients.items():
        clients[name] = Client(client.provider, patience=IN_A_HURRY)


@pytest.fixture
def token_says(app: Flask, visitor: FlaskClient, idporten: Realm) -> Callable[[Fault, Says], None]:
    """A sign-in whose code is answered so, which is refused for that fault."""

    def do(fault: Fault, says: Says) -> None:
        idporten.instead[TOKEN] = says
        assert_refused(app, visitor, arrive(visitor, idporten), fault)

    return do


TokenSays = Callable[[Fault, Says], None]


def test_an_error_instead_of_a_token_signs_nobody_in(token_says: TokenSays) -> None:
    token_says(REFUSED, Says(b'{"error": "invalid_grant", "error_description": "10915596784"}', 400, JSON))


def test_a_token_endpoint_that_breaks_down_signs_nobody_in(token_says: TokenSays) -> None:
    for status in (500, 502, 503):
        token_says(SILENT, Says(b"<h1>Oh no</h1>", status))


def test_a_token_endpoint_that_hangs_is_not_waited_for(token_says: TokenSays) -> None:
    began = time.monotonic()
    token_says(SILENT, Says(hangs=True))
    assert time.monotonic() - began < 5


def test_a_token_endpoint_that_says_a_letter_at_a_time_is_not_waited_for(token_says: TokenSays) -> None:
    began = time.monotonic()
    token_says(SILENT, Says(b'{"id_token": "' + b"a" * 1000, drips_seconds=0.05))
    assert time.monotonic() - began < 5


def test_a_token_endpoint_that_says_no_json_signs_nobody_in(token_says: TokenSays) -> None:
    for body in (b"", b"<html>", b"{", b"\xff\xfe", b"[" * 5000):
        token_says(SILENT, Says(body, 200, JSON))


def test_a_token_endpoint_that_says_other_json_signs_nobody_in(token_says: TokenSays) -> None:
    for body in (b"[]", b"null", b"1", b'"token"', b"[[1, 2]]"):
        token_says(SILENT, Says(body, 200, JSON))


def test_an_answer_without_token_signs_nobody_in(token_says: TokenSays) -> None:
    for told in ({}, {"id_token": None}, {"id_token": {"a": 1}}, {"access_token": "x"}):
        token_says(Fault.WORD_INVALID, Says(json.dumps(told).encode(), 200, JSON))


def test_a_redirect_from_the_token_endpoint_is_not_followed(token_says: TokenSays, entra: Realm) -> None:
    for status in (301, 302, 307, 308):
        token_says(SILENT, Says(b"", status, {"Location": entra.issuer + TOKEN}))
    assert entra.asked == []


def test_a_huge_answer_from_the_token_endpoint_is_not_read(token_says: TokenSays) -> None:
    token_says(SILENT, Says(HUGE, 200, JSON))


def test_a_token_endpoint_that_hangs_up_signs_nobody_in(token_says: TokenSays) -> None:
    token_says(SILENT, Says(b"{", 200, {"Content-Length": "100"}))


def cannot_begin(app: Flask, client: FlaskClient, realm: Realm) -> None:
    assert_refused(app, client, client.get(f"/logg-inn/via/{realm.name}"), SILENT)


def test_the_discovery_of_another_issuer_is_not_taken(
    app: Flask, visitor: FlaskClient, idporten: Realm, entra: Realm
) -> None:
    idporten.told = {"issuer": entra.issuer}
    cannot_begin(app, visitor, idporten)


@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint", "jwks_uri", "end_session_endpoint"])
@pytest.mark.parametrize("address", ["http://login.example/x", "ftp://127.0.0.1/x", "//127.0.0.1/x", 7, ""])
def test_a_provider_that_names_an_unsafe_address_is_not_asked(
    app: Flask, visitor: FlaskClient, idporten: Realm, name: str, address: object
) -> None:
    idporten.told = {name: address}
    cannot_begin(app, visitor, idporten)


@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint", "jwks_uri", "issuer"])
def test_a_provider_that_does_not_say_what_it_must_is_not_asked(
    app: Flask, visitor: FlaskClient, idporten: Realm, name: str
) -> None:
    idporten.told = {name: None}
    cannot_begin(app, visitor, idporten)


@pytest.mark.parametrize(
    "says",
    [
        Says(b"{}", 500),
        Says(b"[]"),
        Says(b"nonsense"),
        Says(HUGE),
        Says(hangs=True),
        Says(b"{" + b" " * 1000, drips_seconds=0.05),
        Says(b"", 302, {"Location": "/entra/.well-known/openid-configuration"}),
    ],
    ids=["broken", "list", "nonsense", "huge", "hanging", "dripping", "redirecting"],
)
def test_a_discovery_that_fails_is_told_as_the_provider_s_silence(
    app: Flask, visitor: FlaskClient, idporten: Realm, entra: Realm, says: Says
) -> None:
    idporten.instead[DISCOVERY] = says
    cannot_begin(app, visitor, idporten)
    assert entra.asked == []


@pytest.mark.parametrize("told", [b"{}", b'{"keys": []}', b'{"keys": [1]}', b'{"keys": 7}', b'{"keys": [{}]}', HUGE])
def test_keys_that_are_none_let_nobody_in(app: Flask, visitor: FlaskClient, idporten: Realm, told: bytes) -> None:
    idporten.instead[JWKS] = Says(told)
    assert_refused(app, visitor, arrive(visitor, idporten), SILENT)


def test_those_who_come_while_a_provider_hangs_do_not_wait_one_after_another(app: Flask, idporten: Realm) -> None:
    idporten.instead[DISCOVERY] = Says(hangs=True)
    began = time.monotonic()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: app.test_client().get("/logg-inn/via/idporten").status_code, range(8)))
    assert answers == [503] * 8
    assert idporten.times(DISCOVERY) == 1
    assert time.monotonic() - began < 8 * IN_A_HURRY.silence_seconds


def test_a_provider_that_was_silent_is_asked_again_in_a_moment(idporten: Realm) -> None:
    seconds = [0.0]
    metadata = Metadata(idporten.issuer, patience=IN_A_HURRY, seconds=lambda: seconds[0])
    idporten.instead[DISCOVERY] = Says(status=500)
    for second in (0, 1, SILENT_SECONDS - 1):
        seconds[0] = second
        with pytest.raises(ProviderFault):
            metadata.endpoint("token_endpoint")
    idporten.instead.clear()
    seconds[0] = SILENT_SECONDS
    assert metadata.endpoint("token_endpoint") == idporten.issuer + TOKEN
    assert idporten.times(DISCOVERY) == 2


def test_while_a_provider_hangs_others_can_write(app: Flask, double: FalseProvider, idporten: Realm) -> None:
    """On SQLite one writes at a time: nobody may hold the lock while waiting for another's server."""
    app.extensions["oidc_clients"]["idporten"] = Client(client_of(app, idporten).provider)
    one, other = app.test_client(), app.test_client()
    asked = set_out(one, idporten)
    code = idporten.code(asked, claims(idporten, asked))
    idporten.instead[TOKEN] = Says(hangs=True)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(come_back, one, idporten, code=code, state=asked.state)
        _until(lambda: TOKEN in idporten.asked)
        _write(other)
        assert not waiting.done()
        double.let_go.set()
        waiting.result()


def test_while_a_provider_hangs_at_a_sign_out_others_can_write(
    app: Flask, visitor: FlaskClient, double: FalseProvider, idporten: Realm
) -> None:
    enter(visitor, idporten)
    app.extensions["oidc_clients"]["idporten"] = Client(client_of(app, idporten).provider)
    data, other = {"csrf_token": csrf_token(visitor)}, app.test_client()
    idporten.instead[DISCOVERY] = Says(hangs=True)
    before = idporten.times(DISCOVERY)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(visitor.post, "/logg-ut", data=data)
        _until(lambda: idporten.times(DISCOVERY) > before)
        _write(other)
        assert not waiting.done()
        double.let_go.set()
        assert waiting.result().status_code == 302
    assert not is_in(visitor)


def _until(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.01)


def _write(client: FlaskClient) -> None:
    token = csrf_token(client)
    began = time.monotonic()
    assert client.post("/logg-inn", data={"csrf_token": token, "email": "ny@example.org"}).status_code == 302
    assert time.monotonic() - began < 3
