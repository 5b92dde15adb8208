"""The text that can be searched, whatever it belongs to."""

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from participation.database import Base


class SearchDocument(Base):
    __tablename__ = "search_document"

    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    object_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    text: Mapped[str] = mapped_column(Text)
