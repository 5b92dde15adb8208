"""Reads the needs that a person stands behind, reported or supported, by what has come of them."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select, union

from participation.extensions import db
from participation.needs.models import Need
from participation.needs.rules import NeedState
from participation.outcomes.models import Outcome, OutcomeNeed, UseCheck
from participation.outcomes.rules import PUBLIC_STATES, Verdict
from participation.support.models import Support
from participation.web.pagination import Cursor, Page

NEEDS_A_PAGE = 20
# Nothing more is to come of a need there.
CLOSED = frozenset({NeedState.DECLINED, NeedState.WITHDRAWN})


@dataclass(frozen=True)
class Counts:
    """How many needs in all: those with a result, those that wait for one, and those that ended without one."""

    needs: int
    answered: int
    waiting: int
    still_open: int
    """Of those with a result: how many are not met by it, so that more is to come."""

    @property
    def ended(self) -> int:
        return self.needs - self.answered - self.waiting


def counts(person_id: int) -> Counts:
    is_open, has_result = Need.state.not_in(CLOSED), _has_result()
    row = db.session.execute(
        select(
            func.count(),
            _how_many(has_result),
            _how_many(and_(is_open, ~has_result)),
            _how_many(and_(is_open, has_result, ~_is_met())),
        ).where(_behind(person_id))
    ).one()
    return Counts(*row)


def needs_in_order(person_id: int, *, after: Cursor | None = None) -> Page[int]:
    """A page of their numbers: those with results, then those still open, then those that have ended; newest first."""
    rank = case((_has_result(), 0), (Need.state.in_(CLOSED), 2), else_=1)
    query = select(Need.id, rank).where(_behind(person_id)).order_by(rank, Need.id.desc())
    if after is not None:
        query = query.where(or_(rank > after.value, and_(rank == after.value, Need.id < after.id)))
    rows = db.session.execute(query.limit(NEEDS_A_PAGE + 1)).all()
    shown = rows[:NEEDS_A_PAGE]
    last = Cursor(shown[-1][1], shown[-1].id) if len(rows) > NEEDS_A_PAGE else None
    return Page([row.id for row in shown], last)


def results(person_id: int) -> int:
    """How many published outcomes speak to the needs."""
    told = select(OutcomeNeed.outcome_id).join(Need, Need.id == OutcomeNeed.need_id).where(_behind(person_id))
    public = (Outcome.state.in_(PUBLIC_STATES), Outcome.id.in_(told))
    return db.session.scalar(select(func.count()).select_from(Outcome).where(*public)) or 0


def _behind(person_id: int) -> ColumnElement[bool]:
    """Also their own need, when they have taken back the support that came with reporting it."""
    supported = select(Support.need_id).where(Support.person_id == person_id)
    return Need.id.in_(union(supported, select(Need.id).where(Need.author_id == person_id)))


def _how_many(which: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((which, 1), else_=0)), 0)


def _has_result() -> ColumnElement[bool]:
    return _answers().exists()


def _is_met() -> ColumnElement[bool]:
    """A result that is still in use meets it."""
    ended = select(UseCheck.outcome_id).where(UseCheck.still_in_use.is_(False))
    return _answers().where(OutcomeNeed.verdict == Verdict.MET, Outcome.id.not_in(ended)).exists()


def _answers() -> Select[int]:
    return (
        select(OutcomeNeed.need_id)
        .join(Outcome, Outcome.id == OutcomeNeed.outcome_id)
        .where(OutcomeNeed.need_id == Need.id, Outcome.state.in_(PUBLIC_STATES))
    )
