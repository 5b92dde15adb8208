"""Totals, and a person's own support: never who else supports."""

from collections.abc import Iterable, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from participation.extensions import db
from participation.needs.models import Need
from participation.support.models import Support


def is_supporter(person_id: int, *, need_id: int) -> bool:
    return db.session.get(Support, (need_id, person_id)) is not None


def supported_among(person_id: int, need_ids: Iterable[int]) -> set[int]:
    """Which of these needs the person supports."""
    query = select(Support.need_id).where(Support.person_id == person_id, Support.need_id.in_(list(need_ids)))
    return set(db.session.scalars(query))


def supported_needs(person_id: int, *, limit: int) -> Sequence[Need]:
    """The latest needs of others that the person supports, newest support first."""
    return db.session.scalars(
        select(Need)
        .join(Support, Support.need_id == Need.id)
        .where(Support.person_id == person_id, Need.author_id != person_id)
        .options(joinedload(Need.theme), joinedload(Need.area))
        .order_by(Support.created_at.desc(), Need.id.desc())
        .limit(limit)
    ).all()


def supported_ids(person_id: int, *, limit: int) -> list[int]:
    """The numbers of the needs of others that the person supports, newest support first."""
    query = (
        select(Support.need_id)
        .join(Need, Need.id == Support.need_id)
        .where(Support.person_id == person_id, Need.author_id != person_id)
        .order_by(Support.created_at.desc(), Support.need_id.desc())
        .limit(limit)
    )
    return list(db.session.scalars(query))


def people_behind(need_ids: Iterable[int]) -> int:
    """How many different people support any of the needs."""
    query = select(func.count(Support.person_id.distinct())).where(Support.need_id.in_(list(need_ids)))
    return db.session.scalar(query) or 0
