from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from participation.residence.answer import NotAnAnswer, current_addresses
from participation.residence.rules import (
    PROTECTED_ADDRESS,
    CurrentAddress,
    Residence,
    municipalities_that_count,
    residence,
)

NUMBER = "47906701517"
HERE, ELSEWHERE, NOWHERE = CurrentAddress("3312"), CurrentAddress("0301"), CurrentAddress(None)
COUNTING = municipalities_that_count("3312")
LEAVES = st.none() | st.booleans() | st.integers() | st.sampled_from([NUMBER, "3312", "ugradert", "fortrolig", ""])
OUTER = ["oppslag", "foedselsEllerDNummer", "folkeregisterperson", "bostedsadresse", "erGjeldende", "adressegradering"]
INNER = ["vegadresse", "matrikkeladresse", "matrikkelnummer", "ukjentBosted", "kommunenummer", "bostedskommune"]
NAMES = st.sampled_from([*OUTER, *INNER])
JSON = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4))


def found(*addresses: CurrentAddress) -> Residence:
    return residence(addresses, counting=COUNTING)


def answer(**address: Any) -> dict[str, Any]:
    whole = {"erGjeldende": True, "adressegradering": "ugradert"} | address
    return {"oppslag": [{"foedselsEllerDNummer": NUMBER, "folkeregisterperson": {"bostedsadresse": [whole]}}]}


def read(told: Any) -> Residence:
    return found(*current_addresses(told, NUMBER))


@pytest.mark.parametrize(
    ("addresses", "expected"),
    [
        ([], Residence.UNKNOWN),
        ([NOWHERE], Residence.UNKNOWN),
        ([HERE], Residence.HERE),
        ([ELSEWHERE], Residence.ELSEWHERE),
        ([ELSEWHERE, HERE], Residence.HERE),
        ([ELSEWHERE, NOWHERE], Residence.ELSEWHERE),
        ([PROTECTED_ADDRESS], Residence.PROTECTED),
        ([HERE, PROTECTED_ADDRESS], Residence.PROTECTED),
    ],
)
def test_what_an_answer_means(addresses: list[CurrentAddress], expected: Residence) -> None:
    assert found(*addresses) is expected


@pytest.mark.parametrize("former", ["3049", "0626"])
def test_former_numbers_of_the_municipality_do_not_count(former: str) -> None:
    assert found(CurrentAddress(former)) is Residence.ELSEWHERE


def test_of_a_protected_address_not_even_the_municipality_is_read() -> None:
    told = answer(adressegradering="fortrolig", vegadresse={"kommunenummer": "3312"})
    assert current_addresses(told, NUMBER) == [PROTECTED_ADDRESS]


@pytest.mark.parametrize(
    "where",
    [
        {"vegadresse": {"kommunenummer": "3312"}},
        {"matrikkeladresse": {"matrikkelnummer": {"kommunenummer": "3312"}}},
        {"ukjentBosted": {"bostedskommune": "3312"}},
        {"vegadresse": None, "ukjentBosted": {"bostedskommune": "3312"}},
    ],
)
def test_the_municipality_is_found_in_each_kind_of_address(where: dict[str, Any]) -> None:
    assert read(answer(**where)) is Residence.HERE


@pytest.mark.parametrize("number", [3312, "", "33", "33123", None, ["3312"], "３３１２"])
def test_what_is_no_municipality_number_is_unknown(number: Any) -> None:
    assert read(answer(vegadresse={"kommunenummer": number})) is Residence.UNKNOWN


@pytest.mark.parametrize("current", [False, None, "true", 1])
def test_an_address_that_does_not_say_it_is_in_force_is_not(current: Any) -> None:
    assert read(answer(erGjeldende=current, vegadresse={"kommunenummer": "3312"})) is Residence.UNKNOWN


def test_a_grading_may_be_written_in_capitals() -> None:
    assert read(answer(adressegradering="UGRADERT", vegadresse={"kommunenummer": "3312"})) is Residence.HERE


def test_what_is_told_of_another_person_is_not_read() -> None:
    told = answer(vegadresse={"kommunenummer": "3312"})
    told["oppslag"][0]["foedselsEllerDNummer"] = "10915596784"
    assert read(told) is Residence.UNKNOWN


@pytest.mark.parametrize("person", [[], "person", {"bostedsadresse": {}}, {"bostedsadresse": [None]}])
def test_a_person_of_another_form_is_no_answer(person: Any) -> None:
    with pytest.raises(NotAnAnswer):
        read({"oppslag": [{"foedselsEllerDNummer": NUMBER, "folkeregisterperson": person}]})


@given(JSON)
def test_no_answer_breaks_it_and_a_fault_holds_nothing_of_it(told: Any) -> None:
    result, fault = outcome(told)
    assert result is not None or (fault is not None and not fault.args)


@given(JSON)
def test_without_an_ungraded_address_in_force_nobody_is_placed(told: Any) -> None:
    result, _ = outcome(told)
    if "ugradert" not in str(told) or "True" not in str(told):
        assert result not in {Residence.HERE, Residence.ELSEWHERE}


@given(st.lists(st.dictionaries(NAMES, JSON, max_size=6), max_size=3))
def test_no_addresses_break_it_either(addresses: list[dict[str, Any]]) -> None:
    told = answer()
    told["oppslag"][0]["folkeregisterperson"]["bostedsadresse"] = addresses
    assert read(told) in Residence


def outcome(told: Any) -> tuple[Residence | None, NotAnAnswer | None]:
    try:
        return read(told), None
    except NotAnAnswer as raised:
        return None, raised
