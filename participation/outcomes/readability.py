"""How heavy a Norwegian text is to read, by LIX (Björnsson 1968): long sentences and long words make it heavier."""

import re
from dataclasses import dataclass
from enum import StrEnum

LONG_WORD_OVER_LETTERS = 6
EASY_UNDER = 35
HEAVY_OVER = 45
# A longer sentence than this is worth a second look.
LONG_SENTENCE_WORDS = 20
SENTENCES_SHOWN = 3

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|\d+(?:[.,]\d+)*")
# A sentence ends with a mark and a space before a large letter, or with its line: 3.5 and «bl.a. at» end nothing.
_END = re.compile(r"(?<=[.!?:])[\"”»)]*\s+(?=[\"“«(]*[A-ZÆØÅ0-9])|\n+")


class Weight(StrEnum):
    """How a text reads."""

    EASY = "easy"
    MEDIUM = "medium"
    HEAVY = "heavy"


@dataclass(frozen=True)
class Reading:
    """LIX as a whole number, what it means, and the sentences to shorten first."""

    lix: int
    weight: Weight
    longest: list[str]


def read(text: str) -> Reading | None:
    """How the text reads; none when there are no words in it. Markdown must be taken out first."""
    by_sentence = [(sentence.strip(), len(words_of(sentence))) for sentence in _END.split(text)]
    sentences = [(sentence, count) for sentence, count in by_sentence if count]
    if not sentences:
        return None
    score = round(lix(text, sentences=len(sentences)))
    return Reading(score, weight_of(score), _longest(sentences))


def lix(text: str, *, sentences: int) -> float:
    words = words_of(text)
    long = sum(1 for word in words if sum(map(str.isalpha, word)) > LONG_WORD_OVER_LETTERS)
    return len(words) / sentences + 100 * long / len(words)


def weight_of(score: float) -> Weight:
    if score < EASY_UNDER:
        return Weight.EASY
    return Weight.HEAVY if score > HEAVY_OVER else Weight.MEDIUM


def words_of(text: str) -> list[str]:
    return _WORD.findall(text)


def _longest(sentences: list[tuple[str, int]]) -> list[str]:
    long = [(sentence, count) for sentence, count in sentences if count > LONG_SENTENCE_WORDS]
    return [sentence for sentence, _count in sorted(long, key=lambda pair: -pair[1])[:SENTENCES_SHOWN]]
