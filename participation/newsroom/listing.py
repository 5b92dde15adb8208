"""All results, by how far they have come; and the calendar of what is published when."""

from calendar import Calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from babel.dates import get_day_names
from flask import render_template, request
from flask_babel import format_date, get_locale

from participation import clock
from participation.newsroom.blueprint import newsroom
from participation.outcomes import queries
from participation.outcomes.models import Outcome
from participation.outcomes.rules import OutcomeState
from participation.permissions import Permission
from participation.projects import queries as projects
from participation.web.access import requires

# What waits for someone stands first.
SHELVES = {
    "i-arbeid": (OutcomeState.IN_REVIEW, OutcomeState.SCHEDULED, OutcomeState.APPROVED, OutcomeState.DRAFT),
    "publisert": (OutcomeState.PUBLISHED, OutcomeState.CORRECTED),
    "trukket": (OutcomeState.WITHDRAWN,),
}
SEARCH_MAX_CHARACTERS = 200


@newsroom.get("/redaksjonen")
@requires(Permission.WRITE_OUTCOMES)
def list_outcomes() -> str:
    shelf = request.args.get("vis", "")
    shelf = shelf if shelf in SHELVES else "i-arbeid"
    words = request.args.get("q", "")[:SEARCH_MAX_CHARACTERS].strip()
    counts = queries.counts()
    return render_template(
        "newsroom/outcomes.html",
        shelf=shelf,
        shelves={name: sum(counts.get(state, 0) for state in states) for name, states in SHELVES.items()},
        words=words,
        found={state: queries.in_newsroom(state, words=words) for state in SHELVES[shelf]},
        corrections=queries.corrections_waiting(),
        projects=projects.all_projects(),
    )


@dataclass(frozen=True)
class Entry:
    at: datetime
    outcome: Outcome
    is_out: bool


@dataclass(frozen=True)
class Day:
    date: date
    in_month: bool
    is_today: bool
    entries: list[Entry]


@newsroom.get("/redaksjonen/kalender")
@requires(Permission.WRITE_OUTCOMES)
def show_calendar() -> str:
    month = _month_asked_for()
    scheduled = queries.scheduled()
    return render_template(
        "newsroom/calendar.html",
        month=month,
        month_name=format_date(month, "LLLL y"),
        weekdays=_weekdays(),
        weeks=_weeks(month, scheduled),
        previous=f"{month - timedelta(days=1):%Y-%m}",
        next=f"{month + timedelta(days=31):%Y-%m}",
        scheduled=scheduled,
    )


def _weekdays() -> list[str]:
    """From Monday on, as the weeks are; babel lists them as the locale begins its week."""
    names = get_day_names("wide", "stand-alone", locale=get_locale())
    return [names[number] for number in range(7)]


def _month_asked_for() -> date:
    """The first day of the month in the address; of this month where it says none that can be."""
    today = clock.today()
    try:
        asked = datetime.strptime(request.args.get("maned", ""), "%Y-%m").replace(tzinfo=clock.MUNICIPAL_TIME).date()
    except ValueError:
        return today.replace(day=1)
    return asked if abs(asked.year - today.year) <= 20 else today.replace(day=1)


def _weeks(month: date, scheduled: Sequence[Outcome]) -> list[list[Day]]:
    dates = Calendar().monthdatescalendar(month.year, month.month)
    begin, end = _begins(dates[0][0]), _begins(dates[-1][-1] + timedelta(days=1))
    entries = [
        Entry(each.published_at, each, True) for each in queries.published_between(begin, end) if each.published_at
    ]
    entries += [Entry(each.publish_at, each, False) for each in scheduled if each.publish_at]
    today = clock.today()
    return [[Day(day, day.month == month.month, day == today, _on(day, entries)) for day in week] for week in dates]


def _begins(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=clock.MUNICIPAL_TIME)


def _on(day: date, entries: list[Entry]) -> list[Entry]:
    theirs = [entry for entry in entries if entry.at.astimezone(clock.MUNICIPAL_TIME).date() == day]
    return sorted(theirs, key=lambda entry: entry.at)
