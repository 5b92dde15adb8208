"""The whole service with the real sign-in providers beside it, and people who come in by them."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, expect
from sqlalchemy import func, select, update

from participation import clock
from participation.accounts import service as accounts
from participation.accounts.models import Person, SignInSession
from participation.accounts.national_number import refuse
from participation.accounts.queries import is_open
from participation.audit.models import AuditEntry
from participation.extensions import db
from tests.factories import theme_and_area
from tests.journeys.at_browser import AtBrowser, at_browser
from tests.journeys.axe import WIDE, faults_here, size
from tests.journeys.service import Service, prepared_service
from tests.listener import Listener, listening
from tests.provider import ENTRA, IDPORTEN, Provider, Registration, new_key, running_providers, with_key, with_secret
from tests.relying_party import RelyingParty

SECRET = "a-secret-of-the-services"
ID_PORTEN, DIRECTORY = "ID-porten", "Ansattkonto"
OTHER = "other"
_REFUSED = re.compile(r"status of 4\d\d")

NEED = {
    "title": "Gangveien mangler lys ved brua",
    "description": "Det er helt mørkt ved brua fra november av.",
    "affected": "Alle som går til stasjonen tidlig om morgenen.",
    "theme": "buss",
    "area": "tranby",
}


@dataclass(frozen=True)
class Town:
    """The service, the providers, and another service that the same people use."""

    service: Service
    providers: dict[str, Provider]
    elsewhere: Listener
    browser: Browser

    @contextmanager
    def window(self, address: str = "", *, scripts: bool = True) -> Iterator[AtBrowser]:
        """Somebody's own; they have had nothing to complain of at the end but what a test has excused."""
        with at_browser(self.browser, self.service, address, scripts=scripts) as person:
            yield person

    @cached_property
    def other(self) -> RelyingParty:
        """Another service that people sign in to with ID-porten."""
        back = f"{self.elsewhere.url}/other"
        return RelyingParty(provider=self.providers[IDPORTEN], client_id=OTHER, redirect_uri=back, secret=SECRET)


@contextmanager
def town(kind: str, folder: Path, browser: Browser, **settings: str) -> Iterator[Town]:
    """Two providers: one like ID-porten, that tells us by frames, and one like Entra ID, that tells our server."""
    with listening() as elsewhere, prepared_service(kind, folder, **settings) as prepared:
        key = new_key()
        (folder / "key.pem").write_bytes(key.as_pem(private=True))
        by_frames = with_key("svarer", key, site_url=prepared.site_url)
        clients = {IDPORTEN: [by_frames, _other(elsewhere.url)], ENTRA: [_told_by_servers(prepared.site_url)]}
        with running_providers(clients, folder) as providers:
            service = replace(prepared, env=_told_of(providers, folder) | dict(prepared.env))
            with service.app.app_context():
                theme_and_area()
            with service.web(), service.worker():
                yield Town(service, providers, elsewhere, browser)


def _other(site: str) -> Registration:
    return with_secret(OTHER, SECRET, redirect_uris=[f"{site}/other"], frontchannel_logout_uri=f"{site}/other/front")


def _told_by_servers(site: str) -> Registration:
    return with_secret(
        "svarer",
        SECRET,
        redirect_uris=[f"{site}/logg-inn/via/entra/svar"],
        post_logout_redirect_uris=[f"{site}/logg-ut/ferdig"],
        backchannel_logout_uri=f"{site}/logg-ut/via/entra/bak",
    )


def _told_of(providers: dict[str, Provider], folder: Path) -> dict[str, str]:
    """The settings that tell the service of the providers."""
    return {
        "PID_KEYS": "1:a-key-for-tests-only-0123456789-abcdefghij",
        "SYNTHETIC_NUMBERS": "1",
        "SIGN_IN_PROVIDERS": "idporten entra",
        "OIDC_IDPORTEN_ISSUER": providers[IDPORTEN].issuer,
        "OIDC_IDPORTEN_CLIENT_ID": "svarer",
        "OIDC_IDPORTEN_CLIENT_AUTH": "private_key_jwt",
        "OIDC_IDPORTEN_PRIVATE_KEY": str(folder / "key.pem"),
        "OIDC_IDPORTEN_LABEL": ID_PORTEN,
        "OIDC_IDPORTEN_ACR": "substantial=idporten-loa-substantial high=idporten-loa-high",
        "OIDC_ENTRA_ISSUER": providers[ENTRA].issuer,
        "OIDC_ENTRA_CLIENT_ID": "svarer",
        "OIDC_ENTRA_CLIENT_SECRET": SECRET,
        "OIDC_ENTRA_LABEL": DIRECTORY,
        "OIDC_ENTRA_FOR": "staff",
        "OIDC_ENTRA_KNOWN_BY": "directory",
        "OIDC_ENTRA_SCOPE": "openid profile email",
        "OIDC_ENTRA_EMAIL_DOMAINS": "demo.example",
        "OIDC_ENTRA_ROLES": "Svarer.Saksbehandler=case_worker Svarer.Kommunikasjon=communications",
    }


def grown_up(individual: int) -> str:
    """A synthetic number that nobody of the provider's own people has, of somebody born in 1990."""
    tails = (f"158690{individual:03}{last:02}" for last in range(100))
    return next((number for number in tails if _holds(number)), "") or grown_up(individual + 40)


def _holds(number: str) -> bool:
    return refuse(number, day=date(2026, 11, 1), synthetic_allowed=True) is None


def press_link(person: AtBrowser, name: str | re.Pattern[str]) -> None:
    person.page.get_by_role("main").get_by_role("link", name=name).first.click()


def press(person: AtBrowser, name: str | re.Pattern[str]) -> None:
    person.page.get_by_role("button", name=name).first.click()


def choose_who(page: Page, who: str, *, level: str = "") -> None:
    """At the provider: as one of its people, or with a number; with ID-porten at a level."""
    if level:
        page.get_by_label(level).check()
    if who.isdecimal():
        page.locator("#number").fill(who)
        page.locator("#number").press("Enter")
    else:
        page.get_by_role("button", name=who).click()


def sign_in_by(person: AtBrowser, way: str, who: str) -> None:
    """From a page of ours with the way on it, to whatever comes after."""
    press_link(person, re.compile(f"^Logg inn med {re.escape(way)}"))
    choose_who(person.page, who)
    be_back(person)


def be_back(person: AtBrowser) -> None:
    site = person.service.site_url
    person.page.wait_for_url(lambda address: address.startswith(site))


def sign_in_by_link(person: AtBrowser) -> None:
    """With a link that is made at the command line, as for somebody who is known."""
    with person.service.app.app_context():
        token = accounts.make_link(by_address(person.address))
        db.session.commit()
    person.open(f"/logg-inn/{token}")
    person.send(f"/logg-inn/{token}")
    person.page.wait_for_url(lambda address: "/logg-inn" not in address)


def newcomer(person: AtBrowser, who: str, *, name: str) -> None:
    """Somebody with ID-porten who has not been here before, and gives no address."""
    person.open("/logg-inn")
    sign_in_by(person, ID_PORTEN, who)
    person.send_on("/logg-inn/velkommen", {"name": name}, to="/min-side")


def sees(person: AtBrowser, words: str) -> None:
    expect(person.page.get_by_role("main")).to_contain_text(words)


def heading(person: AtBrowser, words: str | re.Pattern[str]) -> None:
    expect(person.page.locator("h1")).to_have_text(words)


def path(person: AtBrowser) -> str:
    return urlsplit(person.page.url).path


def works_for_all(person: AtBrowser) -> None:
    """The page as it now stands has no fault in light, in dark, or on a small phone; axe is a script itself."""
    if not person.scripts:
        return
    assert faults_here(person.page) == [], person.page.url
    size(person.page, WIDE)
    person.page.emulate_media(color_scheme="light")


def excuse_refusals(person: AtBrowser) -> None:
    """The browser notes each answer above 400 in its console, as it should."""
    assert all(_REFUSED.search(said) for said in person.complaints), person.complaints
    person.complaints.clear()


def by_address(address: str) -> Person:
    """Needs the app's context, as all below."""
    return db.session.scalars(select(Person).where(Person.email == address)).one()


def by_name(name: str) -> Person:
    return db.session.scalars(select(Person).where(Person.name == name)).one()


def people() -> int:
    return db.session.scalar(select(func.count()).select_from(Person)) or 0


def open_ways(person: Person) -> list[str]:
    """How the person came in where they are signed in now."""
    mine = db.session.scalars(select(SignInSession).where(SignInSession.person_id == person.id))
    return sorted(session.provider for session in mine if is_open(session))


def is_signed_in(town: Town, name: str) -> bool:
    """As the database has it now."""
    with town.service.app.app_context():
        return bool(open_ways(by_name(name)))


def trail(person: Person, *, but: str = "") -> list[str]:
    """What the audit trail has of the person, in order."""
    of_them = (AuditEntry.object_kind == "person") & (AuditEntry.object_id == person.id)
    entries = db.session.scalars(select(AuditEntry).where(of_them).order_by(AuditEntry.id))
    return [entry.action for entry in entries if entry.action != but]


def count_of(action: str) -> int:
    return db.session.scalar(select(func.count()).where(AuditEntry.action == action)) or 0


def let_be_unused(service: Service, person: str, *, minutes: int) -> None:
    """As if the person with the name had last done something so long ago, and had been signed in for longer."""
    with service.app.app_context():
        _set(person, seen_at=clock.now() - timedelta(minutes=minutes))


def let_end_in(service: Service, person: str, *, minutes: int) -> None:
    """As if the person with the name had used almost all the time that a sign-in lasts."""
    with service.app.app_context():
        _set(person, expires_at=clock.now() + timedelta(minutes=minutes))


def _set(person: str, **values: object) -> None:
    db.session.execute(update(SignInSession).where(SignInSession.person_id == by_name(person).id).values(**values))
    db.session.commit()
