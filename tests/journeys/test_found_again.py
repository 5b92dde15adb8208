"""A need is found by a mistyped word, and supported instead of being reported once more."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, expect

from tests.factories import make_need, theme_and_area
from tests.journeys.at_browser import AtBrowser, at_browser
from tests.journeys.service import Service, running_service
from tests.people import make_person

TITLE = "Sykkelveien til Lierskogen slutter brått"
LIKE_IT = "Sykkelvei til Lierskogen må bygges ferdig"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with running_service("sqlite", tmp_path_factory.mktemp("found")) as started:
        with started.app.app_context():
            theme_and_area()
            make_need(make_person("Astrid"), title="Det mangler benker ved elva")
        yield started


@pytest.fixture
def need_id(service: Service) -> int:
    with service.app.app_context():
        return make_need(make_person(f"Nabo {uuid4().hex}"), title=TITLE).id


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def bjorn(request: pytest.FixtureRequest, service: Service, browser: Browser) -> Iterator[AtBrowser]:
    with at_browser(browser, service, f"{uuid4().hex}@example.org", scripts=request.param) as person:
        person.open("/logg-inn")
        person.sign_in(name="Bjørn")
        yield person


def test_a_need_is_found_by_a_typing_error_and_supported_instead_of_reported_again(
    service: Service, bjorn: AtBrowser, need_id: int
) -> None:
    page = bjorn.page
    bjorn.open("/behov?q=sykkelvie")
    found = page.locator(f'#need-list [data-need-id="{need_id}"]')
    expect(found.locator("mark").first).to_have_text("Sykkelveien")
    expect(page.locator(".corrected")).to_contain_text("«sykkelvei»")

    bjorn.open("/behov/nytt")
    words = {
        "title": LIKE_IT,
        "description": "Den slutter i et kryss.",
        "affected": "Skolebarn.",
        "theme": "buss",
        "area": "tranby",
    }
    form = bjorn.fill("/behov/nytt", words)
    if not bjorn.scripts:
        form.locator(".form-end button").first.click()
        expect(page.locator("h1")).to_have_text("Har noen meldt dette allerede?")
    like = page.locator(f'.similar-list [data-need-id="{need_id}"]')
    expect(like).to_contain_text("1 har dette behovet")
    like.get_by_role("button").click()
    page.wait_for_url(f"{service.site_url}/behov/{need_id}")
    expect(page.locator("[data-support-count]").first).to_have_attribute("data-support-count", "2")
    page.get_by_role("link", name="Fortsett på utkastet ditt").click()
    expect(page.locator('[name="title"]')).to_have_value(LIKE_IT)
    bjorn.open("/behov/nytt")
    expect(page.locator("main")).to_contain_text("Du har begynt på et behov fra før.")
    bjorn.open("/min-side")
    expect(page.locator("main")).to_contain_text(LIKE_IT)
