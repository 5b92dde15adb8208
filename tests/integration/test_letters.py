"""Whom no mail reaches is told on paper: once, in one letter, and never lost between two batches."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO
from threading import Barrier

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import func, select

from participation import clock
from participation.accounts import service as accounts
from participation.accounts.models import Person
from participation.accounts.rules import Language
from participation.extensions import db
from participation.needs import answers
from participation.needs.models import Need
from participation.needs.service import need_facts
from participation.notifications import letters, queries
from participation.notifications.models import Delivery, LetterBatch
from participation.notifications.parts import strong
from participation.notifications.rules import DeliveryStatus, EventKind, Subject
from participation.notifications.service import announce
from participation.projects.rules import NextStep, NextStepKind
from participation.refusals import Refusal, Refused
from participation.support import service as support
from participation.web.addresses import settings
from participation.workbench.paper import Sender, letters_pdf
from participation.workbench.typeface import unprintable
from tests.factories import end, link, make_accepted, make_need, make_project

Named = Callable[[str], Person]
SENDER = Sender(
    municipality="Lier kommune", site_name="Lier svarer", site_url="http://localhost", contact="svar@example.org"
)
# Paper looks the same whatever the database, and setting it takes a second.
ON_PAPER_ALONE = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
HOME = "Vestsideveien 3\n3400 Lier"


def on_paper(name: str, *, address: str | None = HOME, language: Language = Language.BOKMAL) -> Person:
    person = accounts.add_person(name, email=None, postal_address=address, language=language)
    db.session.commit()
    return person


@pytest.fixture
def answered(ctx: Flask, person: Named) -> Need:
    """A need that Kari and Åse have on paper, Ola without an address and Bjørn by mail, answered by Cecilie."""
    need = make_need(person("Astrid"))
    for supporter in (
        on_paper("Kari Nordmann"),
        on_paper("Åse Ærlig Øye"),
        on_paper("Ola", address=None),
        person("Bjørn"),
    ):
        support.support(supporter.actor, need=need)
    cecilie = person("Cecilie")
    answers.accept(cecilie.actor, need=need, body="Vi ser på **kveldsbussene** i høst.", version=need.version)
    db.session.commit()
    return need


def cecilie() -> Person:
    return db.session.scalars(select(Person).where(Person.name == "Cecilie")).one()


def statuses() -> dict[str, tuple[DeliveryStatus, ...]]:
    rows = db.session.execute(
        select(Person.name, Delivery.status).join(Delivery, Delivery.person_id == Person.id).order_by(Delivery.event_id)
    ).all()
    return {name: tuple(status for of, status in rows if of == name) for name, _status in rows}


def made() -> LetterBatch:
    batch = letters.make_batch(cecilie().actor)
    db.session.commit()
    return batch


def read(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(BytesIO(pdf)).pages]


def printed(batch: LetterBatch) -> bytes:
    return letters_pdf(
        letters.letters(batch.id), number=batch.id, made_at=batch.made_at, sender=SENDER, folder=settings().var_folder
    )


def test_those_without_mail_wait_for_a_letter_and_those_without_address_stand_apart(answered: Need) -> None:
    assert letters.waiting() == letters.Waiting(people=2, news=2, without_address=1)
    assert [person.name for person in letters.without_address()] == ["Ola"]


def test_letters_made_tick_off_none_until_they_are_marked_as_sent(answered: Need) -> None:
    batch = made()
    assert letters.waiting().people == 0
    assert statuses()["Kari Nordmann"] == (DeliveryStatus.UNREACHABLE,)
    letters.mark_told(cecilie().actor, batch_id=batch.id)
    db.session.commit()
    assert statuses()["Kari Nordmann"] == (DeliveryStatus.ON_PAPER,)
    assert statuses()["Ola"] == (DeliveryStatus.UNREACHABLE,)
    assert queries.reach(EventKind.ANSWERED, about=answered.subject).by_status[DeliveryStatus.ON_PAPER] == 2


def test_letters_are_marked_as_sent_once(answered: Need) -> None:
    batch = made()
    letters.mark_told(cecilie().actor, batch_id=batch.id)
    db.session.commit()
    for again in (letters.mark_told, letters.dissolve):
        with pytest.raises(Refused) as refused:
            again(cecilie().actor, batch_id=batch.id)
        assert refused.value.reason is Refusal.LETTERS_TOLD
        db.session.rollback()


def test_letters_undone_wait_again(answered: Need) -> None:
    batch = made()
    letters.dissolve(cecilie().actor, batch_id=batch.id)
    db.session.commit()
    assert letters.waiting().people == 2
    assert letters.batches() == []


def test_who_has_left_or_wants_none_gets_no_letter(answered: Need) -> None:
    kari = db.session.scalars(select(Person).where(Person.name == "Kari Nordmann")).one()
    ase = db.session.scalars(select(Person).where(Person.name == "Åse Ærlig Øye")).one()
    kari.closed_at, ase.mail_notices = clock.now(), False
    db.session.commit()
    with pytest.raises(Refused):
        letters.make_batch(cecilie().actor)
    db.session.rollback()


def test_who_left_after_the_letters_were_made_is_neither_printed_nor_told(answered: Need) -> None:
    batch = made()
    db.session.scalars(select(Person).where(Person.name == "Kari Nordmann")).one().closed_at = clock.now()
    db.session.commit()
    assert [letter.name for letter in letters.letters(batch.id)] == ["Åse Ærlig Øye"]
    letters.mark_told(cecilie().actor, batch_id=batch.id)
    db.session.commit()
    assert statuses()["Kari Nordmann"] == (DeliveryStatus.UNREACHABLE,)


def test_an_address_that_mail_no_longer_reaches_gets_letters_too(answered: Need) -> None:
    bjorn = db.session.scalars(select(Person).where(Person.name == "Bjørn")).one()
    bjorn.mail_failed_at = clock.now()
    db.session.commit()
    answers.decline(cecilie().actor, need=answered, body="Nei.", would_change="Penger.", version=answered.version)
    db.session.commit()
    assert "Bjørn" in [person.name for person in letters.without_address()]
    accounts.set_postal_address(cecilie().actor, person=bjorn, address="Storgata 1\n3400 Lier", wanted=True)
    assert letters.waiting().people == 3


def test_two_clicks_at_once_make_one_batch(ctx: Flask, answered: Need) -> None:
    actor, start = cecilie().actor, Barrier(2)
    db.session.rollback()

    def click() -> str:
        with ctx.app_context():
            start.wait()
            try:
                letters.make_batch(actor)
                db.session.commit()
            except Refused as refused:
                db.session.rollback()
                return refused.reason.value
            return "made"

    with ThreadPoolExecutor(2) as pool:
        results = sorted(pool.map(lambda _number: click(), range(2)))
    assert results == ["made", "no_letters_wait"]
    assert db.session.scalar(select(func.count()).select_from(LetterBatch)) == 1
    assert letters.waiting().people == 0


@ON_PAPER_ALONE
def test_a_letter_says_what_happened_with_whose_words_and_where_it_goes(answered: Need) -> None:
    batch = made()
    pages = read(printed(batch))
    assert len(pages) == 3
    assert "Kari Nordmann" in pages[0]
    assert "Åse Ærlig Øye" in pages[0]
    for words in (
        "Kari Nordmann",
        "Vestsideveien 3",
        answered.title,
        answered.reference,
        "kveldsbussene i høst",
        "svar@example.org",
    ):
        assert words in pages[1], words
    assert "Åse" not in pages[1]
    assert "Åse Ærlig Øye" in pages[2]


@ON_PAPER_ALONE
def test_the_same_letters_printed_again_are_the_same(answered: Need) -> None:
    batch = made()
    assert read(printed(batch)) == read(printed(batch))


@ON_PAPER_ALONE
def test_a_letter_tells_all_its_news_and_goes_on_to_another_sheet_when_it_must(answered: Need) -> None:
    need = make_need(on_paper("Siri Lang"), title="Det er mørkt på gangveien", description="x")
    answers.accept(cecilie().actor, need=need, body="Dette er en lang forklaring. " * 120, version=need.version)
    db.session.commit()
    batch = made()
    siri = next(letter for letter in letters.letters(batch.id) if letter.name == "Siri Lang")
    assert (siri.news[0].parts[2].text[:5], len(siri.news), siri.earlier) == ("Dette", 2, [])
    text = read(letters_pdf([siri], number=1, made_at=batch.made_at, sender=SENDER, folder=settings().var_folder))
    assert len(text) == 3
    assert "1" in text[1].splitlines()[-1]
    assert "2" in text[2].splitlines()[-1]


@ON_PAPER_ALONE
def test_letters_of_other_alphabets_and_emoji_break_nothing(ctx: Flask, person: Named) -> None:
    person("Cecilie")
    odd = on_paper("Čáhppes Šuoŋŋa 😀", address="東京 1\n3400 Lier")
    make_need(odd, title="Vi trenger flere 🚌 busser nå")
    text = "\n".join(read(printed(made())))
    assert "Čáhppes Šuoŋŋa" in text
    assert "3400 Lier" in text
    ((_batch_id, reader),) = letters.readers_not_told()
    assert (reader, unprintable(reader.name), unprintable(reader.postal_address or "")) == (odd, ["😀"], ["東", "京"])


@ON_PAPER_ALONE
def test_each_letter_is_in_its_readers_language(answered: Need) -> None:
    on_paper("Mary", language=Language.ENGLISH)
    mary = db.session.scalars(select(Person).where(Person.name == "Mary")).one()
    make_need(mary, title="We need a library that opens on Sundays")
    batch = made()
    mine = [letter for letter in letters.letters(batch.id) if letter.name == "Mary"]
    text = read(letters_pdf(mine, number=1, made_at=batch.made_at, sender=SENDER, folder=settings().var_folder))[1]
    assert "Hi, Mary!" in text
    assert "You get an answer by" in text


@ON_PAPER_ALONE
def test_each_sheet_ends_with_its_number_whatever_the_words_above_look_like(ctx: Flask) -> None:
    now = clock.now()
    news = letters.News(now, "Nytt", tuple(strong("Dette er viktig") for _line in range(60)))
    letter = letters.Letter(1, "Siri", ["Storgata 1"], Language.BOKMAL, [news], [], 0)
    pages = read(letters_pdf([letter], number=1, made_at=now, sender=SENDER, folder=settings().var_folder))[1:]
    assert [page.splitlines()[-1] for page in pages] == ["Side 1 av 3", "Side 2 av 3", "Side 3 av 3"]


@ON_PAPER_ALONE
def test_an_old_end_of_a_project_is_told_in_full_where_it_says_what_happens_next(ctx: Flask, person: Named) -> None:
    kari, cecilie = on_paper("Kari"), person("Cecilie")
    need = make_accepted(kari, by=cecilie)
    project = make_project(cecilie)
    link(project, need, by=cecilie)
    step = NextStep(NextStepKind.DECLINE, "Vi kommer ikke videre.", "At fylket betaler.")
    end(project, by=cecilie, steps={need.id: step})
    with clock.travel(clock.now() + timedelta(days=100)):
        (letter,) = letters.letters(made().id)
    assert "At fylket betaler." in [part.text for news in letter.news for part in news.parts]


@ON_PAPER_ALONE
def test_a_letter_tells_its_reader_how_to_go_on_without_mail(ctx: Flask, person: Named) -> None:
    kari, ola, cecilie = on_paper("Kari"), on_paper("Ola"), person("Cecilie")
    need = make_need(kari)
    support.support(ola.actor, need=need)
    answers.decline(cecilie.actor, need=need, body="Nei.", would_change="Penger.", version=need.version)
    facts = {"outcome": {"id": 1, "title": "Bussen går"}, "needs": need_facts(need)}
    announce(EventKind.DID_IT_HELP, about=Subject("outcome", 1), subjects=[need.subject], facts=facts)
    for reader in (kari, ola):
        reader.language = Language.ENGLISH
    db.session.commit()
    told = {
        letter.name: [part.text for news in letter.news for part in news.parts] for letter in letters.letters(made().id)
    }
    answer = "To answer, call or visit Lier kommune, and say whether it helped you: yes, in part or no."
    assert all(any(text.startswith(answer) for text in told[name]) for name in ("Kari", "Ola"))
    asked = {name: any("ask for a new assessment" in text for text in told[name]) for name in told}
    assert asked == {"Kari": True, "Ola": False}
