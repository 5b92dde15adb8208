"""A real browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.journeys.browser import chromium


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One for all journeys: Playwright can't be started twice in a thread."""
    with chromium() as started:
        yield started
