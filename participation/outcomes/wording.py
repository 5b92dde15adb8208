"""An outcome's words as JSON keeps them, and the same in another language. Knows no database."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

BOKMAL = "nb"
OTHER_LANGUAGES = ("nn", "en")
# What is said in every language; evidence and figures are said in bokmål alone.
PARTS = ("title", "summary", "body", "picture_alt")

# Title, summary, body, picture_alt; `needs` has the text to each need by its number as text.
Words = Mapping[str, Any]


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
class InLanguage:
    title: Said
    summary: Said
    body: Said
    picture_alt: Said
    needs: dict[int, Said]


def in_language(words: Words, translations: Mapping[str, Words], language: str) -> InLanguage:
    """The words in the language; each that is not said in it, in bokmål."""
    other = translations.get(language, {}) if language in OTHER_LANGUAGES else {}
    parts = {part: _said(words.get(part, ""), other.get(part, ""), language) for part in PARTS}
    answers = other.get("needs", {})
    needs = {int(key): _said(text, answers.get(key, ""), language) for key, text in words["needs"].items()}
    return InLanguage(**parts, needs=needs)


def _said(text: str, translated: str, language: str) -> Said:
    return Said(translated, language) if translated.strip() else Said(text, BOKMAL)


def kept_translation(words: Words, written: Words, *, before: Words | None = None) -> dict[str, Any]:
    """A translation to keep, marked with the words it is of; nothing when nothing is written.

    One that says what it said `before` is still of the words it was of then.
    """
    kept = {part: written.get(part, "") for part in PARTS if written.get(part, "").strip()}
    needs = {str(number): text for number, text in written.get("needs", {}).items() if text.strip()}
    if not kept and not needs:
        return {}
    said = {**kept, "needs": needs}
    unchanged = before and {key: value for key, value in before.items() if key != "of"} == said
    return {**said, "of": before["of"] if before and unchanged else fingerprint(words)}


def is_stale(words: Words, translation: Words) -> bool:
    """Whether the words have changed since they were translated."""
    return bool(translation) and translation.get("of") != fingerprint(words)


def is_whole(words: Words, translation: Words) -> bool:
    """Whether all that is said in bokmål is said in it."""
    parts = [part for part in PARTS if words.get(part, "").strip()]
    answers = translation.get("needs", {})
    return all(translation.get(part) for part in parts) and all(answers.get(key) for key in words["needs"])


def fingerprint(words: Words) -> str:
    """Names the bokmål words, so that a translation knows which ones it is of."""
    translated = {part: words.get(part, "") for part in (*PARTS, "needs")}
    return hashlib.sha256(json.dumps(translated, sort_keys=True).encode()).hexdigest()[:16]


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
