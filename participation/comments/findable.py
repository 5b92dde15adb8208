"""What comments are found by."""

from collections.abc import Sequence

from sqlalchemy import select

from participation.comments.models import SUBJECT_KIND, Comment
from participation.extensions import db
from participation.search import service as search
from participation.search.service import Findable


def index(*comments: Comment) -> None:
    search.index(SUBJECT_KIND, *(Findable(comment.id, "", (comment.body,)) for comment in comments))


def batch(after: int, limit: int) -> Sequence[Comment]:
    """The comments that come next, by their numbers; nobody changes them till the caller commits."""
    query = select(Comment).where(Comment.id > after).order_by(Comment.id).limit(limit).with_for_update()
    return db.session.scalars(query).all()
