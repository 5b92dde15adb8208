"""Who has chosen one mail a day, or has no e-mail, is told as much as who gets each mail by itself."""

import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from participation import clock
from participation.accounts import service as accounts
from participation.accounts.models import Person
from participation.extensions import db
from participation.mail.message import Mail
from participation.needs.models import Need
from participation.needs.service import need_facts
from participation.notifications import letters
from participation.notifications.mails import compose
from participation.notifications.models import Delivery, Event
from participation.notifications.rules import EventKind, Reason, Subject
from participation.notifications.service import announce, announce_to, subscribe
from participation.web.addresses import settings
from participation.workbench.paper import Sender, letters_pdf
from tests.factories import make_need

Named = Callable[[str], Person]
Facts = dict[str, Any]
# Paper looks the same whatever the database, and setting it takes a second.
pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
SENDER = Sender(municipality="Lier kommune", site_name="Lier svarer", site_url="http://localhost", contact="a@b.no")
PROJECT = {"project": {"id": 1, "title": "Busser om kvelden"}}
RESULT = {
    "outcome": {"id": 1, "title": "Bussen går hver halvtime", "summary": "Det er fire turer til.", "translations": {}}
}
FIGURE = {"name": "Turer om kvelden", "unit": "turer", "value": "4", "measured_on": "2026-10-01"}
VERDICT = {"verdict": "partly", "text": "Hos deg går den bare på hverdager."}
STOPPED = {"phase": None, "stopped": True, "ending": "stopped", "note": "Det ble for dyrt."}
NO = {"next_step": "decline", "text": "Vi kommer ikke videre.", "would_change": "At fylket betaler."}
GOES_ON = {"next_step": "continue", "text": "Vi spør fylket igjen til våren."}
AGAIN = {"body": "Prisen er halvert.", "answer_by": "2027-01-15"}
# What a headline says of a named need, and how to answer by mail.
SAID_OTHERWISE = ("Vi tar ikke dette videre.", "Vi trenger litt mer tid.", "Hjalp det deg?")
# The kind, what the event says, and what it says of the need.
TOLD: dict[str, tuple[EventKind, Facts, Facts]] = {
    "received": (EventKind.RECEIVED, {"answer_by": "2027-01-15"}, {}),
    "a no": (
        EventKind.ANSWERED,
        {"answer": "declined", "body": "Vi har sett på det. " * 30, "would_change": "Mer penger.", "answer_by": None},
        {},
    ),
    "a new date": (
        EventKind.ANSWERED,
        {
            "answer": "provisional",
            "body": "Vi må måle først.",
            "answer_by": "2027-02-15",
            "former_answer_by": "2027-01-15",
            "times_moved": 2,
        },
        {},
    ),
    "corrected": (
        EventKind.ANSWER_CORRECTED,
        {"note": "Summen var feil.", "body": "", "mail_body": "Det koster to millioner.", "would_change": "Tilskudd."},
        {},
    ),
    "asked again": (EventKind.ASKED_AGAIN, AGAIN, {}),
    "linked": (EventKind.LINKED, PROJECT | {"scope": "part", "note": "Vi ser på kveldene."}, {}),
    "linked inside": (EventKind.LINKED, {"project": None, "note": ""}, {}),
    "a phase": (EventKind.PHASE_CHANGED, PROJECT | {"phase": "piloting", "stopped": False, "note": "To ruter."}, {}),
    "stopped with a no": (EventKind.PHASE_CHANGED, PROJECT | STOPPED, NO),
    "stopped inside": (EventKind.PHASE_CHANGED, {**STOPPED, "project": None, "note": ""}, GOES_ON),
    "news": (EventKind.NEWS, PROJECT | {"body": "Side.", "mail_body": "Nå kjører den første bussen."}, {}),
    "outcome": (EventKind.OUTCOME, RESULT, VERDICT),
    "put right": (EventKind.OUTCOME_CORRECTED, RESULT | {"note": "Det var fire, ikke fem."}, VERDICT),
    "withdrawn": (EventKind.OUTCOME_WITHDRAWN, RESULT | {"note": "Målingen var feil."}, {}),
    "still in use": (
        EventKind.STILL_IN_USE,
        RESULT | {"body": "Den går hver dag.", "figures": [FIGURE], "months": 6},
        {},
    ),
    "out of use": (EventKind.NO_LONGER_IN_USE, RESULT | {"body": "Pengene tok slutt.", "unconfirmed": False}, {}),
    "unconfirmed": (EventKind.NO_LONGER_IN_USE, RESULT | {"body": "x", "unconfirmed": True, "next_steps": {}}, {}),
    "did it help": (EventKind.DID_IT_HELP, RESULT, {}),
}
WORK = {"task": "remark", "by": "Dag Pæreskog", "outcome": RESULT["outcome"], "body": "Skriv kortere.", "needs": {}}


@dataclass(frozen=True)
class Reader:
    """One who gets it by mail, and one who gets the same on paper."""

    by_mail: Person
    on_paper: Person


def test_every_kind_of_news_has_a_case(app: object) -> None:
    kinds = {kind for kind, _facts, _of_need in TOLD.values()}
    assert kinds | {EventKind.YEAR, EventKind.WORK} == set(EventKind)


def test_a_bundle_and_a_letter_say_what_the_mail_of_its_own_says(person: Named) -> None:
    astrid, cecilie = person("Astrid"), person("Cecilie")
    readers = {name: happened(name, need_of(astrid, number), person) for number, name in enumerate(TOLD)}
    pages = printed(cecilie)
    for name, reader in readers.items():
        assert untold_by_bundle(reader.by_mail) == [], name
        single = mail_of(newest(reader.by_mail))
        assert untold(lines_of(single), pages[reader.on_paper.name]) == [], name


def test_a_bundle_and_a_letter_sum_up_the_year_and_a_bundle_what_waits_at_work(person: Named) -> None:
    reader = happened("outcome", need_of(person("Astrid"), 0), person)
    both = [reader.by_mail.id, reader.on_paper.id]
    year = clock.today().year
    announce_to(EventKind.YEAR, about=Subject("year", year), people=both, facts={"year": year}, reason=Reason.FOLLOWER)
    db.session.commit()
    single = mail_of(newest(reader.by_mail))
    assert any("Bussen går hver halvtime" in line for line in lines_of(single))
    assert untold_by_bundle(reader.by_mail) == []
    assert untold(lines_of(single), printed(person("Cecilie"))[reader.on_paper.name]) == []
    announce_to(EventKind.WORK, about=Subject("outcome", 1), people=both[:1], facts=WORK, reason=Reason.STAFF)
    db.session.commit()
    assert untold_by_bundle(reader.by_mail) == []


def test_what_is_left_out_is_found(app: object) -> None:
    """Proves that the tests above can fail."""
    mail = Mail(
        key="1",
        to_name="Kari",
        to_address="a@b.no",
        language="nb",
        unsubscribe_url="",
        subject="",
        html="",
        text="Hei, Kari!\n\nVi går ikke videre.\nMer   penger.\n\nLes mer:\nhttp://localhost\n\n-- \nLier",
    )
    assert lines_of(mail) == ["Vi går ikke videre.", "Mer penger."]
    assert untold(lines_of(mail), "Vi går ikke\nvidere. Les mer") == ["Mer penger."]


def need_of(author: Person, number: int) -> Need:
    return make_need(author, title=f"Det går for få busser i grend nummer {number}")


def happened(name: str, need: Need, person: Named) -> Reader:
    """It is told of the need to two who follow it."""
    kind, facts, of_need = TOLD[name]
    on_paper = accounts.add_person(f"Papir {name}", email=None, postal_address=f"Veien {need.id}\n3400 Lier")
    reader = Reader(person(f"Leser {need.id}"), on_paper)
    for one in (reader.by_mail, reader.on_paper):
        subscribe(one.id, subject=need.subject, reason=Reason.SUPPORTER)
    needs = {number: named | of_need for number, named in need_facts(need).items()}
    steps = {"next_steps": {str(need.id): "Vi leter etter en ny løsning."}}
    announce(kind, about=need.subject, subjects=[need.subject], facts={"needs": needs} | steps | facts)
    db.session.commit()
    return reader


def newest(reader: Person) -> Delivery:
    query = select(Delivery).join(Delivery.event).where(Delivery.person_id == reader.id).order_by(Event.id.desc())
    found = db.session.scalars(query.options(joinedload(Delivery.event), joinedload(Delivery.person))).first()
    assert found is not None
    return found


def mail_of(*deliveries: Delivery) -> Mail:
    return compose(deliveries)


def lines_of(mail: Mail) -> list[str]:
    """What the mail tells: all but the greeting, the ways on, and why it was sent."""
    lines = [flat(line) for line in mail.text.partition("\n-- \n")[0].splitlines() if line.strip()][1:]
    return [
        line
        for line, after in zip(lines, [*lines[1:], ""], strict=True)
        if "http://" not in line
        and not (line.endswith(":") and "http://" in after)
        and not line.startswith(SAID_OTHERWISE)
    ]


def flat(text: str) -> str:
    return " ".join(text.split())


def untold(lines: list[str], text: str) -> list[str]:
    return [line for line in lines if line not in flat(text)]


def untold_by_bundle(reader: Person) -> list[str]:
    """What the newest of the reader's mails says that neither form of a bundle does."""
    delivery = newest(reader)
    lines, bundle = lines_of(mail_of(delivery)), mail_of(delivery, delivery)
    assert lines
    seen = html.unescape(re.sub(r"<[^>]+>", " ", bundle.html))
    return untold(lines, bundle.text) + untold(lines, seen)


def printed(by: Person) -> dict[str, str]:
    """The letters that wait, as they read on paper, by their readers' names."""
    batch = letters.make_batch(by.actor)
    db.session.commit()
    made = letters.letters(batch.id)
    pdf = letters_pdf(made, number=1, made_at=batch.made_at, sender=SENDER, folder=settings().var_folder)
    pages = [page.extract_text() for page in PdfReader(BytesIO(pdf)).pages][-len(made) :]
    return {letter.name: page for letter, page in zip(made, pages, strict=True)}
