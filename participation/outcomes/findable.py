"""What results are found by."""

from collections.abc import Sequence

from sqlalchemy import select

from participation.extensions import db
from participation.outcomes.models import SUBJECT_KIND, Outcome
from participation.outcomes.rules import PUBLIC_STATES
from participation.search import service as search
from participation.search.service import Findable


def index(*outcomes: Outcome) -> None:
    """Let everyone find those that are out, and nobody the others."""
    shown = [outcome for outcome in outcomes if outcome.state in PUBLIC_STATES]
    search.index(SUBJECT_KIND, *(Findable(each.id, each.title, (each.summary, each.body)) for each in shown))
    search.forget(SUBJECT_KIND, *(outcome.id for outcome in outcomes if outcome.state not in PUBLIC_STATES))


def batch(after: int, limit: int) -> Sequence[Outcome]:
    """The results that come next, by their numbers; nobody changes them till the caller commits."""
    query = select(Outcome).where(Outcome.id > after).order_by(Outcome.id).limit(limit).with_for_update()
    return db.session.scalars(query).all()
