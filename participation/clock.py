"""The one place that knows what time it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

MUNICIPAL_TIME = ZoneInfo("Europe/Oslo")
_travelled: ContextVar[datetime | None] = ContextVar("travelled", default=None)


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _travelled.get() or datetime.now(UTC)


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
