"""Whether a token is what it says: signed by the provider, for us, now. Knows no network but the keys it is given."""

import time
from collections.abc import Mapping
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from participation.oidc.faults import Fault, ProviderFault
from participation.oidc.metadata import Metadata
from participation.settings_providers import Provider

Claims = Mapping[str, Any]
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
# A notice of a logout is sent at once; one that is older may be somebody's copy of it.
LOGOUT_NOTICE_SECONDS = 120
# OpenID Connect Core 1.0, 2: no `sub` is longer, and what is kept of a `sid` isn't either.
NAME_MAX_CHARACTERS = 255


def read_id_token(
    provider: Provider, metadata: Metadata, token: str, *, nonce: str, access_token: str | None
) -> Claims:
    """What the token claims, once it is found to hold. Raises ProviderFault."""
    decoded = _decode(provider, metadata, token)
    params = {"nonce": nonce, "client_id": provider.client_id, "access_token": access_token}
    try:
        claims = CodeIDToken(decoded.claims, decoded.header, _expected(provider), params)
        # The provider's time, not the demo's: it knows nothing of where that has been moved to.
        claims.validate(now=int(time.time()), leeway=provider.leeway_seconds)
    except (JoseError, TypeError, ValueError):
        raise ProviderFault(Fault.WORD_INVALID) from None
    if not all(_is_name(decoded.claims[name]) for name in ("sub", "sid") if name in decoded.claims):
        raise ProviderFault(Fault.WORD_INVALID)
    return dict(decoded.claims)


def read_logout_token(provider: Provider, metadata: Metadata, token: str) -> tuple[str | None, str | None]:
    """The `sid` and the `sub` to sign out, of which at least one (OpenID Connect Back-Channel Logout 1.0, 2.6).

    Raises ProviderFault.
    """
    decoded = _decode(provider, metadata, token)
    claims, now = decoded.claims, int(time.time())
    registry = jwt.JWTClaimsRegistry(
        now=now, leeway=provider.leeway_seconds, iat={"essential": True}, jti={"essential": True}, **_expected(provider)
    )
    try:
        registry.validate(claims)
        is_notice = isinstance(claims["events"].get(LOGOUT_EVENT), dict) and "nonce" not in claims
        is_new = claims["iat"] >= now - LOGOUT_NOTICE_SECONDS - provider.leeway_seconds
    except (JoseError, AttributeError, KeyError, TypeError, ValueError):
        raise ProviderFault(Fault.WORD_INVALID) from None
    sid, sub = claims.get("sid"), claims.get("sub")
    names = [name for name in (sid, sub) if name is not None]
    if not (is_notice and is_new and names and all(map(_is_name, names))):
        raise ProviderFault(Fault.WORD_INVALID)
    return sid, sub


def _is_name(name: object) -> bool:
    return isinstance(name, str) and 0 < len(name) <= NAME_MAX_CHARACTERS and name.isprintable()


def _expected(provider: Provider) -> dict[str, Any]:
    return {
        "iss": {"essential": True, "value": provider.issuer},
        "aud": {"essential": True, "value": provider.client_id},
    }


def _decode(provider: Provider, metadata: Metadata, token: str) -> jwt.Token:
    """With the keys at hand; when they have no such key, with those the provider has now."""
    known = metadata.keys()
    try:
        return _decode_with(known, provider, token)
    except InvalidKeyIdError:
        pass
    try:
        return _decode_with(metadata.keys(instead_of=known), provider, token)
    except InvalidKeyIdError:
        raise ProviderFault(Fault.WORD_INVALID) from None


def _decode_with(keys: KeySet, provider: Provider, token: str) -> jwt.Token:
    registry = JWSRegistry(algorithms=[provider.algorithm], strict_check_header=False)
    try:
        return jwt.decode(token, keys, registry=registry)
    except InvalidKeyIdError:
        raise
    except (JoseError, TypeError, ValueError, RecursionError):
        raise ProviderFault(Fault.WORD_INVALID) from None
