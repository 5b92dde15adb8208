"""Both databases give the same answers, and good ones: to whatever is asked, and to the judged searches."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import mean

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.searches import HALVES, KIND, TITLE, corpus, findable, judged, precision, recall
from participation.extensions import db
from participation.search.queries import alike, find
from participation.search.service import index
from tests.databases import DATABASES, make_app, make_settings, new_database_url

RECALL_AT_LEAST, PRECISION_AT_LEAST = 0.95, 0.6
SIMILAR_AT_LEAST = 0.8
SIGNS = "bus skolevg\"«»*()&|!:'-\\%_æøå"
Answer = tuple[list[int], dict[str, str]]


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, Flask]]:
    """An app on each database, in which the judged needs can be found."""
    folder: Path = tmp_path_factory.mktemp("both")
    sqlite, postgresql = (
        make_app(make_settings(new_database_url(kind, folder, "alike"), folder)) for kind in DATABASES
    )
    for app in (sqlite, postgresql):
        with app.app_context():
            index(KIND, *findable(corpus()))
            db.session.commit()
    yield sqlite, postgresql
    for app in (sqlite, postgresql):
        with app.app_context():
            db.engine.dispose()


def answers(app: Flask, queries: Sequence[str]) -> list[Answer]:
    with app.app_context():
        found = [find(KIND, query) for query in queries]
        return [(answer.ids, dict(answer.corrected)) for answer in found]


@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(queries=st.lists(st.text(max_size=60) | st.text(alphabet=SIGNS, max_size=40), min_size=1, max_size=5))
def test_both_databases_answer_alike_whatever_is_asked(both: tuple[Flask, Flask], queries: list[str]) -> None:
    sqlite, postgresql = both
    assert answers(sqlite, queries) == answers(postgresql, queries)


@pytest.mark.parametrize("half", HALVES)
def test_the_judged_searches_are_answered_alike_and_well(both: tuple[Flask, Flask], half: str) -> None:
    queries = [query for query in judged(half) if query.kind != TITLE]
    on_sqlite, on_postgresql = (answers(app, [query.text for query in queries]) for app in both)
    assert on_sqlite == on_postgresql
    found = [(query, ids) for query, (ids, _corrected) in zip(queries, on_sqlite, strict=True)]
    assert mean(recall(query, ids) for query, ids in found) >= RECALL_AT_LEAST
    assert mean(precision(query, ids) for query, ids in found) >= PRECISION_AT_LEAST


def test_needs_like_the_judged_titles_are_found_alike(both: tuple[Flask, Flask]) -> None:
    titles = [query for half in HALVES for query in judged(half) if query.kind == TITLE]
    on_sqlite, on_postgresql = (likes(app, [title.text for title in titles]) for app in both)
    assert on_sqlite == on_postgresql
    assert mean(recall(title, ids) for title, ids in zip(titles, on_sqlite, strict=True)) >= SIMILAR_AT_LEAST


def likes(app: Flask, titles: Sequence[str]) -> list[list[int]]:
    with app.app_context():
        return [alike(KIND, title, limit=5) for title in titles]
