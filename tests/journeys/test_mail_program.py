"""What a mail program does by itself with the mails it gets."""

import http.client
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from participation.accounts.models import Person
from participation.extensions import db
from participation.needs import answers
from participation.needs.queries import need_page
from participation.notifications.models import Delivery
from participation.notifications.rules import DeliveryStatus
from participation.support import service as support
from tests.factories import in_days, make_need
from tests.journeys.mail_sink import KeptMail
from tests.journeys.service import Service, running_service
from tests.journeys.told import wait_until_all_is_sent
from tests.journeys.visitor import Visitor
from tests.people import make_person


@pytest.fixture
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with running_service("sqlite", tmp_path_factory.mktemp("mail")) as started:
        yield started


def answer(need_id: int, cecilie: Person, *, body: str, days: int) -> None:
    need = need_page(need_id)
    assert need is not None
    answers.answer_provisionally(cecilie.actor, need=need, body=body, answer_by=in_days(days), version=need.version)
    db.session.commit()


def unsubscribe_in_one_click(service: Service, mail: KeptMail) -> int:
    """As RFC 8058 has it: one POST, with no cookie, no page seen before, and no one watching."""
    assert mail.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = urlsplit(str(mail.message["List-Unsubscribe"]).strip("<>"))
    assert address.port == service.port
    connection = http.client.HTTPConnection(str(address.hostname), address.port)
    try:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", address.path, "List-Unsubscribe=One-Click", headers)
        return connection.getresponse().status
    finally:
        connection.close()


def test_one_click_in_the_mail_program_stops_mails_and_messages_stay_on_my_page(service: Service) -> None:
    sink = service.sink
    with service.app.app_context():
        need = make_need(make_person("Astrid"))
        bjorn, cecilie = make_person("Bjørn"), make_person("Cecilie")
        support.support(bjorn.actor, need=need)
        answer(need.id, cecilie, body="Vi har spurt busselskapet.", days=40)
        [mail] = sink.wait_for(1, to="bjorn@example.org", about="Vi har spurt busselskapet.")
        assert unsubscribe_in_one_click(service, mail) == 200
        answer(need.id, cecilie, body="Vi venter fortsatt på svar.", days=50)
        sink.wait_for(1, to="astrid@example.org", about="Vi venter fortsatt på svar.")
        wait_until_all_is_sent(service)
        assert sink.to("bjorn@example.org") == [mail]
        told = select(Delivery).where(Delivery.person_id == bjorn.id).order_by(Delivery.event_id)
        statuses = [delivery.status for delivery in db.session.scalars(told)]
        assert statuses == [DeliveryStatus.SENT, DeliveryStatus.OPTED_OUT]
        visitor = Visitor.signed_in(service, bjorn)
        db.session.commit()
    assert visitor.get("/min-side").text.count(need.title) >= 2


def test_a_mail_scanner_that_opens_the_address_unsubscribes_nobody(service: Service) -> None:
    with service.app.app_context():
        bjorn = make_person("Bjørn")
        need = make_need(bjorn)
        [mail] = service.sink.wait_for(1, to="bjorn@example.org", about=need.reference)
        address = urlsplit(str(mail.message["List-Unsubscribe"]).strip("<>"))
        assert Visitor(service.port).get(address.path).status == 200
        db.session.rollback()
        assert db.session.get_one(Person, bjorn.id, populate_existing=True).mail_notices
