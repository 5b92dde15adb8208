"""Empties the Maildir that mails come back to."""

from pathlib import Path

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection

from participation.extensions import db
from participation.mail.returned import RETURNED_MAX_BYTES
from participation.notifications.bounces import take_returned
from participation.settings import Settings

READ_A_ROUND = 500

log = structlog.get_logger()


def read_returned_mail(settings: Settings) -> int:
    """Take each new report, and commit it before it is thrown away; returns how many mails came back.

    What is no report, or what can't be read, is put in the Maildir's cur/ for people to look at.
    """
    if settings.bounce_maildir is None:
        return 0
    new = settings.bounce_maildir / "new"
    if not new.is_dir():
        log.warning("bounce_maildir_missing")
        return 0
    return sum(_take(file) for file in sorted(new.iterdir())[:READ_A_ROUND] if file.is_file())


def _take(file: Path) -> int:
    try:
        with file.open("rb") as opened:
            came_back = take_returned(opened.read(RETURNED_MAX_BYTES))
        db.session.commit()
    except FileNotFoundError:
        # Another worker was at it too.
        db.session.rollback()
        return 0
    except (OperationalError, InterfaceError, NoConnection):
        # The database is away: all of them can wait for it.
        db.session.rollback()
        raise
    except Exception as error:
        # Anyone may write to the address; none of them may stop those who come after.
        db.session.rollback()
        log.warning("returned_mail_failed", name=file.name, reason=type(error).__name__)
        came_back = None
    if came_back is None:
        _put_aside(file)
        return 0
    try:
        file.unlink(missing_ok=True)
    except OSError as error:
        # It is counted once, however often it is read.
        log.warning("returned_mail_not_deleted", name=file.name, reason=type(error).__name__)
    return came_back


def _put_aside(file: Path) -> None:
    seen = file.parent.parent / "cur"
    try:
        seen.mkdir(exist_ok=True)
        file.rename(seen / f"{file.name}:2,")
    except FileNotFoundError:
        return
    except OSError as error:
        log.warning("returned_mail_not_moved", name=file.name, reason=type(error).__name__)
        return
    log.info("returned_mail_put_aside", name=file.name)
