"""Where in a text the words stand that it was found by. Pure."""

import re
from collections.abc import Collection, Iterable, Iterator

from participation.search.analysis import analyse, words

_WORD = re.compile(r"[^\W_]+")
BEFORE_CHARACTERS = 40
"""So much of a text is shown before the first word that it was found by."""


def marked(text: str, terms: Collection[str]) -> Iterator[tuple[str, bool]]:
    """The text piece by piece, each with whether it is a word that was asked for."""
    last = 0
    for met in _WORD.finditer(text):
        if is_asked_for(met.group(), terms):
            if met.start() > last:
                yield text[last : met.start()], False
            yield met.group(), True
            last = met.end()
    if last < len(text):
        yield text[last:], False


def is_asked_for(word: str, terms: Collection[str]) -> bool:
    return any(not analyse(part).all.isdisjoint(terms) for part in words(word))


def first_told(texts: Iterable[str], terms: Collection[str]) -> str:
    """The first of the texts in which one of the words stands; else the first of them."""
    given = [text for text in texts if text]
    told = (text for text in given if any(is_asked_for(met.group(), terms) for met in _WORD.finditer(text)))
    return next(told, given[0] if given else "")


def from_first(text: str, terms: Collection[str], *, characters: int) -> str:
    """The text from shortly before the first of the words on, where they stand too far out for a short excerpt."""
    first = next((met.start() for met in _WORD.finditer(text) if is_asked_for(met.group(), terms)), 0)
    if first < characters - BEFORE_CHARACTERS // 2:
        return text
    begin = text.find(" ", max(0, first - BEFORE_CHARACTERS))
    return f"… {text[begin + 1 :]}"
