"""Finding a need in the list by keyboard alone: choices take effect where one is, and the way back leads there."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from participation.extensions import db
from participation.needs.listing import NEEDS_A_PAGE
from participation.needs.models import Theme
from participation.support import service as support
from tests.factories import need_words
from tests.journeys.at_browser import AtBrowser, at_browser
from tests.journeys.axe import faults_here, size
from tests.journeys.service import Service, prepared_service
from tests.people import make_person

NEEDS = {"buss": NEEDS_A_PAGE * 2 + 5, "skole": 4}
ALL = sum(NEEDS.values())
GREEN_ON_PAPER = "rgb(31, 107, 58)"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with prepared_service("sqlite", tmp_path_factory.mktemp("finding")) as prepared, prepared.web():
        with prepared.app.app_context():
            make_town()
        yield prepared


def make_town() -> None:
    astrid, words = make_person("Astrid"), need_words()
    school = Theme(key="skole", nb="Skole", nn="Skule", en="School", position=1)
    db.session.add(school)
    db.session.flush()
    numbers = {"buss": words.theme_id, "skole": school.id}
    for key, count in NEEDS.items():
        for number in range(count):
            about = need_words(title=f"Det mangler noe her, {key} {number}", theme_id=numbers[key])
            support.propose(astrid.actor, words=about, name_hidden=False, within_days=30)
    db.session.commit()


@pytest.fixture
def visitor(service: Service, browser: Browser) -> Iterator[AtBrowser]:
    with at_browser(browser, service, "ingen@example.org", scripts=True) as someone:
        yield someone


def press(page: Page, selector: str, key: str) -> None:
    page.locator(selector).focus()
    page.keyboard.press(key)


def test_choices_are_made_and_taken_away_by_keyboard_and_the_number_is_said(visitor: AtBrowser) -> None:
    page = visitor.page
    visitor.open("/behov?sorter=nyeste")
    expect(page.locator("#need-count")).to_have_text(f"{ALL} behov")
    press(page, "#tema-skole", "Space")
    expect(page.get_by_role("status").and_(page.locator("#need-status"))).to_have_text("4 behov")
    expect(page.locator("#tema-skole")).to_be_focused()
    expect(page.locator("#need-list > li")).to_have_count(NEEDS["skole"])
    page.wait_for_url("**/behov?tema=skole&sorter=nyeste")
    press(page, "#tema-buss", "Space")
    expect(page.locator("#need-status")).to_have_text(f"{ALL} behov")
    chip = page.get_by_role("link", name="Tema: Skole, ta bort")
    chip.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#need-count")).to_have_text(f"{NEEDS['buss']} behov")
    expect(page.locator("#need-count")).to_be_focused()
    expect(page.locator("#tema-skole")).not_to_be_checked()
    page.wait_for_url("**/behov?tema=buss&sorter=nyeste")
    assert faults_here(page) == []


@pytest.mark.parametrize("status", [None, 429, 503])
def test_a_list_that_gets_no_answer_says_so_and_stands_as_it_was(visitor: AtBrowser, status: int | None) -> None:
    page, says = visitor.page, visitor.page.locator("#need-status")
    visitor.open("/behov?tema=buss")
    page.route("**/behov?*", lambda route: route.fulfill(status=status) if status else route.abort())
    press(page, "#tema-skole", "Space")
    expect(says).to_have_text("Vi fikk ikke svar. Prøv igjen om litt.")
    expect(says).to_be_in_viewport(ratio=1)
    expect(page.locator("#tema-skole")).not_to_be_checked()
    expect(page.locator("#tema-buss")).to_be_checked()
    assert faults_here(page) == []
    press(page, "[data-more]", "Enter")
    expect(says).to_be_in_viewport(ratio=1)
    expect(page.locator("[data-more]")).to_be_focused()
    page.unroute_all()
    page.keyboard.press("Enter")
    expect(page.locator("#need-list > li")).to_have_count(NEEDS_A_PAGE * 2)
    expect(says).to_have_class("visually-hidden")
    visitor.complaints.clear()  # of the requests that failed


def test_more_needs_come_below_and_the_way_back_leads_to_the_same_card(visitor: AtBrowser) -> None:
    page = visitor.page
    size(page, (320, 640))
    visitor.open("/behov?tema=buss")
    for shown in (NEEDS_A_PAGE, NEEDS_A_PAGE * 2):
        press(page, "[data-more]", "Enter")
        expect(page.locator("#need-list > li").nth(shown).locator("h3 a")).to_be_focused()
    expect(page.locator("#need-list > li")).to_have_count(NEEDS["buss"])
    expect(page.locator("[data-more]")).to_have_count(0)
    followed = page.locator("#need-list > li").nth(NEEDS_A_PAGE + 7).locator("h3 a")
    followed.focus()
    title, place = followed.inner_text(), page.evaluate("scrollY")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(title)
    page.go_back()
    expect(page.locator("#need-list > li")).to_have_count(NEEDS["buss"])
    expect(page.locator(":focus")).to_have_text(title)
    page.wait_for_function("place => Math.abs(scrollY - place) < 2", arg=place)


def test_on_a_phone_the_choices_stay_open_until_the_needs_they_leave_are_asked_for(visitor: AtBrowser) -> None:
    page = visitor.page
    size(page, (320, 640))
    visitor.open("/behov?tema=skole")
    page.locator("#need-filters > summary").click()
    page.locator("#tema-buss").check()
    expect(page.locator("#need-count")).to_have_text(f"{ALL} behov")
    expect(page.locator("#tema-skole")).to_be_visible()
    assert faults_here(page) == []
    show = page.get_by_role("button", name=f"Vis {ALL} behov")
    expect(show).to_be_in_viewport()
    show.click()
    expect(page.locator("#tema-skole")).to_be_hidden()
    expect(page.locator("#need-count")).to_be_focused()


def test_on_the_first_screen_of_a_phone_a_choice_says_first_how_many_it_would_leave(visitor: AtBrowser) -> None:
    page = visitor.page
    size(page, (390, 844))
    visitor.open("/behov")
    assert page.locator(".need-card").first.evaluate("card => card.getBoundingClientRect().top") < 650
    page.locator("#need-filters > summary").click()
    page.locator("#tema-part > summary").click()
    page.locator("#tema-skole").check()
    expect(page.locator("#need-status")).to_have_text("Vis 4 behov")
    assert page.url.endswith("/behov")
    page.get_by_role("button", name="Vis 4 behov").click()
    page.wait_for_url("**tema=skole**")
    expect(page.locator("#need-count")).to_be_focused()
    expect(page.locator("#need-count")).to_have_text("4 behov")


def test_on_paper_it_is_light_also_where_the_screen_is_dark(visitor: AtBrowser) -> None:
    page = visitor.page
    visitor.open("/behov")
    visitor.open(f"/behov/{page.locator('[data-need-id]').first.get_attribute('data-need-id')}/plakat")
    page.emulate_media(color_scheme="dark")
    colour = "element => getComputedStyle(element).color"
    assert page.locator(".poster-question").evaluate(colour) != GREEN_ON_PAPER
    page.emulate_media(color_scheme="dark", media="print")
    assert page.locator(".poster-question").evaluate(colour) == GREEN_ON_PAPER
    assert page.locator(".poster-title").evaluate(colour) == "rgb(0, 0, 0)"
