"""What a text weighs in a search, term by term. Pure."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from participation.search.analysis import analyse, forms_known, words

TITLE_WEIGHT, BODY_WEIGHT = 3.0, 1.0
PART_OF_COMPOUND = 0.55
"""What a part of a compound weighs beside a word of its own."""
HALF_SATURATED = 1.6
"""At this sum of weights a term says half of what it can: the tenth mention adds next to nothing."""
LONG_BODY_WORDS = 120
"""From here on, mentions in a text count the less the longer it is."""
KNOWN_WORD_MIN_CHARACTERS = 3


@dataclass(frozen=True)
class Document:
    """A text as the search keeps it."""

    text: str
    weights: dict[str, float]
    title_terms: frozenset[str]
    vocabulary: dict[str, str]
    """Its words by their letters in plain writing."""


def document(title: str, *body: str) -> Document:
    title_words = words(title)
    body_words = [word for text in body for word in words(text)]
    sums: defaultdict[str, float] = defaultdict(float)
    _add(sums, title_words, TITLE_WEIGHT)
    _add(sums, body_words, BODY_WEIGHT * min(1.0, LONG_BODY_WORDS / max(len(body_words), 1)))
    return Document(
        text=" ".join(title_words) + " . " + " ".join(body_words),
        weights={term: round(weight / (weight + HALF_SATURATED), 3) for term, weight in sums.items()},
        title_terms=frozenset().union(*(analyse(word).all for word in title_words)),
        vocabulary=_vocabulary({*title_words, *body_words}),
    )


def _add(sums: dict[str, float], found: Iterable[str], weight: float) -> None:
    for word in found:
        terms = analyse(word)
        for term in terms.whole:
            sums[term] += weight
        for term in terms.of_parts - terms.whole:
            sums[term] += weight * PART_OF_COMPOUND


def _vocabulary(found: set[str]) -> dict[str, str]:
    known: dict[str, str] = {}
    for word in sorted(found):
        if analyse(word).whole and word.isalpha():
            known |= {key: form for key, form in forms_known(word).items() if len(key) >= KNOWN_WORD_MIN_CHARACTERS}
    return known


def has_phrase(text: str, phrase: Iterable[str]) -> bool:
    """Whether these words stand side by side in the text of a document."""
    return f" {' '.join(phrase)} " in f" {text} "


def letters_left_out(key: str) -> set[str]:
    """The word, and what it is with any one letter left out."""
    return {key, *(key[:place] + key[place + 1 :] for place in range(len(key)))}
