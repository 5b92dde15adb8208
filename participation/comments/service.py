"""Writes and edits comments."""

from sqlalchemy import update

from participation import clock
from participation.accounts.former import hold_open
from participation.audit import service as audit
from participation.comments.findable import index
from participation.comments.models import SUBJECT_KIND, Comment, CommentRevision
from participation.comments.rules import may_edit, may_reply_to
from participation.database import insert
from participation.extensions import db
from participation.needs.models import Need
from participation.needs.rules import HEAT_OF_COMMENT, heat, may_comment
from participation.notifications.rules import Reason
from participation.notifications.service import subscribe
from participation.permissions import Actor
from participation.refusals import Refusal, Refused, ensure
from participation.search import service as search
from participation.search.service import Findable


def comment(
    actor: Actor, *, need: Need, body: str, parent_id: int | None = None, submission_key: str | None = None
) -> int | None:
    """Add a comment and return its number; None when the same form was sent before.

    Raises Refused(WRONG_STATE) for a parent that belongs elsewhere, and the rules' own reasons.
    """
    ensure(may_comment(need.state))
    if parent_id is not None:
        _check_parent(parent_id, need)
    hold_open(actor.id)
    moment = clock.now()
    statement = insert(Comment, db.session.get_bind().dialect.name).values(
        need_id=need.id,
        parent_id=parent_id,
        author_id=actor.id,
        body=body,
        as_staff=actor.is_staff,
        created_at=moment,
        submission_key=submission_key,
    )
    number: int | None = db.session.execute(
        statement.on_conflict_do_nothing().returning(Comment.id)
    ).scalar_one_or_none()
    if number is None:
        return None
    _count(need, heat_change=heat(HEAT_OF_COMMENT, at=moment))
    search.index(SUBJECT_KIND, Findable(number, "", (body,)))
    subscribe(actor.id, subject=need.subject, reason=Reason.COMMENTER)
    audit.record("commented", actor_id=actor.id, kind=SUBJECT_KIND, object_id=number)
    return number


def _check_parent(parent_id: int, need: Need) -> None:
    parent = db.session.get(Comment, parent_id)
    if parent is None or parent.need_id != need.id:
        raise Refused(Refusal.WRONG_STATE)
    ensure(may_reply_to(parent_of_parent=parent.parent_id))


def _count(need: Need, *, heat_change: float) -> None:
    db.session.execute(
        update(Need)
        .where(Need.id == need.id)
        .values(comment_count=Need.comment_count + 1, heat=Need.heat + heat_change)
        .execution_options(synchronize_session=False)
    )
    db.session.expire(need, ["comment_count", "heat"])


def edit(actor: Actor, *, comment: Comment, body: str) -> None:
    """Change one's own words within the hour, keeping the former ones."""
    moment = clock.now()
    ensure(may_edit(actor, author_id=comment.author_id, created_at=comment.created_at, now=moment))
    if comment.body == body:
        return
    db.session.add(CommentRevision(comment_id=comment.id, replaced_at=moment, body=comment.body))
    comment.body, comment.edited_at = body, moment
    index(comment)
    audit.record("edited", actor_id=actor.id, kind=SUBJECT_KIND, object_id=comment.id)
