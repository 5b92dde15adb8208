"""The demo's mailbox, with what the municipality's mail server would have carried; and the demo's clock."""

import mailbox
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from email import message_from_bytes, policy

from flask import abort, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import IntegerField
from wtforms.validators import AnyOf

from participation import clock
from participation.accounts import sessions
from participation.audit import service as audit
from participation.extensions import db
from participation.mail.transport import demo_mailbox
from participation.residents.blueprint import residents
from participation.web.access import public
from participation.web.addresses import settings
from participation.web.filters import date_time
from participation.web.forms import Form
from participation.web.views import found

MAILS_SHOWN = 50
JUMPS_DAYS = {
    1: lazy_gettext("One day ahead"),
    7: lazy_gettext("One week ahead"),
    28: lazy_gettext("Four weeks ahead"),
    182: lazy_gettext("Six months ahead"),
}


class TravelForm(Form):
    days = IntegerField(lazy_gettext("How far ahead"), [AnyOf(JUMPS_DAYS, message=lazy_gettext("Choose one of these"))])


@dataclass(frozen=True)
class DemoMail:
    key: str
    to: str
    subject: str
    at: datetime
    text: str


@residents.get("/demo/postkasse")
@public
def demo_mails() -> str:
    box = _box()
    mails = [_read(box, key) for key in sorted(box.keys(), key=_arrival, reverse=True)[:MAILS_SHOWN]]
    return render_template("residents/demo_mails.html", mails=mails)


@residents.get("/demo/postkasse/<key>")
@public
def demo_mail(key: str) -> str:
    box = _box()
    mail = found(_read(box, key) if key in box else None)
    return render_template("residents/demo_mail.html", mail=mail)


def has_mailbox() -> bool:
    return settings().demo and settings().smtp_url is None


def _box() -> mailbox.Maildir:
    if not has_mailbox():
        abort(404)
    return mailbox.Maildir(demo_mailbox(settings()), create=True)


def _arrival(key: str) -> list[int]:
    """A Maildir key begins with the second and the microsecond: 1764000000.M123P45Q6.host."""
    return [int(digits) for digits in re.findall(r"\d+", key)[:4]]


def _read(box: mailbox.Maildir, key: str) -> DemoMail:
    message = message_from_bytes(box.get_bytes(key), policy=policy.default)
    body = message.get_body(("plain",))
    return DemoMail(
        key=key,
        to=str(message["To"]),
        subject=str(message["Subject"]),
        at=message["Date"].datetime,
        text=body.get_content() if body else "",
    )


@residents.get("/demo/tid")
@public
def demo_time() -> str:
    return _clock_page(TravelForm())


@residents.post("/demo/tid")
@public
def travel() -> ResponseReturnValue:
    """Move the demo's time ahead, and ask the worker for all that comes with it."""
    _only_in_a_demo()
    form = TravelForm()
    if not form.validate_on_submit() or not _go_ahead(form):
        return _clock_page(form), 400
    current_app.extensions["jobs"].catch_up()
    said = _(
        "It is now %(moment)s in the demo. What comes with time happens in a moment.", moment=date_time(clock.now())
    )
    flash(said, "success")
    return redirect(url_for("residents.demo_time"))


def _go_ahead(form: TravelForm) -> bool:
    """Whoever is signed in stays so, and a worker that was alive is: what they last did is as much later."""
    by = timedelta(days=form.days.data)
    sessions.prolong_sessions(by)
    audit.carry_beat(by)
    try:
        clock.go_ahead(by)
    except clock.TooFarAhead:
        form.form_errors.append(_("The demo has gone as far as it goes. Begin anew to start over."))
        return False
    db.session.commit()
    return True


def _clock_page(form: TravelForm) -> str:
    _only_in_a_demo()
    return render_template(
        "residents/demo_time.html",
        form=form,
        now=clock.now(),
        days_ahead=clock.ahead().days,
        jumps=JUMPS_DAYS,
        has_mailbox=has_mailbox(),
    )


def _only_in_a_demo() -> None:
    if not settings().demo:
        abort(404)
