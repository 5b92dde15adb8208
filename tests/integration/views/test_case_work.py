"""Staff's pages: each step is taken once, by who may, from where things stand; else the words are kept."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from participation.accounts.models import Person
from participation.extensions import db
from participation.needs.models import Need
from participation.needs.rules import NeedState
from participation.outcomes.models import Outcome
from participation.permissions import Role
from participation.projects.models import NeedLink, Project
from tests.factories import in_days
from tests.forms import ShownForm, open_form, post, send
from tests.integration.views.app_forms import NEED, PROJECT
from tests.integration.views.town import Town

Browsers = dict[str, FlaskClient]
Unchanged = Callable[[], AbstractContextManager[None]]
WORDS = "Ord som noen har brukt tid på"
ANSWERS: dict[str, dict[str, str]] = {
    "vurder": {},
    "forelopig-svar": {"body": WORDS, "answer_by": in_days(90).isoformat()},
    "ta-inn": {"body": WORDS},
    "avslag": {"body": WORDS, "would_change": "At flere trenger det."},
}


def _state(app: Flask, number: int) -> NeedState:
    with app.app_context():
        return db.session.get_one(Need, number).state


def _case(number: int) -> str:
    return f"/arbeidsflate/behov/{number}"


def _answer(browsers: Browsers, number: int, action: str) -> tuple[ShownForm, dict[str, str]]:
    return open_form(browsers["Cecilie"], _case(number), f"{_case(number)}/{action}"), ANSWERS[action]


def test_the_loop_from_queue_to_answer_shows_on_the_needs_page(app: Flask, town: Town, browsers: Browsers) -> None:
    assert f'href="{_case(town.need)}"' in browsers["Cecilie"].get("/arbeidsflate").text
    steps = [("vurder", "assessing"), ("forelopig-svar", "assessing"), ("ta-inn", "accepted")]
    for action, state in steps:
        form, words = _answer(browsers, town.need, action)
        answer = browsers["Cecilie"].post(form.action, data=form.filled(words))
        assert (answer.status_code, answer.location) == (302, _case(town.need))
        assert _state(app, town.need) == state
    page = browsers[""].get(f"/behov/{town.need}").text
    assert page.count(WORDS) >= 2
    assert f'href="{_case(town.need)}"' not in browsers["Cecilie"].get("/arbeidsflate").text


@pytest.mark.parametrize("action", ANSWERS)
def test_an_answer_given_twice_is_given_once_and_the_words_are_kept(
    town: Town, browsers: Browsers, unchanged: Unchanged, action: str
) -> None:
    form, words = _answer(browsers, town.need, action)
    assert browsers["Cecilie"].post(form.action, data=form.filled(words)).status_code == 302
    with unchanged():
        again = browsers["Cecilie"].post(form.action, data=form.filled(words))
    assert (again.status_code, words.get("body", "") in again.text) == (409, True)


@pytest.mark.parametrize("number", ["linked", "declined", "withdrawn"])
@pytest.mark.parametrize("action", ANSWERS)
def test_no_answer_is_given_where_there_is_no_move_for_it(
    town: Town, browsers: Browsers, unchanged: Unchanged, action: str, number: str
) -> None:
    need: int = getattr(town, number)
    version = str(_current_version(browsers, need))
    with unchanged():
        answer = post(browsers["Cecilie"], f"{_case(need)}/{action}", **ANSWERS[action], version=version)
    assert answer.status_code == 409
    assert ANSWERS[action].get("body", "") in answer.text


def _current_version(browsers: Browsers, number: int) -> int:
    app = browsers[""].application
    with app.app_context():
        return db.session.get_one(Need, number).version


def test_what_changed_meanwhile_is_not_answered_unseen(town: Town, browsers: Browsers, unchanged: Unchanged) -> None:
    form, words = _answer(browsers, town.need, "avslag")
    assert send(browsers["Astrid"], f"/behov/{town.need}/tillegg", body="Noe nytt og viktig").status_code == 302
    with unchanged():
        answer = browsers["Cecilie"].post(form.action, data=form.filled(words))
    assert (answer.status_code, WORDS in answer.text, "Noe nytt og viktig" in answer.text) == (409, True, True)


def test_the_answers_say_whose_case_it_is(app: Flask, town: Town, browsers: Browsers) -> None:
    page = f"/arbeidsflate/behov/{town.need}?sprak=en"
    assert "This is the case of" not in browsers["Cecilie"].get(page).text
    with app.app_context():
        dag = db.session.scalars(select(Person).where(Person.name == "Dag")).one()
        db.session.get_one(Need, town.need).case_worker_id = dag.id
        db.session.commit()
    assert "This is the case of Dag. If you answer" in browsers["Cecilie"].get(page).text


def test_an_unanswered_need_inspires_a_project_and_is_not_taken_on_by_it(
    app: Flask, town: Town, browsers: Browsers, unchanged: Unchanged
) -> None:
    page = f"/arbeidsflate/prosjekter/{town.project}"
    linked = {"reference": str(town.need), "note": WORDS}
    for scope in ("whole", "part"):
        with unchanged():
            answer = send(browsers["Cecilie"], page, f"{page}/koble", **linked, scope=scope)
        assert (answer.status_code, WORDS in answer.text) == (409, True)
    assert send(browsers["Cecilie"], page, f"{page}/koble", **linked, scope="inspired").status_code == 302
    assert _state(app, town.need) == NeedState.RECEIVED


def test_a_link_is_made_once_and_ended_once(app: Flask, town: Town, browsers: Browsers, unchanged: Unchanged) -> None:
    page = _case(town.accepted)
    form = open_form(browsers["Cecilie"], page, f"{page}/koble")
    words = {"project": str(town.project), "scope": "whole", "note": WORDS}
    assert browsers["Cecilie"].post(form.action, data=form.filled(words)).status_code == 302
    assert _state(app, town.accepted) == NeedState.TESTING
    with unchanged():
        again = browsers["Cecilie"].post(form.action, data=form.filled(words))
        assert (again.status_code, WORDS in again.text) == (409, True)
    with app.app_context():
        link = db.session.scalars(select(NeedLink).where(NeedLink.need_id == town.accepted)).one().id
    end = f"/arbeidsflate/koblinger/{link}/avslutt"
    assert send(browsers["Cecilie"], page, end, note="Det ble for stort.").status_code == 302
    assert _state(app, town.accepted) == NeedState.ACCEPTED
    with unchanged():
        assert post(browsers["Cecilie"], end, note=WORDS).status_code == 409


def test_a_project_is_made_moved_and_stopped_once(
    app: Flask, town: Town, browsers: Browsers, unchanged: Unchanged
) -> None:
    made = send(browsers["Cecilie"], "/arbeidsflate/prosjekter/nytt", **PROJECT, goals=["11", "9"])
    page = (made.location or "").partition("#")[0]
    assert made.status_code == 302
    with app.app_context():
        number = db.session.scalars(select(Project).where(Project.title == PROJECT["title"])).one().id
    assert page == f"/arbeidsflate/prosjekter/{number}"
    assert send(browsers["Cecilie"], page, f"{page}/fase", to="insight", note="Vi spør folk.").status_code == 302
    assert "Vi spør folk." in browsers[""].get(f"/prosjekter/{number}").text
    with unchanged():
        same = send(browsers["Cecilie"], page, f"{page}/fase", to="insight", note=WORDS)
        assert (same.status_code, WORDS in same.text) == (409, True)
    end = open_form(browsers["Cecilie"], f"{page}/avslutt", f"{page}/avslutt")
    assert browsers["Cecilie"].post(end.action, data=end.filled({"lessons": "Vi lærte noe."})).status_code == 302
    with unchanged():
        for path, fields in (
            ("avslutt", {"ending": "stopped", "lessons": WORDS}),
            ("fase", {"to": "piloting", "note": WORDS}),
        ):
            answer = post(browsers["Cecilie"], f"{page}/{path}", version=str(_project_version(app, number)), **fields)
            assert answer.status_code == 409
            assert WORDS in answer.text, path
        linked = post(browsers["Cecilie"], f"{page}/koble", reference=str(town.accepted), scope="whole", note=WORDS)
        assert linked.status_code == 409
    assert "Vi lærte noe." in browsers[""].get(f"/prosjekter/{number}").text


def _project_version(app: Flask, number: int) -> int:
    with app.app_context():
        return db.session.get_one(Project, number).version


def test_whoever_wrote_a_result_neither_approves_nor_publishes_it(
    app: Flask, town: Town, browsers: Browsers, unchanged: Unchanged
) -> None:
    """Dag may approve; not what he has written on, be it a word."""
    draft = f"/redaksjonen/resultater/{town.draft}"
    assert send(browsers["Dag"], f"{draft}/endre", title="Et utkast til resultat, pusset på").status_code == 302
    assert send(browsers["Cecilie"], draft, f"{draft}/til-godkjenning").status_code == 302
    for action in ("godkjenn", "publiser"):
        with unchanged():
            assert (
                post(browsers["Dag"], f"{draft}/{action}", version=_outcome_version(app, town.draft)).status_code == 403
            )
            assert post(browsers["Cecilie"], f"{draft}/{action}").status_code == 403


def _outcome_version(app: Flask, number: int) -> str:
    with app.app_context():
        return str(db.session.get_one(Outcome, number).version)


def test_a_result_is_published_by_another_and_moves_its_needs(app: Flask, town: Town, browsers: Browsers) -> None:
    page = f"/redaksjonen/resultater/{town.in_review}"
    assert browsers[""].get(f"/resultater/{town.in_review}").status_code == 404
    assert send(browsers["Dag"], page, f"{page}/godkjenn").status_code == 302
    assert browsers[""].get(f"/resultater/{town.in_review}").status_code == 404
    assert send(browsers["Dag"], page, f"{page}/publiser").status_code == 302
    assert browsers[""].get(f"/resultater/{town.in_review}").status_code == 200
    assert _state(app, town.linked) == NeedState.IN_USE
    assert f"/resultater/{town.in_review}" in browsers["Bjørn"].get("/min-side").text


STEPS = ("til-godkjenning", "tilbake", "godkjenn", "publiser")


@pytest.mark.parametrize(
    ("outcome", "possible"), [("draft", ()), ("in_review", ("tilbake", "godkjenn")), ("published", ())]
)
def test_no_step_is_taken_out_of_turn(
    app: Flask, town: Town, browsers: Browsers, unchanged: Unchanged, outcome: str, possible: tuple[str, ...]
) -> None:
    number: int = getattr(town, outcome)
    fields = {"version": _outcome_version(app, number), "note": WORDS}
    for step in [step for step in STEPS if step not in possible and (outcome, step) != ("draft", STEPS[0])]:
        with unchanged():
            answer = post(browsers["Dag"], f"/redaksjonen/resultater/{number}/{step}", **fields)
        assert answer.status_code == 409, step
        assert (WORDS in answer.text) == (step == "tilbake")
    with unchanged():
        edited = post(browsers["Cecilie"], f"/redaksjonen/resultater/{town.published}/endre", title=WORDS, **fields)
    assert (edited.status_code, WORDS in edited.text) == (409, True)


def test_a_draft_without_evidence_for_each_gate_waits(town: Town, browsers: Browsers, unchanged: Unchanged) -> None:
    page = f"/redaksjonen/resultater/{town.draft}"
    assert send(browsers["Cecilie"], f"{page}/endre", evidence_in_use="").status_code == 302
    with unchanged():
        assert send(browsers["Cecilie"], page, f"{page}/til-godkjenning").status_code == 409


def test_no_administrator_takes_the_keys_from_themselves(
    app: Flask, town: Town, browsers: Browsers, unchanged: Unchanged
) -> None:
    with app.app_context():
        own = db.session.scalars(select(Person.id).where(Person.name == "Farid")).one()
    with unchanged():
        answer = send(browsers["Farid"], f"/administrasjon/ansatte/{own}", roles=["staff"])
    assert (answer.status_code, 'data-field="validation"' in answer.text) == (400, True)


def test_whose_roles_are_taken_away_is_let_in_no_more(app: Flask, town: Town, browsers: Browsers) -> None:
    assert send(browsers["Farid"], f"/administrasjon/ansatte/{town.person}", roles=None).status_code == 302
    assert browsers["Cecilie"].get("/arbeidsflate").status_code == 302
    with app.app_context():
        assert db.session.get_one(Person, town.person).roles == []


def test_a_resident_who_is_employed_keeps_their_name_and_gets_the_role(
    app: Flask, town: Town, browsers: Browsers
) -> None:
    words: dict[str, Any] = {
        "email": "BJORN@example.org ",
        "name": "En annen",
        "unit": "Skole",
        "roles": ["case_worker"],
    }
    assert send(browsers["Farid"], "/administrasjon/ansatte/ny", **words).status_code == 302
    with app.app_context():
        person = db.session.scalars(select(Person).where(Person.email == "bjorn@example.org")).one()
        assert (person.name, [held.role for held in person.roles]) == ("Bjørn", [Role.CASE_WORKER])


def test_a_theme_out_of_use_is_offered_no_more_and_refused_when_sent(town: Town, browsers: Browsers) -> None:
    form = open_form(browsers["Bjørn"], "/behov/nytt")
    send(browsers["Farid"], "/administrasjon/temaer", nb="Annet", nn="Anna", en="Other")
    assert post(browsers["Farid"], f"/administrasjon/temaer/{town.theme}/ta-ut-av-bruk").status_code == 302
    answer = browsers["Bjørn"].post(form.action, data=form.filled(NEED))
    assert answer.status_code == 400
    assert NEED["title"] in answer.text
    assert 'value="buss"' not in browsers["Bjørn"].get("/behov/nytt").text
