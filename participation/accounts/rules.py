"""What holds for people and their sign-in."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from participation.refusals import Refusal

SIGNIN_LINK_EXPIRY_MINUTES = 15
SIGNIN_SESSION_DAYS = 14
SPENT_SIGNIN_DAYS = 30
LINKS_PER_ADDRESS = 5
NAME_MAX_CHARACTERS = 80
EMAIL_MAX_CHARACTERS = 254
POSTAL_ADDRESS_MAX_CHARACTERS = 200
POSTAL_ADDRESS_MAX_LINES = 5
_POSTCODE_AND_PLACE = re.compile(r"[0-9]{4} [^\W\d_]{2,}.*")


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


def session_expires(signed_in_at: datetime) -> datetime:
    return signed_in_at + timedelta(days=SIGNIN_SESSION_DAYS)


def postal_words(name: str, address: str) -> str:
    """A name and an address as they are compared: letters and figures alone, however they were typed."""
    return "\n".join(_letters(text) for text in (name, address))


def _letters(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(character for character in folded if character.isalnum())


def is_named_after(name: str, *, ours: Iterable[str]) -> bool:
    """Whether a name is one of ours, such as the municipality's, or begins or ends with it: as letters alone."""
    words = [_letters(word) for word in re.split(r"[\W_]+", name)]
    parts = {"".join(words[:end]) for end in range(1, len(words) + 1)}
    parts |= {"".join(words[start:]) for start in range(len(words))}
    return not parts.isdisjoint({_letters(own) for own in ours} - {""})


def tidy_address(address: str) -> str:
    """The lines of a postal address that have something on them."""
    return "\n".join(line for line in (" ".join(line.split()) for line in address.splitlines()) if line)


def is_whole_address(address: str) -> bool:
    """Whether a tidy address says where, and then a postcode with its place."""
    first, *rest = address.splitlines() or [""]
    return any(character.isalpha() for character in first) and any(map(_POSTCODE_AND_PLACE.fullmatch, rest))
