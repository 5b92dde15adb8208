"""What is asked of people before they take part: every combination, and the words in the settings."""

from itertools import product

import pytest

from participation.demands import Demands, Known, Lack, demands, what_is_lacking
from participation.permissions import Act, Assurance
from participation.settings_error import SettingsError

EMAIL, SUBSTANTIAL, HIGH = Assurance
YES_NO_UNKNOWN = (True, False, None)


def lack(act: Act = Act.SUPPORT, *, wanted: Assurance = EMAIL, residence: bool = False, known: Known) -> Lack | None:
    asked = Demands(assurance=dict.fromkeys(Act, wanted), residence_for=frozenset(Act) if residence else frozenset())
    return what_is_lacking(act, demands=asked, known=known)


COVERED = [
    (EMAIL, EMAIL, True),
    (EMAIL, SUBSTANTIAL, False),
    (EMAIL, HIGH, False),
    (SUBSTANTIAL, EMAIL, True),
    (SUBSTANTIAL, SUBSTANTIAL, True),
    (SUBSTANTIAL, HIGH, False),
    (HIGH, EMAIL, True),
    (HIGH, SUBSTANTIAL, True),
    (HIGH, HIGH, True),
]


@pytest.mark.parametrize(("held", "wanted", "enough"), COVERED)
@pytest.mark.parametrize("act", Act)
def test_a_level_is_enough_when_it_is_as_high_as_what_is_asked(
    act: Act, held: Assurance, wanted: Assurance, enough: bool
) -> None:
    assert lack(act, wanted=wanted, known=Known(assurance=held)) == (None if enough else Lack.ASSURANCE)


@pytest.mark.parametrize("act", Act)
@pytest.mark.parametrize(("held", "wanted"), list(product(Assurance, Assurance)))
@pytest.mark.parametrize("is_staff", [True, False])
def test_who_is_too_young_lacks_that_whatever_else_they_have(
    act: Act, held: Assurance, wanted: Assurance, is_staff: bool
) -> None:
    known = Known(assurance=held, old_enough=False, lives_here=True, is_staff=is_staff)
    assert lack(act, wanted=wanted, residence=True, known=known) is Lack.AGE


@pytest.mark.parametrize("old_enough", [True, None])
def test_whose_age_nobody_has_said_is_not_refused_for_it(old_enough: bool | None) -> None:
    assert lack(known=Known(assurance=EMAIL, old_enough=old_enough)) is None


@pytest.mark.parametrize(
    ("lives_here", "lacking"), [(True, None), (False, Lack.RESIDENCE), (None, Lack.RESIDENCE_UNKNOWN)]
)
@pytest.mark.parametrize("act", Act)
def test_where_one_lives_is_yes_no_or_unknown(act: Act, lives_here: bool | None, lacking: Lack | None) -> None:
    known = Known(assurance=SUBSTANTIAL, lives_here=lives_here)
    assert lack(act, residence=True, known=known) is lacking
    assert lack(act, residence=False, known=known) is None


@pytest.mark.parametrize("lives_here", YES_NO_UNKNOWN)
def test_the_level_comes_before_the_place(lives_here: bool | None) -> None:
    known = Known(assurance=EMAIL, lives_here=lives_here)
    assert lack(wanted=HIGH, residence=True, known=known) is Lack.ASSURANCE


@pytest.mark.parametrize(("held", "lives_here"), list(product(Assurance, YES_NO_UNKNOWN)))
def test_staff_speak_for_the_municipality_but_have_one_voice_as_all_others(
    held: Assurance, lives_here: bool | None
) -> None:
    staff = Known(assurance=held, lives_here=lives_here, is_staff=True)
    other = Known(assurance=held, lives_here=lives_here)
    assert lack(Act.COMMENT, wanted=HIGH, residence=True, known=staff) is None
    # A need that is reported has its first support with it.
    for act in (Act.REPORT, Act.SUPPORT):
        assert lack(act, wanted=HIGH, residence=True, known=staff) == lack(
            Act.SUPPORT, wanted=HIGH, residence=True, known=other
        )


def test_acts_are_asked_different_things() -> None:
    asked = Demands(
        assurance={Act.REPORT: EMAIL, Act.COMMENT: SUBSTANTIAL, Act.SUPPORT: HIGH},
        residence_for=frozenset({Act.REPORT}),
    )
    known = Known(assurance=SUBSTANTIAL)
    found = {act: what_is_lacking(act, demands=asked, known=known) for act in Act}
    assert found == {Act.REPORT: Lack.RESIDENCE_UNKNOWN, Act.COMMENT: None, Act.SUPPORT: Lack.ASSURANCE}


def test_an_address_is_enough_and_thirteen_is_old_enough_when_nothing_is_said() -> None:
    asked = demands({}, asks_residence=False)
    assert asked == Demands()
    assert (set(asked.assurance.values()), asked.minimum_age, asked.residence_for) == ({EMAIL}, 13, frozenset())


def test_the_settings_say_what_is_asked() -> None:
    env = {
        "REPORT_REQUIRES": "email",
        "COMMENT_REQUIRES": " substantial ",
        "SUPPORT_REQUIRES": "high",
        "MINIMUM_AGE": "16",
        "RESIDENCE_FOR": "report support",
    }
    asked = demands(env, asks_residence=True)
    assert asked.assurance == {Act.REPORT: EMAIL, Act.COMMENT: SUBSTANTIAL, Act.SUPPORT: HIGH}
    assert asked.minimum_age == 16
    assert asked.residence_for == {Act.REPORT, Act.SUPPORT}
    assert demands(env, asks_residence=False).residence_for == frozenset()


def test_where_the_register_is_asked_it_is_for_supports_when_nothing_is_said() -> None:
    assert demands({}, asks_residence=True).residence_for == {Act.SUPPORT}


@pytest.mark.parametrize(
    ("name", "word"),
    [
        *product(("REPORT_REQUIRES", "COMMENT_REQUIRES", "SUPPORT_REQUIRES"), ("low", "Substantial", "1", "high low")),
        *product(("MINIMUM_AGE",), ("", "-1", "22", "13.5", "thirteen", "１３", " 13")),
        *product(("RESIDENCE_FOR",), ("vote", "support,report", "SUPPORT")),
    ],
)
def test_words_that_mean_nothing_are_refused_by_name(name: str, word: str) -> None:
    with pytest.raises(SettingsError, match=name):
        demands({name: word}, asks_residence=True)
