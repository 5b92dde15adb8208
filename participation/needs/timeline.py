"""Moves a need and writes the line that says so: the only place where a need's state is set."""

from datetime import date
from typing import TypedDict, Unpack

from participation import clock
from participation.audit import service as audit
from participation.extensions import db
from participation.needs import counting as counting  # counts what is moved here, by listening
from participation.needs.models import SUBJECT_KIND, Need, NeedUpdate
from participation.needs.rules import BY_AUTHOR, Move, UpdateKind, may_move, state_after
from participation.permissions import Actor
from participation.refusals import Refusal, Refused, ensure
from participation.unwritten import may_be_read, texts_in


class LineWords(TypedDict, total=False):
    """What a line may say beside its kind."""

    body: str
    mail_body: str
    would_change: str
    answer_by: date | None
    project_id: int | None
    outcome_id: int | None
    detail: str


# Said now and not when the row is written: the event's facts are read from the line before that.
_UNSAID: LineWords = {"body": "", "mail_body": "", "would_change": "", "detail": ""}


def move(need: Need, to: Move, *, actor: Actor | None, line: UpdateKind, **words: Unpack[LineWords]) -> NeedUpdate:
    """Make the move and write its line. Raises Refused(WRONG_STATE) where the table has no such move."""
    ensure(may_move(to, state=need.state))
    need.state = state_after(to)
    return write_line(need, line, actor=actor, **words)


def write_line(need: Need, kind: UpdateKind, *, actor: Actor | None, **words: Unpack[LineWords]) -> NeedUpdate:
    """Add a public line to the timeline, and to the audit trail. Without an actor it came with time.

    Raises Refused(FIELD_UNFILLED) where the municipality's words still have what a template leaves to be written.
    """
    moment, actor_id = clock.now(), actor.id if actor else None
    if kind not in BY_AUTHOR:
        ensure(may_be_read(*texts_in(words)))
    update = NeedUpdate(need_id=need.id, kind=kind, state=need.state, at=moment, actor_id=actor_id, **(_UNSAID | words))
    db.session.add(update)
    if kind not in BY_AUTHOR:
        need.news_at = moment
    audit.record(kind.value, actor_id=actor_id, kind=SUBJECT_KIND, object_id=need.id, state=need.state)
    return update


def same_version(need: Need, version: int) -> None:
    """Raise Refused(CHANGED_MEANWHILE) when the page acted from shows an older need than this."""
    if need.version != version:
        raise Refused(Refusal.CHANGED_MEANWHILE)
