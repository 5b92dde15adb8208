"""Rules for promised days, for silence, and for asking again."""

from datetime import UTC, date, datetime, timedelta

import pytest

from participation.needs.rules import (
    LETTERS,
    MAY_FALL_SILENT,
    OPEN_TO_NEWS,
    DateMove,
    NeedState,
    ReminderStage,
    UpdateKind,
    date_moves,
    is_silent,
    may_ask_again,
    may_correct,
    may_give_news,
    stages_reached,
    weeks_silent,
)
from participation.permissions import Actor
from participation.refusals import Refusal

ASTRID, BJORN = Actor(1), Actor(2)
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
PROMISED = date(2026, 11, 23)
BEFORE, AFTER, LONG_AFTER = ReminderStage


@pytest.mark.parametrize(
    ("days", "stages"),
    [(-6, set()), (-5, {BEFORE}), (0, {BEFORE}), (1, {AFTER}), (13, {AFTER}), (14, {AFTER, LONG_AFTER})],
)
def test_reminders_come_before_the_day_after_it_and_long_after(days: int, stages: set[ReminderStage]) -> None:
    today = PROMISED + timedelta(days=days)
    assert stages_reached(PROMISED, today=today, days_before=5, days_after=14) == stages


@pytest.mark.parametrize("state", NeedState)
def test_only_what_waits_for_the_municipality_falls_silent(state: NeedState) -> None:
    long_ago = NOON - timedelta(weeks=60)
    assert is_silent(state, news_at=long_ago, now=NOON, weeks=8) == (state in MAY_FALL_SILENT)
    assert (weeks_silent(state, news_at=long_ago, now=NOON) == 60) == (state in MAY_FALL_SILENT)


@pytest.mark.parametrize(("days", "silent"), [(55, False), (56, True), (57, True)])
def test_silence_begins_with_the_eighth_week(days: int, silent: bool) -> None:
    news_at = NOON - timedelta(days=days)
    assert is_silent(NeedState.ACCEPTED, news_at=news_at, now=NOON, weeks=8) is silent


def test_a_provisional_answer_moves_the_day_and_the_moves_are_counted() -> None:
    first, second, third = PROMISED, PROMISED + timedelta(days=20), PROMISED + timedelta(days=40)
    promises = [
        (1, UpdateKind.RECEIVED, first),
        (2, UpdateKind.PROVISIONAL, second),
        (3, UpdateKind.PROVISIONAL, second),
        (4, UpdateKind.PROVISIONAL, third),
    ]
    assert date_moves(promises) == {2: DateMove(first, second, 1), 4: DateMove(second, third, 2)}


def test_a_new_assessment_promises_anew() -> None:
    later = PROMISED + timedelta(days=90)
    promises = [
        (1, UpdateKind.RECEIVED, PROMISED),
        (2, UpdateKind.PROVISIONAL, PROMISED + timedelta(days=9)),
        (3, UpdateKind.ASKED_AGAIN, later),
        (4, UpdateKind.PROVISIONAL, later + timedelta(days=9)),
    ]
    assert date_moves(promises)[4] == DateMove(later, later + timedelta(days=9), 1)
    assert 3 not in date_moves(promises)


@pytest.mark.parametrize("state", NeedState)
def test_the_author_asks_again_of_a_no_and_once(state: NeedState) -> None:
    allowed = None if state is NeedState.DECLINED else Refusal.WRONG_STATE
    assert may_ask_again(ASTRID, author_id=1, state=state, asked_again_at=None) is allowed
    assert may_ask_again(ASTRID, author_id=1, state=state, asked_again_at=NOON) is Refusal.ASKED_BEFORE
    assert may_ask_again(BJORN, author_id=1, state=state, asked_again_at=None) is Refusal.NOT_YOURS


@pytest.mark.parametrize("state", NeedState)
def test_news_is_given_from_when_the_municipality_has_begun(state: NeedState) -> None:
    assert (may_give_news(state) is None) == (state in OPEN_TO_NEWS)


@pytest.mark.parametrize("kind", UpdateKind)
def test_only_letters_and_what_happens_after_a_projects_end_are_corrected(kind: UpdateKind) -> None:
    assert (may_correct(kind, body="Vi leter videre.") is None) == (kind in LETTERS | {UpdateKind.PROJECT_STOPPED})
    assert (may_correct(kind, body="") is None) == (kind in LETTERS)
