"""What a provider tells of itself: where it is asked, and the keys it signs with. Kept for a while in each process."""

import time
from collections.abc import Callable
from threading import Lock
from typing import Any

import requests
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from participation.oidc.faults import Fault, ProviderFault
from participation.settings_providers import is_safe

KEPT_SECONDS = 3600
# A key that we don't know is asked for anew, but no oftener: anybody can send tokens that name one.
KEYS_ASKED_EVERY_SECONDS = 60
TIMEOUT_SECONDS = (3.05, 8)
_DISCOVERY = "/.well-known/openid-configuration"
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
_OPTIONAL_ENDPOINTS = ("end_session_endpoint",)


class Metadata:
    """Of one provider, shared by the threads of a process."""

    def __init__(self, issuer: str, *, seconds: Callable[[], float] = time.monotonic) -> None:
        self._issuer = issuer
        self._seconds = seconds
        self._lock = Lock()
        self._told: dict[str, str] = {}
        self._told_at = -float("inf")
        self._keys: KeySet | None = None
        self._keys_at = -float("inf")

    def endpoint(self, name: str) -> str | None:
        """The address of that name. Raises ProviderFault when the provider does not answer, or as another."""
        with self._lock:
            return self._discovered().get(name)

    def keys(self, *, instead_of: KeySet | None = None) -> KeySet:
        """The keys it signs with; asked for anew when those given don't do, unless that was done just now.

        Raises ProviderFault.
        """
        with self._lock:
            age = self._seconds() - self._keys_at
            stale = age > KEPT_SECONDS or (self._keys is instead_of and age > KEYS_ASKED_EVERY_SECONDS)
            if self._keys is None or stale:
                self._keys = self._fetch_keys()
                self._keys_at = self._seconds()
            return self._keys

    def _discovered(self) -> dict[str, str]:
        if self._seconds() - self._told_at > KEPT_SECONDS:
            self._told, self._told_at = self._discover(), self._seconds()
        return self._told

    def _discover(self) -> dict[str, str]:
        told = _fetch(self._issuer.rstrip("/") + _DISCOVERY)
        wanted = [*_ENDPOINTS, *(name for name in _OPTIONAL_ENDPOINTS if name in told)]
        addresses = {name: told.get(name) for name in wanted}
        if told.get("issuer") != self._issuer or not all(map(_may_be_asked, addresses.values())):
            raise ProviderFault(Fault.PROVIDER_SILENT)
        return {name: str(address) for name, address in addresses.items()}

    def _fetch_keys(self) -> KeySet:
        try:
            return KeySet.import_key_set(_fetch(self._discovered()["jwks_uri"]))  # type: ignore[arg-type]
        except (JoseError, KeyError, TypeError, ValueError):
            raise ProviderFault(Fault.PROVIDER_SILENT) from None


def _may_be_asked(address: object) -> bool:
    return isinstance(address, str) and is_safe(address)


def _fetch(url: str) -> dict[str, Any]:
    try:
        answer = requests.get(url, timeout=TIMEOUT_SECONDS, allow_redirects=False)
        answer.raise_for_status()
        told = answer.json()
    except (requests.RequestException, ValueError):
        raise ProviderFault(Fault.PROVIDER_SILENT) from None
    if not isinstance(told, dict):
        raise ProviderFault(Fault.PROVIDER_SILENT)
    return told
