"""The keys that we sign with ourselves, each in a file that only the service can read."""

import json
from functools import cache
from pathlib import Path

from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from participation.settings_error import SettingsError


def signing_key(path: Path, *, called: str) -> RSAKey:
    """The private RSA key in the file, PEM or JWK. Raises SettingsError, which shows nothing of it."""
    try:
        key = _import(path.read_text())
    except (OSError, ValueError, TypeError, KeyError, JoseError):
        key = None
    if key is None or not key.is_private:
        raise SettingsError(f"{called} must be a file with a private RSA key, which {path} is not")
    return key


@cache  # OpenSSL looks long at a key: whether its primes are primes
def _import(text: str) -> RSAKey:
    return RSAKey.import_key(json.loads(text) if text.lstrip().startswith("{") else text)
