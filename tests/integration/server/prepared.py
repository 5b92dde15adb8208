"""Many small outcomes, approved and ready to publish, each with a need and recipients of its own."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select

from participation import clock
from participation.accounts import service as accounts
from participation.accounts.models import Person
from participation.extensions import db
from participation.needs.models import Area, Need, Theme
from participation.needs.rules import NeedState
from participation.notifications.models import Delivery, Subscription
from participation.notifications.rules import DeliveryStatus, Reason
from participation.outcomes import service as outcomes
from participation.outcomes.models import GateEvidence, Outcome, OutcomeNeed, OutcomeWriter
from participation.outcomes.queries import outcome as outcome_by_id
from participation.outcomes.rules import Gate, OutcomeState, Verdict
from participation.permissions import Role
from participation.projects.models import Project
from participation.support.models import Support
from tests.factories import make_project, theme_and_area

RECIPIENTS_EACH = 3
RESIDENTS = 12
PUBLISHER = "dag@example.org"


@dataclass(frozen=True)
class Prepared:
    """The ids of the outcomes, of the need that each answers, and of those who must be told of it."""

    need_of: dict[int, int]
    recipients: dict[int, set[int]]

    @property
    def told_in_all(self) -> int:
        return sum(len(people) for people in self.recipients.values())


def prepare_outcomes(count: int) -> Prepared:
    """In bulk and beside the services: what is tried is publishing and sending, not the way there."""
    writer = accounts.add_person("Cecilie", email="cecilie@example.org", roles=frozenset({Role.CASE_WORKER}))
    accounts.add_person("Dag", email=PUBLISHER, roles=frozenset({Role.COMMUNICATIONS}))
    residents = [_resident(number) for number in range(RESIDENTS)]
    project, (theme, area) = make_project(writer), theme_and_area()
    needs = [_need(number, residents[0], theme, area) for number in range(count)]
    db.session.add_all(needs)
    db.session.flush()
    made = [_approved(need, project, writer) for need in needs]
    db.session.add_all(made)
    recipients = [_neighbours(residents, number) for number in range(count)]
    for need, people in zip(needs, recipients, strict=True):
        _put_behind(need, people)
    db.session.commit()
    numbers = [outcome.id for outcome in made]
    return Prepared(
        dict(zip(numbers, (need.id for need in needs), strict=True)),
        {number: {person.id for person in people} for number, people in zip(numbers, recipients, strict=True)},
    )


def _resident(number: int) -> Person:
    return accounts.add_person(f"Nabo {number}", email=f"nabo.{number}@example.org")


def _neighbours(residents: Sequence[Person], number: int) -> list[Person]:
    return [residents[(number + step) % len(residents)] for step in range(RECIPIENTS_EACH)]


def _need(number: int, author: Person, theme: Theme, area: Area) -> Need:
    moment = clock.now()
    return Need(
        reference=f"B-2000-{number:04d}",
        title=f"Bussen går for sjelden {number}",
        description="Etter klokka åtte går det bare én buss i timen.",
        affected="Ungdom.",
        solution="",
        theme_id=theme.id,
        area_id=area.id,
        author_id=author.id,
        state=NeedState.TESTING,
        created_at=moment,
        news_at=moment,
        first_answer_by=clock.today(),
        first_answer_at=moment,
        support_count=RECIPIENTS_EACH,
    )


def _put_behind(need: Need, people: Sequence[Person]) -> None:
    moment = clock.now()
    for person in people:
        db.session.add(Support(need_id=need.id, person_id=person.id, created_at=moment))
        db.session.add(
            Subscription(
                subject_kind=need.subject.kind,
                subject_id=need.id,
                person_id=person.id,
                reason=Reason.SUPPORTER,
                created_at=moment,
            )
        )


def _approved(need: Need, project: Project, writer: Person) -> Outcome:
    moment = clock.now()
    return Outcome(
        project_id=project.id,
        title=f"Bussen går hver halvtime {need.id}",
        summary="Nå går det to busser i timen.",
        body="Vi har satt opp flere avganger.",
        kinds_of_value=["quality"],
        state=OutcomeState.APPROVED,
        created_at=moment,
        submitted_at=moment,
        approved_at=moment,
        writers=[OutcomeWriter(person_id=writer.id)],
        gates=[
            GateEvidence(gate=gate, evidence="Slik vet vi det.", recorded_by=writer.id, recorded_at=moment)
            for gate in Gate
        ],
        needs=[OutcomeNeed(need_id=need.id, verdict=Verdict.MET, text="Du kan nå ta bussen hjem.")],
    )


def publish(outcome_id: int, publisher: Person) -> None:
    """As the newsroom's page does it."""
    outcome = outcome_by_id(outcome_id)
    assert outcome is not None
    outcomes.publish(publisher.actor, outcome=outcome, version=outcome.version)
    db.session.commit()


def published_count() -> int:
    return _read(select(func.count()).where(Outcome.state == OutcomeState.PUBLISHED))


def waiting_count() -> int:
    """How many are still to be told."""
    return _read(select(func.count()).where(Delivery.status == DeliveryStatus.PENDING))


def leased_count() -> int:
    """How many of those a worker, perhaps a dead one, has taken or put off."""
    waiting = select(func.count()).where(Delivery.status == DeliveryStatus.PENDING)
    return _read(waiting.where(Delivery.next_attempt_at > clock.now()))


def _read(query: Select[int]) -> int:
    """What the database says now, with no transaction left open."""
    number = db.session.scalar(query)
    db.session.rollback()
    return number or 0
