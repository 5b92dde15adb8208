"""What happened in the demo town, as a list of moments and deeds, before anything is done."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from participation.demo.content import Content, Entry

Deed = Callable[[], None]
SUPPORT_DAYS = 70
ASSESS_AFTER_DAYS = 3
WITHDRAW_AFTER_DAYS = 14

# The hours keep the order of what happens on the same day: reported, answered, projects, outcomes.
REPORTED_HOUR = 6
ASSESSED_HOUR = 8
ANSWERED_HOUR = 9
PROJECT_HOUR = 11
PLANNED_HOUR = 12
OUTCOME_HOUR = 13
WITHDRAWN_HOUR = 22


@dataclass(frozen=True, order=True)
class Moment:
    """When, and in which place among what happens in the same instant."""

    at: datetime
    number: int


class Calendar:
    """Turns ages in days into moments before `today`, each with its own minute."""

    def __init__(self, now: datetime, rng: Random) -> None:
        self._midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        self._rng = rng

    def at(self, age_days: float, hour: int) -> datetime:
        minutes = self._rng.randrange(60)
        return self._midnight - timedelta(days=age_days) + timedelta(hours=hour, minutes=minutes)

    def any_time_after(self, reported: datetime, age_days: float) -> datetime:
        """Some waking hour of that day, and after the need was reported."""
        moment = self.at(age_days, self._rng.randrange(7, 22))
        return max(moment, reported + timedelta(minutes=self._rng.randrange(5, 90)))


def closing_age(need: Entry, content: Content) -> int | None:
    """How many days ago the need stopped taking support; None when it still does."""
    if need["state"] == "declined":
        return int(need["age_days"] - _first_no(need)["after_days"])
    if need["state"] == "withdrawn":
        return int(need["age_days"] - WITHDRAW_AFTER_DAYS)
    published = [
        outcome["age_days"]
        for outcome in content.outcomes
        if outcome["state"] == "published" and any(_meets(answer, need) for answer in outcome["need"])
    ]
    return max(published, default=None)


def _first_no(need: Entry) -> Entry:
    """A need assessed anew takes support again; those of the demo town came before."""
    return next(answer for answer in need["answer"] if answer["kind"] == "declined")


def _meets(answer: Entry, need: Entry) -> bool:
    return bool(answer["need"] == need["key"] and answer["verdict"] != "not")


def support_ages(need: Entry, count: int, closes: int | None, rng: Random) -> Iterator[float]:
    """How many days ago each supporter came: most in the first weeks, some all along."""
    oldest, youngest = float(need["age_days"]), float(closes + 1 if closes is not None else 0)
    for _ in range(count):
        after = rng.expovariate(3 / SUPPORT_DAYS) if rng.random() < 0.8 else rng.uniform(0, oldest)
        yield max(youngest, oldest - min(after, oldest))
