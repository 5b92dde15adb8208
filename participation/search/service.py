"""Keeps what can be searched in step with what it belongs to, in the caller's transaction."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select

from participation.database import insert
from participation.extensions import db
from participation.search import terms
from participation.search.documents import Document, document, letters_left_out
from participation.search.models import SearchDocument, SearchMisspelling, SearchWord
from participation.search.rules import MISSPELT_MIN_CHARACTERS


@dataclass(frozen=True)
class Findable:
    """One object, by the words it is to be found by."""

    object_id: int
    title: str
    body: Sequence[str] = ()
    context: Sequence[str] = ()
    """The names of what it belongs to."""


def index(kind: str, *findable: Findable) -> None:
    """Set what these objects are found by."""
    made = {each.object_id: document(each.title, *each.body, context=each.context) for each in findable}
    rows = _rows(kind, made)
    new = [SearchDocument(kind=kind, object_id=number) for number in made if number not in rows]
    for row in (*rows.values(), *new):
        row.text, row.weights = made[row.object_id].text, made[row.object_id].weights
    db.session.add_all(new)
    db.session.flush()
    terms.drop([row.id for row in rows.values()])
    terms.keep(kind, {row.id: _terms(made[row.object_id]) for row in (*rows.values(), *new)})
    _learn({key: word for each in made.values() for key, word in each.vocabulary.items()})


def _terms(made: Document) -> set[str]:
    return {*made.weights, *(terms.IN_TITLE + term for term in made.title_terms)}


def forget(kind: str, *object_ids: int) -> None:
    """Let nobody find these objects any more."""
    rows = _rows(kind, object_ids).values()
    terms.drop([row.id for row in rows])
    for row in rows:
        db.session.delete(row)


def _rows(kind: str, object_ids: Collection[int]) -> dict[int, SearchDocument]:
    query = select(SearchDocument).where(SearchDocument.kind == kind, SearchDocument.object_id.in_(object_ids))
    return {row.object_id: row for row in db.session.scalars(query)}


def _learn(vocabulary: dict[str, str]) -> None:
    """Keep the words that are new, by the alphabet: of two that learn the same ones, the later waits and goes on."""
    known = set(db.session.scalars(select(SearchWord.key).where(SearchWord.key.in_(vocabulary))))
    new = sorted(vocabulary.keys() - known)
    _add(SearchWord, [{"key": key, "word": vocabulary[key]} for key in new])
    long = (key for key in new if len(key) >= MISSPELT_MIN_CHARACTERS)
    _add(SearchMisspelling, [{"letters": one, "key": key} for key in long for one in sorted(letters_left_out(key))])


def _add(table: type, rows: Iterable[dict[str, Any]]) -> None:
    wanted = list(rows)
    if wanted:
        db.session.execute(insert(table, db.session.get_bind().dialect.name).on_conflict_do_nothing(), wanted)


def forget_words() -> None:
    """Before all is indexed anew: else words that nobody has written for long are suggested."""
    for table in (SearchMisspelling, SearchWord):
        db.session.execute(delete(table))
