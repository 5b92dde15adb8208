"""The real server on each database."""

from collections.abc import Iterator

import pytest

from tests.databases import DATABASES
from tests.journeys.service import Service, prepared_service


@pytest.fixture(scope="module", params=DATABASES)
def web_service(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A web server that the tests of a module share; each makes people and needs of its own."""
    kind = request.param
    with prepared_service(kind, tmp_path_factory.mktemp(kind), WEB_WORKERS="2") as service, service.web():
        yield service


@pytest.fixture(params=DATABASES)
def quiet_service(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A database and a mail server of the test's own, and nothing started yet."""
    kind = request.param
    with prepared_service(kind, tmp_path_factory.mktemp(kind), MAIL_LEASE_SECONDS="1") as service:
        yield service
