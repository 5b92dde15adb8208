"""The sign-in ends while somebody is writing: they are warned, may stay, and lose nothing."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, expect
from sqlalchemy import select

from participation.comments import service as comments
from participation.comments.models import Comment
from participation.extensions import db
from participation.needs.models import Need
from tests.factories import make_need
from tests.journeys.at_browser import AtBrowser
from tests.journeys.axe import faults_here
from tests.journeys.signing_in import (
    ID_PORTEN,
    NEED,
    Town,
    be_back,
    by_name,
    excuse_refusals,
    grown_up,
    let_be_unused,
    let_end_in,
    newcomer,
    path,
    press_link,
    sees,
    works_for_all,
)

IDLE_MINUTES = 30


@pytest.fixture
def writer(lier: Town, request: pytest.FixtureRequest) -> Iterator[AtBrowser]:
    """Somebody with ID-porten who has half a need on the page, in a browser whose time can be moved."""
    with lier.window() as person:
        person.page.clock.install()
        newcomer(person, grown_up(next(NUMBERS)), name=request.node.name)
        person.open("/behov/nytt")
        person.fill("/behov/nytt", NEED)
        yield person


NUMBERS = iter(range(100, 200))


def dialog(person: AtBrowser) -> Locator:
    return person.page.get_by_role("alertdialog")


def time_goes_by(person: AtBrowser, *, minutes: int) -> None:
    """In the browser: what waits for it is done. How it stands on the server is said apart from it."""
    person.page.clock.fast_forward(minutes * 60_000)


def focus_is_in(person: AtBrowser) -> bool:
    return bool(dialog(person).evaluate("dialog => dialog.contains(document.activeElement)"))


def is_kept(person: AtBrowser) -> None:
    for name, text in NEED.items():
        expect(person.page.locator(f'[name="{name}"]')).to_have_value(text)


def test_who_is_warned_stays_by_the_keyboard_alone(
    lier: Town, writer: AtBrowser, request: pytest.FixtureRequest
) -> None:
    let_be_unused(lier.service, request.node.name, minutes=IDLE_MINUTES - 2)
    expect(dialog(writer)).to_be_hidden()
    time_goes_by(writer, minutes=IDLE_MINUTES - 2)
    expect(dialog(writer)).to_be_visible()
    expect(dialog(writer)).to_have_accessible_name("Du blir snart logget ut")
    expect(dialog(writer).get_by_role("status")).to_have_text(re.compile("2 minutter|ett minutt"))
    assert faults_here(writer.page) == []
    for _stop in range(6):
        assert focus_is_in(writer)
        writer.page.keyboard.press("Tab")
    dialog(writer).get_by_role("button", name="Forbli innlogget").focus()
    writer.page.keyboard.press("Enter")
    expect(dialog(writer)).to_be_hidden()
    is_kept(writer)
    seconds = writer.page.evaluate("fetch('/logg-inn/tid').then(answer => answer.json())")["seconds"]
    assert seconds > (IDLE_MINUTES - 1) * 60


def test_who_closes_the_warning_finds_the_text_and_is_told_when_it_is_over(
    lier: Town, writer: AtBrowser, request: pytest.FixtureRequest
) -> None:
    writer.page.locator('[name="title"]').focus()
    let_be_unused(lier.service, request.node.name, minutes=IDLE_MINUTES - 2)
    time_goes_by(writer, minutes=IDLE_MINUTES - 2)
    expect(dialog(writer)).to_be_visible()
    writer.page.keyboard.press("Escape")
    expect(dialog(writer)).to_be_hidden()
    expect(writer.page.locator('[name="title"]')).to_be_focused()
    let_be_unused(lier.service, request.node.name, minutes=IDLE_MINUTES)
    time_goes_by(writer, minutes=2)
    expect(dialog(writer)).to_have_accessible_name("Du er logget ut")
    assert focus_is_in(writer)
    assert faults_here(writer.page) == []
    is_kept(writer)
    dialog(writer).get_by_role("button", name="Lukk").click()
    send_after_all(writer)
    with lier.service.app.app_context():
        need = db.session.scalars(select(Need).where(Need.author_id == by_name(request.node.name).id)).one()
        assert (need.title, need.support_count) == (NEED["title"], 1)


def send_after_all(writer: AtBrowser) -> None:
    """Signed out, the writer sends; what they wrote waits till they have signed in, and then is sent."""
    writer.send("/behov/nytt")
    writer.page.wait_for_url("**/logg-inn?neste=**")
    sees(writer, "Vi har tatt vare på det du skrev")
    press_link(writer, f"Logg inn med {ID_PORTEN}")
    be_back(writer)
    assert path(writer) == "/behov/nytt"
    is_kept(writer)
    writer.send_need()


def test_what_is_sent_too_late_without_scripts_is_kept_too(lier: Town) -> None:
    with lier.window(scripts=False) as ola:
        newcomer(ola, grown_up(next(NUMBERS)), name="Ola")
        ola.open("/behov/nytt")
        assert "Du blir logget ut når du ikke har gjort noe her på 30 minutter" in ola.page.content()
        ola.fill("/behov/nytt", NEED)
        let_be_unused(lier.service, "Ola", minutes=IDLE_MINUTES)
        send_after_all(ola)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_page_for_the_signed_in_shows_what_was_sent_and_sends_it_again(lier: Town, scripts: bool) -> None:
    name, words = f"Eva {scripts}", "Det gjelder oss på Tranby også, og særlig om kvelden."
    with lier.window(scripts=scripts) as eva:
        newcomer(eva, grown_up(next(NUMBERS)), name=name)
        with lier.service.app.app_context():
            person = by_name(name)
            need = make_need(person)
            number = comments.comment(person.actor, need=need, body="Det gjelder oss.", parent_id=None)
            db.session.commit()
            address = f"/behov/{need.id}/kommentarer/{number}/endre"
        eva.open(address)
        let_be_unused(lier.service, name, minutes=IDLE_MINUTES)
        eva.send("", {"body": words})
        expect(eva.page.locator("h1")).to_have_text("Du er logget ut")
        expect(eva.page.locator("main textarea")).to_have_value(words)
        works_for_all(eva)
        with eva.page.context.expect_page() as opened:
            press_link(eva, re.compile("^Logg inn"))
        opened.value.get_by_role("link", name=f"Logg inn med {ID_PORTEN}").click()
        opened.value.wait_for_url(f"**{address}")
        send_again(eva)
        excuse_refusals(eva)
    with lier.service.app.app_context():
        assert db.session.scalars(select(Comment.body).where(Comment.id == number)).one() == words


def send_again(person: AtBrowser) -> None:
    """As the page says: it may have to be pressed twice."""
    for _press in range(2):
        person.page.get_by_role("button", name="Send på nytt").click()
        if "/endre" not in person.page.url:
            return


def test_the_most_that_a_sign_in_lasts_can_not_be_prolonged(
    lier: Town, writer: AtBrowser, request: pytest.FixtureRequest
) -> None:
    let_end_in(lier.service, request.node.name, minutes=2)
    time_goes_by(writer, minutes=IDLE_MINUTES - 2)
    expect(dialog(writer)).to_contain_text("En innlogging varer en begrenset tid")
    expect(dialog(writer).get_by_role("button", name="Forbli innlogget")).to_be_hidden()
    assert focus_is_in(writer)
    stay = "fetch(d.dataset.stayUrl, {method: 'POST', headers: {'X-CSRFToken': d.dataset.token}})"
    left = writer.page.evaluate(f"(d => {stay}.then(answer => answer.json()))(document.querySelector('dialog'))")
    assert (left["seconds"] <= 120, left["more"]) == (True, False)
