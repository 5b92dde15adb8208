"""What a project led to: for whom, how far, and how we know."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Numeric, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from participation.accounts.models import Person
from participation.database import Base, UtcDateTime, enum_type
from participation.needs.models import Need
from participation.needs.rules import NOT_LISTED
from participation.notifications.rules import Subject
from participation.outcomes.rules import (
    INDICATOR_NAME_MAX_CHARACTERS,
    SUMMARY_MAX_CHARACTERS,
    TITLE_MAX_CHARACTERS,
    UNIT_MAX_CHARACTERS,
    Gate,
    Helped,
    OutcomeState,
    Verdict,
    need_move,
)
from participation.projects.models import Project

SUBJECT_KIND = "outcome"


class Outcome(Base):
    __tablename__ = "outcome"
    __table_args__ = (
        Index("ix_outcome_state_published_at", "state", "published_at"),
        Index("ix_outcome_state_publish_at", "state", "publish_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    title: Mapped[str] = mapped_column(String(TITLE_MAX_CHARACTERS))
    summary: Mapped[str] = mapped_column(String(SUMMARY_MAX_CHARACTERS))
    body: Mapped[str] = mapped_column(Text)
    # "values" is a word of SQL's own; every kind of value the outcome had.
    kinds_of_value: Mapped[list[str]] = mapped_column(JSON)
    foremost_need_id: Mapped[int | None] = mapped_column(ForeignKey("need.id"))
    """The need it speaks to first: as its writers chose, or as it was when it was published."""
    not_about: Mapped[list[int]] = mapped_column(JSON, default=list)
    """The linked needs that it does not concern, by number: they get no answer, and nobody is told because of them."""
    state: Mapped[OutcomeState] = mapped_column(enum_type(OutcomeState), default=OutcomeState.DRAFT)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_back_note: Mapped[str] = mapped_column(Text, default="")
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    publish_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """The minute it is to be published, once scheduled."""
    scheduled_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    held_back_note: Mapped[str] = mapped_column(Text, default="")
    """Why it was not published when its minute came."""
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    published_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    people_behind: Mapped[int] = mapped_column(default=0)
    """How many different people supported the needs it meets, at least in part, when it was published."""
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"))
    """The event that told of it."""
    corrected_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    withdrawn_reason: Mapped[str] = mapped_column(Text, default="")
    picture_key: Mapped[str | None] = mapped_column(String(64))
    picture_alt: Mapped[str] = mapped_column(String(300), default="")
    translations: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """Its words in other languages, by language, as `wording` keeps them."""
    asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    """When those behind it were asked whether it helped."""
    helped_yes: Mapped[int] = mapped_column(default=0)
    helped_partly: Mapped[int] = mapped_column(default=0)
    helped_no: Mapped[int] = mapped_column(default=0)
    told_count: Mapped[int] = mapped_column(default=0)
    """How many had been told of it by mail or on paper when that was last counted, of so many who were to be."""
    audience_count: Mapped[int] = mapped_column(default=0)
    submission_key: Mapped[str | None] = mapped_column(String(64), unique=True)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}

    project: Mapped[Project] = relationship(lazy="raise_on_sql")
    gates: Mapped[list["GateEvidence"]] = relationship(lazy="selectin", cascade="all, delete-orphan")
    indicators: Mapped[list["Indicator"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="Indicator.id"
    )
    needs: Mapped[list["OutcomeNeed"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="OutcomeNeed.need_id"
    )
    writers: Mapped[list["OutcomeWriter"]] = relationship(lazy="selectin", cascade="all, delete-orphan")

    @property
    def subject(self) -> Subject:
        return Subject(SUBJECT_KIND, self.id)

    @property
    def evidence(self) -> dict[Gate, str]:
        return {found.gate: found.evidence for found in self.gates}

    @property
    def foremost(self) -> "OutcomeNeed | None":
        """The need it speaks to first: the one chosen, else one it takes into use, meets best, and most people have."""
        chosen = next((answer for answer in self.needs if answer.need_id == self.foremost_need_id), None)
        return chosen or min(self.needs, key=self._order, default=None)

    @property
    def quoted(self) -> Need | None:
        """The need in whose words it is asked for; none where its author has withdrawn those."""
        foremost = self.foremost
        return foremost.need if foremost and foremost.need.state not in NOT_LISTED else None

    def _order(self, answer: "OutcomeNeed") -> tuple[bool, bool, bool, int]:
        moves = need_move(answer.need.state, verdict=answer.verdict, evidence=self.evidence) is not None
        return not moves, answer.verdict is Verdict.NOT, answer.verdict is Verdict.PARTLY, -answer.need.support_count

    @property
    def words(self) -> dict[str, Any]:
        """What is said in every language, as `wording` reads it; in bokmål."""
        return {
            "title": self.title,
            "summary": self.summary,
            "body": self.body,
            "picture_alt": self.picture_alt,
            "needs": {str(answer.need_id): answer.text for answer in self.needs},
            "evidence": {gate.value: text for gate, text in self.evidence.items()},
            "indicators": [{"name": indicator.name, "unit": indicator.unit} for indicator in self.indicators],
        }

    @property
    def writer_ids(self) -> set[int]:
        return {writer.person_id for writer in self.writers}


class OutcomeWriter(Base):
    """Everyone who has written on the outcome; none of them approves it."""

    __tablename__ = "outcome_writer"

    outcome_id: Mapped[int] = mapped_column(ForeignKey("outcome.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)


class GateEvidence(Base):
    __tablename__ = "gate_evidence"

    outcome_id: Mapped[int] = mapped_column(ForeignKey("outcome.id"), primary_key=True)
    gate: Mapped[Gate] = mapped_column(enum_type(Gate), primary_key=True)
    evidence: Mapped[str] = mapped_column(Text)
    recorded_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)

    recorder: Mapped[Person] = relationship(lazy="joined")


class Indicator(Base):
    """A figure before and now, with the unit and the day it was measured."""

    __tablename__ = "indicator"

    id: Mapped[int] = mapped_column(primary_key=True)
    outcome_id: Mapped[int] = mapped_column(ForeignKey("outcome.id"), index=True)
    name: Mapped[str] = mapped_column(String(INDICATOR_NAME_MAX_CHARACTERS))
    unit: Mapped[str] = mapped_column(String(UNIT_MAX_CHARACTERS))
    before: Mapped[Decimal] = mapped_column(Numeric(14, 2))
    now: Mapped[Decimal] = mapped_column(Numeric(14, 2))
    target: Mapped[Decimal | None] = mapped_column(Numeric(14, 2))
    measured_on: Mapped[date]


class OutcomeNeed(Base):
    """How far the outcome meets one need, in words to those who have it."""

    __tablename__ = "outcome_need"
    __table_args__ = (Index("ix_outcome_need_need_id", "need_id"),)

    outcome_id: Mapped[int] = mapped_column(ForeignKey("outcome.id"), primary_key=True)
    need_id: Mapped[int] = mapped_column(ForeignKey("need.id"), primary_key=True)
    verdict: Mapped[Verdict] = mapped_column(enum_type(Verdict))
    text: Mapped[str] = mapped_column(Text)

    need: Mapped[Need] = relationship(lazy="raise_on_sql")


class OutcomeRemark(Base):
    """What writers and approvers say to each other on the outcome. Never public."""

    __tablename__ = "outcome_remark"
    __table_args__ = (Index("ix_outcome_remark_outcome_id", "outcome_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    outcome_id: Mapped[int] = mapped_column(ForeignKey("outcome.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    body: Mapped[str] = mapped_column(Text)
    submission_key: Mapped[str | None] = mapped_column(String(64), unique=True)

    author: Mapped[Person] = relationship(lazy="raise_on_sql")


class OutcomeCorrection(Base):
    """A correction that waits for another to approve it."""

    __tablename__ = "outcome_correction"

    outcome_id: Mapped[int] = mapped_column(ForeignKey("outcome.id"), primary_key=True)
    words: Mapped[dict[str, Any]] = mapped_column(JSON)
    note: Mapped[str] = mapped_column(Text)
    written_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)

    writer: Mapped[Person] = relationship(lazy="raise_on_sql")


class OutcomeVersion(Base):
    """The words as they were published before a correction, for all to read."""

    __tablename__ = "outcome_version"

    outcome_id: Mapped[int] = mapped_column(ForeignKey("outcome.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    words: Mapped[dict[str, Any]] = mapped_column(JSON)
    note: Mapped[str] = mapped_column(Text)
    """What was corrected in it."""
    replaced_at: Mapped[datetime] = mapped_column(UtcDateTime)
    written_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    approved_by: Mapped[int] = mapped_column(ForeignKey("person.id"))


class UseCheck(Base):
    """The question, so many months after publishing, whether it is still in use."""

    __tablename__ = "use_check"
    __table_args__ = (
        Index(
            "ix_use_check_open",
            "due_on",
            sqlite_where=text("answered_at IS NULL"),
            postgresql_where=text("answered_at IS NULL"),
        ),
    )

    outcome_id: Mapped[int] = mapped_column(ForeignKey("outcome.id"), primary_key=True)
    months: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    due_on: Mapped[date]
    asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reminded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """Who answered; none when nobody did in time, and the needs went back by themselves."""
    still_in_use: Mapped[bool | None]
    evidence: Mapped[str] = mapped_column(Text, default="")
    figures: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    """Each with name, unit, value and measured_on, as text."""

    outcome: Mapped[Outcome] = relationship(lazy="raise_on_sql")
    answerer: Mapped[Person | None] = relationship(lazy="raise_on_sql")


class Feedback(Base):
    """What one person behind a need said when asked whether the outcome helped."""

    __tablename__ = "feedback"
    __table_args__ = (Index("ix_feedback_answered_at", "answered_at"),)

    outcome_id: Mapped[int] = mapped_column(ForeignKey("outcome.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    helped: Mapped[Helped] = mapped_column(enum_type(Helped))
    words: Mapped[str] = mapped_column(Text)
    may_publish: Mapped[bool]
    """Whether the person lets the words stand on the result's page, without a name."""
    answered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    published_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
