"""Puts together what a need's page shows: how far it has come, its story, and what the visitor may do."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _
from flask_login import current_user

from participation import clock
from participation.comments.models import Comment
from participation.comments.queries import Thread
from participation.comments.rules import may_edit as may_edit_comment
from participation.needs import rules
from participation.needs.models import Need, NeedUpdate
from participation.needs.queries import promised
from participation.needs.rules import (
    LETTERS,
    UNANSWERED,
    DateMove,
    NeedState,
    UpdateKind,
    date_moves,
    may_add,
    may_ask_again,
    may_comment,
    may_edit,
    may_support,
    may_withdraw,
)
from participation.notifications.queries import is_muted, is_subscribed
from participation.notifications.rules import Reason
from participation.outcomes.rules import Verdict
from participation.permissions import Actor, Permission
from participation.projects import queries as projects
from participation.projects.models import NeedLink, Project
from participation.projects.rules import Phase
from participation.support.queries import is_supporter
from participation.web.access import maybe_actor
from participation.web.addresses import settings

_REPORTED, _ANSWERED, _IN_PROJECT, _TESTING, _IN_USE = range(5)
_REACHED = {
    NeedState.RECEIVED: _REPORTED,
    NeedState.ASSESSING: _REPORTED,
    NeedState.ACCEPTED: _ANSWERED,
    NeedState.DECLINED: _ANSWERED,
    NeedState.IN_PROJECT: _IN_PROJECT,
    NeedState.TESTING: _TESTING,
    NeedState.IN_USE: _IN_USE,
}
_DECISIONS = frozenset({UpdateKind.ACCEPTED, UpdateKind.DECLINED})
_TAKEN_BACK = {UpdateKind.OUTCOME_WITHDRAWN, UpdateKind.NO_LONGER_IN_USE}


@dataclass(frozen=True)
class Step:
    """A step on the way from reported to taken into use; no date while it lies ahead."""

    label: str
    date: date | datetime | None
    current: bool = False
    drawing: str | None = None


def loop_steps(need: Need, lines: Iterable[NeedUpdate]) -> list[Step]:
    """How far the need has come. A declined one has no way ahead to show; one assessed again has a step more."""
    dates = _dates(need, list(lines))
    last = max(step for step, day in enumerate(dates) if day)
    again = is_assessed_again(need)
    steps = [
        Step(words, day, current=number == last and not again, drawing=drawing)
        for number, (words, day, drawing) in enumerate(zip(_labels(need), dates, _drawings(need), strict=True))
    ]
    if again:
        steps.insert(_IN_PROJECT, Step(_("Being assessed again"), need.asked_again_at, current=True, drawing="blossom"))
    return steps[: _ANSWERED + 1] if need.state is NeedState.DECLINED else steps


def is_assessed_again(need: Need) -> bool:
    """Whether a no has been asked to be looked at again, and is."""
    return need.asked_again_at is not None and need.state in UNANSWERED


def _drawings(need: Need) -> list[str]:
    answer = "leaf" if need.state is NeedState.DECLINED or is_assessed_again(need) else "blossom"
    return ["bud", answer, "green-fruit", "green-fruit", "apple"]


def _dates(need: Need, lines: Sequence[NeedUpdate]) -> list[datetime | None]:
    """When each step was reached. A need whose project was stopped goes back, with those steps ahead anew.

    For one that is then taken into use they are behind it, from when it was in the project.
    """
    dates: list[datetime | None] = [need.created_at, _answered_at(need, lines), None, None, None]
    former: dict[int, datetime] = {}
    for line in lines:
        reached = _REACHED.get(line.state, _REPORTED)
        for step in (_IN_PROJECT, _TESTING, _IN_USE):
            if reached < step:
                dates[step] = None
            elif dates[step] is None:
                known = former if reached == _IN_USE > step else {}
                dates[step] = former[step] = known.get(step, line.at)
    in_use = dates[_IN_USE]
    if in_use is not None:
        dates[_IN_USE] = _met_at(lines, since=in_use) or in_use
    return dates


def _met_at(lines: Sequence[NeedUpdate], *, since: datetime) -> datetime | None:
    """When the first of the results that still stand met it: one withdrawn, or out of use, no longer says when."""
    gone = {line.outcome_id for line in lines if line.kind in _TAKEN_BACK}
    return next(
        (
            line.at
            for line in lines
            if line.at >= since
            and line.kind is UpdateKind.OUTCOME
            and line.outcome_id not in gone
            and line.detail != Verdict.NOT.value
        ),
        None,
    )


def _answered_at(need: Need, lines: Iterable[NeedUpdate]) -> datetime | None:
    """The newest yes or no; until there is one, the first answer of any kind."""
    return next((line.at for line in reversed(list(lines)) if line.kind in _DECISIONS), need.first_answer_at)


def _labels(need: Need) -> list[str]:
    answered = _("Answered")
    if need.state is NeedState.DECLINED or is_assessed_again(need):
        answered = _("Answered: not taken further")
    elif need.state in UNANSWERED and need.first_answer_at:
        answered = _("Provisional answer")
    return [_("Reported"), answered, _("In a project"), _("Being tested"), _("Taken into use")]


@dataclass(frozen=True)
class Visitor:
    """Who looks at the need, and what they may do with it."""

    actor: Actor | None
    is_author: bool = False
    supports: bool = False
    follows: bool = False
    told_for_commenting: bool = False
    has_muted: bool = False
    works_on_needs: bool = False
    may_support: bool = False
    may_comment: bool = False
    may_edit: bool = False
    may_add: bool = False
    may_withdraw: bool = False
    may_ask_again: bool = False
    name_hidden_everywhere: bool = False

    @property
    def is_told(self) -> bool:
        """Whether they are told what happens, be it only for having followed or commented."""
        return self.supports or self.follows or self.told_for_commenting

    @property
    def has_tools(self) -> bool:
        return self.is_author or self.works_on_needs


def visitor(need: Need) -> Visitor:
    actor, state = maybe_actor(), need.state
    open_to = {"may_support": not may_support(state), "may_comment": not may_comment(state)}
    if actor is None:
        return Visitor(None, **open_to)
    return Visitor(
        actor,
        is_author=need.author_id == actor.id,
        supports=is_supporter(actor.id, need_id=need.id),
        follows=is_subscribed(actor.id, subject=need.subject, reason=Reason.FOLLOWER),
        told_for_commenting=is_subscribed(actor.id, subject=need.subject, reason=Reason.COMMENTER),
        has_muted=is_muted(actor.id, subject=need.subject),
        works_on_needs=actor.may(Permission.WORK_ON_NEEDS),
        may_edit=not may_edit(
            actor, author_id=need.author_id, state=state, created_at=need.created_at, now=clock.now()
        ),
        may_add=not may_add(actor, author_id=need.author_id, state=state),
        may_withdraw=not may_withdraw(actor, author_id=need.author_id, state=state),
        may_ask_again=not may_ask_again(
            actor, author_id=need.author_id, state=state, asked_again_at=need.asked_again_at
        ),
        name_hidden_everywhere=current_user.person.name_hidden,
        **open_to,
    )


def is_letter(line: NeedUpdate) -> bool:
    """What the municipality writes to those behind the need: also what happens with it once its project has ended."""
    return line.kind in LETTERS or (line.kind is UpdateKind.PROJECT_STOPPED and bool(line.body))


def letters(lines: Sequence[NeedUpdate], links: Iterable[NeedLink]) -> list[NeedUpdate]:
    """The municipality's letters, newest first, without those of a project that is hidden from the visitor."""
    seen = {link.project_id for link in links}
    shown = (line for line in reversed(lines) if is_letter(line))
    return [line for line in shown if line.kind in LETTERS or line.project_id is None or line.project_id in seen]


@dataclass(frozen=True)
class Entry:
    """A line of the timeline, with its project where the visitor may see it.

    Of a result that has been withdrawn only that it was, and why: what was said of it goes with it.
    """

    line: NeedUpdate
    project: Project | None
    phase: Phase | None
    moved: DateMove | None = None
    is_taken_back: bool = False

    @property
    def words(self) -> str:
        told_elsewhere = self.line.kind is UpdateKind.ADDITION or is_letter(self.line)
        about_hidden = self.line.project_id is not None and self.project is None
        unsaid = told_elsewhere or about_hidden or self.is_taken_back or self.line.kind is UpdateKind.OUTCOME
        return "" if unsaid else self.line.body


def links_to_show(need_id: int, actor: Actor | None) -> list[NeedLink]:
    """The need's links; those to internal projects for staff only."""
    sees_all = actor is not None and actor.may(Permission.SEE_WORKBENCH)
    return [link for link in projects.links_of_need(need_id) if sees_all or link.project.is_public]


def story(lines: Sequence[NeedUpdate], links: Iterable[NeedLink], *, results: Collection[int]) -> list[Entry]:
    """The whole timeline, newest first; `results` are the numbers of the published outcomes it may tell of."""
    known = {link.project_id: link.project for link in links}
    moves = date_moves(promised(lines))
    return [
        Entry(line, known.get(line.project_id or 0), _phase(line), moves.get(line.id), _is_taken_back(line, results))
        for line in reversed(lines)
    ]


def _is_taken_back(line: NeedUpdate, results: Collection[int]) -> bool:
    about_another = line.outcome_id is None or line.outcome_id in results
    return not about_another and line.kind is not UpdateKind.OUTCOME_WITHDRAWN


def _phase(line: NeedUpdate) -> Phase | None:
    return Phase(line.detail) if line.kind is UpdateKind.PHASE_CHANGED and line.detail else None


def asked_again(need: Need, lines: Iterable[NeedUpdate]) -> NeedUpdate | None:
    """Why the need is assessed again, while it is."""
    asked = [line for line in lines if line.kind is UpdateKind.ASKED_AGAIN]
    return asked[-1] if asked and is_assessed_again(need) else None


def days_overdue(need: Need) -> int:
    """How many days ago an answer was promised; 0 when none is owed or it is not yet due."""
    if need.answer_by is None or need.state not in UNANSWERED:
        return 0
    return max((clock.today() - need.answer_by).days, 0)


def weeks_silent(need: Need) -> int:
    """For how many weeks the municipality has said nothing, once that is so long that everyone is to see it; else 0."""
    now, enough = clock.now(), settings().silent_after_weeks
    silent = rules.is_silent(need.state, news_at=need.news_at, now=now, weeks=enough)
    return rules.weeks_silent(need.state, news_at=need.news_at, now=now) if silent else 0


def editable_comments(threads: Iterable[Thread], actor: Actor | None) -> set[int]:
    """Which of the comments the visitor may still edit."""
    if actor is None:
        return set()
    now = clock.now()
    every: list[Comment] = [one for thread in threads for one in (thread.comment, *thread.replies)]
    return {
        one.id
        for one in every
        if may_edit_comment(actor, author_id=one.author_id, created_at=one.created_at, now=now) is None
    }
