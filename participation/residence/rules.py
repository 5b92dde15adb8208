"""What an answer from the population register means."""

from collections.abc import Iterable, Set
from dataclasses import dataclass
from enum import StrEnum


class Residence(StrEnum):
    HERE = "here"
    ELSEWHERE = "elsewhere"
    UNKNOWN = "unknown"
    """The register does not know the number, or no place for it. Many with a protected address look so as well."""
    PROTECTED = "protected"
    """The address is graded: nothing may be derived from it, not even whether it is here."""


@dataclass(frozen=True)
class CurrentAddress:
    """What is read of an address that is in force; of a protected one nothing at all."""

    municipality_number: str | None
    is_protected: bool = False


PROTECTED_ADDRESS = CurrentAddress(municipality_number=None, is_protected=True)


def residence(addresses: Iterable[CurrentAddress], *, counting: Set[str]) -> Residence:
    """One protected address protects them all; else one among the municipalities that count is enough."""
    found = set(addresses)
    if any(address.is_protected for address in found):
        return Residence.PROTECTED
    numbers = {address.municipality_number for address in found} - {None}
    if not numbers:
        return Residence.UNKNOWN
    return Residence.HERE if numbers & counting else Residence.ELSEWHERE


def municipalities_that_count(municipality_number: str) -> frozenset[str]:
    """Addresses in force have today's numbers, so former ones (for Lier 3049 and 0626) count no more."""
    return frozenset({municipality_number})
