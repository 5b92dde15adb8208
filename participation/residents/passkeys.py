"""Staff's passkeys: made, shown after signing in by a link, and deleted.

The pages' script begins each making and showing, and answers it; both are forms by POST that get JSON back.
"""

from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse
from wtforms import HiddenField

from participation.accounts import login, passkeys, sessions
from participation.accounts.login import the_session
from participation.accounts.queries import passkeys_of
from participation.accounts.rules import PASSKEY_NAME_MAX_CHARACTERS, Step
from participation.extensions import db, limiter
from participation.permissions import Permission
from participation.refusals import Refusal
from participation.residents.blueprint import residents
from participation.residents.devices import device_name
from participation.settings_passkeys import PasskeySettings
from participation.web.access import requires
from participation.web.addresses import safe_next, settings
from participation.web.filters import label
from participation.web.forms import Form, Required, TextLine, at_most

TRIES = "30 per 15 minutes"
Answer = tuple[dict[str, Any], int] | dict[str, Any]


class PasskeyForm(Form):
    name = TextLine(
        lazy_gettext("What will you call it?"),
        validators=[
            Required(lazy_gettext("Write a name, so that you know it again")),
            at_most(PASSKEY_NAME_MAX_CHARACTERS),
        ],
    )
    neste = HiddenField()


def _wanted_page() -> str:
    return safe_next(request.values.get("neste"), default=url_for("residents.my_page"))


def _site() -> PasskeySettings:
    """What passkeys are made for; where the site can have none, there is nothing to begin or answer."""
    return settings().passkeys or abort(404)


def _fresh_form() -> PasskeyForm:
    return PasskeyForm(formdata=None, data={"name": device_name(request.user_agent.string), "neste": _wanted_page()})


@residents.get("/logg-inn/nokkel")
@requires(Permission.PARTICIPATE)
def take_step() -> str | AnyResponse:
    """Shows the passkey, or makes the first; also shows it once more, to delete it."""
    makes = current_user.step is Step.MAKE_PASSKEY
    if settings().passkeys is None or not (makes or passkeys_of(current_user.id)):
        return redirect(_wanted_page())
    return render_template("residents/take_step.html", form=_fresh_form(), makes=makes)


@residents.post("/logg-inn/nokkel/begynn")
@requires(Permission.PARTICIPATE)
@limiter.limit(TRIES)
def begin_showing() -> Response:
    options = passkeys.begin_showing(the_session(), site=_site())
    db.session.commit()
    return Response(options, mimetype="application/json")


@residents.post("/logg-inn/nokkel")
@requires(Permission.PARTICIPATE)
@limiter.limit(TRIES)
def show_passkey() -> Answer:
    credential = request.form.get("credential", "")
    return _answer(passkeys.finish_showing(the_session(), site=_site(), credential=credential))


@residents.get("/min-side/nokler")
@requires(Permission.SPEAK_AS_STAFF)
def list_passkeys() -> str:
    keys, session = passkeys_of(current_user.id), the_session()
    refusal = passkeys.refusal_to_delete(session, site=settings().passkeys, is_last=len(keys) == 1)
    return render_template("residents/passkeys.html", form=_fresh_form(), keys=keys, must_show=refusal is not None)


@residents.post("/min-side/nokler/begynn")
@requires(Permission.PARTICIPATE)
@limiter.limit(TRIES)
def begin_making() -> Response | Answer:
    form, site = PasskeyForm(), _site()
    if not form.validate():
        return _unfit(form)
    options = passkeys.begin_making(the_session(), site=site, site_name=settings().site_name)
    db.session.commit()
    return Response(options, mimetype="application/json")


@residents.post("/min-side/nokler")
@requires(Permission.PARTICIPATE)
@limiter.limit(TRIES)
def make_passkey() -> Answer:
    form, site = PasskeyForm(), _site()
    if not form.validate():
        return _unfit(form)
    credential = request.form.get("credential", "")
    refusal = passkeys.finish_making(the_session(), site=site, credential=credential, name=form.name.data or "")
    if refusal is None:
        flash(_("The passkey is made."), "success")
    return _answer(refusal)


@residents.post("/min-side/nokler/<id:passkey_id>/slett")
@requires(Permission.SPEAK_AS_STAFF)
def delete_passkey(passkey_id: int) -> AnyResponse:
    passkeys.delete_passkey(the_session(), passkey_id=passkey_id, site=settings().passkeys)
    db.session.commit()
    flash(_("The passkey is deleted."), "success")
    return redirect(url_for("residents.list_passkeys"))


def _unfit(form: PasskeyForm) -> Answer:
    return {"error": next(error for errors in form.errors.values() for error in errors), "field": "name"}, 400


def _answer(refusal: Refusal | None) -> Answer:
    """Where the script goes on to, or what it says. Either way the challenge is spent, and that is kept."""
    if refusal is not None:
        db.session.commit()
        return {"error": label(refusal)}, 409
    token = sessions.renew_token(the_session())
    db.session.commit()
    login.keep(token)
    return {"next": _wanted_page()}
