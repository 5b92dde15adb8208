"""Results in work and published, and one as it stands: what is ready, what is missing, how far it reached."""

from dataclasses import dataclass

from flask import render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext

from participation.accounts import queries as accounts
from participation.needs.models import Need
from participation.newsroom.blueprint import newsroom
from participation.notifications import queries as notifications
from participation.notifications.rules import DeliveryStatus, EventKind, Topic
from participation.outcomes import queries
from participation.outcomes.models import Outcome
from participation.outcomes.rules import Gate, OutcomeState, Step, may_step, need_move
from participation.permissions import Permission
from participation.projects import queries as projects
from participation.projects.rules import NOTE_MAX_CHARACTERS
from participation.web.access import requires, the_actor
from participation.web.filters import label
from participation.web.forms import Form, Required, TextBlock, VersionField, at_most
from participation.web.views import found


class StepForm(Form):
    version = VersionField()


class SendBackForm(StepForm):
    id_prefix = "back-"
    note = TextBlock(
        lazy_gettext("What do you want changed?"),
        [Required(lazy_gettext("Write what you want changed")), at_most(NOTE_MAX_CHARACTERS)],
    )


@dataclass(frozen=True)
class Check:
    """A line of the checklist; what is not `needed` is only good to have."""

    words: str
    done: bool
    needed: bool = True


@newsroom.get("/redaksjonen")
@requires(Permission.WRITE_OUTCOMES)
def list_outcomes() -> str:
    in_work = queries.in_work()
    return render_template(
        "newsroom/outcomes.html",
        in_work={
            state: [outcome for outcome in in_work if outcome.state is state]
            for state in (OutcomeState.IN_REVIEW, OutcomeState.APPROVED, OutcomeState.DRAFT)
        },
        published=queries.published(),
        projects=projects.all_projects(),
    )


@newsroom.get("/redaksjonen/resultater/<id:outcome_id>")
@requires(Permission.WRITE_OUTCOMES)
def show_outcome(outcome_id: int) -> str:
    return outcome_page(outcome_id)


def outcome_page(outcome_id: int, sent: Form | None = None) -> str:
    """The page of the outcome; `sent` is the form that could not be taken."""
    outcome = found(queries.outcome(outcome_id))
    subjects = [answer.need.subject for answer in outcome.needs]
    published = outcome.state is OutcomeState.PUBLISHED
    unanswered = _unanswered(outcome)
    if isinstance(sent, StepForm):
        sent.version.data = outcome.version
    offered = _forms(outcome, sent)
    return render_template(
        "newsroom/outcome.html",
        outcome=outcome,
        project=outcome.project,
        gates=list(Gate),
        checks=_checks(outcome, unanswered=len(unanswered)),
        unanswered=unanswered,
        writers=accounts.people_by_id(outcome.writer_ids),
        wrote_it=the_actor().id in outcome.writer_ids,
        forms=offered,
        delete_form=StepForm(formdata=None, data={"version": outcome.version}, id_prefix="delete-"),
        form=sent,
        unsent=sent.written() if sent and sent not in offered.values() else [],
        taken_into_use=_taken_into_use(outcome),
        audience=None if published else notifications.audience(subjects, topic=Topic.RESULTS),
        reach=notifications.reach(EventKind.OUTCOME, EventKind.OUTCOME_CORRECTED, about=outcome.subject)
        if published
        else None,
        statuses=list(DeliveryStatus),
    )


def _forms(outcome: Outcome, sent: Form | None) -> dict[str, Form]:
    """A form for each step that the outcome's state has room for and the actor's role allows."""
    wanted = {
        step: SendBackForm if step is Step.SEND_BACK else StepForm
        for step in Step
        if may_step(step, state=outcome.state) is None and the_actor().may(_PERMISSIONS[step])
    }
    return {
        step.value: sent
        if isinstance(sent, SendBackForm) and kind is SendBackForm
        else kind(formdata=None, data={"version": outcome.version}, id_prefix=f"{step.value}-")
        for step, kind in wanted.items()
    }


_PERMISSIONS = {
    Step.SUBMIT: Permission.WRITE_OUTCOMES,
    Step.SEND_BACK: Permission.APPROVE_OUTCOMES,
    Step.APPROVE: Permission.APPROVE_OUTCOMES,
    Step.PUBLISH: Permission.APPROVE_OUTCOMES,
    Step.SCHEDULE: Permission.APPROVE_OUTCOMES,
    Step.UNSCHEDULE: Permission.APPROVE_OUTCOMES,
    Step.CORRECT: Permission.WRITE_OUTCOMES,
    Step.WITHDRAW: Permission.APPROVE_OUTCOMES,
}


def _checks(outcome: Outcome, *, unanswered: int) -> list[Check]:
    answered = sum(1 for answer in outcome.needs if answer.text.strip())
    gates = [
        Check(_("Evidence: %(gate)s", gate=label(gate)), bool(outcome.evidence.get(gate, "").strip())) for gate in Gate
    ]
    needs = ngettext(
        "%(answered)s of %(num)s linked need answered",
        "%(answered)s of %(num)s linked needs answered",
        answered + unanswered,
        answered=answered,
    )
    return [
        Check(_("A summary in short"), bool(outcome.summary.strip())),
        Check(_("A text on what was done"), bool(outcome.body.strip())),
        *gates,
        Check(needs, bool(answered) and not unanswered),
        Check(_("A figure before and now"), bool(outcome.indicators), needed=False),
    ]


def _unanswered(outcome: Outcome) -> list[Need]:
    """The needs it owes an answer: those the project is linked to now, and those it has begun to answer."""
    written = {answer.need_id for answer in outcome.needs if answer.text.strip()}
    owed = {tie.need_id: tie.need for tie in projects.links_of_project(outcome.project_id)}
    owed |= {answer.need_id: answer.need for answer in outcome.needs}
    return [need for need_id, need in owed.items() if need_id not in written]


def _taken_into_use(outcome: Outcome) -> list[Need]:
    """The needs that publishing moves."""
    return [
        answer.need
        for answer in outcome.needs
        if need_move(answer.need.state, verdict=answer.verdict, evidence=outcome.evidence) is not None
    ]
