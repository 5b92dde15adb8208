"""Who lacks something for what they want to do: told what, shown the way, and brought back with what they wrote."""

from collections.abc import Iterator
from datetime import date
from html import unescape
from pathlib import Path
from re import findall
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from participation.accounts import service as accounts
from participation.accounts.models import Identity, Person, SignInAttempt, SignInSession
from participation.demands import Demands
from participation.extensions import db
from participation.needs.models import Need
from participation.permissions import Act, Assurance
from participation.settings_residence import MaskinportenSettings, ResidenceSettings
from participation.support.models import Support
from tests.factories import make_need, theme_and_area
from tests.forms import post, send
from tests.integration.residence import fiks_double as fiks
from tests.integration.residence.fiks_double import FiksDouble
from tests.integration.signing_in.conftest import AppWith
from tests.integration.signing_in.door import (
    ASTRID,
    HIGH,
    SUBSTANTIAL,
    WELCOME,
    arrive,
    claims,
    come_back,
    enter,
    is_in,
    rows,
)
from tests.integration.signing_in.false_provider import CLIENT_KID, Asked, Realm, key
from tests.integration.signing_in.test_links_attacked import WRITTEN
from tests.national_numbers import synthetic
from tests.people import make_person

YOUNG = synthetic(date(2020, 3, 4))
ALL_HIGH = Demands(assurance=dict.fromkeys(Act, Assurance.HIGH))
SURE = Demands(assurance=dict.fromkeys(Act, Assurance.SUBSTANTIAL))
LIVING_HERE = Demands(residence_for=frozenset({Act.SUPPORT}))


@pytest.fixture
def need(app: Flask) -> int:
    with app.app_context():
        theme_and_area()
        return make_need(make_person("Cecilie")).id


def by_link(app: Flask, name: str = "Astrid") -> FlaskClient:
    client = app.test_client()
    with app.app_context():
        token = accounts.make_link(make_person(name))
        db.session.commit()
    send(client, f"/logg-inn/{token}")
    assert is_in(client)
    return client


def shown_the_way(client: FlaskClient, location: str, realm: Realm) -> str:
    """The address of the button on the page of what is lacking."""
    page = client.get(location)
    assert page.status_code == 200, page.status_code
    ways = [unescape(one) for one in findall(r'href="([^"]*/logg-inn/via/[^"]*)"', page.text)]
    assert [urlsplit(one).path for one in ways] == [f"/logg-inn/via/{realm.name}"]
    return ways[0]


def step_up(client: FlaskClient, way: str, realm: Realm, *, acr: str) -> str:
    """Go the way, say that both are the same person, and come back to where one was."""
    asked = Asked.by(client.get(way).location)
    code = realm.code(asked, claims(realm, asked, acr=acr))
    assert come_back(client, realm, code=code, state=asked.state).location == WELCOME
    return send(client, WELCOME, choice="join").location


def supporters(app: Flask) -> int:
    with app.app_context():
        return len(db.session.scalars(select(Support).join(Person).where(Person.name == "Astrid")).all())


def test_a_support_leads_to_what_is_lacking_and_back_to_the_need(app_with: AppWith, idporten: Realm, need: int) -> None:
    app = app_with(demands=ALL_HIGH)
    client = by_link(app)
    answer = post(client, f"/behov/{need}/stotte")
    assert urlsplit(answer.location).path == "/logg-inn/mer"
    assert parse_qs(urlsplit(answer.location).query)["hva"] == ["stotte"]
    assert supporters(app) == 0
    way = shown_the_way(client, answer.location, idporten)
    assert parse_qs(urlsplit(way).query)["niva"] == ["high"]
    back = step_up(client, way, idporten, acr=HIGH)
    assert back == f"/behov/{need}?gjor=stotte"
    assert client.get(back).status_code == 200
    assert post(client, f"/behov/{need}/stotte").location == f"/behov/{need}#stotte"
    assert supporters(app) == 1
    assert client.get(answer.location).location == f"/behov/{need}?gjor=stotte"


def test_a_support_by_the_page_s_script_is_led_there_too(app_with: AppWith, need: int) -> None:
    app = app_with(demands=SURE)
    answer = post(by_link(app), f"/behov/{need}/stotte", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.text) == (200, "")
    assert answer.headers["HX-Redirect"].startswith("/logg-inn/mer?hva=stotte&neste=")
    assert supporters(app) == 0


def test_a_comment_is_kept_while_its_writer_gets_what_is_lacking(app_with: AppWith, idporten: Realm, need: int) -> None:
    client = by_link(app_with(demands=SURE))
    page = f"/behov/{need}/kommentarer"
    answer = send(client, page, body="Det gjelder oss også.")
    assert urlsplit(answer.location).path == "/logg-inn/mer"
    back = step_up(client, shown_the_way(client, answer.location, idporten), idporten, acr=SUBSTANTIAL)
    assert urlsplit(back).path == page
    assert "Det gjelder oss også." in client.get(back).text
    assert send(client, back, page).location.startswith(f"/behov/{need}#comment-")


def test_a_need_is_kept_while_its_writer_gets_what_is_lacking(app_with: AppWith, idporten: Realm, need: int) -> None:
    app = app_with(demands=SURE)
    client = by_link(app)
    answer = send(client, "/behov/nytt", **WRITTEN)
    assert urlsplit(answer.location).path == "/logg-inn/mer"
    back = step_up(client, shown_the_way(client, answer.location, idporten), idporten, acr=SUBSTANTIAL)
    assert urlsplit(back).path == "/behov/nytt"
    assert WRITTEN["description"] in client.get(back).text
    # As a page with scripts does: it has shown already that others have much the same need.
    assert send(client, back, "/behov/nytt", ask_similar=None).location.endswith("/kvittering")
    with app.app_context():
        assert (
            len(
                db.session.scalars(
                    select(Need).join(Person, Person.id == Need.author_id).where(Person.name == "Astrid")
                ).all()
            )
            == 1
        )


def test_who_comes_back_with_less_than_was_asked_for_lacks_it_still(
    app_with: AppWith, idporten: Realm, need: int
) -> None:
    app = app_with(demands=ALL_HIGH)
    client = app.test_client()
    enter(client, idporten)
    answer = post(client, f"/behov/{need}/stotte")
    assert arrive(client, idporten, query={"niva": "high"}).status_code == 400
    assert is_in(client)
    assert client.get(answer.location).status_code == 200
    assert supporters(app) == 0


def test_where_no_provider_is_sure_enough_one_is_told_whom_to_write_to(app_with: AppWith, need: int) -> None:
    client = by_link(app_with(demands=SURE, providers=()))
    page = client.get(post(client, f"/behov/{need}/stotte").location).text
    assert "/logg-inn/via/" not in page
    assert "innovasjon@example.org" in page


def test_who_is_too_young_gets_no_account_and_nothing_is_kept(
    app: Flask, visitor: FlaskClient, idporten: Realm
) -> None:
    page = arrive(visitor, idporten, pid=YOUNG)
    assert page.status_code == 403
    assert "Du må være 13 år" in page.text
    assert visitor.get(WELCOME).status_code == 409
    post(visitor, WELCOME, name="Lillebror")
    assert not is_in(visitor)
    for model in (Person, Identity, SignInSession, SignInAttempt):
        assert rows(app, model) == []


def test_who_is_too_young_and_has_an_account_can_enter_and_not_take_part(
    app: Flask, app_with: AppWith, idporten: Realm, need: int
) -> None:
    enter(app_with(demands=Demands(minimum_age=0)).test_client(), idporten, pid=YOUNG)
    client = app.test_client()
    enter(client, idporten, pid=YOUNG)
    answer = post(client, f"/behov/{need}/stotte")
    assert urlsplit(answer.location).path == "/logg-inn/mer"
    page = client.get(answer.location).text
    assert "13" in page
    assert "/logg-inn/via/" not in page
    assert supporters(app) == 0


def test_an_age_is_asked_for_as_the_settings_say(app_with: AppWith, visitor: FlaskClient, idporten: Realm) -> None:
    grown = synthetic(date(1990, 5, 17))
    client = app_with(demands=Demands(minimum_age=21)).test_client()
    enter(client, idporten, pid=grown)


@pytest.fixture
def register() -> Iterator[FiksDouble]:
    with fiks.fiks_double(key(CLIENT_KID)) as double:
        yield double


@pytest.fixture
def asking(app_with: AppWith, register: FiksDouble, client_key: Path) -> Flask:
    """An app that asks the register, and lets only those support who live here."""
    maskinporten = MaskinportenSettings(
        issuer=register.issuer,
        client_id=fiks.CLIENT_ID,
        private_key=client_key,
        key_id=fiks.KEY_ID,
        scope=fiks.SCOPE,
    )
    asked = ResidenceSettings(
        url=register.url,
        role_id=fiks.ROLE_ID,
        integration_id=fiks.INTEGRATION_ID,
        integration_password=fiks.INTEGRATION_PASSWORD,
        maskinporten=maskinporten,
    )
    return app_with(residence=asked, demands=LIVING_HERE)


def supports(asking: Flask, realm: Realm, need: int) -> tuple[str, str]:
    """Where a support leads who signs in now, and what that page says."""
    client = asking.test_client()
    enter(client, realm)
    location = post(client, f"/behov/{need}/stotte").location
    return urlsplit(location).path, client.get(location).text


def test_who_lives_here_supports(asking: Flask, register: FiksDouble, idporten: Realm, need: int) -> None:
    register.people[ASTRID] = {"bostedsadresse": [fiks.road_address("3312")]}
    assert supports(asking, idporten, need)[0] == f"/behov/{need}"
    assert [session.lives_here for session in rows(asking, SignInSession)] == [True]
    assert supporters(asking) == 1


def test_who_lives_elsewhere_is_told_so(asking: Flask, register: FiksDouble, idporten: Realm, need: int) -> None:
    register.people[ASTRID] = {"bostedsadresse": [fiks.road_address("0301")]}
    path, page = supports(asking, idporten, need)
    assert path == "/logg-inn/mer"
    assert "Dette er for dem som bor i Lier kommune" in page
    assert "/logg-inn/via/" not in page
    assert supporters(asking) == 0


@pytest.mark.parametrize(
    "person",
    [None, {"bostedsadresse": [fiks.road_address("3312", adressegradering="fortrolig")]}],
    ids=["not known", "protected"],
)
def test_of_whom_the_register_says_nothing_it_is_asked_again(
    asking: Flask, register: FiksDouble, idporten: Realm, need: int, person: dict[str, object] | None
) -> None:
    if person:
        register.people[ASTRID] = person
    path, page = supports(asking, idporten, need)
    assert path == "/logg-inn/mer"
    assert "Dette er for dem som bor" not in page
    assert "/logg-inn/via/idporten" in page
    assert [session.lives_here for session in rows(asking, SignInSession)] == [None]


def test_a_register_that_breaks_down_keeps_nobody_out(
    asking: Flask, register: FiksDouble, idporten: Realm, need: int
) -> None:
    register.says_instead = 500, b"{}"
    assert supports(asking, idporten, need)[0] == "/logg-inn/mer"
    assert len(rows(asking, SignInSession)) == 1


def test_who_came_by_a_link_is_shown_the_way_to_the_register(asking: Flask, idporten: Realm, need: int) -> None:
    client = by_link(asking)
    way = shown_the_way(client, post(client, f"/behov/{need}/stotte").location, idporten)
    assert parse_qs(urlsplit(way).query)["niva"] == ["substantial"]


def test_the_register_is_asked_at_each_sign_in_and_of_residents_alone(
    asking: Flask, register: FiksDouble, idporten: Realm, entra: Realm, need: int
) -> None:
    enter(asking.test_client(), entra)
    by_link(asking)
    assert register.asked == []
    register.people[ASTRID] = {"bostedsadresse": [fiks.road_address("0301")]}
    assert supports(asking, idporten, need)[0] == "/logg-inn/mer"
    register.people[ASTRID] = {"bostedsadresse": [fiks.road_address("3312")]}
    assert supports(asking, idporten, need)[0] == f"/behov/{need}"
