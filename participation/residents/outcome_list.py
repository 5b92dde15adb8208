"""What a visitor asks the list of results for, as it stands in the address."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from flask import request, url_for
from flask_babel import get_locale

from participation import clock
from participation.accounts.rules import Language
from participation.files.service import picture_sizes, the_store
from participation.needs.models import Area, Theme
from participation.outcomes.models import Outcome
from participation.outcomes.queries import OutcomeFilter
from participation.outcomes.rules import Value, Verdict
from participation.residents.need_list import Chip
from participation.web.filters import label

VALUE_SLUGS = {
    Value.QUALITY: "kvalitet",
    Value.EFFICIENCY: "effektivitet",
    Value.STAFF_SATISFACTION: "medarbeidere",
    Value.RESIDENT_INFLUENCE: "innbyggerinnflytelse",
    Value.BUSINESS_VALUE: "naringsliv",
    Value.AVOIDED_COSTS: "unngatte-kostnader",
}
VERDICT_SLUGS = {Verdict.MET: "dekket", Verdict.PARTLY: "delvis-dekket"}
_VALUES = {slug: value for value, slug in VALUE_SLUGS.items()}
_VERDICTS = {slug: verdict for verdict, slug in VERDICT_SLUGS.items()}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The filters of the address that are known; unknown ones ask for nothing."""

    theme: Theme | None = None
    area: Area | None = None
    value: Value | None = None
    verdict: Verdict | None = None
    year: int | None = None

    @property
    def filter(self) -> OutcomeFilter:
        return OutcomeFilter(
            theme_id=self.theme.id if self.theme else None,
            area_id=self.area.id if self.area else None,
            value=self.value,
            verdict=self.verdict,
            year=self.year,
        )

    def url(self, *, after: str | None = None) -> str:
        """The list's address that asks for the same."""
        return url_for(
            "residents.list_outcomes",
            tema=self.theme.key if self.theme else None,
            omrade=self.area.key if self.area else None,
            verdi=VALUE_SLUGS[self.value] if self.value else None,
            svar=VERDICT_SLUGS[self.verdict] if self.verdict else None,
            ar=self.year,
            etter=after,
        )

    @property
    def chips(self) -> list[Chip]:
        chips = []
        if self.theme:
            language = Language(str(get_locale()))
            chips.append(Chip(self.theme.name(language), replace(self, theme=None).url()))
        if self.area:
            chips.append(Chip(self.area.name, replace(self, area=None).url()))
        if self.value:
            chips.append(Chip(label(self.value), replace(self, value=None).url()))
        if self.verdict:
            chips.append(Chip(label(self.verdict), replace(self, verdict=None).url()))
        if self.year:
            chips.append(Chip(str(self.year), replace(self, year=None).url()))
        return chips


def asked(themes: Sequence[Theme], areas: Sequence[Area], *, years: Sequence[int]) -> Asked:
    """Read the address."""
    arguments = request.args
    return Asked(
        theme=next((theme for theme in themes if theme.key == arguments.get("tema")), None),
        area=next((area for area in areas if area.key == arguments.get("omrade")), None),
        value=_VALUES.get(arguments.get("verdi", "")),
        verdict=_VERDICTS.get(arguments.get("svar", "")),
        year=next((year for year in years if str(year) == arguments.get("ar")), None),
    )


def years_since(first: int | None) -> list[int]:
    """From this year back to the first with a result."""
    this_year = clock.today().year
    return list(range(this_year, (first or this_year) - 1, -1))


def choices(
    themes: Sequence[Theme], areas: Sequence[Area], years: Sequence[int], wanted: Asked
) -> dict[str, list[tuple[str, str]]]:
    """What each filter offers: what is in use, and what is asked for if it no longer is."""
    language = Language(str(get_locale()))
    return {
        "themes": [(row.key, row.name(language)) for row in themes if row.active or row is wanted.theme],
        "areas": [(row.key, row.name) for row in areas if row.active or row is wanted.area],
        "values": [(slug, label(value)) for value, slug in VALUE_SLUGS.items()],
        "verdicts": [(slug, label(verdict)) for verdict, slug in VERDICT_SLUGS.items()],
        "years": [(str(year), str(year)) for year in years],
    }


def pictures(outcomes: Iterable[Outcome]) -> dict[int, dict[int, tuple[int, int]]]:
    """By outcome, the size of its picture at each width; empty without one."""
    store = the_store()
    return {outcome.id: picture_sizes(outcome.picture_key, store) for outcome in outcomes}
