"""Signing in by a link in a mail, and out again. In a demo also as one of its people."""

from collections.abc import Sequence
from textwrap import shorten
from urllib.parse import parse_qs, urlsplit

import structlog
from flask import Response, abort, redirect, render_template, request, session, url_for
from flask_babel import get_locale, gettext, lazy_gettext
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse
from wtforms import BooleanField, HiddenField

from participation import clock
from participation.accounts import service
from participation.accounts.login import current_token
from participation.accounts.models import Person, SignInLink
from participation.accounts.queries import link_by_token, people_at, person_by_email, token_hash
from participation.accounts.rules import (
    BY_DEMO,
    BY_LINK,
    NAME_MAX_CHARACTERS,
    SIGNIN_LINK_EXPIRY_MINUTES,
    Language,
    may_use_link,
)
from participation.accounts.sessions import CameBy
from participation.audit import service as audit
from participation.database import writing
from participation.extensions import db, limiter, visitor_network
from participation.needs import queries
from participation.needs.models import NeedDraft
from participation.notifications.bounces import mail_arrived
from participation.oidc.registry import clients
from participation.refusals import Refusal, Refused
from participation.residents.blueprint import residents
from participation.residents.demo import has_mailbox
from participation.residents.drafts import KEY_IN_SESSION
from participation.residents.email_field import email_field
from participation.residents.entering import known_browser, landing, start_session, this_browser
from participation.residents.need_form import draft_key
from participation.residents.own_name import own_name
from participation.settings_providers import For, Provider
from participation.web.access import public
from participation.web.addresses import safe_next, settings
from participation.web.forms import Form, Required, TextLine, at_most

DEMO_DOMAIN = "demo.example"
LINKS_ASKED_FOR = "20 per 15 minutes"
FAILED_LINKS = "30 per 15 minutes"
_ADDRESS_KEY = "signin_address"
Page = str | tuple[str, int]

log = structlog.get_logger()


class SignInForm(Form):
    email = email_field()
    neste = HiddenField()


class EnterForm(Form):
    """What is asked of who opens a link: of newcomers more than of others."""

    name = TextLine(
        lazy_gettext("Your name"),
        validators=[Required(lazy_gettext("Write your name")), at_most(NAME_MAX_CHARACTERS), own_name],
    )
    old_enough = BooleanField(validators=[Required(lazy_gettext("Tick this if you are old enough"))])
    mine = BooleanField(lazy_gettext("I wrote this. Bring it along."))

    def __init__(self, *, is_new: bool) -> None:
        super().__init__()
        self.is_new = is_new
        age = settings().demands.minimum_age
        self.old_enough.label.text = gettext("I am %(years)s years old or more", years=age)
        if not is_new:
            self.name.validators = []
        if not (is_new and age):
            self.old_enough.validators = []


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
    page = render_template(
        "residents/sign_in.html",
        form=form,
        people=_demo_people(),
        has_written=_has_written(),
        wants_to_support="gjor" in parse_qs(urlsplit(_wanted_page()).query),
        was_signed_in=current_token() is not None and not current_user.is_authenticated,
        providers=_providers(),
        next_path=_wanted_page(),
        minutes=SIGNIN_LINK_EXPIRY_MINUTES,
    )
    return page, 400 if form.is_submitted() else 200


def _providers() -> dict[For, list[Provider]]:
    """Those that sign people in, by whom they are for."""
    known = [client.provider for client in clients().values()]
    return {whom: [provider for provider in known if provider.is_for is whom] for whom in For}


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
        browser=this_browser(),
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
    """Shows a button, and signs in when it is pressed: a scanner of mails presses nothing.

    It signs in the browser where it is opened, whichever asked for it. What was written comes along by itself in that
    which asked; in another only for who says that they wrote it, or a stranger could put words in one's mouth.
    """
    link = link_by_token(token)
    if link is None or not _works(link):
        return _spent(link)
    form = EnterForm(is_new=person_by_email(link.email) is None)
    if form.validate_on_submit():
        try:
            return _enter(token, form)
        except Refused as refused:
            return _refused(refused, link)
    page = render_template(
        "residents/use_link.html",
        form=form,
        link=link,
        is_new=form.is_new,
        written=None if _asked_here(link) else _written(link),
        minimum_age=settings().demands.minimum_age,
    )
    return page, 400 if request.method == "POST" else 200


def _works(link: SignInLink) -> bool:
    usable = may_use_link(now=clock.now(), expires_at=link.expires_at, used_at=link.used_at) is None
    return usable and link.for_person_id is None


def _asked_here(link: SignInLink) -> bool:
    browser = known_browser()
    return browser is not None and token_hash(browser) == link.browser_hash


def _written(link: SignInLink) -> str | None:
    """The first words of what waits to be sent by who signs in with the link."""
    keys = (draft_key(parse_qs(urlsplit(link.next_path).query).get("utkast", [""])[0]), link.draft_key)
    drafts = (queries.draft(key, person_id=None) for key in keys if key)
    return next((words for draft in drafts if draft is not None and (words := _first_words(draft))), None)


def _first_words(draft: NeedDraft) -> str:
    return shorten(draft.fields.get("title") or draft.fields.get("body") or "", 100, placeholder=" …")


def _enter(token: str, form: EnterForm) -> AnyResponse:
    person, link = service.use_link(token, name=form.name.data)
    mail_arrived(person)
    comes_along = _asked_here(link) or form.mine.data
    next_path = link.next_path if comes_along or not _written(link) else "/"
    start_session(person, draft_key=link.draft_key if comes_along else None)
    return redirect(landing(person.actor_by(BY_LINK), next_path))


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
    if request.method == "GET" and current_user.is_authenticated and current_user.person.email == link.email:
        return redirect(landing(current_user.actor, link.next_path))
    _note_spent_link()
    return _no_use(link.next_path)


def _note_spent_link() -> None:
    """In the trail, as it was somebody's; guesses at what never was stand in the log alone."""
    db.session.commit()
    with writing():
        fault = Refusal.LINK_SPENT.value
        audit.record("sign_in_refused", actor_id=None, kind="sign_in", object_id=0, provider=BY_LINK, fault=fault)
        db.session.commit()


def _no_use(next_path: str | None) -> Page:
    log.info("sign_in_refused", provider=BY_LINK, fault=Refusal.LINK_SPENT.value)
    return render_template("residents/link_spent.html", next_path=next_path), 409


@residents.post("/logg-inn/demo")
@public
def sign_in_demo() -> AnyResponse:
    person = next((one for one in _demo_people() if str(one.id) == request.form.get("person_id")), None)
    if person is None:
        abort(404)
    next_path = _wanted_page()
    start_session(person, draft_key=session.get(KEY_IN_SESSION), came_by=CameBy(provider=BY_DEMO))
    return redirect(next_path)
