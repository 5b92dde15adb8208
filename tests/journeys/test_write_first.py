"""Write first, sign in last: also when the mail is opened somewhere else than where the writing began."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, expect

from tests.factories import make_need, theme_and_area
from tests.journeys.at_browser import AtBrowser, at_browser
from tests.journeys.service import Service, running_service
from tests.people import make_person

NEED = {
    "title": "Gangveien mangler lys ved brua",
    "description": "Det er helt mørkt ved brua fra november av.",
    "affected": "Alle som går til stasjonen tidlig om morgenen.",
    "theme": "buss",
    "area": "tranby",
}
COMMENT = "Vi som bor ved brua ser det hver dag."


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with running_service("sqlite", tmp_path_factory.mktemp("write")) as started:
        with started.app.app_context():
            theme_and_area()
        yield started


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def devices(
    request: pytest.FixtureRequest, service: Service, browser: Browser
) -> Iterator[tuple[AtBrowser, AtBrowser]]:
    """A phone and a computer, of somebody who has not been here before."""
    address = f"{uuid4().hex}@example.org"
    with (
        at_browser(browser, service, address, scripts=request.param) as phone,
        at_browser(browser, service, address, scripts=request.param) as computer,
    ):
        yield phone, computer


def test_a_need_begun_on_the_phone_is_sent_from_the_computer(devices: tuple[AtBrowser, AtBrowser]) -> None:
    phone, computer = devices
    phone.open("/behov/nytt")
    phone.send_on("/behov/nytt", NEED, to=r"/logg-inn\?neste=.*")
    computer.open_link(phone.ask_for_link(), name="Astrid", wrote_it=True)
    for name, text in NEED.items():
        expect(computer.page.locator(f'[name="{name}"]')).to_have_value(text)
    computer.send_need()
    computer.open(f"/behov/{computer.number}")
    expect(computer.page.locator("h1")).to_have_text(NEED["title"])


def test_a_comment_begun_on_the_phone_is_published_from_the_computer(
    service: Service, devices: tuple[AtBrowser, AtBrowser]
) -> None:
    phone, computer = devices
    with service.app.app_context():
        need_id = make_need(make_person(f"Nabo {uuid4().hex}")).id
    phone.open(f"/behov/{need_id}/kommentarer")
    phone.send_on(f"/behov/{need_id}/kommentarer", {"body": COMMENT}, to=r"/logg-inn\?neste=.*")
    computer.open_link(phone.ask_for_link(), name="Astrid", wrote_it=True)
    expect(computer.page.locator('[name="body"]')).to_have_value(COMMENT)
    computer.send_on(f"/behov/{need_id}/kommentarer", to=rf"/behov/{need_id}.*#comment-\d+")
    expect(computer.page.locator("article.comment")).to_contain_text(COMMENT)


def test_an_invalid_need_is_shown_again_with_all_that_was_written(devices: tuple[AtBrowser, AtBrowser]) -> None:
    phone, _computer = devices
    phone.open("/behov/nytt")
    phone.send("/behov/nytt", NEED | {"title": "For kort"})
    expect(phone.page.locator("[data-error-summary]")).to_be_visible()
    for name, text in (NEED | {"title": "For kort"}).items():
        expect(phone.page.locator(f'[name="{name}"]')).to_have_value(text)
    # The browser notes each answer of 400 in its console, as it should.
    assert all("400" in complaint for complaint in phone.complaints)
    phone.complaints.clear()
