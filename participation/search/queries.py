"""Finds objects by their words, the best answer first."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations, product

from sqlalchemy import ColumnElement, Row, func, select

from participation.extensions import db
from participation.search.commonness import is_everywhere
from participation.search.documents import has_phrase
from participation.search.models import SearchDocument
from participation.search.rules import (
    ALIKE_AT_LEAST,
    ALIKE_LONGEST,
    ALIKE_OF_BEST,
    ALIKE_RAREST,
    ALIKE_WORDS_MAX,
    AS_ONE_PART,
    AS_PARTS_APART,
    COMMON,
    FILL_NEAR,
    FILLED_UP_TO,
    LEAST_NEAR,
    LEAST_OF_BEST,
    Answer,
    Group,
    Query,
    parse,
)
from participation.search.terms import IN_TITLE, Any_, Condition, Every, Has, by_index, newest
from participation.search.understanding import Understood, own_words, understand, with_rarity

CANDIDATES = 200
"""So many documents are weighed against each other: of more than fulfil a condition, the newest."""
ENOUGH = 20
LOOKED_THROUGH = 20_000
"""Where every fiftieth has a word, twice as many as are weighed are found among so many."""
ROWS_AT_ONCE = 40


@dataclass(frozen=True)
class Found:
    """The numbers of what was found, best first; and how the query was understood."""

    scores: Mapping[int, float]
    query: Query
    corrected: Mapping[str, str]
    """The words taken for misspelt, and what they were taken for."""
    all_there_is: bool = True
    in_parts: bool = False
    """Whether nothing had the words, and what was found has only parts of them."""
    begun: str = ""
    """The last word, when nobody has written it and what was found has words that begin so."""

    @property
    def ids(self) -> list[int]:
        return list(self.scores)


def find(kind: str, text: str, *, among: ColumnElement[bool] | None = None) -> Found:
    """What answers the query best. `among` is a condition on SearchDocument; it must hold for all that is found."""
    return find_each({kind: among}, text)[kind]


def find_each(among: Mapping[str, ColumnElement[bool] | None], text: str) -> dict[str, Found]:
    """The same for several kinds at once; how rare words are, and which are misspelt, is seen by the first of them."""
    query = parse(text)
    if query.says_nothing:
        return {kind: Found({}, query, {}) for kind in among}
    with by_index():
        understood = understand(list(among), query)
        return {kind: _found(kind, understood, condition) for kind, condition in among.items()}


def _found(kind: str, understood: Understood, among: ColumnElement[bool] | None) -> Found:
    """What answers all of it or most; only where there is nothing better, what has a part of a word."""
    query = understood.query
    found = _answered(kind, query, among)
    may_be_parts = not query.phrases and any(each.parts for each in query.groups)
    in_parts = may_be_parts and all(
        answer.nearness <= max(AS_ONE_PART, AS_PARTS_APART) for answer in found.answers.values()
    )
    if in_parts:
        query = replace(query, groups=tuple(with_rarity(kind, query.in_parts.groups)))
        found = _answered(kind, query, among, filled_up_to=0)
    return Found(found.scores, query, understood.corrected, found.all_there_is, in_parts, understood.begun)


@dataclass(frozen=True)
class _Answered:
    answers: Mapping[int, Answer]
    all_there_is: bool

    @property
    def scores(self) -> dict[int, float]:
        return {object_id: answer.score for object_id, answer in self.answers.items()}


def _answered(
    kind: str, query: Query, among: ColumnElement[bool] | None, *, filled_up_to: int = FILLED_UP_TO
) -> _Answered:
    """From those with every word on to those with fewer."""
    numbers = _newest_of(kind, _conditions(query), among)
    rows = (row for row in _rows(numbers) if all(has_phrase(row.text, phrase) for phrase in query.phrases))
    return _Answered(_ranked(query, rows, filled_up_to), len(numbers) < CANDIDATES)


def alike(kind: str, text: str, *, limit: int, among: ColumnElement[bool] | None = None) -> list[int]:
    """The numbers of what says much the same as the text, the most alike first."""
    query = parse(text.replace('"', " "), words_max=ALIKE_WORDS_MAX).without_little()
    if not query.groups:
        return []
    with by_index():
        query = _taken_apart(kind, understand([kind], replace(query, unfinished="")).query).most_telling(ALIKE_RAREST)
        rows = _rows(_newest_of(kind, _alike_conditions(query), among))
        scored = sorted(((query.likeness(row.weights, row.text), row.id, row.object_id) for row in rows), reverse=True)
    least = max(ALIKE_AT_LEAST, scored[0][0] * ALIKE_OF_BEST) if scored else 0.0
    return [object_id for likeness, _number, object_id in scored if likeness >= least][:limit]


def _taken_apart(kind: str, query: Query) -> Query:
    apart = query.in_known_parts
    return replace(apart, groups=tuple(with_rarity(kind, apart.groups))) if apart != query else query


def _alike_conditions(query: Query) -> list[Condition]:
    """With any two of the words in common, and if those are few, any one.

    Of words that are common there are very many pairs: one of the two is a rare one, or both stand in the title and one
    of them is among the longest, which say most. One common word by itself says nothing.
    """
    rare = [_condition(group) for group in query.groups if group.commonness < COMMON]
    longest_first = sorted(query.groups, key=lambda group: -len(group.word))
    common = [own_words(group) for group in longest_first if group.commonness >= COMMON]
    with_rare = [Every(pair) for pair in combinations(rare, 2)] + [Every(pair) for pair in product(rare, common)]
    in_title = [
        _in_title(Every((one, other)))
        for place, one in enumerate(common[:ALIKE_LONGEST])
        for other in common[place + 1 :]
    ]
    return [Any_(tuple(some)) for some in (with_rare, in_title, rare) if some]


def _newest_of(kind: str, conditions: Iterable[Condition], among: ColumnElement[bool] | None) -> list[int]:
    """The numbers of those that fulfil the first of the conditions, and the next ones till they are enough."""
    found: dict[int, None] = {}
    for condition in conditions:
        found |= dict.fromkeys(_newest_that(kind, condition, among))
        if len(found) >= ENOUGH:
            break
    return list(found)[:CANDIDATES]


def _newest_that(kind: str, condition: Condition, among: ColumnElement[bool] | None) -> Sequence[int]:
    """Of what is everywhere there are enough among the last, unless few of those are among what is meant."""
    query = partial(newest, kind, condition, limit=CANDIDATES, among=among)
    if is_everywhere(kind, condition):
        last_number = db.session.scalar(select(func.max(SearchDocument.id))) or 0
        found = db.session.scalars(query(after=last_number - LOOKED_THROUGH)).all()
        if len(found) == CANDIDATES:
            return found
    return db.session.scalars(query()).all()


def _rows(numbers: list[int]) -> Iterator[Row[int, int, str, dict[str, float]]]:
    """A few at a time: what a long text weighs takes half a megabyte."""
    columns = (SearchDocument.id, SearchDocument.object_id, SearchDocument.text, SearchDocument.weights)
    query = select(*columns).where(SearchDocument.id.in_(numbers)).execution_options(yield_per=ROWS_AT_ONCE)
    yield from db.session.execute(query)


def _conditions(query: Query) -> list[Condition]:
    """From the strictest on. Words in quotes must always be there.

    Of words that all are common, those documents come first that have them in the title: there may be very many others.
    """
    fixed = {word for phrase in query.phrases for word in phrase}
    must = tuple(own_words(group) for group in query.groups if group.word in fixed)
    free = [group for group in query.groups if group.word not in fixed]
    whole, parts = Every((*must, *map(own_words, free))), Every((*must, *map(_condition, free)))
    steps: list[Condition] = [whole, *([parts] if parts != whole else [])]
    if all(group.commonness >= COMMON for group in query.groups):
        steps.insert(0, _in_title(whole))
    loose = [_condition(group) for group in free]
    if len(loose) > 2:
        steps.append(Every((*must, Any_(tuple(Every(few) for few in combinations(loose, len(loose) - 1))))))
    if free and not must:
        # What has no more than one common word says too little.
        rare = [_condition(group) for group in free if group.commonness < COMMON]
        alone = [Has(term) for group in free for part in group.rare_parts for term in sorted(part)]
        steps += [Any_((*rare, *alone))] if rare or alone else []
    return steps


def _condition(group: Group) -> Condition:
    own = own_words(group)
    if not group.parts:
        return own
    return Any_((own, Every(tuple(Any_(tuple(Has(term) for term in sorted(part))) for part in group.parts))))


def _in_title(condition: Condition) -> Condition:
    if isinstance(condition, Has):
        return Has(IN_TITLE + condition.term)
    assert isinstance(condition, Every | Any_)  # noqa: S101 there is no other
    return type(condition)(tuple(_in_title(part) for part in condition.of))


def _ranked(query: Query, rows: Iterable[Row[int, int, str, dict[str, float]]], filled_up_to: int) -> dict[int, Answer]:
    """Best first, and of two as good the newest; what is far from what was asked only fills up a short list."""
    answers = [(query.answer(row.weights, row.text), row.id, row.object_id) for row in rows]
    least = max((answer.score for answer, *_ in answers), default=0.0) * LEAST_OF_BEST
    nearest = max((answer.nearness for answer, *_ in answers), default=0.0)
    near, far = nearest * LEAST_NEAR, nearest * FILL_NEAR
    worth_it = [one for one in answers if one[0].score > 0 and one[0].score >= least and one[0].nearness >= far]
    ranked = sorted(worth_it, key=lambda one: (one[0].nearness >= near, one[0].score, one[1]), reverse=True)
    return {
        object_id: answer
        for place, (answer, _number, object_id) in enumerate(ranked)
        if answer.nearness >= near or place < filled_up_to
    }
