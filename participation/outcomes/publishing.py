"""Publishes what is scheduled, at its minute. Safe to run in any number of processes, and to kill at any moment.

An outcome is held while it is published, and published and told of in one transaction: another worker passes it by, or
finds it published. What a rule says no to goes back to approved with the reason, and those who work on it are told.
"""

from collections import Counter
from datetime import datetime

import structlog
from sqlalchemy import select

from participation import clock
from participation.audit import service as audit
from participation.extensions import db
from participation.notifications.rules import EventKind, Reason
from participation.notifications.service import announce_to
from participation.outcomes import queries
from participation.outcomes.models import SUBJECT_KIND, Outcome
from participation.outcomes.rules import PUBLISH_TRIES_FOR, STEPS, OutcomeState, Step
from participation.outcomes.service import publish
from participation.permissions import Actor
from participation.refusals import Refusal, Refused

# In one round: another may have changed a need in the very moment, and the next try sees it.
TRIES_A_ROUND = 3

log = structlog.get_logger()


def publish_due(moment: datetime) -> int:
    """Publish all that was to be published by then, and commit each; returns how many."""
    published, failures = 0, Counter[int]()
    while (number := _next_due(moment, passing=failures)) is not None:
        try:
            published += _publish(number)
            db.session.commit()
        except Exception:
            # One that can't be published must not hold up the others.
            db.session.rollback()
            log.exception("outcome_not_published", outcome=number)
            failures[number] += 1
    db.session.rollback()
    for number in failures:
        _give_up_in_time(number, moment)
    return published


def _next_due(moment: datetime, *, passing: Counter[int]) -> int | None:
    """The one that is due first and that no other worker has, held till the next commit."""
    given_up = [number for number, times in passing.items() if times >= TRIES_A_ROUND]
    return db.session.scalar(
        select(Outcome.id)
        .where(Outcome.state == OutcomeState.SCHEDULED, Outcome.publish_at <= moment, Outcome.id.not_in(given_up))
        .order_by(Outcome.publish_at, Outcome.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


def _publish(number: int) -> bool:
    outcome = _fresh(number)
    try:
        publish(Actor(outcome.scheduled_by or 0), outcome=outcome, version=outcome.version)
    except Refused as refused:
        db.session.rollback()
        _hold_back(number, refused.reason)
        return False
    return True


def _fresh(number: int) -> Outcome:
    db.session.expire_all()
    outcome = queries.outcome(number)
    if outcome is None:
        raise LookupError(f"outcome {number}")
    return outcome


def _hold_back(number: int, why: Refusal) -> None:
    """Back to approved, with the reason, unless somebody has taken it in hand meanwhile."""
    outcome = _fresh(number)
    db.session.refresh(outcome, ["version", "state"], with_for_update=True)
    if outcome.state is not OutcomeState.SCHEDULED:
        return
    involved = {*outcome.writer_ids, outcome.scheduled_by, outcome.approved_by} - {None}
    outcome.state = STEPS[Step.UNSCHEDULE][1]
    outcome.publish_at = outcome.scheduled_by = None
    outcome.held_back_note = why.value
    audit.record("held_back", actor_id=None, kind=SUBJECT_KIND, object_id=outcome.id, why=why.value)
    announce_to(
        EventKind.WORK,
        about=outcome.subject,
        people=[person_id for person_id in involved if person_id],
        facts={"task": "held_back", "outcome": {"id": outcome.id, "title": outcome.title}, "why": why.value},
        reason=Reason.STAFF,
    )


def _give_up_in_time(number: int, moment: datetime) -> None:
    """Let people see to what has failed for an hour for a reason that no rule knows."""
    outcome = db.session.get(Outcome, number, populate_existing=True)
    publish_at = outcome.publish_at if outcome else None
    if publish_at and clock.now() - publish_at > PUBLISH_TRIES_FOR and publish_at <= moment:
        _hold_back(number, Refusal.PUBLISHING_FAILED)
    db.session.commit()
