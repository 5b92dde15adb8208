"""What a message is made of: the same parts whether it goes by itself, in a bundle or on paper."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from flask_babel import get_locale

from participation.web.filters import said, said_in


class Style(StrEnum):
    SAID = "said"
    """A sentence of ours."""
    STRONG = "strong"
    """What stands out, or a heading of what follows."""
    LETTER = "letter"
    """What staff wrote, as Markdown."""
    WRITTEN = "written"
    """What someone wrote as plain text."""
    NEED = "need"
    """A need as its author called it."""
    LIST = "list"


@dataclass(frozen=True)
class Entry:
    words: str
    beneath: str = ""
    url: str = ""


@dataclass(frozen=True)
class Part:
    style: Style
    text: str = ""
    reference: str = ""
    """Of a need."""
    url: str = ""
    """Where the words lead; paper leaves it out."""
    language: str = ""
    """Where it is not the reader's."""
    entries: tuple[Entry, ...] = ()
    quotes: bool = False
    """A text that somebody wrote, and not a sentence or a heading of ours."""


def sentence(text: str) -> Part:
    return Part(Style.SAID, text)


def strong(text: str, *, url: str = "") -> Part:
    return Part(Style.STRONG, text, url=url)


def letter(text: str, *, language: str = "") -> Part:
    return Part(Style.LETTER, text, language=_other(language), quotes=True)


def written(text: str, *, language: str = "") -> Part:
    return Part(Style.WRITTEN, text, language=_other(language), quotes=True)


def spoken(words: Any, part: str, *, style: Style = Style.SAID) -> Part:
    """A part of what is said of a result, marked where the reader's language has no words for it."""
    return Part(style, said(words, part), language=_other(said_in(words, part)), quotes=style is not Style.STRONG)


def need_quoted(need: dict[str, Any]) -> Part:
    return Part(Style.NEED, need["title"], reference=need["reference"])


def listed(*entries: Entry) -> Part:
    return Part(Style.LIST, entries=entries)


def _other(language: str) -> str:
    return "" if language == str(get_locale()) else language
