"""Innovation projects, their way through the phases, and which needs they take on."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from participation.accounts.models import Person
from participation.database import Base, UtcDateTime, enum_type
from participation.needs.models import Need
from participation.notifications.rules import Subject
from participation.projects.rules import (
    SUMMARY_MAX_CHARACTERS,
    TITLE_MAX_CHARACTERS,
    Phase,
    Scope,
    Visibility,
)

SUBJECT_KIND = "project"


class Project(Base):
    __tablename__ = "project"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(TITLE_MAX_CHARACTERS))
    summary: Mapped[str] = mapped_column(String(SUMMARY_MAX_CHARACTERS))
    purpose: Mapped[str] = mapped_column(Text)
    owner_unit: Mapped[str] = mapped_column(String(120))
    contact: Mapped[str] = mapped_column(String(200))
    visibility: Mapped[Visibility] = mapped_column(enum_type(Visibility))
    phase: Mapped[Phase] = mapped_column(enum_type(Phase))
    goals: Mapped[list[int]] = mapped_column(JSON)
    principles: Mapped[list[str]] = mapped_column(JSON)
    lessons: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    stopped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    moved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    submission_key: Mapped[str | None] = mapped_column(String(64), unique=True)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}

    @property
    def subject(self) -> Subject:
        return Subject(SUBJECT_KIND, self.id)

    @property
    def is_public(self) -> bool:
        return self.visibility is Visibility.PUBLIC


class ProjectMove(Base):
    """A step on the project's way: into a phase, or stopped when there is none."""

    __tablename__ = "project_move"
    __table_args__ = (Index("ix_project_move_project_id", "project_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    phase: Mapped[Phase | None] = mapped_column(enum_type(Phase))
    note: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[int] = mapped_column(ForeignKey("person.id"))

    actor: Mapped[Person] = relationship(lazy="raise_on_sql")


class NeedLink(Base):
    """A project's tie to a need. It is never deleted, only ended."""

    __tablename__ = "need_link"
    __table_args__ = (
        Index(
            "uq_need_link_live",
            "project_id",
            "need_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_need_link_need_id", "need_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    need_id: Mapped[int] = mapped_column(ForeignKey("need.id"))
    scope: Mapped[Scope] = mapped_column(enum_type(Scope))
    note: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    end_note: Mapped[str] = mapped_column(Text, default="")

    project: Mapped[Project] = relationship(lazy="raise_on_sql")
    need: Mapped[Need] = relationship(lazy="raise_on_sql")
