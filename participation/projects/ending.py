"""Ends a project: stopped or finished, it leaves lessons, and each of its needs gets its next step."""

from collections.abc import Mapping
from typing import Any

from participation import clock
from participation.extensions import db
from participation.needs.models import Need, NeedUpdate
from participation.needs.rules import Move, UpdateKind
from participation.needs.service import need_facts
from participation.needs.timeline import LineWords, move, write_line
from participation.notifications.rules import EventKind
from participation.notifications.service import announce
from participation.permissions import Actor
from participation.projects import queries
from participation.projects.models import NeedLink, Project
from participation.projects.rules import (
    Ending,
    NextStep,
    NextStepKind,
    Phase,
    followed_move,
    may_end,
    may_take_step,
    steps_open_to,
)
from participation.projects.service import hold, linked_needs, note_move, project_facts, same_version
from participation.refusals import Refusal, Refused, ensure

NextSteps = Mapping[int, NextStep]
Choices = dict[int, frozenset[NextStepKind]]


def step_choices(project: Project) -> list[tuple[NeedLink, frozenset[NextStepKind]]]:
    """The project's live ties, each with the next steps that its need may get."""
    ties = queries.links_of_project(project.id)
    others = queries.leading_phases([tie.need_id for tie in ties], besides=project.id)
    return [
        (tie, steps_open_to(tie.need.state, scope=tie.scope, led_by_others=bool(others[tie.need_id]))) for tie in ties
    ]


def end(actor: Actor, *, project: Project, ending: Ending, lessons: str, next_steps: NextSteps, version: int) -> None:
    """End the project, with a next step for each need that it leaves, and tell everyone behind them at once.

    A need that goes on is accepted again, one that does not is declined with its reason, and one that another
    project takes on stays with that. Raises Refused(NEXT_STEP_MISSING) where a need would be left without.
    """
    hold(project)
    same_version(project, version)
    ensure(may_end(ending, phase=project.phase, ended=project.ended_at is not None, lessons=lessons))
    needs = linked_needs(project)
    _check_steps(project, next_steps)
    project.ended_at, project.ending, project.lessons = clock.now(), ending, lessons
    note_move(actor, project, ending=ending, note=lessons)
    db.session.flush()
    phases = queries.leading_phases([need.id for need in needs])
    said = [_conclude(actor, need, project, next_steps.get(need.id), phases[need.id]) for need in needs]
    _announce(project, needs, next_steps, said)


def _check_steps(project: Project, next_steps: NextSteps) -> None:
    open_to: Choices = {tie.need_id: kinds for tie, kinds in step_choices(project)}
    if not next_steps.keys() <= open_to.keys():
        raise Refused(Refusal.CHANGED_MEANWHILE)
    for need_id, kinds in open_to.items():
        ensure(may_take_step(next_steps.get(need_id), open_to=kinds))


def _conclude(
    actor: Actor, need: Need, project: Project, step: NextStep | None, phases: list[Phase]
) -> NeedUpdate | None:
    """Write the project's end on the need, and its next step; returns the line that says the step.

    Of an internal project nothing is said but the step, whose words are written for those behind the need.
    """
    goes_on = step is not None and step.kind is NextStepKind.CONTINUE
    words: LineWords = {"body": step.text if step and goes_on else ""}
    if project.is_public and project.ending:
        words |= {"project_id": project.id, "detail": project.ending.value}
    back, end_line = followed_move(need.state, phases=phases), None
    if back is not None:
        end_line = move(need, back, actor=actor, line=UpdateKind.PROJECT_STOPPED, **words)
    elif project.is_public or goes_on:
        end_line = write_line(need, UpdateKind.PROJECT_STOPPED, actor=actor, **words)
    return _decline(actor, need, step) if step and not goes_on else end_line


def _decline(actor: Actor, need: Need, step: NextStep) -> NeedUpdate:
    need.answer_by, need.case_worker_id = None, actor.id
    return move(
        need,
        Move.DECLINE,
        actor=actor,
        line=UpdateKind.DECLINED,
        body=step.text,
        would_change=step.would_change,
    )


def _announce(project: Project, needs: list[Need], next_steps: NextSteps, said: list[NeedUpdate | None]) -> None:
    """One event for all; each reads what happens with the need that is theirs."""
    told = [need for need in needs if project.is_public or need.id in next_steps]
    if not told or project.ending is None:
        return
    facts: dict[str, Any] = {
        "phase": None,
        "stopped": project.ending is Ending.STOPPED,
        "ending": project.ending.value,
        "project": project_facts(project) if project.is_public else None,
        "note": project.lessons if project.is_public else "",
        "needs": {
            number: named | _step_facts(next_steps.get(int(number))) for number, named in need_facts(*told).items()
        },
    }
    event = announce(
        EventKind.PHASE_CHANGED, about=project.subject, subjects=[need.subject for need in told], facts=facts
    )
    for line in filter(None, said):
        line.event_id = event.id


def _step_facts(step: NextStep | None) -> dict[str, str | None]:
    if step is None:
        return {"next_step": None}
    return {"next_step": step.kind.value, "text": step.text, "would_change": step.would_change}
