"""A mail server that takes everything and keeps it; it can be away for a while."""

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from functools import cached_property

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.journeys.processes import free_port
from tests.journeys.waiting import wait_until

MAIL_SECONDS = 30


@dataclass(frozen=True)
class KeptMail:
    to: str
    raw: bytes

    @cached_property
    def message(self) -> EmailMessage:
        parsed = message_from_bytes(self.raw, policy=default)
        assert isinstance(parsed, EmailMessage)
        return parsed

    @property
    def message_id(self) -> str:
        return str(self.message["Message-ID"])

    @property
    def subject(self) -> str:
        return str(self.message["Subject"])

    def text(self, kind: str = "plain") -> str:
        part = self.message.get_body((kind,))
        assert part is not None
        return str(part.get_content())

    @property
    def words(self) -> str:
        """All that a reader could see of it."""
        return f"{self.subject}\n{self.text('plain')}\n{self.text('html')}"


class MailSink:
    """Listens on one port of the loopback for as long as the test lives, but for when it is stopped."""

    def __init__(self) -> None:
        self.port = free_port()
        self.before_accepting: Callable[[KeptMail], None] | None = None
        """Called when a mail has been kept and before its sender is told so."""
        self._kept: list[KeptMail] = []
        self._lock = threading.Lock()
        self._controller: Controller | None = None

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def start(self) -> None:
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def stop(self) -> None:
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 aiosmtpd names it so
        assert isinstance(envelope.content, bytes)
        mails = [KeptMail(to=address, raw=envelope.content) for address in envelope.rcpt_tos]
        with self._lock:
            self._kept += mails
        if self.before_accepting is not None:
            for mail in mails:
                self.before_accepting(mail)
        return "250 OK"

    @property
    def mails(self) -> list[KeptMail]:
        with self._lock:
            return list(self._kept)

    @property
    def count(self) -> int:
        with self._lock:
            return len(self._kept)

    def to(self, address: str) -> list[KeptMail]:
        return [mail for mail in self.mails if mail.to == address]

    def about(self, text: str, *, to: str) -> list[KeptMail]:
        """The mails to the address that mention the text."""
        return [mail for mail in self.to(to) if text in mail.words]

    def wait_for(self, count: int, *, to: str, about: str = "", within_seconds: float = MAIL_SECONDS) -> list[KeptMail]:
        """Those mails, once there are so many. That there are no more of them is for the end of the test to see."""
        return (
            wait_until(
                lambda: found if len(found := self.about(about, to=to)) >= count else None,
                within_seconds=within_seconds,
                what=lambda: f"{count} mails to {to} about {about!r}; it has {[m.subject for m in self.to(to)]}",
            )
            or []
        )

    def copies(self) -> Counter[str]:
        """How many times each mail, by its Message-ID, was taken in."""
        return Counter(mail.message_id for mail in self.mails)
