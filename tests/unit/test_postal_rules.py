"""A person known on paper is known by name and address, however they are typed."""

import pytest

from participation.accounts.rules import postal_words, tidy_address

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
