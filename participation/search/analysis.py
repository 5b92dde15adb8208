"""What a Norwegian word can be found by: its stem, the other written form, the parts of a compound. Pure.

All terms are in plain letters, so that æ, ø, å and accents are forgiven on both sides.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock

import snowballstemmer

from participation.search.dictionary import is_word, word_of, written_in_full
from participation.search.plain_letters import WITHOUT_KEYS, plain
from participation.search.written_forms import BOKMAL_OF, NO_PARTS, SHORT_PARTS, SILENT

VERSION = 1
"""Of the analysis: what was indexed by another is indexed anew."""
WORD_MAX_CHARACTERS = 40
_WORD = re.compile(r"[^\W_]+")
# E 134, rv. 23: a road's letters and its number are one word, however they are written.
_ROAD = re.compile(r"\b(e|rv|fv)[ .-]{1,2}(\d{1,3})\b")
_GS = re.compile(r"\bg/s\b|\bgs-(?=vei|veg)")
_SHORT_PART_MIN_CHARACTERS, _PART_MIN_CHARACTERS, _COMPOUND_MIN_CHARACTERS = 2, 3, 6
_LAST_PART_MIN_CHARACTERS = 5
_ENDINGS = ("ene", "ane", "er", "ar", "en", "et")
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


@lru_cache(maxsize=100_000)
def analyse(word: str) -> Terms:
    """What a word of `words` is found by; nothing for those that say nothing."""
    if word in SILENT:
        return Terms(frozenset())
    spellings = _spellings(word)
    whole = {term for spelling in spellings for term in _terms(spelling)}
    parts = next((split for spelling in spellings if (split := _split(spelling))), ())
    if parts:
        whole.add("_".join(plain(_stem(_in_bokmal(part))) for part in parts))
    return Terms(frozenset(whole), tuple(_terms(part) for part in parts))


def forms_known(word: str) -> dict[str, str]:
    """What may be meant by mistake: the word, its stem and the word it is a form of, by their plain letters."""
    known = {plain(_stem(word)): word}
    known |= {plain(found): found for spelling in _spellings(word) if (found := word_of(spelling))}
    return known | {plain(word): word}


def stem_of(word: str) -> str:
    return plain(_stem(word))


def _spellings(word: str) -> list[str]:
    """The word as it stands, and as it would stand where the keyboard has æ, ø and å."""
    spelt = word
    for written, letter in WITHOUT_KEYS:
        spelt = spelt.replace(written, letter)
    return list(dict.fromkeys(found for found in (word, spelt, written_in_full(word)) if found))


@lru_cache(maxsize=100_000)
def _terms(spelling: str) -> frozenset[str]:
    forms = {spelling, _in_bokmal(spelling), *_without_ending(spelling)}
    forms |= {_in_bokmal(form) for form in forms} | {word_of(form) or form for form in forms}
    return frozenset(plain(_stem(form)) for form in forms)


@lru_cache(maxsize=100_000)
def _in_bokmal(form: str) -> str:
    """The word it is a form of, in bokmål; also where only its last part is known: “samkøyring”."""
    word = word_of(form) or form
    known = BOKMAL_OF.get(form) or BOKMAL_OF.get(word)
    if known or is_word(form):
        return known or word
    for place in range(2, len(form) - _LAST_PART_MIN_CHARACTERS + 1):
        if form[place:] in BOKMAL_OF:
            return form[:place] + BOKMAL_OF[form[place:]]
    return word


def _without_ending(word: str) -> list[str]:
    """Short words that the stemmer leaves as they are, and that the dictionary takes for another: “veier”."""
    bases = (word.removesuffix(ending) for ending in _ENDINGS if word.endswith(ending))
    return [base for base in bases if len(base) >= _PART_MIN_CHARACTERS and word_of(base) == base]


def _stem(word: str) -> str:
    with _one_at_a_time:
        return str(_stemmer.stemWord(word))


def _split(word: str) -> tuple[str, ...]:
    """The parts of a compound; none for a word that is one by itself."""
    if len(word) < _COMPOUND_MIN_CHARACTERS:
        return ()
    places = range(_SHORT_PART_MIN_CHARACTERS, len(word) - _SHORT_PART_MIN_CHARACTERS + 1)
    pairs = [(first, last) for place in places if (last := _part(word[place:])) and (first := _modifier(word, place))]
    if not pairs:
        return ()
    first, last = max(pairs, key=lambda pair: (min(len(pair[0]), len(pair[1])), len(pair[1])))
    return (*(_split(first) or (first,)), *(_split(last) or (last,)))


def _modifier(word: str, place: int) -> str | None:
    """The word before the rest of the compound, with or without what links the two: “barn” of “barne”.

    Of three letters alike in a row only two are written: “busskur”.
    """
    letters, following = word[:place], word[place]
    shared = _part(letters + following) if letters[-1] == following else None
    linked = _part(letters[:-1]) if letters[-1] in "se" else None
    return shared or _part(letters) or linked


def _part(letters: str) -> str | None:
    """The word that a part of a compound is, also where it is written without æ, ø and å."""
    if letters in NO_PARTS:
        return None
    found = letters if is_word(letters) else written_in_full(letters)
    is_long = len(letters) > _PART_MIN_CHARACTERS
    return found if found and (is_long or found in SHORT_PARTS) else None
