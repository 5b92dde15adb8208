"""Nothing that staff send to people has what a template leaves to be written or filled in."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask import Flask
from flask.testing import FlaskClient

from participation import unwritten
from participation.accounts.models import Person
from participation.extensions import db
from participation.notifications.rules import EventKind, Subject
from participation.notifications.service import announce
from participation.outcomes import queries, service
from participation.outcomes.models import Outcome
from participation.refusals import Refusal, Refused
from tests.forms import open_form, send
from tests.integration.views.town import Town

Browsers = dict[str, FlaskClient]
Unchanged = Callable[[], AbstractContextManager[None]]
LEFT = ("Om {tittel}.", "Innen {frist}.", "Fordi [skriv hvorfor].")


def _forms(town: Town) -> list[tuple[str, str, str, tuple[str, ...]]]:
    """Who opens which page, where its form goes, and which of its texts people are told or shown."""
    project, result = f"/arbeidsflate/prosjekter/{town.project}", f"/redaksjonen/resultater/{town.published_later}"
    end, need = f"/arbeidsflate/prosjekter/{town.leading}/avslutt", f"/arbeidsflate/behov/{town.declined}"
    step = f"need_{town.led}"
    correct = f"{need}/linjer/{town.line}/rett"
    return [
        ("Cecilie", correct, correct, ("body", "mail_body", "would_change", "note")),
        ("Cecilie", f"{project}/nytt", f"{project}/nytt", ("body", "mail_body")),
        ("Cecilie", end, end, ("lessons", f"{step}-text", f"{step}-would_change")),
        ("Cecilie", project, f"{project}/fase", ("note",)),
        ("Cecilie", project, f"{project}/koble", ("note",)),
        ("Cecilie", f"{result}/rett", f"{result}/rett", ("title", "summary", "body", "evidence_new", "note")),
        ("Dag", result, f"{result}/trekk-tilbake", ("reason",)),
    ]


@pytest.mark.parametrize("number", range(7))
@pytest.mark.parametrize("left", LEFT)
def test_what_a_template_leaves_is_named_at_its_field_and_stops_the_sending(
    town: Town, browsers: Browsers, unchanged: Unchanged, number: int, left: str
) -> None:
    who, page, action, fields = _forms(town)[number]
    (named,) = unwritten.left_in(left)
    for field in fields:
        words = {"note": "Noe.", f"need_{town.led}-kind": "decline"} if "kind" in field or "need" in field else {}
        with unchanged():
            answer = send(browsers[who], page, action, **(words | {field: left}))
        assert answer.status_code == 400, field
        errors = answer.text.partition('class="ds-error-summary"')[2].partition("</ul>")[0]
        assert named in errors, field


@pytest.mark.parametrize("left", LEFT)
def test_nothing_is_announced_with_what_a_template_leaves(app: Flask, town: Town, left: str) -> None:
    with app.test_request_context():
        for facts in ({"note": left}, {"needs": {"1": {"title": "Lys", "text": left}}}):
            with pytest.raises(Refused) as refused:
                announce(EventKind.NEWS, about=Subject("need", town.need), subjects=[], facts=facts)
            assert refused.value.reason is Refusal.FIELD_UNFILLED


def test_what_residents_call_their_needs_stops_no_news(app: Flask, town: Town) -> None:
    facts = {"needs": {"1": {"title": "Mer {tittel} og [skriv noe]"}}, "body": "Vi måler."}
    with app.test_request_context():
        announce(EventKind.NEWS, about=Subject("need", town.need), subjects=[], facts=facts)
        announce(EventKind.ASKED_AGAIN, about=Subject("need", town.need), subjects=[], facts={"body": LEFT[0]})


@pytest.mark.parametrize("left", LEFT)
def test_a_result_is_neither_sent_to_approval_nor_translated_with_something_left_to_write(
    app: Flask, town: Town, left: str
) -> None:
    def submit(change: Callable[[Outcome], None]) -> Refusal:
        outcome = queries.outcome(town.draft)
        assert outcome is not None
        change(outcome)
        with pytest.raises(Refused) as refused:
            service.submit(db.session.get_one(Person, town.person).actor, outcome=outcome, version=outcome.version)
        db.session.rollback()
        return refused.value.reason

    with app.test_request_context():
        assert submit(lambda outcome: setattr(outcome, "body", left)) is Refusal.FIELD_UNFILLED
        assert (
            submit(lambda outcome: setattr(outcome, "translations", {"en": {"body": left}})) is Refusal.FIELD_UNFILLED
        )


def test_the_checklist_says_that_something_is_left_to_write(town: Town, browsers: Browsers) -> None:
    page = f"/redaksjonen/resultater/{town.draft}"
    edit = open_form(browsers["Cecilie"], f"{page}/endre")
    assert edit.fields
    send(browsers["Cecilie"], f"{page}/endre", body=LEFT[2])
    shown = browsers["Cecilie"].get(page).text
    item = shown.partition("Ingenting står igjen å fylle ut eller skrive")[0].rpartition("<li")[2]
    assert "er gjort" not in item
