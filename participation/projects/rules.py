"""What holds for innovation projects and their links to needs."""

from enum import StrEnum

from participation.needs.rules import LINKABLE, Move, NeedState
from participation.refusals import Refusal

TITLE_MAX_CHARACTERS = 100
SUMMARY_MAX_CHARACTERS = 300
TEXT_MAX_CHARACTERS = 5000
NOTE_MAX_CHARACTERS = 1000


class Phase(StrEnum):
    """The phases of a service-innovation project, in their order (KS veikart for tjenesteinnovasjon)."""

    ANCHORING = "anchoring"
    INSIGHT = "insight"
    DEVELOPMENT = "development"
    PILOTING = "piloting"
    TRANSITION = "transition"
    NEW_PRACTICE = "new_practice"


class Visibility(StrEnum):
    PUBLIC = "public"
    INTERNAL = "internal"


class Ending(StrEnum):
    """How a project came to its end; both leave lessons."""

    STOPPED = "stopped"
    FINISHED = "finished"


class NoteKind(StrEnum):
    """What staff keep to themselves on a project."""

    NOTE = "note"
    DECISION = "decision"


class Scope(StrEnum):
    """How much of a need a project takes on."""

    WHOLE = "whole"
    PART = "part"
    INSPIRED = "inspired"


class Principle(StrEnum):
    """The eight principles of the innovation strategy."""

    COMPETENCE = "competence"
    DIALOGUE = "dialogue"
    OPENNESS = "openness"
    LEADERSHIP = "leadership"
    SYSTEM = "system"
    ARENAS = "arenas"
    COLLABORATION = "collaboration"
    TRIAL = "trial"


UN_GOALS = range(1, 18)
# A need follows a project that takes it on; one that merely inspired a project stays as it is.
LEADING_SCOPES = frozenset({Scope.WHOLE, Scope.PART})
TESTING_PHASES = frozenset({Phase.PILOTING, Phase.TRANSITION, Phase.NEW_PRACTICE})


def may_link(*, state: NeedState, scope: Scope, stopped: bool) -> Refusal | None:
    """A need is answered before a project takes it on; inspiration may come from any need."""
    if stopped:
        return Refusal.PROJECT_ENDED
    if scope in LEADING_SCOPES and state not in LINKABLE:
        return Refusal.NEED_NOT_ACCEPTED
    return None


def may_set_visibility(to: Visibility, *, was: Visibility, told: bool) -> Refusal | None:
    """What residents have been told of can't be taken back into the house."""
    hidden = was is Visibility.PUBLIC and to is Visibility.INTERNAL
    return Refusal.ALREADY_PUBLIC if hidden and told else None


def may_change_phase(current: Phase, *, to: Phase, stopped: bool) -> Refusal | None:
    """A project may go back a phase: to try and to fail is part of it."""
    if stopped:
        return Refusal.PROJECT_ENDED
    return Refusal.SAME_PHASE if current is to else None


def may_stop(*, stopped: bool, lessons: str) -> Refusal | None:
    if stopped:
        return Refusal.PROJECT_ENDED
    return None if lessons.strip() else Refusal.REASON_MISSING


def followed_move(state: NeedState, *, phases: list[Phase]) -> Move | None:
    """The move that brings a need in step with the live projects that take it on; None when it is in step."""
    if state not in LINKABLE:
        return None
    if not phases:
        return Move.LEAVE_PROJECT if state is not NeedState.ACCEPTED else None
    if any(phase in TESTING_PHASES for phase in phases):
        return Move.TEST if state is not NeedState.TESTING else None
    return Move.ENTER_PROJECT if state is not NeedState.IN_PROJECT else None
