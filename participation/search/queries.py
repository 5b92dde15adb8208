"""Finds objects by their words, the best answer first."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import combinations

from rapidfuzz.distance import OSA
from sqlalchemy import ColumnElement, Row, func, select, union_all

from participation.extensions import db
from participation.search.analysis import analyse, plain
from participation.search.documents import has_phrase, letters_left_out
from participation.search.models import SearchDocument, SearchMisspelling, SearchWord
from participation.search.rules import (
    AS_MISSPELT,
    AS_UNFINISHED,
    COMMON,
    LEAST_OF_BEST,
    MISSPELT_MIN_CHARACTERS,
    Group,
    Query,
    parse,
)
from participation.search.terms import IN_TITLE, Any_, Condition, Every, Has, newest

CANDIDATES = 400
"""So many documents are weighed against each other: of more than fulfil a condition, the newest."""
ENOUGH = 10
CONTINUATIONS, CORRECTIONS = 25, 5


@dataclass(frozen=True)
class Found:
    """The numbers of what was found, best first; and how the query was understood."""

    scores: Mapping[int, float]
    query: Query
    corrected: Mapping[str, str]
    """The words taken for misspelt, and what they were taken for."""
    all_there_is: bool = True

    @property
    def ids(self) -> list[int]:
        return list(self.scores)


def find(kind: str, text: str, *, among: ColumnElement[bool] | None = None, unfinished: bool = True) -> Found:
    """What answers the query best. `among` is a condition on SearchDocument; it must hold for all that is found."""
    query, corrected = _understood(kind, parse(text), unfinished=unfinished)
    if not query.groups:
        return Found({}, query, {})
    rows = _candidates(kind, query, among)
    return Found(_ranked(query, rows), query, corrected, len(rows) < CANDIDATES)


def _understood(kind: str, query: Query, *, unfinished: bool) -> tuple[Query, dict[str, str]]:
    """The query with how common its words are, how the last may go on, and what was meant by those nobody wrote."""
    groups = _with_commonness(kind, query.groups)
    if unfinished and query.unfinished:
        terms = {term for word in _continuations(query.unfinished) for term in analyse(word).whole}
        groups = [
            group.also(terms, worth=AS_UNFINISHED) if group.word == query.unfinished else group for group in groups
        ]
    corrected: dict[str, str] = {}
    in_phrases = {word for phrase in query.phrases for word in phrase}
    for place, group in enumerate(groups):
        if group.commonness == 0 and group.word not in in_phrases and (meant := _meant(group.word)):
            corrected[group.word] = meant[0]
            terms = {term for word in meant for term in analyse(word).whole}
            groups[place] = group.also(terms, worth=AS_MISSPELT)
    return replace(query, groups=tuple(groups)), corrected


def _with_commonness(kind: str, groups: Iterable[Group]) -> list[Group]:
    groups = list(groups)
    if not groups:
        return []
    counts = [
        select(func.count()).select_from(newest(kind, _own_words(group), limit=COMMON).subquery()) for group in groups
    ]
    found = db.session.scalars(union_all(*counts)).all() if len(counts) > 1 else [db.session.scalar(counts[0])]
    return [replace(group, commonness=count or 0) for group, count in zip(groups, found, strict=True)]


def _own_words(group: Group) -> Condition:
    return Any_(tuple(Has(term) for term in sorted(group.terms)))


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


def _meant(word: str) -> list[str]:
    """The words that are one mistake from this: a letter wrong, missing, too many, or two that changed places."""
    key = plain(word)
    if len(key) < MISSPELT_MIN_CHARACTERS or not key.isalpha():
        return []
    query = (
        select(SearchWord.key, SearchWord.word)
        .join(SearchMisspelling, SearchMisspelling.key == SearchWord.key)
        .where(SearchMisspelling.letters.in_(sorted(letters_left_out(key))))
        .distinct()
    )
    near = [(OSA.distance(key, other), other, found) for other, found in db.session.execute(query)]
    return [found for distance, _other, found in sorted(near) if distance == 1][:CORRECTIONS]


def _candidates(
    kind: str, query: Query, among: ColumnElement[bool] | None
) -> list[Row[int, int, str, dict[str, float]]]:
    """Documents that may answer: those with every word in the title, those with every word, and then with fewer."""
    found: dict[int, None] = {}
    for condition in _conditions(query):
        numbers = db.session.scalars(newest(kind, condition, limit=CANDIDATES, among=among)).all()
        found |= dict.fromkeys(numbers)
        if len(numbers) >= CANDIDATES:
            in_title = newest(kind, _in_title(condition), limit=CANDIDATES, among=among)
            found = dict.fromkeys([*db.session.scalars(in_title), *found])
        if len(found) >= ENOUGH:
            break
    chosen = list(found)[:CANDIDATES]
    columns = (SearchDocument.id, SearchDocument.object_id, SearchDocument.text, SearchDocument.weights)
    rows = db.session.execute(select(*columns).where(SearchDocument.id.in_(chosen))).all()
    return [row for row in rows if all(has_phrase(row.text, phrase) for phrase in query.phrases)]


def _conditions(query: Query) -> list[Condition]:
    """From the strictest on. Words in quotes must always be there."""
    fixed = {word for phrase in query.phrases for word in phrase}
    must = tuple(_condition(group) for group in query.groups if group.word in fixed)
    free = [_condition(group) for group in query.groups if group.word not in fixed]
    loose = [_loose(group) for group in query.groups if group.word not in fixed]
    steps = [Every((*must, *free))]
    if len(free) > 2:
        steps.append(Every((*must, Any_(tuple(Every(few) for few in combinations(free, len(free) - 1))))))
    if free and not must:
        steps.append(Every((Any_(tuple(loose)),)))
    return list(steps)


def _condition(group: Group) -> Condition:
    own = _own_words(group)
    if not group.parts:
        return own
    return Any_((own, Every(tuple(Any_(tuple(Has(term) for term in sorted(part))) for part in group.parts))))


def _loose(group: Group) -> Condition:
    terms = {*group.terms, *frozenset().union(*group.parts)}
    return Any_(tuple(Has(term) for term in sorted(terms)))


def _in_title(condition: Condition) -> Condition:
    if isinstance(condition, Has):
        return Has(IN_TITLE + condition.term)
    assert isinstance(condition, Every | Any_)  # noqa: S101 there is no other
    return type(condition)(tuple(_in_title(part) for part in condition.of))


def _ranked(query: Query, rows: Iterable[Row[int, int, str, dict[str, float]]]) -> dict[int, float]:
    """Best first, and of two as good the newest. What answers far worse than the best is left out."""
    scored = sorted(((query.score(row.weights), row.id, row.object_id) for row in rows), reverse=True)
    least = scored[0][0] * LEAST_OF_BEST if scored else 0.0
    return {object_id: score for score, _number, object_id in scored if score > 0 and score >= least}
