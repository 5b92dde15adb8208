"""What communications does with a result: pictures, translations, remarks, the calendar, and a correction."""

from datetime import timedelta
from typing import Any

from participation.demo import history
from participation.demo.chronicle import Chronicle
from participation.demo.content import Entry
from participation.demo.drawn import drawn
from participation.demo.project_story import OutcomeStory
from participation.files.service import save_picture, the_store
from participation.outcomes import corrections, remarks
from participation.outcomes import service as outcomes
from participation.outcomes.corrections import CorrectedText, indicator_of, published_words
from participation.outcomes.models import Outcome
from participation.outcomes.rules import Gate
from participation.outcomes.wording import OTHER_LANGUAGES

PUBLISHED_HOUR = 9


class NewsroomStory:
    def __init__(self, town: Chronicle, story: OutcomeStory) -> None:
        self.town, self.story = town, story
        key = story.entry["key"]
        self.entry: Entry = next((entry for entry in town.content.newsroom if entry["outcome"] == key), {})
        self.people = {"writer": story.writer, "approver": story.approver}

    def plan(self) -> None:
        at, then = self.town.calendar.at, self.town.then
        written = at(self.story.entry["age_days"], history.OUTCOME_HOUR)
        # The hour after, it is sent for approval.
        then(written - timedelta(minutes=written.minute - 59), self._adorn)
        for said in self.story.entry.get("said", []):
            then(at(said["age_days"], history.OUTCOME_HOUR + (said["by"] == "writer")), self._say(said))
        if self.story.entry["state"] == "scheduled":
            then(written + timedelta(hours=2), self.story.step(self.story.approver, outcomes.approve))
            then(at(2, history.WITHDRAWN_HOUR), self._schedule)
        if "correction" in self.entry:
            corrected = at(self.entry["correction"]["age_days"], history.OUTCOME_HOUR)
            then(corrected, self._propose)
            then(corrected + timedelta(hours=1), self.story.step(self.story.approver, corrections.approve_correction))

    def _adorn(self) -> None:
        """Given a picture and translated, while it is a draft."""
        writer, entry = self.story.writer.actor, self.entry
        written = {language: entry[language] for language in OTHER_LANGUAGES if language in entry}
        if written:
            outcome = self.story.outcome()
            outcomes.translate(writer, outcome=outcome, written=written, version=outcome.version)
        if "picture" in entry:
            outcome = self.story.outcome()
            key = save_picture(drawn(entry["picture"]), the_store())
            outcomes.give_picture(writer, outcome=outcome, key=key, alt=entry["alt"], version=outcome.version)

    def _say(self, said: Entry) -> history.Deed:
        def say() -> None:
            actor = self.people[said["by"]].actor
            remarks.remark(actor, outcome=self.story.outcome(), body=said["text"], submission_key=None)

        return say

    def _schedule(self) -> None:
        outcome = self.story.outcome()
        day = self.town.calendar.at(-self.story.entry["publish_in_days"], PUBLISHED_HOUR)
        publish_at = day.replace(minute=0)
        approver = self.story.approver.actor
        outcomes.schedule(approver, outcome=outcome, publish_at=publish_at, version=outcome.version)

    def _propose(self) -> None:
        outcome, correction = self.story.outcome(), self.entry["correction"]
        corrections.propose_correction(
            self.story.writer.actor,
            outcome=outcome,
            words=_corrected(outcome, summary=correction["summary"]),
            note=correction["note"],
            version=outcome.version,
        )


def _corrected(outcome: Outcome, **changes: Any) -> CorrectedText:
    words = published_words(outcome)
    same: dict[str, Any] = {name: words[name] for name in ("title", "summary", "body", "picture_alt", "translations")}
    return CorrectedText(
        **(same | changes),
        evidence={Gate(gate): text for gate, text in words["evidence"].items()},
        indicators=[indicator_of(indicator) for indicator in words["indicators"]],
        needs={int(number): text for number, text in words["needs"].items()},
    )
