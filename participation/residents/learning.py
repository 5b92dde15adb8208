"""What ended projects taught: those that succeeded and those that were stopped."""

from collections.abc import Callable
from typing import TypeVar

from flask import render_template, request, url_for
from flask_babel import get_locale

from participation.accounts.rules import Language
from participation.needs.models import Theme
from participation.needs.queries import active_themes
from participation.projects import queries
from participation.projects.queries import LessonFilter
from participation.projects.rules import Ending, Principle
from participation.residents.blueprint import residents
from participation.web.access import public
from participation.web.filters import label
from participation.web.pagination import ID_MAX

ENDING_SLUGS = {Ending.FINISHED: "fullfort", Ending.STOPPED: "stoppet"}
Wanted = TypeVar("Wanted")


@residents.get("/laering")
@public
def learning() -> str:
    themes = active_themes()
    wanted, theme = _wanted(), _asked("tema", lambda key: next(theme for theme in themes if theme.key == key))
    after = request.args.get("etter", type=int)
    chosen = LessonFilter(ending=wanted.ending, principle=wanted.principle, theme_id=theme.id if theme else None)
    projects, last = queries.lessons(chosen, after=after if after and 0 < after <= ID_MAX else None)
    ties = queries.needs_of_projects(project.id for project in projects)
    return render_template(
        "residents/learning.html",
        projects=projects,
        ties=ties,
        steps=queries.next_steps([tie for tied in ties.values() for tie in tied]),
        chosen=chosen,
        theme=theme,
        endings=[(slug, label(ending)) for ending, slug in ENDING_SLUGS.items()],
        slugs=ENDING_SLUGS,
        principles=[(principle.value, label(principle)) for principle in Principle],
        themes=[(one.key, one.name(Language(str(get_locale())))) for one in themes],
        next_url=_address(chosen, theme, after=last) if last else None,
        first_url=_address(chosen, theme) if after else None,
    )


def _wanted() -> LessonFilter:
    """What the address asks for; unknown words ask for nothing."""
    by_slug = {slug: ending for ending, slug in ENDING_SLUGS.items()}
    return LessonFilter(ending=_asked("slutt", by_slug.__getitem__), principle=_asked("prinsipp", Principle))


def _asked(name: str, read: Callable[[str], Wanted]) -> Wanted | None:
    try:
        return read(request.args.get(name, ""))
    except (KeyError, ValueError, StopIteration):
        return None


def _address(chosen: LessonFilter, theme: Theme | None, *, after: int | None = None) -> str:
    return url_for(
        "residents.learning",
        slutt=ENDING_SLUGS[chosen.ending] if chosen.ending else None,
        prinsipp=chosen.principle.value if chosen.principle else None,
        tema=theme.key if theme else None,
        etter=after,
    )
