"""The way on after a no, the weightiest first, and a correction told to one who never heard the wrong words."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from participation.accounts import service as accounts
from participation.accounts.models import Person
from participation.accounts.rules import Language
from participation.extensions import db
from participation.mail.message import Mail
from participation.needs import answers
from participation.needs.corrections import Wording, correct
from participation.needs.models import Need
from participation.needs.service import ask_again, need_facts
from participation.notifications import letters
from participation.notifications.mails import compose
from participation.notifications.models import Delivery, Event
from participation.notifications.rules import DeliveryStatus, EventKind, Reason
from participation.notifications.service import announce, announce_correction, subscribe
from participation.support import service as support
from tests.factories import make_need
from tests.told import lines

Named = Callable[[str], Person]
RESULT = {"id": 1, "title": "Bussen går oftere", "summary": "Det er fire turer til.", "translations": {}}


@pytest.fixture
def need(person: Named) -> Need:
    need = make_need(person("Astrid"))
    support.support(person("Bjørn").actor, need=need)
    db.session.commit()
    return need


def decline(need: Need, by: Person) -> None:
    answers.decline(by.actor, need=need, body="For dyrt.", would_change="Mer penger.", version=need.version)
    db.session.commit()


def known(name: str) -> Person:
    return db.session.scalars(select(Person).where(Person.name == name)).one()


def deliveries(name: str, *kinds: EventKind) -> list[Delivery]:
    query = select(Delivery).join(Delivery.event).join(Delivery.person).where(Person.name == name)
    loaded = query.options(joinedload(Delivery.event), joinedload(Delivery.person)).order_by(Event.id)
    return list(db.session.scalars(loaded.where(Event.kind.in_(kinds)) if kinds else loaded))


def mail_to(name: str, *kinds: EventKind) -> Mail:
    return compose(deliveries(name, *kinds))


# -- the way on after a no


def test_the_mail_that_says_no_leads_its_author_to_a_new_assessment_and_nobody_else(
    need: Need, cecilie: Person
) -> None:
    decline(need, cecilie)
    way = f"/behov/{need.id}/ny-vurdering"
    for mail in (mail_to("Astrid", EventKind.ANSWERED), mail_to("Astrid")):
        assert way in mail.text
        assert way in mail.html
        assert "be om ny vurdering én gang" in mail.text
    for mail in (mail_to("Bjørn", EventKind.ANSWERED), compose(deliveries("Bjørn") * 2)):
        assert way not in mail.text + mail.html


def test_who_has_asked_once_is_not_led_there_again(need: Need, cecilie: Person) -> None:
    decline(need, cecilie)
    ask_again(known("Astrid").actor, need=need, body="Prisen er halvert.", version=need.version, within_days=30)
    db.session.commit()
    decline(need, cecilie)
    (_first, second) = deliveries("Astrid", EventKind.ANSWERED)
    assert "/ny-vurdering" not in compose([second]).text


# -- the weightiest first


def test_a_bundle_begins_with_the_answer_however_much_news_came_before_it(need: Need, cecilie: Person) -> None:
    for number in range(3):
        facts = {"needs": need_facts(need), "body": f"Nytt nummer {number}.", "mail_body": ""}
        announce(EventKind.NEWS, about=need.subject, subjects=[need.subject], facts=facts)
    decline(need, cecilie)
    mail = mail_to("Bjørn", EventKind.NEWS, EventKind.ANSWERED)
    for said in (mail.text, mail.html):
        assert said.index("For dyrt.") < said.index("Nytt nummer 2.") < said.index("Nytt nummer 0.")


# -- a correction that is the first one hears


def correct_result(need: Need, *, told: DeliveryStatus) -> None:
    """A result is published and told so; then its words are put right."""
    facts: dict[str, Any] = {"outcome": RESULT, "needs": need_facts(need)}
    for named in facts["needs"].values():
        named |= {"verdict": "met", "text": "Nå går den.", "translations": {}}
    event = announce(EventKind.OUTCOME, about=need.subject, subjects=[need.subject], facts=facts)
    db.session.execute(update(Delivery).where(Delivery.event_id == event.id).values(status=told))
    corrected = facts | {"note": "Det var tre turer."}
    announce_correction(event, kind=EventKind.OUTCOME_CORRECTED, facts=corrected)
    db.session.commit()


def test_on_paper_a_result_put_right_before_it_was_told_is_told_as_the_result(need: Need, cecilie: Person) -> None:
    kari = accounts.add_person("Kari", email=None, postal_address="Veien 3\n3400 Lier")
    subscribe(kari.id, subject=need.subject, reason=Reason.SUPPORTER)
    correct_result(need, told=DeliveryStatus.UNREACHABLE)
    batch = letters.make_batch(cecilie.actor)
    ((news,),) = [letter.news for letter in letters.letters(batch.id)]
    said = " ".join(part.text for part in news.parts)
    assert news.headline == "Nytt resultat: Bussen går oftere"
    assert "Det er fire turer til." in said
    assert "rettet" not in news.headline + said
    assert "tre turer" not in said


def test_who_was_told_is_told_what_is_put_right(need: Need) -> None:
    correct_result(need, told=DeliveryStatus.SENT)
    mail = mail_to("Bjørn", EventKind.OUTCOME_CORRECTED)
    assert "Det var tre turer." in mail.text


def test_an_answer_put_right_before_its_mail_left_is_told_as_the_answer(need: Need, cecilie: Person) -> None:
    decline(need, cecilie)
    words = Wording(body="Altfor dyrt.", would_change="Mer penger.")
    correct(cecilie.actor, need=need, line=lines(need)[-1], wording=words, note="Et ord.", version=need.version)
    db.session.commit()
    mail = mail_to("Bjørn", EventKind.ANSWER_CORRECTED)
    assert "Altfor dyrt." in mail.text
    assert "rettet" not in mail.text + mail.subject
    both = compose(deliveries("Bjørn", EventKind.ANSWER_CORRECTED) * 2)
    assert "rettet" not in both.text


# -- what is said of the language


def test_a_title_in_bokmal_alone_is_no_text_in_another_language(need: Need) -> None:
    known("Bjørn").language = Language.ENGLISH
    asked = {"outcome": RESULT, "needs": need_facts(need)}
    announce(EventKind.DID_IT_HELP, about=need.subject, subjects=[need.subject], facts=asked)
    withdrawn = asked | {"note": "Tallet var feil."}
    announce(EventKind.OUTCOME_WITHDRAWN, about=need.subject, subjects=[need.subject], facts=withdrawn)
    db.session.commit()
    assert "Norwegian" not in mail_to("Bjørn", EventKind.DID_IT_HELP).text
    assert "This is written in Norwegian (bokmål)." in mail_to("Bjørn", EventKind.OUTCOME_WITHDRAWN).text
