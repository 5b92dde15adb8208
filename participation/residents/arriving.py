"""Who comes back from a provider and is not known yet, or is known twice: told what comes of it before it happens."""

from dataclasses import dataclass
from enum import StrEnum

from flask import flash, render_template, request
from flask_babel import get_locale, lazy_gettext
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from participation.accounts import attempts, identities
from participation.accounts.arrival import Arrival
from participation.accounts.attempts import Way
from participation.accounts.models import Person
from participation.accounts.rules import NAME_MAX_CHARACTERS, Language
from participation.extensions import db
from participation.oidc.registry import clients
from participation.privacy import merging
from participation.privacy.service import reopen
from participation.residents.blueprint import residents
from participation.residents.email_field import email_field
from participation.residents.entering import known_browser, who_is_signed_in
from participation.residents.own_email import ask_to_confirm
from participation.residents.own_name import own_name
from participation.residents.providers import enter, not_begun_here, too_young
from participation.web.access import public
from participation.web.forms import Form, Required, TextLine, at_most
from participation.web.views import found

Page = str | Response | tuple[str, int]


class Choice(StrEnum):
    """What somebody says who arrives while they are signed in already."""

    JOIN = "join"
    APART = "apart"


class JoinForm(Form):
    """Nothing but the token: what is chosen is the button."""


class NewcomerForm(Form):
    name = TextLine(
        lazy_gettext("Your name"),
        validators=[Required(lazy_gettext("Write your name")), at_most(NAME_MAX_CHARACTERS), own_name],
    )
    email = email_field(optional=True)


@dataclass(frozen=True)
class Waiting:
    """Who has arrived; whose account that leads to, if any; and who was signed in here when they set out."""

    arrival: Arrival
    way: Way
    known: Person | None
    here: Person | None

    @property
    def may_join(self) -> bool:
        return self.here is not None and identities.may_be_theirs(self.arrival, self.here)

    @property
    def is_too_young(self) -> bool:
        """For a new account; who has one keeps it."""
        return self.arrival.old_enough is False and self.known is None


def _who_waits() -> Waiting | None:
    browser = known_browser()
    attempt = attempts.who_waits(browser) if browser else None
    if attempt is None or attempt.arrival is None:
        return None
    arrival, way, here = Arrival.of(attempt.arrival), attempts.way_of(attempt), who_is_signed_in()
    return Waiting(arrival, way, identities.person_of(arrival), here if here and here.id == way.person_id else None)


def _let_in() -> bool:
    """Spend what waits: of the same page sent twice at once, the second finds nobody."""
    return attempts.let_in(known_browser() or "") is not None


@residents.get("/logg-inn/velkommen")
@public
def arrive() -> Page:
    waiting = _who_waits()
    if waiting is None:
        return _gone()
    if waiting.is_too_young:
        return too_young(waiting.arrival)
    return _join_page(waiting) if waiting.may_join else _newcomer_page(waiting, NewcomerForm(data=_told(waiting)))


@residents.post("/logg-inn/velkommen")
@public
def agree() -> Page:
    waiting = _who_waits()
    if waiting is None or waiting.is_too_young:
        return _gone()
    if waiting.may_join and request.form.get("choice") == Choice.JOIN:
        return _join(waiting)
    if waiting.may_join and request.form.get("choice") == Choice.APART:
        return _apart(waiting)
    return _welcome(waiting)


def _told(waiting: Waiting) -> dict[str, str]:
    return {"name": waiting.arrival.name, "email": waiting.arrival.email}


def _label(waiting: Waiting) -> str:
    return clients()[waiting.arrival.provider].provider.label


def _join_page(waiting: Waiting) -> str:
    kept, gone = _accounts(waiting)
    return render_template(
        "residents/join_accounts.html",
        form=JoinForm(),
        here=waiting.here,
        other=waiting.known if waiting.known and waiting.known.closed_at is None else None,
        label=_label(waiting),
        preview=merging.preview(kept, gone) if gone else None,
        kept=kept,
    )


def _accounts(waiting: Waiting) -> tuple[Person, Person | None]:
    """The account that stays, and the one that goes into it: of two in use, the older stays."""
    here, known = found(waiting.here), waiting.known
    if known is None or known.closed_at is not None:
        return here, known
    first, second = sorted((here, known), key=lambda person: person.id)
    return first, second


def _join(waiting: Waiting) -> Page:
    if not _let_in():
        return _gone()
    kept, gone = _accounts(waiting)
    if gone is not None and gone.closed_at is not None:
        # What they left behind when they deleted it is theirs again, and counts once.
        reopen(gone, name=kept.name)
    if gone is not None:
        merging.merge(kept.actor, kept=kept, gone=gone)
    answer = enter(kept, waiting.arrival, waiting.way)
    # Not before: what the browser held is dropped when a session begins.
    flash(_("Your sign-ins now lead to one account."), "success")
    return answer


def _apart(waiting: Waiting) -> Page:
    """Not the one who was signed in: that one is signed out, and the one who arrived goes on alone."""
    if waiting.known is not None and waiting.known.closed_at is None:
        return enter(waiting.known, waiting.arrival, waiting.way) if _let_in() else _gone()
    return _newcomer_page(waiting, NewcomerForm(formdata=None, data=_told(waiting)))


def _newcomer_page(waiting: Waiting, form: NewcomerForm) -> str:
    return render_template(
        "residents/newcomer.html",
        form=form,
        label=_label(waiting),
        is_back=waiting.known is not None and waiting.known.closed_at is not None,
    )


def _welcome(waiting: Waiting) -> Page:
    form = NewcomerForm()
    if not form.validate():
        return _newcomer_page(waiting, form), 400
    if not _let_in():
        return _gone()
    person = _account(waiting, form.name.data)
    answer = enter(person, waiting.arrival, waiting.way)
    if form.email.data and person.email is None:
        ask_to_confirm(person, form.email.data)
        db.session.commit()
    return answer


def _account(waiting: Waiting, name: str) -> Person:
    if waiting.known is None:
        return identities.newcomer(waiting.arrival, name=name, language=Language(str(get_locale())))
    if waiting.known.closed_at is not None:
        reopen(waiting.known, name=name)
    return waiting.known


def _gone() -> Page:
    """Agreed to already, or long ago."""
    return not_begun_here()
