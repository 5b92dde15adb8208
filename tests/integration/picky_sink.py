"""A mail server that answers as it is told to."""

import asyncio
from collections import defaultdict

from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.journeys.mail_sink import MailSink

SILENT_SECONDS = 3.0


class PickySink(MailSink):
    """Refuses recipients, mails or everything with the answers laid up, one a try, and then takes what comes."""

    def __init__(self) -> None:
        super().__init__()
        self.to_recipient: dict[str, list[str]] = defaultdict(list)
        self.to_mail: list[str] = []
        self.to_sender: list[str] = []
        self.hangs_up_on: set[str] = set()
        self.says_nothing_to: set[str] = set()
        self.seconds_a_mail = 0.0
        self.returns_to: list[str] = []
        self.tries: dict[str, int] = defaultdict(int)

    async def handle_MAIL(  # noqa: N802  aiosmtpd names it so
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.to_sender:
            return self.to_sender.pop(0)
        self.returns_to.append(address)
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        self.tries[address] += 1
        if address in self.hangs_up_on and server.transport is not None:
            server.transport.close()
            return "421 gone"
        if address in self.says_nothing_to:
            await asyncio.sleep(SILENT_SECONDS)
        if self.to_recipient[address]:
            return self.to_recipient[address].pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        await asyncio.sleep(self.seconds_a_mail)
        return self.to_mail.pop(0) if self.to_mail else await super().handle_DATA(server, session, envelope)
