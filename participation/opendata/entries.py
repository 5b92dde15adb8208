"""What the feeds tell of: outcomes, the lines of a need's timeline, and a project's moves. Only what is public."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from flask import render_template
from flask_babel import get_locale
from flask_babel import gettext as _

from participation.needs.models import Need, NeedUpdate
from participation.needs.rules import BY_AUTHOR, LETTERS, UpdateKind
from participation.opendata.atom import Entry
from participation.outcomes.models import Outcome, OutcomeNeed, UseCheck
from participation.outcomes.wording import InLanguage, in_language
from participation.projects.models import Project, ProjectMove
from participation.projects.rules import Ending, Phase
from participation.web.addresses import absolute_url
from participation.web.filters import label
from participation.web.text import markdown


def of_outcome(outcome: Outcome, *, ended: datetime | None) -> Entry:
    """The outcome; `ended` is when it went out of use, if it has."""
    url = absolute_url("residents.show_outcome", outcome_id=outcome.id)
    published = outcome.published_at or outcome.created_at
    said = in_language(outcome.words, outcome.translations, str(get_locale()))
    return Entry(
        id=url,
        url=url,
        title=said.title.text,
        published=published,
        updated=max(filter(None, (published, outcome.corrected_at, ended))),
        content=render_template("opendata/outcome.html", outcome=outcome, said=said, ended=ended),
    )


def of_ending(check: UseCheck) -> Entry:
    """That the outcome went out of use: an entry of its own, since programs seldom show an old one again."""
    outcome, ended = check.outcome, check.answered_at or check.outcome.created_at
    url = absolute_url("residents.show_outcome", outcome_id=outcome.id)
    title = in_language({"title": outcome.title, "needs": {}}, outcome.translations, str(get_locale())).title
    return Entry(
        id=f"{url}#no-longer-in-use",
        url=url,
        title=_("No longer in use: %(title)s", title=title.text),
        published=ended,
        updated=ended,
        content=render_template("opendata/no_longer_in_use.html", check=check),
    )


def of_lines(
    need: Need,
    lines: Iterable[NeedUpdate],
    *,
    projects: Iterable[Project],
    outcomes: Iterable[tuple[OutcomeNeed, Outcome]],
) -> Iterator[Entry]:
    """The need's story, given the projects and outcomes that anyone may see: of others only that something happened."""
    shown = {project.id: project for project in projects if project.is_public}
    told = {answer.outcome_id: Told(answer, outcome) for answer, outcome in outcomes}
    for line in lines:
        yield _of_line(need, line, shown.get(line.project_id or 0), told.get(line.outcome_id or 0))


@dataclass(frozen=True)
class Told:
    """What a published outcome says to a need."""

    answer: OutcomeNeed
    outcome: Outcome

    @property
    def said(self) -> InLanguage:
        words = {"title": self.outcome.title, "needs": {str(self.answer.need_id): self.answer.text}}
        return in_language(words, self.outcome.translations, str(get_locale()))


def _of_line(need: Need, line: NeedUpdate, project: Project | None, told: Told | None) -> Entry:
    page = absolute_url("residents.show_need", need_id=need.id)
    content = render_template(
        "opendata/line.html",
        line=line,
        project=project,
        told=told,
        is_outcome=line.kind is UpdateKind.OUTCOME,
        own_words=_residents_words(need, line),
        words=_municipal_words(line, project, told),
    )
    corrected = told.outcome.corrected_at if told and line.kind is UpdateKind.OUTCOME else line.corrected_at
    return Entry(
        id=f"{page}#line-{line.id}",
        url=f"{page}#answer-{line.id}" if line.kind in LETTERS else page,
        title=_title(line, project),
        published=line.at,
        updated=corrected or line.at,
        content=content,
        author=_author(line),
    )


def _title(line: NeedUpdate, project: Project | None) -> str:
    phase = line.kind is UpdateKind.PHASE_CHANGED and project is not None and line.detail
    return f"{label(line.kind)}: {label(Phase(line.detail))}" if phase else label(line.kind)


def _residents_words(need: Need, line: NeedUpdate) -> str:
    """What the one who reported the need wrote."""
    if line.kind is UpdateKind.RECEIVED:
        return need.description
    return line.body if line.kind in BY_AUTHOR else ""


def _municipal_words(line: NeedUpdate, project: Project | None, told: Told | None) -> str:
    """What the municipality wrote; nothing of what an internal project or an outcome that is not public said."""
    about_hidden = line.project_id is not None and project is None
    if line.kind in BY_AUTHOR | {UpdateKind.OUTCOME} or about_hidden:
        return ""
    taken_back = line.outcome_id is not None and told is None and line.kind is not UpdateKind.OUTCOME_WITHDRAWN
    return "" if taken_back else line.body


def _author(line: NeedUpdate) -> str:
    """Who signs: staff under their answers; residents never by name."""
    if line.kind in LETTERS and line.actor:
        return f"{line.actor.name}, {line.actor.unit}" if line.actor.unit else line.actor.name
    return _("A resident") if line.kind in BY_AUTHOR | {UpdateKind.RECEIVED} else ""


def of_move(project: Project, move: ProjectMove) -> Entry:
    page = absolute_url("residents.show_project", project_id=project.id)
    return Entry(
        id=f"{page}#move-{move.id}",
        url=page,
        title=_("The project moved on: %(phase)s", phase=label(move.phase)) if move.phase else _ended(move),
        published=move.at,
        updated=move.at,
        content=render_template("opendata/move.html", project=project, move=move),
    )


def of_news(project: Project, line: NeedUpdate) -> Entry:
    """What the project wrote to those behind its needs, as its page shows it."""
    page = absolute_url("residents.show_project", project_id=project.id)
    return Entry(
        id=f"{page}#news-{line.id}",
        url=page,
        title=label(line.kind),
        published=line.at,
        updated=line.corrected_at or line.at,
        content=str(markdown(line.body)),
    )


def _ended(move: ProjectMove) -> str:
    words = _("The project has come to its end: %(ending)s", ending=label(move.ending or Ending.STOPPED))
    return str(words)
