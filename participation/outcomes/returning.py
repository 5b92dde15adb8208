"""Gives needs back when what met them is gone: they are open again, and follow the projects that take them on."""

from collections.abc import Callable, Sequence

from sqlalchemy import select

from participation.extensions import db
from participation.needs.models import Need
from participation.needs.rules import Move, UpdateKind, may_move
from participation.needs.timeline import LineWords, move, write_line
from participation.outcomes.models import Outcome, OutcomeNeed, UseCheck
from participation.outcomes.rules import PUBLIC_STATES, Verdict
from participation.permissions import Actor
from participation.projects.models import NeedLink, Project
from participation.projects.queries import leading_phases, links_of_need
from participation.projects.rules import LEADING_SCOPES, followed_move
from participation.projects.service import hold


def met_needs(outcome: Outcome) -> list[OutcomeNeed]:
    """What it says to the needs that it meets, at least in part."""
    return [answer for answer in outcome.needs if answer.verdict is not Verdict.NOT]


def give_back(
    actor: Actor | None, *, outcome: Outcome, line: UpdateKind, words: Callable[[OutcomeNeed], LineWords]
) -> None:
    """Say on each need that the outcome met that it no longer does. Those it alone took into use are open again."""
    answers = met_needs(outcome)
    hold(outcome.project, *[answer.need for answer in answers])
    returned = {need.id for need in given_back(outcome)}
    for answer in answers:
        if answer.need_id in returned:
            move(answer.need, Move.RETURN, actor=actor, line=line, **words(answer))
            _follow_projects(answer.need, actor=actor)
        else:
            write_line(answer.need, line, actor=actor, **words(answer))


def given_back(outcome: Outcome) -> list[Need]:
    """The needs that are in use because of it alone."""
    return _in_use(outcome, because_of_others=False)


def still_met(outcome: Outcome) -> list[Need]:
    """The needs that stay in use without it, since another result meets them."""
    return _in_use(outcome, because_of_others=True)


def _in_use(outcome: Outcome, *, because_of_others: bool) -> list[Need]:
    needs = [answer.need for answer in met_needs(outcome)]
    kept = _met_by_others([need.id for need in needs], than=outcome)
    in_use = [need for need in needs if may_move(Move.RETURN, state=need.state) is None]
    return [need for need in in_use if (need.id in kept) is because_of_others]


def _met_by_others(need_ids: Sequence[int], *, than: Outcome) -> set[int]:
    """Which of the needs another public outcome meets, one that nobody has said is out of use."""
    ended = select(UseCheck.outcome_id).where(UseCheck.still_in_use.is_(False))
    return set(
        db.session.scalars(
            select(OutcomeNeed.need_id)
            .join(Outcome, Outcome.id == OutcomeNeed.outcome_id)
            .where(
                OutcomeNeed.need_id.in_(need_ids),
                OutcomeNeed.verdict != Verdict.NOT,
                Outcome.id != than.id,
                Outcome.state.in_(PUBLIC_STATES),
                Outcome.id.not_in(ended),
            )
        )
    )


def _follow_projects(need: Need, *, actor: Actor | None) -> None:
    """A need that live projects take on is theirs again; the line names one of them that anyone may see."""
    step = followed_move(need.state, phases=leading_phases([need.id])[need.id])
    if step is None:
        return
    words: LineWords = {}
    tie = next((tie for tie in links_of_need(need.id) if _leads(tie) and tie.project.is_public), None)
    if tie is not None:
        words = {"project_id": tie.project_id, "detail": tie.scope.value, "body": tie.note}
    move(need, step, actor=actor, line=UpdateKind.LINKED, **words)


def _leads(tie: NeedLink) -> bool:
    project: Project = tie.project
    return tie.ended_at is None and tie.scope in LEADING_SCOPES and project.ended_at is None
