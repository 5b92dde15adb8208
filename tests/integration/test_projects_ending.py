"""A project ends: what was learnt, what becomes of each need, and who is told of it."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from participation import clock
from participation.accounts.models import Person
from participation.extensions import db
from participation.needs.models import Need
from participation.needs.rules import NeedState, UpdateKind
from participation.notifications.models import Delivery
from participation.notifications.rules import DeliveryStatus, EventKind, Reason
from participation.outcomes.rules import Verdict
from participation.projects import ending as endings
from participation.projects import queries
from participation.projects.models import Project
from participation.projects.rules import Ending, NextStep, NextStepKind, Phase, Scope, Visibility
from participation.refusals import Refusal, Refused
from participation.residents.need_page import loop_steps
from tests.factories import end, enter, link, make_accepted, make_draft, make_need, make_project, publish
from tests.told import events, lines, stored, told_of

Named = Callable[[str], Person]
GO_ON = NextStep(NextStepKind.CONTINUE, "Vi spør fylket.")
NO = NextStep(NextStepKind.DECLINE, "Det blir for dyrt.", "At fylket betaler.")


def refusal_of(project: Project, steps: dict[int, NextStep], *, by: Person, lessons: str = "Vi lærte mye.") -> Refusal:
    with pytest.raises(Refused) as refused:
        endings.end(
            by.actor,
            project=project,
            ending=Ending.STOPPED,
            lessons=lessons,
            next_steps=steps,
            version=project.version,
        )
    db.session.rollback()
    return refused.value.reason


def test_each_need_gets_its_own_next_step_and_its_people_read_that(need: Need, cecilie: Person, person: Named) -> None:
    other = make_accepted(person("Gry"), by=cecilie)
    answered_at = stored(other).first_answer_at
    project = make_project(cecilie)
    link(project, need, by=cecilie)
    link(project, other, by=cecilie, scope=Scope.PART)
    end(project, by=cecilie, steps={need.id: GO_ON, other.id: NO})
    assert (stored(need).state, lines(need)[-1].kind, lines(need)[-1].body) == (
        NeedState.ACCEPTED,
        UpdateKind.PROJECT_STOPPED,
        GO_ON.text,
    )
    no = lines(other)[-1]
    assert (no.kind, no.body, no.would_change) == (UpdateKind.DECLINED, NO.text, NO.would_change)
    assert lines(other)[-2].kind is UpdateKind.PROJECT_STOPPED
    declined = stored(other)
    assert (declined.state, declined.answer_by, declined.first_answer_at) == (NeedState.DECLINED, None, answered_at)
    (event,) = events(EventKind.PHASE_CHANGED)
    assert no.event_id == event.id
    assert (event.facts["ending"], event.facts["stopped"], event.facts["note"]) == (
        "stopped",
        True,
        "Det ble for dyrt.",
    )
    steps = {number: facts["next_step"] for number, facts in event.facts["needs"].items()}
    assert steps == {str(need.id): "continue", str(other.id): "decline"}
    author = (Reason.AUTHOR, DeliveryStatus.PENDING)
    assert told_of(event) == {"Astrid": author, "Gry": author}


def test_the_way_of_an_ended_project_says_how_it_ended(need: Need, cecilie: Person) -> None:
    project = make_project(cecilie)
    link(project, need, by=cecilie)
    enter(project, Phase.NEW_PRACTICE, by=cecilie)
    end(project, by=cecilie, ending=Ending.FINISHED)
    last = queries.moves(project.id)[-1]
    assert (last.phase, last.ending, project.ending) == (None, Ending.FINISHED, Ending.FINISHED)
    assert project.phase is Phase.NEW_PRACTICE
    assert stored(need).state is NeedState.ACCEPTED


def test_no_need_is_left_behind_without_a_next_step(need: Need, cecilie: Person) -> None:
    project = make_project(cecilie)
    link(project, need, by=cecilie)
    assert refusal_of(project, {}, by=cecilie) is Refusal.NEXT_STEP_MISSING
    assert refusal_of(project, {need.id: GO_ON}, by=cecilie, lessons=" ") is Refusal.REASON_MISSING
    assert refusal_of(project, {need.id: GO_ON, need.id + 99: GO_ON}, by=cecilie) is Refusal.CHANGED_MEANWHILE
    assert stored(need).state is NeedState.IN_PROJECT
    assert project.ended_at is None


def test_a_need_that_another_project_takes_on_stays_there(need: Need, cecilie: Person) -> None:
    first, second = make_project(cecilie), make_project(cecilie, title="Skyss på bestilling")
    link(first, need, by=cecilie)
    link(second, need, by=cecilie)
    enter(second, Phase.PILOTING, by=cecilie)
    assert refusal_of(second, {need.id: NO}, by=cecilie) is Refusal.WRONG_STATE
    endings.end(
        cecilie.actor,
        project=second,
        ending=Ending.STOPPED,
        lessons="For dyrt.",
        next_steps={},
        version=second.version,
    )
    db.session.commit()
    assert stored(need).state is NeedState.IN_PROJECT


def test_a_need_already_in_use_or_only_an_inspiration_goes_its_own_way(
    need: Need, cecilie: Person, person: Named
) -> None:
    project, muse = make_project(cecilie), make_need(person("Gry"))
    link(project, need, by=cecilie)
    link(project, muse, by=cecilie, scope=Scope.INSPIRED)
    enter(project, Phase.NEW_PRACTICE, by=cecilie)
    publish(make_draft(project, need, muse, by=cecilie), writer=cecilie, approver=person("Dag"))
    endings.end(
        cecilie.actor,
        project=project,
        ending=Ending.FINISHED,
        lessons="Det virket.",
        next_steps={},
        version=project.version,
    )
    db.session.commit()
    assert (stored(need).state, stored(muse).state) == (NeedState.IN_USE, NeedState.RECEIVED)


def test_an_ended_project_takes_nothing_new(need: Need, cecilie: Person) -> None:
    project = make_project(cecilie)
    end(project, by=cecilie)
    refusals = set()
    for do in (
        lambda: enter(project, Phase.INSIGHT, by=cecilie),
        lambda: link(project, need, by=cecilie),
        lambda: end(project, by=cecilie),
    ):
        with pytest.raises(Refused) as refused:
            do()
        db.session.rollback()
        refusals.add(refused.value.reason)
    assert refusals == {Refusal.PROJECT_ENDED}


def test_of_an_internal_project_only_the_next_step_is_told(need: Need, cecilie: Person, person: Named) -> None:
    project = make_project(cecilie, title="Hemmelig prosjekt", visibility=Visibility.INTERNAL)
    link(project, need, by=cecilie)
    end(project, by=cecilie, steps={need.id: NO})
    (event,) = events(EventKind.PHASE_CHANGED)
    assert (event.facts["project"], event.facts["note"]) == (None, "")
    assert all(line.project_id is None and "dyrt." not in line.detail for line in lines(need))
    assert lines(need)[-1].body == NO.text
    assert "Hemmelig" not in repr(event.facts)


def test_whoever_stands_behind_several_of_the_needs_is_told_once(need: Need, cecilie: Person, person: Named) -> None:
    other = make_accepted(
        db.session.get_one(Person, need.author_id), by=cecilie, title="Bussen er for full om morgenen"
    )
    project = make_project(cecilie)
    for one in (need, other):
        link(project, one, by=cecilie)
    end(project, by=cecilie, steps={need.id: NO})
    (event,) = events(EventKind.PHASE_CHANGED)
    assert db.session.query(Delivery).where(Delivery.event_id == event.id).count() == 1


@pytest.mark.parametrize(
    ("step", "verdict", "state"),
    [
        (GO_ON, Verdict.MET, NeedState.IN_USE),
        (NO, Verdict.MET, NeedState.IN_USE),
        (GO_ON, Verdict.PARTLY, NeedState.ACCEPTED),
        (NO, Verdict.NOT, NeedState.DECLINED),
    ],
)
def test_a_result_published_after_its_project_ended_takes_what_it_meets_into_use(
    need: Need, cecilie: Person, person: Named, step: NextStep, verdict: Verdict, state: NeedState
) -> None:
    project = make_project(cecilie)
    link(project, need, by=cecilie)
    enter(project, Phase.NEW_PRACTICE, by=cecilie)
    draft = make_draft(project, need, by=cecilie, verdict=verdict)
    end(project, by=cecilie, ending=Ending.FINISHED, steps={need.id: step})
    publish(draft, writer=cecilie, approver=person("Dag"))
    assert (stored(need).state, lines(need)[-1].state) == (state, state)


def test_a_need_taken_into_use_after_its_project_was_tested_while_the_project_was(
    need: Need, cecilie: Person, person: Named
) -> None:
    project = make_project(cecilie)
    link(project, need, by=cecilie)
    linked = lines(need)[-1].at
    enter(project, Phase.NEW_PRACTICE, by=cecilie)
    tested = lines(need)[-1].at
    draft = make_draft(project, need, by=cecilie)
    with clock.travel(clock.now() + timedelta(days=30)):
        end(project, by=cecilie, ending=Ending.FINISHED)
        publish(draft, writer=cecilie, approver=person("Dag"))
    in_project, testing, in_use = (step.date for step in loop_steps(stored(need), lines(need))[2:])
    assert (in_project, testing, in_use) == (linked, tested, lines(need)[-1].at)
