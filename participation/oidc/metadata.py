"""What a provider tells of itself: where it is asked, and the keys it signs with. Kept for a while in each process."""

import time
from collections.abc import Callable
from threading import Lock
from typing import Any, TypeVar

import requests
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from participation.calling import PATIENT, Patience, patient
from participation.oidc.faults import Fault, ProviderFault
from participation.settings_providers import is_safe

KEPT_SECONDS = 3600
# A key that we don't know is asked for anew, but no oftener: anybody can send tokens that name one.
KEYS_ASKED_EVERY_SECONDS = 60
# Those who waited for an answer that did not come are told so, and do not wait one after another.
SILENT_SECONDS = 5
_DISCOVERY = "/.well-known/openid-configuration"
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
_OPTIONAL_ENDPOINTS = ("end_session_endpoint",)
Told = TypeVar("Told")


class Metadata:
    """Of one provider, shared by the threads of a process."""

    def __init__(
        self, issuer: str, *, patience: Patience = PATIENT, seconds: Callable[[], float] = time.monotonic
    ) -> None:
        self._issuer = issuer
        self._patience = patience
        self._seconds = seconds
        self._lock = Lock()
        self._told: dict[str, str] = {}
        self._told_at = -float("inf")
        self._keys: KeySet | None = None
        self._keys_at = self._keys_asked_at = self._silent_at = -float("inf")

    def endpoint(self, name: str) -> str | None:
        """The address of that name. Raises ProviderFault when the provider does not answer, or as another."""
        with self._lock:
            return self._discovered().get(name)

    def keys(self, *, instead_of: KeySet | None = None) -> KeySet:
        """The keys it signs with; asked for anew when those given don't do, unless that was done just now.

        Raises ProviderFault.
        """
        with self._lock:
            now = self._seconds()
            is_old = now - self._keys_at > KEPT_SECONDS
            may_ask = self._keys is instead_of and now - self._keys_asked_at > KEYS_ASKED_EVERY_SECONDS
            if self._keys is None or is_old or may_ask:
                # Noted first: where there is no answer, the keys at hand are good for as long as before.
                self._keys_asked_at = now
                self._keys, self._keys_at = self._ask(self._fetch_keys), self._seconds()
            return self._keys

    def _discovered(self) -> dict[str, str]:
        if self._seconds() - self._told_at > KEPT_SECONDS:
            self._told, self._told_at = self._ask(self._discover), self._seconds()
        return self._told

    def _ask(self, ask: Callable[[], Told]) -> Told:
        """Ask the provider, unless it failed to answer another just now."""
        if self._seconds() - self._silent_at < SILENT_SECONDS:
            raise ProviderFault(Fault.PROVIDER_SILENT)
        try:
            return ask()
        except ProviderFault:
            self._silent_at = self._seconds()
            raise

    def _discover(self) -> dict[str, str]:
        told = _fetch(self._issuer.rstrip("/") + _DISCOVERY, self._patience)
        wanted = [*_ENDPOINTS, *(name for name in _OPTIONAL_ENDPOINTS if name in told)]
        addresses = {name: told.get(name) for name in wanted}
        if told.get("issuer") != self._issuer or not all(map(_may_be_asked, addresses.values())):
            raise ProviderFault(Fault.PROVIDER_SILENT)
        return {name: str(address) for name, address in addresses.items()}

    def _fetch_keys(self) -> KeySet:
        address = self._discovered()["jwks_uri"]
        try:
            return KeySet.import_key_set(_fetch(address, self._patience))  # type: ignore[arg-type]
        except (JoseError, AttributeError, KeyError, TypeError, ValueError):
            raise ProviderFault(Fault.PROVIDER_SILENT) from None


def _may_be_asked(address: object) -> bool:
    return isinstance(address, str) and is_safe(address)


def _fetch(url: str, patience: Patience) -> dict[str, Any]:
    try:
        with patient(requests.Session(), patience) as session:
            answer = session.get(url, allow_redirects=False)
        told = answer.json() if answer.status_code == requests.codes.ok else None
    except (requests.RequestException, ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        raise ProviderFault(Fault.PROVIDER_SILENT)
    return told
