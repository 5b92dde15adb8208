"""Finds objects by their text."""

from sqlalchemy import Select, select

from participation.search.models import SearchDocument
from participation.search.rules import words


def matching(kind: str, query: str) -> Select[int]:
    """A select of the ids of those objects whose text holds every word of the query, anywhere in it."""
    found = select(SearchDocument.object_id).where(SearchDocument.kind == kind)
    for word in words(query):
        found = found.where(SearchDocument.text.contains(word, autoescape=True))
    return found
