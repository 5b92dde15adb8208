"""The figures the pages show, and what the counters should be."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from statistics import median
from typing import Any

from sqlalchemy import func, or_, select

from participation import clock
from participation.comments.models import Comment
from participation.extensions import db
from participation.insights.models import FigureSnapshot
from participation.needs import places, tallies
from participation.needs.models import SUBJECT_KIND as NEED
from participation.needs.models import Need
from participation.needs.rules import NeedState
from participation.notifications.models import Delivery, Event, Opening
from participation.notifications.rules import DeliveryStatus, EventKind
from participation.outcomes.feedback import COUNTERS
from participation.outcomes.models import SUBJECT_KIND as OUTCOME
from participation.outcomes.models import Feedback, Outcome
from participation.outcomes.rules import PUBLIC_STATES
from participation.support.models import Support

SNAPSHOT_ID = 1
EVENT = "event"
TALLY = "tally"
MAP_LEVEL = "map level"
MEASURED_DAYS = 365
ENOUGH_ANSWERED = 5
"""With fewer answers in a theme its median would say more of the single need than of the theme."""


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What the front page and the insight page say, over the last year where a time is meant."""

    needs: int = 0
    supports: int = 0
    answered: int = 0
    answered_in_time: int = 0
    due: int = 0
    """Needs whose first deadline has passed or that have been answered: those that can be in time or not."""
    median_days_to_answer: int | None = None
    median_days_by_theme: dict[str, int | None] = field(default_factory=dict)
    """By the theme's number as text (JSON has no other keys); none where too few are answered to say anything."""
    median_days_by_worker: dict[str, int] = field(default_factory=dict)
    """By the case worker's number as text, of what they have answered. For those who lead, not for all."""
    in_project: int = 0
    testing: int = 0
    in_use: int = 0
    outcomes: int = 0
    told: int = 0
    """Mails that have reached someone with a result."""
    by_state: dict[str, int]

    @property
    def in_time_percent(self) -> int | None:
        return round(100 * self.answered_in_time / self.due) if self.due else None


def figures() -> Figures:
    """The latest figures; worked out on the spot while no worker has done so."""
    snapshot = db.session.get(FigureSnapshot, SNAPSHOT_ID)
    return Figures(**snapshot.values) if snapshot else count_figures()


def count_figures() -> Figures:
    by_state = {
        state.value: count for state, count in db.session.execute(select(Need.state, func.count()).group_by(Need.state))
    }
    return Figures(
        needs=sum(by_state.values()),
        supports=db.session.scalar(select(func.coalesce(func.sum(Need.support_count), 0))) or 0,
        in_project=by_state.get(NeedState.IN_PROJECT, 0),
        testing=by_state.get(NeedState.TESTING, 0),
        in_use=by_state.get(NeedState.IN_USE, 0),
        outcomes=_count(select(func.count()).where(Outcome.state.in_(PUBLIC_STATES))),
        told=_count(
            select(func.count())
            .select_from(Delivery)
            .join(Delivery.event)
            .where(Event.kind == EventKind.OUTCOME, Delivery.status == DeliveryStatus.SENT)
        ),
        by_state=by_state,
        **_answer_times(),
    )


def _count(query: object) -> int:
    return db.session.scalar(query) or 0  # type: ignore[call-overload]


def _answer_times() -> dict[str, Any]:
    since = clock.now() - timedelta(days=MEASURED_DAYS)
    today = clock.today()
    rows = db.session.execute(
        select(Need.created_at, Need.first_answer_at, Need.first_answer_by, Need.theme_id, Need.case_worker_id).where(
            Need.created_at > since,
            Need.state != NeedState.WITHDRAWN,
            or_(Need.first_answer_at.is_not(None), Need.first_answer_by < today),
        )
    ).all()
    answered = [row for row in rows if row.first_answer_at]
    # Who is still waiting past the date has waited until now: leaving them out would flatter us.
    days = [_days_waited(row) for row in rows]
    in_time = [
        row for row in answered if row.first_answer_at.astimezone(clock.MUNICIPAL_TIME).date() <= row.first_answer_by
    ]
    return {
        "due": len(rows),
        "answered": len(answered),
        "answered_in_time": len(in_time),
        "median_days_to_answer": round(median(days)) if days else None,
        "median_days_by_theme": {theme: _median_of_enough(some) for theme, some in _by(rows, "theme_id").items()},
        "median_days_by_worker": {
            worker: round(median(_days_waited(row) for row in some))
            for worker, some in _by(answered, "case_worker_id").items()
        },
    }


def _days_waited(row: Any) -> int:
    waited: timedelta = (row.first_answer_at or clock.now()) - row.created_at
    return waited.days


def _by(rows: Iterable[Any], name: str) -> dict[str, list[Any]]:
    groups: defaultdict[str, list[Any]] = defaultdict(list)
    for row in rows:
        if getattr(row, name) is not None:
            groups[str(getattr(row, name))].append(row)
    return dict(groups)


def _median_of_enough(rows: Sequence[Any]) -> int | None:
    if sum(row.first_answer_at is not None for row in rows) < ENOUGH_ANSWERED:
        return None
    return round(median(_days_waited(row) for row in rows))


@dataclass(frozen=True)
class Drift:
    """A counter of a need, an outcome or an event, by its number; or of needs, by their theme, area and state."""

    kind: str
    id: int | str
    counter: str
    stored: int
    counted: int


def drift() -> Sequence[Drift]:
    """Where a stored counter differs from the rows it stands for. There must be none."""
    return [*_needs_drift(), *_outcomes_drift(), *_events_drift(), *_tallies_drift(), *_map_drift()]


def _needs_drift() -> Iterator[Drift]:
    supports = select(Support.need_id, func.count().label("n")).group_by(Support.need_id).subquery()
    comments = select(Comment.need_id, func.count().label("n")).group_by(Comment.need_id).subquery()
    supported, commented = func.coalesce(supports.c.n, 0), func.coalesce(comments.c.n, 0)
    rows = db.session.execute(
        select(Need.id, Need.support_count, supported, Need.comment_count, commented)
        .outerjoin(supports, supports.c.need_id == Need.id)
        .outerjoin(comments, comments.c.need_id == Need.id)
        .where(or_(Need.support_count != supported, Need.comment_count != commented))
    )
    for need_id, support_count, support_rows, comment_count, comment_rows in rows:
        if support_count != support_rows:
            yield Drift(NEED, need_id, "support_count", support_count, support_rows)
        if comment_count != comment_rows:
            yield Drift(NEED, need_id, "comment_count", comment_count, comment_rows)


def _outcomes_drift() -> Iterator[Drift]:
    for helped, counter in COUNTERS.items():
        answers = select(Feedback.outcome_id, func.count().label("n")).where(Feedback.helped == helped)
        counted = answers.group_by(Feedback.outcome_id).subquery()
        rows_behind = func.coalesce(counted.c.n, 0)
        rows = db.session.execute(
            select(Outcome.id, counter, rows_behind)
            .outerjoin(counted, counted.c.outcome_id == Outcome.id)
            .where(counter != rows_behind)
        )
        for outcome_id, stored, found in rows:
            yield Drift(OUTCOME, outcome_id, counter.key, stored, found)


def _map_drift() -> Iterator[Drift]:
    for level, differ in places.drifted():
        yield Drift(MAP_LEVEL, level, "cells that differ", differ, 0)


def _events_drift() -> Iterator[Drift]:
    openings = select(Opening.event_id, func.count().label("n")).group_by(Opening.event_id).subquery()
    counted = func.coalesce(openings.c.n, 0)
    rows = db.session.execute(
        select(Event.id, Event.opened, counted)
        .outerjoin(openings, openings.c.event_id == Event.id)
        .where(Event.opened != counted)
    )
    for event_id, stored, found in rows:
        yield Drift(EVENT, event_id, Event.opened.key, stored, found)


def _tallies_drift() -> Iterator[Drift]:
    for (theme_id, area_id, state), stored, counted in tallies.drift():
        yield Drift(TALLY, f"{theme_id}/{area_id}/{state}", "needs", stored, counted)
