"""What holds for needs: their states, the moves between them, and who may make them."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from participation.permissions import Actor
from participation.refusals import Refusal

TITLE_MIN_CHARACTERS = 10
TITLE_MAX_CHARACTERS = 100
TEXT_MAX_CHARACTERS = 5000
AFFECTED_MAX_CHARACTERS = 1000
PLACE_MAX_CHARACTERS = 100
ADDITION_MAX_CHARACTERS = 2000
ANSWER_MAX_CHARACTERS = 5000
EDIT_MINUTES = 60
NEW_DATE_WITHIN_DAYS = 183
UNSIGNED_DRAFT_DAYS = 30
PICTURES_MAX = 5
# What has not been sent takes room that nobody answers for. Of those who are signed in, ten full drafts each; of all
# who are not, so many together: at half a megabyte each in all sizes, a gigabyte.
DRAFT_PICTURES_A_PERSON = 50
UNSIGNED_PICTURES_IN_ALL = 2000
HIDING_REASON_MAX_CHARACTERS = 500

HEAT_EPOCH = datetime.fromisoformat("2024-01-01T00:00:00+00:00")
HEAT_HALF_LIFE_DAYS = 14
HEAT_OF_NEED = 5.0
HEAT_OF_SUPPORT = 5.0
HEAT_OF_COMMENT = 3.0


class NeedState(StrEnum):
    RECEIVED = "received"
    ASSESSING = "assessing"
    ACCEPTED = "accepted"
    IN_PROJECT = "in_project"
    TESTING = "testing"
    IN_USE = "in_use"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Move(StrEnum):
    ASSESS = "assess"
    ANSWER_PROVISIONALLY = "answer_provisionally"
    ACCEPT = "accept"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    ENTER_PROJECT = "enter_project"
    TEST = "test"
    LEAVE_PROJECT = "leave_project"
    TAKE_INTO_USE = "take_into_use"
    ASK_AGAIN = "ask_again"
    RETURN = "return"


class UpdateKind(StrEnum):
    """What a line of the timeline tells of."""

    RECEIVED = "received"
    ASSESSING = "assessing"
    PROVISIONAL = "provisional"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    LINKED = "linked"
    LINK_ENDED = "link_ended"
    PHASE_CHANGED = "phase_changed"
    PROJECT_STOPPED = "project_stopped"
    OUTCOME = "outcome"
    ADDITION = "addition"
    WITHDRAWN = "withdrawn"
    ASKED_AGAIN = "asked_again"
    NEWS = "news"
    STILL_IN_USE = "still_in_use"
    NO_LONGER_IN_USE = "no_longer_in_use"
    OUTCOME_CORRECTED = "outcome_corrected"
    OUTCOME_WITHDRAWN = "outcome_withdrawn"


class ReminderStage(StrEnum):
    """When staff are reminded of a promised answer: before the day, right after, and when it is long overdue."""

    BEFORE = "before"
    AFTER = "after"
    LONG_AFTER = "long_after"


# What the author says; all else is news from the municipality.
BY_AUTHOR = frozenset({UpdateKind.ADDITION, UpdateKind.WITHDRAWN, UpdateKind.ASKED_AGAIN})
ANSWERS = frozenset({UpdateKind.PROVISIONAL, UpdateKind.ACCEPTED, UpdateKind.DECLINED})
# What the municipality writes to everyone behind a need: shown as letters, and their wording can be set right.
LETTERS = ANSWERS | {UpdateKind.NEWS}

_S = NeedState
MOVES: dict[Move, tuple[frozenset[NeedState], NeedState]] = {
    Move.ASSESS: (frozenset({_S.RECEIVED}), _S.ASSESSING),
    Move.ANSWER_PROVISIONALLY: (frozenset({_S.RECEIVED, _S.ASSESSING}), _S.ASSESSING),
    Move.ACCEPT: (frozenset({_S.RECEIVED, _S.ASSESSING}), _S.ACCEPTED),
    Move.DECLINE: (frozenset({_S.RECEIVED, _S.ASSESSING, _S.ACCEPTED}), _S.DECLINED),
    Move.WITHDRAW: (frozenset({_S.RECEIVED, _S.ASSESSING, _S.ACCEPTED}), _S.WITHDRAWN),
    Move.ENTER_PROJECT: (frozenset({_S.ACCEPTED, _S.TESTING}), _S.IN_PROJECT),
    Move.TEST: (frozenset({_S.ACCEPTED, _S.IN_PROJECT}), _S.TESTING),
    Move.LEAVE_PROJECT: (frozenset({_S.IN_PROJECT, _S.TESTING}), _S.ACCEPTED),
    Move.TAKE_INTO_USE: (frozenset({_S.ACCEPTED, _S.IN_PROJECT, _S.TESTING, _S.DECLINED}), _S.IN_USE),
    Move.ASK_AGAIN: (frozenset({_S.DECLINED}), _S.ASSESSING),
    Move.RETURN: (frozenset({_S.IN_USE}), _S.ACCEPTED),
}

# Where a project works on the need.
WITH_PROJECT = frozenset({_S.IN_PROJECT, _S.TESTING})
NOT_LISTED = frozenset({_S.WITHDRAWN})
OPEN_TO_SUPPORT = frozenset(NeedState) - {_S.IN_USE, _S.DECLINED, _S.WITHDRAWN}
OPEN_TO_COMMENTS = frozenset(NeedState) - {_S.WITHDRAWN}
LINKABLE = frozenset({_S.ACCEPTED, _S.IN_PROJECT, _S.TESTING})
UNANSWERED = frozenset({_S.RECEIVED, _S.ASSESSING})
OPEN_TO_NEWS = frozenset({_S.ASSESSING, _S.ACCEPTED, _S.IN_PROJECT, _S.TESTING, _S.IN_USE})
# Where people wait for the municipality, and its silence is told of.
MAY_FALL_SILENT = frozenset({_S.RECEIVED, _S.ASSESSING, _S.ACCEPTED, _S.IN_PROJECT, _S.TESTING})


Cell = tuple[int, int, NeedState, int]
"""A theme, an area, a state, and how many needs there are of the three together."""


@dataclass(frozen=True)
class Counts:
    """How many needs a list holds, and how many it would hold with each choice instead of those made of its kind."""

    total: int
    themes: Counter[int]
    areas: Counter[int]
    states: Counter[NeedState]


def count_choices(
    cells: Iterable[Cell], *, themes: Collection[int], areas: Collection[int], states: Collection[NeedState]
) -> Counts:
    """Beside each choice stands what the choices of the other kinds leave of it. No choice of a kind is all of it."""
    counts = Counts(0, Counter(), Counter(), Counter())
    total = 0
    for theme, area, state, needs in cells:
        if state in NOT_LISTED:
            continue
        fits = (not themes or theme in themes, not areas or area in areas, not states or state in states)
        total += needs if all(fits) else 0
        counts.themes[theme] += needs if fits[1] and fits[2] else 0
        counts.areas[area] += needs if fits[0] and fits[2] else 0
        counts.states[state] += needs if fits[0] and fits[1] else 0
    return replace(counts, total=total)


def may_move(move: Move, *, state: NeedState) -> Refusal | None:
    return None if state in MOVES[move][0] else Refusal.WRONG_STATE


def state_after(move: Move) -> NeedState:
    return MOVES[move][1]


def may_withdraw(actor: Actor, *, author_id: int, state: NeedState) -> Refusal | None:
    if actor.id != author_id:
        return Refusal.NOT_YOURS
    return may_move(Move.WITHDRAW, state=state)


def may_edit(actor: Actor, *, author_id: int, state: NeedState, created_at: datetime, now: datetime) -> Refusal | None:
    """The author may change the words for an hour, and only until the municipality has begun on it."""
    if actor.id != author_id:
        return Refusal.NOT_YOURS
    if state is not NeedState.RECEIVED or now >= created_at + timedelta(minutes=EDIT_MINUTES):
        return Refusal.TOO_LATE_TO_EDIT
    return None


def may_add(actor: Actor, *, author_id: int, state: NeedState) -> Refusal | None:
    """Later than that, the author adds to the need for all to see."""
    if actor.id != author_id:
        return Refusal.NOT_YOURS
    return None if state in OPEN_TO_COMMENTS else Refusal.WRONG_STATE


def may_add_picture(actor: Actor, *, author_id: int, state: NeedState) -> Refusal | None:
    """As with words: within the hour, and later too, when the page says that it was added."""
    return may_add(actor, author_id=author_id, state=state)


def may_change_pictures(actor: Actor, *, author_id: int) -> Refusal | None:
    """Describe them, order them, and take them away: always, since someone may be seen in them."""
    return None if actor.id == author_id else Refusal.NOT_YOURS


def is_added_later(added_at: datetime, *, created_at: datetime) -> bool:
    """Whether those who read the need first did not see it."""
    return added_at >= created_at + timedelta(minutes=EDIT_MINUTES)


def room_refusal(*, taken: int) -> Refusal | None:
    return None if taken < PICTURES_MAX else Refusal.TOO_MANY_PICTURES


def may_hide_name(actor: Actor, *, author_id: int) -> Refusal | None:
    return None if actor.id == author_id else Refusal.NOT_YOURS


def may_support(state: NeedState) -> Refusal | None:
    return None if state in OPEN_TO_SUPPORT else Refusal.CLOSED_FOR_SUPPORT


def may_comment(state: NeedState) -> Refusal | None:
    return None if state in OPEN_TO_COMMENTS else Refusal.CLOSED_FOR_COMMENTS


def new_date_refusal(new_date: date, *, today: date) -> Refusal | None:
    """A provisional answer gives a date to come, within half a year: a slip of the pen must not bury a need.

    It may be sooner than the one promised before; nobody is worse off for that, and a slip can be put right.
    """
    latest = today + timedelta(days=NEW_DATE_WITHIN_DAYS)
    return None if today < new_date <= latest else Refusal.DATE_OUT_OF_REACH


def may_give_news(state: NeedState) -> Refusal | None:
    return None if state in OPEN_TO_NEWS else Refusal.WRONG_STATE


def may_ask_again(actor: Actor, *, author_id: int, state: NeedState, asked_again_at: datetime | None) -> Refusal | None:
    """The author may ask once for a new assessment of a no."""
    if actor.id != author_id:
        return Refusal.NOT_YOURS
    if asked_again_at is not None:
        return Refusal.ASKED_BEFORE
    return may_move(Move.ASK_AGAIN, state=state)


def may_correct(kind: UpdateKind, *, body: str) -> Refusal | None:
    """Letters, and what happens with a need once its project has ended, where that is said."""
    is_next_step = kind is UpdateKind.PROJECT_STOPPED and bool(body)
    return None if kind in LETTERS or is_next_step else Refusal.WRONG_STATE


def weeks_silent(state: NeedState, *, news_at: datetime, now: datetime) -> int:
    """For how many whole weeks the municipality has said nothing on a need that waits for it."""
    return max((now - news_at).days // 7, 0) if state in MAY_FALL_SILENT else 0


def is_silent(state: NeedState, *, news_at: datetime, now: datetime, weeks: int) -> bool:
    return state in MAY_FALL_SILENT and news_at <= silent_since(now, weeks=weeks)


def silent_since(now: datetime, *, weeks: int) -> datetime:
    """What had its last news by then is silent now."""
    return now - timedelta(weeks=weeks)


def stages_reached(answer_by: date, *, today: date, days_before: int, days_after: int) -> set[ReminderStage]:
    """Which reminders of the promised day are due: one before it, or one after and later one to the leaders."""
    if today <= answer_by:
        near = answer_by <= today + timedelta(days=days_before)
        return {ReminderStage.BEFORE} if near else set()
    long_after = today >= answer_by + timedelta(days=days_after)
    return {ReminderStage.AFTER, ReminderStage.LONG_AFTER} if long_after else {ReminderStage.AFTER}


@dataclass(frozen=True)
class DateMove:
    """An answer's date, moved: from which day to which, and for which time."""

    former: date
    to: date
    number: int


def date_moves(promises: Iterable[tuple[int, UpdateKind, date]]) -> dict[int, DateMove]:
    """The moves of a promised date, by the number of the line that made each: the lines in order, with their dates.

    A provisional answer moves the date; any other line that gives one promises anew.
    """
    moves: dict[int, DateMove] = {}
    former: date | None = None
    moved = 0
    for line_id, kind, day in promises:
        moved = moved + 1 if kind is UpdateKind.PROVISIONAL and day != former else moved
        if kind is not UpdateKind.PROVISIONAL:
            moved = 0
        elif former is not None and day != former:
            moves[line_id] = DateMove(former, day, moved)
        former = day
    return moves


def answer_by(received: date, *, within_days: int) -> date:
    return received + timedelta(days=within_days)


def heat(weight: float, *, at: datetime) -> float:
    """What one support or comment adds to a need's heat.

    Forward decay: instead of cooling what is old, what is new weighs more, doubling each half-life, so the stored
    order is right at any later time. A double holds it for some 39 years from HEAT_EPOCH.
    """
    return float(weight * 2 ** ((at - HEAT_EPOCH) / timedelta(days=HEAT_HALF_LIFE_DAYS)))


@dataclass(frozen=True, kw_only=True)
class NeedText:
    """What a resident writes; the theme and area by number, and the place on the map where they chose one."""

    title: str
    description: str
    affected: str
    solution: str
    theme_id: int
    area_id: int
    place: str = ""
    """Where, in words."""
    latitude: float | None = None
    longitude: float | None = None
