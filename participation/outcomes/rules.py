"""What holds for outcomes: their states, the three gates, and who may approve."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from participation.needs.rules import WITH_PROJECT, Move, NeedState, may_move
from participation.permissions import Actor
from participation.refusals import Refusal

TITLE_MAX_CHARACTERS = 100
SUMMARY_MAX_CHARACTERS = 300
TEXT_MAX_CHARACTERS = 8000
EVIDENCE_MAX_CHARACTERS = 1000
NEED_TEXT_MAX_CHARACTERS = 1000
INDICATOR_NAME_MAX_CHARACTERS = 120
UNIT_MAX_CHARACTERS = 40
INDICATORS_MAX = 6
REMARK_MAX_CHARACTERS = 2000
CORRECTION_NOTE_MAX_CHARACTERS = 500
WITHDRAWAL_REASON_MAX_CHARACTERS = 1000
SCHEDULE_WITHIN_DAYS = 365
# What can't be published for a reason that nobody foresaw is tried again this long, and then held back.
PUBLISH_TRIES_FOR = timedelta(hours=1)


class OutcomeState(StrEnum):
    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    SCHEDULED = "scheduled"
    PUBLISHED = "published"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"


class Step(StrEnum):
    SUBMIT = "submit"
    SEND_BACK = "send_back"
    APPROVE = "approve"
    PUBLISH = "publish"
    SCHEDULE = "schedule"
    UNSCHEDULE = "unschedule"
    CORRECT = "correct"
    WITHDRAW = "withdraw"


_S = OutcomeState
STEPS: dict[Step, tuple[frozenset[OutcomeState], OutcomeState]] = {
    Step.SUBMIT: (frozenset({_S.DRAFT}), _S.IN_REVIEW),
    Step.SEND_BACK: (frozenset({_S.IN_REVIEW, _S.APPROVED}), _S.DRAFT),
    Step.APPROVE: (frozenset({_S.IN_REVIEW}), _S.APPROVED),
    Step.PUBLISH: (frozenset({_S.APPROVED, _S.SCHEDULED}), _S.PUBLISHED),
    Step.SCHEDULE: (frozenset({_S.APPROVED}), _S.SCHEDULED),
    Step.UNSCHEDULE: (frozenset({_S.SCHEDULED}), _S.APPROVED),
    Step.CORRECT: (frozenset({_S.PUBLISHED, _S.CORRECTED}), _S.CORRECTED),
    Step.WITHDRAW: (frozenset({_S.PUBLISHED, _S.CORRECTED}), _S.WITHDRAWN),
}
# What everyone may see. Of one withdrawn only that it was, and why.
PUBLIC_STATES = frozenset({_S.PUBLISHED, _S.CORRECTED})
NEVER_PUBLISHED = frozenset(OutcomeState) - PUBLIC_STATES - {_S.WITHDRAWN}


class Value(StrEnum):
    """The kinds of value an innovation can have (Innovasjonsbarometeret)."""

    QUALITY = "quality"
    EFFICIENCY = "efficiency"
    STAFF_SATISFACTION = "staff_satisfaction"
    RESIDENT_INFLUENCE = "resident_influence"
    BUSINESS_VALUE = "business_value"
    AVOIDED_COSTS = "avoided_costs"


class Gate(StrEnum):
    """An innovation is new, useful, and taken into use: each is shown, not claimed."""

    NEW = "new"
    USEFUL = "useful"
    IN_USE = "in_use"


class Helped(StrEnum):
    """What those behind a need answer when asked whether the outcome helped."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"


class Verdict(StrEnum):
    """How far an outcome meets a need."""

    MET = "met"
    PARTLY = "partly"
    NOT = "not"


def may_step(step: Step, *, state: OutcomeState) -> Refusal | None:
    return None if state in STEPS[step][0] else Refusal.WRONG_STATE


def may_edit(state: OutcomeState) -> Refusal | None:
    """What is being reviewed stands still; whoever wants it changed sends it back."""
    return None if state is OutcomeState.DRAFT else Refusal.WRONG_STATE


def may_delete(state: OutcomeState) -> Refusal | None:
    """What waits for others, or is public, stays."""
    return None if state is OutcomeState.DRAFT else Refusal.WRONG_STATE


def may_approve(actor: Actor, *, writers: Iterable[int], state: OutcomeState) -> Refusal | None:
    """Another person than any who wrote it approves it."""
    return Refusal.OWN_TEXT if actor.id in set(writers) else may_step(Step.APPROVE, state=state)


def may_publish(actor: Actor, *, writers: Iterable[int], state: OutcomeState) -> Refusal | None:
    return Refusal.OWN_TEXT if actor.id in set(writers) else may_step(Step.PUBLISH, state=state)


def may_schedule(actor: Actor, *, writers: Iterable[int], state: OutcomeState) -> Refusal | None:
    return Refusal.OWN_TEXT if actor.id in set(writers) else may_step(Step.SCHEDULE, state=state)


def publish_at_refusal(publish_at: datetime, *, now: datetime) -> Refusal | None:
    """A minute to come, within a year."""
    latest = now + timedelta(days=SCHEDULE_WITHIN_DAYS)
    return None if now < publish_at <= latest else Refusal.PUBLISH_AT_OUT_OF_REACH


def may_propose_correction(state: OutcomeState, *, waits: bool) -> Refusal | None:
    """One at a time, so that nobody approves words that another correction has changed."""
    if waits:
        return Refusal.CORRECTION_WAITS
    return may_step(Step.CORRECT, state=state)


def may_decide_correction(actor: Actor, *, writer: int, state: OutcomeState) -> Refusal | None:
    """Another person than the one who wrote it."""
    return Refusal.OWN_TEXT if actor.id == writer else may_step(Step.CORRECT, state=state)


def may_withdraw(state: OutcomeState) -> Refusal | None:
    return may_step(Step.WITHDRAW, state=state)


def correction_is_missing(*, texts: Iterable[str], evidence: dict[Gate, str], answers: Iterable[str]) -> Refusal | None:
    """What is published stays whole: a correction can empty nothing that it had to have."""
    if any(not text.strip() for text in texts):
        return Refusal.OUTCOME_WITHOUT_TEXT
    if any(not evidence.get(gate, "").strip() for gate in Gate):
        return Refusal.GATES_WITHOUT_EVIDENCE
    if any(not answer.strip() for answer in answers):
        return Refusal.NEEDS_WITHOUT_ANSWER
    return None


def picture_refusal(*, has_picture: bool, alt: str) -> Refusal | None:
    """Those who can't see the picture are told what it shows."""
    return Refusal.PICTURE_WITHOUT_ALT if has_picture and not alt.strip() else None


def what_is_missing(
    *,
    texts: Iterable[str],
    evidence: dict[Gate, str],
    answers: dict[int, str],
    linked: Iterable[int],
    not_about: Iterable[int] = (),
) -> Refusal | None:
    """It says what was done, each gate has its evidence, and each linked need it is about its answer, by number."""
    if any(not text.strip() for text in texts):
        return Refusal.OUTCOME_WITHOUT_TEXT
    if any(not evidence.get(gate, "").strip() for gate in Gate):
        return Refusal.GATES_WITHOUT_EVIDENCE
    if not answers or any(not answers.get(need_id, "").strip() for need_id in {*linked, *answers} - {*not_about}):
        return Refusal.NEEDS_WITHOUT_ANSWER
    return None


def need_move(state: NeedState, *, verdict: Verdict, evidence: dict[Gate, str]) -> Move | None:
    """A need is taken into use only by an outcome that meets it, at least in part, with evidence for all gates.

    Met, it is also when its project has ended, and when it was declined: the evidence is newer than the no.
    """
    if verdict is Verdict.NOT or any(not evidence.get(gate, "").strip() for gate in Gate):
        return None
    if verdict is Verdict.PARTLY and state not in WITH_PROJECT:
        return None
    return Move.TAKE_INTO_USE if may_move(Move.TAKE_INTO_USE, state=state) is None else None
