"""Tells Flask-Login whose a cookie is. It holds a sign-in session's token, never a person's number."""

from functools import cached_property
from typing import cast

from flask import request, session
from flask_login import UserMixin, current_user

from participation import clock
from participation.accounts import passkeys, sessions
from participation.accounts.models import Person, SignInSession
from participation.accounts.queries import ends_at, session_by_token
from participation.accounts.rules import Step
from participation.database import writing
from participation.extensions import db
from participation.permissions import Actor
from participation.web.addresses import settings

_FLASK_LOGINS_KEY = "_user_id"
# What asks how long one stays signed in must not be what keeps one so.
_NOT_A_USE = {None, "static", "residents.session_time", "residents.similar_needs"}


class SignedIn(UserMixin):
    """Who is signed in, and by which of their sessions: what they may do hangs on both."""

    def __init__(self, found: SignInSession) -> None:
        self.session = found

    @property
    def person(self) -> Person:
        return self.session.person

    @property
    def id(self) -> int:
        return self.session.person_id

    @cached_property
    def step(self) -> Step | None:
        """What is left to do before they may act as staff."""
        return passkeys.step_of(self.session, settings().passkeys)

    @property
    def seconds_left(self) -> int:
        """Until they are signed out, if they do nothing more."""
        return max(int((ends_at(self.session) - clock.now()).total_seconds()), 0)

    @property
    def actor(self) -> Actor:
        """With their roles only when no step is left; until then they are a resident."""
        return self.full_actor if self.step is None else Actor(id=self.id)

    @property
    def full_actor(self) -> Actor:
        """As they are once the step is done."""
        return self.session.full_actor


def load_signed_in(token: str) -> SignedIn | None:
    found = session_by_token(token)
    return SignedIn(found) if found else None


def the_person() -> Person:
    """The signed-in person; only for views that require one."""
    return cast(SignedIn, current_user).person


def the_session() -> SignInSession:
    """The sign-in session of this browser; only for views that require one."""
    return cast(SignedIn, current_user).session


def keep(token: str) -> None:
    """The browser's sign-in session has a new token; it is the same session, so what the browser holds stays."""
    session[_FLASK_LOGINS_KEY] = token


def remember(token: str) -> None:
    """Put the browser into the sign-in session, dropping what it held before: nobody can fix it beforehand."""
    session.clear()
    session[_FLASK_LOGINS_KEY] = token
    session["_fresh"] = True


def note_use() -> None:
    """Before each request of somebody signed in, but for those that a page makes by itself."""
    if request.endpoint in _NOT_A_USE or not current_user.is_authenticated:
        return
    if sessions.is_use_to_note(current_user.session):
        db.session.commit()
        with writing():
            sessions.note_use(current_user.session)
            db.session.commit()


def current_token() -> str | None:
    token = session.get(_FLASK_LOGINS_KEY)
    return token if isinstance(token, str) else None


def forget() -> None:
    """End this browser's sign-in session, on the server and in the cookie."""
    token = current_token()
    if token:
        sessions.sign_out(token)
    session.clear()
