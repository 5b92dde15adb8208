"""Everything that may differ between municipalities and machines, read once from the environment."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from participation.demands import Demands, demands
from participation.pid_keys import PidKeys
from participation.settings_addresses import is_this_machine
from participation.settings_error import SettingsError
from participation.settings_map import MapSettings, map_settings
from participation.settings_passkeys import PasskeySettings, passkey_settings
from participation.settings_pictures import S3Settings, picture_settings
from participation.settings_providers import KnownBy, Provider, providers
from participation.settings_residence import ResidenceSettings, residence_settings

__all__ = ["Settings", "SettingsError"]

SECRET_KEY_MIN_CHARACTERS = 32
DEFAULT_PORT = 5000
HIGHEST_PORT = 65_535
SMTP_SCHEMES = {"smtp", "smtps", "smtp+starttls"}
REDIS_SCHEMES = {"redis", "rediss", "unix"}
POSTGRESQL_DRIVER = "postgresql+psycopg"
_DATABASE_REFUSED = "DATABASE_URL must be sqlite:////path/to/file or postgresql://user:password@host/database"
_TRUE = {"1", "true", "yes", "on"}


@dataclass(frozen=True, kw_only=True)
class Settings:
    secret_key: str = field(repr=False)
    database_url: str = field(repr=False)
    demo: bool = False
    redis_url: str | None = field(default=None, repr=False)
    smtp_url: str | None = field(default=None, repr=False)
    mail_from: str = "Lier svarer <svar@example.org>"
    site_url: str = "http://127.0.0.1:5000"
    site_name: str = "Lier svarer"
    municipality_name: str = "Lier kommune"
    municipality_number: str = "3312"
    contact_email: str = "innovasjon@example.org"
    accessibility_url: str | None = None
    answer_within_days: int = 30
    remind_days_before: int = 5
    """How long before the promised day its case worker is reminded."""
    escalate_after_days: int = 14
    """How long after the promised day the leaders are told."""
    silent_after_weeks: int = 8
    use_check_grace_days: int = 60
    """How long staff have to confirm that something is still in use, before its needs go back."""
    quiet_from_hour: int = 21
    quiet_to_hour: int = 7
    """Between these hours no mail leaves to those who want quiet nights; at the second, the bundled ones leave."""
    bounce_address: str | None = None
    """Where mails that can't be delivered come back to: the sender on the envelope."""
    bounce_maildir: Path | None = None
    """The folder where they then lie, when the worker is to read them."""
    mail_lease_seconds: int = 300
    behind_proxies: int = 0
    pid_keys: PidKeys | None = None
    """What national identity numbers are recognised by; none when nobody signs in with one."""
    providers: tuple[Provider, ...] = ()
    """Who signs people in besides our own links, in the order of the sign-in page."""
    demands: Demands = field(default_factory=Demands)
    """What is asked of residents before they take part."""
    synthetic_numbers: bool = False
    """Whether the made-up identity numbers of test environments are anybody's."""
    residence: ResidenceSettings | None = None
    """How the population register is asked; none when it is not."""
    passkeys: PasskeySettings | None = None
    """Who of the staff must have one; none where browsers make no passkeys for the site's address."""
    map: MapSettings = field(default_factory=MapSettings)
    var_folder: Path = Path("var")
    pictures: S3Settings | None = None
    """The S3-compatible store that pictures are kept in; none when they lie in the var folder."""

    @property
    def secure_cookies(self) -> bool:
        return self.site_url.startswith("https://")

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> "Settings":
        """Settings from the environment.

        Raises SettingsError, in a sentence for the operator, on what the service can't or must not work with.
        """
        env = os.environ if env is None else env
        demo = _is_on(env, "DEMO")
        var_folder = Path(env.get("VAR_FOLDER", "var")).absolute()
        site_url = _site_url(env, demo=demo)
        municipality_number = env.get("MUNICIPALITY_NUMBER", cls.municipality_number)
        pid_keys = _pid_keys(env, demo=demo, var_folder=var_folder)
        residence = residence_settings(env, municipality_number=municipality_number)
        if demo:
            _refuse_public_demo(site_url, on_purpose=_is_on(env, "DEMO_PUBLIC"))
        return cls(
            smtp_url=_smtp_url(env, demo=demo),
            mail_from=_mail_from(env, demo=demo),
            secret_key=_secret_key(env, demo=demo, var_folder=var_folder),
            database_url=_database_url(env, var_folder),
            redis_url=_redis_url(env),
            pid_keys=pid_keys,
            providers=_providers(env, pid_keys),
            passkeys=passkey_settings(env, site_url=site_url, demo=demo),
            demo=demo,
            site_url=site_url,
            var_folder=var_folder,
            pictures=picture_settings(env),
            accessibility_url=env.get("ACCESSIBILITY_URL") or None,
            answer_within_days=_whole_number(env, "ANSWER_WITHIN_DAYS", cls.answer_within_days),
            remind_days_before=_whole_number(env, "REMIND_DAYS_BEFORE", cls.remind_days_before),
            escalate_after_days=_whole_number(env, "ESCALATE_AFTER_DAYS", cls.escalate_after_days),
            silent_after_weeks=_whole_number(env, "SILENT_AFTER_WEEKS", cls.silent_after_weeks),
            use_check_grace_days=_whole_number(env, "USE_CHECK_GRACE_DAYS", cls.use_check_grace_days),
            quiet_from_hour=_whole_number(env, "QUIET_FROM_HOUR", cls.quiet_from_hour, least=0, most=23),
            quiet_to_hour=_whole_number(env, "QUIET_TO_HOUR", cls.quiet_to_hour, least=0, most=23),
            bounce_address=_bounce_address(env),
            bounce_maildir=_bounce_maildir(env),
            mail_lease_seconds=_whole_number(env, "MAIL_LEASE_SECONDS", cls.mail_lease_seconds),
            behind_proxies=_whole_number(env, "BEHIND_PROXIES", cls.behind_proxies, least=0),
            site_name=env.get("SITE_NAME", cls.site_name),
            municipality_name=env.get("MUNICIPALITY_NAME", cls.municipality_name),
            municipality_number=municipality_number,
            residence=residence,
            map=map_settings(env),
            demands=demands(env, asks_residence=residence is not None),
            synthetic_numbers=_is_on(env, "SYNTHETIC_NUMBERS") or demo,
            contact_email=env.get("CONTACT_EMAIL", cls.contact_email),
        )


def _is_on(env: Mapping[str, str], name: str) -> bool:
    return env.get(name, "").strip().lower() in _TRUE


def _site_url(env: Mapping[str, str], *, demo: bool) -> str:
    """The address without a slash at its end, and its scheme in lower case."""
    port = _whole_number(env, "PORT", DEFAULT_PORT, most=HIGHEST_PORT)
    text = env.get("SITE_URL", "") or (f"http://127.0.0.1:{port}" if demo else "")
    parts = _address(text)
    if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise SettingsError(
            f"SITE_URL must be the address that residents use, such as https://svarer.example.org, not {text!r}"
        )
    return parts.geturl().rstrip("/")


def _refuse_public_demo(site_url: str, *, on_purpose: bool) -> None:
    parts = urlsplit(site_url)
    if parts.scheme == "https":
        raise SettingsError("DEMO=1 lets anyone sign in as anyone: it is refused when SITE_URL is an https address")
    if not on_purpose and not is_this_machine(parts.hostname or ""):
        raise SettingsError(
            "DEMO=1 lets anyone sign in as anyone: with a SITE_URL that others can reach, "
            "DEMO_PUBLIC=1 must say that this is on purpose"
        )


def _providers(env: Mapping[str, str], pid_keys: PidKeys | None) -> tuple[Provider, ...]:
    found = providers(env)
    if pid_keys is None and any(provider.known_by is KnownBy.NUMBER for provider in found):
        raise SettingsError("PID_KEYS is missing: people are to be known by their national identity number")
    return found


def _smtp_url(env: Mapping[str, str], *, demo: bool) -> str | None:
    url = env.get("SMTP_URL") or None
    if url is None and not demo:
        raise SettingsError("SMTP_URL is missing: without it nobody can be told anything")
    parts = _address(url) if url else None
    if url and (parts is None or parts.scheme not in SMTP_SCHEMES or not parts.hostname):
        raise SettingsError(
            "SMTP_URL must be smtp://host:port, smtps://user:password@host:port or "
            "smtp+starttls://user:password@host:port"
        )
    return url


def _mail_from(env: Mapping[str, str], *, demo: bool) -> str:
    sender = env.get("MAIL_FROM") or (Settings.mail_from if demo else "")
    try:
        name, address = parseaddr(sender)
        parsed = Address(display_name=name, addr_spec=address)
    except (ValueError, HeaderParseError, IndexError):  # the last is how the library takes an empty address
        parsed = Address()
    if not (parsed.username and parsed.domain and parsed.addr_spec.isascii() and sender.isprintable()):
        raise SettingsError(
            'MAIL_FROM must be the address that mails come from, such as "Lier svarer <svar@example.org>", '
            f"not {sender!r}"
        )
    return sender


def _bounce_address(env: Mapping[str, str]) -> str | None:
    address = env.get("BOUNCE_ADDRESS") or None
    if address is None:
        return None
    try:
        parsed = Address(addr_spec=address)
    except (ValueError, HeaderParseError, IndexError):
        parsed = Address()
    if not (parsed.username and parsed.domain and address.isascii()):
        raise SettingsError(f"BOUNCE_ADDRESS must be the address that mails come back to, not {address!r}")
    return address


def _bounce_maildir(env: Mapping[str, str]) -> Path | None:
    folder = env.get("BOUNCE_MAILDIR") or None
    if folder is not None and not Path(folder).is_absolute():
        raise SettingsError(f"BOUNCE_MAILDIR must be the whole path of a Maildir, not {folder!r}")
    return Path(folder) if folder else None


def _secret_key(env: Mapping[str, str], *, demo: bool, var_folder: Path) -> str:
    given = env.get("SECRET_KEY", "")
    if len(given) >= SECRET_KEY_MIN_CHARACTERS and len(set(given)) >= 8:
        return given
    if given or not demo:
        raise SettingsError(
            f"SECRET_KEY must be at least {SECRET_KEY_MIN_CHARACTERS} random characters, for instance from "
            '`python -c "import secrets; print(secrets.token_urlsafe(48))"`'
        )
    return _demo_secret(var_folder, "demo-secret-key")


def _pid_keys(env: Mapping[str, str], *, demo: bool, var_folder: Path) -> PidKeys | None:
    text = env.get("PID_KEYS") or (f"1:{_demo_secret(var_folder, 'demo-pid-key')}" if demo else "")
    return PidKeys.parse(text) if text else None


def _demo_secret(var_folder: Path, name: str) -> str:
    """A secret made once for this demo, kept in the var folder so that sign-ins survive a restart."""
    var_folder.mkdir(parents=True, exist_ok=True)
    path = var_folder / name
    try:
        with path.open("x") as file:
            file.write(secrets.token_urlsafe(48))
        path.chmod(0o600)
    except FileExistsError:
        pass
    return path.read_text()


def _database_url(env: Mapping[str, str], var_folder: Path) -> str:
    """The address with the driver that is installed. What is wrong with it is said without its password."""
    text = env.get("DATABASE_URL") or f"sqlite:///{var_folder / 'participation.sqlite3'}"
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise SettingsError(_DATABASE_REFUSED) from None
    if url.drivername in {"postgres", "postgresql", POSTGRESQL_DRIVER}:
        return POSTGRESQL_DRIVER + text[text.index("://") :]
    if url.drivername != "sqlite" or url.database in {None, "", ":memory:"}:
        raise SettingsError(_DATABASE_REFUSED)
    return text


def _redis_url(env: Mapping[str, str]) -> str | None:
    url = env.get("REDIS_URL") or None
    parts = _address(url) if url else None
    where = parts and (parts.path if parts.scheme == "unix" else parts.hostname)
    if url and (parts is None or parts.scheme not in REDIS_SCHEMES or not where):
        raise SettingsError("REDIS_URL must be redis://host:port/0, rediss://host:port/0 or unix:///path/to/socket")
    return url


def _address(text: str) -> SplitResult | None:
    """Its parts; none when there is white space in it, or its host or its port is impossible."""
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return None
    return None if any(character.isspace() for character in text) else parts


def _whole_number(env: Mapping[str, str], name: str, default: int, *, least: int = 1, most: int | None = None) -> int:
    text = env.get(name, str(default))
    if not text.isdecimal() or int(text) < least or (most is not None and int(text) > most):
        bounds = f"from {least} up" if most is None else f"from {least} to {most}"
        raise SettingsError(f"{name} must be a whole number {bounds}, not {text!r}")
    return int(text)
