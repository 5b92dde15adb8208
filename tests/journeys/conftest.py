"""A real browser, and a service whose time can be moved."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.at_browser import PAGE_MILLISECONDS
from tests.journeys.browser import chromium
from tests.journeys.over_time import Windows, service_over_time, windows_on
from tests.journeys.service import Service
from tests.journeys.signing_in import Town, town
from tests.journeys.told import nothing_went_wrong

# A machine that does much else is slow, and not wrong: what is expected is waited for as long as pages are.
expect.set_options(timeout=PAGE_MILLISECONDS)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One for all journeys: Playwright can't be started twice in a thread."""
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """One for all the tests of a module, each with needs and people of its own."""
    with service_over_time("sqlite", tmp_path_factory.mktemp("service")) as started:
        yield started


@pytest.fixture
def windows(service: Service, browser: Browser) -> Iterator[Windows]:
    """Windows on the module's service."""
    with windows_on(service, browser) as opened:
        yield opened


@pytest.fixture(scope="module")
def lier(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Town]:
    """The service with both sign-in providers beside it, and needs and people to come to."""
    with town("sqlite", tmp_path_factory.mktemp("town"), browser) as started:
        yield started
        nothing_went_wrong(started.service)
