"""The way of a result from draft to published, and out again: asked for, sent back, approved, scheduled, withdrawn."""

from collections.abc import Callable

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from participation.newsroom.blueprint import newsroom
from participation.newsroom.outcomes import outcome_page
from participation.newsroom.step_forms import RemarkForm, ScheduleForm, SendBackForm, StepForm, WithdrawForm
from participation.outcomes import corrections, queries, remarks, service
from participation.outcomes.models import Outcome
from participation.permissions import Permission
from participation.refusals import Refusal
from participation.web.access import requires, the_actor
from participation.web.filters import date_time
from participation.web.forms import Form
from participation.web.views import failed, found

Answer = Response | tuple[str, int]
Act = Callable[[Outcome], None]
_ABOUT = {Refusal.PUBLISH_AT_OUT_OF_REACH: "day"}


def _take(outcome_id: int, form: Form, act: Act, *, said: str | Callable[[], str]) -> Answer:
    outcome = found(queries.outcome(outcome_id))
    status = failed(form, lambda: act(outcome), about=_ABOUT if isinstance(form, ScheduleForm) else None)
    if status:
        return outcome_page(outcome_id, form), status
    flash(said if isinstance(said, str) else said(), "success")
    return redirect(url_for("newsroom.show_outcome", outcome_id=outcome_id))


@newsroom.post("/redaksjonen/resultater/<id:outcome_id>/til-godkjenning")
@requires(Permission.WRITE_OUTCOMES)
def submit(outcome_id: int) -> Answer:
    form = StepForm()

    def act(outcome: Outcome) -> None:
        service.submit(the_actor(), outcome=outcome, version=form.version.data)

    return _take(outcome_id, form, act, said=_("The result waits for approval by another."))


@newsroom.post("/redaksjonen/resultater/<id:outcome_id>/tilbake")
@requires(Permission.APPROVE_OUTCOMES)
def send_back(outcome_id: int) -> Answer:
    form = SendBackForm()

    def act(outcome: Outcome) -> None:
        service.send_back(the_actor(), outcome=outcome, note=form.note.data, version=form.version.data)

    return _take(outcome_id, form, act, said=_("The result is sent back to those who write on it."))


@newsroom.post("/redaksjonen/resultater/<id:outcome_id>/godkjenn")
@requires(Permission.APPROVE_OUTCOMES)
def approve(outcome_id: int) -> Answer:
    form = StepForm()

    def act(outcome: Outcome) -> None:
        service.approve(the_actor(), outcome=outcome, version=form.version.data)

    return _take(outcome_id, form, act, said=_("The result is approved, and can be published."))


@newsroom.post("/redaksjonen/resultater/<id:outcome_id>/publiser")
@requires(Permission.APPROVE_OUTCOMES)
def publish(outcome_id: int) -> Answer:
    form = StepForm()

    def act(outcome: Outcome) -> None:
        service.publish(the_actor(), outcome=outcome, version=form.version.data)

    return _take(outcome_id, form, act, said=_("The result is public, and the word is on its way to everyone."))


@newsroom.post("/redaksjonen/resultater/<id:outcome_id>/planlegg")
@requires(Permission.APPROVE_OUTCOMES)
def schedule(outcome_id: int) -> Answer:
    form = ScheduleForm()

    def act(outcome: Outcome) -> None:
        at, version = form.publish_at(), form.version.data
        service.schedule(the_actor(), outcome=outcome, publish_at=at, version=version)

    return _take(
        outcome_id, form, act, said=lambda: _("The result is published %(at)s.", at=date_time(form.publish_at()))
    )


@newsroom.post("/redaksjonen/resultater/<id:outcome_id>/ta-av-planen")
@requires(Permission.APPROVE_OUTCOMES)
def unschedule(outcome_id: int) -> Answer:
    form = StepForm()

    def act(outcome: Outcome) -> None:
        service.unschedule(the_actor(), outcome=outcome, version=form.version.data)

    return _take(outcome_id, form, act, said=_("The result is taken off the calendar. It is still approved."))


@newsroom.post("/redaksjonen/resultater/<id:outcome_id>/trekk-tilbake")
@requires(Permission.APPROVE_OUTCOMES)
def withdraw(outcome_id: int) -> Answer:
    form = WithdrawForm()

    def act(outcome: Outcome) -> None:
        corrections.withdraw(the_actor(), outcome=outcome, reason=form.reason.data, version=form.version.data)

    return _take(outcome_id, form, act, said=_("The result is withdrawn, and those who were told of it are told why."))


@newsroom.post("/redaksjonen/resultater/<id:outcome_id>/merknad")
@requires(Permission.WRITE_OUTCOMES)
def remark(outcome_id: int) -> Answer:
    form = RemarkForm()

    def act(outcome: Outcome) -> None:
        key = form.submission_key.data
        remarks.remark(the_actor(), outcome=outcome, body=form.body.data, submission_key=key)

    return _take(outcome_id, form, act, said=_("Your remark is there for those who work on the result."))
