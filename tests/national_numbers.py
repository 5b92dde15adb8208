"""Makes identity numbers that hold, of nobody: synthetic ones, and others only for births that are still to come."""

from collections.abc import Iterator
from datetime import date
from itertools import islice

from participation.accounts.national_number import Kind

K1_WEIGHTS = (3, 7, 6, 1, 8, 9, 4, 5, 2)
K2_WEIGHTS = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
ADDED_TO_MONTH = {
    Kind.BIRTH_NUMBER: 0,
    Kind.D_NUMBER: 0,
    Kind.TENOR_BIRTH_NUMBER: 80,
    Kind.TENOR_D_NUMBER: 80,
    Kind.NAV_BIRTH_NUMBER: 40,
    Kind.NAV_D_NUMBER: 40,
}
D_NUMBERS = {Kind.D_NUMBER, Kind.TENOR_D_NUMBER, Kind.NAV_D_NUMBER}
NOBODY_IS_BORN_SINCE = date(2032, 1, 1)


def synthetic(born: date, *, kind: Kind = Kind.TENOR_BIRTH_NUMBER, nth: int = 0, remainder: int = 0) -> str:
    """The nth number of that kind for that day of birth; the first check digit leaves the remainder."""
    return next(islice(synthetics(born, kind=kind, remainder=remainder), nth, None))


def synthetics(
    born: date, *, kind: Kind, remainder: int = 0, individuals: Iterator[int] | range | None = None
) -> Iterator[str]:
    """All of them, by individual digits from above."""
    assert kind.is_synthetic or born >= NOBODY_IS_BORN_SINCE, "such a number may be somebody's"
    for individual in individuals if individuals is not None else series(born.year):
        number = with_check_digits(f"{_date_digits(born, kind)}{individual:03}", remainder)
        if number is not None:
            yield number


def series(year: int) -> range:
    """The individual digits that a year's births have had until 2032, from above."""
    if year < 1900:
        return range(749, 499, -1)
    return range(499, -1, -1) if year < 2000 else range(999, 499, -1)


def with_check_digits(nine: str, remainder: int = 0) -> str | None:
    """None when a check digit would be ten: such numbers are not given."""
    k1 = (remainder - _sum(nine, K1_WEIGHTS)) % 11
    k2 = -_sum(f"{nine}{k1}", K2_WEIGHTS) % 11 if k1 < 10 else 10
    return f"{nine}{k1}{k2}" if k2 < 10 else None


def _sum(digits: str, weights: tuple[int, ...]) -> int:
    return sum(weight * int(digit) for weight, digit in zip(weights, digits, strict=True))


def _date_digits(born: date, kind: Kind) -> str:
    day = born.day + (40 if kind in D_NUMBERS else 0)
    return f"{day:02}{born.month + ADDED_TO_MONTH[kind]:02}{born.year % 100:02}"
