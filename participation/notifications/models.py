"""Who wants to be told of what; what happened; and who was told of it."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from participation.accounts.models import Person
from participation.database import Base, UtcDateTime, enum_type
from participation.notifications.rules import DeliveryStatus, EventKind, Reason, Subject


class Subscription(Base):
    """A row for each reason, so that ending one leaves the others."""

    __tablename__ = "subscription"
    __table_args__ = (Index("ix_subscription_person_id", "person_id"),)

    subject_kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    subject_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    reason: Mapped[Reason] = mapped_column(enum_type(Reason), primary_key=True)
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


class Delivery(Base):
    """One person told of one event. Its key is what keeps anyone from being told twice."""

    __tablename__ = "delivery"
    __table_args__ = (
        Index(
            "ix_delivery_waiting",
            "next_attempt_at",
            sqlite_where=text("status = 'pending'"),
            postgresql_where=text("status = 'pending'"),
        ),
        Index("ix_delivery_person_id_event_id", "person_id", "event_id"),
    )

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    reason: Mapped[Reason] = mapped_column(enum_type(Reason))
    status: Mapped[DeliveryStatus] = mapped_column(enum_type(DeliveryStatus))
    next_attempt_at: Mapped[datetime] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    refusals: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str | None] = mapped_column(String(300))

    event: Mapped[Event] = relationship(lazy="raise_on_sql")
    person: Mapped[Person] = relationship(lazy="raise_on_sql")
