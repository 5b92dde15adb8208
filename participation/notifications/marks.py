"""What stands in addresses and Message-IDs: signed, so that nobody makes one up for another."""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from participation.notifications.rules import Subject

MARK_CHARACTERS = 20
_UNSUBSCRIBE, _MUTE, _OPENED = "unsubscribe", "mute", "opened"
_WORK = "work"


@dataclass(frozen=True)
class MuteToken:
    """Who wants no more mail, about what."""

    person_id: int
    subject: Subject


@dataclass(frozen=True)
class UnsubscribeToken:
    """Who wants fewer mails, and whether it was a mail about their work that they had enough of."""

    person_id: int
    from_work: bool = False


def unsubscribe_token(person_id: int, *, from_work: bool = False) -> str:
    return _signer(_UNSUBSCRIBE).dumps([person_id, _WORK] if from_work else person_id)


def read_unsubscribe_token(token: str) -> UnsubscribeToken | None:
    """What the token was made for, or None when it is not one of ours."""
    held = _read(_UNSUBSCRIBE, token)
    if isinstance(held, list):
        return UnsubscribeToken(held[0], from_work=held[1] == _WORK)
    return UnsubscribeToken(held) if isinstance(held, int) else None


def mute_token(person_id: int, *, subject: Subject) -> str:
    return _signer(_MUTE).dumps([person_id, subject.kind, subject.id])


def read_mute_token(token: str) -> MuteToken | None:
    held = _read(_MUTE, token)
    return MuteToken(held[0], Subject(held[1], held[2])) if isinstance(held, list) else None


def opening_token(event_id: int, *, person_id: int) -> str:
    """The event, and a mark of the reader that only we could make and nobody can read a person from."""
    return _signer(_OPENED).dumps([event_id, _mark(f"opened:{event_id}:{person_id}")])


def read_opening_token(token: str) -> tuple[int, str] | None:
    held = _read(_OPENED, token)
    return (held[0], held[1]) if isinstance(held, list) else None


def mail_key(event_ids: Iterable[int], *, person_id: int) -> str:
    """What names a mail for good. Its end can't be guessed, so a report that names it has seen the mail."""
    numbers = sorted(event_ids)
    what = f"event-{numbers[0]}" if len(numbers) == 1 else "bundle"
    return f"{what}-person-{person_id}-{_mark(f'mail:{numbers}:{person_id}')}"


def _mark(words: str) -> str:
    secret = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(secret, words.encode(), sha256).hexdigest()[:MARK_CHARACTERS]


def _read(salt: str, token: str) -> object:
    try:
        return _signer(salt).loads(token)
    except BadSignature:
        return None


def _signer(salt: str) -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=salt)
