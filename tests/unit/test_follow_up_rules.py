from datetime import UTC, date, datetime, timedelta

import pytest

from participation.outcomes.follow_up import (
    LEADS,
    MAY_ANSWER,
    Sums,
    begins,
    is_checked,
    may_confirm,
    may_end_use,
    may_say,
    may_show_words,
    months_later,
    stays_public,
)
from participation.outcomes.rules import Helped, OutcomeState, Verdict
from participation.permissions import Role
from participation.refusals import Refusal

DUE = date(2027, 5, 23)
ASKED = datetime(2026, 12, 21, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 11, 23), 6, date(2027, 5, 23)),
        (date(2026, 11, 23), 12, date(2027, 11, 23)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 12, 1), 12, date(2027, 12, 1)),
        (date(2026, 6, 30), 6, date(2026, 12, 30)),
    ],
)
def test_months_are_counted_as_people_do(day: date, months: int, then: date) -> None:
    assert months_later(day, months) == then


def test_a_day_begins_at_midnight_in_the_municipality_summer_and_winter() -> None:
    assert begins(date(2026, 1, 15)).astimezone(UTC) == datetime(2026, 1, 14, 23, tzinfo=UTC)
    assert begins(date(2026, 7, 15)).astimezone(UTC) == datetime(2026, 7, 14, 22, tzinfo=UTC)


def test_only_what_met_a_need_at_least_in_part_is_asked_about_again() -> None:
    assert is_checked([Verdict.NOT, Verdict.PARTLY])
    assert is_checked([Verdict.MET])
    assert not is_checked([Verdict.NOT])
    assert not is_checked([])


def test_those_who_run_projects_or_write_results_know_the_use_and_leaders_lead() -> None:
    assert {Role.CASE_WORKER, Role.COMMUNICATIONS} == MAY_ANSWER
    assert Role.LEADER in LEADS


def confirming(**changes: object) -> Refusal | None:
    words: dict[str, object] = {
        "state": OutcomeState.PUBLISHED,
        "answered": False,
        "due_on": DUE,
        "today": DUE,
        "evidence": "Det brukes hver dag.",
        "measured": [DUE],
        "measured_since": DUE - timedelta(days=181),
    }
    return may_confirm(**(words | changes))  # type: ignore[arg-type]


def test_what_is_in_use_is_confirmed_once_in_time_with_words_and_a_figure() -> None:
    assert confirming() is None
    assert confirming(state=OutcomeState.CORRECTED, today=DUE + timedelta(days=300)) is None
    assert confirming(today=DUE - timedelta(days=30)) is None
    assert confirming(today=DUE - timedelta(days=31)) is Refusal.TOO_EARLY
    assert confirming(evidence="  ") is Refusal.REASON_MISSING
    assert confirming(measured=[]) is Refusal.FIGURE_MISSING
    assert confirming(answered=True) is Refusal.ALREADY_ANSWERED


def test_a_figure_from_before_what_was_last_said_confirms_nothing() -> None:
    day = date(2026, 11, 23)
    assert confirming(measured=[day, DUE], measured_since=day) is None
    assert confirming(measured=[day - timedelta(days=1), DUE], measured_since=day) is Refusal.FIGURE_TOO_OLD


@pytest.mark.parametrize("state", set(OutcomeState) - {OutcomeState.PUBLISHED, OutcomeState.CORRECTED})
def test_nothing_is_said_of_the_use_of_what_is_not_public(state: OutcomeState) -> None:
    assert confirming(state=state) is Refusal.WRONG_STATE
    ended = may_end_use(state=state, answered=False, happened="Det ble for dyrt.", next_steps=[])
    assert ended is Refusal.WRONG_STATE


def test_what_is_out_of_use_says_what_happened_and_the_next_step_for_each_need() -> None:
    def ending(happened: str, *next_steps: str, answered: bool = False) -> Refusal | None:
        return may_end_use(state=OutcomeState.PUBLISHED, answered=answered, happened=happened, next_steps=next_steps)

    assert ending("Det ble for dyrt.", "Vi ser på det igjen.", "Du får svar i mai.") is None
    assert ending(" ", "Vi ser på det igjen.") is Refusal.REASON_MISSING
    assert ending("Det ble for dyrt.", "Vi ser på det igjen.", " ") is Refusal.REASON_MISSING
    assert ending("Det ble for dyrt.", "Vi ser på det.", answered=True) is Refusal.ALREADY_ANSWERED


def saying(**changes: object) -> Refusal | None:
    words: dict[str, object] = {
        "state": OutcomeState.PUBLISHED,
        "was_asked": True,
        "asked_at": ASKED,
        "now": ASKED + timedelta(days=1),
    }
    return may_say(**(words | changes))  # type: ignore[arg-type]


def test_only_those_asked_say_whether_it_helped_and_for_ninety_days() -> None:
    assert saying() is None
    assert saying(now=ASKED + timedelta(days=90) - timedelta(seconds=1)) is None
    assert saying(now=ASKED + timedelta(days=90)) is Refusal.ANSWERS_CLOSED
    assert saying(was_asked=False) is Refusal.NOT_ASKED
    assert saying(asked_at=None) is Refusal.NOT_ASKED
    assert saying(state=OutcomeState.WITHDRAWN) is Refusal.ANSWERS_CLOSED


def test_words_are_shown_only_when_there_are_any_and_their_writer_agrees() -> None:
    assert may_show_words(words="Nå rekker jeg bussen.", may_publish=True) is None
    assert may_show_words(words="Nå rekker jeg bussen.", may_publish=False) is Refusal.NO_CONSENT
    assert may_show_words(words=" ", may_publish=True) is Refusal.NO_CONSENT


def test_words_stay_on_the_page_only_as_staff_read_them() -> None:
    assert stays_public(before="Fint.", words="Fint.", may_publish=True)
    assert not stays_public(before="Fint.", words="Fint!", may_publish=True)
    assert not stays_public(before="Fint.", words="Fint.", may_publish=False)


def test_sums_are_public_from_five_answers_up() -> None:
    assert not Sums(yes=4, partly=0, no=0).are_public
    assert not Sums(yes=0, partly=0, no=0).are_public
    assert Sums(yes=2, partly=2, no=1).are_public
    sums = Sums(yes=3, partly=2, no=1)
    assert (sums.total, [sums.of(helped) for helped in Helped]) == (6, [3, 2, 1])
