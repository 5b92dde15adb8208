import pytest
from flask import Flask

from participation.extensions import db
from participation.search.queries import matching
from participation.search.service import forget, index

TEXTS = {
    1: "Bussen går for sjelden om kvelden",
    2: "Båten til Ærfuglvika og øya",
    3: "Rabatt på 50% for_alle i C:\\Lier",
    4: "Rabatt på 500 kroner foralle",
}


@pytest.fixture(autouse=True)
def _texts(ctx: Flask) -> None:
    for number, text in TEXTS.items():
        index("need", number, text)
    index("project", 1, "Bussen")
    db.session.commit()


def found(query: str, kind: str = "need") -> list[int]:
    return sorted(db.session.scalars(matching(kind, query)))


@pytest.mark.parametrize("query", ["kvelden bussen", "BUSSEN  kvelden", "sjeld", "kveld buss", "går\tbussen"])
def test_words_are_found_in_any_order_and_case_and_anywhere_in_a_word(query: str) -> None:
    assert found(query) == [1]


def test_every_word_must_be_there() -> None:
    assert found("bussen båten") == []


@pytest.mark.parametrize("query", ["ÆRFUGL", "øya", "båten", "ba\u030aten", "BÅTEN ØYA"])
def test_norwegian_letters_are_found_however_they_are_written(query: str) -> None:
    assert found(query) == [2]


@pytest.mark.parametrize("query", ["oya", "baten", "aerfugl"])
def test_norwegian_letters_are_letters_of_their_own(query: str) -> None:
    assert found(query) == []


@pytest.mark.parametrize(
    ("query", "numbers"), [("50%", [3]), ("r_alle", [3]), ("C:\\L", [3]), ("%", [3]), ("_", [3]), ("\\", [3])]
)
def test_the_databases_own_signs_are_plain_signs(query: str, numbers: list[int]) -> None:
    assert found(query) == numbers


@pytest.mark.parametrize("query", ["'", '"', "; DROP TABLE need; --", "' OR 1=1 --", "*", "🚌", "\u202e"])
def test_strange_queries_find_nothing_and_break_nothing(query: str) -> None:
    assert found(query) == []


def test_a_nul_byte_in_a_query_or_a_text_is_a_space() -> None:
    index("need", 5, "Nye\x00benker")
    db.session.commit()
    assert found("kvelden\x00bussen") == [1]
    assert found("nye \x00 benker") == [5]


def test_kinds_are_kept_apart() -> None:
    assert found("bussen", "project") == [1]


def test_what_is_indexed_again_is_found_by_its_new_words_only() -> None:
    index("need", 1, "Ferja", "går aldri")
    db.session.commit()
    assert found("ferja aldri") == [1]
    assert found("bussen") == []


def test_what_is_forgotten_is_not_found() -> None:
    forget("need", 1)
    forget("need", 999)
    db.session.commit()
    assert found("bussen") == []


def test_an_empty_query_narrows_nothing() -> None:
    assert found("  ") == [1, 2, 3, 4]
