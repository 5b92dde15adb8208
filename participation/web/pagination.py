"""Pages by keyset: each begins after the last row of the one before, so the last is as fast as the first."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Row = TypeVar("Row")
ID_MAX = 2**31 - 1


@dataclass(frozen=True)
class Cursor:
    """The sort value and the number of the last row shown."""

    value: float
    id: int

    def __str__(self) -> str:
        return f"{self.value!r}~{self.id}"

    @classmethod
    def parse(cls, text: str | None) -> "Cursor | None":
        """The cursor that `str` wrote; None for anything else, which shows the first page."""
        value, _, number = (text or "").partition("~")
        try:
            cursor = cls(float(value), int(number))
        except ValueError:
            return None
        return cursor if abs(cursor.value) < 1e308 and 0 < cursor.id <= ID_MAX else None


@dataclass(frozen=True)
class Page(Generic[Row]):
    rows: Sequence[Row]
    next: Cursor | None = None
