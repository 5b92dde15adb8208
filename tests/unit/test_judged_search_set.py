"""bench/search: a measurement is worth no more than the judgements it stands on."""

import re
import tomllib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from participation.needs.rules import TITLE_MAX_CHARACTERS, TITLE_MIN_CHARACTERS

FOLDER = Path(__file__).parents[2] / "bench" / "search"
DEMO = Path(__file__).parents[2] / "participation" / "demo" / "data"
KINDS = {"bokmal", "nynorsk", "compound", "typo", "place", "prefix", "phrase", "everyday", "accents", "whole", "title"}


@dataclass(frozen=True)
class Query:
    text: str
    kind: str
    half: str
    expected: dict[int, int]


def _read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def needs() -> list[dict[str, Any]]:
    return [need for path in sorted(FOLDER.glob("corpus-*.toml")) for need in _read(path)["need"]]


@pytest.fixture(scope="module")
def queries() -> list[Query]:
    return [
        Query(query["text"], query["kind"], half, {int(id): grade for id, grade in query["expected"].items()})
        for half in ("tuning", "held-out")
        for query in _read(FOLDER / f"{half}.toml")["query"]
    ]


def test_needs_are_about_300_as_the_service_takes_them_each_with_an_id_of_its_own(needs: list[dict[str, Any]]) -> None:
    themes = _read(DEMO / "themes.toml")
    assert len(needs) >= 300
    assert len({need["id"] for need in needs}) == len(needs)
    assert len({need["title"].casefold() for need in needs}) == len(needs)
    assert {need["theme"] for need in needs} == {theme["key"] for theme in themes["theme"]}
    assert {need["area"] for need in needs} == {area["key"] for area in themes["area"]}
    for need in needs:
        assert TITLE_MIN_CHARACTERS <= len(need["title"]) <= TITLE_MAX_CHARACTERS, need["title"]
        assert need["description"].strip(), need["id"]
        assert need["affected"].strip(), need["id"]


def test_no_search_is_written_twice_or_without_something_to_find(
    needs: list[dict[str, Any]], queries: list[Query]
) -> None:
    ids = {need["id"] for need in needs}
    assert len(queries) >= 700
    assert [text for text, times in Counter(query.text.casefold() for query in queries).items() if times > 1] == []
    for query in queries:
        assert query.expected, query.text
        assert len(query.expected) <= 10, query.text
        assert query.expected.keys() <= ids, query.text
        assert set(query.expected.values()) <= {1, 2}, query.text
        assert 2 in query.expected.values(), query.text


def test_as_many_searches_are_kept_aside_as_were_tuned_by_some_of_each_kind(queries: list[Query]) -> None:
    halves = Counter(query.half for query in queries)
    assert halves["held-out"] >= halves["tuning"]
    for half in halves:
        kinds = Counter(query.kind for query in queries if query.half == half)
        assert kinds.keys() == KINDS
        assert min(kinds.values()) >= 14, kinds


def test_a_search_in_quotes_expects_the_needs_with_those_words_and_no_others(
    needs: list[dict[str, Any]], queries: list[Query]
) -> None:
    for query in queries:
        quoted = query.text.startswith('"') and query.text.endswith('"')
        assert quoted == (query.kind == "phrase"), query.text
        if quoted:
            assert query.expected.keys() == {need["id"] for need in needs if _has(need, query.text)}, query.text


def _has(need: dict[str, Any], quoted: str) -> bool:
    words = re.compile(r"(?<!\w)" + re.escape(quoted.strip('"')) + r"(?!\w)", re.IGNORECASE)
    return any(words.search(need[field]) for field in ("title", "description", "affected", "solution"))
