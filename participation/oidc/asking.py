"""Asks a provider over the network: not for longer than a person waits, and reading no more than a provider says."""

import time
from dataclasses import dataclass
from io import BytesIO
from typing import Any, TypeVar

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError

ANSWER_MAX_BYTES = 500_000
_PIECE_BYTES = 65_536
Session = TypeVar("Session", bound=requests.Session)


@dataclass(frozen=True)
class Patience:
    connect_seconds: float = 3.05
    silence_seconds: float = 8
    answer_seconds: float = 10
    """In all: one who says a byte at a time is never silent."""


PATIENT = Patience()


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
            answer.raw = BytesIO(_content(answer.raw, until))
        except HTTPError as fault:
            raise requests.ConnectionError(type(fault).__name__) from None
        return answer


def _content(raw: Any, until: float) -> bytes:
    """The whole body, piece by piece as it comes: a timeout of the library's is for each piece alone."""
    content = b""
    try:
        while piece := raw.read1(_PIECE_BYTES, decode_content=True):
            content += piece
            if len(content) > ANSWER_MAX_BYTES or time.monotonic() > until:
                raise requests.ReadTimeout("too slowly or too much")
    finally:
        raw.close()
    return content
