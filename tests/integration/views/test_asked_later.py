"""Whether it helped and whether it is still in use, as people answer it in the browser."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from participation import clock
from participation.accounts.models import Person
from participation.extensions import db
from participation.notifications.mails import compose
from participation.notifications.models import Delivery, Event
from participation.notifications.rules import EventKind
from participation.outcomes.models import Feedback, Outcome
from participation.outcomes.rules import OutcomeState
from tests.forms import open_form, post, send
from tests.integration.views.town import Town

Browsers = dict[str, FlaskClient]
Unchanged = Callable[[], AbstractContextManager[None]]


def link(town: Town, chosen: str = "") -> str:
    return f"/svar/{town.answer_token}" + (f"?svar={chosen}" if chosen else "")


def answer(client: FlaskClient, path: str, **fields: str) -> int:
    form = open_form(client, path, path.partition("?")[0])
    return client.post(form.action, data=form.filled(fields)).status_code


def sums(app: Flask, town: Town) -> tuple[int, int, int]:
    with app.app_context():
        outcome = db.session.get_one(Outcome, town.published)
        return outcome.helped_yes, outcome.helped_partly, outcome.helped_no


def set_sums(app: Flask, town: Town, yes: int, partly: int, no: int) -> None:
    with app.app_context():
        values = {"helped_yes": yes, "helped_partly": partly, "helped_no": no}
        db.session.execute(update(Outcome).where(Outcome.id == town.published).values(values))
        db.session.commit()


def test_a_scanner_that_opens_all_three_links_answers_nothing(
    town: Town, browsers: Browsers, unchanged: Unchanged
) -> None:
    with unchanged():
        for chosen in ("ja", "delvis", "nei", "kanskje", ""):
            for ask in (browsers[""].get, browsers[""].head):
                assert ask(link(town, chosen)).status_code == 200


@pytest.mark.parametrize(("chosen", "helped"), [("ja", "yes"), ("delvis", "partly"), ("nei", "no")])
def test_the_link_chooses_the_answer_and_the_button_sends_it(
    app: Flask, town: Town, browsers: Browsers, chosen: str, helped: str
) -> None:
    path = link(town, chosen)
    form = open_form(browsers[""], path, path.partition("?")[0])
    assert form.fields["helped"] == [helped]
    before = sums(app, town)
    assert browsers[""].post(path, data=form.filled({})).status_code == 302
    gained = [now - was for now, was in zip(sums(app, town), before, strict=True)]
    assert gained == [int(one == helped) for one in ("yes", "partly", "no")]


def test_an_answer_is_changed_by_the_same_link(app: Flask, town: Town, browsers: Browsers) -> None:
    assert answer(browsers[""], link(town, "ja"), words="Nå rekker jeg bussen.") == 302
    shown = browsers[""].get(link(town)).text
    assert "Nå rekker jeg bussen." in shown
    assert answer(browsers["Astrid"], f"/resultater/{town.published}/hjalp-det", helped="no") == 302
    assert sums(app, town) == (0, 0, 2)


def test_a_wrong_token_is_no_address_and_one_not_asked_is_let_in_nowhere(town: Town, browsers: Browsers) -> None:
    for token in ("tull", town.answer_token[:-1], town.answer_token + "A", "WzEsMl0"):
        assert browsers[""].get(f"/svar/{token}").status_code == 404
        assert post(browsers[""], f"/svar/{token}", helped="yes").status_code == 404
    path = f"/resultater/{town.published}/hjalp-det"
    assert browsers["Gry"].get(path).status_code == 403
    assert post(browsers["Gry"], path, helped="yes").status_code == 403


def test_after_ninety_days_and_of_what_is_withdrawn_nothing_is_taken(
    app: Flask, town: Town, browsers: Browsers, unchanged: Unchanged
) -> None:
    form = open_form(browsers[""], link(town), link(town))
    with clock.travel(clock.now() + timedelta(days=90, minutes=1)), unchanged():
        assert browsers[""].get(link(town)).status_code == 410
        assert browsers[""].post(link(town), data=form.filled({"helped": "yes"})).status_code == 410
    with app.app_context():
        outcome = db.session.get_one(Outcome, town.published)
        outcome.state, outcome.withdrawn_at = OutcomeState.WITHDRAWN, clock.now()
        outcome.withdrawn_reason = "Tallene var feil."
        db.session.commit()
    with unchanged():
        for answered in (
            browsers[""].get(link(town)),
            browsers[""].post(link(town), data=form.filled({"helped": "yes"})),
            browsers["Astrid"].get(f"/resultater/{town.published}/hjalp-det"),
        ):
            assert answered.status_code == 410
            assert "Tallene var feil." in answered.text


def test_below_five_nothing_is_shown_but_that_we_have_asked(app: Flask, town: Town, browsers: Browsers) -> None:
    with app.app_context():
        db.session.execute(update(Feedback).values(published_at=clock.now()))
        db.session.commit()
    page = f"/resultater/{town.published}"
    set_sums(app, town, 3, 0, 1)
    html = browsers[""].get(page).text
    assert "helped-table" not in html
    assert "tidlig" not in html
    assert browsers[""].get(f"{page}/det-de-sier").status_code == 404
    set_sums(app, town, 3, 1, 1)
    html = browsers[""].get(page).text
    assert "helped-table" in html
    assert "Den går &lt;b&gt;for&lt;/b&gt; tidlig." in html
    assert "Bjørn" not in html
    assert "Den går &lt;b&gt;for&lt;/b&gt; tidlig." in browsers[""].get(f"{page}/det-de-sier").text


def test_those_asked_are_asked_on_the_result_and_on_my_page_and_nobody_else(town: Town, browsers: Browsers) -> None:
    question = f"/resultater/{town.published}/hjalp-det?svar=ja"
    for page in (f"/resultater/{town.published}", "/min-side"):
        assert question in browsers["Astrid"].get(page).text
        assert question not in browsers["Gry"].get(page).text
    assert question not in browsers[""].get(f"/resultater/{town.published}").text
    answer(browsers["Astrid"], f"/resultater/{town.published}/hjalp-det", helped="yes")
    assert question not in browsers["Astrid"].get("/min-side").text


def test_staff_read_the_words_without_names_and_communications_show_them(
    app: Flask, town: Town, browsers: Browsers
) -> None:
    page = f"/redaksjonen/resultater/{town.published}/svar"
    html = browsers["Cecilie"].get(page).text
    assert "tidlig" in html
    assert "Bjørn" not in html
    assert "/svar/vis" not in html
    assert post(browsers["Cecilie"], f"{page}/vis", words="x").status_code == 403
    assert browsers["Astrid"].get(page).status_code == 403
    assert send(browsers["Dag"], page, f"{page}/vis").status_code == 302
    with app.app_context():
        (said,) = db.session.scalars(select(Feedback))
        assert said.published_at is not None
    assert send(browsers["Dag"], page, f"{page}/ta-bort").status_code == 302


def test_words_changed_while_staff_read_them_are_not_shown(app: Flask, town: Town, browsers: Browsers) -> None:
    page = f"/redaksjonen/resultater/{town.published}/svar"
    form = open_form(browsers["Dag"], page, f"{page}/vis")
    with app.app_context():
        db.session.execute(update(Feedback).values(words="Noe helt annet."))
        db.session.commit()
    answered = browsers["Dag"].post(form.action, data=form.filled({}))
    assert answered.status_code == 409
    with app.app_context():
        assert db.session.scalars(select(Feedback.published_at)).all() == [None]


def test_confirmed_use_stands_on_the_result_with_its_figures(app: Flask, town: Town, browsers: Browsers) -> None:
    page = f"/arbeidsflate/i-bruk/{town.published}/6"
    figure = f"indicator_{town.indicator}"
    fields = {
        "evidence": "Den går hver dag.",
        f"{figure}-value": "2,5",
        f"{figure}-measured_on": clock.today().isoformat(),
    }
    own = {
        "own_0-name": "Passasjerer",
        "own_0-unit": "i uka",
        "own_0-value": "310",
        "own_0-measured_on": clock.today().isoformat(),
    }
    assert send(browsers["Cecilie"], page, f"{page}/bekreft", evidence="Uten tall.").status_code == 409
    assert send(browsers["Cecilie"], page, f"{page}/bekreft", **fields, **own).status_code == 302
    html = browsers[""].get(f"/resultater/{town.published}").text
    for words in ("Den går hver dag.", "2,5", "Passasjerer", "310", "Cecilie"):
        assert words in html
    assert post(browsers["Cecilie"], f"{page}/bekreft", **fields).status_code == 409
    listed = browsers["Cecilie"].get("/arbeidsflate/i-bruk").text
    assert f"/arbeidsflate/i-bruk/{town.published}/12" in listed


def test_a_figure_from_before_it_was_published_is_refused_at_its_day(
    app: Flask, town: Town, browsers: Browsers
) -> None:
    page = f"/arbeidsflate/i-bruk/{town.published}/6"
    day = f"indicator_{town.indicator}-measured_on"
    with app.app_context():
        published_at = db.session.get_one(Outcome, town.published).published_at
        assert published_at is not None
        old = (published_at - timedelta(days=1)).date().isoformat()
    fields = {"evidence": "Den går hver dag.", f"indicator_{town.indicator}-value": "2,5", day: old}
    answer = send(browsers["Cecilie"], page, f"{page}/bekreft", **fields)
    assert answer.status_code == 400
    assert f'id="{day}-error"' in answer.text
    assert "Mål på nytt" in answer.text
    assert f'value="{old}"' in answer.text


def test_leaders_see_what_they_are_reminded_of_and_whose_it_is_to_answer(town: Town, browsers: Browsers) -> None:
    page = f"/arbeidsflate/i-bruk/{town.published}/6"
    hege = browsers["Hege"]
    assert "/arbeidsflate/i-bruk" in hege.get("/arbeidsflate").text
    assert page in hege.get("/arbeidsflate/i-bruk").text
    shown = hege.get(page)
    assert (shown.status_code, "/bekreft" in shown.text, "Saksbehandlere" in shown.text) == (200, False, True)
    assert post(hege, f"{page}/bekreft", evidence="Ja.").status_code == 403


def test_what_is_out_of_use_says_so_on_its_page_and_opens_the_need(app: Flask, town: Town, browsers: Browsers) -> None:
    page = f"/arbeidsflate/i-bruk/{town.published}/6"
    fields = {"happened": "Pengene tok slutt.", f"need_{town.linked}": "Vi leter etter noe nytt."}
    assert send(browsers["Cecilie"], page, f"{page}/ikke-lenger", **fields).status_code == 302
    assert "Pengene tok slutt." in browsers[""].get(f"/resultater/{town.published}").text
    assert "Vi leter etter noe nytt." in browsers[""].get(f"/behov/{town.linked}").text
    assert browsers["Cecilie"].get(f"/arbeidsflate/i-bruk/{town.published}/12").status_code == 404
    for kind in (EventKind.NO_LONGER_IN_USE, EventKind.DID_IT_HELP):
        mail = mail_of(app, kind)
        assert "Bussen går hver halvtime" in mail


def test_use_is_for_staff_alone(town: Town, browsers: Browsers) -> None:
    for path in ("/arbeidsflate/i-bruk", f"/arbeidsflate/i-bruk/{town.published}/6"):
        assert browsers["Astrid"].get(path).status_code == 403
        assert browsers[""].get(path).status_code == 302


def mail_of(app: Flask, kind: EventKind) -> str:
    """The mail to Astrid about the newest event of the kind, both its parts."""
    with app.test_request_context():
        deliveries = db.session.scalars(
            select(Delivery)
            .join(Delivery.event)
            .join(Delivery.person)
            .where(Event.kind == kind, Person.name == "Astrid")
            .order_by(Delivery.event_id.desc())
        ).all()
        for one in deliveries:
            db.session.refresh(one, ["event", "person"])
        mail = compose(deliveries[:1])
        return mail.subject + mail.text + mail.html


def test_the_mail_that_asks_has_three_links_that_lead_to_the_form(app: Flask, town: Town, browsers: Browsers) -> None:
    mail = mail_of(app, EventKind.DID_IT_HELP)
    for chosen in ("ja", "delvis", "nei"):
        assert f"http://localhost/svar/{town.answer_token}?svar={chosen}" in mail
