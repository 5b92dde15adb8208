"""Keeps the searchable text in step with what it belongs to."""

from participation.extensions import db
from participation.search.models import SearchDocument
from participation.search.rules import normalise


def index(kind: str, object_id: int, *texts: str) -> None:
    """Set the searchable text of one object, in the caller's transaction."""
    db.session.merge(SearchDocument(kind=kind, object_id=object_id, text=normalise(" ".join(texts))))


def forget(kind: str, object_id: int) -> None:
    document = db.session.get(SearchDocument, (kind, object_id))
    if document is not None:
        db.session.delete(document)
