"""A service whose time is moved ahead, by days at a time, with the worker at it."""

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from math import ceil
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser
from sqlalchemy import func, select

from participation import clock
from participation.accounts import service as accounts
from participation.accounts.models import Person
from participation.audit.models import JobRun
from participation.extensions import db
from participation.notifications.models import Delivery
from participation.notifications.rules import DeliveryStatus
from participation.permissions import Role
from participation.worker.rounds import ROUNDS
from tests.factories import theme_and_area
from tests.journeys.at_browser import AtBrowser, at_browser
from tests.journeys.mail_sink import KeptMail
from tests.journeys.service import Service, running_service
from tests.journeys.told import nothing_went_wrong
from tests.journeys.waiting import wait_until

ROUNDS_SECONDS = 60
NOON = time(12)


@contextmanager
def service_over_time(kind: str, folder: Path) -> Iterator[Service]:
    """The whole service, whose clock began at noon: whatever the hour a test is run at, each day's rounds are due."""
    (folder / "clock").write_text(str(_seconds_to_noon()))
    with running_service(kind, folder, DEMO="1") as service:
        with service.at_its_time():
            theme_and_area()
        yield service
        nothing_went_wrong(service)


def _seconds_to_noon() -> int:
    real = datetime.now(UTC)
    noon = datetime.combine(clock.day_of(real), NOON, tzinfo=clock.MUNICIPAL_TIME)
    ahead = noon if noon > real else noon + timedelta(days=1)
    return int((ahead - real).total_seconds())


def let_pass(service: Service, *, days: int) -> None:
    """Let the days go by, and wait till the worker has done what they bring, and its due mails have left."""
    service.travel(days)
    wait_until(
        lambda: not _rounds_to_do(service),
        within_seconds=ROUNDS_SECONDS,
        what=lambda: f"the rounds {_rounds_to_do(service)}",
    )
    wait_until_due_mail_is_sent(service)


def let_it_be(service: Service, moment: datetime) -> None:
    """Move the time of all processes to a moment to come. Nobody is asked to do what comes with it."""
    fresh = service.folder / "clock.new"
    fresh.write_text(str(ceil((moment - datetime.now(UTC)).total_seconds())))
    fresh.replace(service.folder / "clock")


def _rounds_to_do(service: Service) -> list[str]:
    with service.at_its_time():
        this_day = datetime.combine(clock.today(), time(), tzinfo=clock.MUNICIPAL_TIME)
        done = set(db.session.scalars(select(JobRun.name).where(JobRun.at >= this_day)))
    return [each.name for each in ROUNDS if each.name not in done]


def wait_until_due_mail_is_sent(service: Service) -> None:
    """All of it, but for what waits in people's bundles or over the night."""
    wait_until(
        lambda: not _due_mails(service),
        within_seconds=ROUNDS_SECONDS,
        what=lambda: f"{_due_mails(service)} mails to leave",
    )


def _due_mails(service: Service) -> int:
    # What a worker has in hand is marked as due when its lease ends.
    with service.at_its_time():
        soon = clock.now() + timedelta(hours=1)
        due = (Delivery.status == DeliveryStatus.PENDING, Delivery.next_attempt_at <= soon)
        return db.session.scalar(select(func.count()).select_from(Delivery).where(*due)) or 0


def make_staff(name: str, *roles: Role, unit: str | None = None) -> Person:
    """Someone of a test's own: what one test puts on desks and in mailboxes is in no other's way."""
    staff = accounts.add_person(name, email=address_of(name), roles=frozenset(roles), unit=unit)
    db.session.commit()
    return staff


def make_resident(name: str) -> Person:
    return make_staff(name)


def address_of(name: str) -> str:
    return f"{name.lower().translate(_PLAIN)}@example.org"


_PLAIN = str.maketrans({"æ": "ae", "ø": "o", "å": "a", " ": "."})


@dataclass(frozen=True)
class Windows:
    """Opens a window of their own for each person, all on the one service."""

    service: Service
    _browser: Browser
    _opened: ExitStack

    def stranger(self, name: str, *, scripts: bool = True) -> AtBrowser:
        return self._opened.enter_context(at_browser(self._browser, self.service, address_of(name), scripts=scripts))

    def signed_in(self, name: str, *, scripts: bool = True) -> AtBrowser:
        """Someone who is known here, past their sign-in link."""
        person = self.stranger(name, scripts=scripts)
        with self.service.at_its_time():
            token = accounts.make_link(known(name))
            db.session.commit()
        person.open(f"/logg-inn/{token}")
        person.send(f"/logg-inn/{token}")
        person.page.wait_for_url(lambda address: "/logg-inn" not in address)
        return person


def known(name: str) -> Person:
    """The person as the database now has them. Needs the app's context."""
    return db.session.scalars(select(Person).where(Person.email == address_of(name))).one()


@contextmanager
def windows_on(service: Service, browser: Browser) -> Iterator[Windows]:
    """All are closed at the end, and none may have had anything to complain of."""
    with ExitStack() as opened:
        yield Windows(service, browser, opened)


def press(person: AtBrowser, form: str = "", *, do: str = "", to: str = "") -> None:
    """Press the form's button that sends it, or the one that does something else first; be sent on to the path."""
    wanted = f'[name="do"][value="{do}"]' if do else ":not([name])"
    person.form(form).locator(f'button[type="submit"]{wanted}').click()
    if to:
        person.page.wait_for_url(lambda address: urlsplit(address).path == to)


def follow_link(person: AtBrowser, mail: KeptMail, path: str) -> None:
    """Open the link in the mail that leads to an address like the pattern."""
    found = re.search(rf"{re.escape(person.service.site_url)}({path})", mail.text())
    assert found is not None, mail.text()
    person.open(found[1])
