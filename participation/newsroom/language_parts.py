"""A part of a form that says a result's words in another language."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import lazy_gettext

from participation.outcomes.rules import (
    NEED_TEXT_MAX_CHARACTERS,
    PICTURE_ALT_MAX_CHARACTERS,
    SUMMARY_MAX_CHARACTERS,
    TEXT_MAX_CHARACTERS,
    TITLE_MAX_CHARACTERS,
)
from participation.outcomes.wording import PARTS
from participation.web.forms import Part, TextBlock, TextLine, at_most


class LanguagePart(Part):
    """All of it optional: what is not said in the language, readers get in bokmål."""

    title = TextLine(lazy_gettext("Title"), [at_most(TITLE_MAX_CHARACTERS)])
    summary = TextBlock(lazy_gettext("In short"), [at_most(SUMMARY_MAX_CHARACTERS)])
    body = TextBlock(lazy_gettext("What was done, and what changed"), [at_most(TEXT_MAX_CHARACTERS)])
    picture_alt = TextLine(lazy_gettext("What does the picture show?"), [at_most(PICTURE_ALT_MAX_CHARACTERS)])

    def words(self) -> dict[str, Any]:
        needs = {name.removeprefix("need_"): field.data for name, field in self._fields.items() if name not in PARTS}
        return {**{part: self[part].data for part in PARTS}, "needs": needs}


def language_part(needs: Mapping[int, str]) -> type[LanguagePart]:
    """The part with a text to each of the needs, given by number with their titles."""
    texts = {f"need_{number}": TextBlock(title, [at_most(NEED_TEXT_MAX_CHARACTERS)]) for number, title in needs.items()}
    return type("LanguagePartWithNeeds", (LanguagePart,), texts)


def part_data(said: Mapping[str, Any]) -> dict[str, Any]:
    """What such a part holds of a translation that is kept."""
    needs = {f"need_{number}": text for number, text in said.get("needs", {}).items()}
    return {**{part: said.get(part, "") for part in PARTS}, **needs}


def data_of(translations: Mapping[str, Mapping[str, Any]], languages: Iterable[str]) -> dict[str, Any]:
    return {f"in_{language}": part_data(translations.get(language, {})) for language in languages}
