"""Norwegian national identity numbers: which hold, of which kind they are, and when their owner was born.

A number is a birth number (fødselsnummer) or a D-number. Its eleven digits are day, month and year of birth, three
individual digits and two check digits. A D-number has 40 added to the day. A synthetic number has 80 (Skatteetaten's
Tenor), 40 or 65 (NAV's Dolly) added to the month. H-numbers have 40 added to the month too, so that they can't be told
from synthetic ones and are refused with them; FH-numbers begin with 8 or 9 and have no date.

Sources: Skatteetaten, "Nytt fødselsnummer fra 2032" (skatteetaten.github.io/folkeregisteret-api-dokumentasjon), for the
weights and for 2032; folkeregisterforskriften § 2-2-1 for the individual digits; navikt/fnrvalidator for +40 and +80;
MikAoJk/norwegian-social-security-number-validator for +65.

**2032.** Numbers given before 1 January 2032 keep their digits and their rules. Those given from that day on may have a
first check digit that leaves a remainder of 0, 1, 2 or 3, where before it had to be 0. They also go to people who were
born earlier, so a system must read both from that day, and only the day of reading tells when a number may be of the
new kind: `refuse` takes it. The new numbers' individual digits no longer tell the century. They are planned to be given
from 999 downwards on each date of birth. So from 2032 the century is read from the individual digits only in 000-499
with a remainder of 0, which only numbers from before 2032 have in practice, and means the 1900s. All others count as
born on the latest of the possible days, so that nobody passes a minimum age by a guess; who is 100 or more, and has
such a number, would be taken for a child. The register itself is then the only sure source.
"""

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import TypeVar

T = TypeVar("T")

NEW_RULES_FROM = date(2032, 1, 1)
_K1_WEIGHTS = (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)
_K2_WEIGHTS = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
_NEW_K1_REMAINDERS = range(4)
_ADDED_TO_DAY = 40


class Kind(StrEnum):
    BIRTH_NUMBER = "birth_number"
    D_NUMBER = "d_number"
    TENOR_BIRTH_NUMBER = "tenor_birth_number"
    TENOR_D_NUMBER = "tenor_d_number"
    NAV_BIRTH_NUMBER = "nav_birth_number"
    NAV_D_NUMBER = "nav_d_number"

    @property
    def is_synthetic(self) -> bool:
        return self not in {Kind.BIRTH_NUMBER, Kind.D_NUMBER}


# By what is added to the month: the kind without and with 40 added to the day.
_KINDS = {
    0: (Kind.BIRTH_NUMBER, Kind.D_NUMBER),
    40: (Kind.NAV_BIRTH_NUMBER, Kind.NAV_D_NUMBER),
    65: (Kind.NAV_BIRTH_NUMBER, Kind.NAV_D_NUMBER),
    80: (Kind.TENOR_BIRTH_NUMBER, Kind.TENOR_D_NUMBER),
}
_MONTHS_IN_A_YEAR = 12

# Individual digits from and to, years of the century from and to, and the century: folkeregisterforskriften § 2-2-1.
_SERIES = (
    (0, 499, 0, 99, 1900),
    (500, 749, 54, 99, 1800),
    (500, 999, 0, 39, 2000),
    (900, 999, 40, 99, 1900),
)
_CENTURIES_SINCE_2032 = (2100, 2000, 1900)
_LAST_OLD_INDIVIDUAL = 499


class NumberRefusal(StrEnum):
    MALFORMED = "malformed"
    CHECK_DIGITS = "check_digits"
    IMPOSSIBLE_DATE = "impossible_date"
    """No such day, no such month, or a birth that is still to come."""
    SYNTHETIC_NOT_ALLOWED = "synthetic_not_allowed"


def refuse(number: str, *, day: date, synthetic_allowed: bool) -> NumberRefusal | None:
    """Why the number does not hold on that day; none when it does."""
    if not (len(number) == 11 and number.isascii() and number.isdecimal()):
        return NumberRefusal.MALFORMED
    if not _check_digits_hold(number, day):
        return NumberRefusal.CHECK_DIGITS
    kind = _kind(number)
    if kind is None or _born(number, day) is None:
        return NumberRefusal.IMPOSSIBLE_DATE
    if kind.is_synthetic and not synthetic_allowed:
        return NumberRefusal.SYNTHETIC_NOT_ALLOWED
    return None


def kind_of(number: str) -> Kind:
    """Of a number that `refuse` has nothing against; ValueError for others, without the number in it."""
    return _existing(_kind(number))


def birth_date(number: str, *, day: date) -> date:
    """As it is read on that day (see above for 2032), never after it. ValueError for a number that is refused."""
    return _existing(_born(number, day))


def age_on(number: str, day: date) -> int:
    """Whole years lived on that day, of a number that `refuse` has nothing against on it.

    Who was born on 29 February is a year older from 1 March in other years.
    """
    born = birth_date(number, day=day)
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _existing(found: T | None) -> T:
    if found is None:
        raise ValueError("not a national identity number that holds")
    return found


def _check_digits_hold(number: str, day: date) -> bool:
    allowed = _NEW_K1_REMAINDERS if day >= NEW_RULES_FROM else range(1)
    return _remainder(number, _K2_WEIGHTS) == 0 and _remainder(number, _K1_WEIGHTS) in allowed


def _remainder(number: str, weights: tuple[int, ...]) -> int:
    """Of the weighted sum of the digits, the check digit among them, divided by eleven."""
    return sum(weight * int(digit) for weight, digit in zip(weights, number, strict=False)) % 11


def _kind(number: str) -> Kind | None:
    pair = _KINDS.get(_added_to_month(number))
    return pair and pair[int(number[:2]) > _ADDED_TO_DAY]


def _added_to_month(number: str) -> int:
    """What has to be taken away to get a month; -1 when nothing known makes it one."""
    month = int(number[2:4])
    return next((added for added in _KINDS if 1 <= month - added <= _MONTHS_IN_A_YEAR), -1)


def _born(number: str, day: date) -> date | None:
    """The latest of the days that the digits may mean, up to the day of reading."""
    return max((born for born in _possible_births(number, day) if born <= day), default=None)


def _possible_births(number: str, day: date) -> Iterator[date]:
    day_of_month, month = int(number[:2]), int(number[2:4]) - _added_to_month(number)
    if day_of_month > _ADDED_TO_DAY:
        day_of_month -= _ADDED_TO_DAY
    for century in _centuries(number, day):
        try:
            yield date(century + int(number[4:6]), month, day_of_month)
        except ValueError:
            continue


def _centuries(number: str, day: date) -> tuple[int, ...]:
    year, individual = int(number[4:6]), int(number[6:9])
    is_old = individual <= _LAST_OLD_INDIVIDUAL and _remainder(number, _K1_WEIGHTS) == 0
    if day >= NEW_RULES_FROM and not is_old:
        return _CENTURIES_SINCE_2032
    return tuple(
        century
        for first, last, from_year, to_year, century in _SERIES
        if first <= individual <= last and from_year <= year <= to_year
    )
