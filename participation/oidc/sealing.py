"""Keeps what only we are to read: encrypted with a key that the database does not hold."""

import hashlib

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

_HEADER = {"alg": "dir", "enc": "A256GCM"}
_PURPOSE = b"participation/id-token/1\x00"


def seal(text: str, *, secret: str) -> str:
    return jwe.encrypt_compact(_HEADER, text.encode(), _key(secret))


def unseal(sealed: str, *, secret: str) -> str | None:
    """None for what was sealed with another secret, or is no seal."""
    try:
        plaintext = jwe.decrypt_compact(sealed, _key(secret)).plaintext
    except (JoseError, ValueError, TypeError):
        return None
    return plaintext.decode() if plaintext else None


def _key(secret: str) -> OctKey:
    return OctKey.import_key(hashlib.sha256(_PURPOSE + secret.encode()).digest())
