"""One call to another service: bounded in time and in size, and silent about what was sent and what came back."""

import json
from collections.abc import Mapping
from typing import Any

import requests

from participation.calling import Patience, TooMuch, patient
from participation.residence.register import RegisterUnavailable

PATIENT = Patience(connect_seconds=3.0, silence_seconds=6.0, answer_seconds=8.0, answer_max_bytes=1_000_000)


class _Bearer(requests.auth.AuthBase):
    """As `auth` and not among the headers, or a .netrc on the machine would replace it."""

    def __init__(self, token: str | None) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._token:
            request.headers["Authorization"] = f"Bearer {self._token}"
        return request


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
        except TooMuch:
            fault = "answered too slowly or too much"
        except requests.Timeout:
            fault = "did not answer in time"
        except (OSError, ValueError) as raised:
            fault = f"could not be asked ({type(raised).__name__})"
        # Out here the fault has no context, in which the request with its number would live on.
        raise RegisterUnavailable(f"{self._service} {fault}")

    def _exchange(
        self, method: str, url: str, token: str | None, headers: Mapping[str, str] | None = None, **body: Any
    ) -> tuple[int, Any]:
        with patient(requests.Session(), self._patience) as session:
            answer = session.request(
                method,
                url,
                auth=_Bearer(token),
                headers={"Accept": "application/json", **(headers or {})},
                allow_redirects=False,
                **body,
            )
            return answer.status_code, _json(answer.content)


def _json(content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None
