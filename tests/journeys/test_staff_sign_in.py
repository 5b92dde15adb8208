"""Staff and the municipality's directory, at the real provider: what it gives, and what it takes away."""

from playwright.sync_api import expect

from participation.accounts import service as accounts
from participation.accounts.models import GIVEN_HERE
from participation.extensions import db
from participation.permissions import Role
from tests.journeys.at_browser import AtBrowser
from tests.journeys.signing_in import (
    DIRECTORY,
    Town,
    by_address,
    by_name,
    open_ways,
    path,
    press_link,
    sign_in_by,
    sign_in_by_link,
    trail,
    works_for_all,
)
from tests.provider import ENTRA

CECILIE, DAG = "Cecilie Kirsebærlund", "Dag Pæreskog"


def sign_in(person: AtBrowser, name: str) -> None:
    person.open("/logg-inn?neste=/")
    sign_in_by(person, DIRECTORY, name)


def sign_in_once_more(person: AtBrowser) -> None:
    """The directory knows the browser, and asks for nothing."""
    person.open("/logg-inn?neste=/")
    press_link(person, f"Logg inn med {DIRECTORY}")
    person.page.wait_for_url("**/arbeidsflate")


def is_let_in(person: AtBrowser, address: str) -> bool:
    answer = person.page.goto(f"{person.service.site_url}{address}")
    assert answer is not None
    person.complaints = [said for said in person.complaints if "status of 403" not in said]
    return answer.ok and path(person) == address


def test_a_role_that_the_directory_takes_away_is_gone_at_the_next_sign_in(lier: Town) -> None:
    directory = lier.providers[ENTRA]
    with lier.window("cecilie@demo.example") as at_work, lier.window("cecilie@demo.example") as at_home:
        sign_in(at_work, CECILIE)
        assert path(at_work) == "/arbeidsflate"
        works_for_all(at_work)
        with lier.service.app.app_context():
            accounts.set_roles(None, person=by_name(CECILIE), roles=frozenset({Role.MODERATOR}))
            db.session.commit()
        sign_in_once_more(at_work)
        assert is_let_in(at_work, "/arbeidsflate")
        directory.set_roles("cecilie")
        sign_in(at_home, CECILIE)
        assert roles(lier, at_home) == {(Role.MODERATOR, GIVEN_HERE)}
        at_work.page.goto(f"{lier.service.site_url}/arbeidsflate")
        assert path(at_work) == "/logg-inn"
    with lier.service.app.app_context():
        assert open_ways(by_name(CECILIE)) == ["entra"]
        assert "roles_set" in trail(by_name(CECILIE))


def roles(town: Town, person: AtBrowser) -> set[tuple[Role, str]]:
    with town.service.app.app_context():
        return {(held.role, held.source) for held in by_address(person.address).roles}


def test_who_comes_in_by_a_link_has_no_role_of_the_directory(lier: Town) -> None:
    with lier.window("dag@demo.example") as dag, lier.window("dag@demo.example") as by_link:
        sign_in(dag, DAG)
        assert is_let_in(dag, "/redaksjonen")
        sign_in_by_link(by_link)
        assert not is_let_in(by_link, "/redaksjonen")
        assert is_let_in(dag, "/redaksjonen")


def test_signing_out_at_the_directory_ends_the_sign_in_here(lier: Town) -> None:
    with lier.window("dag@demo.example") as dag:
        sign_in(dag, DAG)
        dag.page.goto(f"{lier.providers[ENTRA].issuer}/logg-ut")
        dag.page.get_by_role("button", name="Logg ut").click()
        expect(dag.page.locator("h1")).to_have_text("Du er logget ut")
        with lier.service.app.app_context():
            assert trail(by_name(DAG))[-1] == "signed_out_by_provider"
        dag.open("/min-side")
        assert path(dag) == "/logg-inn"
