"""Small things every view does."""

from typing import TypeVar

from werkzeug.exceptions import NotFound

Row = TypeVar("Row")


def found(row: Row | None) -> Row:
    """The row, or the page that says there is none."""
    if row is None:
        raise NotFound
    return row
