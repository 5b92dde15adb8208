"""What the municipality does with a need: takes it up, answers, and tells of news."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm.attributes import flag_modified

from participation import clock
from participation.needs.fields import Values, fill, unfilled_fields
from participation.needs.models import Need, NeedUpdate
from participation.needs.queries import promises
from participation.needs.rules import DateMove, Move, UpdateKind, date_moves, may_give_news, new_date_refusal
from participation.needs.service import need_facts
from participation.needs.timeline import move, same_version, write_line
from participation.needs.wording import field_values
from participation.notifications.rules import EventKind
from participation.notifications.service import announce
from participation.permissions import Actor
from participation.refusals import Refusal, Refused, ensure
from participation.unwritten import gaps


@dataclass(frozen=True, kw_only=True)
class _Words:
    """What an answer says, its fields filled in."""

    body: str
    mail_body: str = ""
    would_change: str = ""


def assess(actor: Actor, *, need: Need, version: int) -> None:
    """Take the need under assessment, as one's own case."""
    same_version(need, version)
    move(need, Move.ASSESS, actor=actor, line=UpdateKind.ASSESSING)
    need.case_worker_id = actor.id


def answer_provisionally(
    actor: Actor, *, need: Need, body: str, answer_by: date, version: int, mail_body: str = ""
) -> None:
    """Say where it stands and move the date. Raises Refused(DATE_OUT_OF_REACH) for one past or far off."""
    same_version(need, version)
    ensure(new_date_refusal(answer_by, today=clock.today()))
    words = _filled(need, _Words(body=body, mail_body=mail_body), answer_by=answer_by)
    line = move(
        need,
        Move.ANSWER_PROVISIONALLY,
        actor=actor,
        line=UpdateKind.PROVISIONAL,
        answer_by=answer_by,
        **vars(words),
    )
    _answered(need, line, actor=actor)
    need.answer_by = answer_by


def accept(actor: Actor, *, need: Need, body: str, version: int, mail_body: str = "") -> None:
    """Take the need in for further work; a day to answer by is owed no longer."""
    same_version(need, version)
    words = _filled(need, _Words(body=body, mail_body=mail_body))
    line = move(need, Move.ACCEPT, actor=actor, line=UpdateKind.ACCEPTED, **vars(words))
    _answered(need, line, actor=actor)
    need.answer_by = None


def decline(actor: Actor, *, need: Need, body: str, would_change: str, version: int, mail_body: str = "") -> None:
    """Say no, why, and what would change it. Raises Refused(REASON_MISSING) without both."""
    same_version(need, version)
    if not body.strip() or not would_change.strip():
        raise Refused(Refusal.REASON_MISSING)
    words = _filled(need, _Words(body=body, mail_body=mail_body, would_change=would_change))
    line = move(need, Move.DECLINE, actor=actor, line=UpdateKind.DECLINED, **vars(words))
    _answered(need, line, actor=actor)
    need.answer_by = None


def give_news(actor: Actor, *, need: Need, body: str, version: int, mail_body: str = "") -> None:
    """Tell everyone behind the need how it goes; nothing is decided by it."""
    same_version(need, version)
    ensure(may_give_news(need.state))
    words = _filled(need, _Words(body=body, mail_body=mail_body))
    line = write_line(need, UpdateKind.NEWS, actor=actor, **vars(words))
    # Twice in the same instant the row would be the same; the same form sent twice must meet another version.
    flag_modified(need, "state")
    _tell(EventKind.NEWS, need, line)


def _filled(need: Need, words: _Words, *, answer_by: date | None = None) -> _Words:
    """Raises Refused(FIELD_UNFILLED) where a field has nothing to be filled in with, or a gap is left to be written."""
    texts = vars(words)
    if gaps(*texts.values()):
        raise Refused(Refusal.FIELD_UNFILLED)
    if "{" not in "".join(texts.values()):
        return words
    values: Values = field_values(need, answer_by=answer_by)
    if unfilled_fields(values, *texts.values()):
        raise Refused(Refusal.FIELD_UNFILLED)
    return _Words(**{name: fill(text, values) for name, text in texts.items()})


def _answered(need: Need, line: NeedUpdate, *, actor: Actor) -> None:
    need.first_answer_at = need.first_answer_at or clock.now()
    need.case_worker_id = actor.id
    _tell(EventKind.ANSWERED, need, line, moved=_date_move(need, line))


def _date_move(need: Need, line: NeedUpdate) -> DateMove | None:
    if line.answer_by is None:
        return None
    before = [told for told in promises(need.id) if told[0] != line.id]
    return date_moves([*before, (0, line.kind, line.answer_by)]).get(0)


def _tell(kind: EventKind, need: Need, line: NeedUpdate, *, moved: DateMove | None = None) -> None:
    event = announce(
        kind,
        about=need.subject,
        subjects=[need.subject],
        facts={
            "needs": need_facts(need),
            "answer": line.kind.value,
            "body": line.body,
            "mail_body": line.mail_body,
            "would_change": line.would_change,
            "answer_by": line.answer_by.isoformat() if line.answer_by else None,
            "former_answer_by": moved.former.isoformat() if moved else None,
            "times_moved": moved.number if moved else 0,
        },
    )
    line.event_id = event.id
