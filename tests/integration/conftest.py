"""Those who act in most tests, and what they act on: made for the test that asks for them."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask import Flask

from participation.accounts.models import Person
from participation.needs.models import Need
from participation.projects.models import Project
from participation.projects.rules import Phase
from participation.settings import Settings
from tests.factories import enter, link, make_accepted, make_project
from tests.integration.picky_sink import PickySink

Named = Callable[[str], Person]


@pytest.fixture
def cecilie(person: Named) -> Person:
    return person("Cecilie")


@pytest.fixture
def dag(person: Named) -> Person:
    return person("Dag")


@pytest.fixture
def need(person: Named, cecilie: Person) -> Need:
    """Astrid's, and accepted."""
    return make_accepted(person("Astrid"), by=cecilie)


@pytest.fixture
def project(need: Need, cecilie: Person) -> Project:
    """Tries out an answer to the need."""
    project = make_project(cecilie)
    link(project, need, by=cecilie)
    enter(project, Phase.PILOTING, by=cecilie)
    return project


@pytest.fixture
def sink() -> Iterator[PickySink]:
    """A mail server that can be told to be difficult."""
    server = PickySink()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def settings(ctx: Flask, sink: PickySink) -> Settings:
    """The app's, with the difficult mail server."""
    given: Settings = ctx.config["SETTINGS"]
    return replace(given, smtp_url=sink.url)
