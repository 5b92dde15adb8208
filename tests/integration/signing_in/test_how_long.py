"""How long one stays signed in: thirty minutes unused, two hours in all, and not a moment after a reason to end."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from participation import clock
from participation.accounts import service as accounts
from participation.accounts.models import Person, SignInSession
from participation.extensions import db
from participation.permissions import Role
from participation.privacy import closing, merging
from participation.privacy.rules import Supports
from tests.forms import csrf_token, open_form, post
from tests.integration.signing_in.door import BJORN, enter, is_in, rows
from tests.integration.signing_in.false_provider import Realm

In = Callable[[float], datetime]


@pytest.fixture
def inside(visitor: FlaskClient, idporten: Realm) -> FlaskClient:
    enter(visitor, idporten)
    return visitor


@pytest.fixture
def after(inside: FlaskClient) -> In:
    """The moment so many minutes after the sign-in."""
    began = clock.now()
    return lambda minutes: began + timedelta(minutes=minutes)


def left(client: FlaskClient) -> dict[str, object]:
    """What the page is told of how long is left; the token that its forms are sent with aside."""
    told: dict[str, object] = client.get("/logg-inn/tid").json or {}
    return {name: value for name, value in told.items() if name != "token"}


def seen(app: Flask) -> datetime:
    (session,) = rows(app, SignInSession)
    moment: datetime = session.seen_at
    return moment


def test_who_does_nothing_for_half_an_hour_is_signed_out(inside: FlaskClient, after: In) -> None:
    with clock.travel(after(29.5)):
        assert left(inside) == {"seconds": pytest.approx(30, abs=5), "more": True}
    with clock.travel(after(30)):
        assert not is_in(inside)


def test_who_uses_it_stays_and_is_signed_out_after_two_hours_in_all(inside: FlaskClient, after: In) -> None:
    for minutes in (25, 50, 75, 100, 119):
        with clock.travel(after(minutes)):
            assert is_in(inside), minutes
    with clock.travel(after(119.5)):
        assert left(inside) == {"seconds": pytest.approx(30, abs=5), "more": False}
    with clock.travel(after(120)):
        assert not is_in(inside)


def test_use_is_noted_at_most_each_half_minute(app: Flask, inside: FlaskClient, after: In) -> None:
    began = seen(app)
    with clock.travel(began + timedelta(seconds=29)):
        inside.get("/behov")
        assert seen(app) == began
    with clock.travel(began + timedelta(seconds=30)):
        inside.get("/behov")
        assert seen(app) == began + timedelta(seconds=30)


def test_asking_how_long_is_left_and_fetching_a_file_is_no_use(app: Flask, inside: FlaskClient, after: In) -> None:
    began = seen(app)
    with clock.travel(after(20)):
        for path in ("/logg-inn/tid", "/static/dist/manifest.json", "/finnes-ikke"):
            inside.get(path).close()
            assert seen(app) == began, path
    with clock.travel(after(30)):
        assert inside.get("/logg-inn/tid").json == {"seconds": 0, "more": False}


def test_asking_to_go_on_is_use(app: Flask, inside: FlaskClient, after: In) -> None:
    token = csrf_token(inside)
    with clock.travel(after(29)):
        answer = inside.post("/logg-inn/fortsett", data={"csrf_token": token})
        assert answer.json == {"seconds": pytest.approx(30 * 60, abs=5), "more": True}
    with clock.travel(after(58)):
        assert is_in(inside)


def test_nobody_goes_on_without_a_token_of_ours_or_after_the_end(inside: FlaskClient, after: In) -> None:
    token = csrf_token(inside)
    with clock.travel(after(29)):
        assert inside.post("/logg-inn/fortsett").status_code == 400
    with clock.travel(after(31)):
        assert inside.post("/logg-inn/fortsett", data={"csrf_token": token}).status_code == 302
        assert not is_in(inside)


def test_who_is_signed_out_has_no_time_left(visitor: FlaskClient) -> None:
    assert visitor.get("/logg-inn/tid").json == {"seconds": 0, "more": False}


def test_what_is_written_when_the_session_ends_is_not_lost(app: Flask, inside: FlaskClient, after: In) -> None:
    shown = open_form(inside, "/min-side", "/min-side/innstillinger")
    headers = {"Sec-Fetch-Site": "same-origin"}
    with clock.travel(after(31)):
        data = shown.filled({"name": "Astrid på Tranby"})
        answer = inside.post("/min-side/innstillinger", data=data, headers=headers)
    assert answer.status_code == 401
    assert "Astrid på Tranby" in answer.text


def test_all_sessions_end_when_the_roles_change(app: Flask, inside: FlaskClient, idporten: Realm) -> None:
    phone = app.test_client()
    enter(phone, idporten)
    with app.app_context():
        person = db.session.query(Person).one()
        accounts.set_roles(None, person=person, roles=frozenset({Role.MODERATOR}))
        db.session.commit()
    assert (is_in(inside), is_in(phone)) == (False, False)


def test_all_sessions_end_when_the_account_is_closed(app: Flask, inside: FlaskClient, idporten: Realm) -> None:
    phone = app.test_client()
    enter(phone, idporten)
    with app.app_context():
        closing.close(db.session.query(Person).one(), supports=Supports.STAY)
        db.session.commit()
    assert (is_in(inside), is_in(phone)) == (False, False)


def test_all_sessions_of_both_end_when_two_accounts_become_one(
    app: Flask, inside: FlaskClient, idporten: Realm
) -> None:
    other = app.test_client()
    enter(other, idporten, pid=BJORN, sub="sub-of-bjorn", name="Bjørn")
    with app.app_context():
        kept, gone = db.session.query(Person).order_by(Person.id)
        merging.merge(kept.actor, kept=kept, gone=gone)
        db.session.commit()
    assert (is_in(inside), is_in(other)) == (False, False)


def test_what_is_kept_of_the_provider_s_word_goes_when_the_session_ends(app: Flask, inside: FlaskClient) -> None:
    assert [bool(session.sealed_id_token) for session in rows(app, SignInSession)] == [True]
    post(inside, "/logg-ut")
    assert [session.sealed_id_token for session in rows(app, SignInSession)] == [None]
