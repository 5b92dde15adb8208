"""Nobody gets into an account by less than what it takes, and nobody gets a second voice by another address."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from participation import clock
from participation.accounts.models import Identity, Person, SignInLink, SignInSession
from participation.accounts.rules import LINKS_PER_ADDRESS, IdentityKind
from participation.audit.models import AuditEntry
from participation.demands import Demands
from participation.extensions import db
from participation.permissions import Act, Assurance
from participation.support.models import Support
from tests.forms import open_form, send
from tests.integration.passkey_deeds import SITE
from tests.integration.signing_in.conftest import AppWith
from tests.integration.signing_in.door import BJORN, WELCOME, arrive, enter, is_in, rows
from tests.integration.signing_in.false_provider import Realm
from tests.integration.signing_in.test_links_attacked import WRITTEN, ask, astrid, confirming
from tests.national_numbers import synthetic
from tests.people import ADDRESS, make_person

__all__ = ["astrid"]
FARID, NEW = ADDRESS["Farid"], "ny@example.org"


@pytest.fixture
def farid(app: Flask) -> int:
    with app.app_context():
        return make_person("Farid").id


@pytest.fixture
def guarded(app_with: AppWith) -> Flask:
    """Where administrators who sign in by a link show a passkey too."""
    return app_with(passkeys=SITE)


def by_link(app: Flask, email: str) -> FlaskClient:
    client = app.test_client()
    assert send(client, f"/logg-inn/{ask(app, client, email)}").status_code == 302
    return client


def email_of(app: Flask, person_id: int) -> str | None:
    with app.app_context():
        return db.session.get_one(Person, person_id).email


def trail(app: Flask, action: str) -> list[AuditEntry]:
    with app.app_context():
        return list(db.session.scalars(select(AuditEntry).where(AuditEntry.action == action)))


def test_a_mailbox_and_a_number_of_ones_own_are_no_way_round_the_passkey(
    guarded: Flask, farid: int, idporten: Realm
) -> None:
    thief = by_link(guarded, FARID)
    assert thief.get("/administrasjon").location.startswith("/logg-inn/nokkel")
    assert arrive(thief, idporten).location == WELCOME
    assert 'value="join"' not in thief.get(WELCOME).text
    form = open_form(thief, WELCOME)
    thief.post(WELCOME, data=form.filled({"name": "Tyv"}) | {"choice": "join"})
    assert thief.get("/administrasjon").status_code == 403
    with guarded.app_context():
        numbers = db.session.scalars(select(Identity.person_id).where(Identity.kind == IdentityKind.NUMBER)).all()
    assert farid not in numbers
    assert len(numbers) == 1


def test_the_mailbox_of_an_employee_does_not_give_their_account_to_another(
    guarded: Flask, farid: int, idporten: Realm
) -> None:
    thief = guarded.test_client()
    enter(thief, idporten, name="Tyv")
    token = confirming(guarded, thief, FARID)
    assert "hører til kontoen til en ansatt" in thief.get(f"/min-side/e-post/{token}").text
    shown = open_form(thief, "/min-side/e-post")
    answer = thief.post(f"/min-side/e-post/{token}", data={"csrf_token": shown.fields["csrf_token"]})
    assert answer.status_code == 409
    assert thief.get("/administrasjon").status_code == 403
    assert email_of(guarded, farid) == FARID


def test_the_address_of_an_administrator_is_changed_only_after_the_passkey(guarded: Flask, farid: int) -> None:
    thief = by_link(guarded, FARID)
    assert thief.get("/min-side/e-post").location.startswith("/logg-inn/nokkel")
    with guarded.app_context():
        assert db.session.scalar(select(func.count()).where(SignInLink.for_person_id.is_not(None))) == 0


def test_a_former_address_opens_no_second_account_and_its_reader_is_told(app: Flask, astrid: int) -> None:
    client = by_link(app, ADDRESS["Astrid"])
    assert send(client, f"/min-side/e-post/{confirming(app, client, NEW)}").location == "/min-side"
    assert email_of(app, astrid) == NEW
    (notice,) = [link for link in rows(app, SignInLink) if link.is_notice]
    assert (notice.email, notice.next_attempt_at is not None) == (ADDRESS["Astrid"], True)
    other = app.test_client()
    token = ask(app, other)
    refused = send(other, f"/logg-inn/{token}", name="Astrid igjen", old_enough="y")
    assert (refused.status_code, "byttet ut med en annen" in refused.text) == (409, True)
    assert len(rows(app, Person)) == 1
    assert not is_in(other)


def test_an_address_taken_back_is_ones_own_again(app: Flask, astrid: int) -> None:
    client = by_link(app, ADDRESS["Astrid"])
    send(client, f"/min-side/e-post/{confirming(app, client, NEW)}")
    send(client, f"/min-side/e-post/{confirming(app, client, ADDRESS['Astrid'])}")
    assert is_in(by_link(app, ADDRESS["Astrid"]))
    assert email_of(app, astrid) == ADDRESS["Astrid"]


def test_when_two_accounts_become_one_both_addresses_lead_to_it(app: Flask, astrid: int) -> None:
    with app.app_context():
        make_person("Bjørn")
    client = by_link(app, ADDRESS["Astrid"])
    send(client, f"/min-side/e-post/{confirming(app, client, ADDRESS['Bjørn'])}")
    for address in (ADDRESS["Astrid"], ADDRESS["Bjørn"]):
        assert is_in(by_link(app, address))
    with app.app_context():
        in_use = select(SignInSession.person_id).where(SignInSession.ended_at.is_(None))
        assert set(db.session.scalars(in_use)) == {astrid}


def test_links_that_make_an_address_anothers_take_none_of_its_owners(app: Flask, astrid: int, idporten: Realm) -> None:
    nuisance = app.test_client()
    enter(nuisance, idporten, name="Plage")
    for _time in range(LINKS_PER_ADDRESS + 1):
        confirming(app, nuisance, ADDRESS["Astrid"])
    assert is_in(by_link(app, ADDRESS["Astrid"]))


def test_who_arrives_over_another_with_a_number_goes_straight_in_and_the_other_is_named(
    app: Flask, visitor: FlaskClient, idporten: Realm
) -> None:
    enter(app.test_client(), idporten, pid=BJORN, sub="sub-of-bjorn", name="Bjørn")
    enter(visitor, idporten, name="Per")
    answer = arrive(visitor, idporten, pid=BJORN, sub="sub-of-bjorn")
    assert answer.location != WELCOME
    page = visitor.get("/min-side").text
    assert "Hei, Bjørn!" in page
    assert "Per var logget inn her, og er nå logget ut." in page


def strict_about_support(app_with: AppWith) -> Flask:
    asked = {Act.REPORT: Assurance.EMAIL, Act.COMMENT: Assurance.EMAIL, Act.SUPPORT: Assurance.SUBSTANTIAL}
    return app_with(demands=Demands(assurance=asked))


def test_reporting_a_need_takes_what_its_first_support_takes(app: Flask, astrid: int, app_with: AppWith) -> None:
    client = by_link(strict_about_support(app_with), ADDRESS["Astrid"])
    answer = send(client, "/behov/nytt", **WRITTEN)
    assert answer.location.startswith("/logg-inn/mer?hva=melde")
    assert rows(app, Support) == []


def test_signing_out_stands_in_the_trail(app: Flask, astrid: int) -> None:
    client = by_link(app, ADDRESS["Astrid"])
    send(client, "/min-side", "/logg-ut")
    (entry,) = trail(app, "signed_out")
    assert (entry.actor_id, entry.facts["provider"]) == (astrid, "link")


def test_a_spent_link_stands_in_the_trail_and_a_guess_does_not(app: Flask, astrid: int, visitor: FlaskClient) -> None:
    client = app.test_client()
    token = ask(app, client)
    send(client, f"/logg-inn/{token}")
    assert visitor.get(f"/logg-inn/{token}").status_code == 409
    assert visitor.get("/logg-inn/en-lenke-som-aldri-var").status_code == 409
    (entry,) = trail(app, "sign_in_refused")
    assert entry.facts == {"provider": "link", "fault": "link_spent"}


def test_who_deletes_their_account_is_signed_out_at_the_provider_too(
    app: Flask, visitor: FlaskClient, idporten: Realm
) -> None:
    enter(visitor, idporten)
    page = send(visitor, "/min-side/slett", supports="stay").text
    assert f"{idporten.issuer}/logout?id_token_hint=" in page
    assert not is_in(visitor)


def test_who_is_too_young_can_sign_out_at_the_provider_for_a_grown_up(visitor: FlaskClient, idporten: Realm) -> None:
    child = synthetic(clock.today() - timedelta(days=365 * 12))
    page = arrive(visitor, idporten, pid=child)
    assert page.status_code == 403
    assert f"{idporten.issuer}/logout?id_token_hint=" in page.text


def test_pages_for_who_is_signed_out_are_not_shown_to_who_is_in(app: Flask, astrid: int) -> None:
    client = by_link(app, ADDRESS["Astrid"])
    for page in ("/konto-slettet", "/logg-ut/ferdig"):
        assert client.get(page).location == "/min-side"
