"""How many have been told of an outcome: counted once a day, so that no page has to."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, ScalarSelect, func, or_, select, update

from participation import clock
from participation.extensions import db
from participation.notifications import queries as notifications
from participation.notifications.models import Delivery, Event
from participation.notifications.rules import DeliveryStatus, EventKind
from participation.outcomes.models import SUBJECT_KIND, Outcome
from participation.outcomes.rules import PUBLIC_STATES
from participation.settings import Settings

# After that the last have been told, on paper too.
COUNTED_FOR_DAYS = 180
# A sum may say who, where it is of fewer.
SHOWN_FROM = 5
_TOLD = (DeliveryStatus.SENT, DeliveryStatus.ON_PAPER)
_KINDS = (EventKind.OUTCOME, EventKind.OUTCOME_CORRECTED)
_ALL_KINDS = (*_KINDS, EventKind.OUTCOME_WITHDRAWN)


def count_told(_settings: Settings) -> None:
    """Set the counts of the outcomes of the last half year, and of those that have none, in one statement."""
    since = clock.now() - timedelta(days=COUNTED_FOR_DAYS)
    db.session.execute(
        update(Outcome)
        .where(Outcome.state.in_(PUBLIC_STATES), or_(Outcome.published_at > since, Outcome.audience_count == 0))
        .values(told_count=_people(Delivery.status.in_(_TOLD)), audience_count=_people())
        .execution_options(synchronize_session=False)
    )


def _people(*which: ColumnElement[bool]) -> ScalarSelect[int]:
    return (
        select(func.count(Delivery.person_id.distinct()))
        .join(Event, Event.id == Delivery.event_id)
        .where(Event.about_kind == SUBJECT_KIND, Event.about_id == Outcome.id, Event.kind.in_(_KINDS), *which)
        .correlate(Outcome)
        .scalar_subquery()
    )


def may_be_shown(outcome: Outcome) -> bool:
    return min(outcome.told_count, outcome.audience_count) >= SHOWN_FROM


@dataclass(frozen=True)
class HowFar:
    told: notifications.Reach
    opened: int
    """How many came to the site from the mails, each person once for the result, a correction and a withdrawal."""


def how_far(outcome: Outcome) -> HowFar:
    """How far all that was told of it has reached: also when it has been put right or withdrawn since."""
    return HowFar(
        notifications.reach(*_ALL_KINDS, about=outcome.subject),
        notifications.opened(*_ALL_KINDS, about=outcome.subject),
    )
