"""A visitor at the address of the real server, with cookies and forms but no screen."""

import http.client
import re
from dataclasses import dataclass, field
from html import unescape
from http.cookies import SimpleCookie
from typing import Self
from urllib.parse import urlencode, urlsplit

from flask import session
from flask_wtf.csrf import generate_csrf

from participation.accounts import sessions
from participation.accounts.models import Person
from tests.journeys.service import Service

ANSWER_SECONDS = 60
_CSRF = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


@dataclass(frozen=True)
class Page:
    status: int
    text: str
    location: str | None = None

    @property
    def path(self) -> str:
        """Where it sends the visitor on to."""
        assert self.location is not None, f"{self.status} sends nobody on"
        parts = urlsplit(self.location)
        return parts.path + (f"?{parts.query}" if parts.query else "")

    def field(self, name: str) -> str:
        """What stands in the first hidden field of the name."""
        found = re.search(rf'<input[^>]*name="{name}"[^>]*value="([^"]*)"', self.text)
        assert found is not None, f"the page has no field {name}"
        return unescape(found[1])


@dataclass
class Visitor:
    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    csrf_token: str = ""

    @classmethod
    def signed_in(cls, service: Service, person: Person) -> Self:
        """With the cookie that signing in gives, for a sign-in session opened here. Needs the app's context."""
        token = sessions.open_session(person, device="test")
        # The form's token is remembered in the app's context: each visitor gets a context of their own.
        with service.app.app_context(), service.app.test_request_context():
            session["_user_id"], session["_fresh"] = token, True
            csrf_token = generate_csrf()
            serializer = service.app.session_interface.get_signing_serializer(service.app)  # type: ignore[attr-defined]
            cookie = serializer.dumps(dict(session))
        return cls(service.port, {service.app.config["SESSION_COOKIE_NAME"]: cookie}, csrf_token)

    def get(self, path: str) -> Page:
        page = self._ask("GET", path)
        token = _CSRF.search(page.text)
        if token is not None:
            self.csrf_token = unescape(token[1])
        return page

    def post(self, path: str, fields: dict[str, str] | None = None) -> Page:
        return self._ask("POST", path, {"csrf_token": self.csrf_token, **(fields or {})})

    def _ask(self, method: str, path: str, fields: dict[str, str] | None = None) -> Page:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=ANSWER_SECONDS)
        try:
            connection.request(
                method,
                path,
                body=urlencode(fields).encode() if fields is not None else None,
                headers=self._headers(has_body=fields is not None),
            )
            answer = connection.getresponse()
            text = answer.read().decode()
            self._keep_cookies(answer)
            return Page(answer.status, text, answer.getheader("Location"))
        finally:
            connection.close()

    def _headers(self, *, has_body: bool) -> dict[str, str]:
        headers = {"Accept": "text/html", "Accept-Language": "nb", "Connection": "close"}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if has_body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        return headers

    def _keep_cookies(self, answer: http.client.HTTPResponse) -> None:
        for line in answer.headers.get_all("Set-Cookie") or []:
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
