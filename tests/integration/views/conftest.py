from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from participation import clock
from participation.accounts.rules import SIGNIN_LINK_EXPIRY_MINUTES
from participation.extensions import limiter
from tests.integration.views.town import Rows, Town, all_rows, build, put_back
from tests.told import everything_kept

Unchanged = Callable[[], AbstractContextManager[None]]
SOON_TOO_OLD = timedelta(minutes=SIGNIN_LINK_EXPIRY_MINUTES / 2)


_built: dict[Flask, tuple[datetime, Town, Rows]] = {}


@pytest.fixture
def town(app: Flask) -> Town:
    """Built once in a process and database, then put back for each test; anew before its links are too old."""
    with app.app_context():
        at, built, rows = _built.get(app, (None, None, []))
        if at and built and clock.now() < at + SOON_TOO_OLD:
            put_back(rows)
            return built
        fresh = build()
        _built[app] = clock.now(), fresh, all_rows()
        return fresh


@pytest.fixture
def kept(app: Flask) -> Callable[[], str]:
    """Reads every value of every row."""

    def read() -> str:
        with app.app_context():
            return everything_kept()

    return read


@pytest.fixture
def unchanged(kept: Callable[[], str]) -> Unchanged:
    """A block in which nothing may be written."""

    @contextmanager
    def watch() -> Iterator[None]:
        before = kept()
        yield
        assert kept() == before

    return watch


@pytest.fixture
def unlimited(app: Flask) -> Iterator[None]:
    """For a test that sends more than any person would."""
    limiter.enabled = False
    yield
    limiter.enabled = True


@pytest.fixture
def browsers(town: Town, app: Flask) -> dict[str, FlaskClient]:
    """A browser for each of the people of the town, and under no name one where nobody is signed in."""
    clients = {name: app.test_client() for name in ("", *town.sessions)}
    for name, token in town.sessions.items():
        with clients[name].session_transaction() as cookie:
            cookie["_user_id"], cookie["_fresh"] = token, True
    return clients
