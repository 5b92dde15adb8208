"""Whatever is sent, no page fails."""

from collections.abc import Callable, Iterator
from urllib.parse import quote_from_bytes

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from participation.accounts import sessions
from participation.accounts.models import Person
from participation.extensions import db, limiter
from tests.databases import wiped_afterwards
from tests.forms import csrf_token
from tests.guards.pages import build_town

EXAMPLES = 100
FIELDS = ("title", "description", "affected", "solution", "theme", "area", "name_hidden", "draft_key", "x")
ASKED = (
    "q",
    "tema",
    "omrade",
    "status",
    "sorter",
    "etter",
    "visning",
    "sprak",
    "kommentarer_etter",
    "endpoint",
    "_anchor",
)
KNOWN = ("buss", "tranby", "1", "nyeste", "accepted", "alle", "1.5~2", "nb", "inf~1", "-1", "æøå", "%", "y")
Client = Callable[[str], tuple[FlaskClient, str]]
Pairs = list[tuple[str, str | bytes]]


def pairs(names: tuple[str, ...]) -> st.SearchStrategy[Pairs]:
    """Fields, known and unknown, some of them several times, with words that mean something and any bytes."""
    name = st.one_of(st.sampled_from(names), st.text(st.characters(codec="utf-8"), max_size=8))
    value = st.one_of(
        st.sampled_from(KNOWN), st.text(st.characters(codec="utf-8"), max_size=40), st.binary(max_size=40)
    )
    return st.lists(st.tuples(name, value), max_size=8)


def encoded(fields: Pairs) -> str:
    return "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in fields)


def _quoted(text: str | bytes) -> str:
    return quote_from_bytes(text if isinstance(text, bytes) else text.encode())


@pytest.fixture(scope="module")
def client_of(app_on: Callable[[str], Flask]) -> Iterator[Client]:
    """A browser of the person, or under no name of nobody, with its token, in a town that lasts for all examples."""
    app = app_on("sqlite")
    clients = {"": app.test_client(), "Cecilie": app.test_client()}
    with wiped_afterwards(app):
        with app.app_context():
            build_town()
            cecilie = db.session.scalars(select(Person).where(Person.name == "Cecilie")).one()
            token = sessions.open_session(cecilie, device="test")
            db.session.commit()
        with clients["Cecilie"].session_transaction() as cookie:
            cookie["_user_id"] = token
        limiter.enabled = False
        yield {name: (client, csrf_token(client)) for name, client in clients.items()}.__getitem__
        limiter.enabled = True


@settings(max_examples=EXAMPLES)
@given(fields=pairs(FIELDS), who=st.sampled_from(["", "Cecilie"]))
def test_no_need_that_is_sent_makes_the_page_fail(client_of: Client, fields: Pairs, who: str) -> None:
    client, token = client_of(who)
    body = encoded([*fields, ("csrf_token", token)])
    for path in ("/behov/nytt", "/behov/nytt/utkast"):
        answer = client.post(path, data=body, content_type="application/x-www-form-urlencoded")
        assert answer.status_code in {200, 302, 400, 409}


@settings(max_examples=EXAMPLES)
@given(asked=pairs(ASKED))
def test_nothing_that_is_asked_of_the_lists_makes_them_fail(client_of: Client, asked: Pairs) -> None:
    for who, path in (("", "/behov"), ("Cecilie", "/arbeidsflate")):
        assert client_of(who)[0].get(f"{path}?{encoded(asked)}").status_code == 200


@settings(max_examples=EXAMPLES)
@given(path=st.one_of(st.text(st.characters(codec="utf-8"), max_size=30), st.binary(max_size=30)))
def test_no_address_makes_the_service_fail(client_of: Client, path: str | bytes) -> None:
    for start in ("/", "/behov/", "/logg-inn/", "/avmeld/"):
        assert client_of("")[0].get(start + _quoted(path)).status_code < 500
