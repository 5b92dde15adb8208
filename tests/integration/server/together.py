"""Does many things at one and the same moment."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import TypeVar

from tests.journeys.visitor import Page, Visitor

Result = TypeVar("Result")


def at_once(deeds: Sequence[Callable[[], Result]]) -> list[Result]:
    """The results in the order of the deeds; none begins before all are ready to."""
    barrier = Barrier(len(deeds))

    def begin(deed: Callable[[], Result]) -> Result:
        barrier.wait()
        return deed()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(begin, deeds))


def post_at_once(
    visitors: Sequence[Visitor], path: str, forms: list[dict[str, str]] | dict[str, str] | None = None
) -> list[Page]:
    """All visitors send a form to the address at once: the same one, or one each."""
    each = forms if isinstance(forms, list) else [forms or {}] * len(visitors)
    return at_once([partial(visitor.post, path, form) for visitor, form in zip(visitors, each, strict=True)])
