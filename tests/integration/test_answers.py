from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from participation import clock
from participation.accounts.models import Person
from participation.comments import service as comments
from participation.extensions import db
from participation.needs import answers
from participation.needs.models import Need
from participation.needs.rules import NeedState, UpdateKind
from participation.notifications.rules import DeliveryStatus, EventKind, Reason
from participation.notifications.service import subscribe
from participation.refusals import Refusal, Refused
from participation.support import service as support
from tests.factories import in_days, make_need
from tests.told import events, lines, stored, told

Named = Callable[[str], Person]
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def need(person: Named) -> Need:
    return make_need(person("Astrid"))


def accept(need: Need, by: Person) -> None:
    answers.accept(by.actor, need=need, body="Dette vil vi se på.", version=need.version)
    db.session.commit()


def test_who_takes_a_need_up_has_it_as_their_case_and_nobody_is_mailed(need: Need, cecilie: Person) -> None:
    answers.assess(cecilie.actor, need=need, version=need.version)
    db.session.commit()
    assert (stored(need).state, stored(need).case_worker_id) == (NeedState.ASSESSING, cecilie.id)
    assert events(EventKind.ANSWERED) == []
    assert stored(need).first_answer_at is None


def test_a_provisional_answer_gives_a_new_date(need: Need, cecilie: Person) -> None:
    answers.answer_provisionally(
        cecilie.actor, need=need, body="Vi venter på Ruter.", answer_by=in_days(60), version=need.version
    )
    db.session.commit()
    assert (stored(need).state, stored(need).answer_by) == (NeedState.ASSESSING, in_days(60))
    assert stored(need).first_answer_by == in_days(30)
    last = lines(need)[-1]
    assert (last.kind, last.body, last.answer_by) == (
        UpdateKind.PROVISIONAL,
        "Vi venter på Ruter.",
        in_days(60),
    )
    (event,) = events(EventKind.ANSWERED)
    assert event.facts["answer_by"] == in_days(60).isoformat()


@pytest.mark.parametrize("days", [-1, 0, 184])
def test_a_provisional_answer_gives_no_date_that_has_been_or_is_far_off(need: Need, cecilie: Person, days: int) -> None:
    with pytest.raises(Refused) as refused:
        answers.answer_provisionally(
            cecilie.actor, need=need, body="Vent.", answer_by=in_days(days), version=need.version
        )
    db.session.rollback()
    assert refused.value.reason is Refusal.DATE_OUT_OF_REACH
    assert stored(need).state is NeedState.RECEIVED


def test_an_accepted_need_is_owed_no_more_answers(need: Need, cecilie: Person) -> None:
    accept(need, cecilie)
    assert (stored(need).state, stored(need).answer_by) == (NeedState.ACCEPTED, None)
    assert stored(need).case_worker_id == cecilie.id


@pytest.mark.parametrize(("body", "would_change"), [("", "Mer."), ("Nei.", ""), (" ", "Mer."), ("Nei.", "\n")])
def test_a_no_needs_both_its_reason_and_what_would_change_it(
    need: Need, cecilie: Person, body: str, would_change: str
) -> None:
    with pytest.raises(Refused) as refused:
        answers.decline(cecilie.actor, need=need, body=body, would_change=would_change, version=need.version)
    db.session.rollback()
    assert refused.value.reason is Refusal.REASON_MISSING
    assert stored(need).state is NeedState.RECEIVED


def test_a_no_says_why_and_what_would_change_it_on_the_page_and_in_the_mail(need: Need, cecilie: Person) -> None:
    answers.decline(
        cecilie.actor,
        need=need,
        body="Ruter har ikke penger.",
        would_change="Flere reisende.",
        version=need.version,
    )
    db.session.commit()
    last = lines(need)[-1]
    assert (last.kind, last.body, last.would_change) == (
        UpdateKind.DECLINED,
        "Ruter har ikke penger.",
        "Flere reisende.",
    )
    (event,) = events(EventKind.ANSWERED)
    assert event.facts["would_change"] == "Flere reisende."
    assert event.facts["needs"][str(need.id)]["reference"] == need.reference


def test_the_moment_of_the_first_answer_is_set_once(person: Named, cecilie: Person) -> None:
    with clock.travel(NOON):
        need = make_need(person("Astrid"))
    for days in (10, 20):
        with clock.travel(NOON + timedelta(days=days)):
            answers.answer_provisionally(
                cecilie.actor, need=need, body="Vent.", answer_by=in_days(60), version=need.version
            )
            db.session.commit()
    with clock.travel(NOON + timedelta(days=30)):
        accept(need, cecilie)
    assert stored(need).first_answer_at == NOON + timedelta(days=10)


def test_an_answered_need_is_not_answered_again(need: Need, cecilie: Person) -> None:
    accept(need, cecilie)
    with pytest.raises(Refused) as refused:
        accept(need, cecilie)
    db.session.rollback()
    assert refused.value.reason is Refusal.WRONG_STATE
    assert len(events(EventKind.ANSWERED)) == 1


def test_an_accepted_need_can_still_be_declined(need: Need, cecilie: Person) -> None:
    accept(need, cecilie)
    answers.decline(cecilie.actor, need=need, body="Nei.", would_change="Mer.", version=need.version)
    db.session.commit()
    assert stored(need).state is NeedState.DECLINED


def test_everyone_behind_a_need_is_told_once_for_their_strongest_reason(
    need: Need, cecilie: Person, person: Named
) -> None:
    bjorn, gry, hans = person("Bjørn"), person("Gry"), person("Hans")
    astrid = db.session.get_one(Person, need.author_id)
    for who in (astrid, bjorn, gry):
        comments.comment(who.actor, need=need, body="Enig.")
    support.support(bjorn.actor, need=need)
    for who in (astrid, bjorn, gry, hans):
        subscribe(who.id, subject=need.subject, reason=Reason.FOLLOWER)
    db.session.commit()
    accept(need, cecilie)
    assert told(EventKind.ANSWERED) == {
        "Astrid": (Reason.AUTHOR, DeliveryStatus.PENDING),
        "Bjørn": (Reason.SUPPORTER, DeliveryStatus.PENDING),
        "Gry": (Reason.COMMENTER, DeliveryStatus.PENDING),
        "Hans": (Reason.FOLLOWER, DeliveryStatus.PENDING),
    }


def test_a_refused_answer_tells_nobody(need: Need, cecilie: Person) -> None:
    with pytest.raises(Refused):
        answers.decline(cecilie.actor, need=need, body="", would_change="", version=need.version)
    db.session.commit()
    assert events(EventKind.ANSWERED) == []
    assert [line.kind for line in lines(need)] == [UpdateKind.RECEIVED]
