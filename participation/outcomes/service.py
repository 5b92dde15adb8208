"""Writes outcomes, has them approved by another, and publishes them to everyone behind the needs."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm.attributes import flag_modified

from participation import clock
from participation.audit import service as audit
from participation.extensions import db
from participation.needs.models import Need
from participation.needs.rules import UpdateKind
from participation.needs.service import need_facts
from participation.needs.timeline import LineWords, move, write_line
from participation.notifications.rules import EventKind
from participation.notifications.service import announce
from participation.outcomes import queries
from participation.outcomes.findable import index
from participation.outcomes.models import (
    SUBJECT_KIND,
    GateEvidence,
    Indicator,
    Outcome,
    OutcomeNeed,
    OutcomeRemark,
    OutcomeWriter,
)
from participation.outcomes.rules import (
    STEPS,
    Gate,
    OutcomeState,
    Step,
    Verdict,
    may_approve,
    may_delete,
    may_edit,
    may_publish,
    may_schedule,
    may_step,
    need_move,
    picture_refusal,
    publish_at_refusal,
    what_is_missing,
)
from participation.outcomes.use_checks import plan
from participation.outcomes.wording import answer_in_mails, kept_translation, said_in_mails
from participation.permissions import Actor
from participation.projects.models import Project
from participation.projects.queries import links_of_project
from participation.projects.service import hold
from participation.refusals import Refusal, Refused, ensure
from participation.support.queries import people_behind
from participation.unwritten import may_be_read, texts_in


@dataclass(frozen=True, kw_only=True)
class IndicatorText:
    name: str
    unit: str
    before: Decimal
    now: Decimal
    target: Decimal | None
    measured_on: date


@dataclass(frozen=True, kw_only=True)
class OutcomeText:
    """All that a writer fills in: evidence by gate, indicators, and an answer to each need by its number."""

    title: str
    summary: str
    body: str
    kinds_of_value: list[str]
    evidence: dict[Gate, str]
    indicators: list[IndicatorText]
    needs: dict[int, tuple[Verdict, str]]
    not_about: frozenset[int] = frozenset()
    foremost_need_id: int | None = None


def draft(actor: Actor, *, project: Project, words: OutcomeText, submission_key: str | None = None) -> Outcome:
    """Begin an outcome of the project. The same form sent twice gives the same outcome."""
    already = queries.outcome_of_form(submission_key)
    if already is not None:
        return already
    outcome = Outcome(
        project_id=project.id,
        title=words.title,
        summary=words.summary,
        body=words.body,
        kinds_of_value=words.kinds_of_value,
        state=OutcomeState.DRAFT,
        created_at=clock.now(),
        submission_key=submission_key,
    )
    db.session.add(outcome)
    db.session.flush()
    _write(actor, outcome, words)
    audit.record("created", actor_id=actor.id, kind=SUBJECT_KIND, object_id=outcome.id)
    return outcome


def edit(actor: Actor, *, outcome: Outcome, words: OutcomeText, version: int) -> None:
    same_version(outcome, version)
    ensure(may_edit(outcome.state))
    outcome.title, outcome.summary, outcome.body = words.title, words.summary, words.body
    outcome.kinds_of_value = words.kinds_of_value
    outcome.sent_back_note = ""
    _write(actor, outcome, words)
    audit.record("edited", actor_id=actor.id, kind=SUBJECT_KIND, object_id=outcome.id)


def _write(actor: Actor, outcome: Outcome, words: OutcomeText) -> None:
    note_writer(actor, outcome)
    write_evidence(actor, outcome, words.evidence)
    outcome.indicators = [Indicator(**vars(indicator)) for indicator in words.indicators]
    _ensure_linked(outcome, words)
    outcome.not_about, outcome.foremost_need_id = sorted(words.not_about), words.foremost_need_id
    before = {answer.need_id: answer for answer in outcome.needs}
    for need_id, (verdict, text) in words.needs.items():
        if need_id in before:
            before[need_id].verdict, before[need_id].text = verdict, text
        else:
            outcome.needs.append(OutcomeNeed(need_id=need_id, verdict=verdict, text=text))
    outcome.needs = [answer for answer in outcome.needs if answer.need_id in words.needs]
    new_version(outcome)


def _ensure_linked(outcome: Outcome, words: OutcomeText) -> None:
    linked = {tie.need_id for tie in links_of_project(outcome.project_id)}
    named = {*words.needs, *words.not_about, words.foremost_need_id} - {None}
    if not named <= linked:
        raise Refused(Refusal.CHANGED_MEANWHILE)


def note_writer(actor: Actor, outcome: Outcome) -> None:
    """Whoever has written on it does not approve it."""
    if actor.id not in outcome.writer_ids:
        outcome.writers.append(OutcomeWriter(person_id=actor.id))


def new_version(outcome: Outcome) -> None:
    """Rows beside the outcome may be all that changed; its version must tell of that too."""
    flag_modified(outcome, "title")
    db.session.flush()


def write_evidence(actor: Actor, outcome: Outcome, evidence: dict[Gate, str]) -> None:
    before = {found.gate: found for found in outcome.gates}
    for gate, text in evidence.items():
        found = before.get(gate)
        if found is not None and found.evidence == text:
            continue
        if found is None:
            found = GateEvidence(gate=gate)
            outcome.gates.append(found)
        found.evidence, found.recorded_by, found.recorded_at = text, actor.id, clock.now()


def translate(actor: Actor, *, outcome: Outcome, written: dict[str, dict[str, Any]], version: int) -> None:
    """Keep its words in the languages; with nothing written in one, it is no longer said in that."""
    same_version(outcome, version)
    ensure(may_edit(outcome.state))
    note_writer(actor, outcome)
    kept = {language: kept_translation(outcome.words, words) for language, words in written.items()}
    outcome.translations = {language: words for language, words in (outcome.translations | kept).items() if words}
    new_version(outcome)
    audit.record("translated", actor_id=actor.id, kind=SUBJECT_KIND, object_id=outcome.id, languages=sorted(written))


def give_picture(actor: Actor, *, outcome: Outcome, key: str | None, alt: str, version: int) -> str | None:
    """Let it have the picture with that key, or none; returns the key it had, for the caller to forget once saved.

    Words for it may come later, as long as it is a draft.
    """
    same_version(outcome, version)
    ensure(may_edit(outcome.state))
    note_writer(actor, outcome)
    former, outcome.picture_key, outcome.picture_alt = outcome.picture_key, key, alt if key else ""
    audit.record("picture_changed", actor_id=actor.id, kind=SUBJECT_KIND, object_id=outcome.id)
    new_version(outcome)
    return former if former != key else None


def delete_draft(actor: Actor, *, outcome: Outcome, version: int) -> None:
    """Throw a draft away, with all that was written on it; the trail keeps its title."""
    same_version(outcome, version)
    ensure(may_delete(outcome.state))
    audit.record("deleted", actor_id=actor.id, kind=SUBJECT_KIND, object_id=outcome.id, title=outcome.title)
    db.session.execute(delete(OutcomeRemark).where(OutcomeRemark.outcome_id == outcome.id))
    db.session.delete(outcome)
    db.session.flush()


def submit(actor: Actor, *, outcome: Outcome, version: int) -> None:
    """Ask another person to approve it."""
    same_version(outcome, version)
    ensure(may_step(Step.SUBMIT, state=outcome.state))
    _ensure_whole(outcome)
    outcome.submitted_at = clock.now()
    take_step(actor, outcome, Step.SUBMIT)


def _ensure_whole(outcome: Outcome) -> None:
    ensure(picture_refusal(has_picture=bool(outcome.picture_key), alt=outcome.picture_alt))
    ensure(may_be_read(*texts_in([outcome.words, outcome.translations])))
    ensure(
        what_is_missing(
            texts=[outcome.summary, outcome.body],
            evidence=outcome.evidence,
            answers={answer.need_id: answer.text for answer in outcome.needs},
            linked=[tie.need_id for tie in links_of_project(outcome.project_id)],
            not_about=outcome.not_about,
        )
    )


def send_back(actor: Actor, *, outcome: Outcome, note: str, version: int) -> None:
    """Let it be changed again, with a note on what is wanted."""
    same_version(outcome, version)
    ensure(may_step(Step.SEND_BACK, state=outcome.state))
    if not note.strip():
        raise Refused(Refusal.REASON_MISSING)
    outcome.sent_back_note, outcome.held_back_note = note, ""
    outcome.approved_at = outcome.approved_by = None
    take_step(actor, outcome, Step.SEND_BACK)


def approve(actor: Actor, *, outcome: Outcome, version: int) -> None:
    """Raises Refused(OWN_TEXT) for anyone who has written on it."""
    same_version(outcome, version)
    ensure(may_approve(actor, writers=outcome.writer_ids, state=outcome.state))
    outcome.approved_at, outcome.approved_by = clock.now(), actor.id
    take_step(actor, outcome, Step.APPROVE)


def schedule(actor: Actor, *, outcome: Outcome, publish_at: datetime, version: int) -> None:
    """Let the worker publish it at that minute. Raises Refused(OWN_TEXT) for anyone who has written on it."""
    same_version(outcome, version)
    ensure(may_schedule(actor, writers=outcome.writer_ids, state=outcome.state))
    minute = publish_at.replace(second=0, microsecond=0)
    ensure(publish_at_refusal(minute, now=clock.now()))
    _ensure_whole(outcome)
    outcome.publish_at, outcome.scheduled_by, outcome.held_back_note = minute, actor.id, ""
    take_step(actor, outcome, Step.SCHEDULE)


def unschedule(actor: Actor, *, outcome: Outcome, version: int) -> None:
    """Take it out of the calendar again; it stays approved."""
    same_version(outcome, version)
    ensure(may_step(Step.UNSCHEDULE, state=outcome.state))
    outcome.publish_at = outcome.scheduled_by = None
    take_step(actor, outcome, Step.UNSCHEDULE)


def publish(actor: Actor, *, outcome: Outcome, version: int) -> None:
    """Make it public, move the needs it meets, and tell everyone behind them: all or nothing."""
    hold_outcome(outcome, version)
    ensure(may_publish(actor, writers=outcome.writer_ids, state=outcome.state))
    hold(outcome.project)
    # A need may have been linked since it was approved: nobody is left without an answer.
    _ensure_whole(outcome)
    outcome.published_at, outcome.published_by, outcome.held_back_note = clock.now(), actor.id, ""
    outcome.people_behind = people_behind(
        answer.need_id for answer in outcome.needs if answer.verdict is not Verdict.NOT
    )
    foremost = outcome.foremost
    outcome.foremost_need_id = foremost.need_id if foremost else None
    take_step(actor, outcome, Step.PUBLISH)
    for answer in outcome.needs:
        _answer_need(actor, outcome, answer)
    plan(outcome)
    index(outcome)
    outcome.event_id = announce(
        EventKind.OUTCOME,
        about=outcome.subject,
        subjects=[answer.need.subject for answer in outcome.needs],
        facts=outcome_facts(outcome),
    ).id


def _answer_need(actor: Actor, outcome: Outcome, answer: OutcomeNeed) -> None:
    words: LineWords = {
        "body": answer.text,
        "outcome_id": outcome.id,
        "project_id": outcome.project_id if outcome.project.is_public else None,
        "detail": answer.verdict.value,
    }
    step = need_move(answer.need.state, verdict=answer.verdict, evidence=outcome.evidence)
    if step is None:
        write_line(answer.need, UpdateKind.OUTCOME, actor=actor, **words)
    else:
        move(answer.need, step, actor=actor, line=UpdateKind.OUTCOME, **words)


def outcome_facts(outcome: Outcome) -> dict[str, Any]:
    """What an event says of the outcome and to each need, in each language it is written in."""
    about = {"id": outcome.id, "title": outcome.title, "summary": outcome.summary}
    return {
        "outcome": about | {"translations": said_in_mails(outcome.translations)},
        "needs": _need_facts(outcome),
    }


def _need_facts(outcome: Outcome) -> dict[str, dict[str, Any]]:
    needs: list[Need] = [answer.need for answer in outcome.needs]
    facts = need_facts(*needs)
    for answer in outcome.needs:
        facts[str(answer.need_id)] |= {
            "verdict": answer.verdict.value,
            "text": answer.text,
            "translations": answer_in_mails(answer.need_id, outcome.translations),
        }
    return facts


def take_step(actor: Actor, outcome: Outcome, step: Step) -> None:
    outcome.state = STEPS[step][1]
    audit.record(step.value, actor_id=actor.id, kind=SUBJECT_KIND, object_id=outcome.id)


def same_version(outcome: Outcome, version: int) -> None:
    if outcome.version != version:
        raise Refused(Refusal.CHANGED_MEANWHILE)


def hold_outcome(outcome: Outcome, version: int) -> None:
    """Let nobody else take it further till this is done; before the project, so that two never wait for each other."""
    db.session.refresh(outcome, ["version", "state", "publish_at"], with_for_update=True)
    same_version(outcome, version)
