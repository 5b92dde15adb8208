"""Roles that a directory gives: given and taken at each sign-in by it, and nobody else's to give."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from participation.accounts import service as accounts
from participation.accounts.models import Person, PersonRole
from participation.extensions import db
from participation.permissions import Role
from tests.forms import send
from tests.integration.signing_in.door import WELCOME, arrive, claims, come_back, enter, is_in, rows, set_out
from tests.integration.signing_in.false_provider import Realm
from tests.people import make_person

CASE_WORKER, COMMUNICATIONS = "Svarer.Saksbehandler", "Svarer.Kommunikasjon"
WORKBENCH = "/arbeidsflate"


def held(app: Flask) -> set[tuple[Role, str]]:
    return {(one.role, one.source) for one in rows(app, PersonRole)}


def works(client: FlaskClient) -> bool:
    return client.get(WORKBENCH).status_code == 200


def by_link(app: Flask, email: str = "cecilie@lier.example") -> tuple[FlaskClient, str]:
    """A browser that a link has signed in, and where that led."""
    client = app.test_client()
    with app.app_context():
        person = db.session.scalars(select(Person).where(Person.email == email)).one()
        token = accounts.make_link(person)
        db.session.commit()
    return client, send(client, f"/logg-inn/{token}").location


def test_a_colleague_is_known_by_the_directory_and_has_its_roles(
    app: Flask, visitor: FlaskClient, entra: Realm
) -> None:
    assert enter(visitor, entra).location == WORKBENCH
    assert works(visitor)
    assert held(app) == {(Role.CASE_WORKER, "entra")}


def test_roles_are_taken_at_the_next_sign_in_when_the_directory_takes_them(
    app: Flask, visitor: FlaskClient, entra: Realm
) -> None:
    elsewhere = app.test_client()
    enter(visitor, entra)
    enter(elsewhere, entra)
    enter(visitor, entra, roles=[])
    assert held(app) == set()
    assert not works(visitor)
    assert not is_in(elsewhere), "a session with the former roles went on"


@pytest.mark.parametrize("roles", [None, [], "Svarer.Saksbehandler", {CASE_WORKER: 1}, [1, None, [CASE_WORKER]]])
def test_a_claim_that_is_no_list_of_roles_gives_none(
    app: Flask, visitor: FlaskClient, entra: Realm, roles: object
) -> None:
    enter(visitor, entra, roles=roles)
    assert held(app) == set()


def test_words_that_the_settings_don_t_translate_give_nothing(app: Flask, visitor: FlaskClient, entra: Realm) -> None:
    enter(visitor, entra, roles=["administrator", "Svarer.Administrator", CASE_WORKER.lower(), COMMUNICATIONS])
    assert held(app) == {(Role.COMMUNICATIONS, "entra")}


def test_a_resident_s_provider_gives_no_roles(app: Flask, visitor: FlaskClient, idporten: Realm) -> None:
    enter(visitor, idporten, roles=[CASE_WORKER, "administrator"])
    assert held(app) == set()
    assert visitor.get(WORKBENCH).status_code == 403


def test_roles_given_here_stay_whatever_the_directory_says(app: Flask, visitor: FlaskClient, entra: Realm) -> None:
    enter(visitor, entra)
    with app.app_context():
        person = db.session.scalars(select(Person)).one()
        accounts.set_roles(None, person=person, roles=frozenset({Role.MODERATOR, Role.CASE_WORKER}))
        db.session.commit()
    enter(visitor, entra, roles=[])
    assert held(app) == {(Role.MODERATOR, "here"), (Role.CASE_WORKER, "here")}
    assert works(visitor)


def test_a_directory_s_roles_do_not_count_for_who_came_by_a_link(
    app: Flask, visitor: FlaskClient, entra: Realm
) -> None:
    """Whoever reads a colleague's mail must not thereby answer for the municipality."""
    enter(visitor, entra, email="cecilie@lier.example")
    linked, _led_to = by_link(app)
    assert is_in(linked)
    assert linked.get(WORKBENCH).status_code == 403
    assert works(visitor)


def test_who_came_by_a_link_is_not_sent_to_pages_that_they_may_not_see(
    app: Flask, visitor: FlaskClient, entra: Realm
) -> None:
    enter(visitor, entra, email="cecilie@lier.example")
    assert by_link(app)[1] == "/"


def test_roles_given_here_count_for_who_came_by_a_link(app: Flask) -> None:
    with app.app_context():
        make_person("Cecilie")
    linked, led_to = by_link(app, "cecilie@example.org")
    assert led_to == WORKBENCH
    assert works(linked)


def address(app: Flask, name: str = "Cecilie") -> str | None:
    people: list[Person] = rows(app, Person)
    return next(person.email for person in people if person.name == name)


@pytest.mark.parametrize("claim", ["email", "preferred_username"])
def test_an_address_that_the_directory_hands_out_is_taken(
    app: Flask, visitor: FlaskClient, entra: Realm, claim: str
) -> None:
    enter(visitor, entra, **{claim: "Cecilie@Lier.example"})
    assert address(app) == "cecilie@lier.example"


@pytest.mark.parametrize(
    "email",
    [
        "cecilie@gmail.example",
        "cecilie@lier.example.evil.example",
        "cecilie@xlier.example",
        "cecilie@evil.example@lier.example ",
        "lier.example",
        "@lier.example",
        "cecilie\n@lier.example",
        "c" * 250 + "@lier.example",
        ["cecilie@lier.example"],
        "",
    ],
)
def test_no_other_address_is_taken(app: Flask, visitor: FlaskClient, entra: Realm, email: object) -> None:
    enter(visitor, entra, email=email)
    assert address(app) is None


def test_an_address_of_another_s_account_is_not_taken_and_the_account_not_entered(
    app: Flask, visitor: FlaskClient, entra: Realm
) -> None:
    with app.app_context():
        accounts.add_person("Sjefen", email="sjefen@lier.example", roles=frozenset({Role.ADMINISTRATOR}))
        db.session.commit()
    enter(visitor, entra, email="sjefen@lier.example")
    assert (address(app), address(app, "Sjefen")) == (None, "sjefen@lier.example")
    assert visitor.get("/administrasjon").status_code in {403, 404}


def test_an_address_is_not_changed_by_a_later_sign_in(app: Flask, visitor: FlaskClient, entra: Realm) -> None:
    enter(visitor, entra, email="cecilie@lier.example")
    enter(visitor, entra, email="annen@lier.example")
    assert address(app) == "cecilie@lier.example"


def test_another_person_of_the_directory_gets_another_account(app: Flask, visitor: FlaskClient, entra: Realm) -> None:
    enter(visitor, entra)
    enter(app.test_client(), entra, oid="dag", name="Dag")
    enter(app.test_client(), entra, tid="another-tenant", name="Cecilie fra en annen kommune")
    assert len(rows(app, Person)) == 3


def test_a_name_that_is_none_is_asked_for(visitor: FlaskClient, entra: Realm) -> None:
    for name in (None, "", "\x00", 7):
        assert arrive(visitor, entra, name=name).location == WELCOME


def test_what_a_provider_calls_somebody_is_shown_as_it_is(app: Flask, visitor: FlaskClient, entra: Realm) -> None:
    said = "<script>alert(1)</script>" + "x" * 200
    asked = set_out(visitor, entra)
    come_back(visitor, entra, code=entra.code(asked, claims(entra, asked, name=said)), state=asked.state)
    page = visitor.get("/min-side").text
    assert "<script>alert(1)" not in page
    assert [len(person.name) for person in rows(app, Person)] == [80]


def test_a_provider_s_own_name_for_somebody_is_that_provider_s(app: Flask, visitor: FlaskClient, plain: Realm) -> None:
    enter(visitor, plain)
    enter(app.test_client(), plain)
    assert len(rows(app, Person)) == 1
    enter(app.test_client(), plain, sub="another")
    assert len(rows(app, Person)) == 2
