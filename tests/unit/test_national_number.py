from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from participation.accounts.national_number import Kind, NumberRefusal, age_on, birth_date, kind_of, refuse
from tests.national_numbers import synthetic, synthetics, with_check_digits

TODAY = date(2026, 11, 23)
LAST_OLD_DAY = date(2031, 12, 31)
NEW_RULES = date(2032, 1, 1)
LATER = date(2045, 6, 1)

SYNTHETIC_KINDS = st.sampled_from([kind for kind in Kind if kind.is_synthetic])
BIRTHS = st.dates(date(1854, 1, 1), TODAY)


@st.composite
def numbers(draw: st.DrawFn) -> str:
    """Synthetic ones by today's rules, for all years that the rules have room for."""
    return synthetic(draw(BIRTHS), kind=draw(SYNTHETIC_KINDS), nth=draw(st.integers(0, 99)))


@st.composite
def new_numbers(draw: st.DrawFn) -> str:
    """Of people who get theirs in 2032 or later, with any remainder."""
    born = draw(st.dates(date(1946, 1, 1), LATER))
    individuals = range(draw(st.integers(600, 999)), 499, -1)
    return next(
        synthetics(born, kind=draw(SYNTHETIC_KINDS), remainder=draw(st.integers(0, 3)), individuals=individuals)
    )


def refusal(number: str, day: date = TODAY) -> NumberRefusal | None:
    return refuse(number, day=day, synthetic_allowed=True)


@pytest.mark.parametrize(
    ("sample", "kind", "born"),
    [
        ("47906701517", Kind.TENOR_D_NUMBER, date(1967, 10, 7)),
        ("10915596784", Kind.TENOR_BIRTH_NUMBER, date(1955, 11, 10)),
        ("13527248013", Kind.NAV_BIRTH_NUMBER, date(1972, 12, 13)),
        ("29422059278", Kind.NAV_BIRTH_NUMBER, date(2020, 2, 29)),
        ("61483601467", Kind.NAV_D_NUMBER, date(1936, 8, 21)),
        ("21929774873", Kind.TENOR_BIRTH_NUMBER, date(1897, 12, 21)),
        ("12905299938", Kind.TENOR_BIRTH_NUMBER, date(1952, 10, 12)),
    ],
)
def test_published_synthetic_samples_pass_with_their_kind_and_day(sample: str, kind: Kind, born: date) -> None:
    assert refusal(sample) is None
    assert (kind_of(sample), birth_date(sample, day=TODAY)) == (kind, born)


@given(numbers())
def test_synthetic_numbers_are_refused_where_they_are_not_allowed(number: str) -> None:
    assert refuse(number, day=TODAY, synthetic_allowed=False) is NumberRefusal.SYNTHETIC_NOT_ALLOWED


@given(st.dates(NEW_RULES, date(2039, 12, 31)), st.sampled_from([Kind.BIRTH_NUMBER, Kind.D_NUMBER]))
def test_ordinary_numbers_pass_where_synthetic_ones_do_not(born: date, kind: Kind) -> None:
    number = synthetic(born, kind=kind)
    assert refuse(number, day=born, synthetic_allowed=False) is None
    assert kind_of(number) is kind


@given(BIRTHS, SYNTHETIC_KINDS, st.integers(0, 99))
def test_every_number_passes_and_tells_its_kind_and_its_day(born: date, kind: Kind, nth: int) -> None:
    number = synthetic(born, kind=kind, nth=nth)
    assert refusal(number) is None
    assert (kind_of(number), birth_date(number, day=TODAY)) == (kind, born)


def test_sixty_five_added_to_the_month_is_a_synthetic_number_too() -> None:
    number = next(filter(None, (with_check_digits(f"017785{individual:03}") for individual in range(499))))
    assert refuse(number, day=TODAY, synthetic_allowed=False) is NumberRefusal.SYNTHETIC_NOT_ALLOWED
    assert birth_date(number, day=TODAY) == date(1985, 12, 1)


# The second check digit's weights differ from nought and between neighbours, and eleven is a prime: it alone catches
# every change of one digit and every swap of two unlike neighbours. So this holds for the numbers of 2032 as well.


@given(st.one_of(numbers(), new_numbers()), st.integers(0, 10), st.integers(1, 9), st.sampled_from([TODAY, LATER]))
def test_one_wrong_digit_is_always_caught(number: str, place: int, by: int, day: date) -> None:
    wrong = f"{number[:place]}{(int(number[place]) + by) % 10}{number[place + 1 :]}"
    assert refusal(wrong, day) is NumberRefusal.CHECK_DIGITS


@given(st.one_of(numbers(), new_numbers()), st.integers(0, 9), st.sampled_from([TODAY, LATER]))
def test_two_neighbours_swapped_are_always_caught(number: str, place: int, day: date) -> None:
    one, other = number[place], number[place + 1]
    assume(one != other)
    swapped = f"{number[:place]}{other}{one}{number[place + 2 :]}"
    assert refusal(swapped, day) is NumberRefusal.CHECK_DIGITS


@pytest.mark.parametrize(
    "text",
    [
        "",
        "4790670151",
        "479067015170",
        "4790670151x",
        "479067 1517",
        "47906701517\n",
        "４７９０６７０１５１７",
        "-7906701517",
    ],
)
def test_anything_but_eleven_figures_is_malformed(text: str) -> None:
    assert refusal(text) is NumberRefusal.MALFORMED


@given(st.text())
def test_no_text_breaks_it(text: str) -> None:
    assert refusal(text) in {None, *NumberRefusal}


@pytest.mark.parametrize(
    "nine",
    ["318206999", "008201999", "018001999", "019301999", "012085999", "298223999", "728201999", "298200000"],
    ids=["31 Feb", "day 0", "month 0", "month 13", "month 20", "no leap year", "day 32", "1900 was no leap year"],
)
def test_a_day_that_never_was_is_impossible(nine: str) -> None:
    found = (with_check_digits(f"{nine[:8]}{last}") for last in range(10))
    for number in filter(None, found):
        assert refusal(number) is NumberRefusal.IMPOSSIBLE_DATE


@pytest.mark.parametrize("first", "89")
def test_an_fh_number_is_refused(first: str) -> None:
    number = next(filter(None, (with_check_digits(f"{first}0000012{last}") for last in range(10))))
    assert refusal(number) is NumberRefusal.IMPOSSIBLE_DATE


def test_individual_digits_that_no_year_has_are_impossible() -> None:
    number = next(filter(None, (with_check_digits(f"01815080{last}") for last in range(10))))
    assert refusal(number) is NumberRefusal.IMPOSSIBLE_DATE


@given(st.dates(TODAY + timedelta(days=1), date(2039, 12, 31)))
def test_nobody_has_a_number_before_they_are_born(born: date) -> None:
    assert refusal(synthetic(born)) is NumberRefusal.IMPOSSIBLE_DATE


@given(st.dates(date(1990, 1, 1), TODAY), st.integers(1, 3))
def test_the_new_check_digits_are_refused_until_2032_and_pass_from_then_on(born: date, remainder: int) -> None:
    number = synthetic(born, remainder=remainder)
    assert refusal(number, LAST_OLD_DAY) is NumberRefusal.CHECK_DIGITS
    assert refusal(number, NEW_RULES) is None


@given(new_numbers(), st.integers(4, 10))
def test_other_remainders_never_pass(number: str, remainder: int) -> None:
    other = with_check_digits(number[:9], remainder)
    assume(other is not None)
    assert refusal(other or "", LATER) is NumberRefusal.CHECK_DIGITS


@pytest.mark.parametrize(
    ("nine", "remainder", "check_digits"), [("020132999", 0, "97"), ("301082999", 0, "20"), ("301082999", 1, "39")]
)
def test_the_examples_that_skatteetaten_works_out_for_2032_pass(nine: str, remainder: int, check_digits: str) -> None:
    number = with_check_digits(nine, remainder) or ""
    assert number == f"{nine}{check_digits}"
    assert refuse(number, day=date(2032, 1, 2), synthetic_allowed=False) is None
    assert birth_date(number, day=date(2032, 1, 2)).year == {"0": 2032, "3": 1982}[nine[0]]


@given(BIRTHS.filter(lambda born: born.year >= 1900), SYNTHETIC_KINDS, st.integers(0, 50))
def test_an_old_number_is_read_alike_before_and_after_2032(born: date, kind: Kind, nth: int) -> None:
    number = synthetic(born, kind=kind, nth=nth)
    assert birth_date(number, day=TODAY) == birth_date(number, day=NEW_RULES) == born


@given(new_numbers())
def test_a_new_number_is_its_owners_for_the_next_hundred_years(number: str) -> None:
    """Everybody below a hundred is read right, whatever their individual digits are."""
    born = birth_date(number, day=LATER)
    assert refusal(number, LATER) is None
    assert date(1945, 6, 1) < born <= LATER


def test_with_two_centuries_to_choose_from_the_younger_counts() -> None:
    number = synthetic(date(2035, 1, 1), remainder=2)
    assert age_on(number, NEW_RULES) == 97
    assert age_on(number, LATER) == 10


@given(numbers(), st.dates(NEW_RULES - timedelta(days=40_000), date(2100, 1, 1)))
def test_an_age_is_never_negative(number: str, day: date) -> None:
    if refusal(number, day) is None:
        assert age_on(number, day) >= 0


@given(BIRTHS, st.integers(0, 99))
def test_an_age_goes_up_by_one_on_the_birthday_alone(born: date, years: int) -> None:
    assume((born.month, born.day) != (2, 29))
    birthday = born.replace(year=born.year + years)
    assume(birthday <= LAST_OLD_DAY)
    number = synthetic(born)
    assert age_on(number, birthday) == years
    if years:
        assert age_on(number, birthday - timedelta(days=1)) == years - 1


def test_who_was_born_on_leap_day_is_older_from_the_first_of_march() -> None:
    number = synthetic(date(2012, 2, 29))
    assert [age_on(number, date(2025, *day)) for day in ((2, 28), (3, 1))] == [12, 13]


@pytest.mark.parametrize("ask", [kind_of, lambda number: age_on(number, TODAY)])
def test_asked_of_a_number_that_never_was_it_raises_without_showing_it(ask: object) -> None:
    number = "01208599999"
    assert callable(ask)
    with pytest.raises(ValueError, match="number") as raised:
        ask(number)
    assert number not in str(raised.value)
