"""Needs that say much the same: shown to whoever writes one, and to whoever answers it."""

from collections.abc import Sequence

from sqlalchemy import select

from participation.needs.models import SUBJECT_KIND, Need
from participation.needs.queries import needs_by_id
from participation.needs.rules import NOT_LISTED
from participation.search.models import SearchDocument
from participation.search.queries import alike

SIMILAR_MAX = 5


def similar(text: str, *, but_by: int | None = None, but: int | None = None) -> Sequence[Need]:
    """The needs most like the text, of those for all to see; without a person's own, and without one of them."""
    among = select(Need.id).where(Need.id == SearchDocument.object_id, Need.state.not_in(NOT_LISTED))
    if but_by is not None:
        among = among.where(Need.author_id != but_by)
    if but is not None:
        among = among.where(Need.id != but)
    numbers = alike(SUBJECT_KIND, text, limit=SIMILAR_MAX, among=among.correlate(SearchDocument).exists())
    return needs_by_id(numbers) if numbers else []
