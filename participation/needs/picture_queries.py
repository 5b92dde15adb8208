"""Reads the pictures of needs and of drafts."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select

from participation.extensions import db
from participation.needs.models import Need, NeedDraft, NeedPicture
from participation.needs.rules import DRAFT_PICTURES_A_PERSON, UNSIGNED_PICTURES_IN_ALL
from participation.refusals import Refusal

Pictured = NeedDraft | Need


def belongs_to(of: Pictured) -> ColumnElement[bool]:
    return NeedPicture.draft_key == of.key if isinstance(of, NeedDraft) else NeedPicture.need_id == of.id


def pictures_of(of: Pictured) -> Sequence[NeedPicture]:
    """In their order, also those that staff have hidden."""
    return db.session.scalars(
        select(NeedPicture).where(belongs_to(of)).order_by(NeedPicture.position, NeedPicture.id)
    ).all()


def picture_of(of: Pictured, picture_id: int) -> NeedPicture | None:
    return db.session.scalar(select(NeedPicture).where(belongs_to(of), NeedPicture.id == picture_id))


def need_of_picture(need_id: int, picture_id: int) -> tuple[Need, NeedPicture] | None:
    """The picture with its need, and nothing of what else belongs to that."""
    row = db.session.execute(
        select(Need, NeedPicture)
        .join(NeedPicture, NeedPicture.need_id == Need.id)
        .where(Need.id == need_id, NeedPicture.id == picture_id)
    ).one_or_none()
    return (row[0], row[1]) if row else None


@dataclass(frozen=True)
class DraftRoom:
    """How many pictures a person keeps in drafts, or all who have not signed in together; and how many they may."""

    taken: int
    most: int
    reason: Refusal

    def refusal(self, *, more: int) -> Refusal | None:
        """Why there can't be one more picture on top of so many."""
        return self.reason if self.taken + more >= self.most else None


def room_in_drafts(person_id: int | None) -> DraftRoom:
    count = select(func.count()).select_from(NeedPicture).join(NeedDraft, NeedDraft.key == NeedPicture.draft_key)
    taken = db.session.scalar(count.where(NeedDraft.person_id == person_id)) or 0
    if person_id is None:
        return DraftRoom(taken, UNSIGNED_PICTURES_IN_ALL, Refusal.PICTURES_UNSIGNED)
    return DraftRoom(taken, DRAFT_PICTURES_A_PERSON, Refusal.PICTURES_IN_DRAFTS)
