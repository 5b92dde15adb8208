"""Who may enter a view. Every view says so; one that doesn't lets nobody in."""

from collections.abc import Callable
from typing import TypeVar, cast
from urllib.parse import urlsplit

import structlog
from flask import current_app, redirect, request, url_for
from flask_login import current_user
from werkzeug.exceptions import Forbidden, Unauthorized
from werkzeug.wrappers import Response

from participation.permissions import Actor, Permission
from participation.web.addresses import came_from, safe_next

View = TypeVar("View", bound=Callable[..., object])
PUBLIC = "public"
_ATTRIBUTE = "access"
# What a form holds that nobody has filled in.
UNWRITTEN = frozenset({"csrf_token", "version", "submission_key", "draft_key", "neste"})
FRONTS = {
    "workbench": "workbench.queue",
    "newsroom": "newsroom.list_outcomes",
    "administration": "administration.home",
}

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
    """Before each request: let in, send to the sign-in page or to the passkey, or refuse."""
    if request.endpoint is None:
        return None
    wanted = declared(current_app.view_functions[request.endpoint])
    if wanted == PUBLIC:
        return None
    if not isinstance(wanted, Permission):
        log.error("view_without_access", endpoint=request.endpoint)
        raise Forbidden
    if not current_user.is_authenticated:
        return _to(sign_in_url)
    if the_actor().may(wanted):
        return None
    if current_user.full_actor.may(wanted):
        return _to(step_url)
    raise Forbidden


def _to(page_url: Callable[[str], str]) -> Response:
    """The way to that page, and then on; not for who has filled in something, which a redirect would lose."""
    if request.method == "POST" and any(name not in UNWRITTEN and text for name, text in request.form.items()):
        raise Unauthorized
    return redirect(page_url(page_to_go_on_to()))


def needs_sign_in() -> bool:
    """Whether the view asked for is only for people who are signed in, and nobody is."""
    wanted = declared(current_app.view_functions[request.endpoint]) if request.endpoint else PUBLIC
    return wanted != PUBLIC and not current_user.is_authenticated


def the_actor() -> Actor:
    """The signed-in person; only for views that require one."""
    return cast(Actor, current_user.actor)


def maybe_actor() -> Actor | None:
    return the_actor() if current_user.is_authenticated else None


def sign_in_url(next_path: str) -> str:
    return url_for("residents.sign_in", neste=next_path)


def step_url(next_path: str) -> str:
    """The page where a passkey is shown or made, which is all that they lack."""
    return url_for("residents.take_step", neste=next_path)


def page_to_go_on_to() -> str:
    """Where to go on after signing in: here; for what takes only a POST, the page it was sent from."""
    if _can_be_opened(request.path):
        return request.full_path.rstrip("?")
    return safe_next(urlsplit(sent_from()).path)


def sent_from() -> str:
    """The page of ours that the request was sent from; the front of its face when no such can be opened."""
    address = came_from()
    return address if address and _can_be_opened(urlsplit(address).path) else _front()


def _can_be_opened(path: str) -> bool:
    adapter = current_app.create_url_adapter(request)
    return adapter is not None and adapter.test(path, "GET")


def _front() -> str:
    return url_for(FRONTS.get(request.blueprint or "", "residents.front"))
