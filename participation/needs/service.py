"""What a resident does with a need of their own."""

import secrets
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm.attributes import flag_modified

from participation import clock
from participation.accounts.former import hold_open
from participation.accounts.queries import people_in
from participation.audit import service as audit
from participation.database import insert
from participation.extensions import db
from participation.needs import places
from participation.needs.findable import index
from participation.needs.models import (
    SUBJECT_KIND,
    Area,
    Need,
    NeedDraft,
    NeedRevision,
    NeedUpdate,
    ReferenceCounter,
    Theme,
)
from participation.needs.rules import (
    HEAT_OF_NEED,
    Move,
    NeedState,
    NeedText,
    UpdateKind,
    answer_by,
    heat,
    may_add,
    may_ask_again,
    may_edit,
    may_hide_name,
    may_withdraw,
)
from participation.needs.timeline import move, same_version, write_line
from participation.notifications.rules import EventKind, Reason
from participation.notifications.service import announce, announce_to, subscribe
from participation.permissions import Actor, Role
from participation.refusals import Refusal, Refused, ensure


def save_draft(key: str | None, *, person_id: int | None, fields: dict[str, Any]) -> str:
    """Keep what has been written so far under the key; returns a key of its own where that one is another's."""
    draft = _draft_under(key or secrets.token_urlsafe(24), person_id=person_id)
    if draft.person_id not in (None, person_id):
        draft = _draft_under(secrets.token_urlsafe(24), person_id=person_id)
    draft.fields, draft.saved_at = fields, clock.now()
    draft.person_id = draft.person_id or person_id
    return draft.key


def _draft_under(key: str, *, person_id: int | None) -> NeedDraft:
    """The draft, begun where there is none; of two that begin it at the same time, the second finds the first's."""
    draft = db.session.get(NeedDraft, key)
    if draft is not None:
        return draft
    values = insert(NeedDraft, db.session.get_bind().dialect.name).values
    statement = values(key=key, person_id=person_id, fields={}, saved_at=clock.now())
    db.session.execute(statement.on_conflict_do_nothing())
    return db.session.get_one(NeedDraft, key)


def claim_draft(key: str, *, person_id: int) -> None:
    """Give an unsigned draft to the person who has now signed in."""
    db.session.execute(
        update(NeedDraft).where(NeedDraft.key == key, NeedDraft.person_id.is_(None)).values(person_id=person_id)
    )


def discard_draft(key: str, *, person_id: int) -> None:
    draft = db.session.get(NeedDraft, key)
    if draft is not None and draft.person_id in (None, person_id):
        db.session.delete(draft)


def receive(
    actor: Actor, *, words: NeedText, name_hidden: bool, within_days: int, submission_key: str | None = None
) -> Need:
    """Register the need, promise a date, and tell its author so. `support.service.propose` is the way in."""
    _check_theme_and_area(words)
    hold_open(actor.id)
    moment, today = clock.now(), clock.today()
    deadline = answer_by(today, within_days=within_days)
    need = Need(
        reference=_next_reference(today.year),
        title=words.title,
        description=words.description,
        affected=words.affected,
        solution=words.solution,
        theme_id=words.theme_id,
        area_id=words.area_id,
        place=words.place,
        latitude=words.latitude,
        longitude=words.longitude,
        author_id=actor.id,
        name_hidden=name_hidden,
        state=NeedState.RECEIVED,
        created_at=moment,
        news_at=moment,
        answer_by=deadline,
        first_answer_by=deadline,
        support_count=0,
        comment_count=0,
        heat=heat(HEAT_OF_NEED, at=moment),
        submission_key=submission_key,
    )
    places.settle(need)
    db.session.add(need)
    db.session.flush()
    index(need)
    write_line(need, UpdateKind.RECEIVED, actor=actor, answer_by=deadline)
    subscribe(actor.id, subject=need.subject, reason=Reason.AUTHOR)
    announce(
        EventKind.RECEIVED,
        about=need.subject,
        subjects=[need.subject],
        reasons=[Reason.AUTHOR],
        facts={"needs": need_facts(need), "answer_by": deadline.isoformat()},
    )
    return need


def need_facts(*needs: Need) -> dict[str, dict[str, Any]]:
    """The needs of an event as its messages name them, by their number as text (JSON has no other keys)."""
    return {str(need.id): {"id": need.id, "reference": need.reference, "title": need.title} for need in needs}


def _check_theme_and_area(words: NeedText) -> None:
    theme, area = db.session.get(Theme, words.theme_id), db.session.get(Area, words.area_id)
    if theme is None or area is None or not (theme.active and area.active):
        raise Refused(Refusal.THEME_OR_AREA_GONE)


def _next_reference(year: int) -> str:
    statement = insert(ReferenceCounter, db.session.get_bind().dialect.name).values(year=year, last=1)
    number = db.session.execute(
        statement.on_conflict_do_update(index_elements=["year"], set_={"last": ReferenceCounter.last + 1}).returning(
            ReferenceCounter.last
        )
    ).scalar_one()
    return f"B-{year}-{number:04d}"


def edit(actor: Actor, *, need: Need, words: NeedText, version: int) -> None:
    """Change the words within the hour, keeping the former ones."""
    same_version(need, version)
    ensure(may_edit(actor, author_id=need.author_id, state=need.state, created_at=need.created_at, now=clock.now()))
    _check_theme_and_area(words)
    former = {name: getattr(need, name) for name in NeedText.__dataclass_fields__}
    db.session.add(NeedRevision(need_id=need.id, replaced_at=clock.now(), fields=former))
    for name in former:
        setattr(need, name, getattr(words, name))
    places.settle(need)
    need.edited_at = clock.now()
    index(need)
    audit.record("edited", actor_id=actor.id, kind=SUBJECT_KIND, object_id=need.id)


def add(actor: Actor, *, need: Need, body: str, version: int) -> None:
    """Add something for all to see, below what was first written."""
    same_version(need, version)
    ensure(may_add(actor, author_id=need.author_id, state=need.state))
    write_line(need, UpdateKind.ADDITION, actor=actor, body=body)
    # A line changes no column of the need; the same form sent twice must still meet another version.
    flag_modified(need, "state")


def ask_again(actor: Actor, *, need: Need, body: str, version: int, within_days: int) -> None:
    """Ask for a new assessment of a no: it is assessed anew, with a new date to answer by. Can be done once."""
    same_version(need, version)
    ensure(
        may_ask_again(actor, author_id=need.author_id, state=need.state, asked_again_at=need.asked_again_at),
    )
    decliner = _who_declined(need)
    deadline = answer_by(clock.today(), within_days=within_days)
    line = move(need, Move.ASK_AGAIN, actor=actor, line=UpdateKind.ASKED_AGAIN, body=body, answer_by=deadline)
    need.answer_by, need.asked_again_at = deadline, line.at
    # A new date is promised: that is news, and no silence.
    need.news_at = line.at
    facts = {"needs": need_facts(need), "body": body, "answer_by": deadline.isoformat()}
    line.event_id = announce(EventKind.ASKED_AGAIN, about=need.subject, subjects=[need.subject], facts=facts).id
    announce_to(
        EventKind.WORK,
        about=need.subject,
        people=[decliner] if decliner else [person.id for person in people_in(Role.CASE_WORKER)],
        facts={"task": "asked_again", **facts},
        reason=Reason.STAFF,
    )


def _who_declined(need: Need) -> int | None:
    """The case worker whose no it was, while they still are one."""
    decliner = db.session.scalar(
        select(NeedUpdate.actor_id)
        .where(NeedUpdate.need_id == need.id, NeedUpdate.kind == UpdateKind.DECLINED)
        .order_by(NeedUpdate.id.desc())
        .limit(1)
    )
    return next((person.id for person in people_in(Role.CASE_WORKER) if person.id == decliner), None)


def withdraw(actor: Actor, *, need: Need) -> None:
    """Take the need back; the same twice is the same as once."""
    if need.state is NeedState.WITHDRAWN and need.author_id == actor.id:
        return
    ensure(may_withdraw(actor, author_id=need.author_id, state=need.state))
    move(need, Move.WITHDRAW, actor=actor, line=UpdateKind.WITHDRAWN)
    need.answer_by = None
    index(need)


def set_name_hidden(actor: Actor, *, need: Need, hidden: bool) -> None:
    ensure(may_hide_name(actor, author_id=need.author_id))
    if need.name_hidden != hidden:
        need.name_hidden = hidden
        audit.record("name_hidden_set", actor_id=actor.id, kind=SUBJECT_KIND, object_id=need.id, hidden=hidden)
