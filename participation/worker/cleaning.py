"""Throws away what nobody will miss and nobody should keep."""

from datetime import timedelta

from sqlalchemy import delete

from participation import clock
from participation.accounts.models import SignInLink, SignInSession
from participation.accounts.rules import SPENT_SIGNIN_DAYS
from participation.extensions import db
from participation.needs.models import NeedDraft
from participation.needs.rules import UNSIGNED_DRAFT_DAYS
from participation.settings import Settings


def throw_away_old(_settings: Settings) -> None:
    """Drafts that nobody signed in to send, links long spent, and sessions long over."""
    moment = clock.now()
    old_draft = moment - timedelta(days=UNSIGNED_DRAFT_DAYS)
    old_signin = moment - timedelta(days=SPENT_SIGNIN_DAYS)
    db.session.execute(delete(NeedDraft).where(NeedDraft.person_id.is_(None), NeedDraft.saved_at < old_draft))
    db.session.execute(delete(SignInLink).where(SignInLink.requested_at < old_signin))
    db.session.execute(delete(SignInSession).where(SignInSession.expires_at < old_signin))
