"""Searches made to hurt: each is answered, in no more memory than a long ordinary one may take."""

import tracemalloc
from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from bench.searches import KIND, corpus, findable
from participation.extensions import db
from participation.search import rules
from participation.search.queries import CANDIDATES, alike, find
from participation.search.service import Findable, index
from tests.databases import wiped_afterwards

MOST_MEGABYTES, MOST_MEGABYTES_OF_LONG = 3, 20
LONG = 100_000
# As long as all that a need may say, and each word another one.
LONGEST = " ".join(f"ord{number}" for number in range(1500))
HOSTILE = {
    "one endless word": "a" * LONG,
    "an endless compound": "sykkelvei" * (LONG // 9),
    "very many words": "buss skole vei " * (LONG // 15),
    "very many different words": " ".join(f"skolevei{number}" for number in range(LONG // 12)),
    "quotes alone": '"' * LONG,
    "very many phrases": '"til skolen" ' * (LONG // 13),
    "one endless phrase": f'"{"til skolen " * (LONG // 11)}"',
    "quotes in quotes": "«“" * (LONG // 4) + "buss" + "”»" * (LONG // 4),
    "wildcards": "*%_?" * (LONG // 4),
    "a language of its own": "(buss AND NOT (" * (LONG // 15),
    "marks upon marks": "e" + "\u0301" * LONG,
    "letters that fold to many": "\ufdfa" * (LONG // 3),
    "nothing to see": "\u200b" * LONG,
    "from right to left": "\u202ebuss " * (LONG // 6),
    "pictures": "🚲" * (LONG // 4),
    "words misspelt in every letter": "xkolxvexxx bxrnxhxgx sxkkxlvxx " * (LONG // 32),
}


@pytest.fixture(scope="module")
def town(app_on: Callable[[str], Flask]) -> Iterator[None]:
    """In which the judged needs can be found."""
    app = app_on("sqlite")
    with wiped_afterwards(app), app.app_context():
        index(KIND, *findable(corpus()))
        db.session.commit()
        most_megabytes("det er farlig å gå til skolen om vinteren")
        yield


def most_megabytes(text: str) -> float:
    """Held at once beyond what was held before, while it is searched for and others like it are."""
    tracemalloc.start()
    try:
        find(KIND, text)
        alike(KIND, text, limit=5)
        return tracemalloc.get_traced_memory()[1] / 2**20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("kind", HOSTILE)
def test_it_is_answered_in_little_memory(town: None, kind: str) -> None:
    assert most_megabytes(HOSTILE[kind]) < MOST_MEGABYTES


def test_without_the_bound_on_length_it_would_take_much(town: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "QUERY_MAX_CHARACTERS", LONG)
    assert most_megabytes(HOSTILE["very many different words"]) > MOST_MEGABYTES


def test_of_the_longest_texts_few_are_held_at_once(town: None) -> None:
    index("long", *(Findable(number, "Sykkelvei", (LONGEST,)) for number in range(1, CANDIDATES + 1)))
    db.session.commit()
    tracemalloc.start()
    try:
        assert len(find("long", "sykkelvei").ids) == CANDIDATES
        assert tracemalloc.get_traced_memory()[1] / 2**20 < MOST_MEGABYTES_OF_LONG
    finally:
        tracemalloc.stop()
