"""Who wants to be told of what; what happened; and who was told of it."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from participation.accounts.models import Person
from participation.database import Base, UtcDateTime, enum_type
from participation.notifications.rules import DeliveryStatus, EventKind, Pace, Reason, Subject, Topic


class Subscription(Base):
    """A row for each reason, so that ending one leaves the others."""

    __tablename__ = "subscription"
    __table_args__ = (Index("ix_subscription_person_id", "person_id"),)

    subject_kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    subject_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    reason: Mapped[Reason] = mapped_column(enum_type(Reason), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Preference(Base):
    """How soon a person wants to be told of a topic; without a row, at once."""

    __tablename__ = "preference"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    topic: Mapped[Topic] = mapped_column(enum_type(Topic), primary_key=True)
    pace: Mapped[Pace] = mapped_column(enum_type(Pace))


class Mute(Base):
    """A person wants no mail about this subject; what happens still stands on their page."""

    __tablename__ = "mute"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    subject_kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    subject_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Event(Base):
    """Something that happened, with the facts as they were said then."""

    __tablename__ = "event"
    __table_args__ = (Index("ix_event_about", "about_kind", "about_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[EventKind] = mapped_column(enum_type(EventKind))
    about_kind: Mapped[str] = mapped_column(String(20))
    about_id: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"), index=True)
    """The event whose wording this one sets right."""
    opened: Mapped[int] = mapped_column(default=0)
    """How many came to the site from its mail."""

    subjects: Mapped[list["EventSubject"]] = relationship(lazy="raise_on_sql")

    @property
    def about(self) -> Subject:
        return Subject(self.about_kind, self.about_id)


class EventSubject(Base):
    """What people subscribe to that the event concerns: an outcome concerns many needs."""

    __tablename__ = "event_subject"
    __table_args__ = (Index("ix_event_subject_subject", "subject_kind", "subject_id"),)

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), primary_key=True)
    subject_kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    subject_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class Opening(Base):
    """That someone came to the site from an event's mail. Who can't be read from it; the same one counts once."""

    __tablename__ = "opening"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), primary_key=True)
    mark: Mapped[str] = mapped_column(String(64), primary_key=True)


class LetterBatch(Base):
    """Letters made for people whom no mail reaches, printed together."""

    __tablename__ = "letter_batch"

    id: Mapped[int] = mapped_column(primary_key=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    told_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class Bounce(Base):
    """A mail that came back for good. The same report read twice is one."""

    __tablename__ = "bounce"
    __table_args__ = (Index("ix_bounce_person_id", "person_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    mail_key: Mapped[str] = mapped_column(String(120), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    status: Mapped[str] = mapped_column(String(12))
    diagnostic: Mapped[str] = mapped_column(String(300))


class Delivery(Base):
    """One person told of one event. Its key is what keeps anyone from being told twice."""

    __tablename__ = "delivery"
    __table_args__ = (
        Index(
            "ix_delivery_waiting",
            "next_attempt_at",
            sqlite_where=text("status = 'pending' AND pace = 'at_once'"),
            postgresql_where=text("status = 'pending' AND pace = 'at_once'"),
        ),
        Index(
            "ix_delivery_bundled",
            "next_attempt_at",
            "person_id",
            sqlite_where=text("status = 'pending' AND pace <> 'at_once'"),
            postgresql_where=text("status = 'pending' AND pace <> 'at_once'"),
        ),
        Index(
            "ix_delivery_unreachable",
            "person_id",
            sqlite_where=text("status = 'unreachable'"),
            postgresql_where=text("status = 'unreachable'"),
        ),
        Index(
            "ix_delivery_failed",
            "next_attempt_at",
            sqlite_where=text("status = 'failed'"),
            postgresql_where=text("status = 'failed'"),
        ),
        Index("ix_delivery_person_id_event_id", "person_id", "event_id"),
    )

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    reason: Mapped[Reason] = mapped_column(enum_type(Reason))
    status: Mapped[DeliveryStatus] = mapped_column(enum_type(DeliveryStatus))
    pace: Mapped[Pace] = mapped_column(enum_type(Pace), default=Pace.AT_ONCE)
    next_attempt_at: Mapped[datetime] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    refusals: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str | None] = mapped_column(String(300))
    letter_batch_id: Mapped[int | None] = mapped_column(ForeignKey("letter_batch.id"), index=True)

    event: Mapped[Event] = relationship(lazy="raise_on_sql")
    person: Mapped[Person] = relationship(lazy="raise_on_sql")
