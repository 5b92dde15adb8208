"""Plans a project: the day each phase is meant to begin, and the milestones on the way."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete

from participation import clock
from participation.audit import service as audit
from participation.extensions import db
from participation.permissions import Actor
from participation.projects.models import SUBJECT_KIND, Milestone, PhasePlan, Project
from participation.projects.rules import Phase, may_delete_milestone, may_plan, may_reach
from participation.projects.service import hold, renew, same_version, tell
from participation.refusals import Refusal, Refused, ensure


@dataclass(frozen=True, kw_only=True)
class MilestoneText:
    title: str
    planned_on: date
    note: str
    is_public: bool


def plan_phases(actor: Actor, *, project: Project, dates: Mapping[Phase, date], version: int) -> None:
    """Set the days that phases are meant to begin; a phase without one is open."""
    hold(project)
    same_version(project, version)
    ensure(may_plan(dates, ended=project.ended_at is not None))
    db.session.execute(delete(PhasePlan).where(PhasePlan.project_id == project.id))
    db.session.add_all(PhasePlan(project_id=project.id, phase=phase, begins_on=day) for phase, day in dates.items())
    renew(project)
    days = {phase.value: day.isoformat() for phase, day in dates.items()}
    audit.record("planned", actor_id=actor.id, kind=SUBJECT_KIND, object_id=project.id, days=days)


def add_milestone(actor: Actor, *, project: Project, words: MilestoneText, version: int) -> Milestone:
    hold(project)
    same_version(project, version)
    _check_live(project)
    milestone = Milestone(project_id=project.id, **vars(words))
    db.session.add(milestone)
    renew(project)
    db.session.flush()
    _record("milestone_added", actor, milestone)
    return milestone


def change_milestone(actor: Actor, *, milestone: Milestone, words: MilestoneText, version: int) -> None:
    _check_live(_project_of(milestone, version))
    for name, value in vars(words).items():
        setattr(milestone, name, value)
    _record("milestone_changed", actor, milestone)


def reach_milestone(
    actor: Actor, *, milestone: Milestone, reached_on: date, note: str, version: int, telling: bool = False
) -> None:
    """Mark it as reached. `telling` also writes it as news to everyone behind the needs, where it is public."""
    project = _project_of(milestone, version)
    ensure(may_reach(reached_on, today=clock.today(), ended=project.ended_at is not None))
    milestone.reached_on, milestone.note = reached_on, note
    _record("milestone_reached", actor, milestone)
    if telling and milestone.is_public:
        body = f"**{milestone.title}**\n\n{note}".strip()
        tell(actor, project=project, body=body, version=project.version)


def delete_milestone(actor: Actor, *, milestone: Milestone, version: int) -> None:
    project = _project_of(milestone, version)
    reached, ended = milestone.reached_on is not None, project.ended_at is not None
    ensure(may_delete_milestone(reached=reached, ended=ended))
    _record("milestone_deleted", actor, milestone)
    db.session.delete(milestone)


def _project_of(milestone: Milestone, version: int) -> Project:
    """Its project, held."""
    project = db.session.get_one(Project, milestone.project_id)
    hold(project)
    if milestone.version != version:
        raise Refused(Refusal.CHANGED_MEANWHILE)
    return project


def _check_live(project: Project) -> None:
    if project.ended_at is not None:
        raise Refused(Refusal.PROJECT_ENDED)


def _record(action: str, actor: Actor, milestone: Milestone) -> None:
    audit.record(
        action,
        actor_id=actor.id,
        kind=SUBJECT_KIND,
        object_id=milestone.project_id,
        milestone=milestone.id,
        title=milestone.title,
    )
