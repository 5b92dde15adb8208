"""Pages opened from a mail are in its reader's language; names are people's own; the front shows what is open."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select, update

from participation.accounts.models import Person
from participation.accounts.rules import Language
from participation.extensions import db
from participation.needs import answers
from participation.needs.models import Need
from participation.needs.queries import needed_now
from participation.notifications.marks import mute_token, unsubscribe_token
from tests.forms import send
from tests.integration.views.town import Town

Browsers = dict[str, FlaskClient]


@pytest.fixture
def mailed(app: Flask, town: Town) -> list[str]:
    """The pages that Astrid's mails in English lead to."""
    with app.test_request_context():
        astrid = db.session.scalars(select(Person).where(Person.name == "Astrid")).one()
        astrid.language = Language.ENGLISH
        db.session.commit()
        subject = db.session.get_one(Need, town.need).subject
        tokens = (
            f"/avmeld/{unsubscribe_token(astrid.id)}",
            f"/avmeld/{unsubscribe_token(astrid.id, from_work=True)}",
            f"/demp/{mute_token(astrid.id, subject=subject)}",
        )
        return [f"/svar/{town.answer_token}", *tokens]


def _language(page: str) -> str:
    found = re.search(r'<html lang="(\w\w)"', page)
    assert found
    return found[1]


def test_a_page_opened_from_a_mail_is_in_the_readers_language(
    mailed: list[str], browsers: Browsers, visitor: FlaskClient
) -> None:
    for address in mailed:
        for page in (visitor.get(address), browsers["Bjørn"].get(address)):
            assert _language(page.text) == "en", address
    for address in mailed[1:]:
        assert _language(visitor.post(address).text) == "en", address


def test_a_language_chosen_in_the_browser_goes_before_the_mails(mailed: list[str], visitor: FlaskClient) -> None:
    visitor.get("/?sprak=nn")
    for address in mailed:
        assert _language(visitor.get(address).text) == "nn", address


def test_a_resident_does_not_take_the_municipalitys_name(town: Town, browsers: Browsers) -> None:
    link = f"/logg-inn/{town.newcomers_token}"
    for name in ("Lier kommune", "Lier kommune v/ ordføreren"):
        for who, page, action in (("Bjørn", "/min-side", "/min-side/innstillinger"), ("", link, link)):
            answer = send(browsers[who], page, action, name=name)
            assert answer.status_code == 400
            assert "Skriv ditt eget navn." in answer.text
    own = send(browsers["Cecilie"], "/min-side", "/min-side/innstillinger", name="Cecilie, Lier kommune")
    assert own.status_code == 302
    assert "Cecilie, Lier kommune" in browsers["Cecilie"].get("/min-side").text


def test_the_front_page_shows_only_what_others_can_still_support(app: Flask, town: Town, browsers: Browsers) -> None:
    with app.test_request_context():
        need = db.session.get_one(Need, town.need)
        db.session.execute(update(Need).where(Need.id == need.id).values(heat=1e9))
        db.session.commit()
        title = need.title
    assert title in browsers[""].get("/").text
    with app.test_request_context():
        need, cecilie = db.session.get_one(Need, town.need), db.session.get_one(Person, town.person)
        answers.decline(cecilie.actor, need=need, body="Nei.", would_change="Penger.", version=need.version)
        db.session.commit()
    assert title not in browsers[""].get("/").text


def test_an_index_serves_what_is_needed_now(app: Flask, town: Town) -> None:
    asked: list[tuple[str, Any]] = []
    with app.app_context():
        on_sqlite = db.engine.dialect.name == "sqlite"

        @event.listens_for(db.engine, "before_cursor_execute")
        def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
            asked.append((statement, parameters))

        needed_now(limit=3)
        event.remove(db.engine, "before_cursor_execute", note)
        ((statement, parameters),) = [one for one in asked if "heat DESC" in one[0]]
        connection = db.session.connection()
        if not on_sqlite:
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
            connection.exec_driver_sql("SET LOCAL enable_sort = off")
        explain = "EXPLAIN QUERY PLAN " if on_sqlite else "EXPLAIN "
        plan = "\n".join(str(row) for row in connection.exec_driver_sql(explain + statement, parameters))
        db.session.rollback()
    assert "ix_need_open_heat" in plan
    assert "TEMP B-TREE" not in plan
