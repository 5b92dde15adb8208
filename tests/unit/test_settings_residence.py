import secrets

import pytest

from tests.unit.test_settings import refuses, settings

PASSWORD = secrets.token_urlsafe(24)
WHOLE = {
    "RESIDENCE": "folkeregisteret",
    "FOLKEREGISTERET_URL": "https://api.fiks.test.ks.no/",
    "FOLKEREGISTERET_ROLE_ID": "11111111-2222-4333-8444-555555555555",
    "FIKS_INTEGRATION_ID": "66666666-7777-4888-9999-000000000000",
    "FIKS_INTEGRATION_PASSWORD": PASSWORD,
    "MASKINPORTEN_ISSUER": "https://test.maskinporten.no/",
    "MASKINPORTEN_CLIENT_ID": "lier-svarer",
    "MASKINPORTEN_PRIVATE_KEY": "/etc/svarer/maskinporten.pem",
    "MASKINPORTEN_KEY_ID": "key-2026",
    "MASKINPORTEN_SCOPE": "ks:fiks",
}


def test_residence_is_not_asked_for_unless_said() -> None:
    assert settings().residence is None
    assert settings(**WHOLE | {"RESIDENCE": "off"}).residence is None


def test_with_all_that_it_needs_it_is_asked_for() -> None:
    found = settings(**WHOLE).residence
    assert found is not None
    assert found.url == "https://api.fiks.test.ks.no"
    assert found.maskinporten.issuer == "https://test.maskinporten.no/"


@pytest.mark.parametrize("name", [name for name in WHOLE if name != "RESIDENCE"])
@pytest.mark.parametrize("nothing", ["", "  "])
def test_what_is_missing_is_refused_by_name(name: str, nothing: str) -> None:
    refuses(name, **WHOLE | {name: nothing})


@pytest.mark.parametrize(
    ("name", "junk"),
    [
        ("RESIDENCE", "on"),
        ("FOLKEREGISTERET_URL", "http://api.fiks.ks.no"),
        ("FOLKEREGISTERET_URL", "api.fiks.ks.no"),
        ("FOLKEREGISTERET_URL", "https://"),
        ("FOLKEREGISTERET_URL", "https://["),
        ("FOLKEREGISTERET_URL", "https://api.fiks.ks.no:port"),
        ("FOLKEREGISTERET_URL", "https://api.fiks.ks.no/?a=1"),
        ("FOLKEREGISTERET_URL", "https://user:hemmelig@api.fiks.ks.no"),
        ("MASKINPORTEN_ISSUER", "http://maskinporten.no/"),
        ("FOLKEREGISTERET_ROLE_ID", "../another"),
        ("FIKS_INTEGRATION_PASSWORD", "hemmelig\nX-Another: header"),
        ("FIKS_INTEGRATION_ID", "blåbær"),
        ("MASKINPORTEN_PRIVATE_KEY", "maskinporten.pem"),
        ("MUNICIPALITY_NUMBER", "Lier"),
    ],
)
def test_what_cannot_be_right_is_refused_by_name(name: str, junk: str) -> None:
    refuses(name, **WHOLE | {name: junk})


def test_a_password_is_neither_shown_nor_told_when_it_is_refused() -> None:
    assert PASSWORD not in repr(settings(**WHOLE).residence)
    with pytest.raises(ValueError, match="FIKS_INTEGRATION_PASSWORD") as refused:
        settings(**WHOLE | {"FIKS_INTEGRATION_PASSWORD": f"{PASSWORD}å"})
    assert PASSWORD not in str(refused.value)


def test_over_plain_http_only_this_machine_is_asked() -> None:
    assert settings(**WHOLE | {"FOLKEREGISTERET_URL": "http://127.0.0.1:8080"}).residence is not None
