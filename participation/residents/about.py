"""What the service is, what it does with what it knows, and how it goes."""

from dataclasses import dataclass

from flask import current_app, render_template
from flask_babel import get_locale

from participation.accounts.rules import SIGNIN_LINK_EXPIRY_MINUTES, SIGNIN_SESSION_DAYS, SPENT_SIGNIN_DAYS, Language
from participation.insights.queries import ENOUGH_ANSWERED, Figures, figures
from participation.needs.queries import all_themes
from participation.needs.rules import UNSIGNED_DRAFT_DAYS, NeedState
from participation.residents.blueprint import residents
from participation.residents.front import told_in_words
from participation.web.access import public
from participation.web.filters import label
from participation.web.language import COOKIE


@dataclass(frozen=True)
class StateCount:
    label: str
    value: int


@residents.get("/om")
@public
def about() -> str:
    return render_template("residents/about.html")


@residents.get("/personvern")
@public
def privacy() -> str:
    return render_template(
        "residents/privacy.html",
        session_cookie=current_app.config["SESSION_COOKIE_NAME"],
        language_cookie=COOKIE,
        link_minutes=SIGNIN_LINK_EXPIRY_MINUTES,
        session_days=SIGNIN_SESSION_DAYS,
        spent_days=SPENT_SIGNIN_DAYS,
        draft_days=UNSIGNED_DRAFT_DAYS,
    )


@residents.get("/innsikt")
@public
def insights() -> str:
    measured = figures()
    return render_template(
        "residents/insights.html",
        measured=measured,
        figures=told_in_words(measured),
        states=_counts(measured),
        waits=_waits(measured),
        enough=ENOUGH_ANSWERED,
    )


@dataclass(frozen=True)
class Wait:
    """How long half of those waited for an answer in a theme; none where too few are answered."""

    label: str
    value: int | None


def _waits(measured: Figures) -> list[Wait]:
    """The themes where someone waits or has waited, the one with the longest wait first."""
    language, days = Language(str(get_locale())), measured.median_days_by_theme
    waits = [Wait(theme.name(language), days[str(theme.id)]) for theme in all_themes() if str(theme.id) in days]
    return sorted(waits, key=lambda wait: -1 if wait.value is None else wait.value, reverse=True)


def _counts(measured: Figures) -> list[StateCount]:
    return [StateCount(label(state), measured.by_state.get(state.value, 0)) for state in NeedState]
