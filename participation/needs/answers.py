"""What the municipality does with a need: takes it up, and answers."""

from datetime import date

from participation import clock
from participation.needs.models import Need, NeedUpdate
from participation.needs.rules import Move, UpdateKind, new_date_refusal
from participation.needs.service import need_facts
from participation.needs.timeline import move, same_version
from participation.notifications.rules import EventKind
from participation.notifications.service import announce
from participation.permissions import Actor
from participation.refusals import Refusal, Refused, ensure


def assess(actor: Actor, *, need: Need, version: int) -> None:
    """Take the need under assessment, as one's own case."""
    same_version(need, version)
    move(need, Move.ASSESS, actor=actor, line=UpdateKind.ASSESSING)
    need.case_worker_id = actor.id


def answer_provisionally(actor: Actor, *, need: Need, body: str, answer_by: date, version: int) -> None:
    """Say where it stands and give a new date. Raises Refused(DATE_OUT_OF_REACH) for one past or far off."""
    same_version(need, version)
    ensure(new_date_refusal(answer_by, today=clock.today()))
    line = move(
        need,
        Move.ANSWER_PROVISIONALLY,
        actor=actor,
        line=UpdateKind.PROVISIONAL,
        body=body,
        answer_by=answer_by,
    )
    _answered(need, line, actor=actor)
    need.answer_by = answer_by


def accept(actor: Actor, *, need: Need, body: str, version: int) -> None:
    """Take the need in for further work; a day to answer by is owed no longer."""
    same_version(need, version)
    line = move(need, Move.ACCEPT, actor=actor, line=UpdateKind.ACCEPTED, body=body)
    _answered(need, line, actor=actor)
    need.answer_by = None


def decline(actor: Actor, *, need: Need, body: str, would_change: str, version: int) -> None:
    """Say no, why, and what would change it. Raises Refused(REASON_MISSING) without both."""
    same_version(need, version)
    if not body.strip() or not would_change.strip():
        raise Refused(Refusal.REASON_MISSING)
    line = move(need, Move.DECLINE, actor=actor, line=UpdateKind.DECLINED, body=body, would_change=would_change)
    _answered(need, line, actor=actor)
    need.answer_by = None


def _answered(need: Need, line: NeedUpdate, *, actor: Actor) -> None:
    need.first_answer_at = need.first_answer_at or clock.now()
    need.case_worker_id = actor.id
    announce(
        EventKind.ANSWERED,
        about=need.subject,
        subjects=[need.subject],
        facts={
            "needs": need_facts(need),
            "answer": line.kind.value,
            "body": line.body,
            "would_change": line.would_change,
            "answer_by": line.answer_by.isoformat() if line.answer_by else None,
        },
    )
