"""The passkey as a second step: who is let in where before it and after it, and what its pages take."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from participation import clock
from participation.accounts import service as accounts
from participation.accounts import sessions
from participation.accounts.models import Passkey, SignInSession
from participation.accounts.queries import person_by_email
from participation.extensions import db, limiter
from participation.permissions import GRANTS, Permission, Role
from participation.settings_passkeys import PasskeySettings, PasskeysRequired
from participation.web.access import declared
from tests.databases import make_app
from tests.forms import csrf_token, forms_on, post, send
from tests.guards.html import faults
from tests.people import ADDRESS, make_person
from tests.soft_passkey import SoftPasskey

STEP = "/logg-inn/nokkel"
KEYS = "/min-side/nokler"
STAFF_FACES = ("workbench.", "newsroom.", "administration.")
SITE = PasskeySettings(required=PasskeysRequired.ADMINISTRATORS, rp_id="localhost", origin="http://localhost")
By = Callable[[str], FlaskClient]


@pytest.fixture
def asking(app: Flask) -> Iterator[Flask]:
    """The service as it is in production: it asks administrators for a passkey."""
    second = make_app(replace(app.config["SETTINGS"], passkeys=SITE))
    limiter.reset()
    yield second
    with second.app_context():
        db.engine.dispose()


@pytest.fixture
def by_link(asking: Flask) -> By:
    """A browser in which the person has signed in by a link, as the command makes it."""

    def sign_in(name: str) -> FlaskClient:
        with asking.app_context():
            token = accounts.make_link(person_by_email(ADDRESS[name]) or make_person(name))
            db.session.commit()
        client = asking.test_client()
        assert send(client, f"/logg-inn/{token}").status_code == 302
        return client

    return sign_in


def make(
    client: FlaskClient, key: SoftPasskey, *, name: str = "Mobilen", neste: str = "/administrasjon"
) -> TestResponse:
    options = post(client, f"{KEYS}/begynn", name=name)
    assert options.status_code == 200, options.text
    return post(client, KEYS, name=name, neste=neste, credential=key.make(options.text))


def show(client: FlaskClient, key: SoftPasskey, *, neste: str = "/administrasjon") -> TestResponse:
    options = post(client, f"{STEP}/begynn")
    assert options.status_code == 200, options.text
    return post(client, STEP, neste=neste, credential=key.show(options.text))


def test_an_administrator_makes_the_first_one_and_comes_to_where_they_were_going(asking: Flask, by_link: By) -> None:
    farid, key = by_link("Farid"), SoftPasskey()
    turned_away = farid.get("/administrasjon/temaer?sok=a")
    assert (turned_away.status_code, turned_away.location) == (302, f"{STEP}?neste=/administrasjon/temaer?sok%3Da")
    page = farid.get(turned_away.location)
    assert "Lag en passnøkkel" in page.text
    made = make(farid, key, neste="/administrasjon/temaer?sok=a")
    assert (made.status_code, made.json) == (200, {"next": "/administrasjon/temaer?sok=a"})
    assert farid.get("/administrasjon").status_code == 200
    again = by_link("Farid")
    assert "Vis passnøkkelen din" in again.get(again.get("/administrasjon").location).text
    assert show(again, key).json == {"next": "/administrasjon"}
    assert again.get("/administrasjon").status_code == 200


def _address(app: Flask, endpoint: str, arguments: set[str]) -> str:
    values: dict[str, Any] = dict.fromkeys(arguments, 1)
    with app.test_request_context():
        return app.url_for(endpoint, **values)


def test_before_the_step_no_page_of_staff_lets_an_administrator_in(asking: Flask, by_link: By) -> None:
    farid, tried = by_link("Farid"), 0
    token = csrf_token(farid)
    may = GRANTS[Role.ADMINISTRATOR] - GRANTS[Role.RESIDENT]
    for rule in asking.url_map.iter_rules():
        wanted = declared(asking.view_functions[rule.endpoint])
        if wanted not in set(Permission) - GRANTS[Role.RESIDENT]:
            assert not rule.endpoint.startswith(STAFF_FACES), rule.endpoint
            continue
        address = _address(asking, rule.endpoint, rule.arguments)
        for method in {"GET", "POST"} & (rule.methods or set()):
            answer = farid.open(address, method=method, data={"csrf_token": token} if method == "POST" else None)
            tried += 1
            if wanted in may:
                assert answer.status_code == 302, (method, address)
                assert answer.location.startswith(f"{STEP}?neste="), (method, address)
            else:
                assert answer.status_code == 403, (method, address)
    assert tried > 60


def test_what_was_written_is_not_lost_when_the_step_is_left(by_link: By) -> None:
    farid = by_link("Farid")
    answer = post(farid, "/administrasjon/temaer", name="Et nytt tema om <b>busser</b>")
    assert answer.status_code == 401
    assert "Et nytt tema om &lt;b&gt;busser&lt;/b&gt;" in answer.text
    assert f'href="{STEP}?neste=' in answer.text
    assert faults(answer.text) == []


def test_meanwhile_they_are_residents(by_link: By) -> None:
    farid = by_link("Farid")
    for path in ("/", "/behov", "/min-side", "/min-side/varsler", "/behov/nytt"):
        page = farid.get(path)
        assert page.status_code == 200, path
        assert 'href="/arbeidsflate"' not in page.text
        assert f'href="{STEP}"' in page.text
    assert post(farid, "/logg-ut").status_code == 302


def test_a_case_worker_goes_straight_in_and_is_asked_once_they_have_one(by_link: By) -> None:
    cecilie, key = by_link("Cecilie"), SoftPasskey()
    assert cecilie.get("/arbeidsflate").status_code == 200
    assert cecilie.get(STEP).location == "/min-side"
    assert KEYS in cecilie.get("/min-side").text
    assert make(cecilie, key, neste=KEYS).json == {"next": KEYS}
    assert "Mobilen" in cecilie.get(KEYS).text
    assert cecilie.get("/arbeidsflate").status_code == 200
    again = by_link("Cecilie")
    assert again.get("/arbeidsflate").location == f"{STEP}?neste=/arbeidsflate"
    assert again.get(KEYS).location == f"{STEP}?neste={KEYS}"
    assert show(again, key, neste="/arbeidsflate").json == {"next": "/arbeidsflate"}
    assert again.get("/arbeidsflate").status_code == 200


def test_residents_have_no_such_pages(by_link: By) -> None:
    astrid = by_link("Astrid")
    assert KEYS not in astrid.get("/min-side").text
    assert astrid.get(STEP).location == "/min-side"
    assert astrid.get(KEYS).status_code == 403
    assert post(astrid, f"{KEYS}/begynn", name="Mobilen").status_code == 403
    assert post(astrid, f"{STEP}/begynn").status_code == 409


def test_a_visitor_is_sent_to_sign_in(asking: Flask) -> None:
    client = asking.test_client()
    for path in (STEP, KEYS):
        assert client.get(path).location == f"/logg-inn?neste={path}"
    for path in (STEP, f"{STEP}/begynn", KEYS, f"{KEYS}/begynn", f"{KEYS}/1/slett"):
        assert post(client, path).location.startswith("/logg-inn?neste=")


@pytest.mark.parametrize("path", [STEP, f"{STEP}/begynn", KEYS, f"{KEYS}/begynn", f"{KEYS}/1/slett"])
def test_without_the_forms_token_nothing_is_taken(by_link: By, path: str) -> None:
    assert by_link("Farid").post(path, data={"name": "Mobilen"}).status_code == 400


def test_a_wrong_answer_is_said_in_words_and_spends_the_challenge(by_link: By) -> None:
    farid = by_link("Farid")
    key = SoftPasskey()
    options = post(farid, f"{KEYS}/begynn", name="Mobilen").text
    evil = replace(key, origin="https://evil.example")
    refused = post(farid, KEYS, name="Mobilen", credential=evil.make(options))
    assert refused.status_code == 409
    assert refused.json == {"error": "Vi fikk ikke bekreftet passnøkkelen. Prøv igjen, eller bruk en annen."}
    late = post(farid, KEYS, name="Mobilen", credential=key.make(options))
    assert (late.status_code, "fem minutter" in late.text) == (409, True)
    assert farid.get("/administrasjon").status_code == 302


def test_host_and_origin_are_never_those_that_a_visitor_names(by_link: By) -> None:
    farid = by_link("Farid")
    token, cookie = csrf_token(farid), farid.get_cookie("session")
    assert cookie is not None
    farid.set_cookie("session", cookie.value, domain="evil.example")
    fields = {"csrf_token": token, "name": "Mobilen"}
    answer = farid.post(f"{KEYS}/begynn", data=fields, headers={"Host": "evil.example"})
    assert json.loads(answer.text)["rp"]["id"] == "localhost"


@pytest.mark.parametrize("name", ["", " ", "x" * 61])
def test_a_name_is_asked_for_before_the_device_is(by_link: By, name: str) -> None:
    farid = by_link("Farid")
    answer = post(farid, f"{KEYS}/begynn", name=name)
    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["field"] == "name"
    assert "navn" in answer.json["error"] or "60" in answer.json["error"]


def test_the_way_on_never_leads_elsewhere(by_link: By) -> None:
    farid, key = by_link("Farid"), SoftPasskey()
    assert make(farid, key, neste="https://evil.example/").json == {"next": "/min-side"}
    assert show(farid, key, neste="//evil.example").json == {"next": "/min-side"}
    page = farid.get(f"{STEP}?neste=//evil.example")
    assert "evil.example" not in "".join(
        value for form in forms_on(page.text) for value in form.fields.get("neste", [])
    )


def test_a_copy_of_the_cookie_from_before_the_step_is_of_no_use(asking: Flask, by_link: By) -> None:
    farid, thief = by_link("Farid"), asking.test_client()
    before = farid.get_cookie("session")
    assert before is not None
    make(farid, SoftPasskey())
    thief.set_cookie("session", before.value)
    assert thief.get("/min-side").status_code == 302
    assert farid.get("/administrasjon").status_code == 200


def test_the_last_one_is_shown_again_to_be_deleted(asking: Flask, by_link: By) -> None:
    farid, key = by_link("Farid"), SoftPasskey()
    make(farid, key)
    (delete,) = re.findall(rf'action="({KEYS}/\d+/slett)"', farid.get(KEYS).text)
    with clock.travel(clock.now() + timedelta(minutes=6)):
        page = farid.get(KEYS).text
        assert delete not in page
        assert f'href="{STEP}?neste={KEYS}"' in page
        refused = post(farid, delete)
        assert (refused.status_code, "Vis passnøkkelen din først" in refused.text) == (409, True)
        assert "Vis passnøkkelen din" in farid.get(f"{STEP}?neste={KEYS}").text
        assert show(farid, key, neste=KEYS).json == {"next": KEYS}
        assert post(farid, delete).location == KEYS
    with asking.app_context():
        assert db.session.scalars(select(Passkey)).all() == []
    assert farid.get(KEYS).location == f"{STEP}?neste={KEYS}"
    assert "Lag en passnøkkel" in farid.get(STEP).text


def test_nobody_deletes_anothers(asking: Flask, by_link: By) -> None:
    make(by_link("Farid"), SoftPasskey())
    with asking.app_context():
        number = db.session.scalars(select(Passkey.id)).one()
    assert post(by_link("Cecilie"), f"{KEYS}/{number}/slett").status_code == 302
    with asking.app_context():
        assert db.session.scalars(select(Passkey.id)).all() == [number]


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_the_pages_are_sound_html_whatever_is_left_to_do(by_link: By, language: str) -> None:
    farid, key = by_link("Farid"), SoftPasskey()
    pages = [farid.get(f"{STEP}?sprak={language}").text]
    make(farid, key)
    pages.append(farid.get(f"{KEYS}?sprak={language}").text)
    with clock.travel(clock.now() + timedelta(minutes=6)):
        pages.append(farid.get(f"{KEYS}?sprak={language}").text)
    pages.append(by_link("Farid").get(f"{STEP}?sprak={language}").text)
    pages.append(by_link("Cecilie").get(f"{KEYS}?sprak={language}").text)
    for page in pages:
        assert faults(page) == []
        assert f'lang="{language}"' in page
        assert "data-without-scripts" in page
        assert re.search(r'<script type="module" src="[^"]*/passkeys-\w+\.js">', page)


def test_other_pages_do_not_load_its_script(by_link: By) -> None:
    cecilie = by_link("Cecilie")
    for path in ("/", "/min-side", "/arbeidsflate", "/logg-inn"):
        assert "passkeys-" not in cecilie.get(path).text


def test_tries_are_counted(by_link: By) -> None:
    farid = by_link("Farid")
    token = csrf_token(farid)
    answers = [farid.post(STEP, data={"csrf_token": token}).status_code for _ in range(31)]
    assert answers == [409] * 30 + [429]


def test_where_browsers_make_none_the_pages_say_so_and_take_nothing(app: Flask) -> None:
    nowhere = make_app(replace(app.config["SETTINGS"], passkeys=None, site_url="http://127.0.0.1:5000"))
    with nowhere.app_context():
        token = sessions.open_session(make_person("Farid"), device="test")
        db.session.commit()
    farid = nowhere.test_client()
    with farid.session_transaction() as cookie:
        cookie["_user_id"] = token
    assert farid.get("/administrasjon").status_code == 200
    page = farid.get(KEYS)
    assert "http://127.0.0.1:5000" in page.text
    assert faults(page.text) == []
    assert KEYS not in farid.get("/min-side").text
    assert farid.get(STEP).location == "/min-side"
    for path in (STEP, f"{STEP}/begynn", KEYS, f"{KEYS}/begynn"):
        assert post(farid, path, name="Mobilen").status_code == 404
    with nowhere.app_context():
        db.engine.dispose()


def test_the_demos_people_are_not_asked(app: Flask) -> None:
    demo = make_app(replace(app.config["SETTINGS"], passkeys=SITE, demo=True, smtp_url=None))
    with demo.app_context():
        person = accounts.add_person("Farid", email="farid@demo.example", roles=frozenset({Role.ADMINISTRATOR}))
        number = person.id
        db.session.commit()
    client = demo.test_client()
    assert post(client, "/logg-inn/demo", person_id=number).status_code == 302
    assert client.get("/administrasjon").status_code == 200
    with demo.app_context():
        assert db.session.scalars(select(SignInSession.provider)).all() == ["demo"]
    with demo.app_context():
        db.engine.dispose()
