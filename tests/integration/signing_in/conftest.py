"""The app with the false provider in its settings, in each of the ways that providers differ."""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from participation.extensions import db, limiter
from participation.oidc import registry
from participation.oidc.faults import Fault
from participation.permissions import Assurance, Role
from participation.settings import Settings
from participation.settings_providers import ClientAuth, For, KnownBy, Provider
from tests.conftest import AppOn
from tests.databases import DATABASES, make_app, make_settings, new_database_url, wiped_afterwards
from tests.integration.signing_in.door import HIGH, SUBSTANTIAL, arrive, assert_refused
from tests.integration.signing_in.false_provider import (
    CLIENT_ID,
    CLIENT_KID,
    SECRET,
    FalseProvider,
    Realm,
    false_provider,
    key,
)

Attack = Callable[..., None]
AppWith = Callable[..., Flask]


@pytest.fixture(scope="session")
def double() -> Iterator[FalseProvider]:
    with false_provider("idporten", "entra", "plain") as server:
        yield server


@pytest.fixture(scope="session")
def client_key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("keys") / "svarer.pem"
    file.write_bytes(key(CLIENT_KID).as_pem(private=True))
    return file


@pytest.fixture(scope="session")
def providers(double: FalseProvider, client_key: Path) -> tuple[Provider, ...]:
    """ID-porten, the municipality's directory, and one that knows people by its own names for them."""
    idporten = Provider(
        key="idporten",
        issuer=double.realms["idporten"].issuer,
        client_id=CLIENT_ID,
        client_auth=ClientAuth.PRIVATE_KEY_JWT,
        private_key=client_key,
        key_id=CLIENT_KID,
        label="ID-porten",
        known_by=KnownBy.NUMBER,
        acr={Assurance.SUBSTANTIAL: SUBSTANTIAL, Assurance.HIGH: HIGH},
        framed_by=double.url,
    )
    entra = Provider(
        key="entra",
        issuer=double.realms["entra"].issuer,
        client_id=CLIENT_ID,
        client_auth=ClientAuth.CLIENT_SECRET_BASIC,
        client_secret=SECRET,
        label="Ansattkonto",
        is_for=For.STAFF,
        known_by=KnownBy.DIRECTORY,
        roles={"Svarer.Saksbehandler": Role.CASE_WORKER, "Svarer.Kommunikasjon": Role.COMMUNICATIONS},
        email_domains=frozenset({"lier.example"}),
        framed_by="https://login.example https://other.example",
    )
    plain = replace(
        entra, key="plain", issuer=double.realms["plain"].issuer, known_by=KnownBy.SUBJECT, roles={}, label="En annen"
    )
    return idporten, entra, plain


@pytest.fixture(scope="session")
def app_on(tmp_path_factory: pytest.TempPathFactory, providers: tuple[Provider, ...]) -> Iterator[AppOn]:
    """As everywhere, with these providers."""
    made: dict[str, Flask] = {}

    def find(kind: str) -> Flask:
        if kind not in made:
            folder: Path = tmp_path_factory.mktemp(kind)
            url = new_database_url(kind, folder, f"signing_in_{uuid.uuid4().hex[:8]}")
            made[kind] = make_app(make_settings(url, folder, providers=providers))
        return made[kind]

    yield find
    for app in made.values():
        with app.app_context():
            db.engine.dispose()


@pytest.fixture(params=DATABASES)
def app(request: pytest.FixtureRequest, app_on: AppOn, double: FalseProvider) -> Iterator[Flask]:
    """As everywhere, and as a process that has just begun: it has asked no provider anything."""
    found = app_on(request.param)
    limiter.reset()
    registry.register(found, found.config["SETTINGS"].providers)
    with wiped_afterwards(found):
        yield found
    double.begin_anew()


@pytest.fixture
def app_with(app: Flask) -> Iterator[AppWith]:
    """Another process on the same database, with other settings."""
    made: list[Flask] = []

    def make(**changes: Any) -> Flask:
        settings: Settings = replace(app.config["SETTINGS"], **changes)
        made.append(make_app(settings))
        return made[-1]

    yield make
    for one in made:
        with one.app_context():
            db.engine.dispose()


@pytest.fixture
def idporten(double: FalseProvider) -> Realm:
    return double.realms["idporten"]


@pytest.fixture
def entra(double: FalseProvider) -> Realm:
    return double.realms["entra"]


@pytest.fixture
def plain(double: FalseProvider) -> Realm:
    return double.realms["plain"]


@pytest.fixture
def attack(app: Flask, visitor: FlaskClient, idporten: Realm) -> Attack:
    """A sign-in by a provider that lies so, which is refused for that fault."""

    def do(fault: Fault, **lies: object) -> None:
        assert_refused(app, visitor, arrive(visitor, idporten, **lies), fault)  # type: ignore[arg-type]

    return do
