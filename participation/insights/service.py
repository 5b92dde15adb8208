"""Takes the figures, and mends counters that have drifted."""

from dataclasses import asdict

from sqlalchemy import update

from participation import clock
from participation.database import insert
from participation.extensions import db
from participation.insights.models import FigureSnapshot
from participation.insights.queries import SNAPSHOT_ID, Drift, count_figures
from participation.needs.models import SUBJECT_KIND as NEED
from participation.needs.models import Need
from participation.outcomes.models import Outcome


def take_figures() -> None:
    """Work the figures out and keep them; many workers at once do no harm."""
    row = {"taken_at": clock.now(), "values": asdict(count_figures())}
    statement = insert(FigureSnapshot, db.session.get_bind().dialect.name).values(id=SNAPSHOT_ID, **row)
    db.session.execute(statement.on_conflict_do_update(index_elements=["id"], set_=row))


def mend(found: Drift) -> None:
    """Set a counter to what its rows say."""
    table: type[Need] | type[Outcome] = Need if found.kind == NEED else Outcome
    db.session.execute(update(table).where(table.id == found.id).values({found.counter: found.counted}))
