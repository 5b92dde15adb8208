"""What the author does with a need once it is sent."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from participation import clock
from participation.extensions import db
from participation.needs import queries, service
from participation.needs.models import Need
from participation.needs.rules import (
    ADDITION_MAX_CHARACTERS,
    NeedState,
    may_add,
    may_edit,
    may_withdraw,
)
from participation.permissions import Permission
from participation.refusals import ensure
from participation.residents.blueprint import residents
from participation.residents.need_form import NeedEditForm, need_edit_form
from participation.web.access import requires, the_actor
from participation.web.forms import Form, Required, TextBlock, VersionField, at_most
from participation.web.views import failed, found


class AdditionForm(Form):
    body = TextBlock(
        lazy_gettext("What do you want to add?"),
        [Required(lazy_gettext("Write what you want to add")), at_most(ADDITION_MAX_CHARACTERS)],
    )
    version = VersionField()


@residents.route("/behov/<id:need_id>/endre", methods=["GET", "POST"])
@requires(Permission.PARTICIPATE)
def edit_need(need_id: int) -> ResponseReturnValue:
    need, actor = found(queries.need_page(need_id)), the_actor()
    form = need_edit_form(_filled(need))
    if request.method == "GET":
        ensure(may_edit(actor, author_id=need.author_id, state=need.state, created_at=need.created_at, now=clock.now()))
        return _edit_page(need, form)
    if form.take_step():
        return _edit_page(need, form)
    status = failed(form, lambda: _edit(need, form))
    if status:
        return _edit_page(_as_it_stands(need_id, form, status), form), status
    flash(_("Your need is changed."), "success")
    return redirect(url_for("residents.show_need", need_id=need_id))


def _filled(need: Need) -> dict[str, object]:
    names = ("title", "description", "affected", "solution", "place", "name_hidden", "version")
    chosen = {"theme": need.theme.key, "area": need.area.key, "point": str(need.point or "")}
    return {name: getattr(need, name) for name in names} | chosen


def _edit(need: Need, form: NeedEditForm) -> None:
    service.edit(the_actor(), need=need, words=form.words(), version=form.version.data or 0)
    service.set_name_hidden(the_actor(), need=need, hidden=form.name_hidden.data)


def _as_it_stands(need_id: int, form: NeedEditForm | AdditionForm, status: int) -> Need:
    """The need loaded anew; who is told that it has changed meanwhile may then send the form again."""
    need = found(queries.need_page(need_id))
    if status == 409:
        form.version.data = need.version
    return need


def _edit_page(need: Need, form: NeedEditForm) -> str:
    return render_template("residents/edit_need.html", need=need, form=form)


@residents.route("/behov/<id:need_id>/tillegg", methods=["GET", "POST"])
@requires(Permission.PARTICIPATE)
def add_to_need(need_id: int) -> ResponseReturnValue:
    need, actor = found(queries.need_page(need_id)), the_actor()
    form = AdditionForm(data={"version": need.version})
    if request.method == "GET":
        ensure(may_add(actor, author_id=need.author_id, state=need.state))
        return render_template("residents/add_to_need.html", need=need, form=form)
    status = failed(
        form,
        lambda: service.add(actor, need=need, body=form.body.data, version=form.version.data or 0),
    )
    if status:
        page = render_template("residents/add_to_need.html", need=_as_it_stands(need_id, form, status), form=form)
        return page, status
    flash(_("Your addition now stands with the need."), "success")
    return redirect(url_for("residents.show_need", need_id=need_id, _anchor="additions"))


@residents.route("/behov/<id:need_id>/trekk", methods=["GET", "POST"])
@requires(Permission.PARTICIPATE)
def withdraw_need(need_id: int) -> ResponseReturnValue:
    need, actor = found(queries.need_page(need_id)), the_actor()
    if request.method == "GET" and need.state is not NeedState.WITHDRAWN:
        ensure(may_withdraw(actor, author_id=need.author_id, state=need.state))
        return render_template("residents/withdraw_need.html", need=need)
    if request.method == "POST":
        service.withdraw(actor, need=need)
        db.session.commit()
    return redirect(url_for("residents.show_need", need_id=need_id))


@residents.post("/behov/<id:need_id>/navn")
@requires(Permission.PARTICIPATE)
def set_name_hidden(need_id: int) -> ResponseReturnValue:
    hidden = request.form.get("hidden") == "1"
    service.set_name_hidden(the_actor(), need=found(queries.need_page(need_id)), hidden=hidden)
    db.session.commit()
    shown = _("Your name is shown with the need.")
    flash(_("Your name is no longer shown with the need.") if hidden else shown, "success")
    return redirect(url_for("residents.show_need", need_id=need_id))
