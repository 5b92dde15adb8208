"""Looks for a national identity number in all that the service says, logs and keeps, in each form it could have."""

import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import md5, sha1, sha256
from io import StringIO
from logging import getLogger
from typing import Any

from flask import Flask
from flask.sessions import SecureCookieSessionInterface

from participation import logs
from tests.databases import CleanClient
from tests.told import everything_kept


def forms_of(number: str) -> set[str]:
    """As it is, as others write it, as any base64 of a text with it in it holds it, and as plain hashes of it."""
    spaced = {number, f"{number[:6]} {number[6:]}", f"{number[:6]}-{number[6:]}", number.encode().hex()}
    hashes = {made(number.encode()).hexdigest() for made in (sha256, sha1, md5)}
    return spaced | hashes | set(_base64_forms(number.encode()))


def _base64_forms(number: bytes) -> Iterator[str]:
    """Wherever in a text it stands: the letters that depend on nothing but the number."""
    for before in range(3):
        first = -(-before * 8 // 6)
        length = (before + len(number)) * 8 // 6 - first
        for encode in (b64encode, urlsafe_b64encode):
            yield encode(b"x" * before + number).decode()[first : first + length]


class Traces:
    """All that has been heard; what the browser was told goes in as it comes, what is kept when one looks."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.heard: list[tuple[str, str]] = []
        self.log = StringIO()

    def hear(self, where: str, text: str) -> None:
        self.heard.append((where, text))

    def look(self) -> None:
        with self.app.app_context():
            self.hear("the database", everything_kept())

    def of(self, number: str) -> set[str]:
        """Where it is found."""
        self.look()
        forms = forms_of(number)
        places = [*self.heard, ("the log", self.log.getvalue())]
        return {where for where, text in places if any(form in text for form in forms)}


@contextmanager
def tracing(app: Flask) -> Iterator[Traces]:
    """From now on all browsers of the app are listened to, and so are the logs."""
    traces, former = Traces(app), app.test_client_class
    handler = logs.make_handler(traces.log)
    app.test_client_class = type("Listened", (_Listened,), {"traces": traces})
    getLogger().addHandler(handler)
    try:
        yield traces
    finally:
        getLogger().removeHandler(handler)
        app.test_client_class = former


class _Listened(CleanClient):
    traces: Traces

    def open(self, *args: Any, **kwargs: Any) -> Any:
        answer = super().open(*args, **kwargs)
        # What the person sends is theirs to send; what we answer to it is ours.
        self.traces.hear("an address", answer.location or "")
        # The one address with the number in it is the provider's own, where it signs people out: `id_token_hint` is
        # its own signed word, which it asks for and which it made for us. It is shown once, to the person themselves,
        # and is never kept in the clear, logged, or sent on in a Referer.
        text = answer.text if "id_token_hint=" not in answer.text else answer.text.replace(_hint(answer.text), "")
        self.traces.hear("a page", text)
        self.traces.hear("a header", str(answer.headers))
        self.traces.hear("the cookie", _held(self))
        self.traces.look()
        return answer


def _hint(page: str) -> str:
    return page.split("id_token_hint=")[1].split("&")[0]


def _held(client: CleanClient) -> str:
    """What the browser holds of ours, signed but not secret: read as anybody can read it."""
    cookie = client.get_cookie("session")
    serializer = SecureCookieSessionInterface().get_signing_serializer(client.application)
    if cookie is None or serializer is None:
        return ""
    return cookie.value + json.dumps(serializer.loads(cookie.value))
