"""One call to another service: bounded in time and in size, and silent about what was sent and what came back."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests
from urllib3.exceptions import HTTPError, ReadTimeoutError

from participation.residence.register import RegisterUnavailable

ANSWER_MAX_BYTES = 1_000_000
_PIECE_BYTES = 65_536


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How long another service is waited for."""

    connect_seconds: float = 3.0
    silence_seconds: float = 6.0
    """Between two pieces of an answer, and before the first."""
    answer_seconds: float = 8.0
    """From the first to the last piece."""


PATIENT = Patience()


class _Bearer(requests.auth.AuthBase):
    """As `auth` and not among the headers, or a .netrc on the machine would replace it."""

    def __init__(self, token: str | None) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._token:
            request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class _TooMuch(Exception):
    """More than the answer to one question can be, or later."""


class Asking:
    """Speaks with one service, which its faults name as it is called here."""

    def __init__(self, service: str, patience: Patience) -> None:
        self._service = service
        self._patience = patience

    def ask(self, method: str, url: str, *, token: str | None = None, **parts: Any) -> tuple[int, Any]:
        """The status and the JSON in the answer, None where there is none. Follows no redirect, tries nothing twice.

        The parts are headers, and data or json, as requests takes them. Raises RegisterUnavailable, which holds neither
        the request nor the answer, nor what the library raised.
        """
        try:
            return self._exchange(method, url, token, **parts)
        except (requests.Timeout, ReadTimeoutError):
            fault = "did not answer in time"
        except _TooMuch:
            fault = "answered too slowly or too much"
        except (OSError, ValueError, HTTPError) as raised:
            fault = f"could not be asked ({type(raised).__name__})"
        # Out here the fault has no context, in which the request with its number would live on.
        raise RegisterUnavailable(f"{self._service} {fault}")

    def _exchange(
        self, method: str, url: str, token: str | None, headers: Mapping[str, str] | None = None, **body: Any
    ) -> tuple[int, Any]:
        with requests.Session() as session:
            answer = session.request(
                method,
                url,
                auth=_Bearer(token),
                headers={"Accept": "application/json", **(headers or {})},
                timeout=(self._patience.connect_seconds, self._patience.silence_seconds),
                allow_redirects=False,
                stream=True,
                **body,
            )
            return answer.status_code, _json(self._content(answer))

    def _content(self, answer: requests.Response) -> bytes:
        """The whole body, piece by piece as it comes: a timeout of the library's is for each piece alone."""
        until = time.monotonic() + self._patience.answer_seconds
        content = b""
        while piece := answer.raw.read1(_PIECE_BYTES, decode_content=True):
            content += piece
            if len(content) > ANSWER_MAX_BYTES or time.monotonic() > until:
                raise _TooMuch
        return content


def _json(content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None
