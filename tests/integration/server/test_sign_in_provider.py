"""The providers that the tests and the demo sign in with do what ID-porten and Entra ID do."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc.errors import InvalidKeyIdError

from tests.listener import Listener, listening
from tests.provider import ASTRID, ENTRA, IDPORTEN, LINA, Provider, new_key, running_providers, with_key, with_secret
from tests.relying_party import Browser, RelyingParty, answered, code_in

OURS = "http://127.0.0.1:9"
"""Where our service would be. Nobody is asked there: the browser stops before it."""
OTHERS = "http://127.0.0.1:10"
OTHERS_FRONT_CHANNEL = f"{OTHERS}/front"
KEY = new_key()
SECRET = "a-secret-of-the-others"
SUBSTANTIAL, HIGH = "idporten-loa-substantial", "idporten-loa-high"
LOW_CHOICE, HIGH_CHOICE = "0", "1"


@pytest.fixture(scope="module")
def others_service() -> Iterator[Listener]:
    with listening() as listener:
        yield listener


@pytest.fixture(scope="module")
def providers(tmp_path_factory: pytest.TempPathFactory, others_service: Listener) -> Iterator[dict[str, Provider]]:
    other = {"redirect_uris": [f"{OTHERS}/back"], "post_logout_redirect_uris": [f"{OTHERS}/out"]}
    told = {"frontchannel_logout_uri": OTHERS_FRONT_CHANNEL, "backchannel_logout_uri": f"{others_service.url}/bak"}
    clients = {
        IDPORTEN: [with_key("ours", KEY, site_url=OURS), with_secret("other", SECRET, **other, **told)],
        ENTRA: [with_secret("staff", SECRET, site_url=OURS)],
    }
    with running_providers(clients, tmp_path_factory.mktemp("provider")) as running:
        yield running


@pytest.fixture
def idporten(providers: dict[str, Provider]) -> Provider:
    return providers[IDPORTEN]


@pytest.fixture
def entra(providers: dict[str, Provider]) -> Provider:
    return providers[ENTRA]


@pytest.fixture
def ours(idporten: Provider) -> RelyingParty:
    return RelyingParty(provider=idporten, client_id="ours", redirect_uri=f"{OURS}/logg-inn/via/idporten/svar", key=KEY)


@pytest.fixture
def other(idporten: Provider) -> RelyingParty:
    return RelyingParty(provider=idporten, client_id="other", redirect_uri=f"{OTHERS}/back", secret=SECRET)


@pytest.fixture
def staff(entra: Provider) -> RelyingParty:
    return RelyingParty(
        provider=entra, client_id="staff", redirect_uri=f"{OURS}/logg-inn/via/entra/svar", secret=SECRET
    )


def age_of(pid: str) -> int:
    """Of one born in this century, with a synthetic number."""
    day, month, year = int(pid[:2]), int(pid[2:4]) - 80, 2000 + int(pid[4:6])
    today = datetime.now(UTC)
    return today.year - year - ((today.month, today.day) < (month, day))


def test_a_resident_signs_in_with_number_level_and_session(ours: RelyingParty) -> None:
    claims = ours.claims(Browser(), "Astrid Eplegren", ui_locales="nn")
    assert claims["pid"] == ASTRID
    assert claims["acr"] == SUBSTANTIAL
    assert claims["amr"] == ["Minid-PIN"]
    assert (claims["locale"], claims["nonce"], claims["aud"]) == ("nn", "a-nonce", "ours")
    assert claims["iss"] == ours.provider.issuer
    assert {"sid", "jti", "auth_time", "sub"} <= set(claims)
    assert ASTRID not in claims["sub"]


def test_the_state_comes_back(ours: RelyingParty) -> None:
    page = Browser().open(ours.address())
    page = Browser().open(page.url, {"person": ASTRID})
    assert page.status == 400, "another browser took over a sign-in"
    browser = Browser()
    back = answered(browser.open(browser.open(ours.address()).url, {"person": ASTRID, "level": LOW_CHOICE}))
    assert (back["state"], back["iss"]) == ("a-state", ours.provider.issuer)


def test_nobody_is_the_same_subject_at_two_services(ours: RelyingParty, other: RelyingParty) -> None:
    here, there = (party.claims(Browser(), "Astrid Eplegren") for party in (ours, other))
    assert here["sub"] != there["sub"]
    assert here["sub"] == ours.claims(Browser(), "Astrid Eplegren")["sub"]


def test_the_level_asked_for_is_chosen_beforehand(ours: RelyingParty) -> None:
    page = Browser().open(ours.address(acr_values=HIGH))
    assert f'value="{HIGH_CHOICE}" checked' in page.text


def test_a_tester_may_choose_a_lower_level_than_asked_for(ours: RelyingParty) -> None:
    assert ours.claims(Browser(), "Astrid Eplegren", acr_values=HIGH, level=LOW_CHOICE)["acr"] == SUBSTANTIAL


def test_a_session_of_a_lower_level_is_stepped_up(ours: RelyingParty) -> None:
    browser = Browser()
    assert ours.claims(browser, "Astrid Eplegren")["acr"] == SUBSTANTIAL
    assert browser.open(ours.address(acr_values=SUBSTANTIAL)).location, "asked again without need"
    assert ours.claims(browser, "Astrid Eplegren", acr_values=HIGH, level=HIGH_CHOICE)["acr"] == HIGH


@pytest.mark.parametrize(("name", "years"), [("Siri Slåpetorn", 12), ("Jonas Hasselnøtt", 13)])
def test_the_children_are_as_old_as_the_page_says(ours: RelyingParty, name: str, years: int) -> None:
    assert age_of(ours.claims(Browser(), name)["pid"]) == years


def test_any_synthetic_number_can_be_written(ours: RelyingParty) -> None:
    browser = Browser()
    page = browser.open(ours.address())
    back = browser.open(page.url, {"number": f"{LINA[:6]} {LINA[6:]}", "level": LOW_CHOICE})
    assert ours.read(ours.tokens(code_in(back))["id_token"]).claims["pid"] == LINA


@pytest.mark.parametrize("number", ["", "1091559678", "10915596785", "10115596784", "10415596784", "<b>"])
def test_a_number_that_is_not_synthetic_is_refused(ours: RelyingParty, number: str) -> None:
    browser = Browser()
    page = browser.open(browser.open(ours.address()).url, {"number": number, "level": LOW_CHOICE})
    assert page.location is None
    assert "<title>Feil: " in page.text
    assert "<b>" not in page.text


def test_who_cancels_is_sent_back_with_nothing(ours: RelyingParty) -> None:
    browser = Browser()
    back = answered(browser.open(browser.open(ours.address()).url, {"cancel": "1"}))
    assert back["error"] == "access_denied"
    assert "code" not in back


def test_a_sign_in_without_pkce_is_refused(ours: RelyingParty) -> None:
    back = answered(Browser().open(ours.address(code_challenge=None, code_challenge_method=None)))
    assert back["error"] == "invalid_request"


@pytest.mark.parametrize("verifier", [None, "x" * 43])
def test_a_code_without_its_verifier_is_refused(ours: RelyingParty, verifier: str | None) -> None:
    browser = Browser()
    page = browser.open(browser.open(ours.address()).url, {"person": ASTRID, "level": LOW_CHOICE})
    assert ours.tokens(code_in(page), code_verifier=verifier)["error"] == "invalid_grant"


def test_a_code_is_good_for_once(ours: RelyingParty) -> None:
    browser = Browser()
    code = code_in(browser.open(browser.open(ours.address()).url, {"person": ASTRID, "level": LOW_CHOICE}))
    assert "id_token" in ours.tokens(code)
    assert ours.tokens(code)["error"] == "invalid_grant"


def test_an_assertion_by_another_key_is_refused(ours: RelyingParty) -> None:
    ours.key = new_key()
    assert ours.sign_in(Browser(), "Astrid Eplegren")["error"] == "invalid_client"


def test_an_assertion_is_good_for_once(ours: RelyingParty) -> None:
    assertion = ours.assertion()
    assert ours.tokens("no code", client_assertion=assertion)["error"] == "invalid_grant"
    assert ours.tokens("no code", client_assertion=assertion)["error"] == "invalid_client"


def test_an_address_that_is_not_registered_is_not_gone_to(ours: RelyingParty) -> None:
    page = Browser().open(ours.address(redirect_uri="http://127.0.0.1:9/elsewhere"))
    assert (page.status, page.location) == (400, None)
    assert "invalid_redirect_uri" in page.text


def test_one_service_s_sign_out_reaches_the_other(
    ours: RelyingParty, other: RelyingParty, others_service: Listener
) -> None:
    browser = Browser()
    mine = ours.sign_in(browser, "Astrid Eplegren")["id_token"]
    theirs = other.claims(browser, "Astrid Eplegren")
    page = browser.open(ours.sign_out_address(mine, f"{OURS}/logg-ut/ferdig"))
    frames = {address.split("?")[0]: parse_qs(urlsplit(address).query) for address in page.links_of("iframe")}
    issuer = ours.provider.issuer
    assert frames == {
        f"{OURS}/logg-ut/via/idporten": {"iss": [issuer], "sid": [ours.read(mine).claims["sid"]]},
        OTHERS_FRONT_CHANNEL: {"iss": [issuer], "sid": [theirs["sid"]]},
    }
    assert page.links_of("a") == [f"{OURS}/logg-ut/ferdig?state=out"]
    assert f'content="0; url={OURS}/logg-ut/ferdig?state=out"' in page.text
    told = other.read(others_service.logout_tokens[-1])
    assert told.header["typ"] == "logout+jwt"
    assert (told.claims["aud"], told.claims["sid"], told.claims["sub"]) == ("other", theirs["sid"], theirs["sub"])
    assert "http://schemas.openid.net/event/backchannel-logout" in told.claims["events"]
    assert "nonce" not in told.claims


def test_after_a_sign_out_one_is_asked_again(ours: RelyingParty) -> None:
    browser = Browser()
    token = ours.sign_in(browser, "Astrid Eplegren")["id_token"]
    assert browser.open(ours.address()).location, "one who is signed in was asked again"
    browser.open(ours.sign_out_address(token, f"{OURS}/logg-ut/ferdig"))
    assert "Velg hvem du vil være" in browser.open(ours.address()).text


def test_a_sign_out_at_the_provider_itself_reaches_the_services(ours: RelyingParty) -> None:
    browser = Browser()
    sid = ours.claims(browser, "Astrid Eplegren")["sid"]
    page = browser.open(f"{ours.provider.issuer}/logg-ut")
    assert "Astrid Eplegren" in page.text
    (frame,) = browser.open(page.url, {}).links_of("iframe")
    assert parse_qs(urlsplit(frame).query)["sid"] == [sid]
    assert "Du er ikke logget inn" in browser.open(page.url).text


def test_a_sign_out_without_a_session_goes_straight_back(ours: RelyingParty) -> None:
    token = ours.sign_in(Browser(), "Astrid Eplegren")["id_token"]
    page = Browser().open(ours.sign_out_address(token, f"{OURS}/logg-ut/ferdig"))
    assert page.location == f"{OURS}/logg-ut/ferdig?state=out"


def test_a_sign_out_to_an_address_that_is_not_registered_ends_nothing(ours: RelyingParty) -> None:
    browser = Browser()
    token = ours.sign_in(browser, "Astrid Eplegren")["id_token"]
    assert browser.open(ours.sign_out_address(token, "http://127.0.0.1:9/elsewhere")).status == 400
    assert browser.open(ours.address()).location, "the session is gone"


def test_a_sign_out_without_a_token_asks_first(ours: RelyingParty) -> None:
    browser = Browser()
    ours.sign_in(browser, "Astrid Eplegren")
    page = browser.open(f"{ours.provider.issuer}/logout")
    assert "<h1>Logg ut av ID-porten</h1>" in page.text
    assert browser.open(ours.address()).location, "the session is gone"


def test_staff_come_with_their_roles(staff: RelyingParty) -> None:
    claims = staff.claims(Browser(), "Cecilie Kirsebærlund", scope="openid profile email")
    assert claims["roles"] == ["Svarer.Saksbehandler"]
    assert claims["preferred_username"] == claims["email"] == "cecilie@demo.example"
    assert claims["name"] == "Cecilie Kirsebærlund"
    assert {"tid", "oid", "sid", "sub"} <= set(claims)
    assert "acr" not in claims


def test_who_has_no_role_comes_without_the_claim(staff: RelyingParty) -> None:
    assert "roles" not in staff.claims(Browser(), "Gry Solbærvik")


def test_a_change_of_roles_is_seen_at_the_next_sign_in(staff: RelyingParty, entra: Provider) -> None:
    assert staff.claims(Browser(), "Dag Pæreskog")["roles"] == ["Svarer.Kommunikasjon"]
    entra.set_roles("dag")
    assert "roles" not in staff.claims(Browser(), "Dag Pæreskog")
    entra.set_roles("dag", "Svarer.Kommunikasjon")
    assert staff.claims(Browser(), "Dag Pæreskog")["roles"] == ["Svarer.Kommunikasjon"]


def test_a_secret_may_stand_in_the_form_as_well(staff: RelyingParty, entra: Provider) -> None:
    secret, staff.secret = staff.secret or "", None
    browser = Browser()
    page = browser.open(staff.address())
    code = code_in(browser.open(page.url, {"person": page.value_of("Gry Solbærvik")}))
    assert "id_token" in staff.tokens(code, client_id="staff", client_secret=secret)
    assert entra.token_requests()[-1]["client_auth"] == "client_secret_post"


def test_how_tokens_were_asked_for_is_told(ours: RelyingParty, other: RelyingParty, idporten: Provider) -> None:
    ours.sign_in(Browser(), "Astrid Eplegren")
    other.sign_in(Browser(), "Astrid Eplegren")
    by_key = {"client_id": "ours", "client_auth": "private_key_jwt", "code_verifier": True, "status": 200}
    by_secret = {"client_id": "other", "client_auth": "client_secret_basic", "code_verifier": True, "status": 200}
    assert idporten.token_requests()[-2:] == [by_key, by_secret]


def test_a_new_key_signs_and_the_old_one_is_kept_or_not(staff: RelyingParty, entra: Provider) -> None:
    old = staff.sign_in(Browser(), "Gry Solbærvik")["id_token"]
    kid = entra.rotate_keys(keep=True)
    assert staff.read(staff.sign_in(Browser(), "Gry Solbærvik")["id_token"]).header["kid"] == kid
    assert staff.read(old).header["kid"] != kid
    entra.rotate_keys(keep=False)
    with pytest.raises(InvalidKeyIdError):
        staff.read(old)


def test_a_session_outlives_a_rotation_of_keys(staff: RelyingParty, entra: Provider) -> None:
    browser = Browser()
    staff.sign_in(browser, "Gry Solbærvik")
    entra.rotate_keys()
    assert browser.open(staff.address()).location, "one who is signed in was asked again"


def test_the_demo_s_providers_take_no_orders(tmp_path: Path) -> None:
    with (
        running_providers({ENTRA: []}, tmp_path, control=False) as running,
        pytest.raises(AssertionError, match="Not Found"),
    ):
        running[ENTRA].token_requests()
    assert (tmp_path / "provider.log").read_text() == f"listening: entra {running[ENTRA].issuer}\n"
