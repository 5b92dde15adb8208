"""Results that are published at their minute."""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import select

from participation import clock
from participation.accounts.models import Person
from participation.audit.models import AuditEntry
from participation.extensions import db
from participation.needs.models import Need
from participation.needs.rules import NeedState
from participation.notifications.rules import EventKind
from participation.outcomes import queries
from participation.outcomes import service as outcomes
from participation.outcomes.models import Outcome, UseCheck
from participation.outcomes.publishing import publish_due
from participation.outcomes.rules import OutcomeState
from participation.projects.models import Project
from participation.projects.rules import Phase
from participation.refusals import Refusal, Refused
from tests import factories
from tests.told import events, lines, told

Named = Callable[[str], Person]


def scheduled(
    person: Named, *, after: timedelta = timedelta(hours=1), title: str = "Bussen går hver halvtime"
) -> Outcome:
    """A result of its own project, approved and scheduled by Dag."""
    cecilie, dag = found("Cecilie", person), found("Dag", person)
    need = factories.make_accepted(found("Astrid", person), by=cecilie)
    project = factories.make_project(cecilie)
    factories.link(project, need, by=cecilie)
    factories.enter(project, Phase.PILOTING, by=cecilie)
    outcome = queries.outcome(factories.make_draft(project, need, by=cecilie, title=title).id)
    assert outcome is not None
    outcomes.submit(cecilie.actor, outcome=outcome, version=outcome.version)
    db.session.flush()
    outcomes.approve(dag.actor, outcome=outcome, version=outcome.version)
    db.session.flush()
    outcomes.schedule(dag.actor, outcome=outcome, publish_at=clock.now() + after, version=outcome.version)
    db.session.commit()
    return outcome


def found(name: str, person: Named) -> Person:
    return db.session.scalar(select(Person).where(Person.name == name)) or person(name)


def stored(outcome: Outcome) -> Outcome:
    return db.session.get_one(Outcome, outcome.id, populate_existing=True)


def due(outcome: Outcome) -> datetime:
    assert outcome.publish_at is not None
    return outcome.publish_at


def test_what_is_scheduled_is_published_at_its_minute_and_not_before(person: Named) -> None:
    outcome = scheduled(person)
    at = due(outcome)
    with clock.travel(at - timedelta(seconds=1)):
        assert publish_due(clock.now()) == 0
    assert (at.second, at.microsecond) == (0, 0)
    with clock.travel(at + timedelta(seconds=5)):
        assert publish_due(clock.now()) == 1
        assert publish_due(clock.now()) == 0
    published = stored(outcome)
    assert published.state is OutcomeState.PUBLISHED
    assert published.published_at == at + timedelta(seconds=5)
    assert published.published_by == found("Dag", person).id
    assert published.event_id == events(EventKind.OUTCOME)[0].id
    assert set(told(EventKind.OUTCOME)) == {"Astrid"}
    assert len(db.session.scalars(select(UseCheck)).all()) == 2


def test_a_worker_that_was_away_publishes_what_it_missed_the_first_first(person: Named) -> None:
    later = scheduled(person, after=timedelta(hours=3), title="Det som skulle ut sist")
    first = scheduled(person, after=timedelta(hours=2), title="Det som skulle ut først")
    with clock.travel(due(later) + timedelta(days=2)):
        assert publish_due(clock.now()) == 2
    assert [event.about_id for event in events(EventKind.OUTCOME)] == [first.id, later.id]


def test_three_workers_publish_each_result_exactly_once(ctx: Flask, person: Named) -> None:
    made = [scheduled(person, title=f"Resultat nummer {number} av fire") for number in range(4)]
    at, ids = max(due(each) for each in made), [each.id for each in made]
    db.session.remove()
    together, counts, failed = Barrier(3), [], []

    def work() -> None:
        try:
            with ctx.app_context(), clock.travel(at):
                together.wait(10)
                counts.append(publish_due(clock.now()))
        except Exception as error:
            failed.append(error)

    threads = [Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failed == []
    assert sum(counts) == 4
    assert sorted(event.about_id for event in events(EventKind.OUTCOME)) == sorted(ids)
    steps = select(AuditEntry.object_id).where(AuditEntry.action == "publish")
    assert sorted(db.session.scalars(steps)) == sorted(ids)


def test_a_result_that_leaves_a_need_without_answer_is_held_back_and_the_others_are_not(person: Named) -> None:
    bad, good = scheduled(person), scheduled(person, title="Det som er helt i orden")
    cecilie = found("Cecilie", person)
    late = factories.make_accepted(person("Bjørn"), by=cecilie)
    factories.link(db.session.get_one(Project, bad.project_id), late, by=cecilie)
    with clock.travel(due(good)):
        assert publish_due(clock.now()) == 1
        assert publish_due(clock.now()) == 0
    held = stored(bad)
    assert (held.state, held.publish_at, held.published_at) == (OutcomeState.APPROVED, None, None)
    assert held.held_back_note == Refusal.NEEDS_WITHOUT_ANSWER.value
    assert stored(good).state is OutcomeState.PUBLISHED
    (event,) = events(EventKind.WORK)
    assert event.facts["task"] == "held_back"
    assert event.facts["why"] == Refusal.NEEDS_WITHOUT_ANSWER.value
    assert set(told(EventKind.WORK)) == {"Cecilie", "Dag"}


def test_one_that_fails_for_a_reason_nobody_foresaw_is_tried_for_an_hour_and_then_held_back(person: Named) -> None:
    bad, good = scheduled(person), scheduled(person, title="Det som er helt i orden")
    at = due(bad)
    # Nobody has scheduled it: no rule looks for that, and the database takes no line without anyone behind it.
    bad.scheduled_by = None
    db.session.commit()
    with clock.travel(max(at, due(good))):
        assert publish_due(clock.now()) == 1
    assert stored(bad).state is OutcomeState.SCHEDULED
    with clock.travel(at + timedelta(minutes=61)):
        assert publish_due(clock.now()) == 0
    assert stored(bad).held_back_note == Refusal.PUBLISHING_FAILED.value
    assert stored(good).state is OutcomeState.PUBLISHED


def test_what_is_taken_off_the_calendar_is_not_published_and_can_be_sent_back(person: Named) -> None:
    outcome, dag = scheduled(person), found("Dag", person)
    at = due(outcome)
    with pytest.raises(Refused, match="wrong_state"):
        outcomes.send_back(dag.actor, outcome=outcome, note="Kortere.", version=outcome.version)
    outcomes.unschedule(dag.actor, outcome=outcome, version=outcome.version)
    db.session.commit()
    with clock.travel(at):
        assert publish_due(clock.now()) == 0
    outcomes.send_back(dag.actor, outcome=outcome, note="Kortere.", version=outcome.version)
    db.session.commit()
    assert stored(outcome).state is OutcomeState.DRAFT


def test_who_wrote_it_does_not_schedule_it_nor_anyone_for_a_time_that_has_been(person: Named) -> None:
    outcome, dag, cecilie = scheduled(person), found("Dag", person), found("Cecilie", person)
    outcomes.unschedule(dag.actor, outcome=outcome, version=outcome.version)
    db.session.commit()
    soon = clock.now() + timedelta(hours=1)
    with pytest.raises(Refused, match="own_text"):
        outcomes.schedule(cecilie.actor, outcome=outcome, publish_at=soon, version=outcome.version)
    with pytest.raises(Refused, match="publish_at_out_of_reach"):
        outcomes.schedule(dag.actor, outcome=outcome, publish_at=clock.now(), version=outcome.version)


def test_it_can_be_published_at_once_though_it_is_scheduled(person: Named) -> None:
    outcome, dag = scheduled(person), found("Dag", person)
    at = due(outcome)
    outcomes.publish(dag.actor, outcome=outcome, version=outcome.version)
    db.session.commit()
    with clock.travel(at):
        assert publish_due(clock.now()) == 0
    assert len(events(EventKind.OUTCOME)) == 1
    (answer,) = stored(outcome).needs
    assert lines(db.session.get_one(Need, answer.need_id))[-1].state is NeedState.IN_USE
