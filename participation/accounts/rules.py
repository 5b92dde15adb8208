"""What holds for people and their sign-in."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from participation.permissions import Actor, Permission
from participation.refusals import Refusal
from participation.settings_passkeys import PasskeysRequired

SIGNIN_LINK_EXPIRY_MINUTES = 15
SIGNIN_SESSION_DAYS = 14
SPENT_SIGNIN_DAYS = 30
# The way to a provider and back, and the time to read what it means, may each take so long.
ATTEMPT_EXPIRY_MINUTES = 15
LINKS_PER_ADDRESS = 5
NAME_MAX_CHARACTERS = 80
EMAIL_MAX_CHARACTERS = 254
PASSKEY_NAME_MAX_CHARACTERS = 60
PASSKEY_CHALLENGE_MINUTES = 5
PASSKEY_JUST_SHOWN_MINUTES = 5
# The most that an authenticator may choose, by the specification.
CREDENTIAL_ID_MAX_BYTES = 1023
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
    """Of an account that was deleted, or became part of another: it leads to that account."""
    REPLACED_EMAIL = "replaced_email"
    """Of an account that has another address now: it leads nowhere, and to no second account either."""


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


class Step(StrEnum):
    """What is left to do, for who is signed in by a link, before they act as staff."""

    SHOW_PASSKEY = "show_passkey"
    MAKE_PASSKEY = "make_passkey"


_MUST_HAVE_PASSKEY = {
    PasskeysRequired.ADMINISTRATORS: Permission.ADMINISTER,
    PasskeysRequired.STAFF: Permission.SPEAK_AS_STAFF,
}


def is_asked_for_passkey(actor: Actor, *, provider: str, shown_at: datetime | None) -> bool:
    """Whoever else signs people in has asked for more than a mailbox already; residents act for themselves alone."""
    return provider == BY_LINK and shown_at is None and actor.is_staff


def step_left(actor: Actor, *, has_passkey: bool, required: PasskeysRequired) -> Step | None:
    """The step of one who is asked: who has a passkey shows it, who must have one and has none makes it."""
    if has_passkey:
        return Step.SHOW_PASSKEY
    needed = _MUST_HAVE_PASSKEY.get(required)
    return Step.MAKE_PASSKEY if needed and actor.may(needed) else None


def challenge_expires(given_at: datetime) -> datetime:
    return given_at + timedelta(minutes=PASSKEY_CHALLENGE_MINUTES)


def counter_went_back(count: int, *, before: int) -> bool:
    """Whether a device says that it was used no oftener than it said last time; some never count."""
    return (count, before) != (0, 0) and count <= before


def may_make_passkey(actor: Actor, *, step: Step | None) -> Refusal | None:
    """Another passkey is made by who has shown one; else whoever reads the mailbox could make their own."""
    if not actor.is_staff:
        return Refusal.NOT_ALLOWED
    return Refusal.PASSKEY_NOT_SHOWN if step is Step.SHOW_PASSKEY else None


def may_delete_passkey(
    actor: Actor, *, step: Step | None, is_last: bool, shown_at: datetime | None, now: datetime
) -> Refusal | None:
    """An administrator's last passkey is deleted just after it was shown: who finds the screen open can't."""
    if step is not None:
        return Refusal.PASSKEY_NOT_SHOWN
    just_shown = shown_at is not None and now - shown_at <= timedelta(minutes=PASSKEY_JUST_SHOWN_MINUTES)
    needs_showing = is_last and actor.may(Permission.ADMINISTER)
    return Refusal.PASSKEY_NOT_SHOWN if needs_showing and not just_shown else None


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
