"""A mail as a value, and the MIME message made of it."""

from dataclasses import dataclass
from email.header import Header
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import format_datetime, parseaddr
from urllib.parse import urlsplit

from participation import clock


class _Unfolded(UnstructuredHeader, BaseHeader):
    """A header that programs read: folded as words are, a long address would be encoded and no longer be one."""

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


class _Subject(UnstructuredHeader, BaseHeader):
    """Encoded as a whole: where plain and encoded words meet at a fold, readers would see a space too many."""

    def fold(self, *, policy: Policy) -> str:
        if self.isascii():
            return super().fold(policy=policy)
        words = Header(str(self), "utf-8", header_name=self.name).encode(linesep=policy.linesep)
        return f"{self.name}: {words}{policy.linesep}"


_headers = HeaderRegistry()
_headers.map_to_type("subject", _Subject)
for _name in ("message-id", "list-unsubscribe"):
    _headers.map_to_type(_name, _Unfolded)
_POLICY = SMTP.clone(header_factory=_headers)


@dataclass(frozen=True, kw_only=True)
class Mail:
    """`key` names the mail for good: sent again after a crash, it is the same message to who receives it."""

    key: str
    to_name: str
    to_address: str
    subject: str
    text: str
    html: str
    language: str
    unsubscribe_url: str | None = None


def build(mail: Mail, *, sender: str, site_url: str) -> EmailMessage:
    message = EmailMessage(policy=_POLICY)
    host = urlsplit(site_url).hostname or "localhost"
    name, address = parseaddr(sender)
    message["Message-ID"] = f"<{mail.key}@{host}>"
    message["Date"] = format_datetime(clock.now())
    message["From"] = Address(display_name=name, addr_spec=address)
    message["To"] = Address(display_name=_one_line(mail.to_name), addr_spec=mail.to_address)
    message["Subject"] = _one_line(mail.subject)
    message["Auto-Submitted"] = "auto-generated"
    if mail.unsubscribe_url:
        # RFC 8058: one POST to the address is enough, with no sign-in and no further question.
        message["List-Unsubscribe"] = f"<{mail.unsubscribe_url}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    # Setting the content drops all Content- headers that stood there before.
    message["Content-Language"] = mail.language
    return message


def _one_line(text: str) -> str:
    """A header never holds a line break, whatever a person called themselves or their need."""
    return " ".join(text.split())
