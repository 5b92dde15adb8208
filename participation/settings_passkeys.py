"""Which staff must have a passkey, and what the site is to those passkeys."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address
from urllib.parse import urlsplit

from participation.settings_error import SettingsError

_DEFAULT_PORTS = {"http": 80, "https": 443}


class PasskeysRequired(StrEnum):
    """Who of those who sign in by an e-mail link must have one. Who has one must always show it."""

    ADMINISTRATORS = "administrators"
    STAFF = "staff"
    NONE = "none"


@dataclass(frozen=True, kw_only=True)
class PasskeySettings:
    required: PasskeysRequired
    rp_id: str
    """The host that a passkey is made for, and works at alone."""
    origin: str
    """What the browser says that it is at."""


def passkey_settings(env: Mapping[str, str], *, site_url: str, demo: bool) -> PasskeySettings | None:
    """None where browsers make no passkeys. Raises SettingsError where somebody would need one there all the same."""
    required = _required(env)
    host = _host(site_url)
    if host is not None:
        return PasskeySettings(required=required, rp_id=host, origin=_origin(site_url, host))
    if required is not PasskeysRequired.NONE and not demo:
        raise SettingsError(
            f"PASSKEYS_REQUIRED must be none while SITE_URL is {site_url!r}: browsers make passkeys only at an https "
            "address with a name in it, not a number, or at http://localhost. With none, an e-mail link alone lets "
            "administrators in"
        )
    return None


def _required(env: Mapping[str, str]) -> PasskeysRequired:
    text = env.get("PASSKEYS_REQUIRED", "").strip().lower() or PasskeysRequired.ADMINISTRATORS
    try:
        return PasskeysRequired(text)
    except ValueError:
        raise SettingsError(f"PASSKEYS_REQUIRED must be administrators, staff or none, not {text!r}") from None


def _host(site_url: str) -> str | None:
    """The host as browsers write it; none where it can have no passkeys."""
    parts = urlsplit(site_url)
    host = parts.hostname or ""
    is_safe = parts.scheme == "https" or host == "localhost"
    return _in_ascii(host) if is_safe and not _is_number(host) else None


def _in_ascii(host: str) -> str | None:
    try:
        return host.encode("idna").decode()
    except UnicodeError:
        return None


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _origin(site_url: str, host: str) -> str:
    parts = urlsplit(site_url)
    port = "" if parts.port in {None, _DEFAULT_PORTS[parts.scheme]} else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"
