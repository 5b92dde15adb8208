"""What a Norwegian word can be found by: its stem, the other written form, the parts of a compound. Pure.

All terms are in plain letters, so that æ, ø, å and accents are forgiven on both sides.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from threading import Lock

import snowballstemmer

from participation.search.dictionary import is_word, word_of, written_in_full
from participation.search.plain_letters import WITHOUT_KEYS, plain
from participation.search.written_forms import (
    BEFORE_VERBS,
    BOKMAL_OF,
    ENDING_OF_ITS_OWN,
    NO_FIRST_PARTS,
    NO_LAST_PARTS,
    NO_PARTS,
    SHORT_PARTS,
    SILENT,
)

VERSION = 4
"""Of the analysis: what was indexed by another is indexed anew."""
WORD_MAX_CHARACTERS = 40
WORDS_REMEMBERED = 20_000
"""More than a town writes; the memory of a process holds what strangers make up too."""
_WORD = re.compile(r"[^\W_]+")
# E 134, rv. 23: a road's letters and its number are one word, however they are written.
_ROAD = re.compile(r"\b(e|rv|fv)[ .-]{1,2}(\d{1,3})\b")
_GS = re.compile(r"\bg/s\b|\bgs-(?=vei|veg)")
_SHORT_PART_MIN_CHARACTERS, _PART_MIN_CHARACTERS, _COMPOUND_MIN_CHARACTERS = 2, 3, 6
_LAST_PART_MIN_CHARACTERS = 5
_ENDINGS = ("ene", "ane", "er", "ar", "en", "et")
_OF_A_VERB = re.compile(r"(.{2,})ing(?:a|en|er|ar|ene|ane)?")
_DOCTOR = re.compile(r"(.*leg)e(?:n|r|ne)?")
# The stemmer takes this ending for one of grammar, and leaves a word of its own: “far” of “farlig”.
_SHORT_LIKE = re.compile(r"([^\W_]{2,3})l[ie]g(?:e|en|er|ene|ere|este?|aste?|are)?")
# Tranby, Ormerud, Reistad: the name of a place is no compound, and the dictionary has no names.
_PLACE = re.compile(r".*(?:by|byen|rud|laug|[^s]stad)")
# What somebody or something is, not what children play: “tryggleik”.
_QUALITY = re.compile(r"(.{3,})leik(?:en)?")
# Pendlarar, moglegheit, tryggleik, byggje: so does nynorsk write what bokmål writes with -er, -het and without the j.
_BY_RULE = (
    (re.compile(r"(.{3,})ar(?:ar|ane|en)"), r"\1er"),
    (re.compile(r"(.{3,})heit(?:a|er|ene)?"), r"\1het"),
    (_QUALITY, r"\1het"),
    (re.compile(r"(.{2,}[gkv])j(e|er|ing|inga)"), r"\1\2"),
)
_NORDIC = frozenset("æøå")
_stemmer, _one_at_a_time = snowballstemmer.stemmer("norwegian"), Lock()


@dataclass(frozen=True)
class Terms:
    """What one word is found by."""

    whole: frozenset[str]
    parts: tuple[frozenset[str], ...] = ()
    """Of a compound: what each of its parts is found by, in their order."""
    kin: frozenset[str] = frozenset()
    """Of a verb's noun: the verb."""

    @cached_property
    def of_parts(self) -> frozenset[str]:
        return frozenset().union(*self.parts)

    @cached_property
    def all(self) -> frozenset[str]:
        return self.whole | self.of_parts | self.kin


def normalise(text: str) -> str:
    """Composed letters in lower case, the same for what is kept and what is asked."""
    # PostgreSQL takes no NUL in any text.
    return unicodedata.normalize("NFKC", text.replace("\x00", " ")).casefold()


def words(text: str) -> list[str]:
    """The words of a text in lower case, as they stand in it."""
    return [word[:WORD_MAX_CHARACTERS] for word in _WORD.findall(_joined(normalise(text)))]


def _joined(text: str) -> str:
    return _GS.sub("gang sykkel ", _ROAD.sub(r"\1\2", text))


@lru_cache(WORDS_REMEMBERED)
def analyse(word: str) -> Terms:
    """What a word of `words` is found by; nothing for those that say nothing."""
    if word in SILENT:
        return Terms(frozenset())
    spellings = _spellings(word)
    whole = {term for spelling in spellings for term in _terms(spelling)}
    parts = next((split for spelling in spellings if (split := _split(spelling))), ())
    if parts:
        whole.add(compound_of(parts))
    kin = {term for spelling in spellings for verb in _verbs_of(spelling) for term in _terms(verb)}
    return Terms(frozenset(whole), tuple(_terms_of_part(part) for part in parts), frozenset(kin - whole))


def compound_of(parts: Iterable[str]) -> str:
    """What a compound of these words is found by, whatever stands between them in it."""
    return "_".join(plain(_stem(_in_bokmal(part))) for part in parts)


def is_known(word: str) -> bool:
    """Whether the dictionary has the word, and it therefore is no mistake."""
    return any(is_word(spelling) for spelling in _spellings(word))


def forms_known(word: str) -> dict[str, str]:
    """What may be meant by mistake: the word, its stem and the word it is a form of, by their plain letters."""
    known = {plain(_stem(word)): word}
    known |= {plain(found): found for spelling in _spellings(word) if (found := _word_of(spelling))}
    return known | {plain(word): word}


def stem_of(word: str) -> str:
    return plain(_stem(word))


def _spellings(word: str) -> list[str]:
    """The word as it stands; as it would stand with an accent; and if it is none, where the keyboard has æ, ø and å."""
    full = written_in_full(word)
    if is_word(word):
        return [word, full] if full and len(full) == len(word) and _NORDIC.isdisjoint(full) else [word]
    spelt = word
    for written, letter in WITHOUT_KEYS:
        spelt = spelt.replace(written, letter)
    return list(dict.fromkeys(found for found in (word, spelt, full) if found))


@lru_cache(WORDS_REMEMBERED)
def _terms(spelling: str) -> frozenset[str]:
    forms = {spelling, _in_bokmal(spelling), *_without_ending(spelling)}
    forms |= {_in_bokmal(form) for form in forms} | {_word_of(form) or form for form in forms}
    return frozenset(plain(_stem(form)) for form in forms)


def _terms_of_part(part: str) -> frozenset[str]:
    return _terms(part).union(*(_terms(verb) for verb in _verbs_of(part)))


def _verbs_of(noun: str) -> list[str]:
    """The verb that a noun is made of: “brøyte” of “brøytinga”, “sprenge” of “sprengningen”, “dekke” of “dekning”."""
    met = _OF_A_VERB.fullmatch(noun)
    if not met:
        return []
    stem = met[1]
    verbs = [stem + "e"] if stem[-1] != "n" else [stem + "e", stem[:-1] + "e", stem[:-1] + stem[-2] + "e"]
    return [verb for verb in verbs if word_of(verb) == verb][:1]


def _word_of(form: str) -> str | None:
    """The word it is a form of, unless the two have nothing in common to see: “gammel” of “eldre”."""
    found = word_of(form)
    return found if found and plain(found)[:1] == plain(form)[:1] else None


@lru_cache(WORDS_REMEMBERED)
def _in_bokmal(form: str) -> str:
    """The word it is a form of, in bokmål; also where only its last part is known: “samkøyring”."""
    word = _word_of(form) or form
    known = BOKMAL_OF.get(form) or BOKMAL_OF.get(word) or _by_rule(form)
    if known:
        return known
    for letters in (form, word):
        for place in range(2, len(letters) - _LAST_PART_MIN_CHARACTERS + 1):
            first, last = letters[:place], letters[place:]
            if last in BOKMAL_OF and (first in BEFORE_VERBS or not is_word(form)):
                return first + BOKMAL_OF[last]
    return word


def _by_rule(form: str) -> str | None:
    """The word in bokmål that differs by a rule of the two written forms, where there is such a word."""
    written = (ending.sub(in_bokmal, form) for ending, in_bokmal in _BY_RULE if ending.fullmatch(form))
    return next((_word_of(word) or word for word in written if is_word(word)), None)


def _without_ending(word: str) -> list[str]:
    """Short words that the stemmer leaves as they are, and that the dictionary takes for another: “veier”."""
    if (word_of(word) or word) in ENDING_OF_ITS_OWN:
        return []
    bases = (word.removesuffix(ending) for ending in _ENDINGS if word.endswith(ending))
    return [base for base in bases if len(base) >= _PART_MIN_CHARACTERS and word_of(base) == base]


def _stem(word: str) -> str:
    base = word_of(word) or word
    if base in ENDING_OF_ITS_OWN:
        return base
    doctor = _DOCTOR.fullmatch(word)
    if doctor and base.endswith("lege"):
        return doctor[1]
    like = _SHORT_LIKE.fullmatch(word)
    if like:
        return like[1] + "lig"
    with _one_at_a_time:
        return str(_stemmer.stemWord(word))


def _split(word: str) -> tuple[str, ...]:
    """The parts of a compound, without the ending of the last where the dictionary knows it."""
    base = _word_of(word) or word
    is_name = not is_word(word) and _PLACE.fullmatch(word)
    return () if is_name else _parts(base)


@lru_cache(WORDS_REMEMBERED)
def _parts(word: str) -> tuple[str, ...]:
    """None for a word that is one by itself."""
    if len(word) < _COMPOUND_MIN_CHARACTERS or (_QUALITY.fullmatch(word) and _by_rule(word)):
        return ()
    places = range(_SHORT_PART_MIN_CHARACTERS, len(word) - _SHORT_PART_MIN_CHARACTERS + 1)
    pairs = [pair for place in places for pair in _pairs(word, place)]
    if not pairs:
        return ()
    first, last = max(pairs, key=_how_sensible)
    return (*(_parts(first) or (first,)), *(_parts(last) or (last,)))


def _how_sensible(pair: tuple[str, str]) -> tuple[int, int, int]:
    """Words without endings before others; then the longer the shorter of the two is.

    Short words that we know are made compounds of count as long.
    """
    without_ending = sum(word_of(part) == part for part in pair)
    first, last = (max(len(part), _LAST_PART_MIN_CHARACTERS) if part in SHORT_PARTS else len(part) for part in pair)
    return without_ending, min(first, last), last


def _pairs(word: str, place: int) -> list[tuple[str, str]]:
    last = _part(word[place:]) if word[place:] not in NO_LAST_PARTS else None
    first = _modifier(word, place)
    return [(first, last)] if first and last else []


def _modifier(word: str, place: int) -> str | None:
    """The word before the rest of the compound, with or without what links the two: “barn” of “barne”.

    Of three letters alike in a row only two are written: “busskur”.
    """
    letters, following = word[:place], word[place]
    if letters in NO_FIRST_PARTS:
        return None
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
