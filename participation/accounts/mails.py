"""Sends the sign-in links that have been asked for."""

from datetime import datetime, timedelta

import structlog
from flask import render_template
from flask_babel import force_locale
from sqlalchemy import select, update

from participation import clock
from participation.accounts.models import SignInLink
from participation.accounts.queries import token_hash
from participation.accounts.rules import SIGNIN_LINK_EXPIRY_MINUTES
from participation.accounts.service import make_token
from participation.extensions import db
from participation.mail.faults import Fault, without_addresses
from participation.mail.message import Mail, build
from participation.mail.transport import NotAccepted, ServerUnavailable, Transport, connect
from participation.settings import Settings
from participation.web.addresses import absolute_url

RETRY_SECONDS = 20
# Longer than a mail can be in flight, so that no other worker makes a second token meanwhile.
CLAIM_SECONDS = 180
# A link is worth sending for as long as the person may still be waiting for it.
WAIT_AT_MOST = timedelta(minutes=SIGNIN_LINK_EXPIRY_MINUTES)

log = structlog.get_logger()


def send_links(settings: Settings) -> int:
    """Send each link that waits; returns how many left. Commits between making a token and sending it."""
    waiting, sent = _waiting(), 0
    if not waiting:
        return 0
    try:
        with connect(settings) as transport:
            for link_id in waiting:
                link = _claim(link_id)
                if link is not None:
                    sent += _send(link, transport, settings)
    except ServerUnavailable as error:
        why = without_addresses(str(error))[:300]
        log.warning("mail_server_unavailable", waiting_links=len(waiting) - sent, reason=why)
    return sent


def _waiting() -> list[int]:
    moment = clock.now()
    query = (
        select(SignInLink.id)
        .where(SignInLink.next_attempt_at <= moment, SignInLink.requested_at > moment - WAIT_AT_MOST)
        .order_by(SignInLink.next_attempt_at, SignInLink.id)
    )
    waiting = list(db.session.scalars(query))
    db.session.commit()
    return waiting


def _claim(link_id: int) -> SignInLink | None:
    moment = clock.now()
    taken = db.session.execute(
        update(SignInLink)
        .where(SignInLink.id == link_id, SignInLink.next_attempt_at <= moment)
        .values(next_attempt_at=moment + timedelta(seconds=CLAIM_SECONDS))
        .returning(SignInLink.id)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    db.session.commit()
    return db.session.get(SignInLink, link_id, populate_existing=True) if taken else None


def _send(link: SignInLink, transport: Transport, settings: Settings) -> bool:
    token = make_token(link)
    db.session.commit()
    try:
        transport.send(build(_compose(link, token), sender=settings.mail_from, site_url=settings.site_url))
    except ServerUnavailable:
        _settle(link, next_attempt_at=clock.now() + timedelta(seconds=RETRY_SECONDS))
        raise
    except Exception as error:
        # One address that no mail can be made for, or that no server takes, must not hold up the others.
        again = isinstance(error, NotAccepted) and error.fault is not Fault.MAILBOX
        _settle(link, next_attempt_at=clock.now() + timedelta(seconds=RETRY_SECONDS) if again else None)
        log.warning("signin_link_not_sent", link_id=link.id, fault=type(error).__name__, again=again)
        return False
    _settle(link, next_attempt_at=None)
    return True


def _settle(link: SignInLink, *, next_attempt_at: datetime | None) -> None:
    link.next_attempt_at = next_attempt_at
    db.session.commit()


def _compose(link: SignInLink, token: str) -> Mail:
    name, view = ("confirm_address", "confirm_email") if link.for_person_id else ("signin_link", "use_link")
    name = "address_changed" if link.is_notice else name
    context = {
        "address": absolute_url(f"residents.{view}", token=token),
        "minutes": SIGNIN_LINK_EXPIRY_MINUTES,
    }
    with force_locale(link.language.value):
        subject, text, html = (
            render_template(f"email/{name}/{part}", **context).strip()
            for part in ("subject.txt", "body.txt", "body.html")
        )
    return Mail(
        key=f"signin-{link.id}-{token_hash(token)[:12]}",
        to_name="",
        to_address=link.email,
        subject=subject,
        text=text,
        html=html,
        language=link.language.value,
    )
