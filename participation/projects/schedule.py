"""PURE: a project's plan beside how it went, as shares of the time between its first day and its last."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from participation.projects.rules import Phase

LEAST_SHARE = 0.8  # so that a day in a year can still be seen


@dataclass(frozen=True)
class Span:
    """A bar on the line of time, in per cent of it."""

    start: float
    width: float


@dataclass(frozen=True, kw_only=True)
class Row:
    """A phase: when it was to begin, when it did, and how far it is from the one to the other."""

    phase: Phase
    planned: date | None
    began: date | None
    is_now: bool
    days_late: int
    """From the planned day to the real one, or to today where it is still to begin; below nothing when early."""
    plan: Span | None
    real: Span | None

    @property
    def is_late(self) -> bool:
        return self.days_late > 0


@dataclass(frozen=True)
class Schedule:
    rows: list[Row]
    today: float | None
    """Where today is on the line; nowhere once the project has ended."""
    first: date
    last: date

    @property
    def has_plan(self) -> bool:
        return any(row.planned for row in self.rows)


def schedule(
    planned: Mapping[Phase, date],
    moves: Iterable[tuple[Phase | None, date]],
    *,
    today: date,
    ended: date | None,
) -> Schedule:
    """The plan and the moves, oldest first, put beside each other. A phase begins the first time it is entered."""
    way = list(moves)
    until = ended or today
    days = [*planned.values(), *(day for _, day in way), until]
    line = _Line(min(days), max(days) + _room_after(days, planned))
    now = way[-1][0] if way and not ended else None
    rows = [_row(phase, planned, way, line, until=until, live=not ended, now=now) for phase in Phase]
    return Schedule(rows, None if ended else line.share(today), line.first, line.last)


def _room_after(days: list[date], planned: Mapping[Phase, date]) -> timedelta:
    """The phase planned last has no end of its own; it gets some of the line to be seen on."""
    if max(days) not in planned.values():
        return timedelta()
    return max((max(days) - min(days)) // 8, timedelta(days=7))


@dataclass(frozen=True)
class _Line:
    first: date
    last: date

    def share(self, day: date) -> float:
        length = max((self.last - self.first).days, 1)
        return round(100 * (day - self.first).days / length, 2)

    def span(self, start: date, end: date) -> Span:
        begin = min(self.share(start), 100 - LEAST_SHARE)
        return Span(begin, max(round(self.share(end) - begin, 2), LEAST_SHARE))


def _row(
    phase: Phase,
    planned: Mapping[Phase, date],
    way: list[tuple[Phase | None, date]],
    line: _Line,
    *,
    until: date,
    live: bool,
    now: Phase | None,
) -> Row:
    plan = planned.get(phase)
    began = next((day for entered, day in way if entered is phase), None)
    compared = began or (until if live and not _is_behind(phase, now) else None)
    late = (compared - plan).days if plan and compared else 0
    return Row(
        phase=phase,
        planned=plan,
        began=began,
        is_now=phase is now,
        days_late=late if began else max(late, 0),
        plan=line.span(plan, _planned_end(phase, planned, line)) if plan else None,
        real=line.span(began, _left(phase, way, until)) if began else None,
    )


def _is_behind(phase: Phase, now: Phase | None) -> bool:
    """A phase that was skipped is not late; it will not come."""
    order = list(Phase)
    return now is not None and order.index(phase) < order.index(now)


def _planned_end(phase: Phase, planned: Mapping[Phase, date], line: _Line) -> date:
    order = list(Phase)
    later = [planned[after] for after in order[order.index(phase) + 1 :] if after in planned]
    return later[0] if later else line.last


def _left(phase: Phase, way: list[tuple[Phase | None, date]], until: date) -> date:
    """The day the phase was left for the last time."""
    left = until
    for (entered, _), (_, day) in zip(way, [*way[1:], (None, until)], strict=True):
        left = day if entered is phase else left
    return left
