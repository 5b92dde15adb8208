from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from participation.notifications.rules import (
    GIVE_UP_REFUSED_AFTER_DAYS,
    TOPIC_OF,
    EventKind,
    Pace,
    QuietHours,
    Reason,
    Told,
    Topic,
    choose_for_letter,
    due_at,
    is_refused_too_long,
    retry_after,
    waited_in_all,
    year_span,
    year_to_sum_up,
)


@pytest.mark.parametrize(("attempts", "minutes"), [(0, 1), (1, 2), (2, 4), (5, 32), (6, 60), (7, 60)])
def test_the_wait_doubles_from_a_minute_to_an_hour(attempts: int, minutes: int) -> None:
    assert retry_after(attempts) == timedelta(minutes=minutes)


@given(st.integers(0, 10**9))
def test_however_often_it_failed_it_is_tried_again_within_the_hour(attempts: int) -> None:
    assert timedelta(minutes=1) <= retry_after(attempts) <= timedelta(hours=1)


def test_a_mail_that_is_refused_is_tried_for_days_and_no_longer() -> None:
    last = next(attempts for attempts in range(1, 10_000) if is_refused_too_long(attempts))
    assert [waited_in_all(attempts) for attempts in (0, 1, 3)] == [timedelta(), timedelta(), timedelta(minutes=6)]
    assert timedelta(0) <= waited_in_all(last) - timedelta(days=GIVE_UP_REFUSED_AFTER_DAYS) <= timedelta(hours=1)


def test_the_reasons_stand_in_the_order_of_their_weight() -> None:
    assert list(Reason) == [Reason.AUTHOR, Reason.SUPPORTER, Reason.COMMENTER, Reason.FOLLOWER, Reason.STAFF]


def test_every_kind_of_event_has_a_topic_to_choose_a_pace_for() -> None:
    assert set(TOPIC_OF) == set(EventKind)
    assert set(TOPIC_OF.values()) == set(Topic)


@pytest.mark.parametrize(
    ("pace", "now", "due"),
    [
        (Pace.AT_ONCE, "2026-11-23T20:15+01:00", "2026-11-23T20:15+01:00"),
        (Pace.DAILY, "2026-11-23T06:59+01:00", "2026-11-23T07:00+01:00"),
        (Pace.DAILY, "2026-11-23T07:00+01:00", "2026-11-24T07:00+01:00"),
        # A Monday, before and after the hour, and a Sunday.
        (Pace.WEEKLY, "2026-11-23T06:59+01:00", "2026-11-23T07:00+01:00"),
        (Pace.WEEKLY, "2026-11-23T07:00+01:00", "2026-11-30T07:00+01:00"),
        (Pace.WEEKLY, "2026-11-29T23:00+01:00", "2026-11-30T07:00+01:00"),
        # The clocks go back in between: it is seven on the wall that counts.
        (Pace.DAILY, "2026-10-24T12:00+02:00", "2026-10-25T07:00+01:00"),
    ],
)
def test_a_bundle_leaves_at_seven_in_the_morning(pace: Pace, now: str, due: str) -> None:
    assert due_at(pace, now=datetime.fromisoformat(now), digest_hour=7) == datetime.fromisoformat(due)


@pytest.mark.parametrize(
    ("now", "leaves"),
    [
        ("2026-11-23T20:59+01:00", "2026-11-23T20:59+01:00"),
        ("2026-11-23T21:00+01:00", "2026-11-24T07:00+01:00"),
        ("2026-11-24T06:59+01:00", "2026-11-24T07:00+01:00"),
        ("2026-11-24T07:00+01:00", "2026-11-24T07:00+01:00"),
    ],
)
def test_a_quiet_night_ends_at_seven(now: str, leaves: str) -> None:
    assert QuietHours(21, 7).first_after(datetime.fromisoformat(now)) == datetime.fromisoformat(leaves)


@given(st.datetimes(timezones=st.just(UTC)), st.integers(0, 23))
def test_the_same_hour_twice_means_never_quiet(moment: datetime, hour: int) -> None:
    assert not QuietHours(hour, hour).holds(moment)


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001  given a zone
    st.integers(0, 23),
    st.integers(0, 23),
)
def test_nothing_waits_longer_than_a_day_and_an_hour_for_the_night_to_end(
    moment: datetime, start: int, end: int
) -> None:
    quiet = QuietHours(start, end)
    assert timedelta() <= quiet.first_after(moment) - moment <= timedelta(hours=25)
    assert not quiet.holds(quiet.first_after(moment))


@pytest.mark.parametrize(
    ("now", "due"),
    [
        # The night the clocks go forward has an hour less, and a week later it is still seven on the wall.
        ("2027-03-27T12:00+01:00", "2027-03-28T07:00+02:00"),
        ("2027-03-28T06:59+02:00", "2027-03-28T07:00+02:00"),
    ],
)
def test_a_bundle_leaves_at_seven_also_when_the_clocks_go_forward(now: str, due: str) -> None:
    moment = due_at(Pace.DAILY, now=datetime.fromisoformat(now), digest_hour=7)
    assert moment == datetime.fromisoformat(due)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001  given a zone
def test_a_weekly_bundle_leaves_on_a_monday_within_eight_days_and_a_daily_within_25_hours(moment: datetime) -> None:
    weekly = due_at(Pace.WEEKLY, now=moment, digest_hour=7)
    assert (weekly.weekday(), weekly.hour) == (0, 7)
    assert timedelta() < weekly - moment <= timedelta(days=7, hours=1)
    assert timedelta() < due_at(Pace.DAILY, now=moment, digest_hour=7) - moment <= timedelta(hours=25)


@pytest.mark.parametrize(
    ("today", "year"),
    [("2027-01-04", None), ("2027-01-05", 2026), ("2027-01-31", 2026), ("2027-02-01", None), ("2026-12-31", None)],
)
def test_a_year_is_summed_up_from_the_fifth_of_january_to_the_end_of_it(today: str, year: int | None) -> None:
    assert year_to_sum_up(date.fromisoformat(today)) == year


def test_a_year_begins_and_ends_at_midnight_in_the_municipality() -> None:
    begins, ends = year_span(2026)
    assert begins == datetime.fromisoformat("2025-12-31T23:00+00:00")
    assert ends == datetime.fromisoformat("2026-12-31T23:00+00:00")


def told(kind: EventKind, days_ago: int, *needs: int) -> Told:
    return Told(kind, LETTER_MADE - timedelta(days=days_ago), frozenset(needs))


LETTER_MADE = datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_a_letter_begins_with_answers_and_results_and_gathers_old_steps() -> None:
    year = [
        told(EventKind.RECEIVED, 360, 1),
        told(EventKind.ANSWERED, 330, 1),
        told(EventKind.PHASE_CHANGED, 200, 1),
        told(EventKind.PHASE_CHANGED, 100, 1),
        told(EventKind.LINKED, 90, 2),
        told(EventKind.OUTCOME, 40, 1),
        told(EventKind.PHASE_CHANGED, 10, 2),
    ]
    chosen = choose_for_letter(year, now=LETTER_MADE)
    assert (chosen.full, chosen.brief, chosen.left_out) == ([5, 1, 6], [4, 3], 2)


@given(st.lists(st.tuples(st.sampled_from(EventKind), st.integers(0, 900), st.integers(1, 4)), max_size=60))
def test_a_letter_is_never_long_and_counts_what_it_leaves_out(rows: list[tuple[EventKind, int, int]]) -> None:
    chosen = choose_for_letter([told(*row) for row in rows], now=LETTER_MADE)
    shown = [*chosen.full, *chosen.brief]
    assert len(set(shown)) == len(shown) <= 20
    assert len(shown) + chosen.left_out == len(rows)
