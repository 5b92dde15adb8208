from hypothesis import given
from hypothesis import strategies as st

from participation.search.rules import WORDS_MAX, normalise, words


def test_case_spaces_and_the_way_letters_are_composed_do_not_matter() -> None:
    assert normalise("  Ba\u030aT\tog  \n FERJE ") == "båt og ferje"


def test_norwegian_letters_stay_as_they_are() -> None:
    assert normalise("ÆØÅ æøå") == "æøå æøå"


def test_only_the_first_few_different_words_are_looked_for() -> None:
    assert words("buss Buss BUSS") == ["buss"]
    assert len(words(" ".join(f"ord{number}" for number in range(100)))) == WORDS_MAX
    assert words("  \n ") == []


@given(st.text())
def test_what_is_kept_and_what_is_asked_come_out_the_same(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(st.text())
def test_each_word_asked_for_is_found_in_the_text_itself(text: str) -> None:
    assert all(word in normalise(text) for word in words(text))
