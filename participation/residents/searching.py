"""One search in everything that residents can read."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from markupsafe import Markup

from participation.comments import queries as comments
from participation.comments.models import SUBJECT_KIND as COMMENT
from participation.needs import queries as needs
from participation.needs.models import SUBJECT_KIND as NEED
from participation.needs.models import Need
from participation.outcomes import queries as outcomes
from participation.outcomes.models import SUBJECT_KIND as OUTCOME
from participation.projects import queries as projects
from participation.projects.models import SUBJECT_KIND as PROJECT
from participation.residents.blueprint import residents
from participation.residents.need_list import theme_name
from participation.search.marking import first_told, from_first, marked
from participation.search.queries import Found, find_each
from participation.search.rules import QUERY_MAX_CHARACTERS, to_stand_in_quotes
from participation.web.access import public
from participation.web.filters import label
from participation.web.text import cleaned, plain

SHOWN_OF_EACH, SHOWN_OF_ONE = 5, 50
EXCERPT_CHARACTERS = 160


@dataclass(frozen=True)
class Hit:
    title: str
    url: str
    texts: Sequence[str]
    """What it says, in the order of which is shown first if nothing in it was asked for."""
    facts: str = ""

    @property
    def all_texts(self) -> Sequence[str]:
        return self.title, *self.texts, self.facts


@dataclass(frozen=True)
class Part:
    """What was found of one kind."""

    slug: str
    heading: str
    hits: Sequence[Hit]
    count: int
    is_all: bool
    """Else there may be more than are counted."""
    all_url: str
    found: Found


@dataclass(frozen=True)
class Kind:
    name: str
    heading: str
    hits: Callable[[Sequence[int]], Sequence[Hit]]


@residents.get("/sok")
@public
def search() -> str:
    text = cleaned(request.args.get("q", ""))[:QUERY_MAX_CHARACTERS]
    only = request.args.get("i") if request.args.get("i") in KINDS else None
    found = _find(text)
    parts = [_part(slug, found[kind.name], text, only) for slug, kind in KINDS.items() if only in (None, slug)]
    return render_template(
        "residents/search.html",
        text=text,
        only=only,
        parts=[part for part in parts if part.count],
        of_needs=found[NEED],
        in_quotes=to_stand_in_quotes(text),
        says_nothing=found[NEED].query.says_nothing,
    )


def _find(text: str) -> dict[str, Found]:
    among = {
        NEED: needs.shown_documents(),
        PROJECT: None,
        OUTCOME: None,
        COMMENT: comments.in_shown_needs(),
    }
    return find_each(among, text)


def _part(slug: str, found: Found, text: str, only: str | None) -> Part:
    shown = found.ids[: SHOWN_OF_ONE if only else SHOWN_OF_EACH]
    all_url = (
        url_for("residents.list_needs", q=text) if slug == "behov" else url_for("residents.search", q=text, i=slug)
    )
    kind = KINDS[slug]
    hits = kind.hits(shown) if shown else []
    return Part(slug, kind.heading, hits, len(found.ids), found.all_there_is, all_url, found)


def _needs(numbers: Sequence[int]) -> list[Hit]:
    return [
        Hit(
            need.title,
            url_for("residents.show_need", need_id=need.id),
            texts_of(need),
            f"{label(need.state)} · {need.area.name} · {theme_name(need.theme)}",
        )
        for need in needs.needs_by_id(numbers)
    ]


def _projects(numbers: Sequence[int]) -> list[Hit]:
    return [
        Hit(
            each.title,
            url_for("residents.show_project", project_id=each.id),
            (each.summary, plain(each.purpose)),
            label(each.phase),
        )
        for each in projects.public_by_id(numbers)
    ]


def _outcomes(numbers: Sequence[int]) -> list[Hit]:
    return [
        Hit(each.title, url_for("residents.show_outcome", outcome_id=each.id), (each.summary, plain(each.body)))
        for each in outcomes.published_by_id(numbers)
    ]


def _comments(numbers: Sequence[int]) -> list[Hit]:
    return [
        Hit(
            _("Comment on “%(title)s”", title=need.title),
            url_for(
                "residents.show_need",
                need_id=need.id,
                kommentarer_etter=(comment.parent_id or comment.id) - 1,
                _anchor="comments",
            ),
            (comment.body,),
        )
        for comment, need in comments.with_needs(numbers)
    ]


KINDS = {
    "behov": Kind(NEED, lazy_gettext("Needs"), _needs),
    "prosjekter": Kind(PROJECT, lazy_gettext("Projects"), _projects),
    "resultater": Kind(OUTCOME, lazy_gettext("Results"), _outcomes),
    "kommentarer": Kind(COMMENT, lazy_gettext("Comments"), _comments),
}


def texts_of(need: Need) -> tuple[str, ...]:
    """What a need says, and is found by, in the order that it is read in."""
    return need.description, need.affected, need.solution, need.place


def all_texts_of(need: Need) -> tuple[str, ...]:
    return need.title, *texts_of(need), need.area.name, theme_name(need.theme)


def asked_for_in(texts: Sequence[str], found: Found | None) -> frozenset[str]:
    """By which of the terms of a search something was found that says all this."""
    return found.query.marked_in(" ".join(texts)) if found else frozenset()


def mark(text: str, terms: Collection[str]) -> Markup:
    """The text with the words marked that it was found by."""
    if not terms:
        return Markup.escape(text)
    return Markup().join(
        Markup("<mark>{}</mark>").format(piece) if asked else piece for piece, asked in marked(text, terms)
    )


def around(texts: Sequence[str], terms: Collection[str], characters: int = EXCERPT_CHARACTERS) -> str:
    """The first of the texts that says what was asked for, from where it does so, where that is far into it."""
    return from_first(first_told(texts, terms), terms, characters=characters)
