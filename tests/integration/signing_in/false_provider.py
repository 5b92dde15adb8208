"""An OpenID provider on this machine that does right until it is told to lie, in one way at a time."""

import json
import secrets
import time
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

CLIENT_ID, SECRET, CLIENT_KID = "svarer", secrets.token_urlsafe(24), "svarer-2026"
BY_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTION_MAX_SECONDS = 120
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
DISCOVERY, JWKS, TOKEN = "/.well-known/openid-configuration", "/jwks", "/token"
HANGS_SECONDS = 20

Claims = dict[str, Any]
Sign = Callable[[Claims], str]


@cache
def key(name: str) -> RSAKey:
    """The same each time it is asked for by that name: making one takes a while."""
    return RSAKey.import_key(RSAKey.generate_key(2048).as_dict(private=True) | {"kid": name})


@dataclass(frozen=True)
class Asked:
    """What a person came to the provider with."""

    state: str
    nonce: str
    challenge: str
    back: str
    given: Mapping[str, str]

    @classmethod
    def by(cls, location: str) -> "Asked":
        given = {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
        return cls(given["state"], given["nonce"], given["code_challenge"], given["redirect_uri"], given)


@dataclass(frozen=True)
class Says:
    """What is answered in place of the truth."""

    body: bytes = b"{}"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    hangs: bool = False
    drips_seconds: float = 0.0


class Realm:
    """One of the providers on the server, with keys of its own."""

    def __init__(self, server: "FalseProvider", name: str) -> None:
        self.name = name
        self.issuer = f"{server.url}/{name}"
        self.begin_anew()

    def begin_anew(self) -> None:
        """An honest one, whom nobody has asked anything."""
        self.keys = [key(self.name)]
        self.told: Claims = {}
        self.instead: dict[str, Says] = {}
        self.asked: list[str] = []
        self.forms: list[dict[str, str]] = []
        self.found_faults: list[str] = []
        self.assertions: list[Claims] = []
        self._codes: dict[str, tuple[Asked, str]] = {}

    def signs(self, claims: Claims, **header: Any) -> str:
        used = self.keys[0]
        return jwt.encode({"alg": "RS256", "kid": used.kid, **header}, claims, used, algorithms=["RS256"])

    def claims(self, asked: Asked, **changes: Any) -> Claims:
        """Those of an honest token; what is changed to None is left out."""
        now = int(time.time())
        right = {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "sub": "sub-of-astrid",
            "sid": secrets.token_urlsafe(9),
            "nonce": asked.nonce,
            "iat": now,
            "exp": now + 120,
        }
        return without_none(right | changes)

    def code(self, asked: Asked, claims: Claims, sign: Sign | None = None) -> str:
        """A code that is given for a token with the claims, once."""
        code = secrets.token_urlsafe(16)
        self._codes[code] = asked, (sign or self.signs)(claims)
        return code

    def logout_token(self, sign: Sign | None = None, **changes: Any) -> str:
        now = int(time.time())
        right = {"iss": self.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 120, "jti": secrets.token_urlsafe(9)}
        return (sign or self.signs)(without_none(right | {"events": {LOGOUT_EVENT: {}}} | changes))

    def times(self, path: str) -> int:
        return self.asked.count(path)

    def discovery(self) -> Claims:
        right = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": self.issuer + TOKEN,
            "jwks_uri": self.issuer + JWKS,
            "end_session_endpoint": f"{self.issuer}/logout",
        }
        return without_none(right | self.told)

    def jwks(self) -> Claims:
        return {"keys": [one.as_dict(private=False, alg="RS256", use="sig") for one in self.keys]}

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, Claims]:
        """As the token endpoint of a provider that minds who asks, and how."""
        self.forms.append(form)
        asked, id_token = self._codes.pop(form.get("code", ""), (None, ""))
        faults = [fault for fault in (self._client_fault(form, authorization), _code_fault(asked, form)) if fault]
        self.found_faults += faults
        if faults:
            return 400, {"error": "invalid_grant", "error_description": ", ".join(faults)}
        return 200, {"token_type": "Bearer", "access_token": secrets.token_urlsafe(16), "id_token": id_token}

    def _client_fault(self, form: dict[str, str], authorization: str) -> str:
        if authorization.startswith("Basic "):
            given = b64decode(authorization.removeprefix("Basic ")).decode()
            return "" if unquote(given) == f"{CLIENT_ID}:{SECRET}" and "client_secret" not in form else "secret"
        if form.get("client_assertion_type") != BY_ASSERTION:
            return "no client"
        return self._assertion_fault(form.get("client_assertion", ""))

    def _assertion_fault(self, assertion: str) -> str:
        try:
            token = jwt.decode(assertion, key(CLIENT_KID), algorithms=["RS256"])
        except (JoseError, ValueError) as raised:
            return type(raised).__name__
        claims, now = token.claims, time.time()
        holds = {
            "kid": token.header.get("kid") == CLIENT_KID,
            "aud": claims.get("aud") == self.issuer,
            "iss": claims.get("iss") == claims.get("sub") == CLIENT_ID,
            "iat": abs(now - claims["iat"]) < 10,
            "exp": now < claims["exp"] <= claims["iat"] + ASSERTION_MAX_SECONDS,
            "jti": bool(claims["jti"]) and claims["jti"] not in {one["jti"] for one in self.assertions},
        }
        self.assertions.append(claims)
        return ", ".join(name for name, is_so in holds.items() if not is_so)


def without_none(claims: Claims) -> Claims:
    return {name: value for name, value in claims.items() if value is not None}


def _code_fault(asked: Asked | None, form: dict[str, str]) -> str:
    if asked is None:
        return "no such code"
    challenge = urlsafe_b64encode(sha256(form.get("code_verifier", "").encode()).digest()).rstrip(b"=").decode()
    if asked.given.get("code_challenge_method") != "S256" or challenge != asked.challenge:
        return "code_verifier"
    return "" if form.get("redirect_uri") == asked.back else "redirect_uri"


class FalseProvider(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, *names: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.let_go = Event()
        self.realms = {name: Realm(self, name) for name in names}

    def begin_anew(self) -> None:
        self.let_go.set()
        self.let_go = Event()
        for realm in self.realms.values():
            realm.begin_anew()

    def handle_error(self, *_: Any) -> None:
        """Whoever has waited long enough hangs up, which is no fault of the double's."""


class _Handler(BaseHTTPRequestHandler):
    server: FalseProvider

    def do_GET(self) -> None:
        realm, path = self._where()
        self._answer(realm, path, 200, realm.discovery() if path == DISCOVERY else realm.jwks())

    def do_POST(self) -> None:
        realm, path = self._where()
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        self._answer(realm, path, *realm.token(form, self.headers["Authorization"] or ""))

    def _where(self) -> tuple[Realm, str]:
        _nothing, name, rest = urlsplit(self.path).path.split("/", 2)
        realm = self.server.realms[name]
        realm.asked.append(f"/{rest}")
        return realm, f"/{rest}"

    def _answer(self, realm: Realm, path: str, status: int, told: Claims) -> None:
        json_type = {"Content-Type": "application/json"}
        says = realm.instead.get(path) or Says(json.dumps(told).encode(), status, json_type)
        if says.hangs:
            self.server.let_go.wait(HANGS_SECONDS)
        self.send_response(says.status)
        for name, value in {"Content-Length": str(len(says.body)), **says.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self._write(says)

    def _write(self, says: Says) -> None:
        step = 1 if says.drips_seconds else len(says.body) or 1
        for start in range(0, len(says.body), step):
            self.wfile.write(says.body[start : start + step])
            if says.drips_seconds and self.server.let_go.wait(says.drips_seconds):
                return

    def log_message(self, *_: Any) -> None:
        """Says nothing: what it was asked stands in `asked`."""


@contextmanager
def false_provider(*names: str) -> Iterator[FalseProvider]:
    with FalseProvider(*names) as server:
        serving = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        serving.start()
        try:
            yield server
        finally:
            server.let_go.set()
            server.shutdown()
            serving.join()
