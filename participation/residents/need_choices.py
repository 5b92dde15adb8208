"""What the list of needs offers to be narrowed by, with how many needs each choice would leave."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask import request
from flask_babel import gettext as _

from participation.needs import listing
from participation.needs.listing import Listed, Sort
from participation.needs.models import Area, Theme
from participation.needs.rules import Counts, NeedState
from participation.permissions import Actor
from participation.residents.need_list import MINE_WORDS, SORT_WORDS, STATE_SLUGS, Asked, theme_name
from participation.residents.need_matches import Matches
from participation.web.filters import counted, label
from participation.web.pagination import Cursor


@dataclass(frozen=True)
class Choice:
    value: str
    label: str
    chosen: bool
    count: int | None = None
    theme: Theme | None = None


@dataclass(frozen=True)
class Group:
    """Choices of one kind, any of which may be made together."""

    name: str
    label: str
    choices: list[Choice]

    @property
    def chosen(self) -> int:
        return sum(choice.chosen for choice in self.choices)


def listed(wanted: Asked, among: Matches, *, after: Cursor | None, pages: int) -> Listed:
    """The list that is asked for."""
    shown = listing.list_needs(wanted.filter, sort=wanted.order, among=among.numbers, after=after, pages=pages)
    is_cut = shown.is_cut or among.is_cut
    # Where not all were looked at, how many another choice would leave is not known.
    return replace(shown, is_cut=is_cut, counts_all=not (is_cut or among.is_filtered))


def groups(themes: Sequence[Theme], areas: Sequence[Area], wanted: Asked, counts: Counts | None) -> list[Group]:
    """The kinds of choices: what is in use, and what is chosen even if it no longer is. Some lists can't be counted."""
    by_theme = [
        Choice(theme.key, theme_name(theme), theme in wanted.themes, counts.themes[theme.id] if counts else None, theme)
        for theme in themes
        if theme.active or theme in wanted.themes
    ]
    by_area = [
        Choice(area.key, area.name, area in wanted.areas, counts.areas[area.id] if counts else None)
        for area in areas
        if area.active or area in wanted.areas
    ]
    by_state = [
        Choice(slug, sentence(state), state in wanted.states, counts.states[state] if counts else None)
        for state, slug in STATE_SLUGS.items()
    ]
    return [
        Group("tema", _("Theme"), by_theme),
        Group("omrade", _("Area"), by_area),
        Group("status", _("How far it has come"), by_state),
    ]


def sentence(state: NeedState) -> str:
    """Its words as they begin a line."""
    words = label(state)
    return words[:1].upper() + words[1:]


def mine_choices(wanted: Asked) -> list[Choice]:
    everyone = Choice("", _("All"), wanted.mine is None)
    return [everyone, *(Choice(one.value, str(words), wanted.mine is one) for one, words in MINE_WORDS.items())]


def sort_choices(wanted: Asked) -> list[Choice]:
    """The order that goes without saying says nothing in the address either. Best match is for a search only."""
    unsaid = replace(wanted, sort=None).order
    offered = [sort for sort in SORT_WORDS if sort is not Sort.BEST or wanted.has_best]
    return [_sort_choice(sort, wanted, unsaid) for sort in offered]


def _sort_choice(sort: Sort, wanted: Asked, unsaid: Sort) -> Choice:
    return Choice("" if sort is unsaid else sort.value, _sort_words(sort, wanted), wanted.order is sort)


def _sort_words(sort: Sort, wanted: Asked) -> str:
    return _("Nearest") if sort is Sort.BEST and wanted.near else str(SORT_WORDS[sort])


def heading(found: Listed) -> str:
    """128 behov"""
    total = found.counts.total
    if found.is_cut:
        return counted("At least %(num)s need", "At least %(num)s needs", total)
    return counted("%(num)s need", "%(num)s needs", total)


def show_words(found: Listed) -> str:
    """Vis 11 behov"""
    total = found.counts.total
    if found.is_cut:
        return counted("Show at least %(num)s need", "Show at least %(num)s needs", total)
    return counted("Show %(num)s need", "Show %(num)s needs", total)


def is_first_meeting(wanted: Asked, actor: Actor | None, *, after: Cursor | None, pages: int) -> bool:
    """Nothing is asked for, by somebody whom we don't know: perhaps they have never been here.

    Whoever has just taken their last filter away, in place, has; and what they look at must not jump.
    """
    asks = (*wanted.chips, wanted.sort, after)
    return actor is None and pages == 1 and not any(asks) and "HX-Request" not in request.headers
