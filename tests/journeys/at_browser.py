"""A person at a browser: goes to pages, fills in forms, presses buttons, and opens links from their mail."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.journeys.mail_sink import KeptMail
from tests.journeys.service import Service
from tests.journeys.visitor import Visitor

PAGE_MILLISECONDS = 30_000
# A named one does something of its own; one that no key reaches stands in for the Enter key.
_FIRST_BUTTON = 'button[type="submit"]:not([name], [tabindex="-1"])'


@dataclass
class AtBrowser:
    service: Service
    address: str
    page: Page
    complaints: list[str] = field(default_factory=list)
    """What the browser's console said was wrong."""
    scripts: bool = True

    def open(self, path: str) -> None:
        answer = self.page.goto(f"{self.service.site_url}{path}")
        assert answer is not None
        assert answer.ok, f"{path}: {answer.status}"

    @property
    def path(self) -> str:
        return urlsplit(self.page.url).path

    @property
    def number(self) -> int:
        """That of the thing whose page this is."""
        found = re.search(r"/(\d+)(/|$)", self.path)
        assert found is not None, self.path
        return int(found[1])

    def form(self, action: str) -> Locator:
        """The form that posts to the address, or where none is given to the page's own; unfolded where it is folded."""
        to = f'[action^="{action}"]' if action else ":not([action])"
        form = self.page.locator(f'form[method="post"]{to}').first
        folded = form.locator("xpath=ancestor::details[not(@open)]")
        if folded.count():
            folded.locator("summary").first.click()
        return form

    def fill(self, action: str, fields: dict[str, str]) -> Locator:
        form = self.form(action)
        for name, value in fields.items():
            _fill_field(form, name, value)
        return form

    def send(self, action: str, fields: dict[str, str] | None = None) -> None:
        """Fill in the form and press its first button, as Enter does."""
        button = self.fill(action, fields or {}).locator('button[type="submit"]').first
        if button.get_attribute("aria-hidden"):
            button.evaluate("button => button.click()")  # there for the Enter key alone
        else:
            button.click()

    def send_on(self, action: str, fields: dict[str, str] | None = None, *, to: str) -> None:
        """Send the form, and be sent on to an address like the pattern."""
        self.send(action, fields)
        self.page.wait_for_url(re.compile(f"{re.escape(self.service.site_url)}{to}$"))

    def send_need(self, fields: dict[str, str] | None = None) -> None:
        """Send the need that is written, past others that are much the same where they are shown first."""
        with self.page.expect_navigation():
            self.send("/behov/nytt", fields)
        if self.page.locator(".similar-list").count() and not self.scripts:
            with self.page.expect_navigation():
                self.page.locator(".form-end button").first.click()
        assert re.fullmatch(r"/behov/\d+/kvittering", self.path), self.path

    def ask_for_link(self) -> KeptMail:
        """On the sign-in page: ask for a link, and find it in the mail."""
        had = len(self._links())
        self.send_on("/logg-inn", {"email": self.address}, to="/logg-inn/sendt")
        self.service.sink.wait_for(had + 1, to=self.address, about="/logg-inn/")
        return self._links()[-1]

    def _links(self) -> list[KeptMail]:
        return self.service.sink.about("/logg-inn/", to=self.address)

    def open_link(self, mail: KeptMail, *, name: str | None = None, wrote_it: bool = False) -> None:
        """Open the link of the mail and sign in, after the mail's scanner has been there; `name` when new here.

        `wrote_it` says that what was written in the browser that asked for the link is one's own.
        """
        path = signin_path(mail)
        for _look in range(2):
            assert Visitor(self.service.port).get(path).status == 200
        self.open(path)
        fields = {"name": name, "old_enough": "y"} if name else {}
        self.send(path, fields | {"mine": "y"} if wrote_it else fields)
        self.page.wait_for_url(lambda address: "/logg-inn" not in address)

    def sign_in(self, *, name: str | None = None) -> None:
        self.open_link(self.ask_for_link(), name=name)

    def expect_support(self, count: int) -> None:
        expect(self.page.locator(f'#stotte [data-support-count="{count}"]')).to_be_visible()


def _fill_field(form: Locator, name: str, value: str) -> None:
    controls = form.locator(f'[name="{name}"]')
    kind = controls.first.evaluate("control => control.type")
    if kind in {"radio", "checkbox"}:
        form.locator(f'[name="{name}"][value="{value}"]').check()
    elif kind.startswith("select"):
        controls.first.select_option(value)
    else:
        controls.first.fill(value)


def signin_path(mail: KeptMail) -> str:
    found = re.search(r"https?://\S+?(/logg-inn/\S+)", mail.text())
    assert found is not None, mail.text()
    return found[1]


@contextmanager
def at_browser(browser: Browser, service: Service, address: str, *, scripts: bool) -> Iterator[AtBrowser]:
    """A browser window of the person's own; it must have had nothing to complain of."""
    context: BrowserContext = browser.new_context(java_script_enabled=scripts, locale="nb-NO")
    context.set_default_timeout(PAGE_MILLISECONDS)
    try:
        page = context.new_page()
        person = AtBrowser(service, address, page, scripts=scripts)
        page.on("pageerror", lambda error: person.complaints.append(str(error)))
        page.on(
            "console",
            lambda said: person.complaints.append(said.text) if said.type == "error" else None,
        )
        yield person
        assert person.complaints == [], person.complaints
    finally:
        context.close()
