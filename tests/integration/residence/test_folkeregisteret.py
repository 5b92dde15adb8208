import json
import logging
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import RSAKey

from participation.calling import Patience
from participation.residence.folkeregisteret import Folkeregisteret
from participation.residence.maskinporten import Maskinporten
from participation.residence.register import PopulationRegister, RegisterUnavailable
from participation.residence.rules import Residence
from participation.residence.service import register_for
from participation.settings import Settings, SettingsError
from participation.settings_residence import ResidenceSettings
from tests.integration.residence.fiks_double import (
    CLIENT_ID,
    INTEGRATION_ID,
    INTEGRATION_PASSWORD,
    KEY_ID,
    ROLE_ID,
    SCOPE,
    FiksDouble,
    fiks_double,
    land_address,
    road_address,
)
from tests.national_numbers import synthetic
from tests.unit.test_settings import settings

NUMBER = synthetic(date(1990, 5, 17))
IN_A_HURRY = Patience(connect_seconds=1.0, silence_seconds=0.3, answer_seconds=0.3)
LOOKUP, TOKEN = "/folkeregister", "/token"


@pytest.fixture(scope="module")
def key() -> RSAKey:
    return RSAKey.generate_key(2048)


@pytest.fixture
def fiks(key: RSAKey) -> Iterator[FiksDouble]:
    with fiks_double(key) as double:
        yield double


@pytest.fixture
def asked_as(fiks: FiksDouble, key: RSAKey, tmp_path: Path) -> Settings:
    """The settings of a municipality that asks the double."""
    file = tmp_path / "maskinporten.pem"
    file.write_bytes(key.as_pem(private=True))
    return settings(
        RESIDENCE="folkeregisteret",
        FOLKEREGISTERET_URL=fiks.url,
        FOLKEREGISTERET_ROLE_ID=ROLE_ID,
        FIKS_INTEGRATION_ID=INTEGRATION_ID,
        FIKS_INTEGRATION_PASSWORD=INTEGRATION_PASSWORD,
        MASKINPORTEN_ISSUER=fiks.issuer,
        MASKINPORTEN_CLIENT_ID=CLIENT_ID,
        MASKINPORTEN_PRIVATE_KEY=str(file),
        MASKINPORTEN_KEY_ID=KEY_ID,
        MASKINPORTEN_SCOPE=SCOPE,
    )


@pytest.fixture
def register(asked_as: Settings) -> PopulationRegister:
    found = register_for(asked_as)
    assert found is not None
    return found


def lives_at(fiks: FiksDouble, *addresses: dict[str, Any]) -> None:
    fiks.people[NUMBER] = {"bostedsadresse": list(addresses)}


def hurried(asked_as: Settings) -> PopulationRegister:
    found = residence_of(asked_as)
    maskinporten = Maskinporten(found.maskinporten, patience=IN_A_HURRY)
    return Folkeregisteret(found, municipality_number="3312", maskinporten=maskinporten, patience=IN_A_HURRY)


def residence_of(found: Settings) -> ResidenceSettings:
    assert found.residence is not None
    return found.residence


def unavailable(register: PopulationRegister, fault: str) -> None:
    """It says so, and nothing that it raises or holds shows the number."""
    with pytest.raises(RegisterUnavailable, match=fault) as raised:
        register.residence(NUMBER)
    shown = "".join(traceback.format_exception(raised.value)) + repr(raised.value.__dict__)
    assert NUMBER not in shown
    assert INTEGRATION_PASSWORD not in shown
    assert raised.value.__context__ is None


@pytest.mark.parametrize("address", [road_address("3312"), land_address("3312")], ids=["road", "land"])
def test_who_lives_here_is_found_with_one_question_and_one_token(
    fiks: FiksDouble, register: PopulationRegister, address: dict[str, Any]
) -> None:
    lives_at(fiks, address)
    assert register.residence(NUMBER) is Residence.HERE
    assert fiks.question == {"foedselsEllerDNummer": [NUMBER]}
    assert (fiks.times(LOOKUP), fiks.times(TOKEN)) == (1, 1)


def test_who_has_moved_away_lives_elsewhere(fiks: FiksDouble, register: PopulationRegister) -> None:
    lives_at(fiks, road_address("3312", erGjeldende=False), road_address("0301"))
    assert register.residence(NUMBER) is Residence.ELSEWHERE


@pytest.mark.parametrize("grading", ["fortrolig", "strengtFortrolig", "klientadresse", "", None])
def test_of_a_protected_address_nothing_is_derived(
    fiks: FiksDouble, register: PopulationRegister, grading: str | None
) -> None:
    lives_at(fiks, road_address("3312", adressegradering=grading))
    assert register.residence(NUMBER) is Residence.PROTECTED


@pytest.mark.parametrize(
    "person", [None, {}, {"bostedsadresse": []}, {"bostedsadresse": [road_address("3312", erGjeldende=False)]}]
)
def test_an_unknown_number_and_one_without_a_current_address_are_unknown(
    fiks: FiksDouble, register: PopulationRegister, person: dict[str, Any] | None
) -> None:
    if person is not None:
        fiks.people[NUMBER] = person
    assert register.residence(NUMBER) is Residence.UNKNOWN


def test_the_municipality_of_the_settings_counts(fiks: FiksDouble, asked_as: Settings) -> None:
    lives_at(fiks, road_address("0301"))
    register = register_for(replace(asked_as, municipality_number="0301"))
    assert register is not None
    assert register.residence(NUMBER) is Residence.HERE


@pytest.mark.parametrize(
    "content",
    [b"", b"<html>", b"[]", b"null", b'"3312"', b'{"oppslag": {}}', b'{"oppslag": [1]}', b"{" * 100_000, b"\xff\xfe"],
)
def test_an_answer_of_another_form_is_no_answer(fiks: FiksDouble, register: PopulationRegister, content: bytes) -> None:
    fiks.says_instead = (200, content)
    unavailable(register, "form that is not documented")


@pytest.mark.parametrize("status", [204, 400, 403, 404, 429, 500, 503])
def test_a_refusal_or_a_fault_is_no_answer_and_is_not_tried_again(
    fiks: FiksDouble, register: PopulationRegister, status: int
) -> None:
    fiks.says_instead = (status, b"" if status == 204 else json.dumps({"melding": NUMBER}).encode())
    unavailable(register, f"answered {status}$")
    assert fiks.times(LOOKUP) == 1


def test_it_follows_nobody_elsewhere(fiks: FiksDouble, register: PopulationRegister) -> None:
    register.residence(NUMBER)
    fiks.says_instead, fiks.redirects_to = (307, b""), f"{fiks.url}/folkeregister/elsewhere"
    unavailable(register, "answered 307")
    assert fiks.times("/folkeregister/elsewhere") == 0


def test_a_token_serves_until_shortly_before_it_ends(fiks: FiksDouble, asked_as: Settings) -> None:
    seconds = [0.0]
    maskinporten = Maskinporten(residence_of(asked_as).maskinporten, monotonic=lambda: seconds[0])
    got = []
    for seconds[0] in (0.0, 60.0, 104.0, 106.0, 200.0):
        got.append(maskinporten.token())
    assert len({*got[:3]}) == len({*got[3:]}) == 1
    assert fiks.times(TOKEN) == 2


def test_threads_share_a_token(fiks: FiksDouble, register: PopulationRegister) -> None:
    lives_at(fiks, road_address("3312"))
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(register.residence, [NUMBER] * 16)) == {Residence.HERE}
    assert fiks.times(TOKEN) == 1


@pytest.mark.parametrize("seconds", [0, -1, "soon", None, 1.5])
def test_a_token_that_does_not_say_how_long_it_lasts_serves_once(
    fiks: FiksDouble, register: PopulationRegister, seconds: Any
) -> None:
    fiks.token_seconds = seconds
    for _ in range(2):
        assert register.residence(NUMBER) is Residence.UNKNOWN
    assert fiks.times(TOKEN) == 2


def test_a_token_withdrawn_before_its_time_is_replaced_once(fiks: FiksDouble, register: PopulationRegister) -> None:
    lives_at(fiks, road_address("3312"))
    register.residence(NUMBER)
    fiks.tokens.clear()
    assert register.residence(NUMBER) is Residence.HERE
    assert (fiks.times(LOOKUP), fiks.times(TOKEN)) == (3, 2)


def test_a_register_that_refuses_every_token_is_asked_twice_and_no_more(
    fiks: FiksDouble, register: PopulationRegister
) -> None:
    fiks.says_instead = (401, b"{}")
    unavailable(register, "answered 401")
    assert (fiks.times(LOOKUP), fiks.times(TOKEN)) == (2, 2)


@pytest.mark.parametrize("wrong", ["client_id", "key_id", "scope"])
def test_what_maskinporten_refuses_is_told_by_its_code_alone(fiks: FiksDouble, asked_as: Settings, wrong: str) -> None:
    found = residence_of(asked_as)
    maskinporten = replace(found.maskinporten)
    object.__setattr__(maskinporten, wrong, "another")
    register = register_for(replace(asked_as, residence=replace(found, maskinporten=maskinporten)))
    assert register is not None
    unavailable(register, r"^Maskinporten gave no token: 400 invalid_grant$")
    assert fiks.times(LOOKUP) == 0


def test_another_key_than_the_registered_one_gets_no_token(asked_as: Settings) -> None:
    file = residence_of(asked_as).maskinporten.private_key
    file.write_text(json.dumps(RSAKey.generate_key(2048).as_dict(private=True)))
    register = register_for(asked_as)
    assert register is not None
    unavailable(register, "invalid_grant")


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "http://127.0.0.1:1/"},
        {"issuer": None},
        {"token_endpoint": None},
        {"token_endpoint": "ftp://127.0.0.1/token"},
    ],
)
def test_a_maskinporten_that_says_it_is_another_is_sent_nothing(
    fiks: FiksDouble, register: PopulationRegister, metadata: dict[str, Any]
) -> None:
    fiks.metadata = metadata
    unavailable(register, "^Maskinporten")
    assert fiks.times(TOKEN) == 0


@pytest.mark.parametrize("silent_at", [LOOKUP, TOKEN])
def test_silence_ends_in_time(fiks: FiksDouble, asked_as: Settings, silent_at: str) -> None:
    fiks.silent_at = silent_at
    unavailable(hurried(asked_as), "did not answer in time")


def test_an_answer_that_drips_ends_in_time(fiks: FiksDouble, asked_as: Settings) -> None:
    fiks.drips_seconds = 0.1
    unavailable(hurried(asked_as), "too slowly or too much")


def test_an_answer_without_end_is_not_read(fiks: FiksDouble, register: PopulationRegister) -> None:
    fiks.says_instead = (200, b" " * 1_100_000)
    unavailable(register, "too slowly or too much")


def test_a_register_that_is_not_there_is_unavailable(asked_as: Settings) -> None:
    nowhere = replace(residence_of(asked_as), url="http://127.0.0.1:1")
    register = register_for(replace(asked_as, residence=nowhere))
    assert register is not None
    unavailable(register, "Folkeregisteret could not be asked")


def test_the_number_and_the_address_stand_in_no_log_no_address_and_no_object_that_is_left(
    fiks: FiksDouble, register: PopulationRegister, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    lives_at(fiks, road_address("3312"))
    register.residence(NUMBER)
    fiks.says_instead = (500, NUMBER.encode())
    unavailable(register, "500")
    assert "POST" in caplog.text, "the HTTP client's own log was listened to"
    for private in (NUMBER, "Oppdiktet vei", "3312"):
        assert private not in caplog.text
        assert private not in "".join(fiks.asked)
    assert NUMBER not in repr(register) + repr(vars(register))


def test_no_secret_is_shown_by_the_settings_or_logged(
    asked_as: Settings, register: PopulationRegister, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    register.residence(NUMBER)
    assert INTEGRATION_PASSWORD not in repr(asked_as.residence) + repr(register) + caplog.text


def test_without_the_setting_there_is_no_register() -> None:
    assert register_for(settings()) is None


@pytest.mark.parametrize("kind", ["missing", "text", "public", "curve", "broken JWK", "folder"])
def test_a_key_that_cannot_sign_is_refused_at_the_start(asked_as: Settings, key: RSAKey, kind: str) -> None:
    file = residence_of(asked_as).maskinporten.private_key
    _spoil(file, key, kind)
    with pytest.raises(SettingsError, match=r"^MASKINPORTEN_PRIVATE_KEY\b") as refused:
        register_for(asked_as)
    assert "PRIVATE KEY-----" not in str(refused.value)


def _spoil(file: Path, key: RSAKey, kind: str) -> None:
    file.unlink()
    if kind == "folder":
        file.mkdir()
    texts = {
        "text": "hemmelig",
        "public": key.as_pem(private=False).decode(),
        "curve": '{"kty":"EC"}',
        "broken JWK": "{",
    }
    if kind in texts:
        file.write_text(texts[kind])
