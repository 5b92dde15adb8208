from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from participation.demo import history
from participation.demo.content import Content, Entry, surname
from participation.demo.history import Calendar, Moment, closing_age, support_ages

NOW = datetime(2026, 11, 23, 15, 30, tzinfo=UTC)


def chance(number: int) -> Random:
    return Random(number)  # noqa: S311  the same number, the same history


def calendar(number: int = 1) -> Calendar:
    return Calendar(NOW, chance(number))


def content(*outcomes: Entry) -> Content:
    return Content([], [], [], [], [], [], [], list(outcomes))


def need(state: str, **changes: object) -> Entry:
    return {"key": "buss", "state": state, "age_days": 100, **changes}


def outcome(state: str = "published", verdict: str = "met") -> Entry:
    return {"state": state, "age_days": 20, "need": [{"need": "buss", "verdict": verdict}]}


@given(st.integers(0, 400), st.integers(0, 23), st.integers())
def test_an_age_becomes_a_minute_within_its_hour_that_many_days_ago(age: int, hour: int, number: int) -> None:
    moment = calendar(number).at(age, hour)
    assert (NOW.date() - moment.date()).days == age
    assert moment.hour == hour


@given(st.integers(0, 400), st.integers(0, 400), st.integers())
def test_nothing_happens_to_a_need_before_it_was_reported(age: int, later: int, number: int) -> None:
    days = calendar(number)
    reported = days.at(age, history.REPORTED_HOUR)
    assert days.any_time_after(reported, later) > reported


def test_what_happens_in_the_same_instant_keeps_its_order() -> None:
    assert sorted([Moment(NOW, 2), Moment(NOW - timedelta(1), 3), Moment(NOW, 1)]) == [
        Moment(NOW - timedelta(1), 3),
        Moment(NOW, 1),
        Moment(NOW, 2),
    ]


def test_on_one_day_needs_are_reported_assessed_answered_linked_and_met_in_that_order() -> None:
    hours = [
        history.REPORTED_HOUR,
        history.ASSESSED_HOUR,
        history.ANSWERED_HOUR,
        history.PROJECT_HOUR,
        history.OUTCOME_HOUR,
        history.WITHDRAWN_HOUR,
    ]
    assert hours == sorted(set(hours))


@pytest.mark.parametrize("state", ["received", "assessing", "accepted", "in_project", "testing"])
def test_an_open_need_takes_support_to_this_day(state: str) -> None:
    assert closing_age(need(state), content()) is None


def test_a_declined_or_withdrawn_need_takes_support_until_then() -> None:
    declined = need(
        "declined", answer=[{"kind": "provisional", "after_days": 10}, {"kind": "declined", "after_days": 25}]
    )
    assert closing_age(declined, content()) == 75
    assert closing_age(need("withdrawn"), content()) == 100 - history.WITHDRAW_AFTER_DAYS


def test_a_need_in_use_takes_support_until_the_outcome_that_met_it() -> None:
    assert closing_age(need("in_use"), content(outcome())) == 20
    assert closing_age(need("in_use"), content(outcome(verdict="partly"))) == 20
    assert closing_age(need("testing"), content(outcome(verdict="not"), outcome(state="draft"))) is None


@given(st.integers(15, 400), st.integers(0, 14), st.integers(0, 200), st.integers())
def test_support_comes_between_the_report_and_the_closing(age: int, closes: int, count: int, number: int) -> None:
    ages = list(support_ages({"age_days": age}, count, closes, chance(number)))
    assert len(ages) == count
    assert all(closes + 1 <= one <= age for one in ages)


def test_the_same_number_gives_the_same_history() -> None:
    first, second = (list(support_ages({"age_days": 90}, 50, None, chance(7))) for _ in range(2))
    assert first == second
    assert calendar(7).at(3, 9) == calendar(7).at(3, 9)


def test_no_surname_has_the_same_letter_three_times_in_a_row() -> None:
    assert [surname(*parts) for parts in (("Morell", "lund"), ("Morell", "haug"), ("Eple", "li"))] == [
        "Morellund",
        "Morellhaug",
        "Epleli",
    ]
