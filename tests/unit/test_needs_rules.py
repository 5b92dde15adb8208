from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from participation.needs.rules import (
    HEAT_EPOCH,
    HEAT_HALF_LIFE_DAYS,
    MOVES,
    Move,
    NeedState,
    answer_by,
    heat,
    may_add,
    may_comment,
    may_edit,
    may_move,
    may_support,
    may_withdraw,
    new_date_refusal,
    state_after,
)
from participation.permissions import Actor
from participation.refusals import Refusal

ASTRID, BJORN = Actor(1), Actor(2)
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@given(st.sampled_from(Move), st.sampled_from(NeedState))
def test_a_move_is_allowed_exactly_where_the_table_says(move: Move, state: NeedState) -> None:
    assert (may_move(move, state=state) is None) == (state in MOVES[move][0])


def test_no_move_leads_to_where_it_starts_but_a_new_provisional_answer() -> None:
    loops = {move for move, (sources, target) in MOVES.items() if target in sources}
    assert loops == {Move.ANSWER_PROVISIONALLY}


def test_a_need_is_taken_into_use_only_after_its_answer() -> None:
    into_use = [move for move in Move if state_after(move) is NeedState.IN_USE]
    assert into_use == [Move.TAKE_INTO_USE]
    answered = {NeedState.ACCEPTED, NeedState.IN_PROJECT, NeedState.TESTING, NeedState.DECLINED}
    assert MOVES[Move.TAKE_INTO_USE][0] == answered


@pytest.mark.parametrize("state", [NeedState.IN_USE, NeedState.DECLINED, NeedState.WITHDRAWN])
def test_what_has_been_decided_takes_no_support(state: NeedState) -> None:
    assert may_support(state) is Refusal.CLOSED_FOR_SUPPORT


def test_a_declined_need_can_still_be_commented_on() -> None:
    assert may_comment(NeedState.DECLINED) is None
    assert may_comment(NeedState.WITHDRAWN) is Refusal.CLOSED_FOR_COMMENTS


@pytest.mark.parametrize(
    ("minutes", "refusal"),
    [(0, None), (59, None), (60, Refusal.TOO_LATE_TO_EDIT), (600, Refusal.TOO_LATE_TO_EDIT)],
)
def test_the_author_may_change_the_words_for_an_hour(minutes: int, refusal: Refusal | None) -> None:
    now = NOON + timedelta(minutes=minutes)
    assert may_edit(ASTRID, author_id=1, state=NeedState.RECEIVED, created_at=NOON, now=now) is refusal


def test_nobody_else_may_change_add_or_withdraw() -> None:
    assert may_edit(BJORN, author_id=1, state=NeedState.RECEIVED, created_at=NOON, now=NOON) is Refusal.NOT_YOURS
    assert may_add(BJORN, author_id=1, state=NeedState.RECEIVED) is Refusal.NOT_YOURS
    assert may_withdraw(BJORN, author_id=1, state=NeedState.RECEIVED) is Refusal.NOT_YOURS


def test_words_stand_still_once_the_municipality_has_begun() -> None:
    refusal = may_edit(ASTRID, author_id=1, state=NeedState.ASSESSING, created_at=NOON, now=NOON)
    assert refusal is Refusal.TOO_LATE_TO_EDIT


def test_an_answer_is_promised_thirty_days_on() -> None:
    assert answer_by(date(2026, 11, 23), within_days=30) == date(2026, 12, 23)


@pytest.mark.parametrize("new", [date(2026, 11, 22), date(2026, 11, 23), date(2027, 5, 26), date(9999, 12, 31)])
def test_a_new_date_is_neither_past_nor_further_off_than_half_a_year(new: date) -> None:
    assert new_date_refusal(new, today=date(2026, 11, 23)) is Refusal.DATE_OUT_OF_REACH


@pytest.mark.parametrize("new", [date(2026, 11, 24), date(2027, 5, 25)])
def test_a_new_date_may_be_tomorrow_or_in_half_a_year(new: date) -> None:
    assert new_date_refusal(new, today=date(2026, 11, 23)) is None


@given(st.floats(0, 26 * 365))
def test_a_support_weighs_double_a_half_life_later(days: float) -> None:
    at = HEAT_EPOCH + timedelta(days=days)
    later = at + timedelta(days=HEAT_HALF_LIFE_DAYS)
    assert heat(1, at=later) == pytest.approx(2 * heat(1, at=at))


def test_heat_stays_within_what_a_double_holds_for_a_generation() -> None:
    assert heat(1e6, at=HEAT_EPOCH + timedelta(days=365 * 36)) < float("inf")
