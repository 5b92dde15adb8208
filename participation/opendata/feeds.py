"""Atom feeds, for those who follow what happens in a program of their own: no account, and nobody knows who reads."""

from collections.abc import Sequence
from datetime import UTC, datetime

from flask import Response
from flask_babel import get_locale
from flask_babel import gettext as _

from participation.accounts.rules import Language
from participation.needs import queries as needs
from participation.opendata import entries
from participation.opendata.atom import ENTRIES_MAX, Entry, Feed, answer, newest
from participation.opendata.blueprint import in_asked_language, opendata
from participation.outcomes import queries as outcomes
from participation.outcomes.follow_up_queries import ended_among, latest_ended
from participation.outcomes.models import Outcome, UseCheck
from participation.projects import queries as projects
from participation.projects.models import Project
from participation.web.access import public
from participation.web.addresses import absolute_url
from participation.web.views import found

# Before anything has come of anything.
_BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)


@opendata.get("/strom/resultater.atom")
@public
@in_asked_language
def outcomes_feed() -> Response:
    return _of_outcomes(_("You said – we did"), outcomes.published(limit=ENTRIES_MAX), latest_ended(limit=ENTRIES_MAX))


@opendata.get("/strom/tema/<theme_key>.atom")
@public
@in_asked_language
def theme_feed(theme_key: str) -> Response:
    theme = found(next((one for one in needs.all_themes() if one.key == theme_key), None))
    return _of_outcomes(
        _("You said – we did: %(what)s", what=theme.name(Language(str(get_locale())))),
        outcomes.published_about(theme_id=theme.id, limit=ENTRIES_MAX),
        latest_ended(theme_id=theme.id, limit=ENTRIES_MAX),
    )


@opendata.get("/strom/omrade/<area_key>.atom")
@public
@in_asked_language
def area_feed(area_key: str) -> Response:
    area = found(next((one for one in needs.all_areas() if one.key == area_key), None))
    return _of_outcomes(
        _("You said – we did: %(what)s", what=area.name),
        outcomes.published_about(area_id=area.id, limit=ENTRIES_MAX),
        latest_ended(area_id=area.id, limit=ENTRIES_MAX),
    )


def _of_outcomes(title: str, rows: Sequence[Outcome], ended: Sequence[UseCheck]) -> Response:
    return answer(
        Feed(
            title=title,
            url=absolute_url("residents.list_outcomes"),
            since=_BEGINNING,
            entries=newest(_results(rows, ended)),
        )
    )


def _results(rows: Sequence[Outcome], ended: Sequence[UseCheck]) -> list[Entry]:
    since = ended_among(outcome.id for outcome in rows)
    told = [entries.of_outcome(outcome, ended=since.get(outcome.id)) for outcome in rows]
    return told + [entries.of_ending(check) for check in ended]


@opendata.get("/strom/behov/<id:need_id>.atom")
@public
@in_asked_language
def need_feed(need_id: int) -> Response:
    need = found(needs.need_page(need_id))
    story = entries.of_lines(
        need,
        needs.timeline(need.id)[-ENTRIES_MAX:],
        projects=[link.project for link in projects.links_of_need(need.id)],
        outcomes=outcomes.answers_to(need.id),
    )
    return answer(
        Feed(
            title=need.title,
            url=absolute_url("residents.show_need", need_id=need.id),
            since=need.created_at,
            entries=newest(story),
        )
    )


@opendata.get("/strom/prosjekter/<id:project_id>.atom")
@public
@in_asked_language
def project_feed(project_id: int) -> Response:
    project = found(_public_project(project_id))
    ties = (*projects.links_of_project(project.id), *projects.links_of_project(project.id, ended=True))
    news = projects.news(project.id, need_ids={tie.need_id for tie in ties})
    story = [entries.of_move(project, move) for move in projects.moves(project.id)]
    story += [entries.of_news(project, line) for line in news]
    results = outcomes.published_of_project(project.id)[:ENTRIES_MAX]
    story += _results(results, latest_ended(project_id=project.id, limit=ENTRIES_MAX))
    return answer(
        Feed(
            title=project.title,
            url=absolute_url("residents.show_project", project_id=project.id),
            since=project.created_at,
            entries=newest(story),
        )
    )


def _public_project(project_id: int) -> Project | None:
    project = projects.project(project_id)
    return project if project and project.is_public else None
