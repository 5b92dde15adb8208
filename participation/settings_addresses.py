"""Which addresses of other services may be asked: over TLS, or on this machine."""

from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit


def is_this_machine(host: str, *, by_name: bool = True) -> bool:
    """Whether it is the loopback. Its name may lead elsewhere, and is not enough for what is most private."""
    try:
        return (by_name and host == "localhost") or ip_address(host).is_loopback
    except ValueError:
        return False


def secure_parts(address: str, *, by_name: bool = True) -> SplitResult | None:
    """Its parts; none where it has no host that can be, or is neither over TLS nor on this machine."""
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return None
    is_plain = parts.scheme == "http" and is_this_machine(host, by_name=by_name)
    return parts if host and (is_plain or parts.scheme == "https") else None
