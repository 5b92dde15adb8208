"""Kartverket's open register of addresses ("Adresse REST-API", ws.geonorge.no/adresser/v1): where an address lies.

The answer holds `adresser`, each with `adressetekst`, `poststed`, `kommunenummer` and `representasjonspunkt` (`epsg`,
`lat`, `lon`). Nothing of who asks is sent along.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import requests

from participation.calling import Patience, TooMuch, patient
from participation.geography.rules import Point

ADDRESSES_MAX = 8
ASKED_MAX_CHARACTERS = 100
PATIENT = Patience(connect_seconds=2.0, silence_seconds=3.0, answer_seconds=6.0, answer_max_bytes=200_000)
_WGS84 = "4258"  # ETRS89, which for our purposes is the same


class RegisterSilent(Exception):
    """No answer that is one. Holds neither what was asked nor what came back."""


@dataclass(frozen=True)
class Address:
    words: str
    point: Point


class AddressRegister:
    def __init__(self, url: str, *, municipality_number: str, patience: Patience = PATIENT) -> None:
        self._url = url
        self._municipality_number = municipality_number
        self._patience = patience

    def find(self, asked: str) -> list[Address]:
        """The addresses in the municipality that the words may mean, best first. Raises RegisterSilent."""
        words = " ".join(asked.split())[:ASKED_MAX_CHARACTERS]
        question = {
            "sok": words,
            "fuzzy": "true",
            "kommunenummer": self._municipality_number,
            "utkoordsys": _WGS84,
            "treffPerSide": str(ADDRESSES_MAX),
            "side": "0",
            "asciiKompatibel": "true",
        }
        return list(_addresses(self._ask(question)))[:ADDRESSES_MAX] if words else []

    def _ask(self, question: dict[str, str]) -> Any:
        try:
            return self._answer(question)
        except TooMuch:
            fault = "answered too slowly or too much"
        except (requests.JSONDecodeError, UnicodeDecodeError, RecursionError):
            fault = "answered with something else than JSON"
        except (requests.RequestException, OSError) as raised:
            fault = f"could not be asked ({type(raised).__name__})"
        # Out here the fault has no context, in which what was asked would live on.
        raise RegisterSilent(f"The address register {fault}")

    def _answer(self, question: dict[str, str]) -> Any:
        with patient(requests.Session(), self._patience) as session:
            answer = session.get(
                f"{self._url}/sok", params=question, headers={"Accept": "application/json"}, allow_redirects=False
            )
        if answer.status_code != HTTPStatus.OK:
            raise requests.HTTPError
        return answer.json()


def _addresses(answer: Any) -> Iterator[Address]:
    """Those of the answer that are as documented; raises RegisterSilent when it is another kind of answer."""
    rows = answer.get("adresser") if isinstance(answer, dict) else None
    if not isinstance(rows, list):
        raise RegisterSilent("The address register answered in a form that is not documented")
    for row in rows:
        words, point = (_words(row), _point(row)) if isinstance(row, dict) else ("", None)
        if words and point:
            yield Address(words, point)


def _words(row: dict[str, Any]) -> str:
    parts = [row.get("adressetekst"), row.get("poststed")]
    return ", ".join(" ".join(part.split())[:100] for part in parts if isinstance(part, str) and part.isprintable())


def _point(row: dict[str, Any]) -> Point | None:
    found = row.get("representasjonspunkt")
    latitude, longitude = (found.get("lat"), found.get("lon")) if isinstance(found, dict) else (None, None)
    if not (isinstance(latitude, int | float) and isinstance(longitude, int | float)):
        return None
    return Point.parse(f"{latitude:.6f},{longitude:.6f}")
