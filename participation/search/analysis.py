"""What a Norwegian word can be found by: its stem, the other written form, the parts of a compound. Pure.

All terms are in plain letters, so that æ, ø, å and accents are forgiven on both sides.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock

import snowballstemmer

from participation.search.dictionary import is_word, word_of
from participation.search.written_forms import BOKMAL_OF, NO_PARTS, SHORT_PARTS, SILENT

VERSION = 1
"""Of the analysis: what was indexed by another is indexed anew."""
WORD_MAX_CHARACTERS = 40
_WORD = re.compile(r"[^\W_]+")
# E 134, rv. 23: a road's letters and its number are one word, however they are written.
_ROAD = re.compile(r"\b(e|rv|fv)[ .-]{1,2}(\d{1,3})\b")
_GS = re.compile(r"\bg/s\b|\bgs-(?=vei|veg)")
_PLAIN = str.maketrans({"æ": "a", "ø": "o", "å": "a", "ä": "a", "ö": "o", "ð": "d", "þ": "t", "ß": "s", "đ": "d"})
_WITHOUT_KEYS = (("aa", "å"), ("ae", "æ"), ("oe", "ø"))
_PART_MIN_CHARACTERS, _COMPOUND_MIN_CHARACTERS = 3, 6
_stemmer, _one_at_a_time = snowballstemmer.stemmer("norwegian"), Lock()


@dataclass(frozen=True)
class Terms:
    """What one word is found by."""

    whole: frozenset[str]
    parts: tuple[frozenset[str], ...] = ()
    """Of a compound: what each of its parts is found by, in their order."""

    @property
    def of_parts(self) -> frozenset[str]:
        return frozenset().union(*self.parts)

    @property
    def all(self) -> frozenset[str]:
        return self.whole | self.of_parts


def normalise(text: str) -> str:
    """Composed letters in lower case, the same for what is kept and what is asked."""
    # PostgreSQL takes no NUL in any text.
    return unicodedata.normalize("NFKC", text.replace("\x00", " ")).casefold()


def words(text: str) -> list[str]:
    """The words of a text in lower case, as they stand in it."""
    return [word[:WORD_MAX_CHARACTERS] for word in _WORD.findall(_joined(normalise(text)))]


def _joined(text: str) -> str:
    return _GS.sub("gang sykkel ", _ROAD.sub(r"\1\2", text))


def plain(word: str) -> str:
    """The word in letters that any keyboard has."""
    decomposed = unicodedata.normalize("NFD", word.translate(_PLAIN))
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    for written, letter in _WITHOUT_KEYS:
        bare = bare.replace(written, letter.translate(_PLAIN))
    return bare


@lru_cache(maxsize=100_000)
def analyse(word: str) -> Terms:
    """What a word of `words` is found by; nothing for those that say nothing."""
    if word in SILENT:
        return Terms(frozenset())
    spellings = _spellings(word)
    whole = {term for spelling in spellings for term in _terms(spelling)}
    parts = next((split for spelling in spellings if (split := _split(spelling))), ())
    if parts:
        whole.add("_".join(plain(_stem(_word_in_bokmal(part))) for part in parts))
    return Terms(frozenset(whole), tuple(frozenset(_terms(part)) for part in parts))


def forms_known(word: str) -> set[str]:
    """The word, and the words that it is a form of: what somebody may mean who types it wrongly."""
    return {word, *(found for spelling in _spellings(word) if (found := word_of(spelling)))}


def _spellings(word: str) -> list[str]:
    """The word as it stands, and as it would stand where the keyboard has æ, ø and å."""
    spelt = word
    for written, letter in _WITHOUT_KEYS:
        spelt = spelt.replace(written, letter)
    return [word] if spelt == word else [word, spelt]


def _terms(spelling: str) -> Iterator[str]:
    yield plain(_stem(spelling))
    yield plain(_stem(_word_in_bokmal(spelling)))


@lru_cache(maxsize=100_000)
def _word_in_bokmal(form: str) -> str:
    word = word_of(form) or form
    return BOKMAL_OF.get(form) or BOKMAL_OF.get(word) or word


def _stem(word: str) -> str:
    with _one_at_a_time:
        return str(_stemmer.stemWord(word))


def _split(word: str) -> tuple[str, ...]:
    """The parts of a compound; none for a word that is one by itself."""
    if len(word) < _COMPOUND_MIN_CHARACTERS:
        return ()
    splits = [
        (first, last)
        for place in range(_PART_MIN_CHARACTERS, len(word) - _PART_MIN_CHARACTERS + 1)
        if _is_part(last := word[place:]) and (first := _modifier(word[:place]))
    ]
    if not splits:
        return ()
    first, last = max(splits, key=lambda split: (min(len(split[0]), len(split[1])), len(split[1])))
    return (*(_split(first) or (first,)), *(_split(last) or (last,)))


def _modifier(letters: str) -> str | None:
    """The word before the rest of the compound, with or without what links the two: “barn” of “barne”."""
    if _is_part(letters):
        return letters
    return letters[:-1] if letters[-1] in "se" and _is_part(letters[:-1]) else None


def _is_part(letters: str) -> bool:
    if letters in NO_PARTS or not is_word(letters):
        return False
    return len(letters) > _PART_MIN_CHARACTERS or letters in SHORT_PARTS
