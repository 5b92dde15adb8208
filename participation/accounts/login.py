"""Tells Flask-Login whose a cookie is. It holds a sign-in session's token, never a person's number."""

from flask import session

from participation.accounts import service
from participation.accounts.models import Person
from participation.accounts.queries import session_by_token

_FLASK_LOGINS_KEY = "_user_id"


def load_person(token: str) -> Person | None:
    found = session_by_token(token)
    return found.person if found else None


def remember(token: str) -> None:
    """Put the browser into the sign-in session, dropping what it held before: nobody can fix it beforehand."""
    session.clear()
    session[_FLASK_LOGINS_KEY] = token
    session["_fresh"] = True


def current_token() -> str | None:
    token = session.get(_FLASK_LOGINS_KEY)
    return token if isinstance(token, str) else None


def forget() -> None:
    """End this browser's sign-in session, on the server and in the cookie."""
    token = current_token()
    if token:
        service.end_session_by_token(token)
    session.clear()
