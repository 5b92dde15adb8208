"""Pictures are unpacked one at a time: a process has memory for one, and its other threads have pages to show."""

from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import CDLL
from threading import BoundedSemaphore

from participation.refusals import Refusal, Refused

WAIT_AT_ONCE = 2
PATIENCE_SECONDS = 4
_places = BoundedSemaphore(1 + WAIT_AT_ONCE)
_turn = BoundedSemaphore(1)
# glibc's; other libraries give memory back by themselves, or not at all.
_malloc_trim = getattr(CDLL(None), "malloc_trim", None)


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """A few wait a moment for their turn. Raises Refused(PICTURES_AWAY) for the others, at once."""
    if not _places.acquire(blocking=False):
        raise Refused(Refusal.PICTURES_AWAY)
    try:
        if not _turn.acquire(timeout=PATIENCE_SECONDS):
            raise Refused(Refusal.PICTURES_AWAY)
        try:
            yield
        finally:
            _give_back_memory()
            _turn.release()
    finally:
        _places.release()


def _give_back_memory() -> None:
    """What was freed goes back to the machine, not to a store of the C library's that only grows."""
    if _malloc_trim is not None:
        _malloc_trim(0)
