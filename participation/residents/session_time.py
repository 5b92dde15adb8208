"""How long one stays signed in: told without prolonging it, and prolonged when asked to."""

from flask import jsonify, session
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import generate_csrf

from participation.accounts import sessions
from participation.accounts.login import SignedIn
from participation.accounts.queries import ends_at
from participation.extensions import db
from participation.permissions import Permission
from participation.residents.blueprint import residents
from participation.web.access import public, requires


@residents.get("/logg-inn/tid")
@public
def session_time() -> ResponseReturnValue:
    """Seconds left, 0 for who is signed out; and whether there are more to get."""
    if not current_user.is_authenticated:
        return jsonify(seconds=0, more=False)
    # A sign-in in another tab makes the tokens of this page worthless, and what is written here is still to be sent.
    # Only one that there is: a new one here could replace what another tab is being given just now.
    token = {"token": generate_csrf()} if "csrf_token" in session else {}
    return jsonify(**_left(current_user), **token)


@residents.post("/logg-inn/fortsett")
@requires(Permission.PARTICIPATE)
def stay_signed_in() -> ResponseReturnValue:
    sessions.note_use(current_user.session)
    db.session.commit()
    return jsonify(**_left(current_user))


def _left(who: SignedIn) -> dict[str, object]:
    more = who.session.idle_minutes is not None and ends_at(who.session) < who.session.expires_at
    return {"seconds": who.seconds_left, "more": more}
