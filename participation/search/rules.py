"""What a query asks for, and how well a document answers it. Pure."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from math import log

from participation.search.analysis import analyse, words

WORDS_MAX = 8
ALIKE_WORDS_MAX, ALIKE_RAREST = 16, 6
"""Of a whole title so many words are looked at, and by so many of them others like it are found."""
NEW_WORD = 0.25
"""What a word that nobody has written tells of a text, beside one as rare that somebody has."""
ALIKE_AT_LEAST = 0.3
"""The least likeness that is worth showing."""
QUERY_MAX_CHARACTERS = 200
UNFINISHED_MIN_CHARACTERS = 3
MISSPELT_MIN_CHARACTERS = 5
"""Shorter words are too like each other to tell which one was meant."""
AS_PARTS, AS_ONE_PART, AS_UNFINISHED, AS_MISSPELT = 0.8, 0.2, 0.75, 0.7
"""What a match is worth beside the word itself: all parts of a compound, one of them, a beginning, a misspelling."""
COMMON = 1000
"""A word in so many documents is as common as it can be."""
LEAST_OF_BEST = 0.03
"""What answers less well than this share of the best answer is no answer."""
_QUOTED = re.compile(r"[\"“”«»„]([^\"“”«»„]*)[\"“”«»„]")


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
    is_guess: bool = False
    """Whether it is not what was written, but what was meant."""

    def among(self, documents: int, *, with_it: int) -> "Group":
        """The word as rare as it is among so many documents."""
        return replace(self, commonness=with_it, rarity=log(1 + documents / (1 + with_it)))

    @property
    def telling(self) -> float:
        """How much it says of what a text is about: a word that nobody else has written says little."""
        return self.rarity if self.commonness or self.is_guess else NEW_WORD * self.rarity

    def also(self, terms: Collection[str], *, worth: float) -> "Group":
        return replace(self, terms={**dict.fromkeys(terms, worth), **self.terms})

    def match(self, weights: Mapping[str, float]) -> float:
        """How well a document of these weights answers this word, 0–1."""
        best = max((worth * weights.get(term, 0.0) for term, worth in self.terms.items()), default=0.0)
        if self.parts:
            parts = [max((weights.get(term, 0.0) for term in part), default=0.0) for part in self.parts]
            best = max(best, AS_PARTS * min(parts), AS_ONE_PART * max(parts))
        return best * (AS_MISSPELT if self.is_guess else 1)


@dataclass(frozen=True)
class Query:
    groups: tuple[Group, ...]
    phrases: tuple[tuple[str, ...], ...] = ()
    unfinished: str = ""
    """The last word, when it may go on."""
    spoken: tuple[str, ...] = field(default=())
    """Its words as they stand in it."""

    def score(self, weights: Mapping[str, float]) -> float:
        """How well a document answers, most for the rare words, and much less where words are missing."""
        matches = [(group.rarity, group.match(weights)) for group in self.groups]
        asked = sum(rarity for rarity, _ in matches)
        if not asked:
            return 0.0
        found = sum(rarity for rarity, match in matches if match)
        return sum(rarity * match for rarity, match in matches) / asked * (found / asked) ** 2

    def likeness(self, weights: Mapping[str, float]) -> float:
        """How much of what a text is about a document is about too, 0–1."""
        about = sum(group.telling for group in self.groups)
        return sum(group.telling * group.match(weights) for group in self.groups) / about if about else 0.0

    def most_telling(self, count: int) -> "Query":
        """The query with no more than so many words, those that tell documents apart the most."""
        kept = sorted(self.groups, key=lambda group: -group.telling)[:count]
        return replace(self, groups=tuple(group for group in self.groups if group in kept), unfinished="", phrases=())

    @property
    def marked(self) -> frozenset[str]:
        """The terms to mark where they stand."""
        return frozenset(term for group in self.groups for term in (*group.terms, *frozenset().union(*group.parts)))


def parse(text: str, *, words_max: int = WORDS_MAX) -> Query:
    """What somebody asks for. Words that say nothing ask for nothing, where there are others."""
    text = text[:QUERY_MAX_CHARACTERS]
    phrases = tuple(found for quoted in _QUOTED.findall(text) if (found := tuple(words(quoted))))
    bare = words(_QUOTED.sub(" ", text))
    spoken = list(dict.fromkeys([*(word for phrase in phrases for word in phrase), *bare]))
    groups = [group(word) for word in spoken if analyse(word).whole][:words_max]
    last = bare[-1] if bare and text[-1:].isalnum() else ""
    return Query(
        groups=tuple(groups),
        phrases=phrases,
        unfinished=last if len(last) >= UNFINISHED_MIN_CHARACTERS and analyse(last).whole else "",
        spoken=tuple(spoken),
    )


def group(word: str) -> Group:
    terms = analyse(word)
    return Group(word, dict.fromkeys(sorted(terms.whole), 1.0), terms.parts)
