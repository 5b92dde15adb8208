"""Finds people and their sign-in sessions."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import exists, select

from participation import clock
from participation.accounts.marks import digests_to_know
from participation.accounts.models import Identity, Passkey, Person, PersonRole, SignInLink, SignInSession
from participation.accounts.rules import IdentityKind, postal_words, session_ends
from participation.extensions import db
from participation.permissions import Role


def token_hash(token: str) -> str:
    """What is kept of a token. The tokens are long and random, so a plain digest can't be guessed back."""
    return hashlib.sha256(token.encode()).hexdigest()


def tidy_email(email: str) -> str:
    """An address as it is kept and compared: lower case, its domain as mail servers know it.

    What is no address stays what it is, and is nobody's.
    """
    try:
        found = validate_email(email.strip(), check_deliverability=False)
    except EmailNotValidError:
        return email.strip().lower()
    return (found.ascii_email or found.normalized).lower()


def person_by_email(email: str) -> Person | None:
    """Whose address it is; or, where two accounts became one and it is written to no more, whom it leads to."""
    found = db.session.scalar(select(Person).where(Person.email == tidy_email(email)))
    if found is not None:
        return found
    former = person_known_by(IdentityKind.FORMER_EMAIL, tidy_email(email))
    return former if former is not None and former.closed_at is None else None


def person_known_by(kind: IdentityKind, value: str) -> Person | None:
    """Whose way in it was before their account was closed, or became part of another. Of a number, see its own."""
    digests = digests_to_know(kind, value)
    return db.session.scalar(
        select(Person)
        .join(Identity, Identity.person_id == Person.id)
        .where(Identity.kind == kind, Identity.value.in_(digests))
        .order_by(Identity.created_at.desc(), Person.id)
        .limit(1)
    )


def person(person_id: int) -> Person | None:
    return db.session.get(Person, person_id)


def person_now(person_id: int) -> Person | None:
    """The person; where their account has become part of another, that one. For what was sent to them before."""
    found = person(person_id)
    return found if found is None or found.merged_into_id is None else person(found.merged_into_id)


def postal_key(name: str, address: str) -> str:
    """What a person known on paper is found by. A digest, since the words may be long."""
    return token_hash(postal_words(name, address))


def person_by_post(name: str, address: str) -> Person | None:
    """The one person with the name at the address, however they are typed."""
    return db.session.scalar(select(Person).where(Person.postal_key == postal_key(name, address)))


def people_at(domain: str) -> Sequence[Person]:
    """Those with an address at the domain, by name; few, as it reads them all."""
    return db.session.scalars(
        select(Person)
        .where(Person.email.endswith(f"@{domain}", autoescape=True), Person.closed_at.is_(None))
        .order_by(Person.name)
    ).all()


def session_by_token(token: str) -> SignInSession | None:
    """The sign-in session the token belongs to, while it lasts."""
    found = db.session.scalar(select(SignInSession).where(SignInSession.token_hash == token_hash(token)))
    return found if found is not None and is_open(found) else None


def is_open(session: SignInSession) -> bool:
    return session.ended_at is None and session.person.closed_at is None and clock.now() < ends_at(session)


def ends_at(session: SignInSession) -> datetime:
    """When the session ends if it is not used again."""
    return session_ends(seen_at=session.seen_at, expires_at=session.expires_at, idle_minutes=session.idle_minutes)


def open_sessions(person_id: int) -> Sequence[SignInSession]:
    """The person's sessions that last, the newest first."""
    kept = db.session.scalars(
        select(SignInSession)
        .where(
            SignInSession.person_id == person_id,
            SignInSession.ended_at.is_(None),
            SignInSession.expires_at > clock.now(),
        )
        .order_by(SignInSession.created_at.desc())
    )
    return [session for session in kept if is_open(session)]


def passkeys_of(person_id: int) -> Sequence[Passkey]:
    """The person's passkeys, the first made first."""
    return db.session.scalars(
        select(Passkey).where(Passkey.person_id == person_id).order_by(Passkey.created_at, Passkey.id)
    ).all()


def has_passkey(person_id: int) -> bool:
    return bool(db.session.scalar(select(exists().where(Passkey.person_id == person_id))))


def link_by_token(token: str) -> SignInLink | None:
    return db.session.scalar(select(SignInLink).where(SignInLink.token_hash == token_hash(token)))


def people_with_roles() -> Sequence[Person]:
    """Everyone who is more than a resident, by name."""
    held = select(PersonRole.person_id).where(PersonRole.role != Role.RESIDENT)
    return db.session.scalars(select(Person).where(Person.id.in_(held)).order_by(Person.name)).all()


def people_by_id(person_ids: Iterable[int]) -> Sequence[Person]:
    """The people with these numbers, by name."""
    return db.session.scalars(select(Person).where(Person.id.in_(list(person_ids))).order_by(Person.name)).all()


def people_in(role: Role) -> Sequence[Person]:
    """Everyone who has the role and an open account, by name; staff, so few."""
    held = select(PersonRole.person_id).where(PersonRole.role == role)
    return db.session.scalars(
        select(Person).where(Person.id.in_(held), Person.closed_at.is_(None)).order_by(Person.name, Person.id)
    ).all()
