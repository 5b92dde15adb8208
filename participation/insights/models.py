"""Figures worked out beforehand, so that no page counts rows."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlalchemy.orm import Mapped, mapped_column

from participation.database import Base, UtcDateTime


class FigureSnapshot(Base):
    """The one row of figures that the pages show."""

    __tablename__ = "figure_snapshot"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    taken_at: Mapped[datetime] = mapped_column(UtcDateTime)
    values: Mapped[dict[str, Any]] = mapped_column(JSON)
