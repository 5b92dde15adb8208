"""Sign-in sessions: kept here, so that they can be ended here. A browser holds a token, and nothing else."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import timedelta

from sqlalchemy import ColumnElement, select, update

from participation import clock
from participation.accounts.models import Person, SignInSession
from participation.accounts.queries import token_hash
from participation.accounts.rules import BY_LINK, LINK_SESSION, SEEN_EVERY, SessionLimits
from participation.audit import service as audit
from participation.extensions import db
from participation.permissions import Actor, Assurance


@dataclass(frozen=True, kw_only=True)
class CameBy:
    """How somebody was signed in, and what is known of them from that; kept with the session and nowhere else."""

    provider: str = BY_LINK
    limits: SessionLimits = LINK_SESSION
    assurance: Assurance = Assurance.EMAIL
    old_enough: bool | None = None
    lives_here: bool | None = None
    issuer: str | None = None
    sid: str | None = None
    subject_hash: str | None = None
    sealed_id_token: str | None = None


LINK = CameBy()
_KEPT_AS_IT_IS = [part.name for part in fields(CameBy) if part.name != "limits"]


def came_by(session: SignInSession) -> CameBy:
    """How the session's person came in, for another session in its place."""
    limits = SessionLimits(idle_minutes=session.idle_minutes, most=session.expires_at - clock.now())
    return CameBy(limits=limits, **{name: getattr(session, name) for name in _KEPT_AS_IT_IS})


def open_session(person: Person, *, device: str, came_by: CameBy = LINK) -> str:
    """Start a sign-in session and return its token."""
    token = secrets.token_urlsafe(32)
    moment = clock.now()
    db.session.add(
        SignInSession(
            token_hash=token_hash(token),
            person_id=person.id,
            device=device[:80],
            created_at=moment,
            seen_at=moment,
            expires_at=moment + came_by.limits.most,
            idle_minutes=came_by.limits.idle_minutes,
            **{name: getattr(came_by, name) for name in _KEPT_AS_IT_IS},
        )
    )
    audit.record(
        "signed_in",
        actor_id=person.id,
        kind="person",
        object_id=person.id,
        provider=came_by.provider,
        assurance=came_by.assurance,
        sid=came_by.sid,
    )
    return token


def renew_token(session: SignInSession) -> str:
    """A new token, now that the session is to let its person do more: a copy of the former one is of no use."""
    token = secrets.token_urlsafe(32)
    session.token_hash = token_hash(token)
    return token


def is_use_to_note(session: SignInSession) -> bool:
    """Whether its last use was noted so long ago that this one is to be noted too."""
    return session.idle_minutes is not None and clock.now() - session.seen_at >= SEEN_EVERY


def note_use(session: SignInSession) -> None:
    """Let the session last on from now."""
    moment = clock.now()
    _change(SignInSession.id == session.id, seen_at=moment)
    session.seen_at = moment


def prolong_sessions(by: timedelta) -> None:
    """In a demo: let those who are signed in stay so when the time is moved."""
    still_open = select(SignInSession).where(SignInSession.ended_at.is_(None), SignInSession.expires_at > clock.now())
    for session in db.session.scalars(still_open):
        session.expires_at += by
        session.seen_at += by


def end_session(actor: Actor, *, session_id: int) -> None:
    """End one of one's own sessions; another's is not found, so nothing happens."""
    _end(SignInSession.person_id == actor.id, SignInSession.id == session_id)


def sign_out(token: str) -> None:
    """End the session the token belongs to, because its person asked for it."""
    ending = db.session.scalar(
        select(SignInSession).where(SignInSession.token_hash == token_hash(token), SignInSession.ended_at.is_(None))
    )
    if ending is None:
        return
    end_session_by_token(token)
    audit.record(
        "signed_out",
        actor_id=ending.person_id,
        kind="person",
        object_id=ending.person_id,
        provider=ending.provider,
        sid=ending.sid,
    )


def end_session_by_token(token: str) -> None:
    _end(SignInSession.token_hash == token_hash(token))


def end_other_sessions(actor: Actor, *, token: str) -> None:
    """End all of one's own sessions but the one the token belongs to."""
    _end(SignInSession.person_id == actor.id, SignInSession.token_hash != token_hash(token))


def end_all_sessions(person_id: int) -> None:
    _end(SignInSession.person_id == person_id)


def end_provider_sessions(*, issuer: str, sid: str | None = None, subject_hash: str | None = None) -> int:
    """End what began in the provider's session, or all that is its subject's; returns how many were open."""
    if sid is not None and not sid.isprintable():
        return 0  # nobody's, and PostgreSQL takes no such text
    named: list[ColumnElement[bool]] = [SignInSession.issuer == issuer]
    if sid is not None:
        named.append(SignInSession.sid == sid)
    if subject_hash is not None:
        named.append(SignInSession.subject_hash == subject_hash)
    if len(named) == 1:
        return 0
    ended = _end(*named)
    for person_id in ended:
        audit.record("signed_out_by_provider", actor_id=person_id, kind="person", object_id=person_id, sid=sid)
    return len(ended)


def _end(*which: ColumnElement[bool]) -> list[int]:
    """End those still open; returns whose they were."""
    return list(
        _change(
            *which, SignInSession.ended_at.is_(None), ended_at=clock.now(), sealed_id_token=None, passkey_challenge=None
        )
    )


def _change(*which: ColumnElement[bool], **values: object) -> Iterable[int]:
    statement = update(SignInSession).where(*which).values(**values).returning(SignInSession.person_id)
    return db.session.scalars(statement).all()
