"""The way of a result from draft to published: asked for, sent back, approved, published."""

from collections.abc import Callable

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from participation.newsroom.blueprint import newsroom
from participation.newsroom.outcomes import SendBackForm, StepForm, outcome_page
from participation.outcomes import queries, service
from participation.outcomes.models import Outcome
from participation.permissions import Permission
from participation.web.access import requires, the_actor
from participation.web.views import failed, found

Answer = Response | tuple[str, int]
Act = Callable[[Outcome], None]


def _take(outcome_id: int, form: StepForm, act: Act, *, said: str) -> Answer:
    outcome = found(queries.outcome(outcome_id))
    status = failed(form, lambda: act(outcome))
    if status:
        return outcome_page(outcome_id, form), status
    flash(said, "success")
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
