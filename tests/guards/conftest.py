from collections.abc import Iterator

import pytest
from flask import Flask

from participation.extensions import db
from tests.databases import make_app


@pytest.fixture
def faulty_app(app: Flask) -> Iterator[Flask]:
    """A second app on the same database, for a test to put something wrong into."""
    second = make_app(app.config["SETTINGS"])
    yield second
    with second.app_context():
        db.engine.dispose()
