"""Bad requests and failures: a page in plain words, the right status, nothing lost of what was written."""

from dataclasses import dataclass

import structlog
from flask import Flask, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge, Unauthorized

from participation.extensions import db
from participation.refusals import Refusal, Refused
from participation.web.access import needs_sign_in, page_to_go_on_to, sent_from, sign_in_url, step_url
from participation.web.addresses import came_from
from participation.web.filters import label
from participation.web.uploads import takes_files

log = structlog.get_logger()
SHORTEST_WRITING = 3
# More than the longest of our forms has; a page is not to be made a weapon of.
FIELDS_SHOWN = 200
CHARACTERS_SHOWN = 100_000
# What the fields that people write in are called, so that they know their words again.
FIELD_NAMES = {
    "title": lazy_gettext("Title"),
    "description": lazy_gettext("Description"),
    "affected": lazy_gettext("Who it concerns"),
    "solution": lazy_gettext("Idea for a solution"),
    "place": lazy_gettext("Where it is"),
    "body": lazy_gettext("Your text"),
    "would_change": lazy_gettext("What would change that?"),
    "note": lazy_gettext("Your note"),
    "summary": lazy_gettext("In short"),
    "purpose": lazy_gettext("Purpose"),
    "lessons": lazy_gettext("What did you learn?"),
    "owner_unit": lazy_gettext("Unit that owns the project"),
    "contact": lazy_gettext("Who can people ask?"),
    "evidence_new": lazy_gettext("What shows that it is new?"),
    "evidence_useful": lazy_gettext("What shows that it is useful?"),
    "evidence_in_use": lazy_gettext("What shows that it is in use?"),
    "name": lazy_gettext("Name"),
    "email": lazy_gettext("E-mail address"),
}
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
    sign_in_url: str = ""
    sign_in_label: str = ""


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
    """What the person wrote in a form that could not be taken, each text under its field's name."""
    texts = [(name, text) for name, text in _fields() if _is_writing(name, text)]
    names = [str(FIELD_NAMES.get(name, _("Your text"))) for name, _text in texts]
    return [
        (f"{name} {names[: place + 1].count(name)}" if names.count(name) > 1 else name, text)
        for place, (name, (_field, text)) in enumerate(zip(names, texts, strict=True))
    ]


def _is_writing(name: str, text: str) -> bool:
    """Words that somebody has written; a single one in a field unknown here is a choice, a date or a key."""
    return len(text) >= SHORTEST_WRITING and (name in FIELD_NAMES or len(text.split()) > 1)


def _fields() -> list[tuple[str, str]]:
    """The fields of the form that was sent; none when it was more than any form of ours, or there was no form."""
    if request.endpoint is None:
        return []
    try:
        sent = request.form
    except RequestEntityTooLarge:
        return []
    if len(sent) > FIELDS_SHOWN or sum(map(len, sent.values())) > CHARACTERS_SHOWN:
        return []
    return [(name, text) for name, texts in sent.lists() for text in texts[:FIELDS_SHOWN] if name != "csrf_token"]


def _http_error(error: HTTPException) -> Page | HTTPException:
    db.session.rollback()
    if error.code is None or error.code < 400:
        return error
    return page(error.code, _too_large_a_file() if error.code == 413 and takes_files() else None)


def _too_large_a_file() -> Explained:
    """A body that large is not read, so the words beside the file can't be shown here."""
    return Explained(
        _("The file is too large"),
        label(Refusal.PICTURE_TOO_LARGE)
        + " "
        + _("Nothing is saved. Go back in your browser, where your words may still stand, or open the form again."),
        action_label=_("Open the form again"),
        action_url=request.path,
    )


def _refused(refused: Refused) -> Page:
    db.session.rollback()
    title = explain(403).heading if refused.status == 403 else _("That is not possible now")
    return page(
        refused.status,
        Explained(title, label(refused.reason), action_label=_("Go back"), action_url=sent_from()),
    )


def _changed_meanwhile(_error: Exception) -> Page:
    return _refused(Refused(Refusal.CHANGED_MEANWHILE))


def _csrf_failed(error: CSRFError) -> Page:
    """A page that is too old can be sent again as it is; not so one that came from elsewhere."""
    db.session.rollback()
    is_ours = request.headers.get("Sec-Fetch-Site") == "same-origin" or came_from() is not None
    if is_ours and needs_sign_in():
        return _sign_in_first()
    why = _("Perhaps it was open for a long time, or you have signed in or out since. Nothing is saved yet.")
    send_again = _("Nothing is lost either: press “Send again”.")
    return page(
        400,
        Explained(
            _("We could not take this page"),
            f"{why} {send_again}" if is_ours else why,
            action_label=_("Open the page again"),
            action_url=sent_from(),
            resend=_as_sent() if is_ours else None,
        ),
    )


def _as_sent() -> Resend:
    return Resend(request.full_path.rstrip("?"), _fields())


def _signed_out(_error: Unauthorized) -> Page:
    db.session.rollback()
    return _passkey_first() if current_user.is_authenticated else _sign_in_first()


def _sign_in_first() -> Page:
    """Keeps what was written on the page while its writer signs in on another."""
    return page(
        401,
        Explained(
            _("You are signed out"),
            _(
                "Nothing is saved yet, but nothing is lost. Sign in, come back to this tab, and press “Send again”. "
                "You may have to press it twice."
            ),
            resend=_as_sent(),
            sign_in_url=sign_in_url(page_to_go_on_to()),
            sign_in_label=_("Sign in (opens in a new tab)"),
        ),
    )


def _passkey_first() -> Page:
    return page(
        401,
        Explained(
            _("Show your passkey first"),
            _("Nothing is saved yet, but nothing is lost. Show it, come back to this tab, and press “Send again”."),
            resend=_as_sent(),
            sign_in_url=step_url(page_to_go_on_to()),
            sign_in_label=_("Go to the passkey (opens in a new tab)"),
        ),
    )


def _failed(error: Exception) -> Page:
    db.session.rollback()
    log.exception("request_failed", rule=_rule(), method=request.method)
    return page(500)


def _rule() -> str | None:
    """The pattern of the address: what stands in its place may be a token or a person."""
    return request.url_rule.rule if request.url_rule else None


def _database_busy(error: OperationalError) -> Page:
    db.session.rollback()
    log.exception("database_unavailable", rule=_rule())
    return page(503)


def register(app: Flask) -> None:
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(CSRFError, _csrf_failed)
    app.register_error_handler(Unauthorized, _signed_out)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(StaleDataError, _changed_meanwhile)
    app.register_error_handler(IntegrityError, _changed_meanwhile)
    app.register_error_handler(OperationalError, _database_busy)
    app.register_error_handler(Exception, _failed)
