"""What is kept of a way to sign in that is used no more: it can be compared with, and not read.

The keys are those of the national identity numbers. Where nobody signs in with a number there are none, and one is
made of the service's own secret: whoever changes that knows nobody again by such a digest.
"""

import hmac
from hashlib import sha256

from participation.accounts.rules import IdentityKind
from participation.pid_keys import PidKey, PidKeys
from participation.web.addresses import settings

OWN_KEY_VERSION = 0


def digests_to_keep(kind: IdentityKind, value: str) -> list[tuple[int, str]]:
    """The version and the digest by each key that is in use."""
    return (settings().pid_keys or _own_key()).digests(_words(kind, value))


def digests_to_know(kind: IdentityKind, value: str) -> list[str]:
    """What it may have been kept as: also before there were keys for numbers."""
    numbers = settings().pid_keys
    keys = PidKeys((*(numbers.keys if numbers else ()), *_own_key().keys))
    return [digest for _version, digest in keys.digests(_words(kind, value))]


def _words(kind: IdentityKind, value: str) -> str:
    """With the kind before it, so that no digest is that of a number, or of another kind's."""
    return f"{kind.value}:{value}"


def _own_key() -> PidKeys:
    secret = hmac.new(settings().secret_key.encode(), b"what closed accounts are known by", sha256).hexdigest()
    return PidKeys((PidKey(OWN_KEY_VERSION, secret),))
