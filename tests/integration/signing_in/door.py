"""The way to the false provider and back, as a browser goes it; and what a refusal looks like."""

from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from participation.accounts.models import Identity, Person, SignInAttempt, SignInSession
from participation.audit.models import AuditEntry
from participation.extensions import db
from participation.oidc.client import Client
from participation.oidc.faults import Fault
from tests.forms import send
from tests.integration.signing_in.false_provider import Asked, Realm, Sign

ASTRID, BJORN = "10915596784", "13527248013"
SUBSTANTIAL, HIGH = "idporten-loa-substantial", "idporten-loa-high"
WELCOME = "/logg-inn/velkommen"
# What an honest provider says of somebody, by the realm's name.
SAYS: dict[str, dict[str, Any]] = {
    "idporten": {"pid": ASTRID, "acr": SUBSTANTIAL},
    "entra": {"tid": "lier", "oid": "cecilie", "name": "Cecilie", "roles": ["Svarer.Saksbehandler"]},
    "plain": {},
}
HEADINGS = {
    Fault.PROVIDER_SILENT: "svarer ikke akkurat nå",
    Fault.NOT_BEGUN_HERE: "Innloggingen kom ikke fram",
}
STATUS = {Fault.PROVIDER_SILENT: 503, Fault.NOT_BEGUN_HERE: 409}


def set_out(client: FlaskClient, realm: Realm, **query: str) -> Asked:
    answer = client.get(f"/logg-inn/via/{realm.name}", query_string=query)
    assert answer.status_code == 302, answer.text
    assert answer.location.startswith(f"{realm.issuer}/authorize?")
    return Asked.by(answer.location)


def come_back(client: FlaskClient, realm: Realm, **query: str | None) -> TestResponse:
    given = {name: value for name, value in query.items() if value is not None}
    return client.get(f"/logg-inn/via/{realm.name}/svar", query_string=given)


def claims(realm: Realm, asked: Asked, **changes: Any) -> dict[str, Any]:
    return realm.claims(asked, **(SAYS[realm.name] | changes))


def arrive(
    client: FlaskClient,
    realm: Realm,
    *,
    sign: Sign | None = None,
    query: dict[str, str] | None = None,
    **changes: Any,
) -> TestResponse:
    """To the provider and back: what comes of it."""
    asked = set_out(client, realm, **(query or {}))
    code = realm.code(asked, claims(realm, asked, **changes), sign)
    return come_back(client, realm, code=code, state=asked.state)


def enter(client: FlaskClient, realm: Realm, *, name: str = "Astrid", **changes: Any) -> TestResponse:
    """Signed in; who comes for the first time says what they are called."""
    answer = arrive(client, realm, **changes)
    assert answer.status_code == 302, answer.text
    if answer.location == WELCOME:
        answer = send(client, WELCOME, name=name)
        assert answer.status_code == 302, answer.text
    assert is_in(client)
    return answer


def is_in(client: FlaskClient) -> bool:
    return client.get("/min-side").status_code == 200


def token_of(client: FlaskClient) -> str:
    with client.session_transaction() as cookie:
        return str(cookie["_user_id"])


def client_of(app: Flask, realm: Realm) -> Client:
    found: Client = app.extensions["oidc_clients"][realm.name]
    return found


def rows(app: Flask, model: type[Any]) -> list[Any]:
    with app.app_context():
        return list(db.session.scalars(select(model)))


def refusals(app: Flask) -> list[dict[str, Any]]:
    """What has been noted of sign-ins that came to nothing."""
    with app.app_context():
        query = select(AuditEntry).where(AuditEntry.action == "sign_in_refused").order_by(AuditEntry.id)
        found = db.session.scalars(query).all()
        assert all((one.actor_id, one.object_id) == (None, 0) for one in found)
        return [one.facts for one in found]


def assert_refused(
    app: Flask, client: FlaskClient, answer: TestResponse, fault: Fault, *, provider: str = "idporten"
) -> None:
    """Nobody is in or made known, the page says so, and what is noted is the fault and nothing else."""
    assert answer.status_code == STATUS.get(fault, 400), answer.text
    assert "no-store" in answer.headers["Cache-Control"]
    assert HEADINGS.get(fault, "Du er ikke logget inn") in answer.text
    assert refusals(app)[-1] == {"provider": provider, "fault": fault.value}
    assert not is_in(client)
    for model in (SignInSession, Person, Identity, SignInAttempt):
        assert rows(app, model) == [], model


def path_of(location: str) -> str:
    return urlsplit(location).path
