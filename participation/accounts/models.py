"""People, their roles, and how they sign in."""

from datetime import datetime

from flask_login import UserMixin
from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from participation.accounts.rules import EMAIL_MAX_CHARACTERS, NAME_MAX_CHARACTERS, Language
from participation.database import Base, UtcDateTime, enum_type
from participation.permissions import Actor, Role

TOKEN_HASH_CHARACTERS = 64


class Person(Base, UserMixin):
    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str | None] = mapped_column(String(EMAIL_MAX_CHARACTERS), unique=True)
    name: Mapped[str] = mapped_column(String(NAME_MAX_CHARACTERS))
    name_hidden: Mapped[bool] = mapped_column(default=False)
    unit: Mapped[str | None] = mapped_column(String(120))
    language: Mapped[Language] = mapped_column(enum_type(Language), default=Language.BOKMAL)
    mail_notices: Mapped[bool] = mapped_column(default=True)
    quiet_nights: Mapped[bool] = mapped_column(default=False)
    mail_failed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Since when no mail reaches the address; none while it does, or has not been found not to."""
    postal_address: Mapped[str | None] = mapped_column(Text)
    """Where a letter reaches a person without e-mail."""
    postal_key: Mapped[str | None] = mapped_column(String(64), unique=True)
    """Name and address as they are compared, so that a person known on paper is known once."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    roles: Mapped[list["PersonRole"]] = relationship(lazy="selectin", cascade="all, delete-orphan")

    @property
    def actor(self) -> Actor:
        return Actor(id=self.id, roles=frozenset({Role.RESIDENT, *(held.role for held in self.roles)}))


class PersonRole(Base):
    __tablename__ = "person_role"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    role: Mapped[Role] = mapped_column(enum_type(Role), primary_key=True)


class SignInLink(Base):
    """A wish to sign in by mail. The token is made when the mail is, and only its hash is kept."""

    __tablename__ = "sign_in_link"
    __table_args__ = (Index("ix_sign_in_link_email_requested_at", "email", "requested_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(EMAIL_MAX_CHARACTERS))
    language: Mapped[Language] = mapped_column(enum_type(Language))
    next_path: Mapped[str] = mapped_column(String(500))
    draft_key: Mapped[str | None] = mapped_column(String(64))
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    next_attempt_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    token_hash: Mapped[str | None] = mapped_column(String(TOKEN_HASH_CHARACTERS), unique=True)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SignInSession(Base):
    """One device where a person is signed in."""

    __tablename__ = "sign_in_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(TOKEN_HASH_CHARACTERS), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    device: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    person: Mapped[Person] = relationship(lazy="joined")
