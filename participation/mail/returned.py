"""Reads what a mail server sends back when a mail could not be delivered (RFC 3464)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import getaddresses

import structlog

from participation.mail.faults import reported_as_gone

# What we need stands first in a report; the rest is the mail that was sent.
RETURNED_MAX_BYTES = 200_000
BLOCKS_MAX = 100
FIELD_MAX_CHARACTERS = 1000

log = structlog.get_logger()


@dataclass(frozen=True)
class Returned:
    """One recipient that a mail did not reach, for good."""

    message_id: str
    """Of the mail that was sent, without its brackets."""
    addresses: frozenset[str]
    """Every address the report gives for the recipient, in lower case."""
    status: str
    diagnostic: str
    is_gone: bool
    """Whether nobody is there; else the mail was not wanted, or found no room."""


def read_returned(raw: bytes) -> list[Returned] | None:
    """Those whom the mail failed to reach for good; none for anything that is no report of a delivery.

    A report that a mail is late, or that the fault may pass, is a report with nobody in it.
    """
    try:
        return _read(raw[:RETURNED_MAX_BYTES])
    except Exception as error:
        # Anyone may write to the address; nothing they write may stop those who come after.
        log.warning("returned_mail_unreadable", reason=type(error).__name__)
        return None


def _read(raw: bytes) -> list[Returned] | None:
    report = _headers(raw)
    if report.get_content_type() != "multipart/report":
        return None
    parts = _parts(report)
    status = _first(parts, "message/delivery-status")
    if status is None:
        return None
    original = _first(parts, "message/rfc822", "text/rfc822-headers", "message/rfc822-headers")
    return list(_failed(status, _headers(_content(original)))) if original else []


def _failed(status: Message, original: Message) -> Iterator[Returned]:
    message_id = _text(original, "Message-ID").strip("<> ")
    sent_to = {address.lower() for _name, address in getaddresses([_text(original, "To")]) if address}
    for block in _blocks(status):
        code = _text(block, "Status").split(" ")[0]
        if message_id and _text(block, "Action").lower() == "failed" and code.startswith("5."):
            named = {_address(_text(block, name)) for name in ("Final-Recipient", "Original-Recipient")}
            said = _text(block, "Diagnostic-Code").partition(";")[2].strip()
            yield Returned(
                message_id,
                frozenset((named | sent_to) - {""}),
                code[:12],
                said or code,
                is_gone=reported_as_gone(code, said),
            )


def _blocks(status: Message) -> list[Message]:
    return [_headers(block) for block in re.split(rb"(?:\r?\n){2,}", _content(status), maxsplit=BLOCKS_MAX)]


def _headers(raw: bytes) -> Message:
    """The headers, with all that follows as one text: mails in mails could be nested without an end."""
    return BytesHeaderParser().parsebytes(raw)


def _content(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _parts(report: Message) -> list[Message]:
    """The parts of the report itself, none of what they may have in them."""
    boundary = re.escape((report.get_boundary() or "").encode())
    if not boundary:
        return []
    between = re.compile(rb"^--" + boundary + rb"(?:--)?[ \t]*(?:\r?\n|\Z)", re.MULTILINE)
    return [_headers(part) for part in between.split(_content(report), maxsplit=BLOCKS_MAX)[1:]]


def _first(parts: list[Message], *kinds: str) -> Message | None:
    return next((part for kind in kinds for part in parts if part.get_content_type() == kind), None)


def _text(message: Message, name: str) -> str:
    field = str(message.get(name, ""))[:FIELD_MAX_CHARACTERS]
    return " ".join("".join(letter if letter.isprintable() else " " for letter in field).split())


def _address(field: str) -> str:
    """`rfc822; name@example.org` as the address alone."""
    return field.rpartition(";")[2].strip().strip("<>").lower()
