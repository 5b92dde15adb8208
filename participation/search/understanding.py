"""What the words of a query may stand for: how common they are, how the last may go on, what was meant by a mistake."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from rapidfuzz.distance import OSA
from sqlalchemy import func, literal, select

from participation.extensions import db
from participation.search.analysis import analyse, is_known, stem_of
from participation.search.commonness import documents_with
from participation.search.documents import letters_left_out
from participation.search.models import SearchDocument, SearchMisspelling, SearchWord
from participation.search.plain_letters import plain
from participation.search.rules import AS_LONGER, AS_UNFINISHED, COMMON, MISSPELT_MIN_CHARACTERS, Group, Query, group
from participation.search.terms import Any_, Condition, Has

CONTINUATIONS, CORRECTIONS = 25, 5


@dataclass(frozen=True)
class Understood:
    query: Query
    corrected: Mapping[str, str]
    """The words taken for mistakes, and what they were taken for."""
    begun: str = ""
    """The last word, when nobody has written it and it was taken for the beginning of others."""


def understand(kinds: Sequence[str], query: Query) -> Understood:
    """How rare words are is seen by the first of the kinds. A few questions, however long the query is."""
    groups = with_rarity(kinds[0], query.groups)
    goes_on = _continuations(query.unfinished) if any(_may_go_on(each, query) for each in groups) else []
    quoted = {word for phrase in query.phrases for word in phrase}
    unknown = [each.word for each in groups if not each.commonness and not is_known(each.word)]
    unknown = [word for word in unknown if word not in quoted]
    if goes_on:
        unknown = [word for word in unknown if word != query.unfinished]
    meant = _still_written(kinds, _meant(unknown))
    corrected = {word: found[0] for word, found in meant.items() if found}
    seen = [_seen(each, query, goes_on, meant) for each in groups]
    is_written = any(each.commonness for each in groups if each.word == query.unfinished)
    begun = query.unfinished if goes_on and not is_written else ""
    return Understood(replace(query, groups=tuple(_recounted(kinds[0], groups, seen))), corrected, begun)


def _may_go_on(each: Group, query: Query) -> bool:
    """What is common is a word already, and so is a word of the dictionary that somebody has written."""
    is_whole = each.commonness >= COMMON or (each.commonness and is_known(each.word))
    return each.word == query.unfinished and not is_whole


def _seen(each: Group, query: Query, goes_on: list[str], meant: Mapping[str, list[str]]) -> Group:
    if each.word == query.unfinished and goes_on:
        terms = {term for word in goes_on for term in analyse(word).whole}
        return each.also(terms, worth=AS_LONGER if each.commonness else AS_UNFINISHED)
    if found := meant.get(each.word):
        terms = {term for word in found for term in analyse(word).whole}
        return replace(group(found[0]).also(terms, worth=1.0), word=each.word, rarity=each.rarity, is_guess=True)
    return each


def _recounted(kind: str, before: Sequence[Group], groups: Sequence[Group]) -> list[Group]:
    """With how common those are that now stand for more, or for something else, than what was written."""
    counts = iter(documents_with(kind, [own_words(now) for was, now in zip(before, groups, strict=True) if was != now]))
    return [
        replace(now, commonness=next(counts)) if was != now else now for was, now in zip(before, groups, strict=True)
    ]


def with_rarity(kind: str, groups: Iterable[Group]) -> list[Group]:
    """The words as rare as they are, by two questions."""
    groups = list(groups)
    parts = [_any_of(part) for each in groups for part in each.parts]
    everywhere = _documents(kind)
    found = documents_with(kind, [*map(own_words, groups), *parts])
    own, of_parts = found[: len(groups)], iter(found[len(groups) :])
    return [
        each.among(everywhere, with_it=with_it, with_parts=list(islice(of_parts, len(each.parts))))
        for each, with_it in zip(groups, own, strict=True)
    ]


def _documents(kind: str) -> int:
    """How many there are, up to COMMON."""
    some_of_them = select(literal(1)).where(SearchDocument.kind == kind).limit(COMMON).subquery()
    return db.session.scalar(select(func.count()).select_from(some_of_them)) or 0


def _any_of(terms: Iterable[str]) -> Condition:
    return Any_(tuple(Has(term) for term in sorted(terms)))


def own_words(each: Group) -> Condition:
    return _any_of(each.terms)


def _continuations(word: str) -> list[str]:
    """Words that begin so, the shortest first."""
    key = plain(word)
    query = (
        select(SearchWord.word)
        .where(SearchWord.key > key, SearchWord.key < key + "\uffff")
        .order_by(func.length(SearchWord.key), SearchWord.key)
        .limit(CONTINUATIONS)
    )
    return list(db.session.scalars(query))


def _meant(unknown: Iterable[str]) -> dict[str, list[str]]:
    """For each, the words that are one mistake away: a letter wrong, missing, too many, or two that changed places."""
    keys = {word: _long({plain(word), stem_of(word)}) for word in unknown}
    letters = {one for found in keys.values() for key in found for one in letters_left_out(key)}
    if not letters:
        return {}
    query = (
        select(SearchWord.key, SearchWord.word)
        .join(SearchMisspelling, SearchMisspelling.key == SearchWord.key)
        .where(SearchMisspelling.letters.in_(sorted(letters)))
        .distinct()
    )
    near = [(row.key, row.word) for row in db.session.execute(query)]
    return {word: _nearest(found, near) for word, found in keys.items()}


def _still_written(kinds: Sequence[str], meant: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Without those that can no longer be found: what was taken away is not to be told of."""
    words = [word for found in meant.values() for word in found]
    counted = [documents_with(kind, [own_words(group(word)) for word in words]) for kind in kinds] if words else []
    gone = {word for word, *counts in zip(words, *counted, strict=True) if not any(counts)} if words else set()
    return {word: [one for one in found if one not in gone] for word, found in meant.items()}


def _long(keys: set[str]) -> set[str]:
    return {key for key in keys if len(key) >= MISSPELT_MIN_CHARACTERS and key.isalpha()}


def _nearest(keys: set[str], near: Iterable[tuple[str, str]]) -> list[str]:
    """Whole words before those that only their stems are like."""
    alike = {(other, word) for other, word in near if any(OSA.distance(key, other) == 1 for key in keys)}
    found = sorted(alike, key=lambda one: (one[0] != plain(one[1]), len(one[0]), one[1]))
    return list(dict.fromkeys(word for _key, word in found))[:CORRECTIONS]
