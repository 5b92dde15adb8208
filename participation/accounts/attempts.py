"""Ways to a provider and back: each is gone once, by the browser that set out, within a quarter of an hour."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, select

from participation import clock
from participation.accounts.arrival import Arrival
from participation.accounts.models import SignInAttempt
from participation.accounts.queries import token_hash
from participation.accounts.rules import ATTEMPT_EXPIRY_MINUTES
from participation.extensions import db
from participation.permissions import Assurance


@dataclass(frozen=True, kw_only=True)
class Way:
    """Where somebody is on the way to, and who they were when they set out."""

    provider: str
    wanted: Assurance | None
    next_path: str
    draft_key: str | None
    person_id: int | None


def set_out(way: Way, *, browser: str, state: str, nonce: str, code_verifier: str) -> None:
    _keep(way, browser=browser, state=state, nonce=nonce, code_verifier=code_verifier)


def come_back(*, browser: str, state: str, provider: str) -> SignInAttempt | None:
    """The way that was set out on, which is gone with this; None for one that was not, or by another browser."""
    return _take(
        SignInAttempt.state_hash == token_hash(state),
        SignInAttempt.browser_hash == token_hash(browser),
        SignInAttempt.provider == provider,
        SignInAttempt.nonce != "",
    )


def wait(way: Way, arrival: Arrival, *, browser: str) -> None:
    """Keep who has arrived until they have agreed to what comes of it."""
    db.session.execute(delete(SignInAttempt).where(*_waiting(browser)))
    _keep(way, browser=browser, state=secrets.token_urlsafe(32), nonce="", code_verifier="", arrival=arrival.kept())


def who_waits(browser: str) -> SignInAttempt | None:
    query = select(SignInAttempt).where(*_waiting(browser), SignInAttempt.created_at > _oldest())
    return db.session.scalars(query).first()


def let_in(browser: str) -> SignInAttempt | None:
    """Who waits, once: asked for twice at the same moment, the second gets nobody."""
    return _take(*_waiting(browser))


def _waiting(browser: str) -> tuple[ColumnElement[bool], ...]:
    return SignInAttempt.browser_hash == token_hash(browser), SignInAttempt.nonce == ""


def _take(*which: ColumnElement[bool]) -> SignInAttempt | None:
    gone = delete(SignInAttempt).where(*which, SignInAttempt.created_at > _oldest()).returning(SignInAttempt)
    return db.session.scalars(gone, execution_options={"synchronize_session": False}).first()


def _oldest() -> datetime:
    return clock.now() - timedelta(minutes=ATTEMPT_EXPIRY_MINUTES)


def _keep(
    way: Way, *, browser: str, state: str, nonce: str, code_verifier: str, arrival: dict[str, Any] | None = None
) -> None:
    db.session.add(
        SignInAttempt(
            state_hash=token_hash(state),
            browser_hash=token_hash(browser),
            nonce=nonce,
            code_verifier=code_verifier,
            created_at=clock.now(),
            arrival=arrival,
            **vars(way),
        )
    )
    db.session.flush()


def way_of(attempt: SignInAttempt) -> Way:
    return Way(
        provider=attempt.provider,
        wanted=attempt.wanted,
        next_path=attempt.next_path,
        draft_key=attempt.draft_key,
        person_id=attempt.person_id,
    )
