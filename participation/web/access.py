"""Who may enter a view. Every view says so; one that doesn't lets nobody in."""

from collections.abc import Callable
from typing import TypeVar, cast
from urllib.parse import urlsplit

import structlog
from flask import current_app, redirect, request, url_for
from flask_login import current_user
from werkzeug.exceptions import Forbidden
from werkzeug.wrappers import Response

from participation.permissions import Actor, Permission
from participation.web.addresses import safe_next

View = TypeVar("View", bound=Callable[..., object])
PUBLIC = "public"
_ATTRIBUTE = "access"

log = structlog.get_logger()


def public(view: View) -> View:
    """Anyone may enter."""
    setattr(view, _ATTRIBUTE, PUBLIC)
    return view


def requires(permission: Permission) -> Callable[[View], View]:
    """Only who is signed in and has the permission may enter."""

    def declare(view: View) -> View:
        setattr(view, _ATTRIBUTE, permission)
        return view

    return declare


def declared(view: Callable[..., object]) -> str | Permission | None:
    return getattr(view, _ATTRIBUTE, None)


def enforce() -> Response | None:
    """Before each request: let in, send to the sign-in page, or refuse."""
    if request.endpoint is None:
        return None
    wanted = declared(current_app.view_functions[request.endpoint])
    if wanted == PUBLIC:
        return None
    if not isinstance(wanted, Permission):
        log.error("view_without_access", endpoint=request.endpoint)
        raise Forbidden
    if not current_user.is_authenticated:
        return redirect(sign_in_url(_page_of_request()))
    if not the_actor().may(wanted):
        raise Forbidden
    return None


def the_actor() -> Actor:
    """The signed-in person; only for views that require one."""
    return cast(Actor, current_user.actor)


def maybe_actor() -> Actor | None:
    return the_actor() if current_user.is_authenticated else None


def sign_in_url(next_path: str) -> str:
    return url_for("residents.sign_in", neste=next_path)


def _page_of_request() -> str:
    """Where to go on after signing in: here, or for something sent, the page it was sent from."""
    if request.method == "GET":
        return request.full_path.rstrip("?")
    came_from = urlsplit(request.referrer or "")
    return safe_next(came_from.path) if came_from.netloc == request.host else "/"
