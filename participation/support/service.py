"""Proposing a need is the first support of it; others add theirs, and may take it back."""

from typing import Any

from sqlalchemy import ColumnElement, bindparam, delete, select, update
from sqlalchemy.orm import aliased

from participation import clock
from participation.accounts.former import hold_open
from participation.database import insert
from participation.extensions import db
from participation.needs import pictures
from participation.needs import service as needs
from participation.needs.models import Need, NeedDraft
from participation.needs.rules import HEAT_OF_SUPPORT, NeedText, heat, may_support
from participation.notifications.rules import Reason
from participation.notifications.service import subscribe, unsubscribe
from participation.permissions import Actor
from participation.refusals import ensure
from participation.support.models import Support


def propose(
    actor: Actor, *, words: NeedText, name_hidden: bool, within_days: int, draft_key: str | None = None
) -> Need:
    """Register a need with its author as first supporter. The same draft sent twice gives the same need."""
    if draft_key:
        _wait_for_twin(draft_key)
        already = db.session.scalar(select(Need).where(Need.submission_key == draft_key, Need.author_id == actor.id))
        if already is not None:
            needs.discard_draft(draft_key, person_id=actor.id)
            return already
    need = needs.receive(actor, words=words, name_hidden=name_hidden, within_days=within_days, submission_key=draft_key)
    support(actor, need=need)
    if draft_key:
        pictures.move_from_draft(draft_key, need=need)
        needs.discard_draft(draft_key, person_id=actor.id)
    return need


def _wait_for_twin(draft_key: str) -> None:
    """Hold the draft's row, so that the same form sent twice at once is handled one after the other."""
    db.session.execute(select(NeedDraft.key).where(NeedDraft.key == draft_key).with_for_update())


def support(actor: Actor, *, need: Need) -> bool:
    """Count the actor in and tell them of what comes of it; False when they were counted already."""
    ensure(may_support(need.state))
    hold_open(actor.id)
    moment = clock.now()
    statement = insert(Support, db.session.get_bind().dialect.name).values(
        need_id=need.id, person_id=actor.id, created_at=moment
    )
    counted = db.session.execute(statement.on_conflict_do_nothing().returning(Support.person_id))
    if counted.scalar_one_or_none() is None:
        return False
    _count(need, by=1, heat_change=heat(HEAT_OF_SUPPORT, at=moment))
    subscribe(actor.id, subject=need.subject, reason=Reason.SUPPORTER)
    return True


def withdraw(actor: Actor, *, need: Need) -> bool:
    """Take the actor's support back; False when there was none."""
    hold_open(actor.id)
    given_at = db.session.execute(
        delete(Support).where(Support.need_id == need.id, Support.person_id == actor.id).returning(Support.created_at)
    ).scalar_one_or_none()
    if given_at is None:
        return False
    _count(need, by=-1, heat_change=-heat(HEAT_OF_SUPPORT, at=given_at))
    unsubscribe(actor.id, subject=need.subject, reason=Reason.SUPPORTER)
    return True


def _count(need: Need, *, by: int, heat_change: float) -> None:
    db.session.execute(
        update(Need)
        .where(Need.id == need.id)
        .values(support_count=Need.support_count + by, heat=Need.heat + heat_change)
        .execution_options(synchronize_session=False)
    )
    db.session.expire(need, ["support_count", "heat"])


def unite(*, kept: int, gone: int) -> int:
    """Make the supports of two people one person's, each need's counted once; returns how many needs both had.

    Hold both people first, so that neither gives or takes back a support meanwhile.
    """
    theirs = aliased(Support)
    in_both = _take_away(
        Support.person_id == gone, Support.need_id.in_(select(theirs.need_id).where(theirs.person_id == kept))
    )
    db.session.execute(
        update(Support)
        .where(Support.person_id == gone)
        .values(person_id=kept)
        .execution_options(synchronize_session=False)
    )
    return in_both


def withdraw_all(person_id: int) -> int:
    """Take back all of the person's supports, whatever has become of the needs; returns how many there were."""
    return _take_away(Support.person_id == person_id)


def _take_away(*which: ColumnElement[bool]) -> int:
    rows = db.session.execute(
        delete(Support)
        .where(*which)
        .returning(Support.need_id, Support.created_at)
        .execution_options(synchronize_session=False)
    ).all()
    # In the order of needs, so that two who do this at once never wait for each other.
    lost = [{"number": number, "lost": heat(HEAT_OF_SUPPORT, at=at)} for number, at in sorted(rows)]
    if lost:
        db.session.connection().execute(_one_less(), lost)
    return len(lost)


def _one_less() -> Any:
    need = Need.metadata.tables[Need.__tablename__]
    values = {"support_count": need.c.support_count - 1, "heat": need.c.heat - bindparam("lost")}
    return need.update().where(need.c.id == bindparam("number")).values(values)
