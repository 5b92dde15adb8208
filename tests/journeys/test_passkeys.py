"""An administrator who signs in by a link makes a passkey, shows it and deletes it; Chromium has the device."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect

from participation.accounts import service as accounts
from participation.extensions import db
from participation.permissions import Role
from tests.guards.html import faults as html_faults
from tests.journeys.at_browser import AtBrowser, at_browser
from tests.journeys.axe import WIDE, faults_here, size
from tests.journeys.service import Service, running_service

ADDRESS = "farid@example.org"
STEP, KEYS = "/logg-inn/nokkel", "/min-side/nokler"
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("passkeys")
    with running_service("sqlite", folder, host="localhost", PASSKEYS_REQUIRED="administrators") as started:
        yield started


@pytest.fixture
def farid(service: Service, browser: Browser) -> Iterator[AtBrowser]:
    """An administrator without any passkey, on their way in from the link of a mail."""
    with service.app.app_context():
        accounts.add_person("Farid", email=ADDRESS, roles=frozenset({Role.ADMINISTRATOR}))
        db.session.commit()
    with at_browser(browser, service, ADDRESS, scripts=True) as opened:
        yield opened
    with service.app.app_context():
        db.session.rollback()


class Device:
    """The browser's own virtual authenticator."""

    def __init__(self, page: Page) -> None:
        self.session: CDPSession = page.context.new_cdp_session(page)
        self.session.send("WebAuthn.enable")
        self.id: str = self.session.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})["authenticatorId"]

    @contextmanager
    def that_knows_nobody(self) -> Iterator[None]:
        """As when a finger is not known: the person is not verified."""
        self._verify(False)
        yield
        self._verify(True)

    @property
    def passkeys(self) -> int:
        return len(self.session.send("WebAuthn.getCredentials", {"authenticatorId": self.id})["credentials"])

    def _verify(self, known: bool) -> None:
        self.session.send("WebAuthn.setUserVerified", {"authenticatorId": self.id, "isUserVerified": known})


def come_in(person: AtBrowser) -> None:
    """By the link of a mail, on the way to the administrators' pages."""
    person.open("/logg-inn?neste=/administrasjon")
    path = re.search(r"/logg-inn/\S+", person.ask_for_link().text())
    assert path is not None
    person.open(path[0])
    person.page.locator("main button[type=submit]").press("Enter")


def press(page: Page, name: str) -> None:
    """Go there by the Tab key alone, and press Enter."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()").startswith(name):
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"the Tab key never comes to {name}")


def faults(page: Page) -> list[str]:
    """What axe finds, what is wider than the narrowest phone, and what is no sound HTML."""
    found = html_faults(page.content()) + faults_here(page)
    size(page, WIDE)
    return found


def test_an_administrators_way_in_with_a_passkey_by_the_keyboard_alone(farid: AtBrowser) -> None:
    page, device = farid.page, Device(farid.page)
    come_in(farid)
    page.wait_for_url(re.compile(rf"{STEP}\?neste=/administrasjon$"))
    found = faults(page)
    with device.that_knows_nobody():
        press(page, "Lag passnøkkelen")
        expect(page.get_by_role("alert")).to_contain_text("Du avbrøt, eller det tok for lang tid")
    found += faults(page)
    name = page.get_by_label("Hva vil du kalle den?")
    expect(name).to_have_value(re.compile("Chrome"))
    name.fill("")
    name.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Skriv et navn")
    expect(name).to_be_focused()
    page.keyboard.type("Jobbmaskinen")
    press(page, "Lag passnøkkelen")
    page.wait_for_url(f"{farid.service.site_url}/administrasjon")

    assert device.passkeys == 1
    press(page, "Logg ut")
    page.wait_for_url(f"{farid.service.site_url}/")
    come_in(farid)
    page.wait_for_url(re.compile(rf"{STEP}\?neste=/administrasjon$"))
    found += faults(page)
    press(page, "Vis passnøkkelen")
    page.wait_for_url(f"{farid.service.site_url}/administrasjon")

    farid.open(KEYS)
    found += faults(page)
    press(page, "Lag passnøkkelen")
    expect(page.get_by_role("alert")).to_contain_text("har allerede en passnøkkel")
    expect(page.get_by_text("Jobbmaskinen").first).to_be_visible()
    press(page, "Slett Jobbmaskinen")
    page.wait_for_url(re.compile(rf"{STEP}\?neste={KEYS}$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Lag en passnøkkel")
    assert found == []
    # The browser tells in its console of answers such as 400.
    farid.complaints[:] = [text for text in farid.complaints if "Failed to load resource" not in text]


def test_with_scripts_off_the_page_says_what_to_do(service: Service, browser: Browser, tmp_path: Path) -> None:
    address = "frida@example.org"
    with service.app.app_context():
        accounts.add_person("Frida", email=address, roles=frozenset({Role.ADMINISTRATOR}))
        db.session.commit()
    with at_browser(browser, service, address, scripts=False) as frida:
        come_in(frida)
        frida.page.wait_for_url(re.compile(rf"{STEP}\?neste=/administrasjon$"))
        expect(frida.page.get_by_text("Denne siden trenger skript")).to_be_visible()
        expect(frida.page.get_by_role("button", name="Lag passnøkkelen")).to_be_hidden()
        frida.open("/min-side")
