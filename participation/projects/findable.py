"""What projects are found by."""

from collections.abc import Sequence

from sqlalchemy import select

from participation.extensions import db
from participation.projects.models import SUBJECT_KIND, Project
from participation.search import service as search
from participation.search.service import Findable


def index(*projects: Project) -> None:
    """Let everyone find those that are public, and nobody the others."""
    shown = [project for project in projects if project.is_public]
    search.index(SUBJECT_KIND, *(Findable(each.id, each.title, (each.summary, each.purpose)) for each in shown))
    search.forget(SUBJECT_KIND, *(project.id for project in projects if not project.is_public))


def batch(after: int, limit: int) -> Sequence[Project]:
    """The projects that come next, by their numbers; nobody changes them till the caller commits."""
    query = select(Project).where(Project.id > after).order_by(Project.id).limit(limit).with_for_update()
    return db.session.scalars(query).all()
