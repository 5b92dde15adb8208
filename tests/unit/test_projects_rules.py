from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from participation.needs.rules import Move, NeedState, may_move, state_after
from participation.projects.rules import (
    LEADING_SCOPES,
    TESTING_PHASES,
    Ending,
    NextStep,
    NextStepKind,
    Phase,
    Scope,
    followed_move,
    may_change_phase,
    may_delete_milestone,
    may_end,
    may_link,
    may_plan,
    may_reach,
    may_take_step,
    may_tell,
    steps_open_to,
)
from participation.refusals import Refusal

IN_PROJECTS = {NeedState.ACCEPTED, NeedState.IN_PROJECT, NeedState.TESTING}


def test_the_phases_stand_in_the_order_of_the_road_map() -> None:
    assert list(Phase) == [
        Phase.ANCHORING,
        Phase.INSIGHT,
        Phase.DEVELOPMENT,
        Phase.PILOTING,
        Phase.TRANSITION,
        Phase.NEW_PRACTICE,
    ]


@pytest.mark.parametrize(("state", "scope"), list(product(NeedState, sorted(LEADING_SCOPES))))
def test_a_project_takes_on_only_a_need_that_has_been_accepted(state: NeedState, scope: Scope) -> None:
    refusal = None if state in IN_PROJECTS else Refusal.NEED_NOT_ACCEPTED
    assert may_link(state=state, scope=scope, stopped=False) is refusal


@pytest.mark.parametrize("state", NeedState)
def test_any_need_may_inspire_a_project(state: NeedState) -> None:
    assert may_link(state=state, scope=Scope.INSPIRED, stopped=False) is None


@pytest.mark.parametrize("scope", Scope)
def test_a_stopped_project_takes_no_links(scope: Scope) -> None:
    assert may_link(state=NeedState.ACCEPTED, scope=scope, stopped=True) is Refusal.PROJECT_ENDED


@pytest.mark.parametrize(("current", "to"), list(product(Phase, Phase)))
def test_a_project_goes_to_any_other_phase_back_ones_too(current: Phase, to: Phase) -> None:
    refusal = Refusal.SAME_PHASE if current is to else None
    assert may_change_phase(current, to=to, stopped=False) is refusal
    assert may_change_phase(current, to=to, stopped=True) is Refusal.PROJECT_ENDED


@pytest.mark.parametrize("lessons", ["", "  ", "\n\t"])
@pytest.mark.parametrize("ending", Ending)
def test_a_project_does_not_end_without_saying_what_was_learnt(ending: Ending, lessons: str) -> None:
    refusal = may_end(ending, phase=Phase.NEW_PRACTICE, ended=False, lessons=lessons)
    assert refusal is Refusal.REASON_MISSING


@pytest.mark.parametrize("phase", Phase)
def test_a_project_is_stopped_anywhere_and_finished_in_the_new_practice(phase: Phase) -> None:
    assert may_end(Ending.STOPPED, phase=phase, ended=False, lessons="Mye.") is None
    refusal = None if phase is Phase.NEW_PRACTICE else Refusal.NOT_NEW_PRACTICE
    assert may_end(Ending.FINISHED, phase=phase, ended=False, lessons="Mye.") is refusal


@pytest.mark.parametrize("ending", Ending)
def test_a_project_ends_once(ending: Ending) -> None:
    assert may_end(ending, phase=Phase.NEW_PRACTICE, ended=True, lessons="Mye.") is Refusal.PROJECT_ENDED


@pytest.mark.parametrize(("state", "scope", "others"), list(product(NeedState, Scope, [True, False])))
def test_what_a_need_may_come_to_when_its_project_ends(state: NeedState, scope: Scope, others: bool) -> None:
    """Only what the project takes on and has not solved; and a need that others take on stays with them."""
    open_to = steps_open_to(state, scope=scope, led_by_others=others)
    if scope is Scope.INSPIRED or state not in IN_PROJECTS:
        assert open_to == frozenset()
    else:
        assert open_to == ({NextStepKind.CONTINUE} if others else set(NextStepKind))


def test_no_need_is_left_without_a_next_step() -> None:
    alone, shared = frozenset(NextStepKind), frozenset({NextStepKind.CONTINUE})
    go_on, no = NextStep(NextStepKind.CONTINUE, "Videre."), NextStep(NextStepKind.DECLINE, "Nei.", "Penger.")
    assert may_take_step(None, open_to=alone) is Refusal.NEXT_STEP_MISSING
    assert may_take_step(NextStep(NextStepKind.CONTINUE, " "), open_to=alone) is Refusal.NEXT_STEP_MISSING
    assert may_take_step(NextStep(NextStepKind.DECLINE, "Nei."), open_to=alone) is Refusal.NEXT_STEP_MISSING
    assert [may_take_step(step, open_to=alone) for step in (go_on, no)] == [None, None]
    assert [may_take_step(step, open_to=shared) for step in (None, go_on)] == [None, None]
    assert may_take_step(no, open_to=shared) is Refusal.WRONG_STATE
    assert may_take_step(go_on, open_to=frozenset()) is Refusal.WRONG_STATE


def test_phases_are_planned_in_their_order_and_some_left_open() -> None:
    march, april = date(2026, 3, 1), date(2026, 4, 1)
    assert may_plan({Phase.PILOTING: april, Phase.INSIGHT: march}, ended=False) is None
    assert may_plan({Phase.INSIGHT: march, Phase.DEVELOPMENT: march}, ended=False) is None
    assert may_plan({}, ended=False) is None
    assert may_plan({Phase.PILOTING: march, Phase.INSIGHT: april}, ended=False) is Refusal.PLAN_OUT_OF_ORDER
    assert may_plan({}, ended=True) is Refusal.PROJECT_ENDED


def test_a_milestone_is_reached_on_a_day_that_has_been_and_then_stays() -> None:
    today = date(2026, 3, 1)
    assert may_reach(today, today=today, ended=False) is None
    assert may_reach(today + timedelta(days=1), today=today, ended=False) is Refusal.DAY_TO_COME
    assert may_reach(today, today=today, ended=True) is Refusal.PROJECT_ENDED
    assert may_delete_milestone(reached=False, ended=False) is None
    assert may_delete_milestone(reached=True, ended=False) is Refusal.MILESTONE_REACHED
    assert may_delete_milestone(reached=False, ended=True) is Refusal.PROJECT_ENDED


def test_a_project_tells_of_itself_while_it_is_public_alive_and_tied_to_someones_need() -> None:
    assert may_tell(public=True, ended=False, needs=1) is None
    assert may_tell(public=False, ended=False, needs=1) is Refusal.PROJECT_INTERNAL
    assert may_tell(public=True, ended=True, needs=1) is Refusal.PROJECT_ENDED
    assert may_tell(public=True, ended=False, needs=0) is Refusal.NOBODY_TO_TELL


@given(st.sampled_from(NeedState), st.lists(st.sampled_from(Phase)))
def test_a_need_follows_its_projects_in_one_legal_move_and_then_stands(state: NeedState, phases: list[Phase]) -> None:
    move = followed_move(state, phases=phases)
    if move is None:
        return
    assert may_move(move, state=state) is None
    assert followed_move(state_after(move), phases=phases) is None


@given(st.sampled_from(sorted(IN_PROJECTS)), st.lists(st.sampled_from(Phase), min_size=1))
def test_a_need_is_tested_when_any_of_its_projects_tests(state: NeedState, phases: list[Phase]) -> None:
    move = followed_move(state, phases=phases)
    ends = state if move is None else state_after(move)
    tested = any(phase in TESTING_PHASES for phase in phases)
    assert ends is (NeedState.TESTING if tested else NeedState.IN_PROJECT)


@given(st.sampled_from(sorted(set(NeedState) - IN_PROJECTS)), st.lists(st.sampled_from(Phase)))
def test_what_is_not_in_projects_hands_stands_still(state: NeedState, phases: list[Phase]) -> None:
    assert followed_move(state, phases=phases) is None


def test_a_need_that_no_project_takes_on_is_accepted_again() -> None:
    assert followed_move(NeedState.TESTING, phases=[]) is Move.LEAVE_PROJECT
    assert followed_move(NeedState.IN_PROJECT, phases=[]) is Move.LEAVE_PROJECT
    assert followed_move(NeedState.ACCEPTED, phases=[]) is None
