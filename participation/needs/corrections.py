"""Sets the wording of an answer right: the former stays readable, and whoever was told it is told the new one.

A project writes to all its needs at once: what stands alike on several of them is set right on all.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from participation import clock
from participation.audit import service as audit
from participation.extensions import db
from participation.needs.models import SUBJECT_KIND, LineRevision, Need, NeedUpdate
from participation.needs.rules import ANSWERS, UpdateKind, may_correct
from participation.needs.service import need_facts
from participation.needs.timeline import same_version
from participation.notifications.models import Event, EventSubject
from participation.notifications.rules import EventKind
from participation.notifications.service import announce_correction
from participation.permissions import Actor
from participation.refusals import Refusal, Refused, ensure
from participation.unwritten import may_be_read

NeedLine = tuple[Need, NeedUpdate]


@dataclass(frozen=True, kw_only=True)
class Wording:
    body: str
    mail_body: str = ""
    would_change: str = ""


def said_alike(line: NeedUpdate) -> list[NeedLine]:
    """What was told of in the same event and says the same as the line, on other needs."""
    if line.event_id is None:
        return []
    rows = db.session.execute(
        select(Need, NeedUpdate)
        .join(Need, Need.id == NeedUpdate.need_id)
        .where(
            NeedUpdate.event_id == line.event_id,
            NeedUpdate.id != line.id,
            NeedUpdate.kind == line.kind,
            NeedUpdate.body == line.body,
            NeedUpdate.mail_body == line.mail_body,
            NeedUpdate.would_change == line.would_change,
        )
        .order_by(Need.id)
    )
    return [(need, other) for need, other in rows]


def correct(actor: Actor, *, need: Need, line: NeedUpdate, wording: Wording, note: str, version: int) -> None:
    """Give the line other words wherever it was said alike, saying what was corrected. Neither dates nor states move.

    Raises Refused(NOTHING_CORRECTED) when the words are the same, and Refused(REASON_MISSING) for a no that would
    no longer say why, or what would change it; Refused(FIELD_UNFILLED) for what a template leaves to be written.
    """
    same_version(need, version)
    ensure(may_correct(line.kind, body=line.body))
    _check(line, wording)
    ensure(may_be_read(*vars(wording).values(), note))
    told, together = _event_of(line), [(need, line), *said_alike(line)]
    for one, said in together:
        _put_right(actor, one, said, wording=wording, note=note)
    if told is not None:
        _tell(told, together, note=note)


def _put_right(actor: Actor, need: Need, line: NeedUpdate, *, wording: Wording, note: str) -> None:
    moment, former_mail = clock.now(), line.mail_body
    db.session.add(
        LineRevision(
            line_id=line.id,
            replaced_at=moment,
            replaced_by=actor.id,
            note=note,
            body=line.body,
            would_change=line.would_change,
        )
    )
    line.body, line.mail_body, line.would_change = wording.body, wording.mail_body, wording.would_change
    line.corrected_at = moment
    # The need's own row is as it was; the same form sent twice must still meet another version.
    flag_modified(need, "state")
    audit.record(
        "corrected", actor_id=actor.id, kind=SUBJECT_KIND, object_id=need.id, line=line.id, former_mail=former_mail
    )


def _check(line: NeedUpdate, wording: Wording) -> None:
    if all(getattr(line, name) == text for name, text in asdict(wording).items()):
        raise Refused(Refusal.NOTHING_CORRECTED)
    is_no = line.kind is UpdateKind.DECLINED
    if not wording.body.strip() or (is_no and not wording.would_change.strip()):
        raise Refused(Refusal.REASON_MISSING)


def _tell(told: Event, together: Sequence[NeedLine], *, note: str) -> None:
    needs, line = [need for need, _line in together], together[0][1]
    facts = {
        **told.facts,
        "needs": need_facts(*needs),
        "answer": line.kind.value,
        "body": line.body,
        "mail_body": line.mail_body,
        "would_change": line.would_change,
        "note": note,
    }
    subjects = [need.subject for need in needs]
    event = announce_correction(told, kind=EventKind.ANSWER_CORRECTED, facts=facts, subjects=subjects)
    for _need, said in together:
        said.event_id = event.id


def _event_of(line: NeedUpdate) -> Event | None:
    """The event that told of the line; for an answer from before lines knew theirs, the one in the same place."""
    if line.event_id is not None:
        return db.session.get(Event, line.event_id)
    if line.kind is UpdateKind.PROJECT_STOPPED:
        return _end_told(line)
    answers = select(NeedUpdate.id).where(NeedUpdate.need_id == line.need_id, NeedUpdate.kind.in_(list(ANSWERS)))
    events = select(Event.id).where(
        Event.kind == EventKind.ANSWERED, Event.about_kind == SUBJECT_KIND, Event.about_id == line.need_id
    )
    given = db.session.scalars(answers.order_by(NeedUpdate.id)).all()
    told = db.session.scalars(events.order_by(Event.id)).all()
    if line.id not in given or len(given) != len(told):
        return None
    return db.session.get(Event, told[given.index(line.id)])


def _end_told(line: NeedUpdate) -> Event | None:
    """The event that told of a project's end, if it said of the need what the line says."""
    told = db.session.scalar(
        select(Event)
        .join(EventSubject, EventSubject.event_id == Event.id)
        .where(
            Event.kind == EventKind.PHASE_CHANGED,
            Event.at >= line.at,
            EventSubject.subject_kind == SUBJECT_KIND,
            EventSubject.subject_id == line.need_id,
        )
        .order_by(Event.id)
        .limit(1)
    )
    step = told.facts["needs"].get(str(line.need_id), {}) if told else {}
    return told if step.get("text") == line.body else None
