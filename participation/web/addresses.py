"""Full addresses for what is read outside the site: mails, share links."""

from typing import cast
from urllib.parse import urlsplit

from flask import current_app, request

from participation.settings import Settings


def settings() -> Settings:
    return cast(Settings, current_app.config["SETTINGS"])


def absolute_url(endpoint: str, **values: object) -> str:
    """The full address of a view, from SITE_URL: never from the Host header, which a visitor chooses."""
    site = urlsplit(settings().site_url)
    adapter = current_app.url_map.bind(site.netloc, script_name=site.path or "/", url_scheme=site.scheme)
    return adapter.build(endpoint, values, force_external=True)


def safe_next(path: str | None, default: str = "/") -> str:
    """A path on this site to go on to; anything that could lead elsewhere becomes the default."""
    if not path or not path.startswith("/") or path.startswith(("//", "/\\")) or len(path) > 500:
        return default
    inside = path.partition("?")[0].partition("#")[0].strip("/")
    if inside and {"", ".", ".."} & set(inside.split("/")):
        return default
    if any(ord(character) < 0x20 or character == "\\" for character in path):
        return default
    return path


def came_from() -> str | None:
    """The address of the page of ours that the request was sent from; none when it came from elsewhere."""
    address = request.referrer or ""
    try:
        return address if urlsplit(address).netloc == request.host else None
    except ValueError:
        return None
