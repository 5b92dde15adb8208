"""One's own e-mail address: written on My page, and one's own once a link that was sent to it has been opened."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from participation import clock
from participation.accounts import service
from participation.accounts.identities import is_guarded, may_be_one
from participation.accounts.login import the_person
from participation.accounts.models import Person, SignInLink
from participation.accounts.queries import link_by_token, person_by_email, person_known_by
from participation.accounts.rules import (
    SIGNIN_LINK_EXPIRY_MINUTES,
    IdentityKind,
    Language,
    may_use_link,
)
from participation.accounts.sessions import came_by
from participation.extensions import db, limiter
from participation.notifications.bounces import mail_arrived
from participation.permissions import Permission
from participation.privacy import merging
from participation.privacy.service import reopen
from participation.refusals import Refusal, Refused
from participation.residents.blueprint import residents
from participation.residents.email_field import email_field
from participation.residents.entering import start_session
from participation.web.access import requires, step_url, the_actor
from participation.web.forms import Form

ADDRESSES_ASKED_FOR = "10 per hour"
Page = str | Response | tuple[str, int]


class AddressForm(Form):
    email = email_field()


class ConfirmForm(Form):
    """Nothing but the token."""


def ask_to_confirm(person: Person, email: str) -> None:
    """Send a link to the address, that makes it the person's when they open it while signed in; and say so."""
    service.request_link(
        email,
        language=Language(str(get_locale())),
        next_path=url_for("residents.my_page"),
        for_person_id=person.id,
    )
    flash(_("We have sent a link to %(address)s. Open it, so that we know it is yours.", address=email), "info")


@residents.route("/min-side/e-post", methods=["GET", "POST"])
@requires(Permission.PARTICIPATE)
@limiter.limit(ADDRESSES_ASKED_FOR, methods=["POST"])
def own_email() -> Page:
    if current_user.step is not None:
        return redirect(step_url(request.path))
    form = AddressForm()
    if form.validate_on_submit():
        ask_to_confirm(the_person(), form.email.data)
        db.session.commit()
        return redirect(url_for("residents.my_page"))
    page = render_template(
        "residents/own_email.html", form=form, address=the_person().email, minutes=SIGNIN_LINK_EXPIRY_MINUTES
    )
    return page, 400 if request.method == "POST" else 200


@residents.route("/min-side/e-post/<token>", methods=["GET", "POST"])
@requires(Permission.PARTICIPATE)
def confirm_email(token: str) -> Page:
    """Shows what will happen, and does it when the button is pressed; only for who asked, signed in as such.

    Whoever could send another a link that gives their account away by a press of a button would own two.
    """
    if current_user.step is not None:
        return redirect(step_url(request.path))
    link = _own_link(token)
    if link is None:
        return render_template("residents/own_email_spent.html"), 409
    other = _other_with(link)
    if other is not None and not may_be_one(the_person(), other):
        raise Refused(Refusal.EMAIL_TAKEN)
    if other is not None and is_guarded(other):
        # Whoever reads the mail of an employee is not yet that employee.
        raise Refused(Refusal.EMAIL_OF_STAFF)
    form = ConfirmForm()
    if form.validate_on_submit():
        return _confirm(token, other)
    return render_template(
        "residents/confirm_email.html",
        form=form,
        address=link.email,
        preview=merging.preview(the_person(), other) if other else None,
    )


def _own_link(token: str) -> SignInLink | None:
    link = link_by_token(token)
    if link is None or link.for_person_id != the_actor().id:
        return None
    usable = may_use_link(now=clock.now(), expires_at=link.expires_at, used_at=link.used_at) is None
    return link if usable else None


def _other_with(link: SignInLink) -> Person | None:
    """The other account that has the address, or had it when it was deleted; the two are one person's."""
    other = person_by_email(link.email) or person_known_by(IdentityKind.FORMER_EMAIL, link.email)
    return other if other is not None and other.id != the_actor().id else None


def _confirm(token: str, other: Person | None) -> Page:
    person, here = the_person(), came_by(current_user.session)
    link = service.spend_link(token)
    if other is not None and other.closed_at is not None:
        reopen(other, name=person.name)
    if other is not None:
        merging.merge(the_actor(), kept=person, gone=other)
    service.set_email(person, email=link.email, former_leads_here=other is not None)
    mail_arrived(person)
    if other is not None:
        # Making two accounts one ends the sessions of both.
        start_session(person, draft_key=None, came_by=here)
    db.session.commit()
    flash(_("%(address)s is now your address here.", address=link.email), "success")
    return redirect(url_for("residents.my_page"))
