"""The settings of those who sign people in: what is understood, what is refused, and that no secret is shown."""

import traceback
from pathlib import Path
from typing import Any

import pytest

from participation.oidc.client import Client
from participation.permissions import Assurance, Role
from participation.settings import Settings, SettingsError
from participation.settings_providers import ClientAuth, For, KnownBy, Provider, is_safe, providers
from tests.unit.test_settings import settings

SECRET = "s3cr3t-that-nobody-should-see"
PID_SECRET = "p1d-s3cr3t-0123456789-abcdefghijklmnop"
IDPORTEN = {
    "SIGN_IN_PROVIDERS": "idporten",
    "OIDC_IDPORTEN_ISSUER": "https://test.idporten.no",
    "OIDC_IDPORTEN_CLIENT_ID": "svarer",
    "OIDC_IDPORTEN_CLIENT_SECRET": SECRET,
}
PID = {"PID_KEYS": f"1:{PID_SECRET}"}


def one(**changes: str) -> Provider:
    (provider,) = providers(IDPORTEN | {f"OIDC_IDPORTEN_{name}": value for name, value in changes.items()})
    return provider


def test_nobody_is_asked_when_nobody_is_named() -> None:
    assert providers({}) == providers({"SIGN_IN_PROVIDERS": "  "}) == ()
    assert settings().providers == ()


def test_an_issuer_a_client_and_a_secret_are_enough() -> None:
    provider = one()
    assert (provider.key, provider.label, provider.scope, provider.algorithm) == ("idporten",) * 2 + ("openid", "RS256")
    assert (provider.client_auth, provider.is_for) == (ClientAuth.CLIENT_SECRET_BASIC, For.RESIDENTS)
    assert provider.known_by is KnownBy.NUMBER
    assert provider.framed_by == "https://test.idporten.no"
    assert (provider.idle_minutes, provider.most_minutes, provider.leeway_seconds) == (30, 120, 30)


def test_everything_can_be_said() -> None:
    provider = one(
        LABEL="Ansattkonto",
        FOR="staff",
        KNOWN_BY="directory",
        SCOPE="openid profile",
        ACR="substantial=a high=b",
        ROLES="Svarer.Saksbehandler=case_worker Svarer.Admin=administrator",
        EMAIL_DOMAINS="Lier.Kommune.no lier.no",
        FRAMED_BY="https://a.example https://b.example:8443",
        IDLE_MINUTES="20",
        MOST_MINUTES="60",
        LEEWAY_SECONDS="0",
        ALGORITHM="PS256",
    )
    assert provider.acr == {Assurance.SUBSTANTIAL: "a", Assurance.HIGH: "b"}
    assert provider.roles == {"Svarer.Saksbehandler": Role.CASE_WORKER, "Svarer.Admin": Role.ADMINISTRATOR}
    assert provider.email_domains == {"lier.kommune.no", "lier.no"}
    assert provider.framed_by == "https://a.example https://b.example:8443"


def test_providers_stand_in_the_order_of_the_settings_and_have_each_their_own() -> None:
    env = IDPORTEN | {"SIGN_IN_PROVIDERS": "entra-lier idporten"}
    env |= {"OIDC_ENTRA_LIER_ISSUER": "https://login.example/t/v2.0", "OIDC_ENTRA_LIER_CLIENT_ID": "other"}
    env |= {"OIDC_ENTRA_LIER_CLIENT_SECRET": "another"}
    assert [(one.key, one.client_id) for one in providers(env)] == [("entra-lier", "other"), ("idporten", "svarer")]


@pytest.mark.parametrize("key", ["Idporten", "1", "id_porten", "link", "demo", "command", "here", "a/b", "a" * 40, "æ"])
def test_a_key_that_can_t_stand_in_an_address_or_means_something_else_is_refused(key: str) -> None:
    with pytest.raises(SettingsError, match="SIGN_IN_PROVIDERS"):
        providers({"SIGN_IN_PROVIDERS": key})


def test_a_provider_that_is_named_twice_is_refused() -> None:
    with pytest.raises(SettingsError, match="SIGN_IN_PROVIDERS"):
        providers(IDPORTEN | {"SIGN_IN_PROVIDERS": "idporten idporten"})


REFUSED = {
    "ISSUER": [
        "",
        "http://test.idporten.no",
        "test.idporten.no",
        "ftp://test.idporten.no",
        "https://",
        "https://user:password@test.idporten.no",
        "https://test.idporten.no#part",
        "https://test.idporten.no:port",
        "http://127.0.0.1.evil.example",
        "http://localhost.evil.example",
        "javascript:alert(1)",
    ],
    "CLIENT_ID": ["", " "],
    "CLIENT_SECRET": ["", " "],
    "CLIENT_AUTH": ["none", "client_secret_post", "client_secret_jwt", "PRIVATE_KEY_JWT"],
    "FOR": ["everyone", "Residents"],
    "KNOWN_BY": ["email", "pid", "name"],
    "ACR": ["substantial", "substantial=", "=a", "low=a", "Substantial=a"],
    "ROLES": ["Svarer.Admin", "Svarer.Admin=boss", "Svarer.Admin=", "=administrator"],
    "FRAMED_BY": ["*", "'self'", "https://a.example/path", "http://a.example", "https://a.example;script-src *", "a b"],
    "ALGORITHM": ["none", "HS256", "HS512", "rs256", "EdDSA", "RS1"],
    "IDLE_MINUTES": ["0", "-1", "1441", "1.5", "x", "３０"],
    "MOST_MINUTES": ["0", "1441", "x"],
    "LEEWAY_SECONDS": ["-1", "301", "x"],
}


@pytest.mark.parametrize(("name", "word"), [(name, word) for name, words in REFUSED.items() for word in words])
def test_what_can_t_work_or_is_not_safe_is_refused_by_name_and_shows_no_secret(name: str, word: str) -> None:
    with pytest.raises(SettingsError, match=f"OIDC_IDPORTEN_{name}") as refused:
        one(**{name: word})
    shown = "".join(traceback.format_exception(refused.value))
    assert SECRET not in shown
    assert "\n" not in str(refused.value)


def test_a_password_in_an_issuer_s_address_is_not_shown() -> None:
    with pytest.raises(SettingsError) as refused:
        one(ISSUER=f"https://user:{SECRET}@test.idporten.no")
    assert SECRET not in str(refused.value)


def test_a_key_file_is_named_by_its_whole_path() -> None:
    for path in ("", "key.pem", "./key.pem"):
        with pytest.raises(SettingsError, match="OIDC_IDPORTEN_PRIVATE_KEY"):
            one(CLIENT_AUTH="private_key_jwt", PRIVATE_KEY=path)


def test_where_a_key_is_used_no_secret_is_kept() -> None:
    assert one(CLIENT_AUTH="private_key_jwt", PRIVATE_KEY="/etc/svarer/key.pem").client_secret == ""


@pytest.mark.parametrize("content", [None, "", "nonsense", "{}", '{"kty": "oct", "k": "c2VjcmV0"}', "[]", "\x00"])
def test_a_key_that_can_t_sign_is_refused_without_being_shown(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "key.pem"
    if content is not None:
        file.write_text(content)
    with pytest.raises(SettingsError, match="private key of idporten") as refused:
        Client(one(CLIENT_AUTH="private_key_jwt", PRIVATE_KEY=str(file)))
    assert not content or len(content) < 3 or content not in str(refused.value)


def test_people_known_by_their_number_need_a_key_to_be_known_by() -> None:
    with pytest.raises(SettingsError, match="PID_KEYS"):
        settings(**IDPORTEN)
    assert settings(**IDPORTEN, **PID).providers[0].known_by is KnownBy.NUMBER
    assert settings(**IDPORTEN, OIDC_IDPORTEN_KNOWN_BY="subject").pid_keys is None


def shown(found: Settings) -> str:
    return repr(found) + str(found) + repr(found.providers) + repr(found.pid_keys)


def test_no_secret_stands_in_what_the_settings_show_of_themselves() -> None:
    given: dict[str, Any] = {
        "DATABASE_URL": f"postgresql://svarer:{SECRET}@localhost/svarer",
        "REDIS_URL": f"redis://:{SECRET}@localhost:6379/0",
        "SMTP_URL": f"smtps://svarer:{SECRET}@mail.example.org:465",
    }
    found = settings(**IDPORTEN, **PID, **given)
    assert SECRET in found.providers[0].client_secret
    for secret in (SECRET, PID_SECRET, found.secret_key):
        assert secret not in shown(found)


SAFE = [
    "https://a.example",
    "https://a.example:8443/x?y=z",
    "http://127.0.0.1:8080",
    "http://localhost",
    "http://[::1]/x",
]
UNSAFE = [
    "http://a.example",
    "//a.example",
    "",
    "https://",
    "https://a@b",
    "http://127.0.0.1@evil.example",
    "https://[x",
]


@pytest.mark.parametrize("address", SAFE)
def test_an_address_over_tls_or_on_this_machine_is_safe(address: str) -> None:
    assert is_safe(address)


@pytest.mark.parametrize("address", UNSAFE)
def test_another_address_is_not(address: str) -> None:
    assert not is_safe(address)


def test_the_lowest_level_that_is_high_enough_is_asked_for() -> None:
    both, high, none = one(ACR="substantial=s high=h"), one(ACR="high=h"), one()
    wanted = {level: (both.wanted(level), high.wanted(level), none.wanted(level)) for level in (None, *Assurance)}
    assert wanted == {
        None: (Assurance.SUBSTANTIAL, Assurance.HIGH, None),
        Assurance.EMAIL: (Assurance.SUBSTANTIAL, Assurance.HIGH, None),
        Assurance.SUBSTANTIAL: (Assurance.SUBSTANTIAL, Assurance.HIGH, None),
        Assurance.HIGH: (Assurance.HIGH, Assurance.HIGH, None),
    }
