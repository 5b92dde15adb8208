"""Takes the figures, and mends counters that have drifted."""

from dataclasses import asdict

from sqlalchemy import update

from participation import clock
from participation.database import insert
from participation.extensions import db
from participation.insights.models import FigureSnapshot
from participation.insights.queries import EVENT, MAP_LEVEL, SNAPSHOT_ID, TALLY, Drift, count_figures
from participation.needs import places, tallies
from participation.needs.models import SUBJECT_KIND as NEED
from participation.needs.models import Need
from participation.notifications.models import Event
from participation.outcomes.models import SUBJECT_KIND as OUTCOME
from participation.outcomes.models import Outcome

_TABLES: dict[str, type[Need] | type[Outcome] | type[Event]] = {NEED: Need, OUTCOME: Outcome, EVENT: Event}


def take_figures() -> None:
    """Work the figures out and keep them; many workers at once do no harm."""
    row = {"taken_at": clock.now(), "values": asdict(count_figures())}
    statement = insert(FigureSnapshot, db.session.get_bind().dialect.name).values(id=SNAPSHOT_ID, **row)
    db.session.execute(statement.on_conflict_do_update(index_elements=["id"], set_=row))


def mend(found: Drift) -> None:
    """Set a counter to what its rows say; of the tallies, and of a level of the map, all at once."""
    if found.kind == TALLY:
        tallies.count_anew()
        return
    if found.kind == MAP_LEVEL:
        places.recount(int(found.id))
        return
    table = _TABLES[found.kind]
    db.session.execute(update(table).where(table.id == found.id).values({found.counter: found.counted}))
