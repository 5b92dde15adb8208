"""Reads Folkeregisteret's answer: the addresses in force, and of each no more than its municipality.

The format is Skatteetaten's ("Oppslag", skatteetaten.github.io/folkeregisteret-api-dokumentasjon):

    {"oppslag": [{"foedselsEllerDNummer": "…", "folkeregisterperson": {"bostedsadresse": [
        {"erGjeldende": true, "adressegradering": "ugradert", "vegadresse": {"kommunenummer": "3312"}}]}}]}

An address is one of vegadresse, matrikkeladresse (whose municipality stands in its matrikkelnummer) and ukjentBosted
(which may have a bostedskommune). What is said of a number that the register does not know is not documented: no
lookup, no person and no address are all read as that.
"""

import re
from typing import Any

from participation.residence.rules import PROTECTED_ADDRESS, CurrentAddress

_UNGRADED = "ugradert"
_MUNICIPALITY_NUMBER = re.compile(r"[0-9]{4}")
_WHERE_THE_MUNICIPALITY_STANDS = (
    ("vegadresse", "kommunenummer"),
    ("matrikkeladresse", "matrikkelnummer", "kommunenummer"),
    ("matrikkeladresse", "kommunenummer"),
    ("ukjentBosted", "bostedskommune"),
)


class NotAnAnswer(ValueError):
    """It is not of the form that is documented. It holds nothing of what was read."""


def current_addresses(answer: Any, number: str) -> list[CurrentAddress]:
    """Of the person with that number; none where the register knows no person or no address. Raises NotAnAnswer."""
    found = [
        address
        for lookup in _dicts(answer, "oppslag")
        if lookup.get("foedselsEllerDNummer") == number
        for address in _of_person(lookup.get("folkeregisterperson"))
    ]
    return [_read(address) for address in found if address.get("erGjeldende") is True]


def _of_person(person: Any) -> list[dict[str, Any]]:
    if person is None or (isinstance(person, dict) and person.get("bostedsadresse") is None):
        return []
    return _dicts(person, "bostedsadresse")


def _dicts(holder: Any, name: str) -> list[dict[str, Any]]:
    found = holder.get(name) if isinstance(holder, dict) else None
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise NotAnAnswer
    return found


def _read(address: dict[str, Any]) -> CurrentAddress:
    """An address without a grading counts as protected: to be wrong that way harms nobody."""
    grading = address.get("adressegradering")
    if not isinstance(grading, str) or grading.lower() != _UNGRADED:
        return PROTECTED_ADDRESS
    numbers = (_at(address, path) for path in _WHERE_THE_MUNICIPALITY_STANDS)
    return CurrentAddress(next((number for number in numbers if number), None))


def _at(address: dict[str, Any], path: tuple[str, ...]) -> str | None:
    found: Any = address
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return found if isinstance(found, str) and _MUNICIPALITY_NUMBER.fullmatch(found) else None
