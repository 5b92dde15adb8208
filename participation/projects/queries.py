"""Reads projects and their links."""

from collections.abc import Iterable, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from participation.extensions import db
from participation.needs.models import Need
from participation.projects.models import NeedLink, Project, ProjectMove
from participation.projects.rules import LEADING_SCOPES, Phase, Visibility

PROJECTS_A_PAGE = 200


def public_projects() -> Sequence[Project]:
    """All projects that anyone may see: those that live, then those that were stopped; last moved first."""
    return db.session.scalars(
        select(Project)
        .where(Project.visibility == Visibility.PUBLIC)
        .order_by(Project.ended_at.is_not(None), Project.moved_at.desc(), Project.id.desc())
        .limit(PROJECTS_A_PAGE)
    ).all()


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


def leading_phases(need_ids: Iterable[int]) -> dict[int, list[Phase]]:
    """For each need, the phases of the live projects that take it on, in whole or in part."""
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
