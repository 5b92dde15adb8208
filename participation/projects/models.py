"""Innovation projects, their way through the phases, and which needs they take on."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import JSON, ForeignKey, Index, Numeric, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from participation.accounts.models import Person
from participation.database import Base, UtcDateTime, enum_type
from participation.needs.models import Need
from participation.notifications.rules import Subject
from participation.projects.rules import (
    SUMMARY_MAX_CHARACTERS,
    TITLE_MAX_CHARACTERS,
    Ending,
    NoteKind,
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
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ending: Mapped[Ending | None] = mapped_column(enum_type(Ending))
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
    """A step on the project's way: into a phase, or to its end where there is none."""

    __tablename__ = "project_move"
    __table_args__ = (Index("ix_project_move_project_id", "project_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    phase: Mapped[Phase | None] = mapped_column(enum_type(Phase))
    ending: Mapped[Ending | None] = mapped_column(enum_type(Ending))
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


class PhasePlan(Base):
    """The day a phase is meant to begin."""

    __tablename__ = "phase_plan"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), primary_key=True)
    phase: Mapped[Phase] = mapped_column(enum_type(Phase), primary_key=True)
    begins_on: Mapped[date]


class Milestone(Base):
    __tablename__ = "milestone"
    __table_args__ = (Index("ix_milestone_project_id", "project_id", "planned_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    title: Mapped[str] = mapped_column(String(TITLE_MAX_CHARACTERS))
    planned_on: Mapped[date]
    reached_on: Mapped[date | None]
    note: Mapped[str] = mapped_column(Text, default="")
    is_public: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}


class ProjectIndicator(Base):
    """A figure the project means to change: how it was before, and what it should become."""

    __tablename__ = "project_indicator"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    unit: Mapped[str] = mapped_column(String(40))
    baseline: Mapped[Decimal] = mapped_column(Numeric(14, 2))
    baseline_on: Mapped[date]
    target: Mapped[Decimal | None] = mapped_column(Numeric(14, 2))
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}

    measurements: Mapped[list["Measurement"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="Measurement.measured_on, Measurement.id"
    )


class Measurement(Base):
    __tablename__ = "measurement"

    id: Mapped[int] = mapped_column(primary_key=True)
    indicator_id: Mapped[int] = mapped_column(ForeignKey("project_indicator.id"), index=True)
    value: Mapped[Decimal] = mapped_column(Numeric(14, 2))
    measured_on: Mapped[date]
    noted_by: Mapped[int] = mapped_column(ForeignKey("person.id"))


class ProjectMember(Base):
    """One of the team; staff see who, residents do not."""

    __tablename__ = "project_member"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    part: Mapped[str] = mapped_column(String(80))

    person: Mapped[Person] = relationship(lazy="raise_on_sql")


class ProjectNote(Base):
    """What staff write to each other on the project, and what was decided. Never public."""

    __tablename__ = "project_note"
    __table_args__ = (Index("ix_project_note_project_id", "project_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    kind: Mapped[NoteKind] = mapped_column(enum_type(NoteKind))
    body: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    submission_key: Mapped[str | None] = mapped_column(String(64), unique=True)

    author: Mapped[Person] = relationship(lazy="raise_on_sql")
