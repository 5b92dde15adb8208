"""What happens after an outcome is published: those behind it say if it helped, and staff if it is still in use."""

from datetime import timedelta
from decimal import Decimal

from sqlalchemy import select

from participation import clock
from participation.demo import history
from participation.demo.chronicle import Chronicle
from participation.demo.content import Entry
from participation.demo.project_story import OutcomeStory
from participation.extensions import db
from participation.notifications.models import Delivery, Event
from participation.notifications.rules import EventKind
from participation.outcomes import feedback, use_checks
from participation.outcomes import follow_up_queries as follow_up
from participation.outcomes import queries as outcomes
from participation.outcomes.follow_up import ASK_AFTER_DAYS
from participation.outcomes.models import Outcome
from participation.outcomes.rules import Helped
from participation.outcomes.use_checks import FigureText

ANSWER_WITHIN_DAYS = 9


class FollowUpStory:
    def __init__(self, town: Chronicle, story: OutcomeStory) -> None:
        self.town, self.story = town, story
        key = story.entry["key"]
        self.entry: Entry = next((entry for entry in town.content.follow_ups if entry["outcome"] == key), {})
        self.asked_age = story.entry["age_days"] - ASK_AFTER_DAYS - 1

    def plan(self) -> None:
        """Those behind it are asked after four weeks, and answer in the days that follow."""
        if self.story.entry["state"] != "published" or self.asked_age <= 0:
            return
        at, then = self.town.calendar.at, self.town.then
        asked = at(self.asked_age, history.REPORTED_HOUR)
        then(asked, lambda: feedback.ask_whether_it_helped(self.town.settings))
        if "answers" in self.entry:
            then(asked + timedelta(days=min(ANSWER_WITHIN_DAYS, self.asked_age)), self._answer)
        for check in self.entry.get("check", []):
            then(at(check["age_days"] + 1, history.REPORTED_HOUR), self._ask_of_use)
            then(at(check["age_days"], history.OUTCOME_HOUR), self._confirm(check))

    def _outcome(self) -> Outcome:
        db.session.flush()
        outcome = outcomes.outcome(self.story.outcome_id)
        if outcome is None:
            raise LookupError(self.story.entry["key"])
        return outcome

    def _answer(self) -> None:
        outcome, waiting = self._outcome(), list(self.entry.get("said", []))
        for helped, person_id in zip(self._answers(), self._asked(outcome), strict=False):
            words = next((said for said in waiting if said["helped"] == helped.value), None)
            if words:
                waiting.remove(words)
            self._say(outcome, person_id, helped, words or {})

    def _say(self, outcome: Outcome, person_id: int, helped: Helped, words: Entry) -> None:
        may_publish = bool(words.get("shown"))
        said = feedback.say(
            person_id, outcome=outcome, helped=helped, words=words.get("text", ""), may_publish=may_publish
        )
        if may_publish:
            dag = self.town.people.named["dag"]
            feedback.show_words(dag.actor, found=said, answered_at=said.answered_at)

    def _answers(self) -> list[Helped]:
        answers = [helped for helped, count in zip(Helped, self.entry["answers"], strict=True) for _ in range(count)]
        self.town.rng.shuffle(answers)
        return answers

    def _asked(self, outcome: Outcome) -> list[int]:
        """Those who were asked; the town's named people have not answered yet, and find the question."""
        asked = (
            select(Delivery.person_id)
            .join(Event, Event.id == Delivery.event_id)
            .where(Event.kind == EventKind.DID_IT_HELP, Event.about_id == outcome.id)
            .order_by(Delivery.person_id)
        )
        named = {person.id for person in self.town.people.named.values()}
        return [number for number in db.session.scalars(asked) if number not in named]

    def _ask_of_use(self) -> None:
        db.session.flush()
        use_checks.look_after(self.town.settings)

    def _confirm(self, check: Entry) -> history.Deed:
        def confirm() -> None:
            found = follow_up.check(self._outcome().id, months=check["months"])
            if found is None:
                raise LookupError(self.story.entry["key"])
            use_checks.confirm(
                self.story.writer.actor,
                check=found,
                evidence=check["evidence"],
                figures=[_figure(figure) for figure in check["figures"]],
            )

        return confirm


def _figure(entry: Entry) -> FigureText:
    value = Decimal(str(entry["value"]))
    return FigureText(
        name=entry["name"], unit=entry["unit"], value=value, measured_on=clock.today() - timedelta(days=3)
    )
