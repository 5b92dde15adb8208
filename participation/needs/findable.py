"""What needs are found by."""

from collections.abc import Sequence

from sqlalchemy import select

from participation.extensions import db
from participation.needs.models import SUBJECT_KIND, Area, Need, Theme
from participation.needs.rules import NOT_LISTED
from participation.search import service as search
from participation.search.service import Findable


def index(*needs: Need) -> None:
    """Let everyone find those that are for all to see, by their words and their place; and nobody the others."""
    shown = [need for need in needs if need.state not in NOT_LISTED]
    search.index(SUBJECT_KIND, *(_findable(need) for need in shown))
    search.forget(SUBJECT_KIND, *(need.id for need in needs if need.state in NOT_LISTED))


def _findable(need: Need) -> Findable:
    area, theme = db.session.get_one(Area, need.area_id), db.session.get_one(Theme, need.theme_id)
    words = (need.description, need.affected, need.solution, need.place, need.reference)
    return Findable(need.id, need.title, words, context=(area.name, theme.nb, theme.nn))


def batch(after: int, limit: int) -> Sequence[Need]:
    """The needs that come next, by their numbers; nobody changes them till the caller commits."""
    query = select(Need).where(Need.id > after).order_by(Need.id).limit(limit).with_for_update()
    return db.session.scalars(query).all()
