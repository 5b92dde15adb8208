"""Reminds staff of the answers they have promised: each once, in one message a person and day."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, literal, select
from sqlalchemy.orm import joinedload

from participation import clock
from participation.accounts.models import Person
from participation.accounts.queries import people_in
from participation.database import insert
from participation.extensions import db
from participation.needs.models import Need, Reminder
from participation.needs.rules import UNANSWERED, ReminderStage
from participation.notifications.rules import EventKind, Reason, Subject
from participation.notifications.service import announce_to
from participation.permissions import Role
from participation.settings import Settings

LISTED_AT_MOST = 30
PERSON_KIND = "person"
# By what the message calls them: what is soon due, what is overdue, and what has long been.
LISTS = {
    ReminderStage.BEFORE: "due",
    ReminderStage.AFTER: "overdue",
    ReminderStage.LONG_AFTER: "long_overdue",
}
Reminded = dict[int, dict[ReminderStage, list[Need]]]


def remind(settings: Settings) -> int:
    """Tell staff of what is due that they have not been told of; returns how many were told."""
    today = clock.today()
    reminded: Reminded = defaultdict(lambda: defaultdict(list))
    workers, leaders = people_in(Role.CASE_WORKER), people_in(Role.LEADER)
    for stage, reached in _reached(today, settings).items():
        told, their = (leaders, leaders_of) if stage is ReminderStage.LONG_AFTER else (workers, workers_of)
        # What nobody can be told of is left for the day when somebody can.
        for need in _mark(stage, reached) if told else ():
            for person in their(need, told):
                reminded[person.id][stage].append(need)
    for person_id, needs in sorted(reminded.items()):
        _tell(person_id, needs)
    return len(reminded)


def _reached(today: date, settings: Settings) -> dict[ReminderStage, ColumnElement[bool]]:
    """`rules.stages_reached` as the database says it."""
    soon = today + timedelta(days=settings.remind_days_before)
    long_ago = today - timedelta(days=settings.escalate_after_days)
    return {
        ReminderStage.BEFORE: Need.answer_by.between(today, soon),
        ReminderStage.AFTER: Need.answer_by < today,
        ReminderStage.LONG_AFTER: Need.answer_by <= long_ago,
    }


def _mark(stage: ReminderStage, reached: ColumnElement[bool]) -> Sequence[Need]:
    """Mark the needs as reminded of; those that had not been, the day promised first. Of many at once, one marks."""
    due = (
        select(Need.id, Need.answer_by, literal(stage.value), literal(clock.now(), Reminder.at.type))
        .where(Need.answer_by.is_not(None), Need.state.in_(list(UNANSWERED)), reached)
        .order_by(Need.answer_by, Need.id)
    )
    statement = insert(Reminder, db.session.get_bind().dialect.name)
    marked = db.session.scalars(
        statement.from_select(["need_id", "answer_by", "stage", "at"], due)
        .on_conflict_do_nothing()
        .returning(Reminder.need_id)
    ).all()
    return _needs(marked)


def _needs(numbers: Sequence[int]) -> list[Need]:
    found: list[Need] = []
    for begin in range(0, len(numbers), 500):
        some = select(Need).where(Need.id.in_(numbers[begin : begin + 500])).options(joinedload(Need.case_worker))
        found += db.session.scalars(some)
    return sorted(found, key=lambda need: (need.answer_by or date.max, need.id))


def workers_of(need: Need, workers: Sequence[Person]) -> Sequence[Person]:
    """Whose case it is; all case workers, while it is nobody's."""
    own = [person for person in workers if person.id == need.case_worker_id]
    return own or workers


def leaders_of(need: Need, leaders: Sequence[Person]) -> Sequence[Person]:
    """The leaders of the case worker's unit; else those of no unit, else all."""
    unit = need.case_worker.unit if need.case_worker else None
    of_unit = [person for person in leaders if unit and person.unit == unit]
    return of_unit or [person for person in leaders if not person.unit] or leaders


def _tell(person_id: int, needs: dict[ReminderStage, list[Need]]) -> None:
    facts: dict[str, Any] = {"task": "reminders", "look_in": _place(person_id, needs)}
    for stage, name in LISTS.items():
        facts[name] = _facts(needs.get(stage, [])[:LISTED_AT_MOST])
        facts[f"{name}_in_all"] = len(needs.get(stage, []))
    announce_to(
        EventKind.WORK, about=Subject(PERSON_KIND, person_id), people=[person_id], facts=facts, reason=Reason.STAFF
    )


def _place(person_id: int, needs: dict[ReminderStage, list[Need]]) -> str:
    """Where in the workbench all of it is found: the leaders' overview, or the narrowest list that holds it."""
    if needs.keys() == {ReminderStage.LONG_AFTER}:
        return "oversight"
    owners = {need.case_worker_id for listed in needs.values() for need in listed}
    if owners == {person_id}:
        return "mine"
    if ReminderStage.BEFORE not in needs:
        return "overdue"
    return "unassigned" if owners == {None} else "owed"


def _facts(needs: Iterable[Need]) -> list[dict[str, Any]]:
    return [
        {
            "id": need.id,
            "reference": need.reference,
            "title": need.title,
            "answer_by": need.answer_by.isoformat() if need.answer_by else None,
        }
        for need in needs
    ]
