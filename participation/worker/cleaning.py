"""Throws away what nobody will miss and nobody should keep."""

from datetime import timedelta

from sqlalchemy import delete, select

from participation import clock
from participation.accounts.models import SignInAttempt, SignInLink, SignInSession
from participation.accounts.rules import SPENT_SIGNIN_DAYS
from participation.extensions import db
from participation.files.rules import DRAWN_FOLDER, DRAWN_KEPT_DAYS, UNFINISHED_KEPT_DAYS
from participation.files.service import forget_files_before, forget_other_pictures, forget_unfinished_before
from participation.needs.models import NeedDraft
from participation.needs.rules import UNSIGNED_DRAFT_DAYS
from participation.outcomes.models import Outcome
from participation.settings import Settings


def throw_away_old(settings: Settings) -> None:
    """Drafts that nobody signed in to send, links long spent, sessions long over, and pictures drawn long ago."""
    moment = clock.now()
    old_draft = moment - timedelta(days=UNSIGNED_DRAFT_DAYS)
    old_signin = moment - timedelta(days=SPENT_SIGNIN_DAYS)
    db.session.execute(delete(NeedDraft).where(NeedDraft.person_id.is_(None), NeedDraft.saved_at < old_draft))
    db.session.execute(delete(SignInLink).where(SignInLink.requested_at < old_signin))
    db.session.execute(delete(SignInAttempt).where(SignInAttempt.created_at < moment - timedelta(hours=1)))
    db.session.execute(delete(SignInSession).where(SignInSession.expires_at < old_signin))
    _throw_away_old_files(settings)


def _throw_away_old_files(settings: Settings) -> None:
    moment = clock.now()
    forget_files_before(moment - timedelta(days=DRAWN_KEPT_DAYS), settings.var_folder / DRAWN_FOLDER)
    yesterday = moment - timedelta(days=UNFINISHED_KEPT_DAYS)
    forget_unfinished_before(yesterday, settings.var_folder)
    # A form that was refused after its picture was kept, or a process killed in between, leaves one nobody points to.
    kept = set(db.session.scalars(select(Outcome.picture_key).where(Outcome.picture_key.is_not(None))))
    forget_other_pictures({key for key in kept if key}, before=yesterday, folder=settings.var_folder)
