"""What a text weighs in a search, term by term. Pure."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from participation.search.analysis import analyse, forms_known, words

TITLE_WEIGHT, BODY_WEIGHT, CONTEXT_WEIGHT = 3.0, 1.0, 0.9
BODY_WEIGHT_MAX = 1.3
"""However often a text says it, a title says it more."""
PART_OF_COMPOUND, KIN = 0.55, 0.8
"""What a part of a compound weighs beside a word of its own, and the verb of a noun that is made of one."""
HALF_SATURATED = 1.6
"""At this sum of weights a term says half of what it can: the tenth mention adds next to nothing."""
LONG_BODY_WORDS = 120
"""From here on, mentions in a text count the less the longer it is."""
KNOWN_WORD_MIN_CHARACTERS = 3
BREAK = " . "
"""Between title, text and context: no phrase goes on across it."""
NEAR_WORDS = 4
"""So many words apart, parts of a compound still say together what it says: “veier for sykkel”."""


@dataclass(frozen=True)
class Document:
    """A text as the search keeps it."""

    text: str
    weights: dict[str, float]
    title_terms: frozenset[str]
    vocabulary: dict[str, str]
    """Its words by their letters in plain writing."""


def document(title: str, *body: str, context: Iterable[str] = ()) -> Document:
    """`context` names what the text belongs to: found by the whole words of it, below what the text itself says."""
    title_words = words(title)
    context_words = list(dict.fromkeys(word for name in context for word in words(name)))
    body_words = [word for text in body for word in words(text)]
    sums: defaultdict[str, float] = defaultdict(float)
    _add(sums, body_words, BODY_WEIGHT * min(1.0, LONG_BODY_WORDS / max(len(body_words), 1)))
    for term, weight in sums.items():
        sums[term] = min(weight, BODY_WEIGHT_MAX)
    _add(sums, title_words, TITLE_WEIGHT)
    for term in {term for word in context_words for term in analyse(word).whole}:
        sums[term] += CONTEXT_WEIGHT
    return Document(
        text=BREAK.join(" ".join(one) for one in (title_words, body_words, context_words)),
        weights={term: round(weight / (weight + HALF_SATURATED), 3) for term, weight in sums.items()},
        title_terms=frozenset().union(*(analyse(word).all for word in title_words)),
        vocabulary=_vocabulary({*title_words, *body_words, *context_words}),
    )


def _add(sums: dict[str, float], found: Iterable[str], weight: float) -> None:
    for word in found:
        terms = analyse(word)
        for term in terms.whole:
            sums[term] += weight
        for term in terms.kin:
            sums[term] += weight * KIN
        for term in terms.of_parts - terms.whole - terms.kin:
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


def title_of(text: str) -> str:
    """The title, of the text of a document."""
    return text.partition(BREAK)[0]


def stand_together(text: str, parts: Collection[Collection[str]]) -> bool:
    """Whether words that are found by each of these stand near each other in the text of a document."""
    last: dict[int, int] = {}
    place = 0
    for word in text.split(" "):
        place += NEAR_WORDS + 1 if word == BREAK.strip() else 1
        held = [number for number, part in enumerate(parts) if not analyse(word).all.isdisjoint(part)]
        last |= dict.fromkeys(held, place)
        if held and len(last) == len(parts) and place - min(last.values()) <= NEAR_WORDS:
            return True
    return False


def letters_left_out(key: str) -> set[str]:
    """The word, and what it is with any one letter left out."""
    return {key, *(key[:place] + key[place + 1 :] for place in range(len(key)))}
