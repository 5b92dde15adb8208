"""Reads what a mail server sends back when a mail could not be delivered (RFC 3464)."""

from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, message_from_string
from email.errors import MessageError
from email.message import Message
from email.utils import getaddresses

RETURNED_MAX_BYTES = 2_000_000


@dataclass(frozen=True)
class Returned:
    """One recipient that a mail did not reach, for good."""

    message_id: str
    """Of the mail that was sent, without its brackets."""
    addresses: frozenset[str]
    """Every address the report gives for the recipient, in lower case."""
    status: str
    diagnostic: str


def read_returned(raw: bytes) -> list[Returned] | None:
    """Those whom the mail failed to reach for good; none for anything that is no report of a delivery.

    A report that a mail is late, or that the fault may pass, is a report with nobody in it.
    """
    try:
        report = message_from_bytes(raw[:RETURNED_MAX_BYTES])
        status = _part(report, "message/delivery-status")
        if report.get_content_type() != "multipart/report" or status is None:
            return None
        original = _original(report)
        return list(_failed(status, original)) if original else []
    except (MessageError, LookupError, ValueError, TypeError, AttributeError):
        # Anyone may write to the address; nothing they write may stop those who come after.
        return None


def _failed(status: Message, original: Message) -> Iterator[Returned]:
    message_id = _text(original, "Message-ID").strip("<> ")
    sent_to = {address.lower() for _name, address in getaddresses([_text(original, "To")]) if address}
    for block in _blocks(status):
        code = _text(block, "Status").split(" ")[0]
        if message_id and _text(block, "Action").lower() == "failed" and code.startswith("5."):
            named = {_address(_text(block, name)) for name in ("Final-Recipient", "Original-Recipient")}
            yield Returned(
                message_id,
                frozenset((named | sent_to) - {""}),
                code[:12],
                _text(block, "Diagnostic-Code").partition(";")[2].strip() or code,
            )


def _blocks(status: Message) -> list[Message]:
    payload = status.get_payload()
    return [block for block in payload if isinstance(block, Message)] if isinstance(payload, list) else []


def _original(report: Message) -> Message | None:
    """The mail that was sent, or its headers alone."""
    whole = _part(report, "message/rfc822")
    if whole is not None:
        payload = whole.get_payload()
        return payload[0] if isinstance(payload, list) and isinstance(payload[0], Message) else None
    headers = _part(report, "text/rfc822-headers") or _part(report, "message/rfc822-headers")
    if headers is None:
        return None
    text = headers.get_payload(decode=True)
    return message_from_string(text.decode(errors="replace")) if isinstance(text, bytes) else None


def _part(report: Message, kind: str) -> Message | None:
    return next((part for part in report.walk() if part.get_content_type() == kind), None)


def _text(message: Message, name: str) -> str:
    return " ".join(str(message.get(name, "")).split())


def _address(field: str) -> str:
    """`rfc822; name@example.org` as the address alone."""
    return field.rpartition(";")[2].strip().strip("<>").lower()
