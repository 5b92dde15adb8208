from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from participation.needs.rules import Move, NeedState, may_move, state_after
from participation.projects.rules import (
    LEADING_SCOPES,
    TESTING_PHASES,
    Phase,
    Scope,
    followed_move,
    may_change_phase,
    may_link,
    may_stop,
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
def test_a_project_is_not_stopped_without_saying_what_was_learnt(lessons: str) -> None:
    assert may_stop(stopped=False, lessons=lessons) is Refusal.REASON_MISSING


def test_a_project_is_stopped_once() -> None:
    assert may_stop(stopped=False, lessons="Vi lærte mye.") is None
    assert may_stop(stopped=True, lessons="Vi lærte mye.") is Refusal.PROJECT_ENDED


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
