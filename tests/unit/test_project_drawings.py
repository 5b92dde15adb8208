from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from participation.projects.chart import HEIGHT, WIDTH, chart
from participation.projects.rules import Phase
from participation.projects.schedule import Row, schedule

DAYS = st.dates(date(2025, 1, 1), date(2027, 12, 31))
NEW_YEAR, TODAY = date(2026, 1, 1), date(2026, 6, 1)


def rows(
    planned: dict[Phase, date], way: list[tuple[Phase | None, date]], ended: date | None = None
) -> dict[Phase, Row]:
    return {row.phase: row for row in schedule(planned, way, today=TODAY, ended=ended).rows}


def test_a_phase_that_began_after_its_day_is_late_by_so_many_days() -> None:
    way: list[tuple[Phase | None, date]] = [(Phase.ANCHORING, NEW_YEAR), (Phase.INSIGHT, date(2026, 4, 12))]
    found = rows({Phase.ANCHORING: NEW_YEAR, Phase.INSIGHT: date(2026, 3, 1)}, way)
    assert (found[Phase.ANCHORING].days_late, found[Phase.INSIGHT].days_late) == (0, 42)
    assert found[Phase.INSIGHT].is_now


def test_a_phase_that_should_have_begun_is_late_till_it_does_and_a_skipped_one_is_not() -> None:
    way: list[tuple[Phase | None, date]] = [(Phase.ANCHORING, NEW_YEAR), (Phase.DEVELOPMENT, date(2026, 2, 1))]
    planned = {
        Phase.INSIGHT: date(2026, 1, 15),
        Phase.PILOTING: date(2026, 5, 31),
        Phase.NEW_PRACTICE: date(2027, 1, 1),
    }
    found = rows(planned, way)
    assert found[Phase.PILOTING].days_late == 1
    assert (found[Phase.INSIGHT].days_late, found[Phase.NEW_PRACTICE].days_late) == (0, 0)
    ended = rows(planned, [*way, (None, TODAY)], ended=TODAY)
    assert ended[Phase.PILOTING].days_late == 0
    assert not any(row.is_now for row in ended.values())


def test_a_phase_tried_again_lasts_from_its_first_day_to_its_last() -> None:
    way: list[tuple[Phase | None, date]] = [
        (Phase.ANCHORING, NEW_YEAR),
        (Phase.PILOTING, date(2026, 2, 1)),
        (Phase.DEVELOPMENT, date(2026, 3, 1)),
        (Phase.PILOTING, date(2026, 4, 1)),
    ]
    piloting = rows({}, way)[Phase.PILOTING]
    assert piloting.began == date(2026, 2, 1)
    assert piloting.real is not None
    assert piloting.real.start + piloting.real.width == 100


@given(st.dictionaries(st.sampled_from(Phase), DAYS), st.lists(st.tuples(st.sampled_from(Phase), DAYS), min_size=1))
def test_no_bar_leaves_the_line_of_time(planned: dict[Phase, date], way: list[tuple[Phase, date]]) -> None:
    ordered: list[tuple[Phase | None, date]] = sorted(((phase, day) for phase, day in way), key=lambda step: step[1])
    drawn = schedule(planned, ordered, today=ordered[-1][1], ended=None)
    for row in drawn.rows:
        for span in filter(None, (row.plan, row.real)):
            assert 0 <= span.start <= 100
            assert span.width > 0
            assert span.start + span.width <= 100.01


@given(
    st.lists(st.tuples(DAYS, st.decimals(-999, 999, places=2)), min_size=1),
    st.none() | st.decimals(-999, 999, places=2),
)
def test_no_point_leaves_the_drawing(measured: list[tuple[date, Decimal]], target: Decimal | None) -> None:
    drawn = chart(measured, target=target)
    assert [point.on for point in drawn.points] == [measured[0][0], *sorted(day for day, _ in measured[1:])]
    for point in drawn.points:
        assert 0 < point.x < WIDTH
        assert 0 < point.y < HEIGHT
    assert (drawn.target_y is None) == (target is None)


def test_more_stands_higher_and_later_stands_further_on() -> None:
    low, high = chart([(NEW_YEAR, Decimal(1)), (NEW_YEAR + timedelta(9), Decimal(3))], target=Decimal(4)).points
    assert low.x < high.x
    assert low.y > high.y
