"""People make and show passkeys, each step committed as its view does."""

from datetime import UTC, datetime

from sqlalchemy import select

from participation.accounts import passkeys, sessions
from participation.accounts.models import Person, SignInSession
from participation.accounts.queries import session_by_token
from participation.accounts.sessions import CameBy
from participation.audit.models import AuditEntry
from participation.extensions import db
from participation.refusals import Refusal
from participation.settings_passkeys import PasskeySettings, PasskeysRequired
from tests.soft_passkey import SoftPasskey

SITE = PasskeySettings(required=PasskeysRequired.ADMINISTRATORS, rp_id="localhost", origin="http://localhost")
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
ELSEWHERE = "http://localhost:8080"


def signed_in(person: Person, *, came_by: CameBy = sessions.LINK) -> SignInSession:
    session = session_by_token(sessions.open_session(person, device="test", came_by=came_by))
    assert session is not None
    db.session.commit()
    return session


def begin_making(session: SignInSession) -> str:
    options = passkeys.begin_making(session, site=SITE, site_name="Lier svarer")
    db.session.commit()
    return options


def begin_showing(session: SignInSession) -> str:
    options = passkeys.begin_showing(session, site=SITE)
    db.session.commit()
    return options


def finish_making(session: SignInSession, credential: str) -> Refusal | None:
    refusal = passkeys.finish_making(session, site=SITE, credential=credential, name="Mobilen")
    db.session.commit()
    return refusal


def finish_showing(session: SignInSession, credential: str) -> Refusal | None:
    refusal = passkeys.finish_showing(session, site=SITE, credential=credential)
    db.session.commit()
    return refusal


def make(session: SignInSession, key: SoftPasskey) -> Refusal | None:
    return finish_making(session, key.make(begin_making(session)))


def show(session: SignInSession, key: SoftPasskey) -> Refusal | None:
    return finish_showing(session, key.show(begin_showing(session)))


def with_passkey(person: Person, key: SoftPasskey | None = None) -> SoftPasskey:
    """The person makes it where they are signed in, and is signed out there."""
    key = key or SoftPasskey()
    session = signed_in(person)
    assert make(session, key) is None
    sessions.end_session(person.actor, session_id=session.id)
    db.session.commit()
    return key


def trail(person: Person) -> list[str]:
    """What the audit says of passkeys, with the reasons of refusals."""
    entries = db.session.scalars(
        select(AuditEntry).where(AuditEntry.actor_id == person.id).order_by(AuditEntry.id)
    ).all()
    return [" ".join([entry.action, *map(str, entry.facts.values())]) for entry in entries if "pass" in entry.action]
