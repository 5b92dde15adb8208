"""The author asks, once, for a new assessment of a no."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from participation.needs import queries, service
from participation.needs.models import Need
from participation.needs.rules import ADDITION_MAX_CHARACTERS, may_ask_again
from participation.permissions import Permission
from participation.refusals import ensure
from participation.residents.blueprint import residents
from participation.web.access import requires, the_actor
from participation.web.addresses import settings
from participation.web.forms import Form, Required, TextBlock, VersionField, at_most
from participation.web.views import failed, found


class AskAgainForm(Form):
    body = TextBlock(
        lazy_gettext("Why should we look at it again?"),
        [Required(lazy_gettext("Write why we should look at it again")), at_most(ADDITION_MAX_CHARACTERS)],
    )
    version = VersionField()


@residents.route("/behov/<id:need_id>/ny-vurdering", methods=["GET", "POST"])
@requires(Permission.PARTICIPATE)
def ask_again(need_id: int) -> ResponseReturnValue:
    need, actor = found(queries.need_page(need_id)), the_actor()
    form = AskAgainForm(data={"version": need.version})
    if request.method == "GET":
        ensure(may_ask_again(actor, author_id=need.author_id, state=need.state, asked_again_at=need.asked_again_at))
        return _page(need, form)
    status = failed(form, lambda: _ask(need, form))
    if status:
        need = found(queries.need_page(need_id))
        form.version.data = need.version
        return _page(need, form), status
    flash(_("We assess the need anew. The new date for an answer stands below."), "success")
    return redirect(url_for("residents.show_need", need_id=need_id))


def _ask(need: Need, form: AskAgainForm) -> None:
    service.ask_again(
        the_actor(),
        need=need,
        body=form.body.data,
        version=form.version.data or 0,
        within_days=settings().answer_within_days,
    )


def _page(need: Need, form: AskAgainForm) -> str:
    return render_template(
        "residents/ask_again.html",
        need=need,
        form=form,
        answer=queries.latest_answers([need.id]).get(need.id),
        within_days=settings().answer_within_days,
    )
