"""A page costs as many queries in a large town as in a small one."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from participation.comments import service as comments
from participation.extensions import db
from participation.needs.models import Need
from participation.web.access import public
from tests import factories
from tests.guards.growth import counted_queries, grow
from tests.guards.pages import DEMO_PAGES, Values, build_town, every_page
from tests.people import make_person

SMALL, LARGE = 10, 1000
MOST_QUERIES = 30
SignIn = Callable[[str], FlaskClient]


def _ten_of_each() -> Values:
    values = build_town()
    author = make_person("Kari")
    need = factories.make_need(author)
    while (db.session.scalar(select(func.count()).select_from(Need)) or 0) < SMALL:
        factories.make_need(author)
    for number in range(SMALL):
        comments.comment(author.actor, need=need, body=f"Kommentar {number}")
    db.session.commit()
    return values | {"need_id": [*values["need_id"], need.id]}


def _count(client: FlaskClient, path: str) -> int:
    with counted_queries() as statements:
        assert client.get(path).status_code < 500, path
    return len(statements)


# How many queries a page costs does not hang on the database: both are asked by the same code.
@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_no_page_asks_more_when_the_town_grows_a_hundredfold(app: Flask, signed_in: SignIn) -> None:
    with app.app_context():
        values = _ten_of_each()
    pages = [page for page in every_page(app, values) if page.endpoint not in DEMO_PAGES]
    clients = {page.name: signed_in(page.name) for page in pages}
    for page in pages:
        clients[page.name].get(page.path)
    few = {page.path: _count(clients[page.name], page.path) for page in pages}
    with app.app_context():
        grow(LARGE // SMALL - 1)
        assert db.session.scalar(select(func.count()).select_from(Need)) == LARGE
    many = {page.path: _count(clients[page.name], page.path) for page in pages}
    assert many == few
    assert max(few.values()) <= MOST_QUERIES


def test_a_page_that_asks_for_each_row_is_seen(faulty_app: Flask) -> None:
    @faulty_app.get("/grådig")
    @public
    def greedy() -> str:
        ids = db.session.scalars(select(Need.id)).all()
        return " ".join(db.session.get_one(Need, number).title for number in ids)

    with faulty_app.app_context():
        build_town()
    client = faulty_app.test_client()
    few = _count(client, "/grådig")
    with faulty_app.app_context():
        grow(2)
    assert _count(client, "/grådig") > few
