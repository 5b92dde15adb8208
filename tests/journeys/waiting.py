"""Waits on conditions, each with a deadline: never on the clock alone."""

import time
from collections.abc import Callable
from typing import TypeVar

POLL_SECONDS = 0.02

Answer = TypeVar("Answer")


def wait_until(asked: Callable[[], Answer], *, within_seconds: float, what: str | Callable[[], str]) -> Answer:
    """The first answer that is something. Raises AssertionError with what was waited for at the deadline."""
    deadline = time.monotonic() + within_seconds
    while not (answer := asked()):
        if time.monotonic() > deadline:
            told = what if isinstance(what, str) else what()
            raise AssertionError(f"Waited {within_seconds:g} seconds in vain: {told}")
        time.sleep(POLL_SECONDS)
    return answer
