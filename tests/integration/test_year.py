"""What a person was told of in a year, each result once."""

from collections.abc import Callable

from flask import Flask
from flask_babel import force_locale
from sqlalchemy import select

from participation import clock
from participation.accounts.models import Person
from participation.extensions import db
from participation.notifications.mails import sum_up
from participation.notifications.rules import EventKind
from participation.notifications.telling import tell
from participation.outcomes import corrections, use_checks
from participation.outcomes import queries as outcomes
from participation.outcomes.follow_up_queries import check
from participation.outcomes.models import Outcome
from participation.outcomes.rules import Verdict
from participation.projects.rules import Phase
from participation.support import service as support
from tests import factories

Named = Callable[[str], Person]


def published(person: Named, **changes: Verdict) -> Outcome:
    """A result of Astrid's need, which Bjørn supports."""
    astrid, bjorn, cecilie, dag = (person(name) for name in ("Astrid", "Bjørn", "Cecilie", "Dag"))
    need = factories.make_accepted(astrid, by=cecilie)
    support.support(bjorn.actor, need=need)
    project = factories.make_project(cecilie)
    factories.link(project, need, by=cecilie)
    factories.enter(project, Phase.NEW_PRACTICE, by=cecilie)
    return factories.publish(factories.make_draft(project, need, by=cecilie, **changes), writer=cecilie, approver=dag)


def named(name: str) -> Person:
    return db.session.scalars(select(Person).where(Person.name == name)).one()


def end_use(outcome: Outcome) -> None:
    asked = check(outcome.id, months=6)
    assert asked is not None
    next_steps = {answer.need_id: "Vi ser på det." for answer in outcome.needs}
    use_checks.no_longer(named("Cecilie").actor, check=asked, happened="Ruta er lagt ned.", next_steps=next_steps)
    db.session.commit()


def results_told_to_bjorn() -> int:
    found = sum_up(named("Bjørn").id, year=clock.today().year)
    return len(found.results) + found.more_results


def said_in_january(person: Person) -> str:
    year = sum_up(person.id, year=clock.today().year)
    return "\n".join(part.text for part in tell(EventKind.YEAR, {}, [], year=year))


def fresh(outcome: Outcome) -> Outcome:
    found = outcomes.outcome(outcome.id)
    assert found is not None
    return found


def test_the_year_says_of_each_result_by_its_own_title_how_far_it_met_the_need(ctx: Flask, person: Named) -> None:
    outcome = published(person, verdict=Verdict.NOT)
    factories.correct(fresh(outcome), writer=named("Cecilie"), approver=named("Dag"), summary="Nå går det tre busser.")
    with force_locale("nb"):
        told = said_in_january(named("Bjørn")).splitlines()
    place = told.index(outcome.title)
    assert told[place + 1 : place + 3] == [outcome.needs[0].need.title, "Ikke dekket ennå"]
    assert "rettet" not in "\n".join(told)


def test_the_year_says_of_a_result_that_has_ended_that_it_is_no_longer_in_use(ctx: Flask, person: Named) -> None:
    outcome = published(person)
    end_use(outcome)
    with force_locale("nb"):
        told = said_in_january(named("Bjørn")).splitlines()
    assert told[told.index(outcome.title) + 1] == "Ikke lenger i bruk"


def test_a_result_that_is_put_right_or_still_in_use_is_one_result_and_withdrawn_none(ctx: Flask, person: Named) -> None:
    outcome = published(person)
    assert results_told_to_bjorn() == 1
    writer, approver = named("Cecilie"), named("Dag")
    factories.correct(fresh(outcome), writer=writer, approver=approver, summary="Nå går det tre busser i timen.")
    assert results_told_to_bjorn() == 1
    end_use(outcome)
    assert results_told_to_bjorn() == 1
    current = fresh(outcome)
    corrections.withdraw(approver.actor, outcome=current, reason="Tallene var feil.", version=current.version)
    db.session.commit()
    assert results_told_to_bjorn() == 0
