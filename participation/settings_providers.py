"""Who signs people in: any number of OpenID providers, each by a key of its own in the environment."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from participation.permissions import Assurance, Role
from participation.settings_addresses import secure_parts
from participation.settings_error import SettingsError

KEY = re.compile(r"[a-z][a-z0-9-]{0,38}")
# What a session says of people who came in without a provider (`accounts.rules`); no provider may be called so.
TAKEN_KEYS = frozenset({"link", "demo", "command", "here"})
# Asymmetric alone: a token signed with a secret, or with nothing, is never one of these.
ALGORITHMS = frozenset({"RS256", "PS256", "ES256", "RS384", "PS384", "ES384", "RS512", "PS512", "ES512"})
IDLE_MINUTES, MOST_MINUTES = 30, 120


class ClientAuth(StrEnum):
    PRIVATE_KEY_JWT = "private_key_jwt"
    CLIENT_SECRET_BASIC = "client_secret_basic"  # noqa: S105 the method's name


class For(StrEnum):
    """Whom the provider is for: what the sign-in page says of it."""

    RESIDENTS = "residents"
    STAFF = "staff"


class KnownBy(StrEnum):
    """The claim that tells one person from another."""

    NUMBER = "number"
    """`pid`: the national identity number, the same from every provider."""
    DIRECTORY = "directory"
    """`tid` and `oid`: the tenant and the person in it, as Entra ID gives them."""
    SUBJECT = "subject"
    """`sub`: the provider's own name for the person."""


@dataclass(frozen=True, kw_only=True)
class Provider:
    key: str
    issuer: str
    client_id: str
    client_auth: ClientAuth
    client_secret: str = field(default="", repr=False)
    private_key: Path | None = None
    """A file with an RSA key, as PEM or as a JWK."""
    key_id: str = ""
    label: str
    is_for: For = For.RESIDENTS
    known_by: KnownBy
    scope: str = "openid"
    acr: Mapping[Assurance, str] = field(default_factory=dict)
    """What the provider calls each level; none for one that says nothing of how sure it is."""
    roles: Mapping[str, Role] = field(default_factory=dict)
    """What the words in the claim `roles` give here."""
    email_domains: frozenset[str] = frozenset()
    """The domains whose addresses the provider hands out itself, so that what it says of them holds."""
    algorithm: str = "RS256"
    idle_minutes: int = IDLE_MINUTES
    most_minutes: int = MOST_MINUTES
    framed_by: str = ""
    """The origins, with spaces between them, whose pages may ask in a frame to sign people out."""
    leeway_seconds: int = 30
    """How far apart the provider's clock and ours may be."""

    def wanted(self, at_least: Assurance | None) -> Assurance | None:
        """The lowest level it can be asked for that is high enough; None where it has none such."""
        enough = (level for level in Assurance if level in self.acr and level.covers(at_least or Assurance.EMAIL))
        return next(enough, None)

    def assurance_of(self, acr: object) -> Assurance | None:
        """What the returned `acr` means; None for one that we don't know."""
        return next((level for level, name in self.acr.items() if name == acr), None)


def providers(env: Mapping[str, str]) -> tuple[Provider, ...]:
    """In the order of SIGN_IN_PROVIDERS. Raises SettingsError, without secrets, on what can't work."""
    keys = env.get("SIGN_IN_PROVIDERS", "").split()
    for key in keys:
        if not KEY.fullmatch(key) or key in TAKEN_KEYS or keys.count(key) > 1:
            raise SettingsError(f"SIGN_IN_PROVIDERS must be keys such as idporten or entra, each once, not {key!r}")
    return tuple(_provider(_Given(key, env)) for key in keys)


class _Given:
    """One provider's settings as they were given."""

    def __init__(self, key: str, env: Mapping[str, str]) -> None:
        self.key, self._env = key, env
        self._prefix = f"OIDC_{key.upper().replace('-', '_')}_"

    def name(self, setting: str) -> str:
        return self._prefix + setting

    def get(self, setting: str, default: str = "") -> str:
        return self._env.get(self.name(setting), "").strip() or default

    def must(self, setting: str) -> str:
        value = self.get(setting)
        if not value:
            raise SettingsError(f"{self.name(setting)} is missing: SIGN_IN_PROVIDERS names {self.key}")
        return value

    def one_of(self, setting: str, words: type[StrEnum], default: str = "") -> str:
        value = self.get(setting, default)
        if value not in set(words):
            raise SettingsError(f"{self.name(setting)} must be one of {', '.join(words)}, not {value!r}")
        return value

    def number(self, setting: str, default: int, *, least: int, most: int) -> int:
        text = self.get(setting, str(default))
        if not (text.isascii() and text.isdecimal()) or not least <= int(text) <= most:
            raise SettingsError(f"{self.name(setting)} must be a whole number from {least} to {most}, not {text!r}")
        return int(text)

    def pairs(self, setting: str) -> dict[str, str]:
        """Words such as `a=b c=d`."""
        pairs = [word.partition("=") for word in self.get(setting).split()]
        if not all(name and value for name, _equals, value in pairs):
            raise SettingsError(f"{self.name(setting)} must be pairs such as name=value, with spaces between them")
        return {name: value for name, _equals, value in pairs}


def _provider(given: _Given) -> Provider:
    auth = ClientAuth(given.one_of("CLIENT_AUTH", ClientAuth, ClientAuth.CLIENT_SECRET_BASIC))
    by_key = auth is ClientAuth.PRIVATE_KEY_JWT
    return Provider(
        key=given.key,
        issuer=_issuer(given),
        client_id=given.must("CLIENT_ID"),
        client_auth=auth,
        client_secret="" if by_key else given.must("CLIENT_SECRET"),
        private_key=_private_key(given) if by_key else None,
        key_id=given.get("KEY_ID"),
        label=given.get("LABEL", given.key),
        is_for=For(given.one_of("FOR", For, For.RESIDENTS)),
        known_by=KnownBy(given.one_of("KNOWN_BY", KnownBy, KnownBy.NUMBER)),
        scope=given.get("SCOPE", "openid"),
        acr=_acr(given),
        roles=_roles(given),
        email_domains=frozenset(given.get("EMAIL_DOMAINS").lower().split()),
        algorithm=_algorithm(given),
        framed_by=_framed_by(given),
        idle_minutes=given.number("IDLE_MINUTES", IDLE_MINUTES, least=1, most=24 * 60),
        most_minutes=given.number("MOST_MINUTES", MOST_MINUTES, least=1, most=24 * 60),
        leeway_seconds=given.number("LEEWAY_SECONDS", 30, least=0, most=300),
    )


def _issuer(given: _Given) -> str:
    issuer = given.must("ISSUER")
    if not is_safe(issuer):
        # Without what was given: a password may stand in it.
        raise SettingsError(f"{given.name('ISSUER')} must be an https address such as https://idporten.no, and no more")
    return issuer


def is_safe(address: str) -> bool:
    """Whether it may be asked about people."""
    parts = secure_parts(address)
    return parts is not None and not (parts.fragment or parts.username)


def _private_key(given: _Given) -> Path:
    path = Path(given.must("PRIVATE_KEY"))
    if not path.is_absolute():
        raise SettingsError(f"{given.name('PRIVATE_KEY')} must be the whole path of a key, not {str(path)!r}")
    return path


def _acr(given: _Given) -> dict[Assurance, str]:
    try:
        return {Assurance(level): name for level, name in given.pairs("ACR").items()}
    except ValueError:
        raise SettingsError(
            f"{given.name('ACR')} must be levels such as substantial=idporten-loa-substantial; "
            f"the levels are {', '.join(Assurance)}"
        ) from None


def _roles(given: _Given) -> dict[str, Role]:
    try:
        return {word: Role(role) for word, role in given.pairs("ROLES").items()}
    except ValueError:
        raise SettingsError(
            f"{given.name('ROLES')} must be roles such as Svarer.Saksbehandler=case_worker; "
            f"the roles here are {', '.join(Role)}"
        ) from None


def _framed_by(given: _Given) -> str:
    """As given; else the issuer's own."""
    origins = given.get("FRAMED_BY").split() or [_origin(given.must("ISSUER"))]
    for origin in origins:
        if not is_safe(origin) or origin != _origin(origin):
            raise SettingsError(f"{given.name('FRAMED_BY')} must be origins such as https://login.idporten.no")
    return " ".join(origins)


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def _algorithm(given: _Given) -> str:
    name = given.get("ALGORITHM", "RS256")
    if name not in ALGORITHMS:
        raise SettingsError(f"{given.name('ALGORITHM')} must be one of {', '.join(sorted(ALGORITHMS))}, not {name!r}")
    return name
