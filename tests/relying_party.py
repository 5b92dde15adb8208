"""A client of a sign-in provider in plain HTTP, and the person's browser, which has no script."""

import json
import secrets
import time
from base64 import b64encode, urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from html import unescape
from http.client import HTTPResponse
from http.cookiejar import CookieJar
from re import findall
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, ProxyHandler, build_opener

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from tests.provider import Provider

BY_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
TIMEOUT_SECONDS = 10


@dataclass(frozen=True)
class Page:
    status: int
    url: str
    text: str
    location: str | None

    def links_of(self, tag: str) -> list[str]:
        """What each of the tags on the page leads to or shows."""
        return [unescape(address) for address in findall(rf'<{tag}\b[^>]*?(?:src|href)="([^"]*)"', self.text)]

    def value_of(self, button: str) -> str:
        """What the button with this text sends."""
        (value,) = findall(rf'value="([^"]*)">\s*<span class="name">{button}<', self.text)
        return str(unescape(value))


class _StayHere(HTTPRedirectHandler):
    def redirect_request(self, *_arguments: Any) -> None:
        """A redirect is an answer like any other: the browser decides whether it goes on."""


class Browser:
    """Keeps cookies, and follows redirects for as long as they stay on the same host and port."""

    def __init__(self, headers: list[tuple[str, str]] | None = None) -> None:
        self._opener = build_opener(ProxyHandler({}), HTTPCookieProcessor(CookieJar()), _StayHere())
        self._opener.addheaders = headers or []

    def open(self, url: str, form: dict[str, str] | None = None) -> Page:
        page = self._ask(url, form)
        while page.location and urlsplit(page.location)[:2] == urlsplit(url)[:2]:
            page = self._ask(page.location)
        return page

    def _ask(self, url: str, form: dict[str, str] | None = None) -> Page:
        data = urlencode(form).encode() if form is not None else None
        try:
            answer: HTTPResponse | HTTPError = self._opener.open(url, data, TIMEOUT_SECONDS)
        except HTTPError as refused:
            answer = refused
        with answer:
            location = answer.headers["Location"]
            return Page(int(answer.status or 0), url, answer.read().decode(), location and _absolute(url, location))


def _absolute(url: str, location: str) -> str:
    return location if "://" in location else "{0.scheme}://{0.netloc}".format(urlsplit(url)) + location


def _given(parameters: dict[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in parameters.items() if value is not None}


@dataclass(kw_only=True)
class RelyingParty:
    """A client that does right, unless told otherwise."""

    provider: Provider
    client_id: str
    redirect_uri: str
    key: RSAKey | None = None
    secret: str | None = None
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))

    def address(self, **changed: str | None) -> str:
        """Where a sign-in begins; a parameter that is changed to None is left out."""
        parameters = {
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "response_type": "code",
            "scope": "openid profile",
            "state": "a-state",
            "nonce": "a-nonce",
            "code_challenge": self._challenge(),
            "code_challenge_method": "S256",
        } | changed
        return f"{self.provider.issuer}/authorize?{urlencode(_given(parameters))}"

    def _challenge(self) -> str:
        return urlsafe_b64encode(sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()

    def assertion(self, **changed: Any) -> str:
        assert self.key
        now = int(time.time())
        claims = {
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": self.provider.issuer,
            "jti": secrets.token_urlsafe(16),
            "iat": now,
            "exp": now + 60,
        }
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims | changed, self.key)

    def tokens(self, code: str, **changed: str | None) -> dict[str, Any]:
        """The provider's answer to a code, be it tokens or an error; what is changed to None is left out."""
        asked = {"grant_type": "authorization_code", "code": code, "redirect_uri": self.redirect_uri}
        form = _given({**asked, "code_verifier": self.verifier, **self._own_proof(), **changed})
        answer = Browser(self._headers()).open(f"{self.provider.issuer}/token", form)
        tokens: dict[str, Any] = json.loads(answer.text)
        return tokens

    def _own_proof(self) -> dict[str, str]:
        return {"client_assertion_type": BY_ASSERTION, "client_assertion": self.assertion()} if self.key else {}

    def _headers(self) -> list[tuple[str, str]]:
        basic = b64encode(f"{self.client_id}:{self.secret}".encode()).decode()
        return [("Authorization", f"Basic {basic}")] if self.secret else []

    def read(self, token: str) -> jwt.Token:
        """The token's header and claims, when the provider signed it."""
        keys = KeySet.import_key_set(json.loads(Browser().open(f"{self.provider.issuer}/jwks").text))
        return jwt.decode(token, keys, ["RS256"])

    def sign_in(self, browser: Browser, person: str, *, level: str = "0", **changed: str | None) -> dict[str, Any]:
        """As the person in the browser, by the button of that name where one is asked; returns the tokens."""
        page = browser.open(self.address(**changed))
        if page.location is None:
            page = browser.open(page.url, {"person": page.value_of(person), "level": level})
        return self.tokens(code_in(page))

    def claims(self, browser: Browser, person: str, **changed: Any) -> dict[str, Any]:
        """The same; returns what the ID token says."""
        return self.read(self.sign_in(browser, person, **changed)["id_token"]).claims

    def sign_out_address(self, id_token: str, back_to: str) -> str:
        parameters = {"id_token_hint": id_token, "post_logout_redirect_uri": back_to, "state": "out"}
        return f"{self.provider.issuer}/logout?{urlencode(parameters)}"


def answered(page: Page) -> dict[str, str]:
    """What the provider sends the person back to the client with."""
    assert page.location, page.text
    return {name: values[0] for name, values in parse_qs(urlsplit(page.location).query).items()}


def code_in(page: Page) -> str:
    return answered(page)["code"]
