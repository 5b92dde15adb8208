"""The ways a mail leaves: an SMTP server, or the demo's mailbox folder."""

import mailbox
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from participation.mail.faults import Fault, of_mail, of_recipient
from participation.settings import Settings

SMTP_TIMEOUT_SECONDS = 30


class NotAccepted(Exception):
    """The server will not take this mail, for what it finds fault with."""

    def __init__(self, text: str, fault: Fault) -> None:
        super().__init__(text)
        self.fault = fault


class ServerUnavailable(Exception):
    """No mail can leave now; nothing is wrong with the mail."""


class Transport(Protocol):
    def send(self, message: EmailMessage) -> None:
        """Hand over one mail. Raises NotAccepted or ServerUnavailable."""


class SmtpTransport:
    """`return_to`: where a mail comes back to when it can't be delivered; none for its sender."""

    def __init__(self, connection: smtplib.SMTP, *, return_to: str | None = None) -> None:
        self._connection, self._return_to = connection, return_to

    def send(self, message: EmailMessage) -> None:
        try:
            self._connection.send_message(message, from_addr=self._return_to)
        except smtplib.SMTPRecipientsRefused as refused:
            code, said = next(iter(refused.recipients.values()))
            raise NotAccepted(_reply(code, said), of_recipient(code, _text(said))) from refused
        except smtplib.SMTPSenderRefused as error:
            # The sender is ours: the mail is fine and waits till the settings are.
            raise ServerUnavailable(str(error)) from error
        except smtplib.SMTPResponseException as error:
            raise NotAccepted(_reply(error.smtp_code, error.smtp_error), of_mail(error.smtp_code)) from error
        except (smtplib.SMTPNotSupportedError, ValueError) as error:
            # An address or a text that this server will never be able to take.
            raise NotAccepted(str(error), Fault.MAIL) from error
        except (smtplib.SMTPException, OSError) as error:
            raise ServerUnavailable(str(error)) from error


def _reply(code: int, said: bytes | str) -> str:
    return f"{code} {_text(said)}"


def _text(said: bytes | str) -> str:
    return said.decode(errors="replace") if isinstance(said, bytes) else said


class MailboxTransport:
    """Keeps mails in a Maildir, which many processes may write to at once."""

    def __init__(self, folder: Path) -> None:
        self._box = mailbox.Maildir(folder, create=True)

    def send(self, message: EmailMessage) -> None:
        self._box.add(message.as_bytes())


@contextmanager
def connect(settings: Settings) -> Iterator[Transport]:
    """A transport for a batch of mails. Raises ServerUnavailable when the server can't be reached."""
    if settings.smtp_url is None:
        yield MailboxTransport(demo_mailbox(settings))
        return
    connection = _open_smtp(settings.smtp_url)
    try:
        yield SmtpTransport(connection, return_to=settings.bounce_address)
    finally:
        _close(connection)


def demo_mailbox(settings: Settings) -> Path:
    settings.var_folder.mkdir(parents=True, exist_ok=True)
    return settings.var_folder / "mailbox"


def _open_smtp(url: str) -> smtplib.SMTP:
    """`smtp://[user:password@]host[:port]`, with `smtps://` for TLS from the start and `smtp+starttls://`."""
    parts = urlsplit(url)
    host, port = parts.hostname or "localhost", parts.port
    try:
        if parts.scheme == "smtps":
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                host, port or 465, timeout=SMTP_TIMEOUT_SECONDS, context=ssl.create_default_context()
            )
        else:
            connection = smtplib.SMTP(host, port or 25, timeout=SMTP_TIMEOUT_SECONDS)
        if parts.scheme == "smtp+starttls":
            connection.starttls(context=ssl.create_default_context())
        if parts.username:
            connection.login(unquote(parts.username), unquote(parts.password or ""))
    except (smtplib.SMTPException, OSError) as error:
        raise ServerUnavailable(str(error)) from error
    return connection


def _close(connection: smtplib.SMTP) -> None:
    try:
        connection.quit()
    except (smtplib.SMTPException, OSError):
        connection.close()
