"""What needs are found by."""

from collections.abc import Sequence

from sqlalchemy import select

from participation.extensions import db
from participation.needs.models import SUBJECT_KIND, Area, Need, Theme
from participation.needs.rules import NOT_LISTED
from participation.search import service as search
from participation.search.service import Findable

BATCH = 100


def index(*needs: Need) -> None:
    """Let everyone find those that are for all to see, by their words and their place; and nobody the others."""
    shown = [need for need in needs if need.state not in NOT_LISTED]
    search.index(SUBJECT_KIND, *(_findable(need) for need in shown))
    search.forget(SUBJECT_KIND, *(need.id for need in needs if need.state in NOT_LISTED))


def _findable(need: Need) -> Findable:
    area, theme = db.session.get_one(Area, need.area_id), db.session.get_one(Theme, need.theme_id)
    words = (need.description, need.affected, need.solution, need.place, need.reference)
    return Findable(need.id, need.title, words, context=(area.name, theme.nb, theme.nn))


def index_all_of(entry: Theme | Area) -> None:
    """Let the needs of a theme or an area be found by the name it has now."""
    column = Need.theme_id if isinstance(entry, Theme) else Need.area_id
    last = 0
    while rows := db.session.scalars(
        select(Need).where(column == entry.id, Need.id > last).order_by(Need.id).limit(BATCH)
    ).all():
        index(*rows)
        last = rows[-1].id


def batch(after: int, limit: int) -> Sequence[Need]:
    """The needs that come next, by their numbers; nobody changes them till the caller commits."""
    query = select(Need).where(Need.id > after).order_by(Need.id).limit(limit).with_for_update()
    return db.session.scalars(query).all()
