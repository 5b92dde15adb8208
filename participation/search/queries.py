"""Finds objects by their words, the best answer first."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from sqlalchemy import ColumnElement, Row, select

from participation.extensions import db
from participation.search.documents import has_phrase
from participation.search.models import SearchDocument
from participation.search.rules import (
    ALIKE_AT_LEAST,
    ALIKE_RAREST,
    ALIKE_WORDS_MAX,
    COMMON,
    LEAST_OF_BEST,
    Group,
    Query,
    parse,
)
from participation.search.terms import IN_TITLE, Any_, Condition, Every, Has, by_index, newest
from participation.search.understanding import Understood, own_words, understand

CANDIDATES = 200
"""So many documents are weighed against each other: of more than fulfil a condition, the newest."""
ENOUGH = 20


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


def find(kind: str, text: str, *, among: ColumnElement[bool] | None = None) -> Found:
    """What answers the query best. `among` is a condition on SearchDocument; it must hold for all that is found."""
    return find_each({kind: among}, text)[kind]


def find_each(among: Mapping[str, ColumnElement[bool] | None], text: str) -> dict[str, Found]:
    """The same for several kinds at once; how rare words are, and which are misspelt, is seen by the first of them."""
    query = parse(text)
    if not query.groups:
        return {kind: Found({}, query, {}) for kind in among}
    with by_index():
        understood = understand(next(iter(among)), query)
        return {kind: _found(kind, understood, condition) for kind, condition in among.items()}


def _found(kind: str, understood: Understood, among: ColumnElement[bool] | None) -> Found:
    """From those with every word on to those with fewer."""
    query = understood.query
    numbers = _newest_of(kind, _conditions(query), among)
    rows = [row for row in _rows(numbers) if all(has_phrase(row.text, phrase) for phrase in query.phrases)]
    return Found(_ranked(query, rows), query, understood.corrected, len(numbers) < CANDIDATES)


def alike(kind: str, text: str, *, limit: int, among: ColumnElement[bool] | None = None) -> list[int]:
    """The numbers of what says much the same as the text, the most alike first."""
    query = parse(text.replace('"', " "), words_max=ALIKE_WORDS_MAX)
    if not query.groups:
        return []
    with by_index():
        query = understand(kind, replace(query, unfinished="")).query.most_telling(ALIKE_RAREST)
        rows = _rows(_newest_of(kind, _alike_conditions(query), among))
    scored = sorted(((query.likeness(row.weights), row.id, row.object_id) for row in rows), reverse=True)
    return [object_id for likeness, _number, object_id in scored if likeness >= ALIKE_AT_LEAST][:limit]


def _alike_conditions(query: Query) -> list[Condition]:
    """With any two of the words in common, and if those are few, any one."""
    own = [_condition(group) for group in query.groups]
    pairs = [Every(pair) for pair in combinations(own, 2)]
    return [Any_(tuple(pairs)), Any_(tuple(own))] if pairs else [Any_(tuple(own))]


def _newest_of(kind: str, conditions: Iterable[Condition], among: ColumnElement[bool] | None) -> list[int]:
    """The numbers of those that fulfil the first of the conditions, and the next ones till they are enough."""
    found: dict[int, None] = {}
    for condition in conditions:
        found |= dict.fromkeys(db.session.scalars(newest(kind, condition, limit=CANDIDATES, among=among)))
        if len(found) >= ENOUGH:
            break
    return list(found)[:CANDIDATES]


def _rows(numbers: list[int]) -> Sequence[Row[int, int, str, dict[str, float]]]:
    columns = (SearchDocument.id, SearchDocument.object_id, SearchDocument.text, SearchDocument.weights)
    return db.session.execute(select(*columns).where(SearchDocument.id.in_(numbers))).all()


def _conditions(query: Query) -> list[Condition]:
    """From the strictest on. Words in quotes must always be there.

    Of words that all are common, those documents come first that have them in the title: there may be very many others.
    """
    fixed = {word for phrase in query.phrases for word in phrase}
    must = tuple(_condition(group) for group in query.groups if group.word in fixed)
    free = [_condition(group) for group in query.groups if group.word not in fixed]
    loose = [_loose(group) for group in query.groups if group.word not in fixed]
    every = Every((*must, *free))
    steps: list[Condition] = [every]
    if all(group.commonness >= COMMON for group in query.groups):
        steps.insert(0, _in_title(every))
    if len(free) > 2:
        steps.append(Every((*must, Any_(tuple(Every(few) for few in combinations(free, len(free) - 1))))))
    if free and not must:
        steps.append(Every((Any_(tuple(loose)),)))
    return steps


def _condition(group: Group) -> Condition:
    own = own_words(group)
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
