"""Deleting one's account: what goes, what stays and why; and a farewell."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext
from flask_login import current_user
from wtforms import RadioField

from participation.accounts import login
from participation.accounts.login import the_person
from participation.permissions import Permission
from participation.privacy.closing import close, closing_refusal, has_signed
from participation.privacy.rules import Supports
from participation.residents.blueprint import residents
from participation.residents.signing_out import go_on_signing_out, signed_in_by
from participation.web.access import public, requires
from participation.web.forms import Form, Required, choices_of
from participation.web.views import failed


class ClosingForm(Form):
    supports = RadioField(
        lazy_gettext("What shall we do with your support?"),
        [Required(lazy_gettext("Choose what we shall do with your support"))],
        choices=choices_of(Supports),
    )


@residents.route("/min-side/slett", methods=["GET", "POST"])
@requires(Permission.PARTICIPATE)
def close_account() -> ResponseReturnValue:
    if request.method == "GET":
        return _page(ClosingForm(data={"supports": Supports.STAY.value}))
    # Nothing is chosen for one whose form says nothing.
    form, by = ClosingForm(), signed_in_by()
    status = failed(form, lambda: _close(form))
    if status:
        return _page(form), status
    return go_on_signing_out(by, back_to=url_for("residents.farewell"))


def _close(form: ClosingForm) -> None:
    close(the_person(), supports=Supports(form.supports.data))
    login.forget()


def _page(form: ClosingForm) -> str:
    me = the_person()
    return render_template(
        "residents/close_account.html", form=form, refusal=closing_refusal(me), signed=has_signed(me.id)
    )


@residents.get("/konto-slettet")
@public
def farewell() -> ResponseReturnValue:
    if current_user.is_authenticated:
        return redirect(url_for("residents.my_page"))
    return render_template("residents/farewell.html")
