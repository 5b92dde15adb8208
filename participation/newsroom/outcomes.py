"""One result as it stands: what is ready, what is missing, what is said of it, and how far it has reached."""

from flask import render_template

from participation.accounts import queries as accounts
from participation.files.service import picture_sizes, the_store
from participation.newsroom.approvers import approvers
from participation.newsroom.blueprint import newsroom
from participation.newsroom.checklist import checks, left_out, readings, taken_into_use, translations, unanswered_needs
from participation.newsroom.step_forms import FORM_OF, RemarkForm, StepForm
from participation.notifications import queries as notifications
from participation.notifications.rules import DeliveryStatus, Topic
from participation.outcomes import queries
from participation.outcomes.models import Outcome
from participation.outcomes.reach import how_far
from participation.outcomes.returning import given_back
from participation.outcomes.rules import NEVER_PUBLISHED, Gate, Step, may_step
from participation.outcomes.shown import figures_of
from participation.outcomes.wording import BOKMAL
from participation.permissions import Permission
from participation.refusals import Refusal
from participation.web.access import requires, the_actor
from participation.web.forms import Form
from participation.web.views import found

PERMISSIONS = {
    Step.SUBMIT: Permission.WRITE_OUTCOMES,
    Step.SEND_BACK: Permission.APPROVE_OUTCOMES,
    Step.APPROVE: Permission.APPROVE_OUTCOMES,
    Step.PUBLISH: Permission.APPROVE_OUTCOMES,
    Step.SCHEDULE: Permission.APPROVE_OUTCOMES,
    Step.UNSCHEDULE: Permission.APPROVE_OUTCOMES,
    Step.CORRECT: Permission.WRITE_OUTCOMES,
    Step.WITHDRAW: Permission.APPROVE_OUTCOMES,
}


@newsroom.get("/redaksjonen/resultater/<id:outcome_id>")
@requires(Permission.WRITE_OUTCOMES)
def show_outcome(outcome_id: int) -> str:
    return outcome_page(outcome_id)


def outcome_page(outcome_id: int, sent: Form | None = None) -> str:
    """The page of the outcome; `sent` is the form that could not be taken."""
    outcome = found(queries.outcome(outcome_id))
    if isinstance(sent, StepForm):
        sent.version.data = outcome.version
    offered = _forms(outcome, sent)
    remark_form = sent if isinstance(sent, RemarkForm) else RemarkForm(formdata=None)
    shown = [*offered.values(), remark_form]
    return render_template(
        "newsroom/outcome.html",
        outcome=outcome,
        project=outcome.project,
        figures=figures_of(outcome, language=BOKMAL),
        gates=list(Gate),
        wrote_it=the_actor().id in outcome.writer_ids,
        forms=offered,
        remark_form=remark_form,
        delete_form=StepForm(formdata=None, data={"version": outcome.version}, id_prefix="delete-"),
        form=sent,
        unsent=sent.written() if sent and not any(sent is each for each in shown) else [],
        picture_sizes=picture_sizes(outcome.picture_key, the_store()),
        held_back=Refusal(outcome.held_back_note) if outcome.held_back_note else None,
        **_people_of(outcome),
        **(_of_what_is_in_work(outcome) if outcome.state in NEVER_PUBLISHED else _of_what_is_out(outcome)),
    )


def _people_of(outcome: Outcome) -> dict[str, object]:
    decided = {outcome.approved_by, outcome.scheduled_by, outcome.withdrawn_by} - {None}
    people = accounts.people_by_id({*outcome.writer_ids, *(number for number in decided if number)})
    by_id = {person.id: person for person in people}
    return {
        "writers": [by_id[number] for number in sorted(outcome.writer_ids)],
        "people": by_id,
        "remarks": queries.remarks_on(outcome.id),
    }


def _of_what_is_in_work(outcome: Outcome) -> dict[str, object]:
    unanswered = unanswered_needs(outcome)
    subjects = [answer.need.subject for answer in outcome.needs]
    return {
        "approvers": approvers(outcome.writer_ids),
        "unanswered": unanswered,
        "checks": checks(outcome, unanswered=len(unanswered)),
        "readings": readings(outcome),
        "translations": translations(outcome),
        "left_out": left_out(outcome),
        "taken_into_use": taken_into_use(outcome),
        "audience": notifications.audience(subjects, topic=Topic.RESULTS),
    }


def _of_what_is_out(outcome: Outcome) -> dict[str, object]:
    reach = how_far(outcome)
    return {
        "reach": reach.told,
        "opened": reach.opened,
        "statuses": list(DeliveryStatus),
        "given_back": given_back(outcome),
        "correction": queries.correction_of(outcome.id),
        "versions": queries.versions_of(outcome.id),
    }


def _forms(outcome: Outcome, sent: Form | None) -> dict[str, Form]:
    """A form for each step that the outcome's state has room for and the actor's role allows."""
    offered: dict[str, Form] = {}
    for step in Step:
        kind = FORM_OF.get(step, StepForm)
        if may_step(step, state=outcome.state) is None and the_actor().may(PERMISSIONS[step]):
            keeps = kind is not StepForm and isinstance(sent, kind)
            fresh = kind(formdata=None, data={"version": outcome.version}, id_prefix=f"{step.value}-")
            offered[step.value] = sent if keeps and sent else fresh
    return offered
