"""The address that a provider sends people back to: good once, in the browser that set out, for a quarter of an hour.

Whoever gets another to open an answer of theirs (login CSRF) signs nobody in.
"""

from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient

from participation import clock
from participation.accounts.models import Person, SignInAttempt
from participation.accounts.rules import ATTEMPT_EXPIRY_MINUTES
from participation.oidc.faults import Fault
from tests.forms import open_form, send
from tests.integration.signing_in.door import (
    WELCOME,
    arrive,
    assert_refused,
    claims,
    come_back,
    enter,
    is_in,
    rows,
    set_out,
    token_of,
)
from tests.integration.signing_in.false_provider import Realm

NOT_BEGUN = Fault.NOT_BEGUN_HERE
BROWSER = "browser"


def answer_of(client: FlaskClient, realm: Realm, **changes: str) -> dict[str, str]:
    """What an honest provider sends the browser back with."""
    asked = set_out(client, realm)
    return {"code": realm.code(asked, claims(realm, asked, **changes)), "state": asked.state}


def held(app: Flask, client: FlaskClient, answer: dict[str, str | None], realm: Realm) -> None:
    """The answer is refused here, and the code is still unused."""
    refused = come_back(client, realm, **answer)
    assert refused.status_code == 409
    assert not is_in(client)
    assert realm.forms == []
    assert rows(app, Person) == []


def test_a_wrong_state_is_refused_and_the_code_not_used(app: Flask, visitor: FlaskClient, idporten: Realm) -> None:
    answer = answer_of(visitor, idporten)
    for wrong in ("another", "", answer["state"][:-1], answer["state"].swapcase(), "\x00", "x" * 5000):
        held(app, visitor, {**answer, "state": wrong}, idporten)


def test_an_answer_without_state_is_refused(app: Flask, visitor: FlaskClient, idporten: Realm) -> None:
    held(app, visitor, {**answer_of(visitor, idporten), "state": None}, idporten)


def test_an_answer_that_nobody_set_out_for_is_refused_and_noted(
    app: Flask, visitor: FlaskClient, idporten: Realm
) -> None:
    answer = come_back(visitor, idporten, code="a-code", state="a-state")
    assert_refused(app, visitor, answer, NOT_BEGUN)


def test_another_browser_s_answer_signs_nobody_in(app: Flask, visitor: FlaskClient, idporten: Realm) -> None:
    attacker = app.test_client()
    answer = answer_of(attacker, idporten)
    held(app, visitor, {**answer}, idporten)


def test_another_browser_s_answer_signs_nobody_in_who_has_set_out_too(
    app: Flask, visitor: FlaskClient, idporten: Realm
) -> None:
    answer_of(visitor, idporten)
    held(app, visitor, {**answer_of(app.test_client(), idporten)}, idporten)


def test_another_s_answer_changes_nothing_for_who_is_signed_in(
    app: Flask, visitor: FlaskClient, idporten: Realm
) -> None:
    enter(visitor, idporten)
    before = token_of(visitor)
    answer = answer_of(app.test_client(), idporten, pid="13527248013")
    assert come_back(visitor, idporten, **answer).status_code == 409
    assert token_of(visitor) == before
    assert "Astrid" in visitor.get("/min-side").text


def test_an_answer_works_once(app: Flask, visitor: FlaskClient, idporten: Realm) -> None:
    answer = answer_of(visitor, idporten)
    assert come_back(visitor, idporten, **answer).location == WELCOME
    again = come_back(visitor, idporten, **answer)
    assert again.status_code == 409
    assert len(idporten.forms) == 1


def test_an_answer_works_once_also_when_the_first_time_failed(
    app: Flask, visitor: FlaskClient, idporten: Realm
) -> None:
    answer = answer_of(visitor, idporten, acr="unknown")
    assert_refused(app, visitor, come_back(visitor, idporten, **answer), Fault.ASSURANCE_TOO_LOW)
    assert_refused(app, visitor, come_back(visitor, idporten, **answer), NOT_BEGUN)
    assert len(idporten.forms) == 1


def test_an_answer_after_a_quarter_of_an_hour_is_refused(app: Flask, visitor: FlaskClient, idporten: Realm) -> None:
    answer = answer_of(visitor, idporten)
    with clock.travel(clock.now() + timedelta(minutes=ATTEMPT_EXPIRY_MINUTES)):
        held(app, visitor, {**answer}, idporten)


def test_an_answer_from_one_provider_is_not_taken_at_another_s_address(
    app: Flask, visitor: FlaskClient, idporten: Realm, entra: Realm
) -> None:
    answer = answer_of(visitor, idporten)
    assert come_back(visitor, entra, **answer).status_code == 409
    assert entra.forms == idporten.forms == []


def test_no_provider_of_an_unknown_name_answers(visitor: FlaskClient) -> None:
    for path in ("/logg-inn/via/ukjent", "/logg-inn/via/ukjent/svar", "/logg-inn/via/link/svar"):
        assert visitor.get(path).status_code == 404


def test_who_chooses_not_to_sign_in_is_told_so_and_can_begin_again(
    app: Flask, visitor: FlaskClient, idporten: Realm
) -> None:
    asked = set_out(visitor, idporten, neste="/behov?q=buss")
    answer = come_back(visitor, idporten, error="access_denied", state=asked.state)
    assert answer.location == "/logg-inn?neste=/behov?q%3Dbuss"
    assert rows(app, SignInAttempt) == []
    assert not is_in(visitor)


def test_an_error_that_comes_back_signs_nobody_in(app: Flask, visitor: FlaskClient, idporten: Realm) -> None:
    asked = set_out(visitor, idporten)
    answer = come_back(visitor, idporten, error="server_error", error_description="<b>10915596784", state=asked.state)
    assert_refused(app, visitor, answer, Fault.PROVIDER_REFUSED)
    assert "10915596784" not in answer.text.replace("error_description=%3Cb%3E10915596784", "")


def test_a_planted_browser_secret_lets_nobody_else_go_on_as_who_arrives(
    app: Flask, visitor: FlaskClient, idporten: Realm
) -> None:
    attacker = app.test_client()
    for client in (visitor, attacker):
        with client.session_transaction() as cookie:
            cookie[BROWSER] = "a-secret-that-the-attacker-knows"
    assert arrive(visitor, idporten).location == WELCOME
    assert attacker.get(WELCOME).status_code == 409
    assert send(visitor, WELCOME, name="Astrid").status_code == 302
    assert is_in(visitor)
    assert not is_in(attacker)


def test_a_planted_browser_secret_is_not_what_is_held_after_the_sign_in(
    app: Flask, visitor: FlaskClient, idporten: Realm
) -> None:
    with visitor.session_transaction() as cookie:
        cookie[BROWSER], cookie["_user_id"], cookie["planted"] = "known", "known", "value"
    enter(visitor, idporten)
    with visitor.session_transaction() as cookie:
        assert BROWSER not in cookie
        assert "planted" not in cookie
        assert cookie["_user_id"] != "known"


def test_each_sign_in_and_step_up_gives_a_new_token_and_ends_the_former(
    app: Flask, visitor: FlaskClient, idporten: Realm
) -> None:
    tokens = []
    for query in ({}, {}, {"niva": "high"}):
        enter(visitor, idporten, query=query, acr="idporten-loa-high")
        tokens.append(token_of(visitor))
    assert len(set(tokens)) == 3
    for former in tokens[:-1]:
        stale = app.test_client()
        with stale.session_transaction() as cookie:
            cookie["_user_id"], cookie["_fresh"] = former, True
        assert not is_in(stale)


def test_who_arrives_signed_in_as_another_chooses_and_the_former_token_is_dead(
    app: Flask, visitor: FlaskClient, idporten: Realm
) -> None:
    enter(visitor, idporten)
    former = token_of(visitor)
    assert arrive(visitor, idporten, pid="13527248013").location == WELCOME
    assert is_in(visitor)
    shown = open_form(visitor, WELCOME)
    assert "name" in shown.fields, "a person with a number of their own was offered another's account"
    send(visitor, WELCOME, name="Bjørn")
    assert "Bjørn" in visitor.get("/min-side").text
    with visitor.session_transaction() as cookie:
        cookie["_user_id"] = former
    assert not is_in(visitor)


def test_what_waits_to_be_agreed_to_is_not_another_browser_s(app: Flask, visitor: FlaskClient, idporten: Realm) -> None:
    assert arrive(visitor, idporten).location == WELCOME
    other = app.test_client()
    assert other.get(WELCOME).status_code == 409
    assert arrive(other, idporten, pid="13527248013").location == WELCOME
    send(other, WELCOME, name="Bjørn")
    assert [person.name for person in rows(app, Person)] == ["Bjørn"]


def test_what_waits_to_be_agreed_to_waits_a_quarter_of_an_hour(
    app: Flask, visitor: FlaskClient, idporten: Realm
) -> None:
    arrive(visitor, idporten)
    form = open_form(visitor, WELCOME)
    with clock.travel(clock.now() + timedelta(minutes=ATTEMPT_EXPIRY_MINUTES)):
        assert visitor.post(WELCOME, data=form.filled({"name": "Astrid"})).status_code == 409
    assert rows(app, Person) == []


def test_what_is_agreed_to_is_agreed_to_once(app: Flask, visitor: FlaskClient, idporten: Realm) -> None:
    arrive(visitor, idporten)
    form = open_form(visitor, WELCOME).filled({"name": "Astrid"})
    with visitor.session_transaction() as cookie:
        before = dict(cookie)
    assert visitor.post(WELCOME, data=form).location == "/"
    with visitor.session_transaction() as cookie:
        cookie.clear()
        cookie.update(before)
    assert visitor.post(WELCOME, data=form).status_code == 409
    assert len(rows(app, Person)) == 1


def test_nothing_is_agreed_to_without_the_form_s_own_token(app: Flask, visitor: FlaskClient, idporten: Realm) -> None:
    arrive(visitor, idporten)
    assert visitor.post(WELCOME, data={"name": "Astrid"}).status_code == 400
    assert visitor.post(WELCOME, data={"choice": "join"}).status_code == 400
    assert rows(app, Person) == []
