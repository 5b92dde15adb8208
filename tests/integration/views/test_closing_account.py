"""Deleting one's account on the pages."""

import re
from collections.abc import Callable

import pytest
from flask import Flask, get_template_attribute
from flask.testing import FlaskClient
from flask_babel import force_locale
from sqlalchemy import select

from participation.accounts import service as accounts
from participation.accounts.models import Person, SignInLink
from participation.accounts.rules import Language
from participation.comments import service as comments
from participation.extensions import db
from participation.needs.models import Need
from participation.privacy.merging import Preview
from participation.support import service as support
from tests.factories import make_need
from tests.forms import csrf_token, open_form, post, send
from tests.guards.html import faults
from tests.people import make_person

SignIn = Callable[[str], FlaskClient]
PAGE = "/min-side/slett"


@pytest.fixture
def need_id(app: Flask) -> int:
    """Astrid's, which she and Bjørn support, with a comment by her."""
    with app.app_context():
        astrid, bjorn = make_person("Astrid"), make_person("Bjørn")
        need = make_need(astrid)
        support.support(bjorn.actor, need=need)
        comments.comment(astrid.actor, need=need, body="Det gjelder hele familien.")
        db.session.commit()
        return need.id


def link_to(app: Flask, email: str, *, next_path: str) -> str:
    """The token of a link on its way to the address."""
    with app.app_context():
        accounts.request_link(email, language=Language.BOKMAL, next_path=next_path)
        link = db.session.scalars(select(SignInLink).where(SignInLink.email == email)).one()
        token = accounts.make_token(link)
        db.session.commit()
        return token


def count(app: Flask, need_id: int) -> int:
    with app.app_context():
        return db.session.get_one(Need, need_id).support_count


def closed(app: Flask) -> list[bool]:
    with app.app_context():
        rows = db.session.scalars(select(Person.closed_at).order_by(Person.id))
        return [at is not None for at in rows]


def test_my_page_leads_there(signed_in: SignIn) -> None:
    assert f'href="{PAGE}"' in signed_in("Astrid").get("/min-side").text


def test_letting_the_support_count_is_chosen_beforehand(signed_in: SignIn) -> None:
    assert open_form(signed_in("Astrid"), PAGE).fields["supports"] == ["stay"]


@pytest.mark.parametrize(("choice", "left"), [("stay", 2), ("take_back", 1)])
def test_the_account_is_deleted_as_chosen_and_a_farewell_said(
    app: Flask, signed_in: SignIn, need_id: int, choice: str, left: int
) -> None:
    here, there = signed_in("Astrid"), signed_in("Astrid")
    answer = send(here, PAGE, supports=choice)
    assert (answer.status_code, answer.location) == (302, "/konto-slettet")
    assert here.get("/min-side").status_code == there.get("/min-side").status_code == 302
    assert closed(app) == [True, False]
    assert count(app, need_id) == left
    farewell = here.get(answer.location)
    assert farewell.status_code == 200
    assert "Astrid" not in farewell.text


def test_what_they_wrote_stays_and_no_name_is_shown_or_missing(
    app: Flask, signed_in: SignIn, visitor: FlaskClient, need_id: int
) -> None:
    send(signed_in("Astrid"), PAGE)
    cecilie = signed_in("Cecilie")
    for client, path in ((visitor, f"/behov/{need_id}"), (cecilie, f"/arbeidsflate/behov/{need_id}")):
        page = client.get(path).text
        assert "Astrid" not in page
        assert "tidligere bruker" in page.lower()
        assert not re.search(r'<h\d class="comment-name">\s*</h', page)
        assert "hele familien" in page
    for path in (f"/behov/{need_id}?sprak=en", f"/behov/{need_id}?sprak=nn"):
        assert "Astrid" not in visitor.get(path).text


@pytest.mark.parametrize("choice", [None, "", "begge", "stay\x00"])
def test_without_a_choice_nothing_is_deleted(app: Flask, signed_in: SignIn, need_id: int, choice: str | None) -> None:
    answer = send(signed_in("Astrid"), PAGE, supports=choice)
    assert answer.status_code == 400
    assert "error-summary" in answer.text
    assert closed(app) == [False, False]


def test_without_a_token_nothing_is_deleted(app: Flask, signed_in: SignIn, need_id: int) -> None:
    assert signed_in("Astrid").post(PAGE, data={"supports": "stay"}).status_code == 400
    assert closed(app) == [False, False]


def test_the_form_sent_twice_deletes_once(app: Flask, signed_in: SignIn, need_id: int) -> None:
    client = signed_in("Astrid")
    form = open_form(client, PAGE)
    fields = form.filled({"supports": "take_back"})
    cookie = client.get_cookie("session")
    assert cookie is not None
    client.post(PAGE, data=fields)
    client.set_cookie("session", cookie.value)
    assert client.post(PAGE, data=fields).status_code == 401
    assert count(app, need_id) == 1


def test_a_visitor_is_asked_to_sign_in(visitor: FlaskClient) -> None:
    assert visitor.get(PAGE).location.startswith("/logg-inn")


def test_staff_see_why_they_cannot_and_no_button(app: Flask, signed_in: SignIn) -> None:
    cecilie = signed_in("Cecilie")
    page = cecilie.get(PAGE)
    assert page.status_code == 200
    assert "administrator" in page.text
    assert 'data-color="danger"' not in page.text
    assert faults(page.text) == []
    assert post(cecilie, PAGE, supports="stay").status_code == 409
    assert closed(app) == [False]


def test_the_farewell_is_for_all_and_sets_no_cookie(visitor: FlaskClient) -> None:
    answer = visitor.get("/konto-slettet")
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers


def test_who_comes_back_is_asked_their_name_and_finds_their_support(
    app: Flask, signed_in: SignIn, visitor: FlaskClient, need_id: int
) -> None:
    send(signed_in("Bjørn"), PAGE)
    path = f"/logg-inn/{link_to(app, 'bjorn@example.org', next_path=f'/behov/{need_id}')}"
    assert send(visitor, path).status_code == 400
    assert send(visitor, path, name="Bjørn B.", old_enough="y").status_code == 302
    assert "trekk-stotte" in visitor.get(f"/behov/{need_id}").text
    assert count(app, need_id) == 2
    assert csrf_token(visitor)


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_what_moves_when_accounts_become_one_is_said_in_words(app: Flask, language: str) -> None:
    moved = Preview(supports=3, supports_in_both=1, comments=2, follows=0, needs=1, drafts=1)
    nothing = Preview(supports=0, supports_in_both=0, comments=0, follows=0, needs=0, drafts=0)
    with app.test_request_context(), force_locale(language):
        merging = get_template_attribute("components/merging.html", "merging")
        some, none = str(merging(moved)), str(merging(nothing))
    assert some.count("<li>") == 4
    assert all(f">{number} " in some for number in (3, 2, 1))
    assert "<li>" not in none
