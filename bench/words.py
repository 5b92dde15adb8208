"""Texts as people write them, in any number: the demo town's own words, as often as they stand there."""

import re
import tomllib
from bisect import bisect
from collections import Counter
from collections.abc import Iterator
from itertools import accumulate
from random import Random
from typing import Any

from participation.demo.content import DATA

FIRST_PARTS = "buss skole sykkel vei sti park lek fjord elve bær eple barne helse kultur idretts bolig gate skog vann"
LAST_PARTS = (
    "plass vei gang stasjon hus tak lys bru sti tilbud kø tur gruppe plan kontor time avgift rute senter bane vakt dag "
    "skilt område båt prøve løype kryss"
)
TITLE_WORDS, TEXT_WORDS, AFFECTED_WORDS = (4, 9), (20, 60), (4, 12)
SHARE_OF_THEME = 0.4
_NOT_SAID = {"key", "theme", "area", "kind", "by", "state", "en"}


class Words:
    """Draws words by how often they are said. Of a theme, a part comes from what is said of that theme."""

    def __init__(self, random: Random) -> None:
        self._random = random
        said = Counter[str]()
        self._of_theme: dict[str, _Bag] = {}
        for path in sorted(DATA.glob("*.toml")):
            here = Counter(_spoken(tomllib.loads(path.read_text(encoding="utf-8"))))
            said.update(here)
            self._of_theme[path.stem.removeprefix("needs-")] = _Bag(here)
        # Norwegian puts words together: a long tail of what is seldom said.
        said.update(first + last for first in FIRST_PARTS.split() for last in LAST_PARTS.split())
        self._all = _Bag(said)

    def title(self, theme: str) -> str:
        return " ".join(self._draw(theme, TITLE_WORDS)).capitalize()[:100].ljust(10, ".")

    def text(self, theme: str) -> str:
        words = self._draw(theme, TEXT_WORDS)
        return ". ".join(" ".join(words[at : at + 10]).capitalize() for at in range(0, len(words), 10)) + "."

    def affected(self, theme: str) -> str:
        return " ".join(self._draw(theme, AFFECTED_WORDS)).capitalize() + "."

    def _draw(self, theme: str, between: tuple[int, int]) -> list[str]:
        count = self._random.randint(*between)
        of_theme = round(count * SHARE_OF_THEME)
        words = self._all.draw(self._random, count - of_theme) + self._of_theme[theme].draw(self._random, of_theme)
        self._random.shuffle(words)
        return words


class _Bag:
    def __init__(self, said: Counter[str]) -> None:
        self._words = list(said)
        self._heaped = list(accumulate(said.values()))

    def draw(self, random: Random, count: int) -> list[str]:
        last = self._heaped[-1]
        return [self._words[bisect(self._heaped, random.random() * last)] for _ in range(count)]


def _spoken(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield from (word.lower() for word in re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", value))
    elif isinstance(value, dict):
        for key, part in value.items():
            if key not in _NOT_SAID:
                yield from _spoken(part)
    elif isinstance(value, list):
        for part in value:
            yield from _spoken(part)
