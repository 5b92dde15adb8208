"""Residents and ID-porten, at the real provider: in, out, too young, and known here from before."""

import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import func, select

from participation.accounts import service as accounts
from participation.accounts.models import SignInAttempt
from participation.comments import service as comments
from participation.extensions import db
from participation.needs.queries import need_page
from participation.support import service as support
from tests.factories import make_need
from tests.journeys.at_browser import AtBrowser
from tests.journeys.over_time import follow_link
from tests.journeys.signing_in import (
    ID_PORTEN,
    Town,
    be_back,
    by_address,
    by_name,
    choose_who,
    count_of,
    excuse_refusals,
    grown_up,
    heading,
    is_signed_in,
    newcomer,
    open_ways,
    path,
    people,
    press,
    press_link,
    sees,
    sign_in_by,
    sign_in_by_link,
    trail,
    works_for_all,
)
from tests.journeys.waiting import wait_until

JOIN, APART = "Ja, gjør dem til én konto", "Nei, hold dem fra hverandre"


def need_of(town: Town, name: str, *, supporters: tuple[str, ...] = ()) -> int:
    """A need of somebody with an account and an address; those who support it have accounts already."""
    with town.service.app.app_context():
        author = accounts.add_person(name, email=f"{name.lower()}@example.org")
        need = make_need(author)
        for supporter in supporters:
            support.support(by_name(supporter).actor, need=need)
        db.session.commit()
        return need.id


def supporters(need_id: int) -> int:
    need = need_page(need_id)
    assert need is not None
    return need.support_count


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_newcomer_comes_back_to_where_they_were_and_signs_out_at_both_ends(lier: Town, scripts: bool) -> None:
    name, number = f"Ny {scripts}", grown_up(1 if scripts else 2)
    need_id = need_of(lier, f"Eier{scripts}")
    with lier.window(f"ny-{scripts}@example.org".lower(), scripts=scripts) as ny:
        ny.open(f"/behov/{need_id}")
        press_link(ny, "Jeg har også dette behovet")
        sign_in_by(ny, ID_PORTEN, number)
        heading(ny, "Velkommen")
        ny.send_on("/logg-inn/velkommen", {"name": name, "email": ny.address}, to=rf"/behov/{need_id}\?gjor=stotte")
        sees(ny, "Vi har sendt en lenke til")
        ny.send(f"/behov/{need_id}/stotte")
        ny.expect_support(2)
        confirm_address(ny)
        sign_out(ny)
        press_link(ny, "Gå til forsiden")
        ny.open("/logg-inn")
        press_link(ny, re.compile("^Logg inn med ID-porten"))
        expect(ny.page.locator("h1")).to_have_text("Velg hvem du vil være")
    with lier.service.app.app_context():
        person = by_address(ny.address)
        assert (person.name, supporters(need_id), open_ways(person)) == (name, 2, [])
        assert trail(person)[:3] == ["person_added", "identity_noted", "signed_in"]


def confirm_address(person: AtBrowser) -> None:
    """By the link in the mail, opened in the same browser."""
    [mail] = person.service.sink.wait_for(1, to=person.address, about="/min-side/e-post/")
    follow_link(person, mail, r"/min-side/e-post/\S+")
    person.send_on("/min-side/e-post/", to="/min-side")
    sees(person, f"{person.address} er nå adressen din her")


def sign_out(person: AtBrowser) -> None:
    """Here, and by that at the provider, which leads back."""
    person.send("/logg-ut")
    person.page.wait_for_url(f"{person.service.site_url}/logg-ut/ferdig")
    heading(person, "Du er logget ut")


def test_signing_out_of_another_service_ends_the_sign_in_here(lier: Town) -> None:
    with lier.window() as per:
        newcomer(per, grown_up(3), name="Per")
        at_other = per.page.context.new_page()
        at_other.goto(lier.other.address())
        at_other.wait_for_url("**/other?code=*")
        at_other.goto(f"{lier.providers['idporten'].issuer}/logg-ut")
        at_other.get_by_role("button", name="Logg ut").click()
        wait_until(lambda: not is_signed_in(lier, "Per"), within_seconds=10, what="the session to end")
        with lier.service.app.app_context():
            assert trail(by_name("Per"))[-1] == "signed_out_by_provider"
        at_other.close()
        # A tab that comes to the front asks anew.
        per.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        expect(per.page.get_by_role("alertdialog")).to_contain_text("Du er logget ut")
        per.open("/min-side")
        assert path(per) == "/logg-inn"
        sees(per, "Du er logget ut")
        works_for_all(per)


def test_who_is_too_young_is_refused_before_anything_is_kept(lier: Town) -> None:
    with lier.service.app.app_context():
        before = people()
    with lier.window() as siri, lier.window() as jonas:
        siri.open("/logg-inn")
        sign_in_by(siri, ID_PORTEN, "Siri Slåpetorn")
        heading(siri, "Du må være 13 år for å delta her")
        works_for_all(siri)
        siri.page.goto(f"{lier.service.site_url}/min-side")
        assert path(siri) == "/logg-inn"
        excuse_refusals(siri)
        with lier.service.app.app_context():
            assert people() == before
            arrived = select(func.count()).select_from(SignInAttempt).where(SignInAttempt.nonce == "")
            assert db.session.scalar(arrived) == 0
        newcomer(jonas, "Jonas Hasselnøtt", name="Jonas")
    with lier.service.app.app_context():
        assert (people(), open_ways(by_name("Jonas"))) == (before + 1, ["idporten"])


def test_an_email_account_gets_id_porten_as_one_more_way_in(lier: Town) -> None:
    need_id = need_of(lier, "Bo")
    with lier.window("bo@example.org") as bo:
        sign_in_by_link(bo)
        bo.open("/min-side")
        works_for_all(bo)
        connect(bo, grown_up(4))
        heading(bo, "Er dette deg?")
        works_for_all(bo)
        press(bo, "Ja, dette er meg")
        be_back(bo)
        sees(bo, "Innloggingene dine leder nå til én konto")
        sees(bo, "koblet til")
    with lier.service.app.app_context():
        person = by_name("Bo")
        assert (supporters(need_id), open_ways(person)) == (1, ["idporten"])
        assert "identity_noted" in trail(person)


def connect(person: AtBrowser, number: str) -> None:
    press_link(person, "Koble til ID-porten")
    choose_who(person.page, number)
    be_back(person)


def moves(person: AtBrowser) -> list[str]:
    """What the page says beforehand, a line for each kind of thing."""
    return person.page.locator('[aria-labelledby="merging-heading"] .ds-list li').all_inner_texts()


def test_an_email_account_that_connects_takes_in_the_other_account(lier: Town) -> None:
    number = grown_up(5)
    with lier.window() as other:
        newcomer(other, number, name="Kari fra før")
    need_id = need_of(lier, "Kari", supporters=("Kari fra før",))
    with lier.service.app.app_context():
        need = need_page(need_id)
        assert need is not None
        comments.comment(by_name("Kari fra før").actor, need=need, body="Det gjelder meg også.", parent_id=None)
        db.session.commit()
    with lier.window("kari@example.org") as kari:
        sign_in_by_link(kari)
        kari.open("/min-side")
        connect(kari, number)
        heading(kari, "Du har to kontoer her")
        assert len(moves(kari)) == 2
        works_for_all(kari)
        press(kari, JOIN)
        be_back(kari)
        sees(kari, "Innloggingene dine leder nå til én konto")
    with lier.service.app.app_context():
        assert supporters(need_id) == 1
        assert count_of("accounts_merged") >= 1


def test_an_id_porten_account_that_confirms_an_address_takes_in_the_other_account(lier: Town) -> None:
    with lier.window("nils@example.org") as nils:
        newcomer(nils, grown_up(6), name="Nils her")
        need_id = need_of(lier, "Nils", supporters=("Nils her",))
        nils.open("/min-side/e-post")
        works_for_all(nils)
        nils.send_on("/min-side/e-post", {"email": nils.address}, to="/min-side")
        [mail] = nils.service.sink.wait_for(1, to=nils.address, about="/min-side/e-post/")
        follow_link(nils, mail, r"/min-side/e-post/\S+")
        heading(nils, "Du har to kontoer her")
        assert len(moves(nils)) == 2
        works_for_all(nils)
        press(nils, JOIN)
        sees(nils, f"{nils.address} er nå adressen din her")
    with lier.service.app.app_context():
        person = by_address(nils.address)
        assert (person.name, supporters(need_id), open_ways(person)) == ("Nils her", 1, ["idporten"])
        assert trail(person)[-3:] == ["accounts_merged", "email_set", "signed_in"]


@pytest.mark.parametrize("has_account", [True, False], ids=["who has been here", "who has not"])
def test_two_at_one_computer_keep_their_accounts_apart(lier: Town, has_account: bool) -> None:
    number, name = grown_up(7 if has_account else 8), f"Neste {has_account}"
    if has_account:
        with lier.window() as before:
            newcomer(before, number, name=name)
    need_of(lier, f"Forrige{has_account}")
    with lier.window(f"forrige{has_account}@example.org".lower()) as shared:
        sign_in_by_link(shared)
        shared.open("/min-side")
        connect(shared, number)
        press(shared, APART)
        if not has_account:
            heading(shared, "Velkommen")
            shared.send("/logg-inn/velkommen", {"name": name})
        shared.page.wait_for_url("**/min-side")
        sees(shared, f"Hei, {name}!")
    with lier.service.app.app_context():
        former = by_address(shared.address)
        assert open_ways(former) == []
        assert "identity_noted" not in trail(former)
        assert by_name(name).email is None


def test_the_keyboard_alone_is_enough_to_come_in(lier: Town) -> None:
    with lier.window("tast@example.org") as tast:
        keys = tast.page.keyboard
        tast.open("/logg-inn")
        works_for_all(tast)
        reach(tast, "Logg inn med ID-porten")
        keys.press("Enter")
        tast.page.wait_for_url("**/logg-inn/*")
        reach(tast, "Et annet syntetisk")
        keys.type(grown_up(9))
        keys.press("Enter")
        be_back(tast)
        works_for_all(tast)
        reach(tast, "Navnet ditt")
        keys.press("Enter")
        expect(tast.page.locator("[data-error-summary]")).to_be_focused()
        excuse_refusals(tast)
        works_for_all(tast)
        reach(tast, "Navnet ditt")
        keys.type("Tast")
        keys.press("Enter")
        tast.page.wait_for_url("**/min-side")
        reach(tast, "Logg ut")
        keys.press("Enter")
        tast.page.wait_for_url("**/logg-ut/ferdig")
        works_for_all(tast)


def reach(person: AtBrowser, words: str) -> None:
    """Press Tab until what has the focus is called so."""
    called = "(document.activeElement.labels?.[0] ?? document.activeElement).textContent"
    for _stop in range(40):
        person.page.keyboard.press("Tab")
        if words in person.page.evaluate(called):
            return
    raise AssertionError(f"Tab does not lead to {words!r}")
