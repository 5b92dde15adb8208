"""What can be searched, whatever it belongs to. What it is found by lies in the database's own index (terms.py)."""

from sqlalchemy import JSON, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from participation.database import Base
from participation.search.analysis import WORD_MAX_CHARACTERS

KEY_MAX_CHARACTERS = 3 * WORD_MAX_CHARACTERS
"""A letter may become several in plain writing."""
# By their bytes on both databases, so that all words that begin alike stand together.
_BY_BYTES = String(KEY_MAX_CHARACTERS).with_variant(String(KEY_MAX_CHARACTERS, collation="C"), "postgresql")


class SearchDocument(Base):
    """One thing that can be found. The newest has the highest number."""

    __tablename__ = "search_document"
    __table_args__ = (Index("ux_search_document_object", "kind", "object_id", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    object_id: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    """Its words in lower case with one space between, title first, to look for exact phrases in."""
    weights: Mapped[dict[str, float]] = mapped_column(JSON)
    """How much each term says of it, 0–1."""


class SearchWord(Base):
    """A word that stands in something that can be found: for what is not written to its end, or wrongly."""

    __tablename__ = "search_word"

    key: Mapped[str] = mapped_column(_BY_BYTES, primary_key=True)
    """In plain letters."""
    word: Mapped[str] = mapped_column(String(WORD_MAX_CHARACTERS))


class SearchMisspelling(Base):
    """A word with one letter left out. Words that are one mistake apart have one of these in common."""

    __tablename__ = "search_misspelling"

    letters: Mapped[str] = mapped_column(_BY_BYTES, primary_key=True)
    key: Mapped[str] = mapped_column(_BY_BYTES, primary_key=True)
