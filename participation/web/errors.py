"""Bad requests and failures: a page in plain words, the right status, nothing lost of what was written."""

from dataclasses import dataclass
from urllib.parse import urlsplit

import structlog
from flask import Flask, render_template, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from participation.extensions import db
from participation.refusals import Refusal, Refused
from participation.web.filters import label

log = structlog.get_logger()
_NOT_WRITING = {"version", "submission_key", "draft_key", "theme", "area", "neste", "parent_id"}
SHORTEST_WRITING = 3
Page = tuple[str, int]


@dataclass(frozen=True)
class Resend:
    """A form as it was sent, to be sent again with a fresh token."""

    url: str
    fields: list[tuple[str, str]]


@dataclass(frozen=True)
class Explained:
    heading: str
    explanation: str
    action_label: str = ""
    action_url: str = "/"
    resend: Resend | None = None


def explain(status: int) -> Explained:
    """What to say of a status, and what to do next."""
    words = {
        400: (
            _("We did not understand that"),
            _("Something was missing in what the page sent. Go back and try again."),
        ),
        403: (
            _("You don't have access to this"),
            _("This is for others than you. If you should have access, tell us."),
        ),
        404: (
            _("We can't find that page"),
            _("It may have been moved, or the address may be wrong. Try searching among the needs."),
        ),
        405: (
            _("That can't be done here"),
            _("The page does not take what was sent to it. Go back and try again."),
        ),
        409: (
            _("This has changed meanwhile"),
            _("Someone else got there first. Open the page again and see how it stands."),
        ),
        413: (
            _("That was too much at once"),
            _("What you sent is larger than we can take. Make it shorter, and send it again."),
        ),
        429: (
            _("That was many times in a short while"),
            _("Wait a few minutes, and try again."),
        ),
    }
    ours = (
        _("Something went wrong with us"),
        _("The fault is ours, and we have been told of it. Try again in a while."),
    )
    heading, explanation = words.get(status, ours)
    return Explained(heading, explanation, action_label=_("Go to the front page"))


def page(status: int, words: Explained | None = None) -> Page:
    words = words or explain(status)
    return render_template("errors/error.html", status=status, written=_written(), **vars(words)), status


def _written() -> list[tuple[str, str]]:
    """What the person wrote in a form that could not be taken, to copy from."""
    words = {"title": _("Title"), "description": _("Description"), "affected": _("Who it concerns")}
    return [
        (words.get(name, _("Text")), text)
        for name, text in _fields()
        if name not in _NOT_WRITING and len(text) >= SHORTEST_WRITING
    ]


def _fields() -> list[tuple[str, str]]:
    """The fields of the form that was sent; none when there was none, or it was too large to read."""
    try:
        return [(name, text) for name, text in request.form.items(multi=True) if name != "csrf_token"]
    except RequestEntityTooLarge:
        return []


def _http_error(error: HTTPException) -> Page | HTTPException:
    db.session.rollback()
    if error.code is None or error.code < 400:
        return error
    return page(error.code)


def _refused(refused: Refused) -> Page:
    db.session.rollback()
    title = _("That is not possible now") if refused.status == 409 else explain(403).heading
    back = request.referrer if _is_ours(request.referrer) else "/"
    return page(
        refused.status,
        Explained(title, label(refused.reason), action_label=_("Go back"), action_url=back or "/"),
    )


def _changed_meanwhile(_error: Exception) -> Page:
    return _refused(Refused(Refusal.CHANGED_MEANWHILE))


def _csrf_failed(error: CSRFError) -> Page:
    """A page that stood open too long can be sent again as it is; not so one that came from elsewhere."""
    db.session.rollback()
    came_from_here = request.headers.get("Sec-Fetch-Site") == "same-origin" or _is_ours(request.referrer)
    return page(
        400,
        Explained(
            _("The page had been open too long"),
            _("We could not take what it sent. Nothing has been saved yet: what you wrote stands below."),
            action_label=_("Open the page again"),
            action_url=request.referrer if came_from_here and request.referrer else "/",
            resend=Resend(request.full_path.rstrip("?"), _fields()) if came_from_here else None,
        ),
    )


def _is_ours(address: str | None) -> bool:
    return bool(address) and urlsplit(address or "").netloc == request.host


def _failed(error: Exception) -> Page:
    db.session.rollback()
    log.exception("request_failed", path=request.path, method=request.method)
    return page(500)


def _database_busy(error: OperationalError) -> Page:
    db.session.rollback()
    log.exception("database_unavailable", path=request.path)
    return page(503)


def register(app: Flask) -> None:
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(CSRFError, _csrf_failed)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(StaleDataError, _changed_meanwhile)
    app.register_error_handler(IntegrityError, _changed_meanwhile)
    app.register_error_handler(OperationalError, _database_busy)
    app.register_error_handler(Exception, _failed)
