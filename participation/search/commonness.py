"""In how many documents words are: counted up to COMMON, since what is in more tells nothing more of a text.

To count the first of the many documents with a word, PostgreSQL reads them all: that grows with the town. So it is
remembered for a while which words are common; they will hardly become rare meanwhile.
"""

import time
from collections.abc import Sequence

from flask import Flask, current_app
from sqlalchemy import func, literal, select, union_all

from participation.extensions import db
from participation.search.rules import COMMON
from participation.search.terms import Condition, some

REMEMBERED_SECONDS = 3600
_REMEMBERED_MAX = 20_000
_REMEMBERED = "common_words"
_Key = tuple[str, Condition]


def register(app: Flask) -> None:
    app.extensions[_REMEMBERED] = {}


def documents_with(kind: str, words: Sequence[Condition]) -> list[int]:
    """How many documents of the kind fulfil each of the conditions, up to COMMON; by one question at the most."""
    remembered: dict[_Key, float] = current_app.extensions[_REMEMBERED]
    now = time.monotonic()
    asked = [word for word in dict.fromkeys(words) if remembered.get((kind, word), 0.0) < now]
    found = dict(zip(asked, _counted(kind, asked), strict=True))
    if len(remembered) > _REMEMBERED_MAX:
        remembered.clear()
    remembered.update({(kind, word): now + REMEMBERED_SECONDS for word, count in found.items() if count >= COMMON})
    return [found.get(word, COMMON) for word in words]


def _counted(kind: str, words: Sequence[Condition]) -> list[int]:
    # Each with its place: a database may answer the parts of a union in any order.
    counts = [
        select(literal(place), func.count()).select_from(some(kind, word, limit=COMMON).subquery())
        for place, word in enumerate(words)
    ]
    found = {row[0]: row[1] for row in db.session.execute(union_all(*counts))} if counts else {}
    return [found[place] for place in range(len(words))]
