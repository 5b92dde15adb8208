"""The keys that turn a national identity number into something that may be kept.

A number is never kept; what is kept is its HMAC-SHA-256 with a secret that the database does not hold, beside the
version of the secret. A plain hash of eleven digits would be tried out in minutes. It is still personal data.

**Changing the key** takes two steps, because while the service is restarted, processes with the former and with the
new settings run side by side for a minute:

1. Put the new key *last*, and restart everything: `PID_KEYS="1:former…,2:new…"`. Every process now knows both.
2. Then move it *first*, and restart again: `PID_KEYS="2:new…,1:former…"`.

In one step, a process that still knows only the former key would not find who another process has just kept under the
new one, and would give that person a second account. For the same reason all digests of a person are to be kept, not
the first alone: with a unique key on (version, digest), two first sign-ins at the same moment, one before and one after
the second step, still meet on a key that both know. A person who signs in has the digests that are missing added, and
the first tells the present version. A former key can be left out when no account has only digests of that version:
whoever has not signed in since would not be known again.
"""

import hashlib
import hmac
from dataclasses import dataclass, field

from participation.settings_error import SettingsError

PID_SECRET_MIN_CHARACTERS = 32
_PID_SECRET_MIN_DIFFERENT = 8
_VERSION_MAX_DIGITS = 9
_REFUSED = (
    'PID_KEYS must be version:secret pairs with a comma between them, the newest first, such as "2:…,1:…": '
    "whole numbers from 1 up, none twice"
)


@dataclass(frozen=True)
class PidKey:
    version: int
    secret: str = field(repr=False)


@dataclass(frozen=True)
class PidKeys:
    """At least one key, the present one first."""

    keys: tuple[PidKey, ...]

    @classmethod
    def parse(cls, text: str) -> "PidKeys":
        """From the setting PID_KEYS. Raises SettingsError, which never shows a secret."""
        keys = tuple(_key(pair.strip()) for pair in text.split(","))
        if len({key.version for key in keys}) < len(keys):
            raise SettingsError(_REFUSED)
        if len({key.secret for key in keys}) < len(keys):
            raise SettingsError("PID_KEYS must have a secret of its own for each version")
        return cls(keys)

    def digests(self, number: str) -> list[tuple[int, str]]:
        """The version and the HMAC in 64 hexadecimal digits, by each key, the present one first."""
        return [(key.version, _digest(key, number)) for key in self.keys]


def _key(pair: str) -> PidKey:
    version, colon, secret = pair.partition(":")
    is_number = version.isascii() and version.isdecimal() and len(version) <= _VERSION_MAX_DIGITS
    if not (colon and is_number and int(version) > 0):
        raise SettingsError(_REFUSED)
    if len(secret) < PID_SECRET_MIN_CHARACTERS or len(set(secret)) < _PID_SECRET_MIN_DIFFERENT:
        raise SettingsError(
            f"PID_KEYS must have at least {PID_SECRET_MIN_CHARACTERS} random characters in each secret, for instance "
            'from `python -c "import secrets; print(secrets.token_urlsafe(48))"`'
        )
    return PidKey(int(version), secret)


def _digest(key: PidKey, number: str) -> str:
    return hmac.new(key.secret.encode(), number.encode(), hashlib.sha256).hexdigest()
