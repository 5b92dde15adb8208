"""Reads projects and their links."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import String, and_, cast, func, or_, select
from sqlalchemy.orm import joinedload

from participation import clock
from participation.extensions import db
from participation.needs.models import Need, NeedUpdate
from participation.needs.rules import UpdateKind
from participation.notifications.models import Event
from participation.projects.models import (
    SUBJECT_KIND,
    Measurement,
    Milestone,
    NeedLink,
    PhasePlan,
    Project,
    ProjectIndicator,
    ProjectMember,
    ProjectMove,
    ProjectNote,
)
from participation.projects.rules import LEADING_SCOPES, Ending, Phase, Principle, Visibility
from participation.projects.schedule import Schedule, schedule

PROJECTS_A_PAGE = 200
LESSONS_A_PAGE = 20
NOTES_A_PAGE = 20


def public_projects() -> Sequence[Project]:
    """All projects that anyone may see: those that live, then those that were stopped; last moved first."""
    return db.session.scalars(
        select(Project)
        .where(Project.visibility == Visibility.PUBLIC)
        .order_by(Project.ended_at.is_not(None), Project.moved_at.desc(), Project.id.desc())
        .limit(PROJECTS_A_PAGE)
    ).all()


def public_by_id(numbers: Sequence[int]) -> Sequence[Project]:
    """Of these projects the public ones, in this order."""
    query = select(Project).where(Project.id.in_(numbers), Project.visibility == Visibility.PUBLIC)
    rows = {project.id: project for project in db.session.scalars(query)}
    return [rows[number] for number in numbers if number in rows]


def all_projects() -> Sequence[Project]:
    return db.session.scalars(
        select(Project)
        .order_by(Project.ended_at.is_not(None), Project.moved_at.desc(), Project.id.desc())
        .limit(PROJECTS_A_PAGE)
    ).all()


def live_projects() -> Sequence[Project]:
    return db.session.scalars(select(Project).where(Project.ended_at.is_(None)).order_by(Project.title)).all()


def project(project_id: int) -> Project | None:
    return db.session.get(Project, project_id)


def project_of_form(submission_key: str | None) -> Project | None:
    """The project that a form sent before has made."""
    if submission_key is None:
        return None
    return db.session.scalar(select(Project).where(Project.submission_key == submission_key))


def moves(project_id: int) -> Sequence[ProjectMove]:
    """The project's way, oldest first."""
    return db.session.scalars(
        select(ProjectMove)
        .where(ProjectMove.project_id == project_id)
        .options(joinedload(ProjectMove.actor))
        .order_by(ProjectMove.id)
    ).all()


def links_of_project(project_id: int, *, ended: bool = False) -> Sequence[NeedLink]:
    """The project's live links with their needs; the ended ones instead when asked for."""
    return db.session.scalars(
        select(NeedLink)
        .where(NeedLink.project_id == project_id)
        .where(NeedLink.ended_at.is_not(None) if ended else NeedLink.ended_at.is_(None))
        .options(joinedload(NeedLink.need).joinedload(Need.theme), joinedload(NeedLink.need).joinedload(Need.area))
        .order_by(NeedLink.id)
    ).all()


def has_ever_been_linked(project_id: int) -> bool:
    return db.session.scalar(select(NeedLink.id).where(NeedLink.project_id == project_id).limit(1)) is not None


def links_of_need(need_id: int) -> Sequence[NeedLink]:
    """The need's links, live ones first, with their projects; an internal one is the page's to keep to staff."""
    return db.session.scalars(
        select(NeedLink)
        .where(NeedLink.need_id == need_id)
        .options(joinedload(NeedLink.project))
        .order_by(NeedLink.ended_at.is_not(None), NeedLink.id)
    ).all()


def public_projects_of_needs(need_ids: Iterable[int]) -> dict[int, list[Project]]:
    """For each of the needs that has any: the public projects linked to it now, oldest link first."""
    rows = db.session.execute(
        select(NeedLink.need_id, Project)
        .join(Project, Project.id == NeedLink.project_id)
        .where(
            NeedLink.need_id.in_(list(need_ids)),
            NeedLink.ended_at.is_(None),
            Project.visibility == Visibility.PUBLIC,
        )
        .order_by(NeedLink.id)
    )
    projects: dict[int, list[Project]] = {}
    for need_id, linked in rows:
        projects.setdefault(need_id, []).append(linked)
    return projects


def leading_phases(need_ids: Iterable[int], *, besides: int | None = None) -> dict[int, list[Phase]]:
    """For each need, the phases of the live projects that take it on, in whole or in part; but of one, if named."""
    wanted = list(need_ids)
    phases: dict[int, list[Phase]] = {number: [] for number in wanted}
    rows = db.session.execute(
        select(NeedLink.need_id, Project.phase)
        .join(Project, Project.id == NeedLink.project_id)
        .where(
            NeedLink.need_id.in_(wanted),
            NeedLink.ended_at.is_(None),
            NeedLink.scope.in_(list(LEADING_SCOPES)),
            Project.ended_at.is_(None),
            Project.id != (besides or 0),
        )
    )
    for need_id, phase in rows:
        phases[need_id].append(phase)
    return phases


def live_link(project_id: int, *, need_id: int) -> NeedLink | None:
    return db.session.scalar(
        select(NeedLink).where(
            NeedLink.project_id == project_id, NeedLink.need_id == need_id, NeedLink.ended_at.is_(None)
        )
    )


def link(link_id: int) -> NeedLink | None:
    return db.session.scalar(
        select(NeedLink).where(NeedLink.id == link_id).options(joinedload(NeedLink.project), joinedload(NeedLink.need))
    )


def need_counts(project_ids: Iterable[int]) -> dict[int, tuple[int, int]]:
    """For each project that has any: how many needs it is linked to now, and the sum of their supports."""
    rows = db.session.execute(
        select(NeedLink.project_id, func.count(), func.sum(Need.support_count))
        .join(Need, Need.id == NeedLink.need_id)
        .where(NeedLink.project_id.in_(list(project_ids)), NeedLink.ended_at.is_(None))
        .group_by(NeedLink.project_id)
    )
    return {project_id: (count, int(supports)) for project_id, count, supports in rows}


def news(project_id: int, *, need_ids: Iterable[int]) -> Sequence[NeedUpdate]:
    """What the project has written to those behind its needs, once for each telling."""
    lines = db.session.scalars(
        select(NeedUpdate)
        .where(
            NeedUpdate.need_id.in_(list(need_ids)),
            NeedUpdate.kind == UpdateKind.NEWS,
            NeedUpdate.project_id == project_id,
        )
        .order_by(NeedUpdate.id)
    )
    return list({line.body: line for line in lines}.values())


def next_steps(ties: Collection[NeedLink]) -> dict[tuple[int, int], NeedUpdate]:
    """By ended project and need: the line that says what happens with the need now, or why nothing does."""
    needs, numbers = {tie.need_id for tie in ties}, {tie.project_id for tie in ties}
    told_of = and_(Event.id == NeedUpdate.event_id, Event.about_kind == SUBJECT_KIND, Event.about_id.in_(numbers))
    goes_on = and_(NeedUpdate.kind == UpdateKind.PROJECT_STOPPED, NeedUpdate.project_id.in_(numbers))
    is_no = and_(NeedUpdate.kind == UpdateKind.DECLINED, Event.id.is_not(None))
    rows = db.session.execute(
        select(NeedUpdate, Event.about_id)
        .outerjoin(Event, told_of)
        .where(NeedUpdate.need_id.in_(needs), or_(goes_on, is_no), NeedUpdate.body != "")
        .order_by(NeedUpdate.id)
    )
    return {(about or line.project_id or 0, line.need_id): line for line, about in rows}


def planned_days(project_id: int) -> dict[Phase, date]:
    """The days that the project's phases are meant to begin."""
    rows = db.session.scalars(select(PhasePlan).where(PhasePlan.project_id == project_id))
    return {plan.phase: plan.begins_on for plan in rows}


def schedule_of(project: Project, moves: Iterable[ProjectMove]) -> Schedule:
    """The project's plan beside how it went."""
    return schedule(
        planned_days(project.id),
        [(move.phase, clock.day_of(move.at)) for move in moves],
        today=clock.today(),
        ended=clock.day_of(project.ended_at) if project.ended_at else None,
    )


def milestones(project_id: int, *, only_public: bool = False) -> Sequence[Milestone]:
    """The project's milestones by the day they are planned for."""
    query = select(Milestone).where(Milestone.project_id == project_id)
    if only_public:
        query = query.where(Milestone.is_public)
    return db.session.scalars(query.order_by(Milestone.planned_on, Milestone.id)).all()


def milestone(milestone_id: int) -> Milestone | None:
    return db.session.get(Milestone, milestone_id)


def indicators(project_id: int) -> Sequence[ProjectIndicator]:
    """The figures the project means to change, with how they were before and all that has been measured since."""
    return db.session.scalars(
        select(ProjectIndicator).where(ProjectIndicator.project_id == project_id).order_by(ProjectIndicator.id)
    ).all()


def indicator(indicator_id: int) -> ProjectIndicator | None:
    return db.session.get(ProjectIndicator, indicator_id)


def measurement(measurement_id: int) -> Measurement | None:
    return db.session.get(Measurement, measurement_id)


def team(project_id: int) -> Sequence[ProjectMember]:
    return db.session.scalars(
        select(ProjectMember)
        .where(ProjectMember.project_id == project_id)
        .options(joinedload(ProjectMember.person))
        .order_by(ProjectMember.part, ProjectMember.person_id)
    ).all()


def is_in_team(project_id: int, *, person_id: int) -> bool:
    return db.session.get(ProjectMember, (project_id, person_id)) is not None


def notes(project_id: int, *, before: int | None = None) -> tuple[Sequence[ProjectNote], int | None]:
    """A page of the notes, newest first, and the number that the next page begins before, if there is one."""
    query = select(ProjectNote).where(ProjectNote.project_id == project_id).options(joinedload(ProjectNote.author))
    if before is not None:
        query = query.where(ProjectNote.id < before)
    rows = db.session.scalars(query.order_by(ProjectNote.id.desc()).limit(NOTES_A_PAGE + 1)).all()
    shown = rows[:NOTES_A_PAGE]
    return shown, shown[-1].id if len(rows) > NOTES_A_PAGE else None


def note_of_form(submission_key: str | None) -> ProjectNote | None:
    """The note that a form sent before has made."""
    if submission_key is None:
        return None
    return db.session.scalar(select(ProjectNote).where(ProjectNote.submission_key == submission_key))


@dataclass(frozen=True, kw_only=True)
class LessonFilter:
    """Which ended projects to learn from."""

    ending: Ending | None = None
    principle: Principle | None = None
    theme_id: int | None = None


def lessons(wanted: LessonFilter, *, after: int | None = None) -> tuple[Sequence[Project], int | None]:
    """A page of the ended projects that anyone may learn from, last ended first, and the last of it if more follow."""
    query = select(Project).where(Project.visibility == Visibility.PUBLIC, Project.ended_at.is_not(None))
    if wanted.ending:
        query = query.where(Project.ending == wanted.ending)
    if wanted.principle:
        # The list is kept as JSON text on both databases, with each word in quotes.
        query = query.where(cast(Project.principles, String).contains(f'"{wanted.principle.value}"'))
    if wanted.theme_id:
        themed = select(NeedLink.project_id).join(Need, Need.id == NeedLink.need_id)
        query = query.where(Project.id.in_(themed.where(Need.theme_id == wanted.theme_id)))
    if after is not None:
        last = select(Project.ended_at).where(Project.id == after).scalar_subquery()
        query = query.where(or_(Project.ended_at < last, and_(Project.ended_at == last, Project.id < after)))
    rows = db.session.scalars(
        query.order_by(Project.ended_at.desc(), Project.id.desc()).limit(LESSONS_A_PAGE + 1)
    ).all()
    shown = rows[:LESSONS_A_PAGE]
    return shown, shown[-1].id if len(rows) > LESSONS_A_PAGE else None


def needs_of_projects(project_ids: Iterable[int]) -> dict[int, list[NeedLink]]:
    """For each project that has any: its live ties, with the needs as they stand today."""
    rows = db.session.scalars(
        select(NeedLink)
        .where(NeedLink.project_id.in_(list(project_ids)), NeedLink.ended_at.is_(None))
        .options(joinedload(NeedLink.need))
        .order_by(NeedLink.id)
    )
    ties: dict[int, list[NeedLink]] = {}
    for tie in rows:
        ties.setdefault(tie.project_id, []).append(tie)
    return ties
