"""What all ways of signing in end with: a session in this browser, and the page that the person was on the way to."""

import secrets
from typing import cast

from flask import request, session, url_for
from flask_login import current_user

from participation.accounts import login, sessions
from participation.accounts.arrival import Arrival
from participation.accounts.models import Person
from participation.accounts.queries import token_hash
from participation.accounts.rules import SessionLimits
from participation.accounts.sessions import LINK, CameBy
from participation.extensions import db
from participation.needs.service import claim_draft
from participation.permissions import Actor, Permission
from participation.residents.devices import device_name
from participation.settings_providers import Provider
from participation.web.addresses import safe_next

_BROWSER_KEY = "browser"


def this_browser() -> str:
    """A secret that this browser holds while it signs in, so that nobody else's can end what it began."""
    if _BROWSER_KEY not in session:
        session[_BROWSER_KEY] = secrets.token_urlsafe(32)
    return cast(str, session[_BROWSER_KEY])


def new_browser() -> str:
    """Another such secret than before: whoever planted the former in this browser can't go on as who arrives now."""
    session.pop(_BROWSER_KEY, None)
    return this_browser()


def known_browser() -> str | None:
    held = session.get(_BROWSER_KEY)
    return held if isinstance(held, str) else None


def who_is_signed_in() -> Person | None:
    """None also for who has a step left: until they have shown a passkey, nothing is added to the account."""
    return current_user.person if current_user.is_authenticated and current_user.step is None else None


def start_session(person: Person, *, draft_key: str | None, came_by: CameBy = LINK) -> None:
    """Sign the person in here, in place of whoever was; commits."""
    before = login.current_token()
    if before:
        sessions.end_session_by_token(before)
    token = sessions.open_session(person, device=device_name(request.user_agent.string), came_by=came_by)
    if draft_key:
        claim_draft(draft_key, person_id=person.id)
    db.session.commit()
    login.remember(token)


def came_by(arrival: Arrival, provider: Provider) -> CameBy:
    return CameBy(
        provider=provider.key,
        limits=SessionLimits.of_minutes(idle=provider.idle_minutes, most=provider.most_minutes),
        assurance=arrival.assurance,
        old_enough=arrival.old_enough,
        lives_here=arrival.lives_here,
        issuer=arrival.issuer,
        sid=arrival.sid,
        subject_hash=token_hash(arrival.subject),
        sealed_id_token=arrival.sealed_id_token,
    )


def landing(actor: Actor, next_path: str) -> str:
    """Where to go on; staff go to their own pages when it leads nowhere but to the front page."""
    if next_path != "/":
        return safe_next(next_path)
    doors = {Permission.ADMINISTER: "administration.home", Permission.SEE_WORKBENCH: "workbench.queue"}
    return next((url_for(view) for needed, view in doors.items() if actor.may(needed)), "/")
