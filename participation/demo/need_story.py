"""A need's way through the demo town: reported, supported, talked about and answered."""

import hashlib
from datetime import datetime, timedelta

from participation import clock
from participation.accounts.models import Person
from participation.comments import service as comments
from participation.demo import history
from participation.demo.chronicle import Chronicle, ignore
from participation.demo.content import Entry
from participation.demo.drawn import drawn
from participation.demo.places import place_of
from participation.extensions import db
from participation.files.service import save_picture, the_store
from participation.needs import answers, pictures
from participation.needs import service as needs
from participation.needs.corrections import Wording, correct
from participation.needs.models import Need
from participation.needs.picture_queries import pictures_of
from participation.needs.pictures import FreshPicture
from participation.needs.queries import latest_answers
from participation.needs.rules import NeedText
from participation.support import service as support

ASSESS_LATEST_DAY = 30


class NeedStory:
    def __init__(self, town: Chronicle, entry: Entry) -> None:
        self.town, self.entry = town, entry
        self.key, self.age = entry["key"], entry["age_days"]
        residents = town.people.residents
        self.author = self._author(residents)
        self.worker = town.rng.choice(town.people.of_unit(town.content.unit_of[entry["theme"]]))
        self.reported = town.calendar.at(self.age, history.REPORTED_HOUR)
        others = [person for person in residents if person is not self.author]
        self.supporters = town.rng.sample(others, min(entry["support"] - 1, len(others)))
        self.comment_ids: dict[int, int | None] = {}
        self.last_comment_at: datetime = self.reported

    def _author(self, residents: list[Person]) -> Person:
        named = {"in_use": 0, "testing": 1, "assessing": 0, "accepted": 1, "declined": 0}
        state = self.entry["state"]
        taken = any(need["state"] == state for need in self._earlier())
        return residents[named[state]] if state in named and not taken else self.town.rng.choice(residents[2:])

    def _earlier(self) -> list[Entry]:
        every = self.town.content.needs
        return every[: every.index(self.entry)]

    @property
    def need(self) -> Need:
        return self.town.needs[self.key]

    def plan(self) -> None:
        self.town.then(self.reported, self.report)
        self._plan_support()
        for number, comment in enumerate(self.entry.get("comment", [])):
            self._plan_comment(number, comment)
        self._plan_answers()
        if self.entry["state"] == "withdrawn":
            age = self.age - history.WITHDRAW_AFTER_DAYS
            self.town.then(
                self.town.calendar.at(age, history.WITHDRAWN_HOUR),
                lambda: needs.withdraw(self.author.actor, need=self.need),
            )

    def report(self) -> None:
        entry = self.entry
        point = place_of(entry, self.town.outlines[entry["area"]])
        words = NeedText(
            title=entry["title"],
            description=entry["description"],
            affected=entry["affected"],
            solution=entry.get("solution", ""),
            theme_id=self.town.themes[entry["theme"]],
            area_id=self.town.areas[entry["area"]],
            place=entry.get("place", ""),
            latitude=point.latitude if point else None,
            longitude=point.longitude if point else None,
        )
        self.town.needs[self.key] = support.propose(
            self.author.actor,
            words=words,
            name_hidden=entry["name_hidden"],
            within_days=self.town.settings.answer_within_days,
        )
        self._illustrate()

    def _illustrate(self) -> None:
        """With the pictures that were sent along with it."""
        for picture in self.town.content.pictures:
            if picture["need"] == self.key:
                data = drawn(picture["drawing"])
                digest = hashlib.sha256(data).hexdigest()
                fresh = [FreshPicture(save_picture(data, the_store()), digest)]
                pictures.add(self.author.actor, of=self.need, fresh=fresh)
                newest = pictures_of(self.need)[-1]
                pictures.describe(self.author.actor, of=self.need, words={newest.id: picture["alt"]})

    def _plan_support(self) -> None:
        town = self.town
        closes = history.closing_age(self.entry, town.content)
        ages = history.support_ages(self.entry, len(self.supporters), closes, town.rng)
        for person, age in zip(self.supporters, ages, strict=True):
            at = town.calendar.any_time_after(self.reported, int(age))
            town.then(at, self._support(person))

    def _support(self, person: Person) -> history.Deed:
        return lambda: ignore(support.support(person.actor, need=self.need))

    def _plan_comment(self, number: int, comment: Entry) -> None:
        at = self.town.calendar.any_time_after(self.reported, self.age - comment["after_days"])
        # An answer comes after what it answers, also on the same day.
        at = max(at, self.last_comment_at + timedelta(minutes=3))
        self.last_comment_at = at
        author = self._commenter(comment)
        self.town.then(at, lambda: self._comment(number, comment, author))

    def _commenter(self, comment: Entry) -> Person:
        if comment["by"] == "staff":
            return self.worker
        return self.town.rng.choice(self.supporters or self.town.people.residents)

    def _comment(self, number: int, comment: Entry, author: Person) -> None:
        parent = comment.get("reply_to")
        self.comment_ids[number] = comments.comment(
            author.actor,
            need=self.need,
            body=comment["text"],
            parent_id=None if parent is None else self.comment_ids[parent],
        )

    def _plan_answers(self) -> None:
        given = self.entry.get("answer", [])
        if self.entry["state"] not in {"received", "withdrawn"}:
            first = min([ASSESS_LATEST_DAY, *(answer["after_days"] for answer in given)])
            age = self.age - min(history.ASSESS_AFTER_DAYS, first)
            self.town.then(self.town.calendar.at(age, history.ASSESSED_HOUR), self._assess)
        for answer in given:
            at = self.town.calendar.at(self.age - answer["after_days"], history.ANSWERED_HOUR)
            self.town.then(at, self._answer(answer))

    def _assess(self) -> None:
        db.session.flush()
        answers.assess(self.worker.actor, need=self.need, version=self.need.version)

    def _answer(self, answer: Entry) -> history.Deed:
        give = {
            "provisional": self._provisional,
            "accepted": self._accept,
            "declined": self._decline,
            "news": self._news,
            "asked_again": self._ask_again,
            "corrected": self._correct,
        }
        return lambda: give[answer["kind"]](answer)

    def _provisional(self, answer: Entry) -> None:
        answers.answer_provisionally(
            self.worker.actor,
            need=self.need,
            body=answer["text"],
            mail_body=answer.get("mail", ""),
            answer_by=clock.today() + timedelta(days=answer["new_days"]),
            version=self.need.version,
        )

    def _accept(self, answer: Entry) -> None:
        answers.accept(self.worker.actor, need=self.need, body=answer["text"], version=self.need.version)

    def _decline(self, answer: Entry) -> None:
        answers.decline(
            self.worker.actor,
            need=self.need,
            body=answer["text"],
            would_change=answer["would_change"],
            version=self.need.version,
        )

    def _news(self, answer: Entry) -> None:
        db.session.flush()
        answers.give_news(self.worker.actor, need=self.need, body=answer["text"], version=self.need.version)

    def _ask_again(self, answer: Entry) -> None:
        db.session.flush()
        within_days = self.town.settings.answer_within_days
        needs.ask_again(
            self.author.actor,
            need=self.need,
            body=answer["text"],
            version=self.need.version,
            within_days=within_days,
        )

    def _correct(self, answer: Entry) -> None:
        """Set right the latest letter: what it says instead of what."""
        db.session.flush()
        line = latest_answers([self.need.id])[self.need.id]
        words = Wording(
            body=line.body.replace(answer["instead_of"], answer["text"]),
            mail_body=line.mail_body,
            would_change=line.would_change,
        )
        correct(
            self.worker.actor,
            need=self.need,
            line=line,
            wording=words,
            note=answer["note"],
            version=self.need.version,
        )
