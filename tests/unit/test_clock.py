from datetime import UTC, date, datetime, time

import pytest

from participation import clock


def test_now_is_aware_and_in_utc() -> None:
    assert clock.now().tzinfo is UTC


def test_the_date_is_that_of_the_wall_in_the_municipality() -> None:
    with clock.travel(datetime(2026, 12, 31, 23, 30, tzinfo=UTC)):
        assert clock.today() == date(2027, 1, 1)
    with clock.travel(datetime(2026, 6, 30, 21, 59, tzinfo=UTC)):
        assert clock.today() == date(2026, 6, 30)


def test_travels_can_lie_inside_each_other_and_end() -> None:
    outer, inner = datetime(2020, 1, 1, tzinfo=UTC), datetime(2021, 1, 1, tzinfo=UTC)
    with clock.travel(outer):
        with clock.travel(inner):
            assert clock.now() == inner
        assert clock.now() == outer
    assert clock.now() > inner


@pytest.mark.parametrize(
    ("day", "at", "times"),
    [
        (date(2027, 3, 27), time(2, 30), 1),
        (date(2027, 3, 28), time(1, 59), 1),
        (date(2027, 3, 28), time(2, 0), 0),
        (date(2027, 3, 28), time(2, 59), 0),
        (date(2027, 3, 28), time(3, 0), 1),
        (date(2026, 10, 25), time(1, 59), 1),
        (date(2026, 10, 25), time(2, 0), 2),
        (date(2026, 10, 25), time(3, 0), 1),
        (date.min, time.min, 1),
        (date.max, time.max, 1),
    ],
)
def test_a_time_is_shown_once_but_in_the_nights_when_the_clocks_are_put_forward_and_back(
    day: date, at: time, times: int
) -> None:
    assert clock.times_on_the_wall(day, at) == times
