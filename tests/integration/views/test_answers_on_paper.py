"""Whether it helped, as staff write it down for those who were asked on paper."""

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from participation.accounts.models import Person
from participation.audit.models import AuditEntry
from participation.extensions import db
from participation.outcomes.models import Feedback
from tests.forms import open_form
from tests.guards.html import faults
from tests.integration.views.town import Town

Browsers = dict[str, FlaskClient]
ANSWER = {"helped": "partly", "words": "Den går for tidlig hjem.", "may_publish": "y", "channel": "phone"}


def page_of(town: Town) -> str:
    return f"/redaksjonen/resultater/{town.published}/svar/pa-papir"


def test_only_those_asked_whom_no_mail_reaches_are_found_and_only_by_name(town: Town, browsers: Browsers) -> None:
    page, client = page_of(town), browsers["Cecilie"]
    assert page in client.get(page.removesuffix("/pa-papir")).text
    found = {words: client.get(page, query_string={"navn": words}).text for words in ("", "o", "ola", "Bjørn", "Per")}
    asked = f"{page}/{town.reader}"
    assert [words for words, html in found.items() if asked in html] == ["ola"]
    # Bjørn was asked by mail, and Per was not asked.
    assert not any(f'href="{page}/' in found[words] for words in ("", "o", "Bjørn", "Per"))
    assert [fault for html in found.values() for fault in faults(html)] == []
    assert browsers["Astrid"].get(page).status_code == 403


def test_the_answer_counts_and_stands_among_the_words_without_the_name(
    app: Flask, town: Town, browsers: Browsers
) -> None:
    page, client = f"{page_of(town)}/{town.reader}", browsers["Cecilie"]
    assert client.post(page, data=open_form(client, page, page).filled(ANSWER)).status_code == 302
    with app.app_context():
        said = db.session.get_one(Feedback, (town.published, town.reader))
        assert (said.helped, said.words, said.may_publish) == ("partly", "Den går for tidlig hjem.", True)
        entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "answer_registered")).one()
        cecilie = db.session.scalars(select(Person).where(Person.name == "Cecilie")).one()
        assert (entry.actor_id, entry.object_id, entry.facts) == (cecilie.id, town.published, {"channel": "phone"})
    shown = client.get(page_of(town).removesuffix("/pa-papir")).text
    assert "Den går for tidlig hjem." in shown
    assert "Ola" not in shown
    # Whoever opens the page again does not read what was answered.
    again = client.get(page).text
    assert "tidlig" not in again
    assert "checked" not in again.partition("<main")[2]


def test_nothing_is_written_down_for_one_who_was_not_asked_or_whom_mail_reaches(
    app: Flask, town: Town, browsers: Browsers
) -> None:
    client = browsers["Cecilie"]
    form = open_form(client, f"{page_of(town)}/{town.reader}", f"{page_of(town)}/{town.reader}").filled(ANSWER)
    with app.app_context():
        others = db.session.scalars(select(Person.id).where(Person.name.in_(["Bjørn", "Per"]))).all()
        before = _answered()
    for number in others:
        path = f"{page_of(town)}/{number}"
        assert (client.get(path).status_code, client.post(path, data=form).status_code) == (404, 404)
    with app.app_context():
        assert _answered() == before


def _answered() -> set[int]:
    return set(db.session.scalars(select(Feedback.person_id)))
