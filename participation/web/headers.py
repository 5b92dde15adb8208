"""What every answer says to the browser: what it may load, frame and keep."""

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Response, current_app, request, session
from flask_login import current_user

from participation.web.addresses import settings

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
# A page of ours that another page of ours shows in a frame.
FRAMED_PAGE = CONTENT_SECURITY_POLICY.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
# A mail as mail programs show it: its styles stand in it, and it loads nothing.
FRAMED_MAIL = "; ".join(
    (
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'self'",
        "sandbox",
    )
)
View = TypeVar("View", bound=Callable[..., Any])
_ATTRIBUTE, _FRAMED_BY = "content_security_policy", "framed_by"
_MANIFEST = "/static/dist/manifest.json"
_ASSET_SECONDS = 365 * 24 * 3600
_BACK_IN_SECONDS = 10


def policy(words: str) -> Callable[[View], View]:
    """The few views whose answers the browser is to treat otherwise; what they answer when they fail is as all else."""

    def declare(view: View) -> View:
        setattr(view, _ATTRIBUTE, words)
        return view

    return declare


def framed_by(origins: Callable[[], str]) -> Callable[[View], View]:
    """The one view that other sites may show in a frame; `origins` says which, with a request at hand."""

    def declare(view: View) -> View:
        setattr(view, _FRAMED_BY, origins)
        return view

    return declare


def _policy_of(response: Response) -> str:
    view = current_app.view_functions.get(request.endpoint or "") if response.status_code == 200 else None
    words = _with_tiles(str(getattr(view, _ATTRIBUTE, CONTENT_SECURITY_POLICY)))
    origins = getattr(view, _FRAMED_BY, None)
    return words.replace("frame-ancestors 'none'", f"frame-ancestors {origins()}") if origins else words


def _with_tiles(words: str) -> str:
    """Pages may show the map's pictures from where the settings say, and from nowhere else."""
    origin = settings().map.tiles_origin
    return words.replace("img-src 'self' data:", f"img-src 'self' data: {origin}") if origin else words


def add_headers(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = _policy_of(response)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(self)"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    if settings().secure_cookies:
        response.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    if response.status_code == 503:
        response.retry_after = _BACK_IN_SECONDS
    _lead_only_here(response)
    return _cacheable(response)


def _lead_only_here(response: Response) -> None:
    """A redirect that a library built from the Host header, which a visitor chooses, becomes one within the site."""
    if response.location and response.location.startswith(request.host_url):
        parts = urlsplit(response.location)
        query = f"?{parts.query}" if parts.query else ""
        response.location = "/" + parts.path.lstrip("/\\") + query


def _cacheable(response: Response) -> Response:
    if request.endpoint == "static" and response.status_code < 400:
        return _kept(response)
    if response.cache_control.public or response.cache_control.immutable:
        # The view has said that it is the same for all, or always, and for how long it is kept.
        response.make_conditional(request)
        return response
    if request.method not in {"GET", "HEAD"} or response.status_code != 200 or _is_personal():
        response.cache_control.no_store = True
        return response
    # What anyone may see can be kept, and asked about again: unchanged, it is answered in a few bytes.
    response.vary.add("Cookie")
    response.cache_control.no_cache = True
    response.add_etag()
    response.make_conditional(request)
    return response


def _kept(response: Response) -> Response:
    """A built file's name holds a digest of what is in it; those of the rest don't, and they are asked about again."""
    if request.path.startswith("/static/dist/") and request.path != _MANIFEST:
        response.cache_control.no_cache = None
        response.cache_control.public, response.cache_control.max_age = True, _ASSET_SECONDS
        response.cache_control.immutable = True
    return response


def _is_personal() -> bool:
    return session.modified or bool(session) or bool(current_user.is_authenticated)
