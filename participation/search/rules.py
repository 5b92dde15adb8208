"""What a query asks for, and how well a document answers it. Pure."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from math import log

from participation.search.analysis import analyse, compound_of, words
from participation.search.documents import KIN, stand_together, title_of
from participation.search.written_forms import SAYING_LITTLE

WORDS_MAX = 8
ALIKE_WORDS_MAX, ALIKE_RAREST, ALIKE_LONGEST = 16, 6, 2
"""Of a whole title so many words are looked at, and by so many of them others like it are found. Where all of those are
common, by one of so many that are the longest."""
NEW_WORD = 0.25
"""What a word that nobody has written tells of a text, beside one as rare that somebody has."""
ALIKE_AT_LEAST, ALIKE_OF_BEST = 0.35, 0.6
"""The least likeness that is worth showing, and the least beside the best."""
OF_ITS_TITLE, COVERED_MIN = 0.35, 3
"""How much the other title counts; of one of fewer words than this a part is still a part."""
IN_A_TITLE = 0.65
"""What a word weighs that stands in a title."""
QUERY_MAX_CHARACTERS = 200
UNFINISHED_MIN_CHARACTERS = 3
MISSPELT_MIN_CHARACTERS = 5
"""Shorter words are too like each other to tell which one was meant."""
AS_PARTS, AS_PARTS_APART, AS_ONE_PART, AS_MISSPELT = 0.8, 0.15, 0.25, 0.7
"""What a match is worth beside the word itself: the parts of a compound, together and far apart; a misspelling."""
AS_UNFINISHED, AS_LONGER = 0.75, 0.35
"""The same of a word that begins so, where what is typed is no word that anybody wrote, and where it is."""
COMMON = 1000
"""A word in so many documents is as common as it can be."""
LEAST_OF_BEST = 0.1
"""What answers less well than this share of the best answer is no answer."""
LEAST_NEAR, FILL_NEAR, FILLED_UP_TO = 0.65, 0.2, 8
"""What is less near to what was asked than this share of the nearest, down to that, only fills a list up to so many."""
PART_RARE_MIN, PART_RARE_SHARE = 3, 0.02
"""A part of a compound tells something by itself in so few documents, or in so small a share of them."""
_QUOTED = re.compile(r"[\"“”«»„]([^\"“”«»„]*)[\"“”«»„]")


@dataclass(frozen=True)
class Match:
    """How a document answers a word."""

    worth: float
    """Of what was found beside the word itself, 0–1."""
    weight: float
    """What the document says by it, 0–1."""

    @property
    def strength(self) -> float:
        return self.worth * self.weight

    def __lt__(self, other: "Match") -> bool:
        return self.strength < other.strength


NOTHING = Match(0.0, 0.0)


@dataclass(frozen=True)
class Answer:
    """How well a document answers a query."""

    score: float
    """Most for the rare words and those in the title, and less where words are missing."""
    nearness: float
    """How near what was found is to what was asked, wherever it stands: all the words themselves are 1."""


@dataclass(frozen=True)
class Group:
    """One word of a query, by all that it may be found by."""

    word: str
    terms: Mapping[str, float]
    """What each of them is worth."""
    parts: tuple[frozenset[str], ...] = ()
    """Of a compound: each of its parts, of which all must be there."""
    commonness: int = 0
    """How many documents it is in, up to COMMON."""
    rarity: float = 1.0
    """How much it tells documents apart."""
    rare_parts: tuple[frozenset[str], ...] = ()
    """Parts of a compound that alone still tell what a text is about: “lege” of “fastlege”."""
    is_guess: bool = False
    """Whether it is not what was written, but what was meant."""

    def among(self, documents: int, *, with_it: int, with_parts: Sequence[int] = ()) -> "Group":
        """The word as rare as it is among so many documents, and each of its parts."""
        rare = max(PART_RARE_MIN, PART_RARE_SHARE * documents)
        rare_parts = tuple(part for part, count in zip(self.parts, with_parts, strict=False) if count <= rare)
        return replace(self, commonness=with_it, rarity=log(1 + documents / (1 + with_it)), rare_parts=rare_parts)

    @property
    def telling(self) -> float:
        """How much it says of what a text is about: a word that nobody else has written says little."""
        return self.rarity if self.commonness or self.is_guess else NEW_WORD * self.rarity

    def also(self, terms: Collection[str], *, worth: float) -> "Group":
        return replace(self, terms={**dict.fromkeys(terms, worth), **self.terms})

    def match(self, weights: Mapping[str, float], text: str) -> "Match":
        """How well a document of these weights answers this word."""
        best = max(
            (Match(worth, weight) for term, worth in self.terms.items() if (weight := weights.get(term, 0.0))),
            default=NOTHING,
        )
        if self.parts:
            best = max(best, self._match_of_parts(weights, text, but_over=best.strength))
        return replace(best, worth=best.worth * AS_MISSPELT) if self.is_guess else best

    def _match_of_parts(self, weights: Mapping[str, float], text: str, *, but_over: float) -> Match:
        """All of its parts together, or far apart; or one alone that is rare enough to tell something."""
        rare = max((_weight_of(part, weights) for part in self.rare_parts), default=0.0)
        least, alone = min(_weight_of(part, weights) for part in self.parts), Match(AS_ONE_PART, rare)
        if least * AS_PARTS <= but_over:
            return alone
        return max(alone, Match(AS_PARTS if stand_together(text, self.parts) else AS_PARTS_APART, least))

    def each_part(self) -> "tuple[Group, ...]":
        """The parts of a compound as words of their own; any other word as it is."""
        return tuple(Group(self.word, dict.fromkeys(sorted(part), 1.0)) for part in self.parts) or (self,)

    def seen_in(self, terms: frozenset[str]) -> frozenset[str]:
        """What a text with these terms was found by: the word, else all the parts of a compound or its telling ones."""
        own = frozenset(self.terms.keys() & terms)
        parts = self.parts if all(part & terms for part in self.parts) else self.rare_parts
        return own or frozenset().union(*parts)


def _weight_of(part: Collection[str], weights: Mapping[str, float]) -> float:
    return max(weights.get(term, 0.0) for term in part)


@dataclass(frozen=True)
class Query:
    groups: tuple[Group, ...]
    phrases: tuple[tuple[str, ...], ...] = ()
    unfinished: str = ""
    """The last word, when it may go on."""
    spoken: tuple[str, ...] = field(default=())
    """Its words as they stand in it."""

    def answer(self, weights: Mapping[str, float], text: str = "") -> Answer:
        matches = [(group.rarity, group.match(weights, text)) for group in self.groups]
        asked = sum(rarity for rarity, _ in matches)
        if not asked:
            return Answer(0.0, 0.0)
        found = sum(rarity for rarity, match in matches if match.strength)
        score = sum(rarity * match.strength for rarity, match in matches) / asked * found / asked
        return Answer(score, sum(rarity * match.worth for rarity, match in matches if match.weight) / asked)

    def likeness(self, weights: Mapping[str, float], text: str) -> float:
        """How much of what a title is about a document is about too, and the document's own title about it; 0–1."""
        about = sum(group.telling for group in self.groups)
        if not about:
            return 0.0
        shared = sum(
            group.telling * min(group.match(weights, text).strength / IN_A_TITLE, 1.0) for group in self.groups
        )
        return (1 - OF_ITS_TITLE) * shared / about + OF_ITS_TITLE * self._covered(title_of(text))

    def _covered(self, title: str) -> float:
        """The share of the words of a title that the query has too."""
        asked = frozenset(term for group in self.groups for term in group.terms)
        told = [analyse(word) for word in words(title) if word not in SAYING_LITTLE]
        held = sum(1.0 if asked & one.whole else 0.5 if asked & one.all else 0.0 for one in told if one.whole)
        return held / max(sum(1 for one in told if one.whole), COVERED_MIN)

    def without_little(self) -> "Query":
        """The query without words that say little of what a title is about, where there are others."""
        kept = tuple(group for group in self.groups if group.word not in SAYING_LITTLE)
        return replace(self, groups=kept or self.groups)

    @property
    def in_known_parts(self) -> "Query":
        """The query with compounds that nobody has written taken apart."""
        groups = [(group,) if group.commonness or group.is_guess else group.each_part() for group in self.groups]
        return replace(self, groups=tuple(part for parts in groups for part in parts))

    @property
    def in_parts(self) -> "Query":
        """The query with each part of a compound as a word of its own: for where nothing better is found."""
        return replace(self, groups=tuple(part for group in self.groups for part in group.each_part()))

    def most_telling(self, count: int) -> "Query":
        """The query with no more than so many words, those that tell documents apart the most."""
        kept = sorted(self.groups, key=lambda group: -group.telling)[:count]
        return replace(self, groups=tuple(group for group in self.groups if group in kept), unfinished="", phrases=())

    @property
    def says_nothing(self) -> bool:
        """Whether there is nothing to look for: only signs, single letters, or words that are in every text."""
        return all(len(group.word) == 1 for group in self.groups)

    def marked_in(self, text: str) -> frozenset[str]:
        """The terms to mark where they stand in the text."""
        held: frozenset[str] = frozenset().union(*(analyse(word).all for word in words(text)))
        return frozenset().union(*(group.seen_in(held) for group in self.groups))


def to_stand_in_quotes(text: str) -> str:
    """What somebody asks for, as it can stand in quotes: bare where all of it is quoted, else in single ones."""
    whole = _QUOTED.fullmatch(text.strip())
    return whole[1].strip() if whole else _QUOTED.sub(r"‘\1’", text)


def parse(text: str, *, words_max: int = WORDS_MAX) -> Query:
    """What somebody asks for. Words that say nothing ask for nothing, where there are others."""
    text = text[:QUERY_MAX_CHARACTERS]
    phrases = tuple(found for quoted in _QUOTED.findall(text) if (found := tuple(words(quoted))))
    bare = words(_QUOTED.sub(" ", text))
    # “Kor e bussen”: a letter says something only in quotes, or by itself.
    bare = [word for word in bare if len(word) > 1 or word.isdigit()] or bare
    spoken = list(dict.fromkeys([*(word for phrase in phrases for word in phrase), *bare]))
    groups = _as_compounds([group(word) for word in spoken if analyse(word).whole][:words_max], bare)
    last = bare[-1] if bare and text[-1:].isalnum() else ""
    return Query(
        groups=tuple(groups),
        phrases=phrases,
        unfinished=last if len(last) >= UNFINISHED_MIN_CHARACTERS and analyse(last).whole else "",
        spoken=tuple(spoken),
    )


def _as_compounds(groups: list[Group], bare: list[str]) -> list[Group]:
    """Words side by side are also found where they are written as one: “ride sti” in “ridestien”."""
    joined: dict[str, set[str]] = {}
    for first, second in pairwise(bare):
        if analyse(first).whole and analyse(second).whole:
            for word in (first, second):
                joined.setdefault(word, set()).add(compound_of((first, second)))
    return [each.also(joined.get(each.word, ()), worth=1.0) for each in groups]


def group(word: str) -> Group:
    terms = analyse(word)
    worth = {**dict.fromkeys(sorted(terms.kin), KIN), **dict.fromkeys(sorted(terms.whole), 1.0)}
    return Group(word, worth, terms.parts)
