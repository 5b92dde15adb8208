"""A person known on paper is known by name and address, however they are typed."""

import pytest

from participation.accounts.rules import is_whole_address, postal_words, tidy_address

HOME = "Vestsideveien 3A\n3400 Lier"


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("kari nordmann", HOME),
        ("Kari  Nordmann", "Vestsideveien 3 A,\n\n3400  LIER"),
        ("Kari Nordmann", "Vestsideveien 3a, 3400 Lier"),
    ],
)
def test_the_same_person_typed_otherwise_is_the_same(name: str, address: str) -> None:
    assert postal_words(name, address) == postal_words("Kari Nordmann", HOME)


@pytest.mark.parametrize(
    ("name", "address"), [("Kari Nordmann", "Vestsideveien 3B\n3400 Lier"), ("Karin Nordmann", HOME)]
)
def test_a_neighbour_is_another(name: str, address: str) -> None:
    assert postal_words(name, address) != postal_words("Kari Nordmann", HOME)


def test_composed_and_decomposed_letters_are_the_same() -> None:
    assert postal_words("Åse", HOME) == postal_words("A\u030ase", HOME)


def test_an_address_is_kept_without_empty_lines() -> None:
    assert tidy_address("  Storgata  1 \n\n 3400 Lier\n") == "Storgata 1\n3400 Lier"


@pytest.mark.parametrize(
    "address",
    [HOME, "c/o Berg\nStorgata 1\n3400 Lier", "Øvre gård\n3425 Reistad\nNorge", "Postboks 12\n3401 Lier"],
)
def test_an_address_that_a_letter_finds(address: str) -> None:
    assert is_whole_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "3400",
        "3400 Lier",
        "Storgata 1",
        "Storgata 1, 3400 Lier",
        "Storgata 1\nLier",
        "Storgata 1\n3400",
        "1\n3400 Lier",
        "Storgata 1\n34000 Lier",
    ],
)
def test_an_address_that_no_letter_finds(address: str) -> None:
    assert not is_whole_address(address)
