"""Calls to other services: not for longer than a person waits, and reading no more than such a service says."""

import time
from dataclasses import dataclass
from io import BytesIO
from typing import Any, TypeVar

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError, ReadTimeoutError

_PIECE_BYTES = 16_384
Session = TypeVar("Session", bound=requests.Session)


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How long another service is waited for, and how much is read."""

    connect_seconds: float = 3.05
    silence_seconds: float = 8.0
    """Before the first piece of an answer, and between two."""
    answer_seconds: float = 10.0
    """In all: one who says a byte at a time is never silent."""
    answer_max_bytes: int = 500_000


PATIENT = Patience()


class TooMuch(requests.ReadTimeout):
    """More than the answer to one question can be, or later."""


def patient(session: Session, patience: Patience) -> Session:
    """The session, with bounds to what it waits for and reads; RequestException beyond them."""
    for scheme in ("https://", "http://"):
        session.mount(scheme, _Bounded(patience))
    # Else a .netrc on the machine would speak for us.
    session.auth = _as_it_is
    return session


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


class _Bounded(HTTPAdapter):
    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        super().__init__()

    def send(
        self, request: requests.PreparedRequest, stream: bool = False, timeout: Any = None, *rest: Any, **more: Any
    ) -> requests.Response:
        until = time.monotonic() + self._patience.answer_seconds
        timeout = (self._patience.connect_seconds, self._patience.silence_seconds)
        answer = super().send(request, True, timeout, *rest, **more)
        try:
            answer.raw = BytesIO(_content(answer.raw, until, self._patience.answer_max_bytes))
        except ReadTimeoutError:
            raise requests.ReadTimeout("silent in the middle") from None
        except HTTPError as fault:
            raise requests.ConnectionError(type(fault).__name__) from None
        return answer


def _content(raw: Any, until: float, max_bytes: int) -> bytes:
    """The whole body, piece by piece as it comes: a timeout of the library's is for each piece alone."""
    content = b""
    try:
        while piece := raw.read1(_PIECE_BYTES, decode_content=True):
            content += piece
            if len(content) > max_bytes or time.monotonic() > until:
                raise TooMuch("too slowly or too much")
    finally:
        raw.close()
    return content
