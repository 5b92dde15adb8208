"""How soon people want to be told, and what they want no mail about. What already waits follows the choice."""

from collections.abc import Mapping

from sqlalchemy import ColumnElement, and_, delete, exists, select, update
from sqlalchemy.orm import aliased

from participation import clock
from participation.accounts.models import Person
from participation.audit import service as audit
from participation.database import insert
from participation.extensions import db
from participation.mail.waiting import mail_waits
from participation.notifications.models import Delivery, Event, EventSubject, Mute, Preference, Subscription
from participation.notifications.queries import paces
from participation.notifications.rules import TOPIC_OF, DeliveryStatus, Pace, Subject, Topic, due_at
from participation.web.addresses import settings


def set_notices(person: Person, *, wanted: bool, quiet_nights: bool, chosen: Mapping[Topic, Pace]) -> None:
    """All of a person's choices at once: whether they want mail at all, quiet nights, and how soon each topic."""
    before = (person.mail_notices, person.quiet_nights)
    person.mail_notices, person.quiet_nights = wanted, quiet_nights
    if before != (wanted, quiet_nights):
        audit.record(
            "notices_set",
            actor_id=person.id,
            kind="person",
            object_id=person.id,
            mail_notices=wanted,
            quiet_nights=quiet_nights,
        )
    set_paces(person.id, chosen)


def set_paces(person_id: int, chosen: Mapping[Topic, Pace]) -> None:
    """Tell the person of these topics so soon from now on; what waits, and no worker has taken, is moved along."""
    before = paces(person_id)
    changed = {topic: pace for topic, pace in chosen.items() if before[topic] is not pace}
    for topic, pace in changed.items():
        _keep(person_id, topic, pace)
        _move_waiting(person_id, topic, pace)
    if changed:
        audit.record("paces_set", actor_id=person_id, kind="person", object_id=person_id, paces=changed)
        mail_waits()


def _keep(person_id: int, topic: Topic, pace: Pace) -> None:
    row = {"person_id": person_id, "topic": topic, "pace": pace}
    statement = insert(Preference, db.session.get_bind().dialect.name).values(row)
    db.session.execute(
        statement.on_conflict_do_update(index_elements=[Preference.person_id, Preference.topic], set_={"pace": pace})
    )


def _move_waiting(person_id: int, topic: Topic, pace: Pace) -> None:
    kinds = [kind for kind, of in TOPIC_OF.items() if of is topic]
    of_topic = Delivery.event_id.in_(select(Event.id).where(Event.kind.in_(kinds), Event.id == Delivery.event_id))
    if pace is Pace.NEVER:
        _opt_out(person_id, of_topic)
        return
    moment = clock.now()
    _update_waiting(
        person_id,
        and_(of_topic, Delivery.attempts == 0),
        {"pace": pace, "next_attempt_at": due_at(pace, now=moment, digest_hour=settings().quiet_to_hour)},
    )


def mute(person_id: int, *, subject: Subject) -> None:
    """Send no more mail about the subject; the person still supports or follows it, and finds it on My page."""
    row = {
        "person_id": person_id,
        "subject_kind": subject.kind,
        "subject_id": subject.id,
        "created_at": clock.now(),
    }
    db.session.execute(insert(Mute, db.session.get_bind().dialect.name).values(row).on_conflict_do_nothing())
    _opt_out(person_id, and_(_is_about(subject), ~_is_about_more(person_id)))
    audit.record("muted", actor_id=person_id, kind=subject.kind, object_id=subject.id)


def unmute(person_id: int, *, subject: Subject) -> None:
    db.session.execute(
        delete(Mute).where(
            Mute.person_id == person_id, Mute.subject_kind == subject.kind, Mute.subject_id == subject.id
        )
    )
    audit.record("unmuted", actor_id=person_id, kind=subject.kind, object_id=subject.id)


def _is_about(subject: Subject) -> ColumnElement[bool]:
    return exists().where(
        EventSubject.event_id == Delivery.event_id,
        EventSubject.subject_kind == subject.kind,
        EventSubject.subject_id == subject.id,
    )


def _is_about_more(person_id: int) -> ColumnElement[bool]:
    """Whether the event is also about something that the person subscribes to and has not muted."""
    other, muted = aliased(EventSubject), aliased(Mute)
    still_wanted = ~exists().where(
        muted.person_id == person_id,
        muted.subject_kind == other.subject_kind,
        muted.subject_id == other.subject_id,
    )
    return exists().where(
        other.event_id == Delivery.event_id,
        Subscription.person_id == person_id,
        Subscription.subject_kind == other.subject_kind,
        Subscription.subject_id == other.subject_id,
        still_wanted,
    )


def _opt_out(person_id: int, which: ColumnElement[bool]) -> None:
    _update_waiting(person_id, which, {"status": DeliveryStatus.OPTED_OUT})


def _update_waiting(person_id: int, which: ColumnElement[bool], values: dict[str, object]) -> None:
    db.session.execute(
        update(Delivery)
        .where(Delivery.person_id == person_id, Delivery.status == DeliveryStatus.PENDING, which)
        .values(values)
        .execution_options(synchronize_session=False)
    )
