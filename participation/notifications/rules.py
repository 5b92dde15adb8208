"""Who is told of what, and when a mail is tried again."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from participation.clock import MUNICIPAL_TIME
from participation.unwritten import texts_in

RETRY_FIRST_MINUTES = 1
RETRY_LONGEST_MINUTES = 60
# Of a mailbox that is said not to be there.
GIVE_UP_AFTER_REFUSALS = 3
# Of a mail that is refused for another fault, which may be ours: time to mend it, as mail servers give each other.
GIVE_UP_REFUSED_AFTER_DAYS = 5
HARD_FAILURES_MAX = 3
HARD_FAILURES_WITHIN_DAYS = 180
# Reports on mails older than this are not believed.
RETURNED_WITHIN_DAYS = 30
# Some fifteen hours: time to mend what keeps a mail from being made.
GIVE_UP_COMPOSING_AFTER = 20


class Reason(StrEnum):
    """Why a person is told; the first that holds is the one given."""

    AUTHOR = "author"
    SUPPORTER = "supporter"
    COMMENTER = "commenter"
    FOLLOWER = "follower"
    STAFF = "staff"


# What ends when a person stops following: what they wrote or support themselves still counts.
ENDED_BY_UNFOLLOWING = (Reason.FOLLOWER, Reason.COMMENTER)


class EventKind(StrEnum):
    RECEIVED = "received"
    ANSWERED = "answered"
    LINKED = "linked"
    PHASE_CHANGED = "phase_changed"
    OUTCOME = "outcome"
    ANSWER_CORRECTED = "answer_corrected"
    ASKED_AGAIN = "asked_again"
    NEWS = "news"
    OUTCOME_CORRECTED = "outcome_corrected"
    OUTCOME_WITHDRAWN = "outcome_withdrawn"
    STILL_IN_USE = "still_in_use"
    NO_LONGER_IN_USE = "no_longer_in_use"
    DID_IT_HELP = "did_it_help"
    YEAR = "year"
    WORK = "work"


# What residents wrote, what a colleague alone reads, and what only names what has been told before.
_NOT_WRITTEN_NOW = frozenset(
    {EventKind.RECEIVED, EventKind.ASKED_AGAIN, EventKind.DID_IT_HELP, EventKind.YEAR, EventKind.WORK}
)
_TELLS_OF_RESULT = frozenset({EventKind.OUTCOME, EventKind.OUTCOME_CORRECTED})


def said_by_staff(kind: EventKind, facts: dict[str, Any]) -> Iterator[str]:
    """The texts that staff have written to those who are told: not how residents called their needs."""
    if kind in _NOT_WRITTEN_NOW:
        return
    needs = facts.get("needs", {}).values()
    named = {"needs", "project"} if kind in _TELLS_OF_RESULT else {"needs", "project", "outcome"}
    yield from texts_in([words for name, words in facts.items() if name not in named])
    yield from texts_in([words for need in needs for name, words in need.items() if name != "title"])


# What sets right what was told; and what that may have been, where all of it stands in the corrected facts.
CORRECTIONS = frozenset({EventKind.ANSWER_CORRECTED, EventKind.OUTCOME_CORRECTED})
TOLD_AS_ITSELF = frozenset({EventKind.ANSWERED, EventKind.NEWS, EventKind.OUTCOME})


class Topic(StrEnum):
    """What a person chooses a pace for: each kind of event belongs to one."""

    ANSWERS = "answers"
    PROGRESS = "progress"
    RESULTS = "results"
    QUESTIONS = "questions"
    SUMMARY = "summary"
    WORK = "work"


TOPIC_OF: dict[EventKind, Topic] = {
    EventKind.RECEIVED: Topic.ANSWERS,
    EventKind.ANSWERED: Topic.ANSWERS,
    EventKind.ANSWER_CORRECTED: Topic.ANSWERS,
    EventKind.ASKED_AGAIN: Topic.ANSWERS,
    EventKind.LINKED: Topic.PROGRESS,
    EventKind.PHASE_CHANGED: Topic.PROGRESS,
    EventKind.NEWS: Topic.PROGRESS,
    EventKind.OUTCOME: Topic.RESULTS,
    EventKind.OUTCOME_CORRECTED: Topic.RESULTS,
    EventKind.OUTCOME_WITHDRAWN: Topic.RESULTS,
    EventKind.STILL_IN_USE: Topic.RESULTS,
    EventKind.NO_LONGER_IN_USE: Topic.RESULTS,
    EventKind.DID_IT_HELP: Topic.QUESTIONS,
    EventKind.YEAR: Topic.SUMMARY,
    EventKind.WORK: Topic.WORK,
}


class Pace(StrEnum):
    """When a person wants to be told of a topic."""

    AT_ONCE = "at_once"
    DAILY = "daily"
    WEEKLY = "weekly"
    NEVER = "never"


BUNDLED = frozenset({Pace.DAILY, Pace.WEEKLY})
# A receipt answers what the person just did, whatever the hour.
BREAKS_QUIET = frozenset({EventKind.RECEIVED})


# What the year's summary tells of: that something happened, and not that we asked or wrote.
NEWSWORTHY = frozenset(EventKind) - {EventKind.RECEIVED, EventKind.DID_IT_HELP, EventKind.YEAR, EventKind.WORK}
YEAR_SUMMARY_DAY = 5

# What a letter tells in full however old: the answers and results that people waited for.
TOLD_IN_FULL = frozenset(kind for kind, topic in TOPIC_OF.items() if topic in (Topic.ANSWERS, Topic.RESULTS)) - {
    EventKind.RECEIVED
}
LETTER_FULL_DAYS = 60
LETTER_FULL_MAX = 8
LETTER_BRIEF_MAX = 12


class DeliveryStatus(StrEnum):
    PENDING = "pending"
    SENT = "sent"
    FAILED = "failed"
    OPTED_OUT = "opted_out"
    UNREACHABLE = "unreachable"
    ON_PAPER = "on_paper"


@dataclass(frozen=True)
class Subject:
    """What a subscription is to, or an event is about: a kind and the number of one of that kind."""

    kind: str
    id: int


@dataclass(frozen=True)
class Told:
    """An event as a letter or a bundle weighs it."""

    kind: EventKind
    at: datetime
    needs: frozenset[int]
    decides: bool = False
    """It says what happens next with a need, as an answer does."""


@dataclass(frozen=True)
class Chosen:
    """By place in the list: what a letter tells in full, what it says in one line, and how much it leaves out."""

    full: list[int]
    brief: list[int]
    left_out: int


def choose_for_letter(told: Sequence[Told], *, now: datetime) -> Chosen:
    """Answers and results first, then what is recent, each newest first; of older steps the last of each need alone."""
    recent = now - timedelta(days=LETTER_FULL_DAYS)
    weighty, others = _by_weight(told)
    first = weighty + [place for place in others if told[place].at >= recent]
    older = _last_of_each([place for place in others if told[place].at < recent], told)
    brief = (first[LETTER_FULL_MAX:] + older)[:LETTER_BRIEF_MAX]
    full = first[:LETTER_FULL_MAX]
    return Chosen(full, brief, left_out=len(told) - len(full) - len(brief))


def weightiest_first(told: Sequence[Told]) -> list[int]:
    """The places in the list: answers and results, then the rest, each newest first."""
    weighty, others = _by_weight(told)
    return weighty + others


def _by_weight(told: Sequence[Told]) -> tuple[list[int], list[int]]:
    newest = sorted(range(len(told)), key=lambda place: (told[place].at, place), reverse=True)
    weighty = [place for place in newest if told[place].decides or told[place].kind in TOLD_IN_FULL]
    return weighty, [place for place in newest if place not in weighty]


def _last_of_each(places: Iterable[int], told: Sequence[Told]) -> list[int]:
    """Of steps newest first: the first that each need is in."""
    last: dict[frozenset[int], int] = {}
    for place in places:
        last.setdefault(told[place].needs, place)
    return list(last.values())


def retry_after(attempts: int) -> timedelta:
    """How long to wait after so many failed attempts: doubling from a minute, an hour at the most."""
    minutes = RETRY_FIRST_MINUTES * 2 ** min(attempts, 10)
    return timedelta(minutes=min(minutes, RETRY_LONGEST_MINUTES))


def waited_in_all(attempts: int) -> timedelta:
    """From the first of so many attempts to the last of them."""
    return sum((retry_after(each) for each in range(1, attempts)), timedelta())


def is_refused_too_long(attempts: int) -> bool:
    """Whether a mail that is refused, though not for its mailbox, has been tried for as long as it is worth."""
    return waited_in_all(attempts) >= timedelta(days=GIVE_UP_REFUSED_AFTER_DAYS)


@dataclass(frozen=True)
class QuietHours:
    """When those who want quiet nights get no mail, in municipal time; from an hour to one the day after."""

    from_hour: int
    to_hour: int

    def holds(self, moment: datetime) -> bool:
        hour = moment.astimezone(MUNICIPAL_TIME).hour
        if self.from_hour <= self.to_hour:
            return self.from_hour <= hour < self.to_hour
        return hour >= self.from_hour or hour < self.to_hour

    def first_after(self, moment: datetime) -> datetime:
        """The moment itself, or the end of the quiet hours it falls in."""
        return next_at(self.to_hour, after=moment) if self.holds(moment) else moment


def next_at(hour: int, *, after: datetime, weekday: int | None = None) -> datetime:
    """The next time the clock on the wall says so; on that day of the week (Monday is 0) when one is given."""
    local = after.astimezone(MUNICIPAL_TIME)
    day = local.date() if local.hour < hour else local.date() + timedelta(days=1)
    if weekday is not None:
        day += timedelta(days=(weekday - day.weekday()) % 7)
    return datetime.combine(day, time(hour), tzinfo=MUNICIPAL_TIME)


def due_at(pace: Pace, *, now: datetime, digest_hour: int) -> datetime:
    """When what happens now is told at that pace: the daily bundle in the morning, the weekly on Mondays."""
    if pace is Pace.DAILY:
        return next_at(digest_hour, after=now)
    if pace is Pace.WEEKLY:
        return next_at(digest_hour, after=now, weekday=0)
    return now


def year_to_sum_up(today: date) -> int | None:
    """The year that its summary is due for: last year's, from some days into January to the end of it."""
    return today.year - 1 if today.month == 1 and today.day >= YEAR_SUMMARY_DAY else None


def year_span(year: int) -> tuple[datetime, datetime]:
    """From its first moment in the municipality to the first of the next."""
    first = (datetime.combine(date(each, 1, 1), time(), tzinfo=MUNICIPAL_TIME) for each in (year, year + 1))
    return next(first), next(first)
