"""What has been told, and what is yet to be, when two accounts become one: once, and to the right address."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from participation import clock
from participation.accounts import service as accounts
from participation.accounts.models import Person
from participation.extensions import db
from participation.needs import answers
from participation.needs.models import Need
from participation.notifications import bounces
from participation.notifications.delivery import send_pending
from participation.notifications.marks import unsubscribe_token
from participation.notifications.models import Bounce, Delivery, LetterBatch
from participation.notifications.rules import DeliveryStatus, EventKind, Reason
from participation.notifications.service import announce, subscribe
from participation.privacy.uniting import gather_late_deliveries
from participation.settings import Settings
from participation.support import service as support
from participation.worker.jobs import send_notices
from tests.factories import make_need
from tests.integration.picky_sink import PickySink
from tests.journeys.mail_sink import KeptMail
from tests.merging import make_one, merge_by_number

Named = Callable[[str], Person]
NOBODY_TOLD: dict[str, Any] = {"subjects": [], "facts": {}}


@pytest.mark.parametrize(
    ("kepts", "gones", "stays"),
    [
        (DeliveryStatus.PENDING, DeliveryStatus.SENT, DeliveryStatus.SENT),
        (DeliveryStatus.SENT, DeliveryStatus.PENDING, DeliveryStatus.SENT),
        (DeliveryStatus.UNREACHABLE, DeliveryStatus.ON_PAPER, DeliveryStatus.ON_PAPER),
        (DeliveryStatus.OPTED_OUT, DeliveryStatus.PENDING, DeliveryStatus.PENDING),
        (DeliveryStatus.FAILED, DeliveryStatus.FAILED, DeliveryStatus.FAILED),
        (None, DeliveryStatus.PENDING, DeliveryStatus.PENDING),
        (None, DeliveryStatus.SENT, DeliveryStatus.SENT),
    ],
)
def test_of_two_deliveries_the_one_that_says_more_stays(
    person: Named, kepts: DeliveryStatus | None, gones: DeliveryStatus, stays: DeliveryStatus
) -> None:
    kari, kari2 = person("Kari"), person("Kari to")
    event = announce(EventKind.NEWS, about=make_need(person("Astrid")).subject, **NOBODY_TOLD)
    for each, status in ((kari, kepts), (kari2, gones)):
        if status is not None:
            db.session.add(delivery(event.id, each, status))
    db.session.commit()
    make_one(kari, kari2)
    rows = db.session.execute(select(Delivery.person_id, Delivery.status).where(Delivery.event_id == event.id)).all()
    assert [tuple(row) for row in rows] == [(kari.id, stays)]


def delivery(event_id: int, person: Person, status: DeliveryStatus) -> Delivery:
    return Delivery(
        event_id=event_id, person_id=person.id, reason=Reason.FOLLOWER, status=status, next_attempt_at=clock.now()
    )


def test_a_letter_that_is_made_may_have_been_posted_and_is_not_told_by_mail_too(person: Named) -> None:
    kari, kari2, cecilie = person("Kari"), person("Kari to"), person("Cecilie")
    event = announce(EventKind.NEWS, about=make_need(person("Astrid")).subject, **NOBODY_TOLD)
    batch = LetterBatch(made_at=clock.now(), made_by=cecilie.id)
    db.session.add(batch)
    db.session.flush()
    in_letter = delivery(event.id, kari2, DeliveryStatus.UNREACHABLE)
    in_letter.letter_batch_id = batch.id
    db.session.add_all([in_letter, delivery(event.id, kari, DeliveryStatus.PENDING)])
    db.session.commit()
    make_one(kari, kari2)
    rows = db.session.scalars(select(Delivery).where(Delivery.event_id == event.id)).all()
    assert [(row.person_id, row.status, row.letter_batch_id) for row in rows] == [
        (kari.id, DeliveryStatus.UNREACHABLE, batch.id)
    ]


def test_what_waits_is_sent_once_and_to_the_address_that_is_kept(
    person: Named, settings: Settings, sink: PickySink
) -> None:
    astrid, cecilie, kari, kari2 = person("Astrid"), person("Cecilie"), person("Kari"), person("Kari to")
    need = make_need(astrid)
    for each in (kari, kari2):
        support.support(each.actor, need=need)
    answers.accept(cecilie.actor, need=need, body="Vi ser på det.", version=need.version)
    db.session.commit()
    make_one(kari, kari2)
    send_notices(settings)
    assert sorted(mail.to for mail in sink.mails if mail.to.startswith("kari")) == ["kari@example.org"]


def test_a_mail_under_way_when_its_reader_is_merged_is_not_sent_again(
    person: Named, settings: Settings, sink: PickySink, ctx: Flask
) -> None:
    astrid, kari, kari2 = person("Astrid"), person("Kari"), person("Kari to")
    need = make_need(astrid)
    send_notices(settings)
    subscribe(kari2.id, subject=need.subject, reason=Reason.FOLLOWER)
    announce(
        EventKind.RECEIVED, about=need.subject, subjects=[need.subject], facts=facts_of(need), reasons=[Reason.FOLLOWER]
    )
    db.session.commit()
    kept, gone = kari.id, kari2.id

    def merge_meanwhile(_mail: KeptMail) -> None:
        with ctx.app_context():
            merge_by_number(kept, gone)
            db.session.commit()

    sink.before_accepting = merge_meanwhile
    assert send_pending(settings) == 1
    sink.before_accepting = None
    with clock.travel(clock.now() + timedelta(days=2)):
        assert send_notices(settings) == 0
    assert [mail.to for mail in sink.mails if mail.to.startswith("kari")] == ["kari.to@example.org"]
    assert db.session.scalars(select(Delivery.status).where(Delivery.person_id == kept)).all() == [DeliveryStatus.SENT]


def facts_of(need: Need) -> dict[str, Any]:
    about = {str(need.id): {"id": need.id, "reference": need.reference, "title": need.title}}
    return {"needs": about, "answer_by": clock.today().isoformat()}


def test_what_was_announced_in_the_moment_of_the_merge_reaches_the_one_that_is_left(
    person: Named, settings: Settings, sink: PickySink
) -> None:
    kari, kari2 = person("Kari"), person("Kari to")
    need = make_need(person("Astrid"))
    make_one(kari, kari2)
    event = announce(
        EventKind.RECEIVED, about=need.subject, subjects=[need.subject], facts=facts_of(need), reasons=[Reason.STAFF]
    )
    db.session.add(delivery(event.id, kari2, DeliveryStatus.PENDING))
    db.session.commit()
    send_notices(settings)
    assert "kari@example.org" in [mail.to for mail in sink.mails]
    assert gather_late_deliveries() == 0


def test_what_came_back_goes_with_the_address_it_was_sent_to(person: Named) -> None:
    kari, kari2, odd = person("Kari"), person("Kari to"), accounts.add_person("Odd", email=None)
    odd2 = person("Odd to")
    for each in (kari2, odd2):
        bounces.note_bounce(each, mail_key=f"m{each.id}", status="5.1.1", diagnostic="")
    db.session.commit()
    make_one(kari, kari2)
    make_one(odd, odd2)
    assert db.session.scalars(select(Bounce.person_id)).all() == [odd.id]


def test_links_in_mails_of_before_lead_to_the_account_that_is_left(app: Flask) -> None:
    with app.app_context():
        kari, kari2 = (accounts.add_person(name, email=f"{name}@example.org") for name in ("kari", "karito"))
        db.session.commit()
        token = unsubscribe_token(kari2.id)
        make_one(kari, kari2)
    assert app.test_client().post(f"/avmeld/{token}").status_code == 200
    with app.app_context():
        assert db.session.scalars(select(Person.mail_notices).where(Person.name == "kari")).all() == [False]
