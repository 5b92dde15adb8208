"""What a visitor asks the list of needs for, as it stands in the address: read here, and written back here."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, TypeVar

from flask import request, url_for
from flask_babel import get_locale, gettext, lazy_gettext

from participation.accounts.rules import Language
from participation.geography.rules import NEAR_DECIMALS, Point
from participation.needs.listing import Sort
from participation.needs.models import Area, Theme
from participation.needs.queries import NeedFilter
from participation.needs.rules import NeedState
from participation.search.rules import QUERY_MAX_CHARACTERS
from participation.web.addresses import absolute_url
from participation.web.filters import label
from participation.web.pagination import Cursor
from participation.web.text import cleaned

PAGES_MAX = 10
"""So many pages that were loaded one after the other are shown again at once; beyond that, a page begins anew."""
STATE_SLUGS = {
    NeedState.RECEIVED: "mottatt",
    NeedState.ASSESSING: "til-vurdering",
    NeedState.ACCEPTED: "tatt-inn",
    NeedState.IN_PROJECT: "i-prosjekt",
    NeedState.TESTING: "proves-ut",
    NeedState.IN_USE: "tatt-i-bruk",
    NeedState.DECLINED: "ikke-tatt-videre",
}
_STATES = {slug: state for state, slug in STATE_SLUGS.items()} | {state.value: state for state in STATE_SLUGS}
SORT_WORDS = {
    Sort.BEST: lazy_gettext("Best match"),
    Sort.CURRENT: lazy_gettext("Most current"),
    Sort.NEWEST: lazy_gettext("Newest"),
    Sort.SUPPORTED: lazy_gettext("Most support"),
    Sort.COMMENTED: lazy_gettext("Most comments"),
}
One = TypeVar("One")


class Mine(StrEnum):
    """What those who are signed in may see their own part of. Nobody else is shown it."""

    REPORTED = "meldt"
    SUPPORTED = "stottet"
    FOLLOWED = "fulgt"


MINE_WORDS = {
    Mine.REPORTED: lazy_gettext("Mine"),
    Mine.SUPPORTED: lazy_gettext("Those I support"),
    Mine.FOLLOWED: lazy_gettext("Those I follow"),
}


@dataclass(frozen=True)
class Chip:
    """A filter in force, and the address of the list without it."""

    label: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The filters of the address that are known; unknown ones ask for nothing. Of each kind, any of several."""

    text: str = ""
    themes: tuple[Theme, ...] = ()
    areas: tuple[Area, ...] = ()
    states: tuple[NeedState, ...] = ()
    mine: Mine | None = None
    sort: Sort | None = None
    """None for the order that goes without saying."""
    near: Point | None = None
    """The nearest to here first. To about a hundred metres: where someone is stays in histories and logs."""

    @property
    def filter(self) -> NeedFilter:
        return NeedFilter(
            themes=frozenset(theme.id for theme in self.themes),
            areas=frozenset(area.id for area in self.areas),
            states=frozenset(self.states),
        )

    @property
    def order(self) -> Sort:
        return self.sort or (Sort.BEST if self.has_best else Sort.CURRENT)

    @property
    def has_best(self) -> bool:
        """Whether what fits has an order of its own: by the words, or by how near it is."""
        return bool(self.text or self.near)

    @property
    def arguments(self) -> dict[str, Any]:
        """The same in the words of an address: of the list, and of any page that shows what the list does."""
        return {
            "q": self.text or None,
            "tema": [theme.key for theme in self.themes],
            "omrade": [area.key for area in self.areas],
            "status": [STATE_SLUGS[state] for state in self.states],
            "mine": self.mine.value if self.mine else None,
            "sorter": self.sort.value if self.sort else None,
            "nar": str(self.near) if self.near else None,
        }

    def url(self, *, after: Cursor | None = None, pages: int = 1) -> str:
        """The list's address that asks for the same."""
        at: dict[str, Any] = {"etter": str(after) if after else None, "sider": pages if pages > 1 else None}
        return url_for("residents.list_needs", **self.arguments, **at)

    @property
    def canonical_url(self) -> str:
        """The full address to be known by: without where someone is."""
        return absolute_url("residents.list_needs", **replace(self, near=None).arguments)

    @property
    def without_words(self) -> str:
        """The address that asks for all of this but the words."""
        return replace(self, text="").url()

    @property
    def without_filters(self) -> str:
        """The address that asks for the words only."""
        return Asked(text=self.text).url()

    @property
    def without_sort(self) -> str:
        """The address that asks for the same, in the order that goes without saying."""
        return replace(self, sort=None).url()

    @property
    def chips(self) -> list[Chip]:
        chips = []
        if self.text:
            chips.append(Chip(gettext("Words: %(words)s", words=self.text), self.without_words))
        for theme in self.themes:
            without = replace(self, themes=_without(self.themes, theme))
            chips.append(Chip(gettext("Theme: %(name)s", name=theme_name(theme)), without.url()))
        for area in self.areas:
            without = replace(self, areas=_without(self.areas, area))
            chips.append(Chip(gettext("Area: %(name)s", name=area.name), without.url()))
        for state in self.states:
            without = replace(self, states=_without(self.states, state))
            chips.append(Chip(gettext("How far: %(state)s", state=label(state)), without.url()))
        if self.mine:
            chips.append(Chip(str(MINE_WORDS[self.mine]), replace(self, mine=None).url()))
        if self.near:
            chips.append(Chip(gettext("Near me"), replace(self, near=None).url()))
        return chips


def _without(some: tuple[One, ...], one: One) -> tuple[One, ...]:
    return tuple(other for other in some if other is not one)


def asked(themes: Sequence[Theme], areas: Sequence[Area], *, is_signed_in: bool) -> Asked:
    """Read the address."""
    arguments = request.args
    text = cleaned(arguments.get("q", ""))[:QUERY_MAX_CHARACTERS]
    near = Point.parse(arguments.get("nar"), decimals=NEAR_DECIMALS)
    wanted_states = {_STATES.get(word) for word in arguments.getlist("status")}
    return Asked(
        text=text,
        themes=_named(themes, arguments.getlist("tema")),
        areas=_named(areas, arguments.getlist("omrade")),
        states=tuple(state for state in STATE_SLUGS if state in wanted_states),
        mine=_member(Mine, arguments.get("mine")) if is_signed_in else None,
        sort=_sort(arguments.get("sorter"), has_best=bool(text or near)),
        near=near,
    )


Entry = TypeVar("Entry", Theme, Area)
Word = TypeVar("Word", bound=StrEnum)


def _named(entries: Iterable[Entry], keys: Collection[str]) -> tuple[Entry, ...]:
    wanted = set(keys)
    return tuple(entry for entry in entries if entry.key in wanted)


def _member(words: type[Word], word: str | None) -> Word | None:
    return next((member for member in words if member.value == word), None)


def _sort(word: str | None, *, has_best: bool) -> Sort | None:
    """What goes without saying is left unsaid, so that a list has one address."""
    sort = _member(Sort, word)
    if has_best:
        return None if sort is Sort.BEST else sort
    return None if sort in {Sort.BEST, Sort.CURRENT} else sort


def pages_asked() -> int:
    """How many pages have been loaded one after the other."""
    pages = request.args.get("sider", 1, type=int)
    return pages if 1 <= pages <= PAGES_MAX else 1


def theme_name(theme: Theme) -> str:
    return theme.name(Language(str(get_locale())))
