"""Throws away what nobody will miss and nobody should keep."""

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import delete, select

from participation import clock
from participation.accounts.models import SignInAttempt, SignInLink, SignInSession
from participation.accounts.rules import SPENT_SIGNIN_DAYS
from participation.extensions import db
from participation.files.rules import DRAWN_FOLDER, DRAWN_KEPT_DAYS, UNKEPT_DAYS
from participation.files.service import forget_files_before, forget_other_pictures, the_store
from participation.needs.models import NeedDraft, NeedPicture
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
    forget_files_before(moment - timedelta(days=DRAWN_KEPT_DAYS), settings.var_folder / DRAWN_FOLDER)


def forget_unkept_pictures(_settings: Settings) -> None:
    """Delete the files that no row leads to: of what was taken away or never sent, and where a process was killed.

    A picture's files are put before its row and deleted after it, so no row is ever without them. The store may be
    slow, so no transaction waits for it.
    """
    db.session.commit()
    forget_other_pictures(_kept_of, before=clock.now() - timedelta(days=UNKEPT_DAYS), store=the_store())


def _kept_of(keys: Collection[str]) -> set[str]:
    columns = (Outcome.picture_key, NeedPicture.key)
    kept = {key for column in columns for key in db.session.scalars(select(column).where(column.in_(keys))) if key}
    db.session.rollback()
    return kept
