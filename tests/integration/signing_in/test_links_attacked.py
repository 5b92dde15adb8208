"""Links in mails: each good once, for a quarter of an hour, and what a wrong hand can do with one.

The rule for browsers: a link signs in the browser that opens it, and never the one that asked for it. What was written
comes along by itself only in the browser that asked; in another when who opens it says that they wrote it.
"""

import secrets
from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import EnvironBuilder

from participation import clock
from participation.accounts import service as accounts
from participation.accounts.models import Person, SignInLink, SignInSession
from participation.extensions import db
from participation.needs.models import NeedDraft
from participation.refusals import Refusal, Refused
from tests.factories import theme_and_area
from tests.forms import open_form, send
from tests.integration.signing_in.door import BJORN, enter, is_in, rows, token_of
from tests.integration.signing_in.false_provider import Realm
from tests.people import ADDRESS, make_person
from tests.told import rows_in_all_tables

WRITTEN = {
    "title": "Bussen går for sjelden om kvelden",
    "description": "Etter klokka åtte går det bare én buss i timen.",
    "affected": "Ungdom og de som jobber sent.",
    "theme": "buss",
    "area": "tranby",
}
# Of a database that is asked over a socket fewer, for they take a while.
GUESSES, GUESSES_BY_WEB = {"sqlite": 10_000, "postgresql": 1000}, 200


@pytest.fixture
def astrid(app: Flask) -> int:
    with app.app_context():
        theme_and_area()
        return make_person("Astrid").id


def token_in_mail(app: Flask, email: str) -> str:
    with app.app_context():
        query = select(SignInLink).where(SignInLink.email == email).order_by(SignInLink.id.desc()).limit(1)
        token = accounts.make_token(db.session.scalars(query).one())
        db.session.commit()
        return token


def ask(app: Flask, client: FlaskClient, email: str = ADDRESS["Astrid"], page: str = "/logg-inn") -> str:
    """The token in the mail that comes of it."""
    assert send(client, page, "/logg-inn", email=email).location == "/logg-inn/sendt"
    return token_in_mail(app, email)


def write(client: FlaskClient) -> str:
    """Write a need without being signed in; the page to sign in on."""
    location = send(client, "/behov/nytt", **WRITTEN).location
    assert location.startswith("/logg-inn?neste=/behov/nytt")
    return location


def writers(app: Flask) -> list[int | None]:
    return [draft.person_id for draft in rows(app, NeedDraft)]


def test_a_link_opened_in_another_browser_signs_in_that_one_and_never_the_one_that_asked(
    app: Flask, astrid: int, visitor: FlaskClient
) -> None:
    token, other = ask(app, visitor), app.test_client()
    assert send(other, f"/logg-inn/{token}").status_code == 302
    assert (is_in(other), is_in(visitor)) == (True, False)
    assert visitor.get(f"/logg-inn/{token}").status_code == 409


def test_what_was_written_comes_along_by_itself_in_the_browser_that_asked(
    app: Flask, astrid: int, visitor: FlaskClient
) -> None:
    page = write(visitor)
    answer = send(visitor, f"/logg-inn/{ask(app, visitor, page=page)}")
    assert answer.location == parse_qs(urlsplit(page).query)["neste"][0]
    assert writers(app) == [astrid]


def test_in_another_browser_nothing_that_was_written_comes_along_by_itself(
    app: Flask, astrid: int, visitor: FlaskClient
) -> None:
    """Else a stranger could write something, ask for a link to one's address, and have one send it."""
    token, other = ask(app, visitor, page=write(visitor)), app.test_client()
    assert WRITTEN["title"] in other.get(f"/logg-inn/{token}").text
    assert send(other, f"/logg-inn/{token}").location == "/"
    assert is_in(other)
    assert writers(app) == [None]


def test_in_another_browser_it_comes_along_when_one_says_that_one_wrote_it(
    app: Flask, astrid: int, visitor: FlaskClient
) -> None:
    page = write(visitor)
    token = ask(app, visitor, page=page)
    answer = send(app.test_client(), f"/logg-inn/{token}", mine="y")
    assert answer.location == parse_qs(urlsplit(page).query)["neste"][0]
    assert writers(app) == [astrid]


def test_a_link_works_once_whoever_opens_it(app: Flask, astrid: int, visitor: FlaskClient) -> None:
    token, other = ask(app, visitor), app.test_client()
    form = open_form(other, f"/logg-inn/{token}")
    send(visitor, f"/logg-inn/{token}")
    assert other.post(f"/logg-inn/{token}", data=form.filled({})).status_code == 409
    assert not is_in(other)
    assert len(rows(app, SignInSession)) == 1


def test_a_link_that_is_too_old_signs_nobody_in(app: Flask, astrid: int, visitor: FlaskClient) -> None:
    token = ask(app, visitor)
    form = open_form(visitor, f"/logg-inn/{token}")
    with clock.travel(clock.now() + timedelta(minutes=15)):
        assert visitor.get(f"/logg-inn/{token}").status_code == 409
        assert visitor.post(f"/logg-inn/{token}", data=form.filled({})).status_code == 409
    assert rows(app, SignInSession) == []


def test_who_is_new_by_a_link_says_that_they_are_old_enough(app: Flask, visitor: FlaskClient) -> None:
    token = ask(app, visitor, "ny@example.org")
    assert send(visitor, f"/logg-inn/{token}", name="Ny").status_code == 400
    assert rows(app, Person) == []
    assert send(visitor, f"/logg-inn/{token}", name="Ny", old_enough="y").status_code == 302
    assert is_in(visitor)


def confirming(app: Flask, client: FlaskClient, email: str) -> str:
    assert send(client, "/min-side/e-post", email=email).location == "/min-side"
    return token_in_mail(app, email)


def test_a_link_that_confirms_an_address_signs_nobody_in(app: Flask, visitor: FlaskClient, idporten: Realm) -> None:
    enter(visitor, idporten)
    token, other = confirming(app, visitor, "ny@example.org"), app.test_client()
    form = open_form(other, "/logg-inn")
    assert other.get(f"/logg-inn/{token}").status_code == 409
    data = {"csrf_token": form.fields["csrf_token"], "name": "Inntrenger", "old_enough": "y"}
    assert other.post(f"/logg-inn/{token}", data=data).status_code == 409
    assert other.get(f"/min-side/e-post/{token}").location.startswith("/logg-inn?")
    assert not is_in(other)


def test_a_link_that_confirms_an_address_works_only_for_who_asked(
    app: Flask, visitor: FlaskClient, idporten: Realm
) -> None:
    """Whoever got another to press it would else own two accounts, or give theirs away."""
    bjorn = app.test_client()
    enter(visitor, idporten)
    enter(bjorn, idporten, pid=BJORN, sub="sub-of-bjorn", name="Bjørn")
    token = confirming(app, visitor, "ny@example.org")
    assert bjorn.get(f"/min-side/e-post/{token}").status_code == 409
    form = open_form(visitor, f"/min-side/e-post/{token}")
    forged = form.filled({}) | {"csrf_token": open_form(bjorn, "/min-side/e-post").fields["csrf_token"]}
    assert bjorn.post(f"/min-side/e-post/{token}", data=forged).status_code == 409
    assert visitor.post(f"/min-side/e-post/{token}", data=form.filled({})).location == "/min-side"
    assert {person.name: person.email for person in rows(app, Person)} == {"Astrid": "ny@example.org", "Bjørn": None}
    assert visitor.get(f"/min-side/e-post/{token}").status_code == 409


def test_an_address_makes_two_accounts_one_and_the_session_another(
    app: Flask, astrid: int, visitor: FlaskClient, idporten: Realm
) -> None:
    former = app.test_client()
    send(former, f"/logg-inn/{ask(app, former)}")
    enter(visitor, idporten, name="Astrid med ID-porten")
    before = token_of(visitor)
    token = confirming(app, visitor, ADDRESS["Astrid"])
    assert send(visitor, f"/min-side/e-post/{token}").location == "/min-side"
    assert is_in(visitor)
    assert token_of(visitor) != before
    assert not is_in(former)
    assert [person.merged_into_id is None for person in rows(app, Person)].count(True) == 1


def test_an_address_does_not_make_one_account_of_two_people_with_numbers(
    app: Flask, visitor: FlaskClient, idporten: Realm
) -> None:
    bjorn = app.test_client()
    enter(visitor, idporten)
    send(visitor, f"/min-side/e-post/{confirming(app, visitor, 'felles@example.org')}")
    enter(bjorn, idporten, pid=BJORN, sub="sub-of-bjorn", name="Bjørn")
    token = confirming(app, bjorn, "felles@example.org")
    assert bjorn.get(f"/min-side/e-post/{token}").status_code == 409
    shown = open_form(bjorn, "/min-side/e-post")
    data = {"csrf_token": shown.fields["csrf_token"]}
    assert bjorn.post(f"/min-side/e-post/{token}", data=data).status_code == 409
    assert [person.merged_into_id for person in rows(app, Person)] == [None, None]
    assert {person.email for person in rows(app, Person)} == {"felles@example.org", None}


def statuses(app: Flask, tokens: Iterable[str]) -> list[int]:
    """Of opening each, asked straight of the app as its web server does."""
    given: list[int] = []

    def start(status: str, _headers: Any, _info: Any = None) -> Any:
        given.append(int(status[:3]))

    for token in tokens:
        answer = app.wsgi_app(EnvironBuilder(f"/logg-inn/{token}").get_environ(), start)
        for _piece in answer:
            pass
        getattr(answer, "close", lambda: None)()
    return given


def test_ten_thousand_guesses_find_no_link(app: Flask, astrid: int, visitor: FlaskClient) -> None:
    """The web stops them soon; and those that it would let through find nothing either."""
    token = ask(app, visitor)
    with app.app_context():
        before = rows_in_all_tables()
        db.session.rollback()
    near = [token[:-1], f"{token}a", token.swapcase(), token[::-1]]
    given = statuses(app, [*near, *(secrets.token_urlsafe(32) for _ in range(GUESSES_BY_WEB))])
    assert set(given) == {409, 429}
    assert given.index(429) == 30
    assert given[30:] == [429] * len(given[30:])
    with app.app_context():
        for _ in range(GUESSES[db.engine.dialect.name]):
            with pytest.raises(Refused) as refused:
                accounts.spend_link(secrets.token_urlsafe(32))
            assert refused.value.reason is Refusal.LINK_SPENT
        assert rows_in_all_tables() == before
    assert rows(app, SignInSession) == []
