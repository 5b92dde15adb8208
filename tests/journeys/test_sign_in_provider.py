"""The sign-in provider's own pages in a real browser, without scripts: signing in, and telling services of the end."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.listener import Listener, listening
from tests.provider import ASTRID, BJORN, IDPORTEN, Provider, new_key, running_providers, with_key, with_secret
from tests.relying_party import RelyingParty

KEY = new_key()
SECRET = "a-secret-of-the-others"
HIGH = "idporten-loa-high"
SLOW_SECONDS = 0.4


@pytest.fixture
def services() -> Iterator[Listener]:
    """Where both services are."""
    with listening() as listener:
        yield listener


@pytest.fixture
def provider(services: Listener, tmp_path: Path) -> Iterator[Provider]:
    site = services.url
    other = {"redirect_uris": [f"{site}/other"], "frontchannel_logout_uri": f"{site}/other/front"}
    clients = {IDPORTEN: [with_key("ours", KEY, site_url=site), with_secret("other", SECRET, **other)]}
    with running_providers(clients, tmp_path) as running:
        yield running[IDPORTEN]


@pytest.fixture
def ours(provider: Provider, services: Listener) -> RelyingParty:
    back = f"{services.url}/logg-inn/via/idporten/svar"
    return RelyingParty(provider=provider, client_id="ours", redirect_uri=back, key=KEY)


@pytest.fixture
def other(provider: Provider, services: Listener) -> RelyingParty:
    return RelyingParty(provider=provider, client_id="other", redirect_uri=f"{services.url}/other", secret=SECRET)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(java_script_enabled=False)
    yield context.new_page()
    context.close()


def sign_in(page: Page, party: RelyingParty, person: str, **changed: str) -> str:
    """As that person, unless somebody is signed in already; returns the ID token."""
    page.goto(party.address(**changed))
    if page.url.startswith(party.provider.issuer):
        page.get_by_role("button", name=person).click()
    page.wait_for_url(f"{party.redirect_uri}?**")
    (code,) = parse_qs(urlsplit(page.url).query)["code"]
    return str(party.tokens(code)["id_token"])


def test_the_services_are_told_before_the_browser_goes_on(
    page: Page, ours: RelyingParty, other: RelyingParty, services: Listener
) -> None:
    token = sign_in(page, ours, "Astrid Eplegren")
    sign_in(page, other, "Astrid Eplegren")
    services.asked.clear()
    services.slow_seconds = SLOW_SECONDS
    page.goto(ours.sign_out_address(token, f"{services.url}/logg-ut/ferdig"))
    page.wait_for_url(f"{services.url}/logg-ut/ferdig?state=out")
    *told, last = [urlsplit(path).path for path in services.asked if "favicon" not in path]
    assert sorted(told) == ["/logg-ut/via/idporten", "/other/front"]
    assert last == "/logg-ut/ferdig"


def test_enter_in_the_field_signs_in_with_the_number(page: Page, ours: RelyingParty) -> None:
    page.goto(ours.address())
    field = page.get_by_label("Et annet syntetisk fødselsnummer eller D-nummer")
    field.fill("109155 96785")
    page.keyboard.press("Enter")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_be_focused()
    field.fill("109155 96784")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{ours.redirect_uri}?code=**")


def test_another_person_may_take_over_at_a_higher_level(page: Page, ours: RelyingParty, services: Listener) -> None:
    first = ours.read(sign_in(page, ours, "Astrid Eplegren")).claims
    second = ours.read(sign_in(page, ours, "Bjørn Bringebakk", acr_values=HIGH)).claims
    assert (first["pid"], second["pid"], second["acr"]) == (ASTRID, BJORN, HIGH)
    assert first["sid"] != second["sid"]
    assert [path for path in services.asked if f"sid={first['sid']}" in path], "the service was not told"
