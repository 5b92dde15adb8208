"""What a visitor asks the list of needs for, as it stands in the address."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask import request, url_for
from flask_babel import get_locale, gettext, lazy_gettext

from participation.accounts.rules import Language
from participation.geography.rules import NEAR_DECIMALS, Point
from participation.needs.models import Area, Theme
from participation.needs.queries import NeedFilter, Sort
from participation.needs.rules import NeedState
from participation.web.filters import label
from participation.web.text import cleaned

SEARCH_MAX_CHARACTERS = 200
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
    Sort.CURRENT: lazy_gettext("Most current"),
    Sort.NEWEST: lazy_gettext("Newest"),
    Sort.SUPPORTED: lazy_gettext("Most support"),
    Sort.COMMENTED: lazy_gettext("Most comments"),
}


@dataclass(frozen=True)
class Chip:
    """A filter in force, and the address of the list without it."""

    label: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The filters of the address that are known; unknown ones ask for nothing."""

    text: str = ""
    theme: Theme | None = None
    area: Area | None = None
    state: NeedState | None = None
    sort: Sort = Sort.CURRENT
    near: Point | None = None
    """The nearest to here first. To about a hundred metres: where someone is stays in histories and logs."""

    @property
    def filter(self) -> NeedFilter:
        return NeedFilter(
            text=self.text,
            theme_id=self.theme.id if self.theme else None,
            area_id=self.area.id if self.area else None,
            state=self.state,
            sort=self.sort,
        )

    def url(self, *, after: str | None = None) -> str:
        """The list's address that asks for the same."""
        return url_for(
            "residents.list_needs",
            q=self.text or None,
            tema=self.theme.key if self.theme else None,
            omrade=self.area.key if self.area else None,
            status=STATE_SLUGS[self.state] if self.state else None,
            sorter=None if self.sort is Sort.CURRENT else self.sort.value,
            nar=str(self.near) if self.near else None,
            etter=after,
        )

    @property
    def chips(self) -> list[Chip]:
        chips = []
        if self.text:
            chips.append(Chip(gettext("“%(words)s”", words=self.text), replace(self, text="").url()))
        if self.theme:
            language = Language(str(get_locale()))
            chips.append(Chip(self.theme.name(language), replace(self, theme=None).url()))
        if self.area:
            chips.append(Chip(self.area.name, replace(self, area=None).url()))
        if self.state:
            chips.append(Chip(label(self.state), replace(self, state=None).url()))
        if self.near:
            chips.append(Chip(gettext("Near me"), replace(self, near=None).url()))
        return chips


def asked(themes: Sequence[Theme], areas: Sequence[Area]) -> Asked:
    """Read the address."""
    arguments = request.args
    sort = arguments.get("sorter", "")
    return Asked(
        text=cleaned(arguments.get("q", ""))[:SEARCH_MAX_CHARACTERS],
        theme=next((theme for theme in themes if theme.key == arguments.get("tema")), None),
        area=next((area for area in areas if area.key == arguments.get("omrade")), None),
        state=_STATES.get(arguments.get("status", "")),
        sort=Sort(sort) if sort in set(Sort) else Sort.CURRENT,
        near=Point.parse(arguments.get("nar"), decimals=NEAR_DECIMALS),
    )


def theme_choices(themes: Sequence[Theme], wanted: Asked) -> list[tuple[str, str]]:
    """The themes in use, and the one asked for if it no longer is."""
    language = Language(str(get_locale()))
    return [(theme.key, theme.name(language)) for theme in themes if theme.active or theme is wanted.theme]
