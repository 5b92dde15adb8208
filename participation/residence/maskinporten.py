"""Maskinporten: a token for calls between services, got with a JWT that our key has signed.

Sources: docs.digdir.no, "JWT grant" (`aud` is the issuer and nothing else, `iat` within 10 seconds of its clock, `exp`
at most 120 seconds later, a `jti` that is never used again, no further claims) and "/token endpoint".
"""

import re
import time
import uuid
from collections.abc import Callable
from datetime import datetime
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

from joserfc import jwt

from participation import clock
from participation.calling import Patience
from participation.residence.asking import PATIENT, Asking
from participation.residence.register import RegisterUnavailable
from participation.settings_residence import MaskinportenSettings
from participation.signing_key import signing_key

ASSERTION_SECONDS = 100
RENEWED_BEFORE_EXPIRY_SECONDS = 15
_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_DISCOVERY = ".well-known/oauth-authorization-server"
_ERROR_CODE = re.compile(r"[a-z_]{1,40}")
_TOKEN = re.compile(r"[!-~]+")


class Maskinporten:
    """Shared by the threads of a process; a token is got when there is none that lasts."""

    def __init__(
        self,
        settings: MaskinportenSettings,
        *,
        patience: Patience = PATIENT,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Raises SettingsError when the key can't be used."""
        self._settings = settings
        self._key = signing_key(settings.private_key, called="MASKINPORTEN_PRIVATE_KEY")
        self._monotonic = monotonic
        self._asking = Asking("Maskinporten", patience)
        self._lock = Lock()
        self._token = ""
        self._lasts_until = 0.0

    def token(self, *, instead_of: str | None = None) -> str:
        """The one that lasts, or a new one; a new one also instead of one that was refused.

        Raises RegisterUnavailable.
        """
        with self._lock:
            if self._token == instead_of or self._monotonic() >= self._lasts_until:
                self._token, seconds = self._fetch()
                self._lasts_until = self._monotonic() + seconds - RENEWED_BEFORE_EXPIRY_SECONDS
            return self._token

    def _fetch(self) -> tuple[str, float]:
        """A token and how many seconds it lasts."""
        issuer, endpoint = self._discover()
        form = {"grant_type": _GRANT, "assertion": self._assertion(issuer, clock.now())}
        status, answer = self._asking.ask("POST", endpoint, data=form)
        token, seconds = _field(answer, "access_token"), _field(answer, "expires_in")
        if status != 200 or not isinstance(token, str) or not _TOKEN.fullmatch(token):
            raise RegisterUnavailable(f"Maskinporten gave no token: {status} {_error_code(answer)}".rstrip())
        return token, float(seconds) if isinstance(seconds, int) else 0.0

    def _discover(self) -> tuple[str, str]:
        """The issuer as it writes itself, and where tokens are got."""
        wanted = self._settings.issuer.rstrip("/")
        status, answer = self._asking.ask("GET", f"{wanted}/{_DISCOVERY}")
        issuer, endpoint = _field(answer, "issuer"), _field(answer, "token_endpoint")
        if status != 200 or not isinstance(issuer, str) or not isinstance(endpoint, str):
            raise RegisterUnavailable(f"Maskinporten did not tell where tokens are got: {status}")
        if issuer.rstrip("/") != wanted or urlsplit(endpoint).scheme != urlsplit(wanted).scheme:
            raise RegisterUnavailable("Maskinporten says that it is another, or has an unsafe address for tokens")
        return issuer, endpoint

    def _assertion(self, issuer: str, now: datetime) -> str:
        issued = int(now.timestamp())
        claims: dict[str, Any] = {
            "aud": issuer,
            "iss": self._settings.client_id,
            "scope": self._settings.scope,
            "iat": issued,
            "exp": issued + ASSERTION_SECONDS,
            "jti": str(uuid.uuid4()),
        }
        return jwt.encode({"alg": "RS256", "kid": self._settings.key_id}, claims, self._key, algorithms=["RS256"])


def _field(answer: Any, name: str) -> Any:
    return answer.get(name) if isinstance(answer, dict) else None


def _error_code(answer: Any) -> str:
    """What OAuth calls the fault, and nothing of what is told beside it."""
    code = _field(answer, "error")
    return code if isinstance(code, str) and _ERROR_CODE.fullmatch(code) else ""
