"""What goes on inside a project of the demo town: plans, milestones, figures, notes, news, and its end."""

from datetime import date, datetime
from decimal import Decimal

from participation.demo import history
from participation.demo.chronicle import Chronicle, ignore
from participation.demo.content import Entry
from participation.extensions import db
from participation.permissions import Actor
from participation.projects import ending, measuring, planning, service, team
from participation.projects.measuring import IndicatorWords
from participation.projects.models import Milestone, Project
from participation.projects.planning import MilestoneText
from participation.projects.rules import Ending, NextStep, NextStepKind, NoteKind, Phase


class PlanStory:
    def __init__(self, town: Chronicle, entry: Entry) -> None:
        self.town, self.entry = town, entry
        self.milestones: dict[str, Milestone] = {}

    @property
    def project(self) -> Project:
        return self.town.projects[self.entry["project"]]

    @property
    def leader(self) -> Actor:
        return self.town.people.named[self.entry["team"][0][0]].actor

    def plan(self) -> None:
        entry, then = self.entry, self.town.then
        made = entry["made_age_days"]
        then(self._at(made), self._begin)
        for milestone in entry["milestone"]:
            then(self._at(made), self._milestone(milestone))
            if "reached" in milestone:
                then(self._at(milestone["reached"]), self._reach(milestone))
        for indicator in entry["indicator"]:
            self._plan_indicator(indicator)
        for note in entry["note"]:
            then(self._at(note["age"]), self._note(note))
        for news in entry.get("news", []):
            then(self._at(news["age"]), self._news(news))
        if "end" in entry:
            then(self._at(entry["end"]["age_days"]), self._end)

    def _at(self, age_days: int) -> datetime:
        return self.town.calendar.at(age_days, history.PLANNED_HOUR)

    def _day(self, age_days: int) -> date:
        return self._at(age_days).date()

    def _begin(self) -> None:
        dates = {Phase(phase): self._day(age) for phase, age in self.entry["phases"].items()}
        db.session.flush()
        planning.plan_phases(self.leader, project=self.project, dates=dates, version=self.project.version)
        for name, part in self.entry["team"]:
            team.set_member(self.leader, project=self.project, person=self.town.people.named[name], part=part)

    def _milestone(self, entry: Entry) -> history.Deed:
        words = MilestoneText(
            title=entry["title"],
            planned_on=self._day(entry["planned"]),
            note="" if "reached" in entry else entry["note"],
            is_public=entry["public"],
        )

        def add() -> None:
            db.session.flush()
            version = self.project.version
            self.milestones[entry["title"]] = planning.add_milestone(
                self.leader, project=self.project, words=words, version=version
            )

        return add

    def _reach(self, entry: Entry) -> history.Deed:
        def reach() -> None:
            milestone = self.milestones[entry["title"]]
            planning.reach_milestone(
                self.leader,
                milestone=milestone,
                reached_on=self._day(entry["reached"]),
                note=entry["note"],
                version=milestone.version,
            )

        return reach

    def _plan_indicator(self, entry: Entry) -> None:
        words = IndicatorWords(
            name=entry["name"],
            unit=entry["unit"],
            baseline=Decimal(str(entry["baseline"])),
            baseline_on=self._day(entry["baseline_age"]),
            target=Decimal(str(entry["target"])),
        )

        def add() -> None:
            db.session.flush()
            version = self.project.version
            made = measuring.add_indicator(self.leader, project=self.project, words=words, version=version)
            for age, value in entry["measured"]:
                day, figure = self._day(age), Decimal(str(value))
                measuring.measure(self.leader, indicator=made, value=figure, measured_on=day, version=made.version)

        youngest = min([entry["baseline_age"], *(age for age, _ in entry["measured"])])
        self.town.then(self._at(youngest), add)

    def _note(self, entry: Entry) -> history.Deed:
        return lambda: ignore(
            team.write_note(self.leader, project=self.project, kind=NoteKind(entry["kind"]), body=entry["body"])
        )

    def _news(self, entry: Entry) -> history.Deed:
        def tell() -> None:
            db.session.flush()
            service.tell(self.leader, project=self.project, body=entry["body"], version=self.project.version)

        return tell

    def _end(self) -> None:
        end = self.entry["end"]
        db.session.flush()
        ending.end(
            self.leader,
            project=self.project,
            ending=Ending(end["ending"]),
            lessons=end["lessons"],
            next_steps={self.town.needs[step["need"]].id: _step(step) for step in end.get("step", [])},
            version=self.project.version,
        )


def _step(entry: Entry) -> NextStep:
    return NextStep(NextStepKind(entry["kind"]), entry["text"], entry.get("would_change", ""))
