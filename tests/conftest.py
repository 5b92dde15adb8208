"""What every test may ask for."""

import gc
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from participation.accounts import sessions
from participation.accounts.models import Person
from participation.extensions import db, limiter
from tests.databases import DATABASES, make_app, make_settings, new_database_url, wiped_afterwards
from tests.left_out import pytest_sessionfinish, pytest_terminal_summary
from tests.people import make_person

__all__ = ["pytest_sessionfinish", "pytest_terminal_summary"]

AppOn = Callable[[str], Flask]

# Whole services and whole towns: begun with, so that no process is left with one of them when the others are done.
SLOW = ("tests/journeys/", "tests/integration/server/", "tests/integration/views/", "tests/guards/")

# How long an example takes says more of the machine than of the code.
hypothesis.settings.register_profile("unhurried", deadline=None)
hypothesis.settings.load_profile("unhurried")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The slow first; among themselves in the random order that they are in."""
    items.sort(key=lambda item: not item.nodeid.startswith(SLOW))


def pytest_collection_finish() -> None:
    """What is imported by now stays: looking for garbage in it again and again takes a twentieth of the time."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def app_on(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppOn]:
    """The app on a database of the kind asked for, made once and then shared by the process."""
    made: dict[str, Flask] = {}

    def find(kind: str) -> Flask:
        if kind not in made:
            folder: Path = tmp_path_factory.mktemp(kind)
            url = new_database_url(kind, folder, f"test_{uuid.uuid4().hex[:8]}")
            made[kind] = make_app(make_settings(url, folder))
        return made[kind]

    yield find
    for app in made.values():
        with app.app_context():
            db.engine.dispose()


@pytest.fixture(params=DATABASES)
def app(request: pytest.FixtureRequest, app_on: AppOn) -> Iterator[Flask]:
    """The app, once on each database, with an empty database and no limits used up."""
    found = app_on(request.param)
    limiter.reset()
    with wiped_afterwards(found):
        yield found


@pytest.fixture
def ctx(app: Flask) -> Iterator[Flask]:
    """The app's context, for tests of services; not together with a client."""
    with app.app_context():
        yield app


@pytest.fixture
def person(ctx: Flask) -> Callable[[str], Person]:
    """Makes a person by name."""
    return make_person


@pytest.fixture
def visitor(app: Flask) -> FlaskClient:
    """A browser in which nobody is signed in."""
    return app.test_client()


@pytest.fixture
def signed_in(app: Flask) -> Callable[[str], FlaskClient]:
    """A browser in which the named person, made when new, is signed in by a real sign-in session."""

    def sign_in(name: str) -> FlaskClient:
        with app.app_context():
            token = sessions.open_session(_named(name), device="test")
            db.session.commit()
        client = app.test_client()
        with client.session_transaction() as cookie:
            cookie["_user_id"], cookie["_fresh"] = token, True
        return client

    return sign_in


def _named(name: str) -> Person:

    return db.session.scalar(select(Person).where(Person.name == name)) or make_person(name)
