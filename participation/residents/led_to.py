"""What a person's support led to: from each need, over its projects, to what came of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask import render_template, request, url_for

from participation import clock
from participation.needs import queries as needs
from participation.needs.models import Need, NeedUpdate
from participation.needs.rules import UNANSWERED
from participation.notifications.mails import sum_up
from participation.outcomes import stood_behind
from participation.outcomes.follow_up_queries import ended_among
from participation.outcomes.models import Outcome, OutcomeNeed
from participation.outcomes.queries import results_of_needs
from participation.outcomes.rules import Verdict
from participation.permissions import Permission
from participation.projects.models import Project
from participation.projects.queries import public_projects_of_needs
from participation.residents.blueprint import residents
from participation.residents.need_page import days_overdue
from participation.web.access import requires, the_actor
from participation.web.pagination import Cursor

Result = tuple[OutcomeNeed, Outcome]


@dataclass(frozen=True)
class Branch:
    """One need, and what has grown of it so far."""

    need: Need
    is_mine: bool
    answer: NeedUpdate | None
    projects: Sequence[Project]
    results: Sequence[Result]
    ended: Mapping[int, datetime]
    """Since when those of the outcomes that are no longer in use, are not."""

    @property
    def is_open(self) -> bool:
        """Whether more is to come: nothing has met the need yet, and nobody has said no."""
        in_use = [answer for answer, outcome in self.results if outcome.id not in self.ended]
        met = any(answer.verdict is Verdict.MET for answer in in_use)
        return not met and self.need.state not in stood_behind.CLOSED

    @property
    def is_back(self) -> bool:
        """Whether something that met the need is no longer in use."""
        return any(outcome.id in self.ended for _answer, outcome in self.results)

    @property
    def waits_for_answer(self) -> bool:
        return self.need.state in UNANSWERED

    @property
    def answer_by(self) -> date | None:
        """The day still to come that an answer is promised for."""
        return None if days_overdue(self.need) else self.need.answer_by


@residents.get("/min-side/forte-til")
@requires(Permission.PARTICIPATE)
def led_to() -> str:
    person_id, after = the_actor().id, Cursor.parse(request.args.get("etter"))
    page = stood_behind.needs_in_order(person_id, after=after)
    return render_template(
        "residents/led_to.html",
        counts=stood_behind.counts(person_id),
        branches=_branches(page.rows, person_id=person_id),
        next_url=url_for("residents.led_to", etter=str(page.next)) if page.next else None,
        year=sum_up(person_id, year=clock.today().year) if after is None else None,
    )


def _branches(numbers: Sequence[int], *, person_id: int) -> list[Branch]:
    answers, projects = needs.latest_answers(numbers), public_projects_of_needs(numbers)
    results = results_of_needs(numbers)
    ended = ended_among({outcome.id for found in results.values() for _answer, outcome in found})
    return [
        Branch(
            need,
            need.author_id == person_id,
            answers.get(need.id),
            projects.get(need.id, []),
            results.get(need.id, []),
            ended,
        )
        for need in needs.needs_by_id(numbers)
    ]
