"""Signing in by a link in a mail, and out again. In a demo also as one of its people."""

from collections.abc import Sequence
from urllib.parse import parse_qs, urlsplit

from flask import Response, abort, redirect, render_template, request, session, url_for
from flask_babel import get_locale, lazy_gettext
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse
from wtforms import HiddenField
from wtforms.widgets import EmailInput

from participation import clock
from participation.accounts import login, service
from participation.accounts.models import Person, SignInLink
from participation.accounts.queries import link_by_token, people_at, person_by_email
from participation.accounts.rules import (
    EMAIL_MAX_CHARACTERS,
    NAME_MAX_CHARACTERS,
    SIGNIN_LINK_EXPIRY_MINUTES,
    Language,
    may_use_link,
)
from participation.extensions import db, limiter, visitor_network
from participation.needs import queries
from participation.needs.service import claim_draft
from participation.notifications.bounces import mail_arrived
from participation.permissions import Permission
from participation.refusals import Refusal, Refused
from participation.residents.blueprint import residents
from participation.residents.demo import has_mailbox
from participation.residents.devices import device_name
from participation.residents.need_form import draft_key
from participation.residents.own_name import own_name
from participation.residents.proposing import KEY_IN_SESSION
from participation.web.access import public
from participation.web.addresses import safe_next, settings
from participation.web.forms import Form, MailAddress, Required, TextLine, at_most

DEMO_DOMAIN = "demo.example"
LINKS_ASKED_FOR = "20 per 15 minutes"
FAILED_LINKS = "30 per 15 minutes"
_ADDRESS_KEY = "signin_address"
Page = str | tuple[str, int]


class SignInForm(Form):
    email = TextLine(
        lazy_gettext("Your e-mail address"),
        widget=EmailInput(),
        validators=[
            Required(lazy_gettext("Write your e-mail address")),
            at_most(EMAIL_MAX_CHARACTERS),
            MailAddress(lazy_gettext("Write an e-mail address such as kari@example.org")),
        ],
    )
    neste = HiddenField()


class NameForm(Form):
    name = TextLine(
        lazy_gettext("Your name"),
        validators=[Required(lazy_gettext("Write your name")), at_most(NAME_MAX_CHARACTERS), own_name],
    )


def _wanted_page() -> str:
    return safe_next(request.values.get("neste"), default=url_for("residents.my_page"))


@residents.route("/logg-inn", methods=["GET", "POST"])
@public
@limiter.limit(LINKS_ASKED_FOR, key_func=visitor_network, methods=["POST"])
def sign_in() -> Page | AnyResponse:
    if current_user.is_authenticated and request.method == "GET":
        return redirect(_wanted_page())
    form = SignInForm(data={"neste": _wanted_page()})
    if form.validate_on_submit():
        _ask_for_link(form)
        return redirect(url_for("residents.link_sent"))
    page = render_template("residents/sign_in.html", form=form, people=_demo_people(), has_written=_has_written())
    return page, 400 if form.is_submitted() else 200


def _has_written() -> bool:
    """Whether a need or a comment is kept, to be sent once its writer has signed in."""
    in_address = parse_qs(urlsplit(_wanted_page()).query).get("utkast", [""])[0]
    kept = (draft_key(key) for key in (in_address, session.get(KEY_IN_SESSION)))
    return any(queries.draft(key, person_id=None) for key in kept if key)


def _ask_for_link(form: SignInForm) -> None:
    service.request_link(
        form.email.data or "",
        language=Language(str(get_locale())),
        next_path=_wanted_page(),
        draft_key=session.get(KEY_IN_SESSION),
    )
    db.session.commit()
    session[_ADDRESS_KEY] = form.email.data


def _demo_people() -> Sequence[Person]:
    return people_at(DEMO_DOMAIN) if settings().demo else []


@residents.get("/logg-inn/sendt")
@public
def link_sent() -> str:
    return render_template(
        "residents/link_sent.html",
        address=session.get(_ADDRESS_KEY),
        minutes=SIGNIN_LINK_EXPIRY_MINUTES,
        has_mailbox=has_mailbox(),
    )


def _failed(response: Response) -> bool:
    return response.status_code == 409


@residents.route("/logg-inn/<token>", methods=["GET", "POST"])
@public
@limiter.limit(FAILED_LINKS, key_func=visitor_network, deduct_when=_failed)
def use_link(token: str) -> Page | AnyResponse:
    """Shows a button, and signs in when it is pressed: a scanner of mails presses nothing."""
    link = link_by_token(token)
    if link is None or not _works(link):
        return _spent(link)
    form = NameForm()
    is_new = person_by_email(link.email) is None
    if request.method == "POST" and (not is_new or form.validate()):
        try:
            return _enter(token, name=form.name.data)
        except Refused as refused:
            return _refused(refused, link)
    page = render_template("residents/use_link.html", form=form, link=link, is_new=is_new)
    return page, 400 if request.method == "POST" else 200


def _works(link: SignInLink) -> bool:
    return may_use_link(now=clock.now(), expires_at=link.expires_at, used_at=link.used_at) is None


def _enter(token: str, *, name: str | None) -> AnyResponse:
    person, link = service.use_link(token, name=name)
    mail_arrived(person)
    next_path = _landing(person, link)
    _start_session(person, draft_key=link.draft_key)
    return redirect(next_path)


def _landing(person: Person, link: SignInLink) -> str:
    """Where the link leads; staff go to their own pages when it leads nowhere but to the front page."""
    if link.next_path != "/":
        return safe_next(link.next_path)
    doors = {Permission.ADMINISTER: "administration.home", Permission.SEE_WORKBENCH: "workbench.queue"}
    return next((url_for(view) for needed, view in doors.items() if person.actor.may(needed)), "/")


def _start_session(person: Person, *, draft_key: str | None) -> None:
    before = login.current_token()
    if before:
        service.end_session_by_token(before)
    token = service.open_session(person, device=device_name(request.user_agent.string))
    if draft_key:
        claim_draft(draft_key, person_id=person.id)
    db.session.commit()
    login.remember(token)


def _refused(refused: Refused, link: SignInLink) -> Page | AnyResponse:
    if refused.reason is not Refusal.LINK_SPENT:
        raise refused
    next_path = link.next_path
    db.session.rollback()
    return _no_use(next_path)


def _spent(link: SignInLink | None) -> Page | AnyResponse:
    """Who has just signed in with the link and opens it again goes on; others can ask for a new one."""
    if link is None:
        return _no_use(None)
    if request.method == "GET" and current_user.is_authenticated and current_user.email == link.email:
        return redirect(_landing(current_user, link))
    return _no_use(link.next_path)


def _no_use(next_path: str | None) -> Page:
    return render_template("residents/link_spent.html", next_path=next_path), 409


@residents.post("/logg-inn/demo")
@public
def sign_in_demo() -> AnyResponse:
    person = next((one for one in _demo_people() if str(one.id) == request.form.get("person_id")), None)
    if person is None:
        abort(404)
    next_path = _wanted_page()
    _start_session(person, draft_key=session.get(KEY_IN_SESSION))
    return redirect(next_path)


@residents.post("/logg-ut")
@public
def sign_out() -> AnyResponse:
    login.forget()
    db.session.commit()
    return redirect(url_for("residents.front"))
