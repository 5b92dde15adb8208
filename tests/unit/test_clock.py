from datetime import UTC, date, datetime

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
