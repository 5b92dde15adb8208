"""An outcome's words as JSON keeps them, and the same in another language. Knows no database."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

BOKMAL = "nb"
OTHER_LANGUAGES = ("nn", "en")
# What is said in every language: these, the texts by key below, and what the figures are called.
PARTS = ("title", "summary", "body", "picture_alt")
BY_KEY = ("needs", "evidence")

# Title, summary, body, picture_alt; `needs` has the text to each need by its number as text, `evidence` by gate.
# `indicators` are the figures in bokmål, each with name and unit; in a translation their words, by `figure_key`.
Words = Mapping[str, Any]


class Figure(Protocol):
    """A figure before and now, as it stands or as it was."""

    @property
    def name(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def before(self) -> Decimal: ...
    @property
    def now(self) -> Decimal: ...
    @property
    def target(self) -> Decimal | None: ...
    @property
    def measured_on(self) -> date: ...


@dataclass(frozen=True)
class Said:
    """A text, and the language it is in."""

    text: str
    language: str

    def __str__(self) -> str:
        return self.text

    def __bool__(self) -> bool:
        return bool(self.text)


@dataclass(frozen=True)
class SaidFigure:
    key: str
    name: Said
    unit: Said
    figure: Figure


@dataclass(frozen=True)
class InLanguage:
    title: Said
    summary: Said
    body: Said
    picture_alt: Said
    needs: dict[int, Said]
    evidence: dict[str, Said]


def in_language(words: Words, translations: Mapping[str, Words], language: str) -> InLanguage:
    """The words in the language; each that is not said in it, in bokmål."""
    other = _other(translations, language)
    parts = {part: _said(words.get(part, ""), other.get(part, ""), language) for part in PARTS}
    needs, evidence = (_all_said(words.get(group, {}), other.get(group, {}), language) for group in BY_KEY)
    return InLanguage(**parts, needs={int(number): said for number, said in needs.items()}, evidence=evidence)


def figure_in_language(figure: Figure, translations: Mapping[str, Words], language: str) -> SaidFigure:
    """The figure with its name and unit in the language; in bokmål where they are not said in it."""
    key = figure_key(figure.name, figure.unit)
    other = _other(translations, language).get("indicators", {}).get(key, {})
    name, unit = (_said(getattr(figure, part), other.get(part, ""), language) for part in ("name", "unit"))
    return SaidFigure(key, name, unit, figure)


def figure_key(name: str, unit: str) -> str:
    """What a translation and a later measurement know a figure by.

    Its place among the others and its row would not do: both change when the figures are written anew,
    and one that is moved, renamed or taken out must never lend its words to another.
    """
    return f"{name} ({unit})"


def figure_keys(words: Words) -> list[str]:
    """What each of the figures in bokmål is known by, in their order."""
    return [figure_key(figure["name"], figure["unit"]) for figure in words.get("indicators", [])]


def figures_text(figures: Iterable[Mapping[str, str]]) -> str:
    """What the figures are called, a line each."""
    lines = [figure_key(figure.get("name", ""), figure.get("unit", "")) for figure in figures]
    return "\n".join(line.removesuffix(" ()").strip() for line in lines)


def _other(translations: Mapping[str, Words], language: str) -> Words:
    return translations.get(language, {}) if language in OTHER_LANGUAGES else {}


def _all_said(texts: Mapping[str, str], translated: Mapping[str, str], language: str) -> dict[str, Said]:
    return {key: _said(text, translated.get(key, ""), language) for key, text in texts.items()}


def _said(text: str, translated: str, language: str) -> Said:
    return Said(translated, language) if translated.strip() else Said(text, BOKMAL)


def kept_translation(words: Words, written: Words, *, before: Words | None = None) -> dict[str, Any]:
    """A translation to keep, marked with the words it is of; nothing when nothing is written.

    One that says what it said `before` is still of the words it was of then.
    """
    said = _filled({part: written.get(part, "") for part in PARTS}) | {"needs": _filled(written.get("needs", {}))}
    groups = {"evidence": _filled(written.get("evidence", {})), "indicators": _figures_said(words, written)}
    said |= {name: texts for name, texts in groups.items() if texts}
    if not any(said.values()):
        return {}
    return {**said, "of": before["of"] if before and _says_the_same(said, before) else fingerprint(words)}


def _filled(texts: Mapping[str, str]) -> dict[str, Any]:
    """Those of the texts that say something."""
    return {name: text for name, text in texts.items() if text.strip()}


def _figures_said(words: Words, written: Words) -> dict[str, dict[str, str]]:
    """What is written of each of the figures that there are."""
    found = {key: _filled(written.get("indicators", {}).get(key, {})) for key in figure_keys(words)}
    return {key: said for key, said in found.items() if said}


def _says_the_same(said: Words, before: Words) -> bool:
    """Figures follow their names in bokmål, so what was said of them may stand under another, or be gone with them."""
    former = before.get("indicators", {}).values()
    rest = [{name: part for name, part in each.items() if name not in ("of", "indicators")} for each in (said, before)]
    return rest[0] == rest[1] and all(figure in former for figure in said.get("indicators", {}).values())


def is_stale(words: Words, translation: Words) -> bool:
    """Whether the words have changed since they were translated."""
    return bool(translation) and translation.get("of") not in (fingerprint(words), _former_fingerprint(words))


def is_whole(words: Words, translation: Words) -> bool:
    """Whether all that is said in bokmål is said in it."""
    figures = translation.get("indicators", {})
    return (
        all(translation.get(part) for part in PARTS if words.get(part, "").strip())
        and all(translation.get(group, {}).get(key) for group in BY_KEY for key in _filled(words.get(group, {})))
        and all(figures.get(key, {}).keys() >= {"name", "unit"} for key in figure_keys(words))
    )


def fingerprint(words: Words) -> str:
    """Names the bokmål words, so that a translation knows which ones it is of."""
    evidence = _filled(words.get("evidence", {}))
    # Sorted: a figure that is only moved is said as before.
    return _mark({**_former_words(words), "evidence": evidence, "indicators": sorted(figure_keys(words))})


def _former_fingerprint(words: Words) -> str:
    """The same for a translation from when evidence and figures were said in bokmål alone: it says nothing of them."""
    return _mark(_former_words(words))


def _former_words(words: Words) -> dict[str, Any]:
    return {part: words.get(part, "") for part in (*PARTS, "needs")}


def _mark(said: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]


def said_in_mails(translations: Mapping[str, Words]) -> dict[str, dict[str, str]]:
    """What an event's facts say of the outcome in other languages."""
    return {
        language: {part: other[part] for part in ("title", "summary") if other.get(part)}
        for language, other in translations.items()
    }


def answer_in_mails(number: int, translations: Mapping[str, Words]) -> dict[str, dict[str, str]]:
    """The same of its text to one need."""
    found = {language: other.get("needs", {}).get(str(number), "") for language, other in translations.items()}
    return {language: {"text": text} for language, text in found.items() if text}
