"""How well the judged searches are answered, beside a plain LIKE and the database's own configuration.

The titles among them are asked as whoever writes a need asks: for up to five like it.

`python -m bench.searches [--half tuning|held-out] [--misses]`
"""

import argparse
import logging
import tempfile
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from math import log2
from pathlib import Path
from statistics import mean
from typing import Any

from sqlalchemy import text

from participation.extensions import db
from participation.needs.similar import SIMILAR_MAX
from participation.search.analysis import normalise
from participation.search.queries import alike, find
from participation.search.service import Findable, index
from tests.databases import DATABASES, make_app, make_settings, new_database_url

FOLDER = Path(__file__).with_name("search")
HALVES = ("tuning", "held-out")
KIND = "need"
TITLE = "title"
"""The kind of the searches that are titles of new needs."""
DEPTH = 10
Answer = Callable[[str], list[int]]


@dataclass(frozen=True)
class Judged:
    text: str
    kind: str
    grades: dict[int, int]


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--half", choices=HALVES, action="append")
    asked.add_argument("--misses", action="store_true", help="show what was expected and not found")
    asked.add_argument("--database", choices=DATABASES, action="append")
    wanted = asked.parse_args()
    logging.disable(logging.WARNING)
    halves = wanted.half or HALVES
    for database in wanted.database or DATABASES:
        with tempfile.TemporaryDirectory() as folder:
            _measure(database, Path(folder), halves, show_misses=wanted.misses)


def corpus() -> list[dict[str, Any]]:
    return [need for path in sorted(FOLDER.glob("corpus*.toml")) for need in tomllib.loads(path.read_text())["need"]]


def judged(half: str) -> list[Judged]:
    rows = tomllib.loads((FOLDER / f"{half}.toml").read_text())["query"]
    return [
        Judged(row["text"], row["kind"], {int(key): grade for key, grade in row["expected"].items()}) for row in rows
    ]


def fields(need: dict[str, Any]) -> list[str]:
    return [need["title"], need["description"], need["affected"], need.get("solution", ""), need["area"]]


def findable(needs: Iterable[dict[str, Any]]) -> list[Findable]:
    return [Findable(need["id"], need["title"], fields(need)[1:-1], context=_context(need)) for need in needs]


@cache
def _names() -> dict[str, tuple[str, ...]]:
    return {key: tuple(names) for key, names in tomllib.loads((FOLDER / "names.toml").read_text()).items()}


def _context(need: dict[str, Any]) -> tuple[str, ...]:
    """The names of its area and its theme."""
    return (*_names()[need["area"]], *_names()[need["theme"]])


def _measure(database: str, folder: Path, halves: Iterable[str], *, show_misses: bool) -> None:
    app = make_app(make_settings(new_database_url(database, folder, "judged"), folder))
    with app.app_context():
        needs = corpus()
        index(KIND, *findable(needs))
        db.session.commit()
        stock = "FTS5 unicode61" if database == "sqlite" else "norwegian"
        ways = {"ours": _ours, "LIKE": _like(needs), stock: _stock(database, needs)}
        print(f"\n{database}, {len(needs)} needs")
        for half in halves:
            queries = judged(half)
            searches = [query for query in queries if query.kind != TITLE]
            titles = [query for query in queries if query.kind == TITLE]
            for name, answer in ways.items():
                _report(f"{half}, {len(searches)} queries, {name}", searches, answer)
            _report(f"{half}, {len(titles)} titles, alike", titles, _alike)
            if show_misses:
                _show_misses(searches, _ours)
                _show_misses(titles, _alike)


def _report(name: str, queries: list[Judged], answer: Answer) -> None:
    answers = [(query, answer(query.text)) for query in queries]
    print(
        f"  {name:<40} recall@10 {_mean(answers, recall):.3f}   nDCG@10 {_mean(answers, ndcg):.3f}"
        f"   precision {_mean(answers, precision):.3f}   shown {mean(len(found) for _query, found in answers):.1f}"
    )
    if name.endswith("ours"):
        by_kind = defaultdict(list)
        for query, found in answers:
            by_kind[query.kind].append((query, found))
        print("    " + ", ".join(f"{kind} {_mean(rows, recall):.2f}" for kind, rows in sorted(by_kind.items())))


def _mean(answers: list[tuple[Judged, list[int]]], measure: Callable[[Judged, list[int]], float]) -> float:
    return mean(measure(query, found) for query, found in answers)


def recall(query: Judged, found: list[int]) -> float:
    """The share of what was expected that stands among the first ten, of as many as there is room for."""
    return len(query.grades.keys() & set(found[:DEPTH])) / min(len(query.grades), DEPTH)


def ndcg(query: Judged, found: list[int]) -> float:
    best = sorted(query.grades.values(), reverse=True)[:DEPTH]
    return _gain([query.grades.get(number, 0) for number in found[:DEPTH]]) / _gain(best)


def precision(query: Judged, found: list[int]) -> float:
    """The share of all that is shown that was expected; the rest is noise, or welcome and not judged."""
    return len(query.grades.keys() & set(found)) / len(found) if found else 1.0


def _gain(grades: list[int]) -> float:
    return float(sum((2**grade - 1) / log2(place + 2) for place, grade in enumerate(grades)))


def _ours(query: str) -> list[int]:
    return find(KIND, query).ids


def _alike(title: str) -> list[int]:
    return alike(KIND, title, limit=SIMILAR_MAX)


def _like(needs: list[dict[str, Any]]) -> Answer:
    texts = {need["id"]: normalise(" ".join(fields(need))) for need in needs}
    db.session.execute(text("CREATE TABLE plain (id integer PRIMARY KEY, words text)"))
    db.session.execute(
        text("INSERT INTO plain VALUES (:id, :words)"), [{"id": key, "words": words} for key, words in texts.items()]
    )
    db.session.commit()

    def answer(query: str) -> list[int]:
        words = normalise(query).replace('"', " ").split()
        held = " AND ".join(f"words LIKE :w{place}" for place in range(len(words)))
        statement = text(f"SELECT id FROM plain WHERE {held} ORDER BY id DESC LIMIT {DEPTH}")  # noqa: S608 our own words
        return list(db.session.scalars(statement, {f"w{place}": f"%{word}%" for place, word in enumerate(words)}))

    return answer


def _stock(database: str, needs: list[dict[str, Any]]) -> Answer:
    """As the database is meant to be used: its own analysis and its own ranking."""
    rows = [{"id": need["id"], "words": "\n".join(fields(need))} for need in needs]
    if database == "sqlite":
        db.session.execute(text("CREATE VIRTUAL TABLE stock USING fts5(words, tokenize = 'unicode61')"))
        db.session.execute(text("INSERT INTO stock (rowid, words) VALUES (:id, :words)"), rows)
        statement = "SELECT rowid FROM stock WHERE stock MATCH :query ORDER BY bm25(stock) LIMIT 10"
    else:
        db.session.execute(text("CREATE TABLE stock (id integer PRIMARY KEY, words tsvector)"))
        db.session.execute(text("INSERT INTO stock VALUES (:id, to_tsvector('norwegian', :words))"), rows)
        statement = (
            "SELECT id FROM stock, websearch_to_tsquery('norwegian', :query) AS asked WHERE words @@ asked"
            " ORDER BY ts_rank(words, asked) DESC LIMIT 10"
        )
    db.session.commit()

    def answer(query: str) -> list[int]:
        asked = query if database != "sqlite" else " ".join(f'"{word}"' for word in query.replace('"', " ").split())
        return list(db.session.scalars(text(statement), {"query": asked}))

    return answer


def _show_misses(queries: list[Judged], answer: Answer) -> None:
    for query in queries:
        found = answer(query.text)
        missed = sorted(query.grades.keys() - set(found[:DEPTH]))
        if missed:
            places = {number: found.index(number) if number in found else "-" for number in missed}
            print(f"    {query.kind} {query.text!r}: missed {places} of {len(query.grades)}")


if __name__ == "__main__":
    main()
