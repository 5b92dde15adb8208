"""Writes the audit trail, in the same transaction as what it tells of."""

from datetime import timedelta
from typing import Any

from sqlalchemy import delete

from participation import clock
from participation.audit.models import HEARTBEAT, AuditEntry, JobRun
from participation.database import insert
from participation.extensions import db


def record(action: str, *, actor_id: int | None, kind: str, object_id: int, **facts: Any) -> None:
    """Note that the actor did this to that object; `facts` are JSON, and no more than the trail needs."""
    db.session.add(
        AuditEntry(
            at=clock.now(),
            actor_id=actor_id,
            action=action,
            object_kind=kind,
            object_id=object_id,
            facts=facts,
        )
    )


def carry_beat(by: timedelta) -> None:
    """In a demo: the worker has missed nothing of the time that is skipped."""
    beat = db.session.get(JobRun, HEARTBEAT)
    if beat is not None:
        beat.at += by


def mark_done(job: str) -> None:
    """Note that a job did its round just now."""
    moment = clock.now()
    statement = insert(JobRun, db.session.get_bind().dialect.name).values(name=job, at=moment)
    db.session.execute(statement.on_conflict_do_update(index_elements=[JobRun.name], set_={"at": moment}))


def mark_undone(jobs: str) -> None:
    """Note that the jobs whose names begin so are to be done anew."""
    db.session.execute(delete(JobRun).where(JobRun.name.startswith(jobs, autoescape=True)))
