import pytest

from participation.settings_error import SettingsError
from participation.settings_passkeys import PasskeySettings, PasskeysRequired, passkey_settings

SOMEWHERE_SAFE = "https://svar.example.org"
# Where browsers make no passkeys.
NOWHERE = (
    "http://127.0.0.1:5000",
    "http://[::1]:5000",
    "https://10.0.0.7",
    "https://[2001:db8::7]",
    "http://a.example",
)


def found(site_url: str, *, required: str = "", demo: bool = False) -> PasskeySettings | None:
    return passkey_settings({"PASSKEYS_REQUIRED": required}, site_url=site_url, demo=demo)


def test_administrators_must_have_one_where_nothing_else_is_said() -> None:
    for env in ({}, {"PASSKEYS_REQUIRED": " "}):
        settings = passkey_settings(env, site_url=SOMEWHERE_SAFE, demo=False)
        assert settings is not None
        assert settings.required is PasskeysRequired.ADMINISTRATORS


@pytest.mark.parametrize("text", ["all", "0", "admin", "none,staff"])
def test_any_other_word_is_refused_by_name(text: str) -> None:
    with pytest.raises(SettingsError, match=r"^PASSKEYS_REQUIRED\b"):
        found(SOMEWHERE_SAFE, required=text)


@pytest.mark.parametrize(
    ("site_url", "rp_id", "origin"),
    [
        ("https://svar.example.org", "svar.example.org", "https://svar.example.org"),
        ("https://SVAR.example.org:443/lier", "svar.example.org", "https://svar.example.org"),
        ("https://svar.example.org:8443", "svar.example.org", "https://svar.example.org:8443"),
        ("http://localhost:5000", "localhost", "http://localhost:5000"),
        ("http://localhost:80", "localhost", "http://localhost"),
        ("https://svar.blåbær.no", "svar.xn--blbr-roah.no", "https://svar.xn--blbr-roah.no"),
    ],
)
def test_host_and_origin_are_as_browsers_write_them(site_url: str, rp_id: str, origin: str) -> None:
    settings = found(site_url, required="staff")
    assert settings == PasskeySettings(required=PasskeysRequired.STAFF, rp_id=rp_id, origin=origin)


@pytest.mark.parametrize("site_url", NOWHERE)
def test_where_browsers_make_none_nobody_can_need_one(site_url: str) -> None:
    for required in ("", "administrators", "staff"):
        with pytest.raises(SettingsError, match=r"^PASSKEYS_REQUIRED must be none\b") as refused:
            found(site_url, required=required)
        assert "\n" not in str(refused.value)
        assert found(site_url, required=required, demo=True) is None
    assert found(site_url, required="none") is None


def test_where_they_do_but_nobody_must_those_who_like_can() -> None:
    settings = found(SOMEWHERE_SAFE, required="none")
    assert settings is not None
    assert settings.required is PasskeysRequired.NONE
