"""A Maskinporten and a KS Fiks Folkeregister on this machine, that speak as their documentation says."""

import json
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

ROLE_ID = "11111111-2222-4333-8444-555555555555"
INTEGRATION_ID = "66666666-7777-4888-9999-000000000000"
INTEGRATION_PASSWORD = secrets.token_urlsafe(24)
CLIENT_ID, KEY_ID, SCOPE = "lier-svarer", "key-2026", "ks:fiks"
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
CLOCK_LEEWAY_SECONDS = 10
ASSERTION_MAX_SECONDS = 120


def road_address(municipality: str, **changes: Any) -> dict[str, Any]:
    """As in KS's own example."""
    return {
        "adresseIdentifikatorFraMatrikkelen": "510430318",
        "adressegradering": "ugradert",
        "ajourholdstidspunkt": "2020-03-24T00:00:00+01:00",
        "erGjeldende": True,
        "kilde": "KILDE_DSF",
        "vegadresse": {
            "adressekode": "00001",
            "adressenavn": "Oppdiktet vei",
            "kommunenummer": municipality,
            "poststed": {"postnummer": "0000", "poststedsnavn": "INGENSTEDS"},
        },
    } | changes


def land_address(municipality: str) -> dict[str, Any]:
    """As in Skatteetaten's example: the municipality is part of the matrikkelnummer."""
    numbered = {"kommunenummer": municipality, "gaardsnummer": 0, "bruksnummer": 27, "festenummer": 0}
    address = road_address(municipality, matrikkeladresse={"matrikkelnummer": numbered, "undernummer": 0})
    del address["vegadresse"]
    return address


class FiksDouble(ThreadingHTTPServer):
    """Remembers what it was asked, and answers otherwise when it is told to."""

    daemon_threads = True
    request_queue_size = 32

    def __init__(self, public_key: RSAKey) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.public_key = public_key
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.issuer = f"{self.url}/"
        self.people: dict[str, Any] = {}
        self.tokens: set[str] = set()
        self.seen_assertions: set[str] = set()
        self.token_seconds: Any = 120
        self.metadata: dict[str, Any] = {}
        self.asked: list[str] = []
        self.question: dict[str, Any] = {}
        self.says_instead: tuple[int, bytes] | None = None
        self.redirects_to = ""
        self.drips_seconds = 0.0
        self.silent_at = ""
        self.let_go = Event()

    def times(self, path: str) -> int:
        return sum(asked.startswith(path) for asked in self.asked)

    def handle_error(self, *_: Any) -> None:
        """Whoever has waited long enough hangs up, which is no fault of the double's."""


class _Handler(BaseHTTPRequestHandler):
    server: FiksDouble

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        told = {"issuer": self.server.issuer, "token_endpoint": f"{self.server.url}/token"} | self.server.metadata
        known = self.path == "/.well-known/oauth-authorization-server"
        self._answer(200 if known else 404, told if known else {})

    def do_POST(self) -> None:
        self.server.asked.append(self.path)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.server.silent_at and self.path.startswith(self.server.silent_at):
            self.server.let_go.wait(30)
        self._answer(*(self._token(body) if self.path == "/token" else self._look_up(body)))

    def _token(self, body: bytes) -> tuple[int, Any]:
        form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        fault = "unsupported_grant_type" if form.get("grant_type") != JWT_BEARER else self._fault(form["assertion"])
        if fault:
            return 400, {"error": "invalid_grant", "error_description": f"{fault} {form}"}
        token = secrets.token_urlsafe(24)
        self.server.tokens.add(token)
        return 200, {
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": self.server.token_seconds,
            "scope": SCOPE,
        }

    def _fault(self, assertion: str) -> str:
        """What Maskinporten would have against it."""
        try:
            token = jwt.decode(assertion, self.server.public_key, algorithms=["RS256"])
        except (JoseError, ValueError) as raised:
            return type(raised).__name__
        claims, now = token.claims, time.time()
        holds = {
            "kid": token.header.get("kid") == KEY_ID and "x5c" not in token.header,
            "no further claims": set(claims) == {"aud", "iss", "scope", "iat", "exp", "jti"},
            "aud": claims["aud"] == self.server.issuer,
            "iss": claims["iss"] == CLIENT_ID,
            "scope": claims["scope"] == SCOPE,
            "iat": abs(claims["iat"] - now) < CLOCK_LEEWAY_SECONDS,
            "exp": now < claims["exp"] <= claims["iat"] + ASSERTION_MAX_SECONDS,
            "jti": claims["jti"] not in self.server.seen_assertions,
        }
        self.server.seen_assertions.add(claims["jti"])
        return ", ".join(name for name, is_so in holds.items() if not is_so)

    def _look_up(self, body: bytes) -> tuple[int, Any]:
        if self.headers["Authorization"] not in {f"Bearer {token}" for token in self.server.tokens}:
            return 401, {"kode": "FREG-401", "melding": "Autentiseringsinformasjon mangler"}
        path, given = urlsplit(self.path), (self.headers["IntegrasjonId"], self.headers["IntegrasjonPassord"])
        if path.path != f"/folkeregister/api/v1/{ROLE_ID}/v1/personer/bulkoppslag":
            return 404, {"kode": "FREG-404", "melding": "Feil uri brukt"}
        if given != (INTEGRATION_ID, INTEGRATION_PASSWORD) or parse_qs(path.query) != {"part": ["bostedsadresse"]}:
            return 403, {"kode": "FREG-403", "melding": "Mangler autorisasjon"}
        if self.headers["Content-Type"] != "application/json":
            return 400, {"kode": "FREG-400", "melding": "XML var ventet"}
        self.server.question = json.loads(body)
        return 200, {"oppslag": [self._lookup(number) for number in self.server.question["foedselsEllerDNummer"]]}

    def _lookup(self, number: str) -> dict[str, Any]:
        if number not in self.server.people:
            return {"foedselsEllerDNummer": number}
        identity = {"erGjeldende": True, "foedselsEllerDNummer": number, "status": "iBruk"}
        person = {"identifikasjonsnummer": [identity]} | self.server.people[number]
        return {"foedselsEllerDNummer": number, "folkeregisterperson": person}

    def _answer(self, status: int, told: Any) -> None:
        content = json.dumps(told).encode()
        if self.server.says_instead is not None and self.path.startswith("/folkeregister"):
            status, content = self.server.says_instead
        self.send_response(status)
        if self.server.redirects_to:
            self.send_header("Location", self.server.redirects_to)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self._write(content)

    def _write(self, content: bytes) -> None:
        if not self.server.drips_seconds or not self.path.startswith("/folkeregister"):
            self.wfile.write(content)
            return
        for byte in content:
            self.wfile.write(bytes([byte]))
            if self.server.let_go.wait(self.server.drips_seconds):
                return

    def log_message(self, *_: Any) -> None:
        """Says nothing: what it was asked stands in `asked`."""


@contextmanager
def fiks_double(public_key: RSAKey) -> Iterator[FiksDouble]:
    with FiksDouble(public_key) as server:
        serving = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        serving.start()
        try:
            yield server
        finally:
            server.let_go.set()
            server.shutdown()
            serving.join()
