"""Every column that points to a person, and what becomes of it when two people's accounts are made one.

A guard holds this list against the tables: a new column must be put somewhere here before anyone can merge past it.
"""

from typing import Any

from sqlalchemy import ColumnElement, and_
from sqlalchemy.orm import InstrumentedAttribute

from participation.accounts.models import (
    Identity,
    Passkey,
    Person,
    PersonRole,
    SignInAttempt,
    SignInLink,
    SignInSession,
)
from participation.audit.models import AuditEntry
from participation.comments.models import Comment
from participation.needs.models import LineRevision, Need, NeedDraft, NeedUpdate
from participation.needs.rules import BY_AUTHOR, UpdateKind
from participation.notifications.models import Bounce, Delivery, LetterBatch, Mute, Preference, Subscription
from participation.outcomes.models import (
    Feedback,
    GateEvidence,
    Outcome,
    OutcomeCorrection,
    OutcomeRemark,
    OutcomeVersion,
    OutcomeWriter,
    UseCheck,
)
from participation.projects.models import Measurement, NeedLink, ProjectMember, ProjectMove, ProjectNote
from participation.support.models import Support

Column = InstrumentedAttribute[Any]

# What people have done as staff. Their names stand under it, so it follows the account that has the name.
DONE_AS_STAFF: tuple[Column, ...] = (
    Need.case_worker_id,
    LineRevision.replaced_by,
    ProjectMove.actor_id,
    NeedLink.created_by,
    Measurement.noted_by,
    ProjectNote.author_id,
    LetterBatch.made_by,
    LetterBatch.told_by,
    Outcome.approved_by,
    Outcome.scheduled_by,
    Outcome.published_by,
    Outcome.withdrawn_by,
    GateEvidence.recorded_by,
    OutcomeRemark.author_id,
    OutcomeCorrection.written_by,
    OutcomeVersion.written_by,
    OutcomeVersion.approved_by,
    UseCheck.answered_by,
    Feedback.published_by,
)
MOVED: tuple[Column, ...] = (
    *DONE_AS_STAFF,
    Need.author_id,
    NeedDraft.person_id,
    NeedUpdate.actor_id,
    Comment.author_id,
    Identity.person_id,
    Passkey.person_id,
    SignInLink.for_person_id,
    SignInAttempt.person_id,
    Person.merged_into_id,
)
# The person is part of the key. What both have is the kept one's; the rest is moved.
UNITED: tuple[Column, ...] = (
    PersonRole.person_id,
    Subscription.person_id,
    Mute.person_id,
    Preference.person_id,
    OutcomeWriter.person_id,
    ProjectMember.person_id,
)
# There is more to it, and a function for each.
UNITED_WITH_CARE: tuple[Column, ...] = (
    Support.person_id,
    Feedback.person_id,
    Delivery.person_id,
    Bounce.person_id,
)
LEFT_ALONE: dict[Column, str] = {
    AuditEntry.actor_id: "the trail says what each account did while it was one, and the account says whose it became",
    SignInSession.person_id: "all are ended, and are thrown away with others that are long over",
}


def signed_as_staff(person_id: int) -> list[ColumnElement[bool]]:
    """What there is a row of, in one of these tables, when the person's name stands under something as staff."""
    by_author = [*BY_AUTHOR, UpdateKind.RECEIVED]
    return [
        *(column == person_id for column in (*DONE_AS_STAFF, OutcomeWriter.person_id, ProjectMember.person_id)),
        and_(NeedUpdate.actor_id == person_id, NeedUpdate.kind.not_in(by_author)),
        and_(Comment.author_id == person_id, Comment.as_staff),
    ]
