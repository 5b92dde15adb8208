"""What holds after an outcome is published: whether it is still in use, and whether it helped. Pure."""

from calendar import monthrange
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from participation.clock import MUNICIPAL_TIME
from participation.outcomes.rules import PUBLIC_STATES, Helped, OutcomeState, Verdict
from participation.permissions import GRANTS, Permission, Role
from participation.refusals import Refusal

CHECKED_AFTER_MONTHS = (6, 12)
REMIND_AFTER_DAYS = 30
CONFIRM_EARLY_DAYS = 30
OWN_FIGURES_MAX = 2
NEXT_STEP_MAX_CHARACTERS = 1000

ASK_AFTER_DAYS = 28
CLOSES_AFTER_DAYS = 90
WORDS_MAX_CHARACTERS = 1000
PUBLIC_FROM_ANSWERS = 5
WORDS_ON_PAGE = 10

# Who can answer whether something is still in use.
MAY_ANSWER = frozenset(role for role, granted in GRANTS.items() if Permission.WRITE_OUTCOMES in granted)
LEADS = frozenset(role for role, granted in GRANTS.items() if Permission.OVERSEE in granted)
CASE_WORKERS = frozenset({Role.CASE_WORKER})


def is_checked(verdicts: Iterable[Verdict]) -> bool:
    """Whether staff are asked later if it is still in use: only what met someone's need, at least in part."""
    return any(verdict is not Verdict.NOT for verdict in verdicts)


def months_later(day: date, months: int) -> date:
    """The same day of the month so many months on, or the month's last where it has no such day."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def begins(day: date) -> datetime:
    """The first moment of the day in the municipality."""
    return datetime.combine(day, time(), tzinfo=MUNICIPAL_TIME)


def confirmed_from(due_on: date) -> date:
    """The first day that it can be confirmed: what is said long before says little of the day it is about."""
    return due_on - timedelta(days=CONFIRM_EARLY_DAYS)


def may_confirm(
    *,
    state: OutcomeState,
    answered: bool,
    due_on: date,
    today: date,
    evidence: str,
    measured: Collection[date],
    measured_since: date,
) -> Refusal | None:
    """It is confirmed once, when the time has come, with words and at least one figure, none from before the last."""
    refusal = may_end_use(state=state, answered=answered, happened=evidence, next_steps=[evidence])
    if refusal is not None:
        return refusal
    if today < confirmed_from(due_on):
        return Refusal.TOO_EARLY
    if not measured:
        return Refusal.FIGURE_MISSING
    return Refusal.FIGURE_TOO_OLD if min(measured) < measured_since else None


def may_end_use(*, state: OutcomeState, answered: bool, happened: str, next_steps: Iterable[str]) -> Refusal | None:
    """That it is no longer in use can be said at any time: with what happened, and a next step for each need."""
    if answered:
        return Refusal.ALREADY_ANSWERED
    if state not in PUBLIC_STATES:
        return Refusal.WRONG_STATE
    return None if happened.strip() and all(step.strip() for step in next_steps) else Refusal.REASON_MISSING


def may_say(*, state: OutcomeState, was_asked: bool, asked_at: datetime | None, now: datetime) -> Refusal | None:
    """Only those asked answer whether it helped, and within ninety days."""
    if not was_asked or asked_at is None:
        return Refusal.NOT_ASKED
    if state not in PUBLIC_STATES or now >= asked_at + timedelta(days=CLOSES_AFTER_DAYS):
        return Refusal.ANSWERS_CLOSED
    return None


def may_show_words(*, words: str, may_publish: bool) -> Refusal | None:
    return None if words.strip() and may_publish else Refusal.NO_CONSENT


def stays_public(*, before: str, words: str, may_publish: bool) -> bool:
    """Whether words on the page still stand there after a change: only the very words that staff read and consent."""
    return may_publish and words == before


@dataclass(frozen=True)
class Sums:
    """How many gave each answer."""

    yes: int
    partly: int
    no: int

    @property
    def total(self) -> int:
        return self.yes + self.partly + self.no

    @property
    def are_public(self) -> bool:
        """Below five, who answered what could be guessed."""
        return self.total >= PUBLIC_FROM_ANSWERS

    def of(self, helped: Helped) -> int:
        return {Helped.YES: self.yes, Helped.PARTLY: self.partly, Helped.NO: self.no}[helped]
