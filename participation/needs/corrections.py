"""Sets the wording of an answer right: the former stays readable, and whoever was told it is told the new one."""

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
from participation.notifications.models import Event
from participation.notifications.rules import EventKind
from participation.notifications.service import announce_correction
from participation.permissions import Actor
from participation.refusals import Refusal, Refused, ensure


@dataclass(frozen=True, kw_only=True)
class Wording:
    body: str
    mail_body: str = ""
    would_change: str = ""


def correct(actor: Actor, *, need: Need, line: NeedUpdate, wording: Wording, note: str, version: int) -> None:
    """Give the line other words, saying what was corrected. It moves neither dates nor states.

    Raises Refused(NOTHING_CORRECTED) when the words are the same, and Refused(REASON_MISSING) for a no that would
    no longer say why, or what would change it.
    """
    same_version(need, version)
    ensure(may_correct(line.kind))
    _check(line, wording)
    moment = clock.now()
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
    former_mail = line.mail_body
    line.body, line.mail_body, line.would_change = wording.body, wording.mail_body, wording.would_change
    line.corrected_at = moment
    # The need's own row is as it was; the same form sent twice must still meet another version.
    flag_modified(need, "state")
    _tell(need, line, note=note)
    audit.record(
        "corrected", actor_id=actor.id, kind=SUBJECT_KIND, object_id=need.id, line=line.id, former_mail=former_mail
    )


def _check(line: NeedUpdate, wording: Wording) -> None:
    if all(getattr(line, name) == text for name, text in asdict(wording).items()):
        raise Refused(Refusal.NOTHING_CORRECTED)
    is_no = line.kind is UpdateKind.DECLINED
    if not wording.body.strip() or (is_no and not wording.would_change.strip()):
        raise Refused(Refusal.REASON_MISSING)


def _tell(need: Need, line: NeedUpdate, *, note: str) -> None:
    told = _event_of(line)
    if told is None:
        return
    facts = {
        **told.facts,
        "needs": need_facts(need),
        "answer": line.kind.value,
        "body": line.body,
        "mail_body": line.mail_body,
        "would_change": line.would_change,
        "note": note,
    }
    line.event_id = announce_correction(told, kind=EventKind.ANSWER_CORRECTED, facts=facts).id


def _event_of(line: NeedUpdate) -> Event | None:
    """The event that told of the line; for an answer from before lines knew theirs, the one in the same place."""
    if line.event_id is not None:
        return db.session.get(Event, line.event_id)
    answers = select(NeedUpdate.id).where(NeedUpdate.need_id == line.need_id, NeedUpdate.kind.in_(list(ANSWERS)))
    events = select(Event.id).where(
        Event.kind == EventKind.ANSWERED, Event.about_kind == SUBJECT_KIND, Event.about_id == line.need_id
    )
    given = db.session.scalars(answers.order_by(NeedUpdate.id)).all()
    told = db.session.scalars(events.order_by(Event.id)).all()
    if line.id not in given or len(given) != len(told):
        return None
    return db.session.get(Event, told[given.index(line.id)])
