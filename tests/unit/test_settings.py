from collections.abc import Mapping
from pathlib import Path

import pytest

from participation.settings import Settings, SettingsError

SECRET_KEY = "kZ3v9Qw1Lr8tYb5nXs7dGf2hJm4pCa6u"
ENOUGH = {
    "SECRET_KEY": SECRET_KEY,
    "SMTP_URL": "smtp://localhost",
    "SITE_URL": "https://svar.example.org",
}


def settings(**changes: str) -> Settings:
    return Settings.from_env(ENOUGH | changes)


def without(name: str) -> Mapping[str, str]:
    return {key: value for key, value in ENOUGH.items() if key != name}


def test_a_secret_a_mail_server_and_an_address_are_enough() -> None:
    assert settings().answer_within_days == 30
    assert settings().secure_cookies
    assert not settings().demo


@pytest.mark.parametrize("weak", ["", "secret", "x" * 31, "x" * 64, "abcdefg" * 10])
def test_a_missing_or_weak_secret_is_refused(weak: str) -> None:
    with pytest.raises(SettingsError, match="SECRET_KEY"):
        settings(SECRET_KEY=weak)


def test_a_weak_secret_is_refused_in_a_demo_too(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="SECRET_KEY"):
        Settings.from_env({"DEMO": "1", "VAR_FOLDER": str(tmp_path), "SECRET_KEY": "secret"})


def test_no_secret_at_all_is_refused_outside_a_demo() -> None:
    with pytest.raises(SettingsError, match="SECRET_KEY"):
        Settings.from_env(without("SECRET_KEY"))


def test_without_a_mail_server_nobody_could_be_told_so_it_is_refused() -> None:
    with pytest.raises(SettingsError, match="SMTP_URL"):
        Settings.from_env(without("SMTP_URL"))


@pytest.mark.parametrize("demo", ["1", "true", "Yes", "ON"])
def test_a_demo_on_a_public_address_is_refused(demo: str) -> None:
    with pytest.raises(SettingsError, match="DEMO"):
        settings(DEMO=demo)


@pytest.mark.parametrize("demo", ["", "0", "no", "false"])
def test_anything_but_yes_is_no_demo(demo: str) -> None:
    assert settings(DEMO=demo).demo is False


def test_a_demo_starts_with_nothing_given_and_keeps_its_secret(tmp_path: Path) -> None:
    demo = {"DEMO": "1", "VAR_FOLDER": str(tmp_path / "var")}
    first, second = Settings.from_env(demo), Settings.from_env(demo)
    assert first.secret_key == second.secret_key
    assert len(first.secret_key) >= 48
    assert (tmp_path / "var" / "demo-secret-key").stat().st_mode & 0o077 == 0
    assert first.smtp_url is None


def test_two_demos_have_secrets_of_their_own(tmp_path: Path) -> None:
    one, other = (Settings.from_env({"DEMO": "1", "VAR_FOLDER": str(tmp_path / name)}) for name in ("one", "other"))
    assert one.secret_key != other.secret_key


@pytest.mark.parametrize("name", ["ANSWER_WITHIN_DAYS", "MAIL_LEASE_SECONDS", "BEHIND_PROXIES"])
@pytest.mark.parametrize("junk", ["", "-1", "1.5", "thirty", "1e3", " 30", "²"])
def test_a_setting_that_is_no_whole_number_is_refused_by_name(name: str, junk: str) -> None:
    with pytest.raises(SettingsError, match=name):
        settings(**{name: junk})


def test_nought_days_to_answer_in_is_refused_but_nought_proxies_is_usual() -> None:
    with pytest.raises(SettingsError, match="ANSWER_WITHIN_DAYS"):
        settings(ANSWER_WITHIN_DAYS="0")
    assert settings(BEHIND_PROXIES="0").behind_proxies == 0


@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
def test_a_postgresql_address_gets_the_driver_we_have(scheme: str) -> None:
    given = settings(DATABASE_URL=f"{scheme}://u:p@db/lier")
    assert given.database_url == "postgresql+psycopg://u:p@db/lier"


def test_the_database_lies_in_the_var_folder_unless_said_otherwise(tmp_path: Path) -> None:
    given = settings(VAR_FOLDER=str(tmp_path))
    assert given.database_url == f"sqlite:///{tmp_path}/participation.sqlite3"


def test_the_port_is_part_of_the_address_where_none_is_given() -> None:
    env = {key: value for key, value in ENOUGH.items() if key != "SITE_URL"}
    assert Settings.from_env(env | {"PORT": "8080"}).site_url == "http://127.0.0.1:8080"


def test_cookies_are_for_https_only_where_the_site_is() -> None:
    assert not settings(SITE_URL="http://localhost/").secure_cookies
    assert settings(SITE_URL="http://localhost/").site_url == "http://localhost"
