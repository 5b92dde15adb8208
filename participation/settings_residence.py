"""How the population register is reached, where the municipality asks it who lives there."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from participation.settings_addresses import secure_parts
from participation.settings_error import SettingsError

_NAMES = (
    "FOLKEREGISTERET_URL",
    "FOLKEREGISTERET_ROLE_ID",
    "FIKS_INTEGRATION_ID",
    "FIKS_INTEGRATION_PASSWORD",
    "MASKINPORTEN_ISSUER",
    "MASKINPORTEN_CLIENT_ID",
    "MASKINPORTEN_PRIVATE_KEY",
    "MASKINPORTEN_KEY_ID",
    "MASKINPORTEN_SCOPE",
)
_ADDRESSES = ("FOLKEREGISTERET_URL", "MASKINPORTEN_ISSUER")
_MUNICIPALITY_NUMBER = re.compile(r"[0-9]{4}")
_ROLE_ID = re.compile(r"[0-9A-Za-z-]+")


@dataclass(frozen=True, kw_only=True)
class MaskinportenSettings:
    issuer: str
    client_id: str
    private_key: Path
    """A file with an RSA key, as PEM or as a JWK."""
    key_id: str
    scope: str


@dataclass(frozen=True, kw_only=True)
class ResidenceSettings:
    """All that is needed to ask Folkeregisteret through KS Fiks."""

    url: str
    role_id: str
    integration_id: str
    integration_password: str = field(repr=False)
    maskinporten: MaskinportenSettings


def residence_settings(env: Mapping[str, str], *, municipality_number: str) -> ResidenceSettings | None:
    """None where RESIDENCE is off. Raises SettingsError, without secrets, where what it needs is missing or wrong."""
    asked = env.get("RESIDENCE", "").strip().lower() or "off"
    if asked == "off":
        return None
    if asked != "folkeregisteret":
        raise SettingsError(f"RESIDENCE must be off or folkeregisteret, not {asked!r}")
    if not _MUNICIPALITY_NUMBER.fullmatch(municipality_number):
        raise SettingsError(
            f"MUNICIPALITY_NUMBER must be the four figures of a municipality, not {municipality_number!r}"
        )
    return _settings(_given(env))


def _given(env: Mapping[str, str]) -> dict[str, str]:
    values = {name: env.get(name, "").strip() for name in _NAMES}
    missing = [name for name, value in values.items() if not value]
    if missing:
        raise SettingsError(f"{missing[0]} is missing: RESIDENCE=folkeregisteret needs all of {', '.join(_NAMES)}")
    for name, value in values.items():
        if not (value.isascii() and value.isprintable()):
            raise SettingsError(f"{name} must be plain text on one line")
    return values


def _settings(values: Mapping[str, str]) -> ResidenceSettings:
    for name in _ADDRESSES:
        _refuse_unsafe(name, values[name])
    if not _ROLE_ID.fullmatch(values["FOLKEREGISTERET_ROLE_ID"]):
        raise SettingsError("FOLKEREGISTERET_ROLE_ID must be the role's id in KS Fiks: letters, figures and hyphens")
    return ResidenceSettings(
        url=values["FOLKEREGISTERET_URL"].rstrip("/"),
        role_id=values["FOLKEREGISTERET_ROLE_ID"],
        integration_id=values["FIKS_INTEGRATION_ID"],
        integration_password=values["FIKS_INTEGRATION_PASSWORD"],
        maskinporten=_maskinporten(values),
    )


def _maskinporten(values: Mapping[str, str]) -> MaskinportenSettings:
    key = Path(values["MASKINPORTEN_PRIVATE_KEY"])
    if not key.is_absolute():
        raise SettingsError(f"MASKINPORTEN_PRIVATE_KEY must be the whole path of a key, not {str(key)!r}")
    return MaskinportenSettings(
        issuer=values["MASKINPORTEN_ISSUER"],
        client_id=values["MASKINPORTEN_CLIENT_ID"],
        private_key=key,
        key_id=values["MASKINPORTEN_KEY_ID"],
        scope=values["MASKINPORTEN_SCOPE"],
    )


def _refuse_unsafe(name: str, address: str) -> None:
    """Identity numbers and keys to them go there."""
    parts = secure_parts(address, by_name=False)
    if parts is None or parts.query or parts.fragment or parts.username:
        raise SettingsError(f"{name} must be an https address without a question mark or a password in it")
