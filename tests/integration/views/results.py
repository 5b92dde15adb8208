"""A result in a town of its own, for the tests of pages that write and show results."""

from datetime import timedelta
from decimal import Decimal

from flask import Flask
from sqlalchemy import select

from participation import clock
from participation.accounts.models import Person
from participation.extensions import db
from participation.outcomes import follow_up_queries as follow_up
from participation.outcomes import queries, use_checks
from participation.outcomes.models import Outcome
from participation.outcomes.use_checks import FigureText
from participation.projects.rules import Phase
from tests import factories
from tests.people import make_person


def person(name: str) -> Person:
    return db.session.scalar(select(Person).where(Person.name == name)) or make_person(name)


def draft(app: Flask, **changes: object) -> int:
    with app.app_context():
        cecilie = person("Cecilie")
        need = factories.make_accepted(person("Astrid"), by=cecilie)
        project = factories.make_project(cecilie)
        factories.link(project, need, by=cecilie)
        factories.enter(project, Phase.PILOTING, by=cecilie)
        return factories.make_draft(project, need, by=cecilie, **changes).id


def outcome_of(number: int) -> Outcome:
    found = queries.outcome(number)
    assert found is not None
    return found


def confirm_use(number: int, *, evidence: str, name: str = "Turer", unit: str = "turer") -> None:
    """Say after six months that it is still in use, with one figure."""
    check = follow_up.check(number, months=6)
    assert check is not None
    with clock.travel(clock.now() + timedelta(days=190)):
        figure = FigureText(name=name, unit=unit, value=Decimal(2), measured_on=clock.today())
        use_checks.confirm(person("Cecilie").actor, check=check, evidence=evidence, figures=[figure])
        db.session.commit()
