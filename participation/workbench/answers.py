"""What the municipality does with a need: takes it up, answers, and tells of news."""

from collections.abc import Callable

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from participation.accounts.login import the_person
from participation.needs import answers, queries
from participation.needs.models import Need
from participation.permissions import Permission
from participation.refusals import Refusal
from participation.web.access import requires, the_actor
from participation.web.forms import Form
from participation.web.views import failed, found
from participation.workbench.answer_forms import (
    AcceptForm,
    AnswerForm,
    AssessForm,
    DeclineForm,
    NewsForm,
    ProvisionalForm,
)
from participation.workbench.answer_preview import Preview, preview
from participation.workbench.blueprint import workbench
from participation.workbench.needs import need_page, offer_templates

Answer = Response | str | tuple[str, int]


def _done(need_id: int, form: Form, act: Callable[[], None], *, said: str) -> Answer:
    """Back to the need with a word on what was done; or the form again with what was written."""
    status = failed(form, act, about={Refusal.DATE_OUT_OF_REACH: "answer_by"})
    if status:
        return need_page(need_id, form), status
    flash(said, "success")
    return redirect(url_for("workbench.show_need", need_id=need_id))


def _answer(need: Need, form: AnswerForm, act: Callable[[], None], *, said: str) -> Answer:
    """The same for an answer, which can take words from a template and be looked at before it is sent."""
    offer_templates(form, need=need)
    wanted = request.form.get("do")
    if wanted == "template":
        form.take_template()
        return need_page(need.id, form)
    if wanted == "preview":
        return _preview(need, form)
    return _done(need.id, form, act, said=said)


def _preview(need: Need, form: AnswerForm) -> Answer:
    form.only_shown = True
    if not form.validate_on_submit():
        return need_page(need.id, form), 400
    return need_page(need.id, form, preview=preview_of(need, form))


def preview_of(need: Need, form: AnswerForm) -> Preview:
    return preview(
        form.kind,
        need=need,
        texts=form.texts(),
        values=form.values(),
        actor=the_person(),
        answer_by=form.new_date(),
    )


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
            the_actor(), need=need, answer_by=form.answer_by.data, version=form.version.data, **form.texts()
        )

    return _answer(need, form, act, said=_("The provisional answer is public, and everyone behind is told."))


@workbench.post("/arbeidsflate/behov/<id:need_id>/ta-inn")
@requires(Permission.WORK_ON_NEEDS)
def accept(need_id: int) -> Answer:
    need, form = found(queries.need_page(need_id)), AcceptForm()

    def act() -> None:
        answers.accept(the_actor(), need=need, version=form.version.data, **form.texts())

    return _answer(need, form, act, said=_("The need is taken in, and everyone behind it is told."))


@workbench.post("/arbeidsflate/behov/<id:need_id>/avslag")
@requires(Permission.WORK_ON_NEEDS)
def decline(need_id: int) -> Answer:
    need, form = found(queries.need_page(need_id)), DeclineForm()

    def act() -> None:
        answers.decline(the_actor(), need=need, version=form.version.data, **form.texts())

    return _answer(need, form, act, said=_("The answer is public, and everyone behind the need is told."))


@workbench.post("/arbeidsflate/behov/<id:need_id>/nytt")
@requires(Permission.WORK_ON_NEEDS)
def give_news(need_id: int) -> Answer:
    need, form = found(queries.need_page(need_id)), NewsForm()

    def act() -> None:
        answers.give_news(the_actor(), need=need, version=form.version.data, **form.texts())

    return _answer(need, form, act, said=_("The news is public, and everyone behind the need is told."))
