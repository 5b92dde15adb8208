"""A town in which every form of the app can be opened by someone."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, select

from participation.accounts import service as accounts
from participation.accounts import sessions
from participation.accounts.models import Person, SignInLink
from participation.accounts.rules import Language
from participation.comments.service import comment
from participation.extensions import db
from participation.needs.models import Need
from participation.outcomes import queries as outcome_queries
from participation.outcomes import service as outcomes
from participation.outcomes.models import Indicator
from participation.projects.models import Measurement, Project
from tests import factories
from tests.guards.pages import build_town
from tests.people import make_person

NAMES = ("Astrid", "Bjørn", "Cecilie", "Dag", "Farid", "Gry", "Hege")
Rows = list[tuple[Table, list[dict[str, Any]]]]


@dataclass(frozen=True, kw_only=True)
class Town:
    """The numbers that the addresses hold."""

    need: int
    """Astrid's, received; the comment on it is hers."""
    picture: int
    """Of that need."""
    accepted: int
    """Astrid's, taken in; part of no project."""
    linked: int
    """Astrid's, part of the project; Bjørn supports it."""
    declined: int
    declined_on_paper: int
    """Of an author whom no mail reaches."""
    withdrawn: int
    comment: int
    project: int
    stopped: int
    link: int
    draft: int
    """An outcome that Cecilie writes on."""
    in_review: int
    """An outcome of Cecilie's that waits for approval."""
    approved: int
    """An outcome of Cecilie's that Dag has approved."""
    published: int
    """Corrected once; a correction of Cecilie's waits."""
    published_later: int
    """Astrid and Bjørn are asked if it helped, and Bjørn has said no; Cecilie is asked if it is in use."""
    indicator: int
    """Of the published outcome."""
    answer_token: str
    """Of Astrid's link to say whether the published outcome helped."""
    line: int
    """Cecilie's no to the declined need."""
    template: int
    theme: int
    area: int
    person: int
    """Cecilie."""
    reader: int
    """Whom neither mail nor letter reaches."""
    batch: int
    """Letters made, and not sent yet."""
    leading: int
    """A project that takes on the need `led`, and nothing else does."""
    led: int
    milestone: int
    figure: int
    measurement: int
    """Of the figure; the only one."""
    newcomers_token: str
    """Of a sign-in link to someone who has never been here."""
    sessions: dict[str, str]
    """The token of an open sign-in session, by the person's name."""


def build() -> Town:
    values = build_town()
    fresh, declined, withdrawn, done = values["need_id"]
    astrid, cecilie = _person("Astrid"), _person("Cecilie")
    project = db.session.get_one(Project, values["project_id"][0])
    number = comment(astrid.actor, need=db.session.get_one(Need, fresh), body="Dette gjelder flere.")
    accepted = factories.make_accepted(astrid, by=cecilie, title="Det trengs flere sykkelparkeringer")
    in_review = factories.make_draft(
        project, db.session.get_one(Need, done), by=cecilie, title="Et resultat som venter"
    )
    _submit(in_review.id, cecilie)
    linked, dag = db.session.get_one(Need, done), _person("Dag")
    approved = factories.make_draft(project, linked, by=cecilie, title="Et resultat som er godkjent")
    factories.approve(approved, writer=cecilie, approver=dag)
    later = factories.make_draft(project, linked, by=cecilie, title="Et resultat som kom senere")
    factories.publish(later, writer=cecilie, approver=dag)
    led = factories.make_accepted(astrid, by=cecilie, title="Det trengs lys ved skolen")
    leading = factories.make_project(cecilie, title="Et prosjekt med ett behov")
    factories.link(leading, led, by=cecilie)
    token, sessions = _newcomers_token(), _sessions()
    db.session.commit()
    return Town(
        need=fresh,
        accepted=accepted.id,
        linked=done,
        declined=declined,
        declined_on_paper=values["declined_on_paper"][0],
        withdrawn=withdrawn,
        comment=number or 0,
        project=project.id,
        stopped=values["project_id"][1],
        link=values["link_id"][0],
        draft=values["outcome_id"][1],
        in_review=in_review.id,
        approved=approved.id,
        published_later=later.id,
        published=values["outcome_id"][0],
        indicator=db.session.scalars(select(Indicator.id).where(Indicator.outcome_id == values["outcome_id"][0])).one(),
        answer_token=values["answer_token"][0],
        line=values["line_id"][0],
        template=values["template_id"][0],
        picture=values["pictured"][0][1],
        theme=values["theme_id"][0],
        area=values["area_id"][0],
        person=cecilie.id,
        reader=values["reader_id"][0],
        batch=values["batch_id"][0],
        leading=leading.id,
        led=led.id,
        milestone=values["milestone_id"][0],
        figure=values["figure_id"][0],
        measurement=db.session.scalars(select(Measurement.id)).one(),
        newcomers_token=token,
        sessions=sessions,
    )


def _sessions() -> dict[str, str]:
    make_person("Gry")
    people = {name: _person(name) for name in NAMES}
    return {name: sessions.open_session(person, device="test") for name, person in people.items()}


def all_rows() -> Rows:
    """Everything in the database, in the order it can be put back in."""
    return [
        (table, [dict(row) for row in db.session.execute(table.select().order_by(*table.primary_key)).mappings()])
        for table in db.metadata.sorted_tables
    ]


def put_back(rows: Rows) -> None:
    for table, kept in rows:
        if kept:
            db.session.execute(table.insert(), kept)
    db.session.commit()


def _person(name: str) -> Person:
    return db.session.scalars(select(Person).where(Person.name == name)).one()


def _submit(outcome_id: int, writer: Person) -> None:
    loaded = outcome_queries.outcome(outcome_id)
    assert loaded is not None
    outcomes.submit(writer.actor, outcome=loaded, version=loaded.version)


def _newcomers_token() -> str:
    accounts.request_link("ny@example.org", language=Language.BOKMAL, next_path="/")
    link = db.session.scalars(select(SignInLink).where(SignInLink.email == "ny@example.org")).one()
    return accounts.make_token(link)
