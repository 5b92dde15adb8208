"""Answers without dead ends: news, moved dates, a new assessment, and wordings set right."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from participation import clock
from participation.accounts.models import Person
from participation.extensions import db
from participation.needs import answers
from participation.needs.corrections import Wording, correct
from participation.needs.models import LineRevision, Need, NeedUpdate
from participation.needs.rules import NeedState, UpdateKind
from participation.needs.service import ask_again
from participation.notifications.models import Delivery, Mute
from participation.notifications.rules import DeliveryStatus, EventKind, Reason
from participation.refusals import Refusal, Refused
from participation.support import service as support
from tests.factories import in_days, make_need
from tests.told import events, lines, stored, told, told_of

Named = Callable[[str], Person]
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def need(person: Named) -> Need:
    return make_need(person("Astrid"))


def author(need: Need) -> Person:
    return db.session.get_one(Person, need.author_id)


def accept(need: Need, by: Person, body: str = "Vi ser på det.", **words: str) -> NeedUpdate:
    answers.accept(by.actor, need=need, body=body, version=need.version, **words)
    db.session.commit()
    return lines(need)[-1]


def decline(need: Need, by: Person) -> NeedUpdate:
    answers.decline(by.actor, need=need, body="For dyrt.", would_change="Mer penger.", version=need.version)
    db.session.commit()
    return lines(need)[-1]


def ask(need: Need, by: Person) -> None:
    ask_again(by.actor, need=need, body="Prisen er halvert.", version=need.version, within_days=30)
    db.session.commit()


def refusal_of(deed: Callable[[], Any]) -> Refusal:
    with pytest.raises(Refused) as refused:
        deed()
    db.session.rollback()
    return refused.value.reason


# -- dates


def test_a_moved_date_says_from_when_to_when_and_for_which_time(need: Need, cecilie: Person) -> None:
    for days in (60, 90):
        answers.answer_provisionally(
            cecilie.actor, need=need, body="Vent.", answer_by=in_days(days), version=need.version
        )
        db.session.commit()
    first, second = (event.facts for event in events(EventKind.ANSWERED))
    assert (first["former_answer_by"], first["answer_by"], first["times_moved"]) == (
        in_days(30).isoformat(),
        in_days(60).isoformat(),
        1,
    )
    assert (second["former_answer_by"], second["times_moved"]) == (in_days(60).isoformat(), 2)


# -- fields and the mail's own words


def test_fields_are_filled_in_on_the_page_and_in_the_mail(need: Need, cecilie: Person) -> None:
    line = accept(need, cecilie, "Takk for {referanse}.", mail_body="{antall} har behovet.")
    assert (line.body, line.mail_body) == (f"Takk for {need.reference}.", "1 har behovet.")
    (event,) = events(EventKind.ANSWERED)
    assert event.facts["mail_body"] == "1 har behovet."


@pytest.mark.parametrize("body", ["Kjære {navn}", "Innen {frist}", "Grunnen er at [skriv hvorfor]."])
def test_what_cannot_be_filled_in_is_not_sent(need: Need, cecilie: Person, body: str) -> None:
    assert refusal_of(lambda: accept(need, cecilie, body)) is Refusal.FIELD_UNFILLED
    assert stored(need).state is NeedState.RECEIVED


def test_the_deadline_is_the_new_one(need: Need, cecilie: Person) -> None:
    with clock.travel(NOON):
        answers.answer_provisionally(
            cecilie.actor, need=need, body="Svar innen {frist}.", answer_by=in_days(9), version=need.version
        )
        db.session.commit()
    assert lines(need)[-1].body == "Svar innen 2. desember 2026."


# -- news


def test_news_reaches_everyone_and_breaks_the_silence_without_moving_the_need(need: Need, cecilie: Person) -> None:
    accept(need, cecilie)
    later = clock.now() + timedelta(weeks=20)
    with clock.travel(later):
        answers.give_news(cecilie.actor, need=need, body="Vi måler nå.", version=need.version)
        db.session.commit()
    assert (stored(need).state, stored(need).news_at) == (NeedState.ACCEPTED, later)
    assert told(EventKind.NEWS) == {"Astrid": (Reason.AUTHOR, DeliveryStatus.PENDING)}


def test_the_same_news_sent_twice_is_given_once(need: Need, cecilie: Person) -> None:
    accept(need, cecilie)
    version = need.version
    answers.give_news(cecilie.actor, need=need, body="Nytt.", version=version)
    db.session.commit()
    again = refusal_of(lambda: answers.give_news(cecilie.actor, need=need, body="Nytt.", version=version))
    assert again is Refusal.CHANGED_MEANWHILE
    assert len(events(EventKind.NEWS)) == 1


def test_there_is_no_news_on_what_nobody_has_begun_on(need: Need, cecilie: Person) -> None:
    refused = refusal_of(lambda: answers.give_news(cecilie.actor, need=need, body="Nytt.", version=need.version))
    assert refused is Refusal.WRONG_STATE


# -- a new assessment


def test_a_new_assessment_gets_a_new_date_and_tells_everyone_and_who_said_no(
    need: Need, cecilie: Person, person: Named
) -> None:
    support.support(person("Bjørn").actor, need=need)
    decline(need, cecilie)
    with clock.travel(NOON + timedelta(days=400)):
        ask(need, author(need))
        assert stored(need).answer_by == in_days(30)
    assert (stored(need).state, stored(need).asked_again_at) == (
        NeedState.ASSESSING,
        NOON + timedelta(days=400),
    )
    assert stored(need).news_at == NOON + timedelta(days=400)
    assert set(told(EventKind.ASKED_AGAIN)) == {"Astrid", "Bjørn"}
    assert told(EventKind.WORK) == {"Cecilie": (Reason.STAFF, DeliveryStatus.PENDING)}
    (work,) = events(EventKind.WORK)
    assert work.facts["task"] == "asked_again"


def test_where_who_said_no_has_left_all_case_workers_are_told(need: Need, cecilie: Person, person: Named) -> None:
    decline(need, person("Dag"))
    ask(need, author(need))
    assert set(told(EventKind.WORK)) == {"Cecilie"}


def test_it_is_asked_for_once_and_by_the_author_alone(need: Need, cecilie: Person, person: Named) -> None:
    assert refusal_of(lambda: ask(need, author(need))) is Refusal.WRONG_STATE
    decline(need, cecilie)
    bjorn = person("Bjørn")
    assert refusal_of(lambda: ask(need, bjorn)) is Refusal.NOT_YOURS
    ask(need, author(need))
    decline(need, cecilie)
    assert refusal_of(lambda: ask(need, author(need))) is Refusal.ASKED_BEFORE
    assert [line.kind for line in lines(need)].count(UpdateKind.ASKED_AGAIN) == 1


# -- corrections


def put_right(need: Need, line: NeedUpdate, by: Person, body: str = "Rett tall: 12.", **words: str) -> None:
    wording = Wording(body=body, **words)
    correct(by.actor, need=need, line=line, wording=wording, note="Tallet var feil.", version=need.version)
    db.session.commit()


def deliver(name: str, status: DeliveryStatus) -> None:
    """Let the person's delivery of the answer have gone so."""
    someone = select(Person.id).where(Person.name == name).scalar_subquery()
    values = {"status": status, "attempts": 1 if status is DeliveryStatus.SENT else 0}
    db.session.execute(update(Delivery).where(Delivery.person_id == someone).values(values))
    db.session.commit()


def test_a_correction_reaches_exactly_those_who_were_to_be_told_the_old(
    need: Need, cecilie: Person, person: Named
) -> None:
    for name in ("Sendt", "Venter", "Dempet", "Avslått", "Nyss"):
        someone = person(name)
        if name == "Nyss":
            continue
        support.support(someone.actor, need=need)
        if name == "Avslått":
            someone.mail_notices = False
        if name == "Dempet":
            db.session.add(Mute(person_id=someone.id, subject_kind="need", subject_id=need.id, created_at=clock.now()))
    db.session.commit()
    line = accept(need, cecilie)
    deliver("Sendt", DeliveryStatus.SENT)
    deliver("Astrid", DeliveryStatus.SENT)
    support.support(person("Ny").actor, need=need)
    db.session.commit()
    put_right(need, line, cecilie)
    (answered,) = events(EventKind.ANSWERED)
    (corrected,) = events(EventKind.ANSWER_CORRECTED)
    assert {name: status for name, (_reason, status) in told_of(answered).items()} == {
        "Sendt": DeliveryStatus.SENT,
        "Astrid": DeliveryStatus.SENT,
        "Dempet": DeliveryStatus.OPTED_OUT,
        "Avslått": DeliveryStatus.OPTED_OUT,
    }
    now = told_of(corrected)
    assert set(now) == {"Sendt", "Astrid", "Venter", "Dempet", "Avslått"}
    assert {name for name, (_reason, status) in now.items() if status is DeliveryStatus.PENDING} >= {
        "Sendt",
        "Astrid",
        "Venter",
    }
    assert {now[name][1] for name in ("Avslått", "Dempet")} == {DeliveryStatus.OPTED_OUT}
    assert corrected.facts["note"] == "Tallet var feil."


def test_a_correction_keeps_the_former_wording_and_moves_nothing(need: Need, cecilie: Person) -> None:
    line = decline(need, cecilie)
    before = (stored(need).state, stored(need).answer_by, stored(need).news_at, line.at)
    put_right(need, line, cecilie, would_change="Mye mer penger.")
    after = lines(need)[-1]
    assert (after.body, after.would_change) == ("Rett tall: 12.", "Mye mer penger.")
    (kept,) = db.session.scalars(select(LineRevision))
    assert (kept.body, kept.would_change, kept.note) == ("For dyrt.", "Mer penger.", "Tallet var feil.")
    assert before == (stored(need).state, stored(need).answer_by, stored(need).news_at, after.at)


def test_a_second_correction_corrects_the_first(need: Need, cecilie: Person) -> None:
    line = accept(need, cecilie)
    deliver("Astrid", DeliveryStatus.SENT)
    put_right(need, line, cecilie)
    deliver("Astrid", DeliveryStatus.SENT)
    put_right(need, line, cecilie, "Rett tall: 13.")
    first, second = events(EventKind.ANSWER_CORRECTED)
    assert second.corrects_id == first.id
    assert set(told_of(second)) == {"Astrid"}


def test_news_is_corrected_too(need: Need, cecilie: Person) -> None:
    accept(need, cecilie)
    answers.give_news(cecilie.actor, need=need, body="Vi måler nå.", version=need.version)
    db.session.commit()
    put_right(need, lines(need)[-1], cecilie)
    (event,) = events(EventKind.ANSWER_CORRECTED)
    assert event.facts["answer"] == "news"


def test_an_answer_from_before_lines_knew_their_event_is_corrected_too(need: Need, cecilie: Person) -> None:
    line = accept(need, cecilie)
    line.event_id = None
    db.session.commit()
    put_right(need, line, cecilie)
    assert set(told(EventKind.ANSWER_CORRECTED)) == {"Astrid"}


def test_what_corrects_nothing_or_is_old_or_is_no_letter_is_refused(need: Need, cecilie: Person) -> None:
    line = decline(need, cecilie)
    same = {"body": line.body, "would_change": line.would_change}
    assert refusal_of(lambda: put_right(need, line, cecilie, **same)) is Refusal.NOTHING_CORRECTED
    assert refusal_of(lambda: put_right(need, line, cecilie)) is Refusal.REASON_MISSING
    received = lines(need)[0]
    assert refusal_of(lambda: put_right(need, received, cecilie)) is Refusal.WRONG_STATE
    version = need.version
    put_right(need, line, cecilie, would_change="Annet.")

    def again() -> None:
        wording = Wording(body="Igjen.", would_change="Annet.")
        correct(cecilie.actor, need=need, line=line, wording=wording, note="Nei.", version=version)

    assert refusal_of(again) is Refusal.CHANGED_MEANWHILE
    assert len(events(EventKind.ANSWER_CORRECTED)) == 1
