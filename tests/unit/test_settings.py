from collections.abc import Mapping
from pathlib import Path

import pytest

from participation.settings import Settings, SettingsError

SECRET_KEY = "kZ3v9Qw1Lr8tYb5nXs7dGf2hJm4pCa6u"
ENOUGH = {
    "SECRET_KEY": SECRET_KEY,
    "SMTP_URL": "smtp://localhost",
    "SITE_URL": "https://svar.example.org",
    "MAIL_FROM": "Lier svarer <svar@example.org>",
}


def settings(**changes: str) -> Settings:
    return Settings.from_env(ENOUGH | changes)


def demo(folder: Path, **changes: str) -> Settings:
    return Settings.from_env({"DEMO": "1", "VAR_FOLDER": str(folder)} | changes)


def refuses(name: str, **changes: str) -> None:
    """The setting is refused by name, in one line that the operator can read."""
    with pytest.raises(SettingsError, match=rf"^{name}\b") as refused:
        settings(**changes)
    assert "\n" not in str(refused.value)


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


@pytest.mark.parametrize("yes", ["1", "true", "Yes", "ON"])
def test_a_demo_on_a_public_address_is_refused(yes: str) -> None:
    with pytest.raises(SettingsError, match="DEMO"):
        settings(DEMO=yes)


@pytest.mark.parametrize("no", ["", "0", "no", "false"])
def test_anything_but_yes_is_no_demo(no: str) -> None:
    assert settings(DEMO=no).demo is False


def test_a_demo_starts_with_nothing_given_and_keeps_its_secret(tmp_path: Path) -> None:
    first, second = demo(tmp_path / "var"), demo(tmp_path / "var")
    assert first.secret_key == second.secret_key
    assert len(first.secret_key) >= 48
    assert (tmp_path / "var" / "demo-secret-key").stat().st_mode & 0o077 == 0
    assert first.smtp_url is None


def test_two_demos_have_secrets_of_their_own(tmp_path: Path) -> None:
    one, other = (demo(tmp_path / name) for name in ("one", "other"))
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


def test_a_demos_address_has_the_port_where_none_is_given(tmp_path: Path) -> None:
    assert demo(tmp_path, PORT="8080").site_url == "http://127.0.0.1:8080"


@pytest.mark.parametrize("junk", ["", "http", "0", "65536", "-1"])
def test_a_port_that_is_none_is_refused(junk: str) -> None:
    refuses("PORT", PORT=junk)


@pytest.mark.parametrize("name", ["SITE_URL", "MAIL_FROM"])
def test_what_mails_are_made_of_must_be_said_outside_a_demo(name: str) -> None:
    with pytest.raises(SettingsError, match=name):
        Settings.from_env(without(name))
    refuses(name, **{name: ""})


@pytest.mark.parametrize(
    "junk",
    [
        "svar.example.org",
        "//svar.example.org",
        "https://",
        "https:///behov",
        "ftp://svar.example.org",
        "https://a b",
        "https://svar.example.org:port",
        "https://svar.example.org/?a=1",
        "https://svar.example.org/#top",
        "https://[",
    ],
)
def test_an_address_that_no_mail_could_link_to_is_refused(junk: str) -> None:
    refuses("SITE_URL", SITE_URL=junk)


def test_the_scheme_may_be_written_in_capitals() -> None:
    assert settings(SITE_URL="HTTPS://svar.example.org/").site_url == "https://svar.example.org"
    assert settings(SITE_URL="HTTPS://svar.example.org/").secure_cookies


@pytest.mark.parametrize(
    "junk", ["localhost", "localhost:25", "http://localhost", "smtp://", "smtp://host:mail", "smtp://["]
)
def test_a_mail_server_that_no_mail_could_reach_is_refused(junk: str) -> None:
    refuses("SMTP_URL", SMTP_URL=junk)


@pytest.mark.parametrize("url", ["smtp://host", "smtps://u:p%40@host:465", "smtp+starttls://u:p@host:587"])
def test_the_ways_to_reach_a_mail_server(url: str) -> None:
    assert settings(SMTP_URL=url).smtp_url == url


@pytest.mark.parametrize(
    "junk", ["Lier svarer", "svar@", "@example.org", "svår@example.org", "a b@example.org", "a@b\nBcc: c@d"]
)
def test_a_sender_that_is_no_address_is_refused(junk: str) -> None:
    refuses("MAIL_FROM", MAIL_FROM=junk)


@pytest.mark.parametrize("sender", ["svar@example.org", "Lier svarer <svar@example.org>", '"Lier, svarer" <svar@lier>'])
def test_a_sender_is_an_address_with_or_without_a_name(sender: str) -> None:
    assert settings(MAIL_FROM=sender).mail_from == sender


@pytest.mark.parametrize(
    "junk",
    [
        "mysql://u:p@db/lier",
        "lier.sqlite3",
        "oracle://db",
        "sqlite://",
        "sqlite:///:memory:",
        "postgresql://u:p@db:x/lier",
    ],
)
def test_a_database_of_another_kind_is_refused(junk: str) -> None:
    refuses("DATABASE_URL", DATABASE_URL=junk)


def test_a_refusal_does_not_tell_the_password() -> None:
    with pytest.raises(SettingsError) as refused:
        settings(DATABASE_URL="mysql://lier:hemmelig@db/lier")
    assert "hemmelig" not in str(refused.value)


@pytest.mark.parametrize("junk", ["localhost:6379", "http://localhost", "redis://", "redis://host:port", "unix://"])
def test_a_redis_that_cannot_be_one_is_refused(junk: str) -> None:
    refuses("REDIS_URL", REDIS_URL=junk)


@pytest.mark.parametrize("url", ["redis://host:6379/0", "rediss://u:p@host/1", "unix:///run/redis.sock?db=1"])
def test_the_ways_to_reach_redis(url: str) -> None:
    assert settings(REDIS_URL=url).redis_url == url


@pytest.mark.parametrize("site_url", ["HTTPS://svar.example.org", "http://svar.example.org", "http://10.0.0.5:5000"])
def test_a_demo_that_others_than_this_machine_may_reach_is_refused(site_url: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="DEMO"):
        demo(tmp_path, SITE_URL=site_url)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3:80", "[::1]:5000", "localhost", "LOCALHOST:5000"])
def test_a_demo_for_this_machine_needs_no_further_word(host: str, tmp_path: Path) -> None:
    assert demo(tmp_path, SITE_URL=f"http://{host}").demo


def test_a_demo_for_others_is_said_on_purpose_and_never_on_https(tmp_path: Path) -> None:
    assert demo(tmp_path, SITE_URL="http://demo.example.org", DEMO_PUBLIC="1").demo
    with pytest.raises(SettingsError, match="DEMO"):
        demo(tmp_path, SITE_URL="https://demo.example.org", DEMO_PUBLIC="1")


def test_cookies_are_for_https_only_where_the_site_is() -> None:
    assert not settings(SITE_URL="http://localhost/").secure_cookies
    assert settings(SITE_URL="http://localhost/").site_url == "http://localhost"


def test_mails_come_back_to_a_whole_address_and_lie_at_a_whole_path(tmp_path: Path) -> None:
    found = settings(BOUNCE_ADDRESS="retur@example.org", BOUNCE_MAILDIR=str(tmp_path))
    assert (found.bounce_address, found.bounce_maildir) == ("retur@example.org", tmp_path)
    assert (settings(BOUNCE_MAILDIR="").bounce_maildir, settings().bounce_address) == (None, None)
    with pytest.raises(SettingsError, match="BOUNCE_ADDRESS"):
        settings(BOUNCE_ADDRESS="retur")
    with pytest.raises(SettingsError, match="BOUNCE_MAILDIR"):
        settings(BOUNCE_MAILDIR="var/retur")
