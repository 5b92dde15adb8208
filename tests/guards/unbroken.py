"""What people may write with no space in it, as long as each field takes: whatever shows it must break it."""

from decimal import Decimal

from sqlalchemy import select, update

from participation import clock
from participation.accounts import service as accounts
from participation.accounts.models import Person
from participation.accounts.rules import Language
from participation.comments import service as comments
from participation.extensions import db
from participation.needs import answers
from participation.needs.models import Area, Need, Theme
from participation.outcomes import service as outcomes
from participation.outcomes.models import Outcome
from participation.outcomes.rules import Gate
from participation.outcomes.service import IndicatorText
from participation.projects import measuring, planning, team
from participation.projects.measuring import IndicatorWords
from participation.projects.models import Project
from participation.projects.planning import MilestoneText
from participation.projects.rules import NoteKind, Phase
from participation.support import service as support
from tests import factories
from tests.guards.pages import Values


def word(letters: int) -> str:
    return "Å" * letters


def add_unbroken(values: Values) -> Values:
    """Fill the town with such words; returns its values, with the new ones worth visiting."""
    astrid, cecilie, dag = (_person(name) for name in ("Astrid", "Cecilie", "Dag"))
    author = accounts.add_person(word(80), email="lang@example.org", language=Language.BOKMAL)
    _name_theme_and_area()
    waiting = _need(author, astrid)
    need = _need(author, astrid)
    answers.accept(cecilie.actor, need=need, body=word(3000), version=need.version)
    project = _project(cecilie, need)
    published = _result(project, need, by=cecilie)
    factories.publish(published, writer=cecilie, approver=dag)
    draft = _result(project, need, by=cecilie)
    factories.propose_correction(published, by=cecilie, title="Ø" * 100, body="Ø" * 3000)
    db.session.commit()
    return values | {
        "need_id": [*values["need_id"], waiting.id, need.id],
        "project_id": [project.id, *values["project_id"]],
        "outcome_id": [published.id, draft.id, *values["outcome_id"]],
    }


def _person(name: str) -> Person:
    return db.session.scalars(select(Person).where(Person.name == name)).one()


def _name_theme_and_area() -> None:
    db.session.execute(update(Theme).values(nb=word(60), nn=word(60), en=word(60)))
    db.session.execute(update(Area).values(name=word(60)))
    db.session.commit()


def _need(author: Person, supporter: Person) -> Need:
    need = factories.make_need(
        author, title=word(100), description=word(3000), affected=word(1000), solution=word(1000)
    )
    support.support(supporter.actor, need=need)
    comments.comment(supporter.actor, need=need, body=word(2000))
    comments.comment(author.actor, need=need, body=word(2000))
    return need


def _project(by: Person, need: Need) -> Project:
    project = factories.make_project(
        by, title=word(100), summary=word(300), purpose=word(1000), owner_unit=word(120), contact=word(200)
    )
    factories.link(project, need, by=by)
    factories.enter(project, Phase.PILOTING, by=by)
    milestone = MilestoneText(title=word(100), planned_on=clock.today(), note=word(300), is_public=True)
    planning.add_milestone(by.actor, project=project, words=milestone, version=project.version)
    figure = IndicatorWords(
        name=word(120), unit=word(40), baseline=Decimal(1), baseline_on=clock.today(), target=Decimal(999999999999)
    )
    measuring.add_indicator(by.actor, project=project, words=figure, version=project.version)
    team.set_member(by.actor, project=project, person=by, part=word(80))
    team.write_note(by.actor, project=project, kind=NoteKind.NOTE, body=word(900))
    return project


def _result(project: Project, need: Need, *, by: Person) -> Outcome:
    figure = IndicatorText(
        name=word(120),
        unit=word(40),
        before=Decimal(1),
        now=Decimal(999999999999),
        target=None,
        measured_on=clock.today(),
    )
    words = factories.outcome_words(
        need,
        title=word(100),
        summary=word(300),
        body=word(3000),
        evidence={gate: word(900) for gate in Gate},
        indicators=[figure],
    )
    return outcomes.draft(by.actor, project=project, words=words)
