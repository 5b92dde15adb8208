"""Who has the need too. Its key is what keeps one person to one voice."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from participation.database import Base, UtcDateTime


class Support(Base):
    __tablename__ = "support"
    __table_args__ = (Index("ix_support_person_id", "person_id", "created_at"),)

    need_id: Mapped[int] = mapped_column(ForeignKey("need.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
