"""What holds for people and their sign-in."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from participation.refusals import Refusal

SIGNIN_LINK_EXPIRY_MINUTES = 15
SIGNIN_SESSION_DAYS = 14
SPENT_SIGNIN_DAYS = 30
# The way to a provider and back, and the time to read what it means, may each take so long.
ATTEMPT_EXPIRY_MINUTES = 15
LINKS_PER_ADDRESS = 5
NAME_MAX_CHARACTERS = 80
EMAIL_MAX_CHARACTERS = 254
PASSKEY_NAME_MAX_CHARACTERS = 60
POSTAL_ADDRESS_MAX_CHARACTERS = 200
POSTAL_ADDRESS_MAX_LINES = 5
_POSTCODE_AND_PLACE = re.compile(r"[0-9]{4} [^\W\d_]{2,}.*")


# How people are signed in without a provider; what a session says of how it came to be.
BY_LINK, BY_DEMO, BY_COMMAND = "link", "demo", "command"
OWN_WAYS_IN = frozenset({BY_LINK, BY_DEMO, BY_COMMAND})
# A session's last use is noted no oftener, so that reading pages is not a write each.
SEEN_EVERY = timedelta(seconds=30)


class IdentityKind(StrEnum):
    """What a person is known by; a directory's tenant and object, and a provider's issuer and subject, as one."""

    NUMBER = "number"
    DIRECTORY = "directory"
    SUBJECT = "subject"
    FORMER_EMAIL = "former_email"


class Language(StrEnum):
    BOKMAL = "nb"
    NYNORSK = "nn"
    ENGLISH = "en"


def may_use_link(*, now: datetime, expires_at: datetime | None, used_at: datetime | None) -> Refusal | None:
    """A link works once, and for fifteen minutes."""
    if expires_at is None or used_at is not None or now >= expires_at:
        return Refusal.LINK_SPENT
    return None


def link_expires(sent_at: datetime) -> datetime:
    return sent_at + timedelta(minutes=SIGNIN_LINK_EXPIRY_MINUTES)


@dataclass(frozen=True)
class SessionLimits:
    """How long a sign-in session lasts: so long unused, and so long in all."""

    idle_minutes: int | None
    most: timedelta

    @classmethod
    def of_minutes(cls, *, idle: int, most: int) -> "SessionLimits":
        return cls(idle_minutes=idle, most=timedelta(minutes=most))


LINK_SESSION = SessionLimits(idle_minutes=None, most=timedelta(days=SIGNIN_SESSION_DAYS))


def session_ends(*, seen_at: datetime, expires_at: datetime, idle_minutes: int | None) -> datetime:
    """When a session ends if it is not used again."""
    if idle_minutes is None:
        return expires_at
    return min(expires_at, seen_at + timedelta(minutes=idle_minutes))


def postal_words(name: str, address: str) -> str:
    """A name and an address as they are compared: letters and figures alone, however they were typed."""
    return "\n".join(_letters(text) for text in (name, address))


def _letters(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(character for character in folded if character.isalnum())


def tidy_address(address: str) -> str:
    """The lines of a postal address that have something on them."""
    return "\n".join(line for line in (" ".join(line.split()) for line in address.splitlines()) if line)


def is_whole_address(address: str) -> bool:
    """Whether a tidy address says where, and then a postcode with its place."""
    first, *rest = address.splitlines() or [""]
    return any(character.isalpha() for character in first) and any(map(_POSTCODE_AND_PLACE.fullmatch, rest))
