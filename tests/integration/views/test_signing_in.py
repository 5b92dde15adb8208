"""Signing in by a link, out again, and everything one could try with it."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from participation import clock
from participation.accounts import service as accounts
from participation.accounts.models import Person, SignInLink, SignInSession
from participation.accounts.rules import Language
from participation.extensions import db
from participation.notifications.marks import unsubscribe_token
from tests.databases import make_app
from tests.forms import csrf_token, forms_on, open_form, post, send
from tests.people import make_person

SignIn = Callable[[str], FlaskClient]
Unchanged = Callable[[], AbstractContextManager[None]]


def _link(app: Flask, email: str = "astrid@example.org", next_path: str = "/behov") -> str:
    """The token of a link on its way to the address."""
    with app.app_context():
        accounts.request_link(email, language=Language.BOKMAL, next_path=next_path)
        link = db.session.scalars(select(SignInLink).order_by(SignInLink.id.desc())).first()
        assert link is not None
        token = accounts.make_token(link)
        db.session.commit()
        return token


@pytest.fixture
def astrid(app: Flask) -> int:
    with app.app_context():
        return make_person("Astrid").id


def _is_in(client: FlaskClient) -> bool:
    return client.get("/min-side").status_code == 200


def test_a_link_shows_a_button_and_signs_in_when_it_is_pressed(
    app: Flask, astrid: int, visitor: FlaskClient, unchanged: Unchanged
) -> None:
    path = f"/logg-inn/{_link(app)}"
    with unchanged():
        for _ in range(3):
            assert app.test_client().get(path).status_code == 200
            assert app.test_client().head(path).status_code == 200
    answer = send(visitor, path)
    assert (answer.status_code, answer.location) == (302, "/behov")
    assert _is_in(visitor)


def _people_and_sessions(app: Flask) -> list[int]:
    """How many there are: what is refused is noted, and lets nobody in."""
    with app.app_context():
        return [db.session.scalar(select(func.count()).select_from(model)) or 0 for model in (Person, SignInSession)]


def test_a_link_works_once_and_for_a_quarter_of_an_hour(app: Flask, astrid: int, visitor: FlaskClient) -> None:
    path = f"/logg-inn/{_link(app)}"
    form, other = open_form(visitor, path), app.test_client()
    others_form = open_form(other, path)
    assert visitor.post(path, data=form.filled({})).status_code == 302
    before = _people_and_sessions(app)
    assert other.post(path, data=others_form.filled({})).status_code == 409
    assert other.get(path).status_code == 409
    assert not _is_in(other)
    again = visitor.get(path)
    assert (again.status_code, again.location) == (302, "/behov")
    late = f"/logg-inn/{_link(app)}"
    form = open_form(other, late)
    with clock.travel(clock.now() + timedelta(minutes=15)):
        assert other.post(late, data=form.filled({})).status_code == 409
    assert not _is_in(other)
    assert _people_and_sessions(app) == before


def test_a_newcomer_says_what_they_are_called(app: Flask, visitor: FlaskClient, unchanged: Unchanged) -> None:
    path = f"/logg-inn/{_link(app, 'ny@example.org')}"
    with unchanged():
        assert send(visitor, path, name=" ").status_code == 400
    assert send(visitor, path, name="Ny Innbygger", old_enough="y").status_code == 302
    assert "Ny Innbygger" in visitor.get("/min-side").text


def _without_what_differs(answer: TestResponse, email: str) -> str:
    return re.sub(r'(name="csrf_token"[^>]*value=")[^"]*', r"\1", answer.text).replace(email, "ADRESSE")


def test_nothing_tells_a_known_address_from_an_unknown_one(app: Flask, astrid: int) -> None:
    pages, rows = [], []
    for email in ("astrid@example.org", "ukjent@example.org"):
        client = app.test_client()
        sent = send(client, "/logg-inn", email=email)
        following = client.get(sent.location)
        headers = sorted(name for name, _ in sent.headers)
        pages.append((sent.status_code, sent.location, headers, _without_what_differs(following, email)))
        with app.app_context():
            link = db.session.scalars(select(SignInLink).where(SignInLink.email == email)).one()
            rows.append({name: getattr(link, name) is None for name in SignInLink.__table__.columns.keys()})  # noqa: SIM118
    assert pages[0] == pages[1]
    assert rows[0] == rows[1]


def test_the_sixth_link_to_an_address_is_not_made_and_the_page_says_the_same(
    app: Flask, astrid: int, visitor: FlaskClient
) -> None:
    answers = {send(visitor, "/logg-inn", email="Astrid@Example.org").location for _ in range(7)}
    assert answers == {"/logg-inn/sendt"}
    with app.app_context():
        assert len(db.session.scalars(select(SignInLink)).all()) == 5


def test_what_a_browser_held_before_does_not_follow_into_the_sign_in(app: Flask, astrid: int) -> None:
    """Nobody can fix another's session beforehand: neither its token nor what it holds."""
    victim, attacker = app.test_client(), app.test_client()
    for client in (victim, attacker):
        with client.session_transaction() as cookie:
            cookie["_user_id"], cookie["planted"] = "angriperens-nøkkel", "verdi"
    send(victim, f"/logg-inn/{_link(app)}")
    with victim.session_transaction() as cookie:
        assert cookie["_user_id"] != "angriperens-nøkkel"
        assert "planted" not in cookie
    assert _is_in(victim)
    assert not _is_in(attacker)


def test_signing_in_again_ends_the_session_that_the_browser_had(
    app: Flask, astrid: int, signed_in: SignIn, visitor: FlaskClient
) -> None:
    bjorn = signed_in("Bjørn")
    old = bjorn.get_cookie("session")
    send(bjorn, f"/logg-inn/{_link(app)}")
    assert "Astrid" in bjorn.get("/min-side").text
    assert old is not None
    visitor.set_cookie("session", old.value)
    assert not _is_in(visitor)


def test_signing_out_ends_the_session_on_the_server_too(signed_in: SignIn, visitor: FlaskClient) -> None:
    client = signed_in("Astrid")
    old = client.get_cookie("session")
    assert old is not None
    answer = post(client, "/logg-ut")
    assert (answer.status_code, answer.location) == (302, "/")
    assert not _is_in(client)
    visitor.set_cookie("session", old.value)
    assert not _is_in(visitor)


def test_a_session_is_ended_by_its_owner_alone(app: Flask, signed_in: SignIn) -> None:
    astrid, phone, bjorn = signed_in("Astrid"), signed_in("Astrid"), signed_in("Bjørn")
    with app.app_context():
        numbers = db.session.scalars(
            select(SignInSession.id).join(Person).where(Person.name == "Astrid").order_by(SignInSession.id)
        ).all()
    for number in numbers:
        assert post(bjorn, f"/min-side/innlogginger/{number}/avslutt").status_code == 302
    assert (_is_in(astrid), _is_in(phone)) == (True, True)
    assert post(astrid, f"/min-side/innlogginger/{numbers[1]}/avslutt").status_code == 302
    assert (_is_in(astrid), _is_in(phone), _is_in(bjorn)) == (True, False, True)


def test_all_other_devices_are_signed_out_at_once(signed_in: SignIn) -> None:
    here, *others = (signed_in("Astrid") for _ in range(3))
    bjorn = signed_in("Bjørn")
    assert post(here, "/min-side/innlogginger/avslutt-andre").status_code == 302
    assert [_is_in(client) for client in (here, *others, bjorn)] == [True, False, False, True]


ELSEWHERE = ("//evil.example", "https://evil.example/", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)",
             "/\t/evil.example", "///evil.example", "evil.example", "/%00\x00", "http:evil.example",
             "/" + "a" * 600)  # fmt: skip


def test_the_way_on_never_leads_elsewhere(app: Flask, astrid: int, signed_in: SignIn) -> None:
    inside = signed_in("Astrid")
    for path in ELSEWHERE:
        client = app.test_client()
        (form,) = [
            form
            for form in forms_on(client.get("/logg-inn", query_string={"neste": path}).text)
            if "email" in form.fields
        ]
        assert form.fields["neste"] == ["/min-side"], path
        data = form.filled({"email": "ny@example.org", "neste": path})
        assert client.post("/logg-inn", data=data).location == "/logg-inn/sendt"
        assert inside.get("/logg-inn", query_string={"neste": path}).location == "/min-side"
    with app.app_context():
        assert {link.next_path for link in db.session.scalars(select(SignInLink))} == {"/min-side"}


def test_a_stored_way_on_that_leads_elsewhere_is_not_followed(app: Flask, astrid: int, visitor: FlaskClient) -> None:
    answer = send(visitor, f"/logg-inn/{_link(app, next_path='//evil.example')}")
    assert (answer.status_code, answer.location) == (302, "/")


def test_the_way_on_is_kept_through_the_sign_in(app: Flask, astrid: int, visitor: FlaskClient) -> None:
    turned_away = visitor.get("/min-side?for=5")
    assert turned_away.location == "/logg-inn?neste=/min-side?for%3D5"
    send(visitor, turned_away.location, "/logg-inn", email="astrid@example.org")
    with app.app_context():
        link = db.session.scalars(select(SignInLink)).one()
        token = accounts.make_token(link)
        db.session.commit()
    assert send(visitor, f"/logg-inn/{token}").location == "/min-side?for=5"


def test_outside_a_demo_nobody_enters_as_someone_else(astrid: int, visitor: FlaskClient, unchanged: Unchanged) -> None:
    with unchanged():
        assert post(visitor, "/logg-inn/demo", person_id=astrid).status_code == 404
    assert visitor.get("/demo/postkasse").status_code == 404
    assert visitor.get("/demo/postkasse/../../etc/passwd").status_code == 404
    assert "person_id" not in visitor.get("/logg-inn").text


@pytest.fixture
def demo_app(app: Flask) -> Iterator[Flask]:
    second = make_app(replace(app.config["SETTINGS"], demo=True, smtp_url=None))
    yield second
    with second.app_context():
        db.engine.dispose()


def test_in_a_demo_one_enters_as_its_people_and_nobody_else(demo_app: Flask, astrid: int) -> None:
    with demo_app.app_context():
        demo = accounts.add_person("Demo Innbygger", email="innbygger@demo.example").id
        db.session.commit()
    client = demo_app.test_client()
    for number in (astrid, 0, -1, 2**63, "x", "\x00"):
        assert post(client, "/logg-inn/demo", person_id=number).status_code == 404
    answer = post(client, "/logg-inn/demo", person_id=demo, neste="//evil.example")
    assert (answer.status_code, answer.location) == (302, "/min-side")
    assert "Demo Innbygger" in client.get("/min-side").text
    assert client.get("/demo/postkasse").status_code == 200
    assert client.get("/demo/postkasse/finnes-ikke").status_code == 404


def test_mail_is_turned_off_by_one_click_with_no_sign_in_and_no_token(
    app: Flask, astrid: int, visitor: FlaskClient, unchanged: Unchanged
) -> None:
    with app.app_context():
        path = f"/avmeld/{unsubscribe_token(astrid)}"
    with unchanged():
        assert visitor.get(path).status_code == 200
        for forged in ("x", path[8:-1], path[8:] + "a", "1", "MQ.x", "%00"):
            assert visitor.post(f"/avmeld/{forged}").status_code == 404
    answer = visitor.post(path, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    with app.app_context():
        assert db.session.get_one(Person, astrid).mail_notices is False


def test_settings_change_what_the_person_is_called_and_in_which_language(
    app: Flask, signed_in: SignIn, visitor: FlaskClient
) -> None:
    client = signed_in("Astrid")
    changes = {"name": "Astrid på Tranby", "language": "nn"}
    assert send(client, "/min-side", "/min-side/innstillinger", **changes).status_code == 302
    page = client.get("/min-side").text
    assert '<html lang="nn"' in page
    assert "Astrid på Tranby" in page
    with app.app_context():
        person = db.session.scalars(select(Person).where(Person.name == "Astrid på Tranby")).one()
        assert (person.language, person.mail_notices, person.name_hidden) == ("nn", True, False)


def test_a_newcomer_cannot_be_made_with_a_link_that_was_never_asked_for(
    visitor: FlaskClient, unchanged: Unchanged
) -> None:
    token = csrf_token(visitor)
    with unchanged():
        for made_up in ("x", "a" * 43, "../min-side", "%00", "æøå", "' OR 1=1"):
            answer = visitor.post(f"/logg-inn/{made_up}", data={"csrf_token": token, "name": "Inntrenger"})
            assert answer.status_code in {404, 405, 409}, made_up
