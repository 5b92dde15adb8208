from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import select

from participation import clock
from participation.accounts.models import Person
from participation.accounts.service import add_person
from participation.audit.models import AuditEntry
from participation.extensions import db
from participation.insights.queries import drift
from participation.insights.service import mend
from participation.needs.models import SUBJECT_KIND as NEED
from participation.needs.models import Need
from participation.notifications.rules import EventKind, Reason, Subject
from participation.notifications.service import subscribe
from participation.outcomes import feedback
from participation.outcomes import follow_up_queries as follow_up
from participation.outcomes import queries as outcomes
from participation.outcomes.models import Feedback, Outcome
from participation.outcomes.rules import Helped, OutcomeState, Verdict
from participation.projects.rules import Phase
from participation.refusals import Refusal, Refused
from participation.support import service as support
from participation.support.rules import Channel
from tests.factories import enter, link, make_accepted, make_draft, make_project, publish
from tests.integration.test_projects_at_once import at_once
from tests.told import events, told_of

Named = Callable[[str], Person]
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
FOUR_WEEKS = NOON + timedelta(days=28)


@pytest.fixture(autouse=True)
def published_at_noon() -> Iterator[None]:
    with clock.travel(NOON):
        yield


@pytest.fixture
def need(ctx: Flask, person: Named) -> Need:
    return make_accepted(person("Astrid"), by=person("Cecilie"))


@pytest.fixture
def outcome(need: Need, person: Named) -> Outcome:
    """Met Astrid's need, which Bjørn supports and Gry follows."""
    cecilie = db.session.scalars(select(Person).where(Person.name == "Cecilie")).one()
    support.support(person("Bjørn").actor, need=need)
    subscribe(person("Gry").id, subject=Subject(NEED, need.id), reason=Reason.FOLLOWER)
    project = make_project(cecilie)
    link(project, need, by=cecilie)
    enter(project, Phase.PILOTING, by=cecilie)
    return publish(make_draft(project, need, by=cecilie), writer=cecilie, approver=person("Dag"))


@pytest.fixture
def asked(ctx: Flask, outcome: Outcome) -> Outcome:
    with clock.travel(FOUR_WEEKS):
        go_round(ctx)
    return outcome


def go_round(app: Flask) -> None:
    feedback.ask_whether_it_helped(app.config["SETTINGS"])
    db.session.commit()


def named(name: str) -> Person:
    return db.session.scalars(select(Person).where(Person.name == name)).one()


def fresh(outcome: Outcome) -> Outcome:
    return db.session.get_one(Outcome, outcome.id, populate_existing=True)


def say(
    name: str, outcome: Outcome, helped: Helped, *, words: str = "", may_publish: bool = False, days: int = 1
) -> Feedback:
    with clock.travel(FOUR_WEEKS + timedelta(days=days)):
        loaded = outcomes.outcome(outcome.id)
        assert loaded is not None
        said = feedback.say(named(name).id, outcome=loaded, helped=helped, words=words, may_publish=may_publish)
        db.session.commit()
    return said


def sums(outcome: Outcome) -> tuple[int, int, int]:
    found = follow_up.sums_of(fresh(outcome))
    return found.yes, found.partly, found.no


def refusal_of(do: Callable[[], object]) -> Refusal:
    with pytest.raises(Refused) as refused:
        do()
    db.session.rollback()
    return refused.value.reason


def test_author_and_supporters_are_asked_once_after_four_weeks(ctx: Flask, outcome: Outcome) -> None:
    with clock.travel(FOUR_WEEKS - timedelta(seconds=1)):
        go_round(ctx)
    assert events(EventKind.DID_IT_HELP) == []
    for days in (0, 1, 30):
        with clock.travel(FOUR_WEEKS + timedelta(days=days)):
            go_round(ctx)
    (event,) = events(EventKind.DID_IT_HELP)
    assert {name: reason for name, (reason, _) in told_of(event).items()} == {
        "Astrid": Reason.AUTHOR,
        "Bjørn": Reason.SUPPORTER,
    }
    assert fresh(outcome).asked_at == FOUR_WEEKS


def test_only_those_behind_what_it_meets_are_asked(ctx: Flask, need: Need, person: Named) -> None:
    cecilie, unmet = named("Cecilie"), make_accepted(person("Gry"), by=named("Cecilie"))
    project = make_project(cecilie)
    for one in (need, unmet):
        link(project, one, by=cecilie)
    words = {need.id: (Verdict.PARTLY, "Delvis."), unmet.id: (Verdict.NOT, "Ikke ennå.")}
    dag = person("Dag")
    publish(make_draft(project, by=cecilie, needs=words), writer=cecilie, approver=dag)
    none_met = publish(make_draft(project, need, unmet, by=cecilie, verdict=Verdict.NOT), writer=cecilie, approver=dag)
    with clock.travel(FOUR_WEEKS):
        go_round(ctx)
    assert [set(told_of(event)) for event in events(EventKind.DID_IT_HELP)] == [{"Astrid"}]
    assert fresh(none_met).asked_at is None


@pytest.mark.parametrize("state", [OutcomeState.WITHDRAWN, OutcomeState.SCHEDULED])
def test_nobody_is_asked_of_what_is_not_public(ctx: Flask, outcome: Outcome, state: OutcomeState) -> None:
    outcome.state = state
    db.session.commit()
    with clock.travel(FOUR_WEEKS):
        go_round(ctx)
    assert events(EventKind.DID_IT_HELP) == []


def test_three_workers_at_once_ask_once(ctx: Flask, outcome: Outcome) -> None:
    def work() -> None:
        with clock.travel(FOUR_WEEKS):
            feedback.ask_whether_it_helped(ctx.config["SETTINGS"])

    db.session.commit()
    assert at_once(ctx, work, work, work) == ["done"] * 3
    assert len(events(EventKind.DID_IT_HELP)) == 1


def test_only_those_asked_can_answer_and_for_ninety_days(asked: Outcome) -> None:
    assert refusal_of(lambda: say("Gry", asked, Helped.YES)) is Refusal.NOT_ASKED
    assert refusal_of(lambda: say("Dag", asked, Helped.YES)) is Refusal.NOT_ASKED
    assert refusal_of(lambda: say("Astrid", asked, Helped.YES, days=90)) is Refusal.ANSWERS_CLOSED
    say("Astrid", asked, Helped.YES, days=89)
    assert sums(asked) == (1, 0, 0)


def test_an_answer_can_be_changed_and_the_sums_follow(asked: Outcome) -> None:
    say("Astrid", asked, Helped.YES)
    say("Astrid", asked, Helped.YES)
    say("Bjørn", asked, Helped.PARTLY)
    assert sums(asked) == (1, 1, 0)
    say("Astrid", asked, Helped.NO, days=3)
    assert sums(asked) == (0, 1, 1)
    assert drift() == []


def test_the_same_answer_sent_many_times_at_once_counts_once(ctx: Flask, asked: Outcome) -> None:
    outcome_id, person_id = asked.id, named("Astrid").id
    db.session.commit()

    def answer(helped: Helped) -> Callable[[], None]:
        def send() -> None:
            with clock.travel(FOUR_WEEKS + timedelta(days=1)):
                loaded = outcomes.outcome(outcome_id)
                assert loaded is not None
                feedback.say(person_id, outcome=loaded, helped=helped, words="", may_publish=False)

        return send

    assert at_once(ctx, *[answer(Helped.YES)] * 4) == ["done"] * 4
    assert sums(asked) == (1, 0, 0)
    db.session.commit()
    assert at_once(ctx, *[answer(helped) for helped in (*Helped, *Helped)]) == ["done"] * 6
    assert sum(sums(asked)) == 1
    assert drift() == []


def test_a_sum_that_has_drifted_is_found_and_mended(asked: Outcome) -> None:
    say("Astrid", asked, Helped.NO)
    fresh(asked).helped_yes = 4
    db.session.commit()
    (found,) = drift()
    assert (found.kind, found.id, found.counter, found.stored, found.counted) == (
        "outcome",
        asked.id,
        "helped_yes",
        4,
        0,
    )
    mend(found)
    db.session.commit()
    assert sums(asked) == (0, 0, 1)
    assert drift() == []


def shown(outcome: Outcome) -> list[str]:
    return list(follow_up.public_words(outcome.id, limit=10))


def show(said: Feedback) -> None:
    feedback.show_words(named("Dag").actor, found=said, answered_at=said.answered_at)
    db.session.commit()


def test_words_stand_on_the_page_only_with_consent_and_when_staff_have_read_them(asked: Outcome) -> None:
    silent = say("Bjørn", asked, Helped.NO, words="Ikke vis dette.")
    assert refusal_of(lambda: show(silent)) is Refusal.NO_CONSENT
    said = say("Astrid", asked, Helped.YES, words="Nå rekker jeg bussen.", may_publish=True)
    assert shown(asked) == []
    show(said)
    assert shown(asked) == ["Nå rekker jeg bussen."]
    feedback.hide_words(named("Dag").actor, found=said)
    db.session.commit()
    assert shown(asked) == []
    trail = db.session.scalars(select(AuditEntry.action).where(AuditEntry.action.startswith("words_"))).all()
    assert sorted(trail) == ["words_hidden", "words_shown"]


def test_taking_back_the_consent_or_changing_the_words_takes_them_off_the_page(asked: Outcome) -> None:
    words = "Nå rekker jeg bussen."
    show(say("Astrid", asked, Helped.YES, words=words, may_publish=True))
    say("Astrid", asked, Helped.PARTLY, words=words, may_publish=True, days=2)
    assert shown(asked) == [words]
    say("Astrid", asked, Helped.PARTLY, words="Noe helt annet.", may_publish=True, days=3)
    assert shown(asked) == []
    show(say("Astrid", asked, Helped.YES, words=words, may_publish=True, days=4))
    say("Astrid", asked, Helped.YES, words=words, may_publish=False, days=5)
    assert shown(asked) == []


def test_staff_show_the_words_they_have_read_and_no_others(asked: Outcome) -> None:
    said = say("Astrid", asked, Helped.YES, words="Fint.", may_publish=True)
    read_at = said.answered_at
    say("Astrid", asked, Helped.YES, words="Noe stygt.", may_publish=True, days=2)
    late = refusal_of(lambda: feedback.show_words(named("Dag").actor, found=said, answered_at=read_at))
    assert late is Refusal.CHANGED_MEANWHILE


def test_what_teaches_most_stands_first_for_staff(asked: Outcome, person: Named) -> None:
    say("Astrid", asked, Helped.YES, words="Fint.")
    say("Bjørn", asked, Helped.NO, words="Den går for tidlig.")
    assert [said.words for said in follow_up.all_words(asked.id)] == ["Den går for tidlig.", "Fint."]


def test_my_page_asks_till_one_has_answered(asked: Outcome) -> None:
    astrid = named("Astrid")
    with clock.travel(FOUR_WEEKS + timedelta(days=1)):
        assert [row.id for row in follow_up.unanswered_by(astrid.id)] == [asked.id]
        assert follow_up.unanswered_by(named("Gry").id) == []
    with clock.travel(FOUR_WEEKS + timedelta(days=90)):
        assert follow_up.unanswered_by(astrid.id) == []
    say("Astrid", asked, Helped.YES)
    with clock.travel(FOUR_WEEKS + timedelta(days=2)):
        assert follow_up.unanswered_by(astrid.id) == []


def test_staff_answer_only_for_those_whom_no_mail_reaches(ctx: Flask, outcome: Outcome, need: Need) -> None:
    kari = add_person("Kari", email=None)
    subscribe(kari.id, subject=Subject(NEED, need.id), reason=Reason.SUPPORTER)
    db.session.commit()
    with clock.travel(FOUR_WEEKS):
        go_round(ctx)
        answer_on_paper(outcome, kari.id)
        db.session.commit()
        for name in ("Bjørn", "Cecilie"):
            assert refusal_of(partial(answer_on_paper, outcome, named(name).id)) is Refusal.NOT_ASKED
        assert [one.name for one in follow_up.asked_on_paper(outcome.id, name="ka")] == ["Kari"]
    assert sums(outcome) == (0, 0, 1)


def answer_on_paper(outcome: Outcome, person_id: int) -> None:
    feedback.say_for(
        named("Cecilie").actor,
        person_id=person_id,
        outcome=fresh(outcome),
        helped=Helped.NO,
        words="",
        may_publish=False,
        channel=Channel.PHONE,
    )
