"""The demo's mailbox: what the municipality's mail server would have carried."""

import mailbox
import re
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy

from flask import abort, render_template

from participation.mail.transport import demo_mailbox
from participation.residents.blueprint import residents
from participation.web.access import public
from participation.web.addresses import settings
from participation.web.views import found

MAILS_SHOWN = 50


@dataclass(frozen=True)
class DemoMail:
    key: str
    to: str
    subject: str
    at: datetime
    text: str


@residents.get("/demo/postkasse")
@public
def demo_mails() -> str:
    box = _box()
    mails = [_read(box, key) for key in sorted(box.keys(), key=_arrival, reverse=True)[:MAILS_SHOWN]]
    return render_template("residents/demo_mails.html", mails=mails)


@residents.get("/demo/postkasse/<key>")
@public
def demo_mail(key: str) -> str:
    box = _box()
    mail = found(_read(box, key) if key in box else None)
    return render_template("residents/demo_mail.html", mail=mail)


def has_mailbox() -> bool:
    return settings().demo and settings().smtp_url is None


def _box() -> mailbox.Maildir:
    if not has_mailbox():
        abort(404)
    return mailbox.Maildir(demo_mailbox(settings()), create=True)


def _arrival(key: str) -> list[int]:
    """A Maildir key begins with the second and the microsecond: 1764000000.M123P45Q6.host."""
    return [int(digits) for digits in re.findall(r"\d+", key)[:4]]


def _read(box: mailbox.Maildir, key: str) -> DemoMail:
    message = message_from_bytes(box.get_bytes(key), policy=policy.default)
    body = message.get_body(("plain",))
    return DemoMail(
        key=key,
        to=str(message["To"]),
        subject=str(message["Subject"]),
        at=message["Date"].datetime,
        text=body.get_content() if body else "",
    )
