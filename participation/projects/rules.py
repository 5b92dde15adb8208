"""What holds for innovation projects and their links to needs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise

from participation.needs.rules import LINKABLE, Move, NeedState
from participation.permissions import Actor, Permission
from participation.refusals import Refusal

TITLE_MAX_CHARACTERS = 100
SUMMARY_MAX_CHARACTERS = 300
TEXT_MAX_CHARACTERS = 5000
NOTE_MAX_CHARACTERS = 1000
NAME_MAX_CHARACTERS = 120
UNIT_MAX_CHARACTERS = 40
PART_MAX_CHARACTERS = 80


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


class NextStepKind(StrEnum):
    """What becomes of a need when a project that takes it on ends."""

    CONTINUE = "continue"
    DECLINE = "decline"


@dataclass(frozen=True)
class NextStep:
    """What those behind a need are told of it when the project ends."""

    kind: NextStepKind
    text: str
    would_change: str = ""

    @property
    def is_whole(self) -> bool:
        wanted = [self.text, self.would_change] if self.kind is NextStepKind.DECLINE else [self.text]
        return all(words.strip() for words in wanted)


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


def may_read_inside(actor: Actor, *, team: Iterable[int]) -> Refusal | None:
    """A project's team and notes are for those who run projects, and for the team itself."""
    is_theirs = actor.may(Permission.RUN_PROJECTS) or actor.id in set(team)
    return None if is_theirs else Refusal.NOT_ALLOWED


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


def may_end(ending: Ending, *, phase: Phase, ended: bool, lessons: str) -> Refusal | None:
    """A project is stopped in any phase, and finished when the new practice is reached; it always leaves lessons."""
    if ended:
        return Refusal.PROJECT_ENDED
    if ending is Ending.FINISHED and phase is not Phase.NEW_PRACTICE:
        return Refusal.NOT_NEW_PRACTICE
    return None if lessons.strip() else Refusal.REASON_MISSING


def steps_open_to(state: NeedState, *, scope: Scope, led_by_others: bool) -> frozenset[NextStepKind]:
    """The next steps that a need may get when the project ends; none where it goes its own way.

    What another project takes on as well stays there, so it can only go on.
    """
    if scope not in LEADING_SCOPES or state not in LINKABLE:
        return frozenset()
    return frozenset({NextStepKind.CONTINUE}) if led_by_others else frozenset(NextStepKind)


def may_take_step(step: NextStep | None, *, open_to: frozenset[NextStepKind]) -> Refusal | None:
    """A need that the project alone takes on is not left without a next step; another's may do without."""
    if step is None:
        return Refusal.NEXT_STEP_MISSING if NextStepKind.DECLINE in open_to else None
    if step.kind not in open_to:
        return Refusal.WRONG_STATE
    return None if step.is_whole else Refusal.NEXT_STEP_MISSING


def may_plan(dates: Mapping[Phase, date], *, ended: bool) -> Refusal | None:
    """The phases are planned in their order; some may be left open."""
    if ended:
        return Refusal.PROJECT_ENDED
    days = [dates[phase] for phase in Phase if phase in dates]
    return Refusal.PLAN_OUT_OF_ORDER if any(later < earlier for earlier, later in pairwise(days)) else None


def may_reach(reached_on: date, *, today: date, ended: bool) -> Refusal | None:
    if ended:
        return Refusal.PROJECT_ENDED
    return Refusal.DAY_TO_COME if reached_on > today else None


def may_delete_milestone(*, reached: bool, ended: bool) -> Refusal | None:
    """What has been reached is part of the story, and stays."""
    if ended:
        return Refusal.PROJECT_ENDED
    return Refusal.MILESTONE_REACHED if reached else None


def may_tell(*, public: bool, ended: bool, needs: int) -> Refusal | None:
    """An internal project can't tell anyone of itself, and an ended one has said its last."""
    if ended:
        return Refusal.PROJECT_ENDED
    if not public:
        return Refusal.PROJECT_INTERNAL
    return None if needs else Refusal.NOBODY_TO_TELL


def followed_move(state: NeedState, *, phases: list[Phase]) -> Move | None:
    """The move that brings a need in step with the live projects that take it on; None when it is in step."""
    if state not in LINKABLE:
        return None
    if not phases:
        return Move.LEAVE_PROJECT if state is not NeedState.ACCEPTED else None
    if any(phase in TESTING_PHASES for phase in phases):
        return Move.TEST if state is not NeedState.TESTING else None
    return Move.ENTER_PROJECT if state is not NeedState.IN_PROJECT else None
