"""What mail servers say of mails they don't take. Pure."""

import re
from enum import StrEnum

_ADDRESS = re.compile(r"<?[^\s<>()\[\]:;,]+@[^\s<>()\[\]:;,]+>?")
# The codes of RFC 3463, anywhere in the text: some put them last. Not a part of an IP address or of a version.
_STATUS = re.compile(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?!\.?\d)")
_UNSPECIFIC = "5.0.0"
# Of 5.1.x, the last two speak of the sender, which is ours.
_GONE = re.compile(r"5\.(?:1\.(?!7$|8$)\d+|2\.1)")
# Who reports later has looked for the one recipient; at once, it may be our own server that lets nothing through.
_REPORTED_GONE = re.compile(r"5\.(?:2\.0|4\.(?:0|1|4|6|310)|5\.0)")
_GONE_REPLIES = frozenset({550, 551, 553})
# What is said without a code, or beside one that says little, by servers that won't have mail from us.
_UNWANTED = re.compile(r"relay|sender|authenticat|spam|polic|block|reputation", re.IGNORECASE)


class Fault(StrEnum):
    """What a refusal is about, and with it how long it is worth asking again."""

    PASSING = "passing"
    MAIL = "mail"
    """The mail, who sends it or by which way, for good: it may hit everyone, and is ours to mend."""
    MAILBOX = "mailbox"
    """Nobody is there, for good."""


def of_mail(code: int) -> Fault:
    """What the reply to a mail as a whole is about."""
    return Fault.MAIL if code >= 500 else Fault.PASSING


def of_recipient(code: int, said: str) -> Fault:
    """What the reply to a recipient is about."""
    if code < 500:
        return Fault.PASSING
    status = _status(said)
    gone = _is_gone_reply(code, said) if status == _UNSPECIFIC else _GONE.fullmatch(status)
    return Fault.MAILBOX if gone else Fault.MAIL


def reported_as_gone(status: str, diagnostic: str) -> bool:
    """Whether a report of a mail that came back says, by its status or the server's words, that nobody is there."""
    told = _status(diagnostic) if status == _UNSPECIFIC else status
    if told == _UNSPECIFIC:
        reply = re.match(r"\d{3}\b", diagnostic)
        return _is_gone_reply(int(reply[0]) if reply else 550, diagnostic)
    is_wide = _REPORTED_GONE.fullmatch(told) and not _speaks_of_us(diagnostic)
    return bool(_GONE.fullmatch(told) or is_wide)


def _status(said: str) -> str:
    found = _STATUS.search(said)
    return found[0] if found else _UNSPECIFIC


def _is_gone_reply(code: int, said: str) -> bool:
    return code in _GONE_REPLIES and not _speaks_of_us(said)


def _speaks_of_us(said: str) -> bool:
    return _UNWANTED.search(without_addresses(said)) is not None


def without_addresses(text: str) -> str:
    """What a mail server said, without whom it said it of: that is for nobody who looks at faults."""
    return _ADDRESS.sub("…", text)
