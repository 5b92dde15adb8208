"""A part of a form that says a result's words in another language."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import lazy_gettext
from wtforms import Field

from participation.files.rules import ALT_MAX_CHARACTERS
from participation.newsroom.outcome_form import evidence_field, evidence_in
from participation.outcomes.rules import (
    INDICATOR_NAME_MAX_CHARACTERS,
    NEED_TEXT_MAX_CHARACTERS,
    SUMMARY_MAX_CHARACTERS,
    TEXT_MAX_CHARACTERS,
    TITLE_MAX_CHARACTERS,
    UNIT_MAX_CHARACTERS,
    Gate,
)
from participation.outcomes.wording import PARTS, Words, figure_keys
from participation.web.forms import Part, TextBlock, TextLine, at_most

# The key of each figure, by the number of its fields.
Figures = Mapping[int, str]


class LanguagePart(Part):
    """All of it optional: what is not said in the language, readers get in bokmål."""

    title = TextLine(lazy_gettext("Title"), [at_most(TITLE_MAX_CHARACTERS)])
    summary = TextBlock(lazy_gettext("In short"), [at_most(SUMMARY_MAX_CHARACTERS)])
    body = TextBlock(lazy_gettext("What was done, and what changed"), [at_most(TEXT_MAX_CHARACTERS)])
    evidence_new = evidence_field(Gate.NEW)
    evidence_useful = evidence_field(Gate.USEFUL)
    evidence_in_use = evidence_field(Gate.IN_USE)
    picture_alt = TextLine(lazy_gettext("What does the picture show?"), [at_most(ALT_MAX_CHARACTERS)])

    def words(self, figures: Figures) -> dict[str, Any]:
        needs = {name.removeprefix("need_"): field.data for name, field in self._fields.items() if _is_need(name)}
        return {
            **{part: self[part].data for part in PARTS},
            "needs": needs,
            "evidence": {gate.value: text for gate, text in evidence_in(self).items()},
            "indicators": {
                key: {part: self[f"figure_{number}_{part}"].data for part in _FIGURE} for number, key in figures.items()
            },
        }

    @property
    def figures(self) -> list[tuple[Field, Field]]:
        """The fields of each figure: what it is, and its unit."""
        named = [name.removesuffix("_name") for name in self._fields if _is_figure(name)]
        return [(self[f"{figure}_name"], self[f"{figure}_unit"]) for figure in named]


_FIGURE = ("name", "unit")


def _is_need(name: str) -> bool:
    return name.startswith("need_")


def _is_figure(name: str) -> bool:
    return name.startswith("figure_") and name.endswith("_name")


def figures_in(words: Words) -> Figures:
    """Those of the bokmål words, numbered in their order."""
    return dict(enumerate(figure_keys(words)))


def language_part(needs: Mapping[int, str], *, figures: int) -> type[LanguagePart]:
    """The part with a text to each of the needs, given by number with their titles, and words for so many figures."""
    named = {name: field for number in range(figures) for name, field in _figure_fields(number).items()}
    texts = {f"need_{number}": TextBlock(title, [at_most(NEED_TEXT_MAX_CHARACTERS)]) for number, title in needs.items()}
    return type("LanguagePartOfResult", (LanguagePart,), named | texts)


def _figure_fields(number: int) -> dict[str, Field]:
    name = lazy_gettext("Figure %(number)s: what is measured", number=number + 1)
    unit = lazy_gettext("Figure %(number)s: unit", number=number + 1)
    return {
        f"figure_{number}_name": TextLine(name, [at_most(INDICATOR_NAME_MAX_CHARACTERS)]),
        f"figure_{number}_unit": TextLine(unit, [at_most(UNIT_MAX_CHARACTERS)]),
    }


def _part_data(said: Mapping[str, Any], figures: Figures) -> dict[str, Any]:
    """What such a part holds of a translation that is kept."""
    texts = {part: said.get(part, "") for part in PARTS}
    texts |= {f"need_{number}": text for number, text in said.get("needs", {}).items()}
    texts |= {f"evidence_{gate}": text for gate, text in said.get("evidence", {}).items()}
    for number, key in figures.items():
        named = said.get("indicators", {}).get(key, {})
        texts |= {f"figure_{number}_{part}": named.get(part, "") for part in _FIGURE}
    return texts


def data_of(
    translations: Mapping[str, Mapping[str, Any]], languages: Iterable[str], *, figures: Figures
) -> dict[str, Any]:
    return {f"in_{language}": _part_data(translations.get(language, {}), figures) for language in languages}
