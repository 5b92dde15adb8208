"""Every page, in a real browser: no fault that axe can find in light or dark, nothing wider than a phone."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext
from playwright.sync_api import Page as Tab
from sqlalchemy import select

from participation.accounts import service as accounts
from participation.accounts.models import Person
from participation.accounts.rules import Language
from participation.extensions import db
from tests.guards.html import faults as html_faults
from tests.guards.pages import Page, build_town, every_page
from tests.guards.unbroken import add_unbroken
from tests.journeys.axe import WIDE, faults_here, size
from tests.journeys.service import Service, prepared_service
from tests.journeys.visitor import Visitor

VISITOR = "visitor"
_MAIN = re.compile(r"<main.*</main>", re.DOTALL)
# Their values are new each time.
_HIDDEN = re.compile(r'<input[^>]*type="hidden"[^>]*>')


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with prepared_service("sqlite", tmp_path_factory.mktemp("axe")) as prepared, prepared.web():
        yield prepared


@pytest.fixture(scope="module")
def pages(service: Service) -> list[Page]:
    with service.app.app_context():
        values = add_unbroken(build_town())
    return [page for page in every_page(service.app, values) if page.is_html]


@pytest.fixture
def tabs(service: Service, browser: Browser, pages: list[Page]) -> Iterator[dict[str, Tab]]:
    """A tab for each person and one for a visitor, each noting what the browser complains of."""
    contexts = {name: _context(service, browser, name) for name in {page.name for page in pages} | {VISITOR}}
    yield {name: context.new_page() for name, context in contexts.items()}
    for context in contexts.values():
        context.close()


def _context(service: Service, browser: Browser, name: str) -> BrowserContext:
    context = browser.new_context(reduced_motion="reduce", locale="nb-NO")
    if name != VISITOR:
        with service.app.app_context():
            person = db.session.scalars(select(Person).where(Person.name == name)).one()
            cookies = Visitor.signed_in(service, person).cookies
            db.session.commit()
        context.add_cookies([{"name": key, "value": value, "url": service.site_url} for key, value in cookies.items()])
    return context


def _faults(tab: Tab, address: str) -> list[str]:
    """What axe finds in light on a wide screen and in dark on a phone, and whether 320 px is too narrow."""
    complaints: list[str] = []
    tab.on("console", lambda message: complaints.append(message.text) if _is_complaint(message) else None)
    size(tab, WIDE)
    tab.emulate_media(color_scheme="light")
    tab.goto(address)
    return [f"{address}: {fault}" for fault in faults_here(tab) + complaints]


def _content(tab: Tab, address: str) -> str:
    """What stands between head and foot: for the most part the same to a visitor as to who is signed in."""
    page = tab.context.request.get(address).text()
    found = _MAIN.search(page)
    return _HIDDEN.sub("", found[0]) if found else page


def _is_complaint(message: Any) -> bool:
    """A page that answers 403, 404 or 409 is told of in the console; that is no fault of the page."""
    return message.type in {"error", "warning"} and "Failed to load resource" not in message.text


def test_no_page_has_a_fault_that_axe_or_the_browser_finds(
    service: Service, tabs: dict[str, Tab], pages: list[Page]
) -> None:
    found, seen = [], set()
    for page in pages:
        address = service.site_url + page.path
        for name in (page.name, VISITOR) if page.is_public else (page.name,):
            content = _content(tabs[name], address)
            if content not in seen:
                found += _faults(tabs[name], address)
            seen.add(content)
    assert found == []
    assert len(seen) > 100


def test_axe_sees_a_page_that_is_hard_to_use(tabs: dict[str, Tab]) -> None:
    faint, wide = "<p style='color:%23ccc'>Lite synlig</p>", "<p style='width:900px'>Bred</p>"
    bad = f"data:text/html,<!DOCTYPE html><html><body><img src='x'>{faint}{wide}"
    found = " ".join(_faults(tabs[VISITOR], bad))
    for fault in ("image-alt", "color-contrast", "html-has-lang", "px wide"):
        assert fault in found


def test_the_demos_own_pages_have_no_fault_either(browser: Browser, tmp_path: Path) -> None:
    with prepared_service("sqlite", tmp_path, DEMO="1", SMTP_URL="") as demo, demo.web():
        with demo.app.app_context():
            accounts.add_person("Astrid Eplegren", email="astrid@demo.example")
            accounts.request_link("astrid@demo.example", language=Language.BOKMAL, next_path="/")
            db.session.commit()
        sent = demo.flask("mail", "send")
        assert sent.returncode == 0, sent.stdout
        visitor = Visitor(demo.port)
        (mail,) = set(re.findall(r'href="(/demo/postkasse/[^"]+)"', visitor.get("/demo/postkasse").text))
        addresses = ["/logg-inn", "/demo/postkasse", mail]
        found = [fault for address in addresses for fault in html_faults(visitor.get(address).text)]
        tab = browser.new_context(reduced_motion="reduce", locale="nb-NO").new_page()
        found += [fault for address in addresses for fault in _faults(tab, demo.site_url + address)]
        tab.context.close()
    assert found == []
