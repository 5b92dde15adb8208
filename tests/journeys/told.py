"""Whether everyone was told of everything, and nothing twice."""

from collections import Counter

from sqlalchemy import select

from participation.accounts.models import Person
from participation.extensions import db
from participation.notifications.marks import mail_key
from participation.notifications.models import Delivery, Event
from participation.notifications.rules import DeliveryStatus, EventKind
from tests.journeys.service import Service
from tests.journeys.waiting import wait_until

MAIL_SECONDS = 90


def wait_until_all_is_sent(service: Service) -> None:
    wait_until(
        lambda: not _waiting(service),
        within_seconds=MAIL_SECONDS,
        what=lambda: f"{_waiting(service)} mails to leave",
    )


def _waiting(service: Service) -> int:
    with service.app.app_context():
        waiting = select(Delivery.event_id).where(Delivery.status == DeliveryStatus.PENDING)
        return len(db.session.scalars(waiting).all())


def mails_by_kind(service: Service, address: str) -> Counter[EventKind]:
    """How many mails have come to the address of each kind of event; each must be one that was to come."""
    with service.app.app_context():
        rows = db.session.execute(
            select(Event.kind, Event.id, Person.id)
            .join(Delivery, Delivery.event_id == Event.id)
            .join(Person, Person.id == Delivery.person_id)
            .where(Person.email == address)
        ).all()
        kinds = {f"<{mail_key([event], person_id=person)}@127.0.0.1>": kind for kind, event, person in rows}
    notices = [mail for mail in service.sink.to(address) if mail.message["List-Unsubscribe"]]
    return Counter(kinds[mail.message_id] for mail in notices)


def nothing_went_wrong(service: Service) -> None:
    """No counter is adrift, and nothing is in the logs that somebody should have seen."""
    recounted = service.flask("recount")
    assert recounted.returncode == 0, recounted.stdout
    for name in ("web", "worker"):
        log = (service.folder / f"{name}.log").read_text()
        assert "Traceback" not in log, log
        assert '"level": "error"' not in log, log
