from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from participation.needs.rules import Move, NeedState
from participation.outcomes.rules import (
    STEPS,
    Gate,
    OutcomeState,
    Step,
    Verdict,
    correction_is_missing,
    may_approve,
    may_decide_correction,
    may_edit,
    may_propose_correction,
    may_publish,
    may_schedule,
    may_step,
    need_move,
    publish_at_refusal,
    what_is_missing,
)
from participation.permissions import Actor
from participation.refusals import Refusal

EVIDENCE = dict.fromkeys(Gate, "Slik vet vi det.")
TEXTS = ["Kort sagt.", "Slik gjorde vi det."]
CECILIE, DAG = Actor(3), Actor(4)
S = OutcomeState
TABLE = {
    (Step.SUBMIT, S.DRAFT): S.IN_REVIEW,
    (Step.APPROVE, S.IN_REVIEW): S.APPROVED,
    (Step.SEND_BACK, S.IN_REVIEW): S.DRAFT,
    (Step.SEND_BACK, S.APPROVED): S.DRAFT,
    (Step.PUBLISH, S.APPROVED): S.PUBLISHED,
    (Step.PUBLISH, S.SCHEDULED): S.PUBLISHED,
    (Step.SCHEDULE, S.APPROVED): S.SCHEDULED,
    (Step.UNSCHEDULE, S.SCHEDULED): S.APPROVED,
    (Step.CORRECT, S.PUBLISHED): S.CORRECTED,
    (Step.CORRECT, S.CORRECTED): S.CORRECTED,
    (Step.WITHDRAW, S.PUBLISHED): S.WITHDRAWN,
    (Step.WITHDRAW, S.CORRECTED): S.WITHDRAWN,
}


@pytest.mark.parametrize(("step", "state"), list(product(Step, OutcomeState)))
def test_a_step_is_taken_exactly_where_the_table_says(step: Step, state: OutcomeState) -> None:
    allowed = (step, state) in TABLE
    assert may_step(step, state=state) is (None if allowed else Refusal.WRONG_STATE)
    if allowed:
        assert STEPS[step][1] is TABLE[step, state]


@pytest.mark.parametrize("state", OutcomeState)
def test_only_a_draft_is_changed(state: OutcomeState) -> None:
    assert may_edit(state) is (None if state is S.DRAFT else Refusal.WRONG_STATE)


def test_who_has_written_on_it_neither_approves_nor_publishes() -> None:
    writers = {1, CECILIE.id}
    assert may_approve(CECILIE, writers=writers, state=S.IN_REVIEW) is Refusal.OWN_TEXT
    assert may_publish(CECILIE, writers=writers, state=S.APPROVED) is Refusal.OWN_TEXT
    assert may_approve(DAG, writers=writers, state=S.IN_REVIEW) is None
    assert may_publish(DAG, writers=writers, state=S.APPROVED) is None
    assert may_schedule(CECILIE, writers=writers, state=S.APPROVED) is Refusal.OWN_TEXT
    assert may_schedule(DAG, writers=writers, state=S.APPROVED) is None


NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("after", "allowed"),
    [
        (timedelta(minutes=-1), False),
        (timedelta(0), False),
        (timedelta(minutes=1), True),
        (timedelta(days=365), True),
        (timedelta(days=365, minutes=1), False),
    ],
)
def test_a_result_is_scheduled_for_a_minute_to_come_within_a_year(after: timedelta, allowed: bool) -> None:
    refusal = publish_at_refusal(NOW + after, now=NOW)
    assert refusal is (None if allowed else Refusal.PUBLISH_AT_OUT_OF_REACH)


@pytest.mark.parametrize("state", OutcomeState)
def test_what_is_public_is_corrected_one_correction_at_a_time(state: OutcomeState) -> None:
    is_public = state in {S.PUBLISHED, S.CORRECTED}
    assert may_propose_correction(state, waits=False) is (None if is_public else Refusal.WRONG_STATE)
    assert may_propose_correction(state, waits=True) is Refusal.CORRECTION_WAITS


def test_who_wrote_a_correction_does_not_approve_it() -> None:
    assert may_decide_correction(CECILIE, writer=CECILIE.id, state=S.PUBLISHED) is Refusal.OWN_TEXT
    assert may_decide_correction(DAG, writer=CECILIE.id, state=S.CORRECTED) is None


def test_a_correction_empties_nothing_that_the_result_had_to_have() -> None:
    assert correction_is_missing(texts=TEXTS, evidence=EVIDENCE, answers=["Ja."]) is None
    assert correction_is_missing(texts=["", "Slik."], evidence=EVIDENCE, answers=[]) is Refusal.OUTCOME_WITHOUT_TEXT
    some = {Gate.NEW: "Ja."}
    assert correction_is_missing(texts=TEXTS, evidence=some, answers=[]) is Refusal.GATES_WITHOUT_EVIDENCE
    assert correction_is_missing(texts=TEXTS, evidence=EVIDENCE, answers=[" "]) is Refusal.NEEDS_WITHOUT_ANSWER


@pytest.mark.parametrize("gate", Gate)
@pytest.mark.parametrize("evidence", [None, "", "  \n"])
def test_each_gate_needs_evidence_before_anyone_is_asked(gate: Gate, evidence: str | None) -> None:
    shown = {other: text for other, text in EVIDENCE.items() if other is not gate}
    if evidence is not None:
        shown[gate] = evidence
    refusal = what_is_missing(texts=TEXTS, evidence=shown, answers={1: "Ja."}, linked=[1])
    assert refusal is Refusal.GATES_WITHOUT_EVIDENCE


@pytest.mark.parametrize(
    ("answers", "linked"),
    [({}, []), ({}, [1]), ({1: "Ja."}, [1, 2]), ({1: "Ja.", 2: " "}, [1, 2]), ({1: "Ja."}, [2]), ({1: " "}, [])],
)
def test_each_linked_need_is_answered_before_anyone_is_asked(answers: dict[int, str], linked: list[int]) -> None:
    refusal = what_is_missing(texts=TEXTS, evidence=EVIDENCE, answers=answers, linked=linked)
    assert refusal is Refusal.NEEDS_WITHOUT_ANSWER


def test_a_whole_draft_lacks_nothing_also_when_a_link_has_ended_since() -> None:
    answers = {1: "Ja.", 2: "Delvis."}
    assert what_is_missing(texts=TEXTS, evidence=EVIDENCE, answers=answers, linked=[1]) is None


def test_a_linked_need_it_is_not_about_is_owed_no_answer_but_one_need_is() -> None:
    def missing(answers: dict[int, str], not_about: list[int]) -> Refusal | None:
        return what_is_missing(texts=TEXTS, evidence=EVIDENCE, answers=answers, linked=[1, 2], not_about=not_about)

    assert missing({1: "Ja."}, [2]) is None
    assert missing({}, [1, 2]) is Refusal.NEEDS_WITHOUT_ANSWER
    assert missing({1: " "}, [2]) is Refusal.NEEDS_WITHOUT_ANSWER


@pytest.mark.parametrize(("state", "verdict"), list(product(NeedState, Verdict)))
def test_what_is_met_is_taken_into_use_once_answered_and_what_is_met_in_part_only_from_a_project(
    state: NeedState, verdict: Verdict
) -> None:
    in_project = {NeedState.IN_PROJECT, NeedState.TESTING}
    open_to = {
        Verdict.MET: in_project | {NeedState.ACCEPTED, NeedState.DECLINED},
        Verdict.PARTLY: in_project,
        Verdict.NOT: set(),
    }
    taken = state in open_to[verdict]
    assert need_move(state, verdict=verdict, evidence=EVIDENCE) is (Move.TAKE_INTO_USE if taken else None)


@given(
    st.sampled_from(NeedState),
    st.sampled_from(Verdict),
    st.dictionaries(st.sampled_from(Gate), st.sampled_from(["", "  ", "Tall fra Ruter."])),
)
def test_no_need_is_ever_taken_into_use_without_evidence_for_all_gates(
    state: NeedState, verdict: Verdict, evidence: dict[Gate, str]
) -> None:
    if need_move(state, verdict=verdict, evidence=evidence) is not None:
        assert all(evidence[gate].strip() for gate in Gate)


@pytest.mark.parametrize("texts", [["", "Slik gjorde vi det."], ["Kort sagt.", "  "]])
def test_a_result_says_what_was_done_before_it_is_reviewed(texts: list[str]) -> None:
    refusal = what_is_missing(texts=texts, evidence=EVIDENCE, answers={1: "Ja."}, linked=[1])
    assert refusal is Refusal.OUTCOME_WITHOUT_TEXT
