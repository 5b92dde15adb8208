"""Reads the conversation under a need."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload

from participation.comments.models import Comment
from participation.extensions import db
from participation.needs.models import Need
from participation.needs.rules import NOT_LISTED
from participation.search.models import SearchDocument

THREADS_A_PAGE = 50


@dataclass
class Thread:
    comment: Comment
    replies: list[Comment] = field(default_factory=list)


def threads(need_id: int, *, after_id: int = 0) -> tuple[list[Thread], int | None]:
    """One page of threads, oldest first, each with all its replies; and what the next page starts after."""
    tops = db.session.scalars(
        select(Comment)
        .where(Comment.need_id == need_id, Comment.parent_id.is_(None), Comment.id > after_id)
        .options(joinedload(Comment.author))
        .order_by(Comment.id)
        .limit(THREADS_A_PAGE + 1)
    ).all()
    more = len(tops) > THREADS_A_PAGE
    return _with_replies(tops[:THREADS_A_PAGE]), tops[THREADS_A_PAGE - 1].id if more else None


def latest_threads(need_id: int) -> list[Thread]:
    """The threads begun last, newest first, each with all its replies."""
    tops = db.session.scalars(
        select(Comment)
        .where(Comment.need_id == need_id, Comment.parent_id.is_(None))
        .options(joinedload(Comment.author))
        .order_by(Comment.id.desc())
        .limit(THREADS_A_PAGE)
    ).all()
    return _with_replies(tops)


def _with_replies(tops: Sequence[Comment]) -> list[Thread]:
    found = {top.id: Thread(top) for top in tops}
    replies = db.session.scalars(
        select(Comment).where(Comment.parent_id.in_(found)).options(joinedload(Comment.author)).order_by(Comment.id)
    )
    for reply in replies:
        found[reply.parent_id or 0].replies.append(reply)
    return list(found.values())


def comment_of_need(need_id: int, comment_id: int) -> Comment | None:
    return db.session.scalar(
        select(Comment).where(Comment.id == comment_id, Comment.need_id == need_id).options(joinedload(Comment.author))
    )


def in_shown_needs() -> ColumnElement[bool]:
    """Of the documents of comments, those on needs that are for all to see."""
    among = select(Comment.id).join(Need, Need.id == Comment.need_id)
    among = among.where(Comment.id == SearchDocument.object_id, Need.state.not_in(NOT_LISTED))
    return among.correlate(SearchDocument).exists()


def with_needs(numbers: Sequence[int]) -> Sequence[tuple[Comment, Need]]:
    """These comments in this order, each with its need."""
    query = select(Comment, Need).join(Need, Need.id == Comment.need_id).where(Comment.id.in_(numbers))
    rows = {comment.id: (comment, need) for comment, need in db.session.execute(query)}
    return [rows[number] for number in numbers if number in rows]
