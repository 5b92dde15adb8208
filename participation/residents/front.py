"""The front page: the promise, and what has come of it."""

from dataclasses import dataclass

from flask import render_template
from flask_babel import gettext as _
from flask_babel import ngettext

from participation.insights.queries import Figures, figures
from participation.needs.queries import latest_answers, needed_now
from participation.outcomes.follow_up_queries import ended_among
from participation.outcomes.queries import published_in_use_first
from participation.residents.blueprint import residents
from participation.web.access import public
from participation.web.filters import number

SHOWN = 3


@dataclass(frozen=True)
class Figure:
    number: str
    words: str


@residents.get("/")
@public
def front() -> str:
    needs, outcomes = needed_now(limit=SHOWN), published_in_use_first(limit=SHOWN)
    return render_template(
        "residents/front.html",
        needs=needs,
        answers=latest_answers(need.id for need in needs),
        outcomes=outcomes,
        ended=ended_among(outcome.id for outcome in outcomes),
        figures=told_in_words(figures()),
    )


def told_in_words(measured: Figures) -> list[Figure]:
    """The four figures that the service is judged by, in words also when there is nothing to tell."""
    return [_in_time(measured), _wait(measured), _in_work(measured), _in_use(measured)]


def _in_time(measured: Figures) -> Figure:
    if measured.in_time_percent is None:
        return Figure(_("Soon"), _("you can see here how often we answer in time. No need has reached its date yet."))
    return Figure(
        _("%(percent)s%%", percent=measured.in_time_percent),
        _("of the needs from the last year got an answer in time."),
    )


def _wait(measured: Figures) -> Figure:
    days = measured.median_days_to_answer
    if days is None:
        return Figure(_("Soon"), _("you can see here how long people wait. We have answered no need yet."))
    return Figure(
        ngettext("%(num)s day", "%(num)s days", days),
        _("or less is what half of those who reported a need waited for an answer."),
    )


def _in_work(measured: Figures) -> Figure:
    count = measured.in_project + measured.testing
    words = ngettext(
        "need is being worked on in an innovation project.",
        "needs are being worked on in innovation projects.",
        count,
    )
    return Figure(number(count), words)


def _in_use(measured: Figures) -> Figure:
    words = ngettext(
        "need has led to something new that is taken into use.",
        "needs have led to something new that is taken into use.",
        measured.in_use,
    )
    return Figure(number(measured.in_use), words)
