"""Who came to the site from a mail, counted without following anyone: the reader is a mark, and never a name."""

from sqlalchemy import update

from participation.database import insert
from participation.extensions import db
from participation.notifications.marks import read_opening_token
from participation.notifications.models import Event, Opening


def note_opening(token: str) -> bool:
    """Count that the reader of an event's mail opened it on the site; the same reader counts once."""
    held = read_opening_token(token)
    if held is None:
        return False
    event_id, mark = held
    statement = insert(Opening, db.session.get_bind().dialect.name).values(event_id=event_id, mark=mark)
    added = db.session.execute(statement.on_conflict_do_nothing().returning(Opening.event_id)).scalar_one_or_none()
    if added is None:
        return False
    db.session.execute(
        update(Event)
        .where(Event.id == event_id)
        .values(opened=Event.opened + 1)
        .execution_options(synchronize_session=False)
    )
    return True
