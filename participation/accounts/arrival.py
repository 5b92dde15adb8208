"""What a provider's word means here: who the person is known as, and what is known of them. Asks nobody."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from email_validator import EmailNotValidError, validate_email

from participation.accounts.national_number import age_on, refuse
from participation.accounts.rules import EMAIL_MAX_CHARACTERS, NAME_MAX_CHARACTERS, IdentityKind
from participation.oidc.faults import Fault, ProviderFault
from participation.permissions import Assurance, Role
from participation.pid_keys import PidKeys
from participation.settings_providers import KnownBy, Provider

CLAIM_MAX_CHARACTERS = 200
Claims = Mapping[str, Any]


@dataclass(frozen=True)
class Mark:
    """A value that an identity is kept as; of a number its digest by one of the keys."""

    value: str
    key_version: int | None = None


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """Somebody whom a provider has vouched for. May be kept for a while: it holds no national identity number."""

    provider: str
    kind: IdentityKind
    marks: list[Mark]
    assurance: Assurance
    issuer: str
    sid: str | None
    subject: str
    old_enough: bool | None = None
    lives_here: bool | None = None
    sealed_id_token: str | None = None
    name: str = ""
    email: str = ""
    """Only one that the provider hands out itself."""
    roles: list[Role] | None = None
    """Those that a directory gives the person; None from a provider that has none to give."""

    def kept(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of(cls, kept: dict[str, Any]) -> "Arrival":
        words = {
            "kind": IdentityKind(kept["kind"]),
            "marks": [Mark(**mark) for mark in kept["marks"]],
            "assurance": Assurance(kept["assurance"]),
            "roles": None if kept["roles"] is None else [Role(role) for role in kept["roles"]],
        }
        return cls(**{**kept, **words})


@dataclass(frozen=True, kw_only=True)
class Conditions:
    """What an arrival is measured by."""

    today: date
    pid_keys: PidKeys | None
    minimum_age: int
    synthetic_allowed: bool


def number_of(provider: Provider, claims: Claims, conditions: Conditions) -> str | None:
    """The national identity number, where that is what the provider knows people by. Not to be kept.

    Raises ProviderFault for one that is none, or that nobody has.
    """
    if provider.known_by is not KnownBy.NUMBER:
        return None
    number = _text(claims, "pid")
    if refuse(number, day=conditions.today, synthetic_allowed=conditions.synthetic_allowed) is not None:
        raise ProviderFault(Fault.NUMBER_INVALID)
    return number


def arrival(
    provider: Provider, claims: Claims, *, number: str | None, wanted: Assurance | None, conditions: Conditions
) -> Arrival:
    """Raises ProviderFault for a lower assurance than was asked for, and where nothing tells who it is."""
    return Arrival(
        provider=provider.key,
        kind=_kind(provider),
        marks=_marks(provider, claims, number, conditions),
        assurance=_assurance(provider, claims, wanted),
        issuer=provider.issuer,
        sid=_text(claims, "sid") or None,
        subject=_text(claims, "sub"),
        old_enough=None if number is None else age_on(number, conditions.today) >= conditions.minimum_age,
        name=_text(claims, "name")[:NAME_MAX_CHARACTERS],
        email=_email(provider, claims),
        roles=_roles(provider, claims),
    )


def _text(claims: Claims, name: str) -> str:
    value = claims.get(name)
    return value.strip() if isinstance(value, str) and value.isprintable() else ""


def _kind(provider: Provider) -> IdentityKind:
    return IdentityKind(provider.known_by.value)


def _marks(provider: Provider, claims: Claims, number: str | None, conditions: Conditions) -> list[Mark]:
    if number is not None:
        keys = conditions.pid_keys
        return [Mark(digest, version) for version, digest in keys.digests(number)] if keys else _nobody()
    names = ("tid", "oid") if provider.known_by is KnownBy.DIRECTORY else ("sub",)
    words = [_text(claims, name) for name in names]
    if not all(0 < len(word) <= CLAIM_MAX_CHARACTERS for word in words):
        return _nobody()
    if provider.known_by is KnownBy.SUBJECT:
        words.insert(0, provider.key)
    return [Mark(" ".join(words))]


def _nobody() -> list[Mark]:
    raise ProviderFault(Fault.WITHOUT_IDENTITY)


def _assurance(provider: Provider, claims: Claims, wanted: Assurance | None) -> Assurance:
    """What the returned `acr` is worth; what was asked for is only a wish until it is."""
    if not provider.acr:
        return Assurance.EMAIL
    found = provider.assurance_of(claims.get("acr"))
    if found is None or not found.covers(wanted or Assurance.EMAIL):
        raise ProviderFault(Fault.ASSURANCE_TOO_LOW)
    return found


def _email(provider: Provider, claims: Claims) -> str:
    written = _text(claims, "email") or _text(claims, "preferred_username")
    domain = written.rpartition("@")[2].lower()
    is_theirs = domain in provider.email_domains and len(written) <= EMAIL_MAX_CHARACTERS
    return written if is_theirs and _is_address(written) else ""


def _is_address(written: str) -> bool:
    try:
        validate_email(written, check_deliverability=False)
    except EmailNotValidError:
        return False
    return True


def _roles(provider: Provider, claims: Claims) -> list[Role] | None:
    """Words that the settings don't translate give nothing."""
    if not provider.roles:
        return None
    given = claims.get("roles")
    words = given if isinstance(given, list) else []
    return sorted({provider.roles[word] for word in words if isinstance(word, str) and word in provider.roles})
