"""The databases' own full-text indexes: FTS5 on SQLite, a GIN index of tsvectors on PostgreSQL.

Both hold the same terms, made by our own analysis; they split nothing, stem nothing and rank nothing. A term carries
the kind of what it stands in (`need_sykkel`), so that each kind has lists of its own.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, bindparam, column, select, table, text

from participation.extensions import db
from participation.search.models import SearchDocument

TABLE = "search_terms"
IN_TITLE = "1"
"""Before a term of the title, which is kept both with and without it."""
_INDEX = table(TABLE, column("rowid", Integer), column("id", Integer))
# After the share of each term stand the least and the greatest of them.
_FIGURES = """
    SELECT CAST(CAST(most_common_elems AS text) AS text[]) AS terms, most_common_elem_freqs AS shares, reltuples AS rows
    FROM pg_stats JOIN pg_class ON pg_class.oid = to_regclass('search_terms')
    WHERE schemaname = current_schema() AND tablename = 'search_terms' AND attname = 'terms'
    AND most_common_elems IS NOT NULL
"""
TERM = re.compile(r"[^\W]+")


class Condition(ABC):
    """What a document's terms must fulfil."""

    @abstractmethod
    def written(self, marks: "Marks") -> str:
        """In the language of the index."""

    def has_one_of(self, kind: str, terms: Collection[str]) -> bool:
        """Whether one of the terms, each with its kind, is enough to fulfil it."""
        return False


@dataclass(frozen=True)
class Has(Condition):
    term: str

    def written(self, marks: "Marks") -> str:
        return marks.term(self.term)

    def has_one_of(self, kind: str, terms: Collection[str]) -> bool:
        return _of_kind(kind, self.term) in terms


@dataclass(frozen=True)
class Every(Condition):
    of: tuple[Condition, ...]

    def written(self, marks: "Marks") -> str:
        return "(" + marks.both.join(condition.written(marks) for condition in self.of) + ")"

    def has_one_of(self, kind: str, terms: Collection[str]) -> bool:
        return len(self.of) == 1 and self.of[0].has_one_of(kind, terms)


@dataclass(frozen=True)
class Any_(Condition):  # noqa: N801 the built-in has the name
    of: tuple[Condition, ...]

    def written(self, marks: "Marks") -> str:
        return "(" + marks.either.join(condition.written(marks) for condition in self.of) + ")"

    def has_one_of(self, kind: str, terms: Collection[str]) -> bool:
        return any(condition.has_one_of(kind, terms) for condition in self.of)


@dataclass(frozen=True)
class Marks:
    """How an index writes its conditions."""

    quote: str
    both: str
    either: str
    kind: str

    def term(self, term: str) -> str:
        return f"{self.quote}{_of_kind(self.kind, term)}{self.quote}"


def _of_kind(kind: str, term: str) -> str:
    # Whatever reaches the language of an index is letters, digits and low lines, and can say nothing in it.
    if not TERM.fullmatch(term):
        raise ValueError(f"not a term: {term!r}")
    return f"{kind}_{term}"


def keep(kind: str, found_by: Mapping[int, Iterable[str]]) -> None:
    """Set what new documents are found by, by their numbers, in the caller's transaction."""
    rows = {number: sorted(_of_kind(kind, term) for term in terms) for number, terms in found_by.items()}
    if _on_sqlite():
        statement = "INSERT INTO search_terms (rowid, terms) VALUES (:id, :terms)"
        _do(statement, [{"id": number, "terms": " ".join(terms)} for number, terms in rows.items()])
    else:
        statement = "INSERT INTO search_terms (id, terms) VALUES (:id, array_to_tsvector(CAST(:terms AS text[])))"
        _do(statement, [{"id": number, "terms": terms} for number, terms in rows.items()])


def drop(numbers: Collection[int]) -> None:
    by_rowid, by_id = "DELETE FROM search_terms WHERE rowid = :id", "DELETE FROM search_terms WHERE id = :id"
    _do(by_rowid if _on_sqlite() else by_id, [{"id": number} for number in numbers])


@contextmanager
def by_index() -> Iterator[None]:
    """What is asked inside is found by the indexes, whatever PostgreSQL thinks: reading all grows with the town.

    It can't know how few documents have a word that it has no figures of.
    """
    if _on_sqlite():
        yield
        return
    connection = db.session.connection()
    connection.exec_driver_sql(_settings("off"))
    try:
        yield
    finally:
        connection.exec_driver_sql(_settings("on"))


def _settings(to: str) -> str:
    names = ("enable_seqscan", "enable_mergejoin", "enable_hashjoin")
    return "SELECT " + ", ".join(f"set_config('{name}', '{to}', true)" for name in names)


def newest(
    kind: str, condition: Condition, *, limit: int, among: ColumnElement[bool] | None = None, after: int | None = None
) -> Select[int]:
    """A select of the numbers of the newest documents that fulfil the condition, and are among those meant.

    `after`: a document's number; only what was added later.
    """
    number, fulfils = _matching(kind, condition)
    if after is not None:
        fulfils = and_(number > after, fulfils)
    # Else PostgreSQL may read all documents from the newest on, to find the few that fulfil it.
    matching = select(number.label("id")).where(fulfils).cte().prefix_with("MATERIALIZED", dialect="postgresql")
    # In order before it is looked into them: it ends with those that are enough.
    found = select(matching.c.id).order_by(matching.c.id.desc()).subquery()
    query = select(found.c.id).order_by(found.c.id.desc()).limit(limit)
    if among is not None:
        query = query.join(SearchDocument, SearchDocument.id == found.c.id).where(among)
    return query


def some(kind: str, condition: Condition, *, limit: int) -> Select[int]:
    """A select of the numbers of so many that fulfil the condition, whichever."""
    number, fulfils = _matching(kind, condition)
    return select(number).select_from(_INDEX).where(fulfils).limit(limit)


def known_to_be_in(documents: int) -> dict[str, float]:
    """The terms, each with its kind, that PostgreSQL's own figures say are in at least so many documents.

    Each with the share of the documents that it is in. PostgreSQL keeps figures of the thousand commonest; SQLite keeps
    none and needs none: it reads no further than it is asked.
    """
    if _on_sqlite():
        return {}
    figures = db.session.execute(text(_FIGURES))
    return {
        term: share
        for terms, shares, rows in figures
        for term, share in zip(terms, shares, strict=False)
        if share * rows >= documents
    }


def _matching(kind: str, condition: Condition) -> tuple[Any, Any]:
    if _on_sqlite():
        wanted = condition.written(Marks(quote='"', both=" AND ", either=" OR ", kind=kind))
        return _INDEX.c.rowid, _holds("search_terms MATCH :wanted", wanted)
    wanted = condition.written(Marks(quote="'", both=" & ", either=" | ", kind=kind))
    return _INDEX.c.id, _holds("search_terms.terms @@ CAST(:wanted AS tsquery)", wanted)


def _holds(condition: str, wanted: str) -> Any:
    return text(condition).bindparams(bindparam("wanted", wanted, unique=True))


def _do(statement: str, rows: list[dict[str, Any]]) -> None:
    if rows:
        db.session.execute(text(statement), rows)


def _on_sqlite() -> bool:
    return bool(db.session.get_bind().dialect.name == "sqlite")
