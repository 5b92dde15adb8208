"""Indexes everything that can be found anew, after another analysis."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from participation.audit import queries as audit_queries
from participation.audit import service as audit
from participation.audit.models import REINDEXED
from participation.comments import findable as comments
from participation.comments.models import SUBJECT_KIND as COMMENT
from participation.comments.models import Comment
from participation.extensions import db
from participation.needs import findable as needs
from participation.needs.models import SUBJECT_KIND as NEED
from participation.needs.models import Need
from participation.outcomes import findable as outcomes
from participation.outcomes.models import SUBJECT_KIND as OUTCOME
from participation.outcomes.models import Outcome
from participation.projects import findable as projects
from participation.projects.models import SUBJECT_KIND as PROJECT
from participation.projects.models import Project
from participation.search import service as search
from participation.search.analysis import VERSION

BATCH = 100
_DONE = f"{REINDEXED}{VERSION}"
Say = Callable[[str, int, int], None]
"""Told of the kind, how many of it are done, and how many there are."""


@dataclass(frozen=True)
class Source:
    """A kind of thing that can be found."""

    kind: str
    table: type[Any]
    batch: Callable[[int, int], Sequence[Any]]
    index: Callable[..., None]


SOURCES = (
    Source(NEED, Need, needs.batch, needs.index),
    Source(PROJECT, Project, projects.batch, projects.index),
    Source(OUTCOME, Outcome, outcomes.batch, outcomes.index),
    Source(COMMENT, Comment, comments.batch, comments.index),
)


def reindex(say: Say = lambda _kind, _done, _all: None) -> None:
    """Index all there is, committing on the way: what is found meanwhile is found by the one analysis or the other.

    Begun again after it was stopped, it begins from the start, and ends with the same.
    """
    audit.mark_undone(REINDEXED)
    search.forget_words()
    db.session.commit()
    for source in SOURCES:
        _reindex(source, say)
    audit.mark_done(_DONE)
    db.session.commit()


def _reindex(source: Source, say: Say) -> None:
    count = db.session.scalar(select(func.count()).select_from(source.table)) or 0
    done, last = 0, 0
    while rows := source.batch(last, BATCH):
        source.index(*rows)
        done, last = done + len(rows), rows[-1].id
        db.session.commit()
        db.session.expunge_all()
        say(source.kind, done, count)


def reindex_if_needed() -> None:
    """For the worker: a new analysis, and a database from before it, need no one to remember the command."""
    if _DONE not in audit_queries.last_done():
        reindex()
    db.session.rollback()
