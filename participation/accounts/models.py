"""People, their roles, and how they sign in."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from participation.accounts.rules import (
    EMAIL_MAX_CHARACTERS,
    NAME_MAX_CHARACTERS,
    PASSKEY_NAME_MAX_CHARACTERS,
    IdentityKind,
    Language,
)
from participation.database import Base, UtcDateTime, enum_type
from participation.permissions import Actor, Assurance, Role

TOKEN_HASH_CHARACTERS = 64
PROVIDER_MAX_CHARACTERS = 40
# Where a role comes from that an administrator gave here, and not a directory.
GIVEN_HERE = "here"


class Person(Base):
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
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    """Whose account this one has become part of: it is closed and empty, and never opened again."""

    roles: Mapped[list["PersonRole"]] = relationship(lazy="selectin", cascade="all, delete-orphan")

    @property
    def roles_given_here(self) -> frozenset[Role]:
        return frozenset(held.role for held in self.roles if held.source == GIVEN_HERE)

    @property
    def actor(self) -> Actor:
        """With every role the person has; who is signed in has those of `login.SignedIn.actor`."""
        return Actor(id=self.id, roles=frozenset({Role.RESIDENT, *(held.role for held in self.roles)}))

    def actor_by(self, provider: str) -> Actor:
        """With the roles that count for who was signed in so just now: a directory's only by it."""
        held = (role.role for role in self.roles if role.source in {GIVEN_HERE, provider})
        return Actor(id=self.id, roles=frozenset({Role.RESIDENT, *held}))


class PersonRole(Base):
    """A role, and who says that the person has it: an administrator here, or a directory by its key in the settings."""

    __tablename__ = "person_role"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    role: Mapped[Role] = mapped_column(enum_type(Role), primary_key=True)
    source: Mapped[str] = mapped_column(String(PROVIDER_MAX_CHARACTERS), primary_key=True, default=GIVEN_HERE)


class Identity(Base):
    """What someone who signs people in knows a person by. Its key is what keeps one person to one account."""

    __tablename__ = "identity"

    kind: Mapped[IdentityKind] = mapped_column(enum_type(IdentityKind), primary_key=True)
    value: Mapped[str] = mapped_column(String(255), primary_key=True)
    """Of a national identity number, of an address that is written to no more, and of all that an account that is
    closed was known by, only a keyed digest."""
    key_version: Mapped[int | None]
    """Which key the digest is made with; none where the value is no digest, and 0 for the key of this service's own."""
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    person: Mapped[Person] = relationship(lazy="joined")


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
    browser_hash: Mapped[str | None] = mapped_column(String(TOKEN_HASH_CHARACTERS))
    """The browser that asked for it: only there does what was written come along by itself."""
    for_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """Whose address it is to become, when somebody signed in has asked; then it signs nobody in."""
    is_notice: Mapped[bool] = mapped_column(default=False)
    """Only tells that the address is no longer that person's, and leads nowhere."""


class SignInAttempt(Base):
    """A way to a sign-in provider and back. What the provider says waits here until the person has agreed to it."""

    __tablename__ = "sign_in_attempt"

    state_hash: Mapped[str] = mapped_column(String(TOKEN_HASH_CHARACTERS), primary_key=True)
    browser_hash: Mapped[str] = mapped_column(String(TOKEN_HASH_CHARACTERS), index=True)
    """The browser that set out: nobody else's can come back."""
    provider: Mapped[str] = mapped_column(String(PROVIDER_MAX_CHARACTERS))
    nonce: Mapped[str] = mapped_column(String(64))
    code_verifier: Mapped[str] = mapped_column(String(128))
    wanted: Mapped[Assurance | None] = mapped_column(enum_type(Assurance))
    next_path: Mapped[str] = mapped_column(String(500))
    draft_key: Mapped[str | None] = mapped_column(String(64))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """Who was signed in when they set out, and now shows that they are more."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    arrival: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """What the provider said, once it has; never a national identity number."""


class SignInSession(Base):
    """One device where a person is signed in."""

    __tablename__ = "sign_in_session"
    __table_args__ = (Index("ix_sign_in_session_issuer_sid", "issuer", "sid"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(TOKEN_HASH_CHARACTERS), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    device: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When it was last used, to within half a minute."""
    idle_minutes: Mapped[int | None]
    """It ends when it has not been used for so long; none where it only ends at `expires_at`."""
    provider: Mapped[str] = mapped_column(String(PROVIDER_MAX_CHARACTERS))
    """The provider's key in the settings, or one of `rules.OWN_WAYS_IN`."""
    assurance: Mapped[Assurance] = mapped_column(enum_type(Assurance), default=Assurance.EMAIL)
    old_enough: Mapped[bool | None]
    """Whether the person is old enough to take part; none where nobody has said."""
    lives_here: Mapped[bool | None]
    """Whether the population register says that they live here; none where nobody has asked."""
    issuer: Mapped[str | None] = mapped_column(String(255))
    sid: Mapped[str | None] = mapped_column(String(255))
    """The provider's name for its own session."""
    subject_hash: Mapped[str | None] = mapped_column(String(TOKEN_HASH_CHARACTERS))
    sealed_id_token: Mapped[str | None] = mapped_column(Text)
    """What signing out at the provider asks for, encrypted; gone when the session ends."""
    passkey_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the person showed a passkey on top."""
    passkey_challenge: Mapped[str | None] = mapped_column(String(128))
    """What a passkey is to answer next: what for, till when, and the random part. Answered once."""

    person: Mapped[Person] = relationship(lazy="joined")

    @property
    def full_actor(self) -> Actor:
        """The person with the roles that count here: a directory's only for who was signed in by it just now.

        It takes the second step as done: what they may do now is said by `login.SignedIn.actor`.
        """
        return self.person.actor_by(self.provider)


class Passkey(Base):
    """A key that one of the person's devices keeps (WebAuthn). Only its public half is here."""

    __tablename__ = "passkey"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    credential_id: Mapped[str] = mapped_column(String(1400), unique=True)
    """In base64url without padding, as browsers write it."""
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger)
    """How often it has been used, as the device counts; 0 from one that doesn't count."""
    name: Mapped[str] = mapped_column(String(PASSKEY_NAME_MAX_CHARACTERS))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
