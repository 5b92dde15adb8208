import pytest

from participation.accounts.rules import is_named_after
from participation.needs.models import OPEN_TO_SUPPORT_SQL
from participation.needs.rules import OPEN_TO_SUPPORT

OURS = ("Lier kommune", "Lier svarer")


@pytest.mark.parametrize(
    "name",
    [
        "Lier kommune",
        "LIER KOMMUNE",
        "Lier-kommune",
        "L i e r kommune",
        "Lierkommune!",
        "Ｌier kommune",
        "Lier kommune v/ Kari",
        "Kari, Lier kommune",
        "Lier svarer",
        "lier_svarer",
    ],
)
def test_a_name_that_is_the_municipalitys_or_begins_or_ends_with_it_is_ours(name: str) -> None:
    assert is_named_after(name, ours=OURS)


@pytest.mark.parametrize("name", ["Kari Nordmann", "Lier", "Ola Lier", "Kommune Lier", "Lier kommunesen", "Åse"])
def test_other_names_are_peoples_own(name: str) -> None:
    assert not is_named_after(name, ours=OURS)


def test_a_site_of_no_letters_takes_nobodys_name() -> None:
    assert not is_named_after("!", ours=("…",))


def test_the_index_of_open_needs_names_the_states_that_are_open() -> None:
    assert {state.value for state in OPEN_TO_SUPPORT} == set(OPEN_TO_SUPPORT_SQL.split("'")[1::2])
