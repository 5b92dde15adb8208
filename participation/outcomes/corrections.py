"""Sets right what has been published, as a new version for all to see; and withdraws what should not have been."""

from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import delete

from participation import clock
from participation.audit import service as audit
from participation.extensions import db
from participation.needs.rules import UpdateKind
from participation.needs.service import need_facts
from participation.needs.timeline import write_line
from participation.notifications.models import Event
from participation.notifications.rules import EventKind, Reason
from participation.notifications.service import announce, announce_correction, announce_to
from participation.outcomes import queries
from participation.outcomes.findable import index
from participation.outcomes.models import SUBJECT_KIND, Indicator, Outcome, OutcomeCorrection, OutcomeVersion
from participation.outcomes.returning import give_back
from participation.outcomes.rules import (
    Gate,
    Step,
    Verdict,
    correction_is_missing,
    may_decide_correction,
    may_propose_correction,
    may_withdraw,
)
from participation.outcomes.service import (
    IndicatorText,
    hold_outcome,
    new_version,
    note_writer,
    outcome_facts,
    take_step,
    write_evidence,
)
from participation.outcomes.wording import kept_translation, said_in_mails
from participation.permissions import Actor
from participation.refusals import Refusal, Refused, ensure
from participation.unwritten import may_be_read, texts_in


@dataclass(frozen=True, kw_only=True)
class CorrectedText:
    """All that a correction can change: everything but how far each need is met, and what kinds of value it has."""

    title: str
    summary: str
    body: str
    picture_alt: str
    evidence: dict[Gate, str]
    indicators: list[IndicatorText]
    needs: dict[int, str]
    translations: dict[str, dict[str, Any]]


def published_words(outcome: Outcome) -> dict[str, Any]:
    """The outcome's words as they stand, as JSON keeps them."""
    return {
        **outcome.words,
        "indicators": [_as_json(_text_of(indicator)) for indicator in outcome.indicators],
        "translations": outcome.translations,
        "verdicts": {str(answer.need_id): answer.verdict.value for answer in outcome.needs},
    }


def indicator_of(kept: dict[str, Any]) -> IndicatorText:
    """A figure as it was, of how JSON keeps it."""
    target = kept["target"]
    return IndicatorText(
        name=kept["name"],
        unit=kept["unit"],
        before=Decimal(kept["before"]),
        now=Decimal(kept["now"]),
        target=None if target is None else Decimal(target),
        measured_on=date.fromisoformat(kept["measured_on"]),
    )


def _text_of(indicator: Indicator) -> IndicatorText:
    return IndicatorText(**{name: getattr(indicator, name) for name in IndicatorText.__dataclass_fields__})


def _as_json(indicator: IndicatorText) -> dict[str, Any]:
    figures = {"before": indicator.before, "now": indicator.now, "target": indicator.target}
    plain = {name: None if figure is None else f"{figure.normalize():f}" for name, figure in figures.items()}
    return asdict(indicator) | plain | {"measured_on": indicator.measured_on.isoformat()}


def propose_correction(actor: Actor, *, outcome: Outcome, words: CorrectedText, note: str, version: int) -> None:
    """Ask another to approve other words for what is published; the note says to everyone what is put right."""
    hold_outcome(outcome, version)
    ensure(may_propose_correction(outcome.state, waits=queries.correction_of(outcome.id) is not None))
    ensure(
        correction_is_missing(
            texts=[words.title, words.summary, words.body, *([words.picture_alt] if outcome.picture_key else [])],
            evidence=words.evidence,
            answers=[words.needs.get(answer.need_id, "") for answer in outcome.needs],
        )
    )
    if not note.strip():
        raise Refused(Refusal.REASON_MISSING)
    former = published_words(outcome)
    proposed = _proposed(former, words)
    if proposed == former:
        raise Refused(Refusal.NOTHING_CORRECTED)
    ensure(may_be_read(*texts_in(proposed), note))
    db.session.add(
        OutcomeCorrection(outcome_id=outcome.id, words=proposed, note=note, written_by=actor.id, written_at=clock.now())
    )
    new_version(outcome)
    audit.record("correction_proposed", actor_id=actor.id, kind=SUBJECT_KIND, object_id=outcome.id)


def _proposed(former: dict[str, Any], words: CorrectedText) -> dict[str, Any]:
    changed = former | {
        "title": words.title,
        "summary": words.summary,
        "body": words.body,
        "picture_alt": words.picture_alt,
        "evidence": {gate.value: text for gate, text in words.evidence.items()},
        "indicators": [_as_json(indicator) for indicator in words.indicators],
        "needs": {key: words.needs[int(key)] for key in former["needs"]},
    }
    kept = {
        language: kept_translation(changed, written, before=former["translations"].get(language))
        for language, written in words.translations.items()
    }
    return changed | {"translations": {language: words_ for language, words_ in kept.items() if words_}}


def take_back_correction(actor: Actor, *, outcome: Outcome, version: int) -> None:
    """Its writer no longer wants it."""
    correction = _waiting(outcome, version)
    if correction.written_by != actor.id:
        raise Refused(Refusal.NOT_YOURS)
    _drop(correction, outcome)
    audit.record("correction_taken_back", actor_id=actor.id, kind=SUBJECT_KIND, object_id=outcome.id)


def reject_correction(actor: Actor, *, outcome: Outcome, reason: str, version: int) -> None:
    """What is published stays as it is, and the writer is told why."""
    correction = _waiting(outcome, version)
    ensure(may_decide_correction(actor, writer=correction.written_by, state=outcome.state))
    if not reason.strip():
        raise Refused(Refusal.REASON_MISSING)
    _drop(correction, outcome)
    audit.record("correction_rejected", actor_id=actor.id, kind=SUBJECT_KIND, object_id=outcome.id)
    announce_to(
        EventKind.WORK,
        about=outcome.subject,
        people=[correction.written_by],
        facts={
            "task": "correction_rejected",
            "outcome": {"id": outcome.id, "title": outcome.title},
            "body": reason,
        },
        reason=Reason.STAFF,
    )


def approve_correction(actor: Actor, *, outcome: Outcome, version: int) -> None:
    """Let it stand: the former words stay for all to read, and everyone told them is told the new ones."""
    correction = _waiting(outcome, version)
    ensure(may_decide_correction(actor, writer=correction.written_by, state=outcome.state))
    _keep_former(actor, outcome, correction)
    _apply(Actor(correction.written_by), outcome, correction.words)
    outcome.corrected_at = clock.now()
    take_step(actor, outcome, Step.CORRECT)
    _drop(correction, outcome)
    index(outcome)
    for answer in outcome.needs:
        write_line(answer.need, UpdateKind.OUTCOME_CORRECTED, actor=actor, body=correction.note, outcome_id=outcome.id)
    _tell(EventKind.OUTCOME_CORRECTED, outcome, outcome_facts(outcome) | {"note": correction.note})


def _waiting(outcome: Outcome, version: int) -> OutcomeCorrection:
    hold_outcome(outcome, version)
    correction = queries.correction_of(outcome.id)
    if correction is None:
        raise Refused(Refusal.CHANGED_MEANWHILE)
    return correction


def _drop(correction: OutcomeCorrection, outcome: Outcome) -> None:
    db.session.delete(correction)
    new_version(outcome)


def _keep_former(actor: Actor, outcome: Outcome, correction: OutcomeCorrection) -> None:
    db.session.add(
        OutcomeVersion(
            outcome_id=outcome.id,
            number=len(queries.versions_of(outcome.id)) + 1,
            words=published_words(outcome),
            note=correction.note,
            replaced_at=clock.now(),
            written_by=correction.written_by,
            approved_by=actor.id,
        )
    )


def _apply(writer: Actor, outcome: Outcome, words: dict[str, Any]) -> None:
    outcome.title, outcome.summary, outcome.body = words["title"], words["summary"], words["body"]
    outcome.picture_alt, outcome.translations = words["picture_alt"], words["translations"]
    write_evidence(writer, outcome, {Gate(gate): text for gate, text in words["evidence"].items()})
    outcome.indicators = [Indicator(**vars(indicator_of(kept))) for kept in words["indicators"]]
    for answer in outcome.needs:
        answer.text = words["needs"][str(answer.need_id)]
    note_writer(writer, outcome)


def withdraw(actor: Actor, *, outcome: Outcome, reason: str, version: int) -> None:
    """Take it back: the needs it alone met are open again, and everyone told of it is told why."""
    hold_outcome(outcome, version)
    ensure(may_withdraw(outcome.state))
    if not reason.strip():
        raise Refused(Refusal.REASON_MISSING)
    outcome.withdrawn_at, outcome.withdrawn_by, outcome.withdrawn_reason = clock.now(), actor.id, reason
    db.session.execute(delete(OutcomeCorrection).where(OutcomeCorrection.outcome_id == outcome.id))
    take_step(actor, outcome, Step.WITHDRAW)
    index(outcome)
    give_back(
        actor,
        outcome=outcome,
        line=UpdateKind.OUTCOME_WITHDRAWN,
        words=lambda _answer: {"body": reason, "outcome_id": outcome.id},
    )
    for answer in outcome.needs:
        if answer.verdict is Verdict.NOT:
            write_line(answer.need, UpdateKind.OUTCOME_WITHDRAWN, actor=actor, body=reason, outcome_id=outcome.id)
    _tell(EventKind.OUTCOME_WITHDRAWN, outcome, _withdrawn_facts(outcome))


def _withdrawn_facts(outcome: Outcome) -> dict[str, Any]:
    titles = {
        language: {"title": said["title"]}
        for language, said in said_in_mails(outcome.translations).items()
        if "title" in said
    }
    return {
        "outcome": {"id": outcome.id, "title": outcome.title, "translations": titles},
        "needs": need_facts(*(answer.need for answer in outcome.needs)),
        "note": outcome.withdrawn_reason,
    }


def _tell(kind: EventKind, outcome: Outcome, facts: dict[str, Any]) -> None:
    told = queries.event_of(outcome)
    outcome.event_id = _event(kind, outcome, facts, told).id


def _event(kind: EventKind, outcome: Outcome, facts: dict[str, Any], told: Event | None) -> Event:
    if told is not None:
        return announce_correction(told, kind=kind, facts=facts)
    subjects = [answer.need.subject for answer in outcome.needs]
    return announce(kind, about=outcome.subject, subjects=subjects, facts=facts)
