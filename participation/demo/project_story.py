"""A project's way through the demo town: started, moved, tied to needs, and what it led to."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

from participation import clock
from participation.accounts.models import Person
from participation.demo import history
from participation.demo.chronicle import Chronicle, ignore
from participation.demo.content import Entry
from participation.extensions import db
from participation.outcomes import queries as outcome_queries
from participation.outcomes import service as outcomes
from participation.outcomes.models import Outcome
from participation.outcomes.rules import Gate, Verdict
from participation.outcomes.service import IndicatorText, OutcomeText
from participation.projects import service as projects
from participation.projects.models import Project
from participation.projects.rules import Phase, Principle, Scope, Visibility
from participation.projects.service import ProjectText


class ProjectStory:
    def __init__(self, town: Chronicle, entry: Entry) -> None:
        self.town, self.entry = town, entry
        self.leader = town.rng.choice(town.people.of_unit(entry["owner_unit"]))

    @property
    def project(self) -> Project:
        return self.town.projects[self.entry["key"]]

    def plan(self) -> None:
        at, then = self.town.calendar.at, self.town.then
        then(at(self.entry["start_age_days"], history.PROJECT_HOUR), self._start)
        for link in self.entry["link"]:
            then(at(link["age_days"], history.PROJECT_HOUR + 1), self._link(link))
        for step in self.entry["move"][1:]:
            then(at(step["age_days"], history.PROJECT_HOUR), self._move(step))

    def _start(self) -> None:
        self.town.projects[self.entry["key"]] = projects.create(
            self.leader.actor,
            words=_project_words(self.entry, self.town.settings.contact_email),
            note=self.entry["move"][0]["note"],
        )

    def _link(self, link: Entry) -> history.Deed:
        return lambda: ignore(
            projects.link(
                self.leader.actor,
                project=self.project,
                need=self.town.needs[link["need"]],
                scope=Scope(link["scope"]),
                note=link["note"],
            )
        )

    def _move(self, step: Entry) -> history.Deed:
        return lambda: projects.change_phase(
            self.leader.actor,
            project=self.project,
            to=Phase(step["phase"]),
            note=step["note"],
            version=self.project.version,
        )


class OutcomeStory:
    def __init__(self, town: Chronicle, entry: Entry) -> None:
        self.town, self.entry = town, entry
        self.writer = town.rng.choice(town.people.case_workers)
        self.approver = town.people.named["dag"]
        self.outcome_id = 0

    def plan(self) -> None:
        """Written and sent for approval in the morning, approved and published the same afternoon."""
        at, state = self.town.calendar.at(self.entry["age_days"], history.OUTCOME_HOUR), self.entry["state"]
        self.town.then(at, self._write)
        if state != "draft":
            self.town.then(at + timedelta(hours=1), self.step(self.writer, outcomes.submit))
        if state == "published":
            self.town.then(at + timedelta(hours=2), self.step(self.approver, outcomes.approve))
            self.town.then(at + timedelta(hours=3), self.step(self.approver, outcomes.publish))

    def _write(self) -> None:
        project = self.town.projects[self.entry["project"]]
        self.outcome_id = outcomes.draft(self.writer.actor, project=project, words=self._words()).id

    def step(self, person: Person, step: Callable[..., None]) -> history.Deed:
        def take() -> None:
            outcome = self.outcome()
            step(person.actor, outcome=outcome, version=outcome.version)

        return take

    def outcome(self) -> Outcome:
        db.session.flush()
        outcome = outcome_queries.outcome(self.outcome_id)
        if outcome is None:
            raise LookupError(self.entry["key"])
        return outcome

    def _words(self) -> OutcomeText:
        entry = self.entry
        return OutcomeText(
            title=entry["title"],
            summary=entry["summary"],
            body=entry["body"].strip(),
            kinds_of_value=entry["values"],
            evidence={Gate(gate): text for gate, text in entry["gates"].items()},
            indicators=[_indicator(indicator, clock.today()) for indicator in entry["indicator"]],
            needs={
                self.town.needs[answer["need"]].id: (Verdict(answer["verdict"]), answer["text"])
                for answer in entry["need"]
            },
            not_about=frozenset(self.town.needs[key].id for key in entry.get("not_about", [])),
            foremost_need_id=self.town.needs[entry["foremost"]].id if "foremost" in entry else None,
        )


def _project_words(entry: Entry, contact_email: str) -> ProjectText:
    principles = list(Principle)
    return ProjectText(
        title=entry["title"],
        summary=entry["summary"],
        purpose=entry["purpose"],
        owner_unit=entry["owner_unit"],
        contact=f"{entry['contact_title'].capitalize()}, {contact_email}",
        visibility=Visibility(entry["visibility"]),
        goals=entry["goals"],
        principles=[principles[number - 1].value for number in entry["principles"]],
    )


def _indicator(entry: Entry, published: date) -> IndicatorText:
    target = entry.get("target")
    return IndicatorText(
        name=entry["name"],
        unit=entry["unit"],
        before=Decimal(str(entry["before"])),
        now=Decimal(str(entry["now"])),
        target=None if target is None else Decimal(str(target)),
        measured_on=published - timedelta(days=entry.get("measured_days_before", 4)),
    )
