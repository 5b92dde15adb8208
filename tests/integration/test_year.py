"""What a person was told of in a year, each result once."""

from collections.abc import Callable

from flask import Flask
from sqlalchemy import select

from participation import clock
from participation.accounts.models import Person
from participation.extensions import db
from participation.notifications.mails import sum_up
from participation.outcomes import corrections, use_checks
from participation.outcomes import queries as outcomes
from participation.outcomes.follow_up_queries import check
from participation.outcomes.models import Outcome
from participation.projects.rules import Phase
from participation.support import service as support
from tests import factories

Named = Callable[[str], Person]


def published(person: Named) -> Outcome:
    """A result of Astrid's need, which Bjørn supports."""
    astrid, bjorn, cecilie, dag = (person(name) for name in ("Astrid", "Bjørn", "Cecilie", "Dag"))
    need = factories.make_accepted(astrid, by=cecilie)
    support.support(bjorn.actor, need=need)
    project = factories.make_project(cecilie)
    factories.link(project, need, by=cecilie)
    factories.enter(project, Phase.NEW_PRACTICE, by=cecilie)
    return factories.publish(factories.make_draft(project, need, by=cecilie), writer=cecilie, approver=dag)


def named(name: str) -> Person:
    return db.session.scalars(select(Person).where(Person.name == name)).one()


def results_told_to_bjorn() -> int:
    found = sum_up(named("Bjørn").id, year=clock.today().year)
    return len(found.results) + found.more_results


def fresh(outcome: Outcome) -> Outcome:
    found = outcomes.outcome(outcome.id)
    assert found is not None
    return found


def test_a_result_that_is_put_right_or_still_in_use_is_one_result_and_withdrawn_none(ctx: Flask, person: Named) -> None:
    outcome = published(person)
    assert results_told_to_bjorn() == 1
    writer, approver = named("Cecilie"), named("Dag")
    factories.correct(fresh(outcome), writer=writer, approver=approver, summary="Nå går det tre busser i timen.")
    assert results_told_to_bjorn() == 1
    asked = check(outcome.id, months=6)
    assert asked is not None
    next_steps = {answer.need_id: "Vi ser på det." for answer in outcome.needs}
    use_checks.no_longer(writer.actor, check=asked, happened="Ruta er lagt ned.", next_steps=next_steps)
    db.session.commit()
    assert results_told_to_bjorn() == 1
    current = fresh(outcome)
    corrections.withdraw(approver.actor, outcome=current, reason="Tallene var feil.", version=current.version)
    db.session.commit()
    assert results_told_to_bjorn() == 0
