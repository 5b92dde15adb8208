"""Comments on needs."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from participation.accounts.models import Person
from participation.database import Base, UtcDateTime

SUBJECT_KIND = "comment"


class Comment(Base):
    __tablename__ = "comment"
    __table_args__ = (
        Index("ix_comment_need_id", "need_id", "id"),
        Index("ix_comment_parent_id", "parent_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    need_id: Mapped[int] = mapped_column(ForeignKey("need.id"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("comment.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    body: Mapped[str] = mapped_column(Text)
    as_staff: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    edited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    submission_key: Mapped[str | None] = mapped_column(String(64), unique=True)

    author: Mapped[Person] = relationship(lazy="raise_on_sql")


class CommentRevision(Base):
    """The words as they were before an edit."""

    __tablename__ = "comment_revision"

    id: Mapped[int] = mapped_column(primary_key=True)
    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id"), index=True)
    replaced_at: Mapped[datetime] = mapped_column(UtcDateTime)
    body: Mapped[str] = mapped_column(Text)
