"""Pictures of a need, and of its draft until it is sent: added, described, put in order, taken away, hidden.

The rows only: the files are put in the store before, and deleted from it after the transaction is committed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select, update

from participation import clock
from participation.accounts.models import Person
from participation.audit import service as audit
from participation.extensions import db
from participation.files.rules import ALT_MAX_CHARACTERS
from participation.needs.models import SUBJECT_KIND, Need, NeedDraft, NeedPicture
from participation.needs.picture_queries import DraftRoom, Pictured, picture_of, pictures_of, room_in_drafts
from participation.needs.rules import PICTURES_MAX, may_add_picture, may_change_pictures, room_refusal
from participation.permissions import Actor
from participation.refusals import Refusal, ensure

# A number of our own, that PostgreSQL knows the lock by.
_UNSIGNED_DRAFTS = 2026_11_29


@dataclass(frozen=True)
class FreshPicture:
    """One whose files have just been put in the store."""

    key: str
    digest: str
    """Of the file as it was sent."""


@dataclass(frozen=True)
class NotKept:
    """One that has got no row, for the caller to forget; without a refusal, it was there already."""

    key: str
    refusal: Refusal | None


def add(actor: Actor | None, *, of: Pictured, fresh: Sequence[FreshPicture]) -> list[NotKept]:
    """Let it have the pictures, as the last ones; returns those that it has not got.

    A draft is whoever's holds its key: whether that is so, the caller has asked.
    """
    if isinstance(of, Need) and fresh:
        ensure(may_add_picture(_known(actor), author_id=of.author_id, state=of.state))
    room = _held_room(of)
    known = list(pictures_of(of))
    left: list[NotKept] = []
    for number, one in enumerate(fresh):
        is_there = any(row.digest == one.digest for row in known)
        refusal = _refusal(room, known, more=number - len(left))
        if is_there or refusal:
            left.append(NotKept(one.key, None if is_there else refusal))
        else:
            known.append(_add(of, one, known))
    _note(actor, of, "pictures_added", count=len(fresh) - len(left))
    return left


def _held_room(of: Pictured) -> DraftRoom | None:
    """Where it is a draft, what room there is in drafts; those who add at the same time wait, and then find what is."""
    if isinstance(of, NeedDraft):
        hold_drafts(of.person_id)
    _hold(of)
    return room_in_drafts(of.person_id) if isinstance(of, NeedDraft) else None


def _refusal(room: DraftRoom | None, known: Sequence[NeedPicture], *, more: int) -> Refusal | None:
    return room_refusal(taken=len(known)) or (room.refusal(more=more) if room else None)


def _add(of: Pictured, one: FreshPicture, known: Sequence[NeedPicture]) -> NeedPicture:
    free = min(set(range(1, PICTURES_MAX + 1)) - {row.slot for row in known})
    row = NeedPicture(
        draft_key=of.key if isinstance(of, NeedDraft) else None,
        need_id=of.id if isinstance(of, Need) else None,
        key=one.key,
        digest=one.digest,
        slot=free,
        position=max((row.position for row in known), default=0) + 1,
        added_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    return row


def describe(actor: Actor | None, *, of: Pictured, words: Mapping[int, str]) -> None:
    """Say what each picture shows, by its number; those that are gone are passed over.

    From then on others see a need's picture. So words of it can be changed, and never taken away.
    """
    _ensure_may_change(actor, of)
    said = {number: text.strip()[:ALT_MAX_CHARACTERS] for number, text in words.items()}
    changed = [row for row in pictures_of(of) if _is_news(said.get(row.id, row.alt), row)]
    for row in changed:
        row.added_at = row.added_at if row.alt else clock.now()
        row.alt = said[row.id]
    _note(actor, of, "pictures_described", count=len(changed))


def _is_news(alt: str, row: NeedPicture) -> bool:
    return alt != row.alt and (bool(alt) or row.need_id is None)


def move(actor: Actor | None, *, of: Pictured, picture_id: int, by: int) -> None:
    """Let it and the one before it (by -1) or after it (by 1) change places; at the end nothing happens."""
    _ensure_may_change(actor, of)
    _hold(of)
    order = [row.id for row in pictures_of(of)]
    if picture_id not in order or not 0 <= order.index(picture_id) + by < len(order):
        return
    order.insert(order.index(picture_id) + by, order.pop(order.index(picture_id)))
    for row in pictures_of(of):
        row.position = order.index(row.id) + 1
    _note(actor, of, "pictures_ordered", count=1)


def remove(actor: Actor | None, *, of: Pictured, picture_id: int) -> str | None:
    """Take it away; returns its key for the caller to forget once saved, or None where it is gone already."""
    _ensure_may_change(actor, of)
    row = picture_of(of, picture_id)
    if row is None:
        return None
    db.session.delete(row)
    db.session.flush()
    _note(actor, of, "picture_removed", count=1)
    return row.key


def move_from_draft(draft_key: str, *, need: Need) -> None:
    """What was sent takes its pictures along, if the draft was its author's; before the draft is thrown away."""
    own = select(NeedDraft.key).where(
        NeedDraft.key == draft_key, NeedDraft.person_id.is_(None) | (NeedDraft.person_id == need.author_id)
    )
    db.session.execute(
        update(NeedPicture)
        .where(NeedPicture.draft_key.in_(own))
        .values(need_id=need.id, draft_key=None)
        .execution_options(synchronize_session=False)
    )
    db.session.expire(need, ["pictures"])


def hide(actor: Actor, *, need: Need, picture: NeedPicture, reason: str) -> None:
    """Hide it from all but its author and staff; the author reads why."""
    picture.hidden_at, picture.hidden_reason = clock.now(), reason
    audit.record("picture_hidden", actor_id=actor.id, kind=SUBJECT_KIND, object_id=need.id, reason=reason)


def show(actor: Actor, *, need: Need, picture: NeedPicture) -> None:
    picture.hidden_at, picture.hidden_reason = None, ""
    audit.record("picture_shown", actor_id=actor.id, kind=SUBJECT_KIND, object_id=need.id)


def _ensure_may_change(actor: Actor | None, of: Pictured) -> None:
    if isinstance(of, Need):
        ensure(may_change_pictures(_known(actor), author_id=of.author_id))


def _known(actor: Actor | None) -> Actor:
    if actor is None:
        raise ValueError("a need has an author, and nobody else changes its pictures")
    return actor


def hold_drafts(person_id: int | None) -> None:
    """Who adds to drafts of the same person at the same time waits, or of people who have not signed in.

    Before any draft is held, so that nobody waits in a ring. SQLite has one writer anyway.
    """
    if person_id is not None:
        # Nothing that refers to the person has to wait for this.
        db.session.execute(select(Person.id).where(Person.id == person_id).with_for_update(key_share=True))
    elif db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(select(func.pg_advisory_xact_lock(_UNSIGNED_DRAFTS)))


def _hold(of: Pictured) -> None:
    """Who changes them at the same time waits, so that both find room as it is."""
    column, value = (NeedDraft.key, of.key) if isinstance(of, NeedDraft) else (Need.id, of.id)
    db.session.flush()
    db.session.execute(select(column).where(column == value).with_for_update())


def _note(actor: Actor | None, of: Pictured, what: str, *, count: int) -> None:
    if isinstance(of, Need) and count:
        audit.record(what, actor_id=_known(actor).id, kind=SUBJECT_KIND, object_id=of.id, count=count)
