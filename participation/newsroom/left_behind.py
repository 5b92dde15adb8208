"""Numbers that a correction changes in one place and leaves in another."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from participation.outcomes.wording import figures_text

# As people write them: 1 204, 04.30, 2,5. A full stop or comma that ends a sentence is no part of one.
_NUMBER = re.compile(r"\d+(?:[.,: \u00a0\u202f]\d+)*")
_SAID = ("title", "summary", "body", "picture_alt", "evidence", "needs")


def numbers_left(former: Mapping[str, Any], proposed: Mapping[str, Any]) -> list[str]:
    """Those taken out of one text that still stand in another, in the order they stand."""
    old, new = dict(_texts(former)), dict(_texts(proposed))
    gone = {number for place, text in old.items() for number in _numbers(text) - _numbers(new.get(place, ""))}
    standing = dict.fromkeys(number for text in new.values() for number in _NUMBER.findall(text))
    return [number for number in standing if number in gone]


def _numbers(text: str) -> set[str]:
    return set(_NUMBER.findall(text))


def _texts(words: Mapping[str, Any], *above: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every text that is read, by its place; those in other languages too."""
    for name in _SAID:
        said = words.get(name, "")
        for key, text in said.items() if isinstance(said, Mapping) else [("", said)]:
            yield (*above, name, key), text
    # All the figures as one text: one that is only moved or renamed has taken no number out of it.
    figures = words.get("indicators", [])
    yield (*above, "indicators"), figures_text(figures.values() if isinstance(figures, Mapping) else figures)
    for language, translated in words.get("translations", {}).items():
        yield from _texts(translated, language)
