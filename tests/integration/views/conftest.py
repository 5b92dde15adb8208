from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from flask import Flask
from flask.testing import FlaskClient

from participation.extensions import limiter
from tests.integration.views.town import Town, build
from tests.told import everything_kept

Unchanged = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def town(app: Flask) -> Town:
    with app.app_context():
        return build()


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
def browsers(town: Town, visitor: FlaskClient, signed_in: Callable[[str], FlaskClient]) -> dict[str, FlaskClient]:
    """A browser for each of the people of the town, and under no name one where nobody is signed in.

    Made before anything is watched, since a sign-in writes.
    """
    return {"": visitor} | {name: signed_in(name) for name in ("Astrid", "Bjørn", "Cecilie", "Dag", "Farid", "Gry")}
