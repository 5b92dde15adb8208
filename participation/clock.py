"""The one place that knows what time it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

MUNICIPAL_TIME = ZoneInfo("Europe/Oslo")
AHEAD_MAX_DAYS = 3650
_travelled: ContextVar[datetime | None] = ContextVar("travelled", default=None)
_demo_file: Path | None = None


class TooFarAhead(ValueError):
    """Further than a demo has any use for."""


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _travelled.get() or datetime.now(UTC) + ahead()


@contextmanager
def travel(moment: datetime) -> Iterator[None]:
    """Let `now()` say `moment` inside the block; the demo town's history and the tests are made so."""
    token = _travelled.set(moment)
    try:
        yield
    finally:
        _travelled.reset(token)


def today() -> date:
    """The date on the wall in the municipality."""
    return now().astimezone(MUNICIPAL_TIME).date()


def day_of(moment: datetime) -> date:
    """The date on the wall in the municipality at that moment."""
    return moment.astimezone(MUNICIPAL_TIME).date()


def times_on_the_wall(day: date, at: time) -> int:
    """How many times the municipality's clocks show it.

    Once; but never in the hour that goes when summer time begins, and twice in the one that comes again when it ends.
    """
    first, again = (
        datetime.combine(day, at, tzinfo=MUNICIPAL_TIME).replace(fold=fold).utcoffset() or timedelta()
        for fold in (0, 1)
    )
    if first == again:
        return 1
    return 0 if first < again else 2


def follow(file: Path | None) -> None:
    """In a demo: let all processes be as far ahead of time as the file says, in seconds; none for the real time."""
    global _demo_file
    _demo_file = file


def go_ahead(by: timedelta) -> None:
    """In a demo: move the time that all processes see further ahead. Raises TooFarAhead."""
    if _demo_file is None:
        raise RuntimeError("time is moved in a demo only")
    total = ahead() + by
    if total > timedelta(days=AHEAD_MAX_DAYS):
        raise TooFarAhead
    fresh = _demo_file.with_suffix(".new")
    fresh.write_text(str(int(total.total_seconds())))
    fresh.replace(_demo_file)


def ahead() -> timedelta:
    """How far the demo's time is ahead of the real."""
    if _demo_file is None:
        return timedelta()
    try:
        return timedelta(seconds=int(_demo_file.read_text()))
    except FileNotFoundError:
        return timedelta()
