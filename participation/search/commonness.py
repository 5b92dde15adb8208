"""In how many documents words are: counted up to COMMON, since what is in more tells nothing more of a text.

To count the first of the many documents with a word, PostgreSQL reads them all: that grows with the town. So it is
asked for its own figures of the commonest words, and what was counted as common is remembered for a while; hardly any
of them will become rare meanwhile.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flask import Flask, current_app
from sqlalchemy import func, literal, select, union_all

from participation.extensions import db
from participation.search.rules import COMMON
from participation.search.terms import Condition, known_to_be_in, some

REMEMBERED_SECONDS = 3600
EVERYWHERE = 0.02
_REMEMBERED_MAX = 20_000
_COMMON_WORDS = "common_words"
_Key = tuple[str, Condition]


@dataclass
class Remembered:
    """What is known to be common: till when."""

    counted: dict[_Key, float] = field(default_factory=dict)
    figures: Mapping[str, float] = field(default_factory=dict)
    everywhere: frozenset[str] = frozenset()
    """Of those of the figures, what stands in every fiftieth document."""
    figures_until: float = 0.0

    def is_common(self, key: _Key, now: float) -> bool:
        kind, word = key
        return self.counted.get(key, 0.0) > now or word.has_one_of(kind, self.figures)

    def look_up(self, now: float) -> None:
        if self.figures_until < now:
            self.figures, self.figures_until = known_to_be_in(COMMON), now + REMEMBERED_SECONDS
            self.everywhere = frozenset(term for term, share in self.figures.items() if share >= EVERYWHERE)


def register(app: Flask) -> None:
    app.extensions[_COMMON_WORDS] = Remembered()


def documents_with(kind: str, words: Sequence[Condition]) -> list[int]:
    """How many documents of the kind fulfil each of the conditions, up to COMMON; by one question at the most.

    Once in a while by two: for the database's figures.
    """
    remembered: Remembered = current_app.extensions[_COMMON_WORDS]
    now = time.monotonic()
    remembered.look_up(now)
    asked = [word for word in dict.fromkeys(words) if not remembered.is_common((kind, word), now)]
    found = dict(zip(asked, _counted(kind, asked), strict=True))
    if len(remembered.counted) > _REMEMBERED_MAX:
        remembered.counted.clear()
    until = now + REMEMBERED_SECONDS
    remembered.counted.update({(kind, word): until for word, count in found.items() if count >= COMMON})
    return [found.get(word, COMMON) for word in words]


def is_everywhere(kind: str, condition: Condition) -> bool:
    """Whether one needs look at few documents to see many that fulfil it, as far as the database knows."""
    remembered: Remembered = current_app.extensions[_COMMON_WORDS]
    remembered.look_up(time.monotonic())
    return condition.has_one_of(kind, remembered.everywhere)


def _counted(kind: str, words: Sequence[Condition]) -> list[int]:
    # Each with its place: a database may answer the parts of a union in any order.
    counts = [
        select(literal(place), func.count()).select_from(some(kind, word, limit=COMMON).subquery())
        for place, word in enumerate(words)
    ]
    found = {row[0]: row[1] for row in db.session.execute(union_all(*counts))} if counts else {}
    return [found[place] for place in range(len(words))]
