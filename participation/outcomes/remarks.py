"""What writers and approvers say to each other on an outcome."""

from participation import clock
from participation.accounts import queries as accounts
from participation.database import insert
from participation.extensions import db
from participation.notifications.rules import EventKind, Reason
from participation.notifications.service import announce_to
from participation.outcomes import queries
from participation.outcomes.models import Outcome, OutcomeRemark
from participation.permissions import Actor
from participation.web.text import excerpt

EXCERPT_CHARACTERS = 280


def remark(actor: Actor, *, outcome: Outcome, body: str, submission_key: str | None) -> None:
    """Say it to the others who work on the outcome. The same form sent twice says it once."""
    row = {
        "outcome_id": outcome.id,
        "author_id": actor.id,
        "at": clock.now(),
        "body": body,
        "submission_key": submission_key,
    }
    statement = insert(OutcomeRemark, db.session.get_bind().dialect.name).values(row)
    said = db.session.scalar(statement.on_conflict_do_nothing().returning(OutcomeRemark.id))
    if said is not None:
        _tell(actor, outcome, body)


def _tell(actor: Actor, outcome: Outcome, body: str) -> None:
    spoken = {each.author_id for each in queries.remarks_on(outcome.id)}
    involved = {*outcome.writer_ids, *spoken, *({outcome.approved_by} if outcome.approved_by else ())} - {actor.id}
    announce_to(
        EventKind.WORK,
        about=outcome.subject,
        people=involved,
        facts={
            "task": "remark",
            "outcome": {"id": outcome.id, "title": outcome.title},
            "by": by.name if (by := accounts.person(actor.id)) else "",
            "body": excerpt(body, EXCERPT_CHARACTERS),
        },
        reason=Reason.STAFF,
    )
