"""What the municipality does with a need: takes it up, and answers."""

from collections.abc import Callable

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from participation.needs import answers, queries
from participation.permissions import Permission
from participation.refusals import Refusal
from participation.web.access import requires, the_actor
from participation.web.forms import Form
from participation.web.views import failed, found
from participation.workbench.blueprint import workbench
from participation.workbench.needs import (
    AcceptForm,
    AssessForm,
    DeclineForm,
    ProvisionalForm,
    need_page,
)

Answer = Response | tuple[str, int]


def _done(need_id: int, form: Form, act: Callable[[], None], *, said: str) -> Answer:
    """Back to the need with a word on what was done; or the form again with what was written."""
    status = failed(form, act, about={Refusal.DATE_OUT_OF_REACH: "answer_by"})
    if status:
        return need_page(need_id, form), status
    flash(said, "success")
    return redirect(url_for("workbench.show_need", need_id=need_id))


@workbench.post("/arbeidsflate/behov/<id:need_id>/vurder")
@requires(Permission.WORK_ON_NEEDS)
def assess(need_id: int) -> Answer:
    need, form = found(queries.need_page(need_id)), AssessForm()

    def act() -> None:
        answers.assess(the_actor(), need=need, version=form.version.data)

    return _done(need_id, form, act, said=_("The need is under assessment, and it is your case."))


@workbench.post("/arbeidsflate/behov/<id:need_id>/forelopig-svar")
@requires(Permission.WORK_ON_NEEDS)
def answer_provisionally(need_id: int) -> Answer:
    need, form = found(queries.need_page(need_id)), ProvisionalForm()

    def act() -> None:
        answers.answer_provisionally(
            the_actor(),
            need=need,
            body=form.body.data,
            answer_by=form.answer_by.data,
            version=form.version.data,
        )

    return _done(need_id, form, act, said=_("The provisional answer is public, and everyone behind is told."))


@workbench.post("/arbeidsflate/behov/<id:need_id>/ta-inn")
@requires(Permission.WORK_ON_NEEDS)
def accept(need_id: int) -> Answer:
    need, form = found(queries.need_page(need_id)), AcceptForm()

    def act() -> None:
        answers.accept(the_actor(), need=need, body=form.body.data, version=form.version.data)

    return _done(need_id, form, act, said=_("The need is taken in, and everyone behind it is told."))


@workbench.post("/arbeidsflate/behov/<id:need_id>/avslag")
@requires(Permission.WORK_ON_NEEDS)
def decline(need_id: int) -> Answer:
    need, form = found(queries.need_page(need_id)), DeclineForm()

    def act() -> None:
        answers.decline(
            the_actor(),
            need=need,
            body=form.body.data,
            would_change=form.would_change.data,
            version=form.version.data,
        )

    return _done(need_id, form, act, said=_("The answer is public, and everyone behind the need is told."))
