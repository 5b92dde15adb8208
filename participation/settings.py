"""Everything that may differ between municipalities and machines, read once from the environment."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

SECRET_KEY_MIN_CHARACTERS = 32
_TRUE = {"1", "true", "yes", "on"}


class SettingsError(ValueError):
    """The environment holds something the service must not start with."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    secret_key: str
    database_url: str
    demo: bool = False
    redis_url: str | None = None
    smtp_url: str | None = None
    mail_from: str = "Lier svarer <svar@example.org>"
    site_url: str = "http://127.0.0.1:5000"
    site_name: str = "Lier svarer"
    municipality_name: str = "Lier kommune"
    municipality_number: str = "3312"
    contact_email: str = "innovasjon@example.org"
    accessibility_url: str | None = None
    answer_within_days: int = 30
    mail_lease_seconds: int = 300
    behind_proxies: int = 0
    var_folder: Path = Path("var")

    @property
    def secure_cookies(self) -> bool:
        return self.site_url.startswith("https://")

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> "Settings":
        """Settings from the environment.

        Raises SettingsError on a missing or weak secret, a demo in production, or no way to send mail.
        """
        env = os.environ if env is None else env
        demo = env.get("DEMO", "").lower() in _TRUE
        var_folder = Path(env.get("VAR_FOLDER", "var")).absolute()
        site_url = env.get("SITE_URL", f"http://127.0.0.1:{env.get('PORT', '5000')}").rstrip("/")
        if demo and site_url.startswith("https://"):
            raise SettingsError(
                "DEMO=1 lets anyone sign in as anyone: it is refused when SITE_URL is a public https address"
            )
        smtp_url = env.get("SMTP_URL") or None
        if not demo and smtp_url is None:
            raise SettingsError("SMTP_URL is missing: without it nobody can be told anything")
        return cls(
            secret_key=_secret_key(env, demo=demo, var_folder=var_folder),
            database_url=_database_url(env, var_folder),
            demo=demo,
            redis_url=env.get("REDIS_URL") or None,
            smtp_url=smtp_url,
            site_url=site_url,
            var_folder=var_folder,
            accessibility_url=env.get("ACCESSIBILITY_URL") or None,
            answer_within_days=_whole_number(env, "ANSWER_WITHIN_DAYS", cls.answer_within_days),
            mail_lease_seconds=_whole_number(env, "MAIL_LEASE_SECONDS", cls.mail_lease_seconds),
            behind_proxies=_whole_number(env, "BEHIND_PROXIES", cls.behind_proxies, least=0),
            mail_from=env.get("MAIL_FROM", cls.mail_from),
            site_name=env.get("SITE_NAME", cls.site_name),
            municipality_name=env.get("MUNICIPALITY_NAME", cls.municipality_name),
            municipality_number=env.get("MUNICIPALITY_NUMBER", cls.municipality_number),
            contact_email=env.get("CONTACT_EMAIL", cls.contact_email),
        )


def _secret_key(env: Mapping[str, str], *, demo: bool, var_folder: Path) -> str:
    given = env.get("SECRET_KEY", "")
    if len(given) >= SECRET_KEY_MIN_CHARACTERS and len(set(given)) >= 8:
        return given
    if given or not demo:
        raise SettingsError(
            f"SECRET_KEY must be at least {SECRET_KEY_MIN_CHARACTERS} random characters, for instance from "
            '`python -c "import secrets; print(secrets.token_urlsafe(48))"`'
        )
    return _demo_secret(var_folder)


def _demo_secret(var_folder: Path) -> str:
    """A secret made once for this demo, kept in the var folder so that sign-ins survive a restart."""
    var_folder.mkdir(parents=True, exist_ok=True)
    path = var_folder / "demo-secret-key"
    try:
        with path.open("x") as file:
            file.write(secrets.token_urlsafe(48))
        path.chmod(0o600)
    except FileExistsError:
        pass
    return path.read_text()


def _database_url(env: Mapping[str, str], var_folder: Path) -> str:
    url = env.get("DATABASE_URL") or f"sqlite:///{var_folder / 'participation.sqlite3'}"
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def _whole_number(env: Mapping[str, str], name: str, default: int, *, least: int = 1) -> int:
    text = env.get(name, str(default))
    if not text.isdecimal() or int(text) < least:
        raise SettingsError(f"{name} must be a whole number from {least} up, not {text!r}")
    return int(text)
