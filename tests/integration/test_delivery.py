import mailbox
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
import structlog
from flask import Flask
from sqlalchemy import update
from structlog.testing import capture_logs

from participation import clock
from participation.accounts import service as accounts
from participation.accounts.mails import send_links
from participation.accounts.models import Person
from participation.accounts.rules import Language
from participation.extensions import db
from participation.mail import transport
from participation.mail.transport import connect, demo_mailbox
from participation.notifications import delivery as worker
from participation.notifications.delivery import BATCH, send_pending
from participation.notifications.marks import UnsubscribeToken, mail_key, read_unsubscribe_token
from participation.notifications.models import Bounce, Delivery, Event
from participation.notifications.rules import (
    GIVE_UP_COMPOSING_AFTER,
    GIVE_UP_REFUSED_AFTER_DAYS,
    HARD_FAILURES_MAX,
    DeliveryStatus,
    EventKind,
    Reason,
    Subject,
)
from participation.notifications.service import announce, subscribe
from participation.notifications.watch import refused, stuck
from participation.settings import Settings
from tests.integration.picky_sink import PickySink
from tests.integration.silent_server import silent_server

Named = Callable[[str], Person]
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
BUS = Subject("need", 1)
FACTS = {
    "needs": {"1": {"id": 1, "reference": "B-2026-0001", "title": "Bussen går for sjelden"}},
    "answer": "provisional",
    "body": "Vi venter på Ruter.",
    "would_change": "",
    "answer_by": "2026-12-24",
}


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    with clock.travel(NOON):
        yield


def tell(*people: Person, **facts: object) -> Event:
    for who in people:
        subscribe(who.id, subject=BUS, reason=Reason.FOLLOWER)
    event = announce(EventKind.ANSWERED, about=BUS, subjects=[BUS], facts=FACTS | facts)
    db.session.commit()
    return event


def crowd(count: int) -> list[Person]:
    people = [
        Person(name=f"Innbygger {number}", email=f"innbygger{number}@example.org", created_at=NOON)
        for number in range(count)
    ]
    db.session.add_all(people)
    db.session.flush()
    return people


def of(event: Event, who: Person) -> Delivery:
    return db.session.get_one(Delivery, (event.id, who.id), populate_existing=True)


def minutes_later(minutes: float, settings: Settings) -> int:
    with clock.travel(NOON + timedelta(minutes=minutes)):
        return send_pending(settings)


def test_a_mail_is_sent_once(settings: Settings, sink: PickySink, person: Named) -> None:
    astrid = person("Astrid")
    event = tell(astrid)
    assert [send_pending(settings), send_pending(settings), minutes_later(600, settings)] == [1, 0, 0]
    (mail,) = sink.mails
    assert mail.to == "astrid@example.org"
    assert mail.message_id == f"<{mail_key([event.id], person_id=astrid.id)}@localhost>"
    assert "Bussen går for sjelden" in mail.subject
    assert (of(event, astrid).status, of(event, astrid).sent_at) == (DeliveryStatus.SENT, NOON)


def test_the_one_click_address_turns_off_mail_for_its_reader(
    settings: Settings, sink: PickySink, person: Named
) -> None:
    astrid = person("Astrid")
    tell(astrid)
    send_pending(settings)
    (mail,) = sink.mails
    address = str(mail.message["List-Unsubscribe"]).strip("<>")
    assert address.startswith("http://localhost/avmeld/")
    assert read_unsubscribe_token(address.rpartition("/")[2]) == UnsubscribeToken(astrid.id)
    assert address in mail.text()


def test_while_the_server_is_away_all_waits_and_then_each_is_told_once(
    settings: Settings, sink: PickySink, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A logger that has been used keeps where it writes to.
    monkeypatch.setattr(worker, "log", structlog.get_logger())
    people = crowd(BATCH + 5)
    event = tell(*people)
    sink.stop()
    with capture_logs() as said:
        assert [send_pending(settings), minutes_later(5, settings)] == [0, 0]
    assert {(line["event"], "refused" in line["reason"]) for line in said} == {("mail_server_unavailable", True)}
    assert {of(event, who).status for who in people} == {DeliveryStatus.PENDING}
    assert max(of(event, who).refusals for who in people) == 0
    sink.start()
    assert minutes_later(60, settings) == len(people)
    assert set(sink.copies().values()) == {1}
    assert {of(event, who).status for who in people} == {DeliveryStatus.SENT}


def test_a_server_that_goes_away_in_the_middle_gets_the_rest_later(settings: Settings, sink: PickySink) -> None:
    people = crowd(5)
    tell(*people)
    sink.to_mail = ["250 kept elsewhere", "421 going down"]
    assert send_pending(settings) == 1
    assert minutes_later(60, settings) == 4
    assert sorted(sink.copies().values()) == [1, 1, 1, 1]


def test_a_sender_that_is_refused_is_our_fault_and_no_recipients(
    settings: Settings, sink: PickySink, person: Named
) -> None:
    astrid = person("Astrid")
    event = tell(astrid)
    for minutes in (0, 60, 120, 180):
        sink.to_sender = ["550 you may not send from here"]
        assert minutes_later(minutes, settings) == 0
    assert (of(event, astrid).status, of(event, astrid).refusals) == (DeliveryStatus.PENDING, 0)
    assert minutes_later(240, settings) == 1


def test_a_mailbox_that_refuses_three_times_is_given_up_and_no_other_is_hurt(
    settings: Settings, sink: PickySink, person: Named
) -> None:
    astrid, bjorn = person("Astrid"), person("Bjørn")
    event = tell(astrid, bjorn)
    sink.to_recipient["astrid@example.org"] = ["550 no such mailbox"] * 9
    sent = [minutes_later(minutes, settings) for minutes in (0, 60, 120, 600)]
    assert sent == [1, 0, 0, 0]
    assert sink.tries["astrid@example.org"] == 3
    assert of(event, astrid).status is DeliveryStatus.FAILED
    assert of(event, astrid).error == "550 no such mailbox"
    assert of(event, bjorn).status is DeliveryStatus.SENT


@pytest.mark.parametrize(
    "said",
    [
        "554 5.7.1 Relay access denied",
        "550 5.7.1 Blocked for spam",
        "550 relay not permitted",
        "552 5.2.2 Mailbox full",
        "550 5.1.8 Sender address rejected: Domain not found",
    ],
)
def test_a_server_that_takes_no_mail_of_ours_for_a_day_makes_nobody_unreachable(
    settings: Settings, sink: PickySink, person: Named, said: str
) -> None:
    astrid = person("Astrid")
    told = [tell(astrid) for _ in range(HARD_FAILURES_MAX)]
    for minutes in (0, 2, 6, 14, 60, 600, 1200):
        sink.to_recipient["astrid@example.org"] = [said] * len(told)
        assert minutes_later(minutes, settings) == 0
    assert [(fault.error, fault.count) for fault in stuck()] == [(said, 3)]
    assert not refused()
    assert {(of(event, astrid).status, of(event, astrid).refusals) for event in told} == {(DeliveryStatus.PENDING, 0)}
    assert (db.session.query(Bounce).count(), astrid.mail_failed_at) == (0, None)
    assert minutes_later(1440, settings) == len(told)


def test_a_mail_that_the_server_finds_fault_with_is_given_up_after_days_and_no_address_is_blamed(
    settings: Settings, sink: PickySink, person: Named
) -> None:
    astrid = person("Astrid")
    told = [tell(astrid) for _ in range(HARD_FAILURES_MAX)]
    hours = range(0, 24 * (GIVE_UP_REFUSED_AFTER_DAYS + 1), 4)
    statuses = []
    for hour in hours:
        sink.to_mail = ["554 5.7.1 looks like spam"] * len(told)
        # As often as it is tried in four hours.
        db.session.execute(update(Delivery).values(attempts=Delivery.attempts + 3))
        assert minutes_later(hour * 60, settings) == 0
        statuses.append({of(event, astrid).status for event in told})
    given_up_after = hours[statuses.index({DeliveryStatus.FAILED})] / 24
    assert given_up_after == pytest.approx(GIVE_UP_REFUSED_AFTER_DAYS, abs=0.5)
    assert [(fault.error, fault.count) for fault in refused()] == [("554 5.7.1 looks like spam", 3)]
    assert (db.session.query(Bounce).count(), astrid.mail_failed_at) == (0, None)


def test_a_mailbox_that_is_not_there_counts_once_an_event_however_the_server_says_it(
    settings: Settings, sink: PickySink, person: Named
) -> None:
    astrid = person("Astrid")
    event = tell(astrid)
    sink.to_recipient["astrid@example.org"] = ["554 5.7.1 later", *["550 5.1.1 unknown"] * 9]
    for minutes in (0, 60, 120):
        minutes_later(minutes, settings)
    assert (of(event, astrid).status, of(event, astrid).refusals) == (DeliveryStatus.PENDING, 2)
    minutes_later(180, settings)
    assert of(event, astrid).status is DeliveryStatus.FAILED
    assert db.session.query(Bounce).count() == 1


def test_a_server_that_says_later_is_asked_again_at_growing_intervals(
    settings: Settings, sink: PickySink, person: Named
) -> None:
    astrid = person("Astrid")
    event = tell(astrid)
    sink.to_recipient["astrid@example.org"] = ["451 greylisted"] * 3
    tried = []
    for minute in range(40):
        before = sink.tries["astrid@example.org"]
        minutes_later(minute, settings)
        if sink.tries["astrid@example.org"] > before:
            tried.append(minute)
    assert tried == [0, 2, 6, 14]
    assert of(event, astrid).status is DeliveryStatus.SENT
    assert of(event, astrid).refusals == 0
    assert of(event, astrid).error is None


def test_a_server_may_say_later_for_days_without_anyone_being_given_up(
    settings: Settings, sink: PickySink, person: Named
) -> None:
    astrid = person("Astrid")
    event = tell(astrid)
    sink.to_recipient["astrid@example.org"] = ["451 full"] * 12
    for tries in range(12):
        minutes_later(120 * tries, settings)
    assert of(event, astrid).status is DeliveryStatus.PENDING
    assert minutes_later(120 * 13, settings) == 1


def test_a_mail_that_cannot_be_made_stops_no_other(settings: Settings, sink: PickySink, person: Named) -> None:
    astrid, bjorn, gry = person("Astrid"), person("Bjørn"), person("Gry")
    astrid.email = "no address at all"
    broken = announce(EventKind.ANSWERED, about=BUS, subjects=[], facts={})
    db.session.add(
        Delivery(
            event_id=broken.id,
            person_id=gry.id,
            reason=Reason.AUTHOR,
            status=DeliveryStatus.PENDING,
            next_attempt_at=NOON,
        )
    )
    event = tell(astrid, bjorn)
    assert send_pending(settings) == 1
    assert [mail.to for mail in sink.mails] == ["bjorn@example.org"]
    assert of(event, astrid).status is DeliveryStatus.PENDING
    assert of(event, astrid).next_attempt_at > NOON
    astrid.email = "astrid@example.org"
    db.session.commit()
    assert minutes_later(60, settings) == 1


def test_who_turned_off_mail_or_lost_their_address_meanwhile_is_not_mailed(
    settings: Settings, sink: PickySink, person: Named
) -> None:
    astrid, bjorn, gry = person("Astrid"), person("Bjørn"), person("Gry")
    event = tell(astrid, bjorn, gry)
    astrid.mail_notices = False
    bjorn.email = None
    gry.closed_at = NOON
    db.session.commit()
    assert send_pending(settings) == 0
    assert sink.count == 0
    assert [of(event, who).status for who in (astrid, bjorn, gry)] == [
        DeliveryStatus.OPTED_OUT,
        DeliveryStatus.UNREACHABLE,
        DeliveryStatus.UNREACHABLE,
    ]


def test_two_workers_at_once_never_send_the_same_mail_twice(ctx: Flask, settings: Settings, sink: PickySink) -> None:
    people = crowd(BATCH * 2 + 20)
    tell(*people)
    both = threading.Barrier(2)

    def work() -> int:
        with ctx.app_context(), clock.travel(NOON):
            both.wait()
            return send_pending(settings)

    with ThreadPoolExecutor(2) as pool:
        sent = [future.result() for future in [pool.submit(work), pool.submit(work)]]
    assert sum(sent) == len(people)
    assert sorted(mail.to for mail in sink.mails) == sorted(who.email or "" for who in people)


def test_a_dead_workers_batch_comes_back_when_its_lease_ends(
    settings: Settings, sink: PickySink, person: Named
) -> None:
    tell(person("Astrid"), person("Bjørn"))
    # A worker takes the batch, and is heard of no more.
    taken = worker._take(worker._claim_single, settings.mail_lease_seconds)
    assert taken is not None
    assert len(taken.keys) == 2
    lease = settings.mail_lease_seconds / 60
    assert [send_pending(settings), minutes_later(lease - 0.1, settings)] == [0, 0]
    assert minutes_later(lease, settings) == 2
    assert sink.count == 2


def test_a_slow_servers_batch_is_given_back_in_time_and_another_worker_tells_the_rest_once(
    ctx: Flask, settings: Settings, sink: PickySink
) -> None:
    short = replace(settings, mail_lease_seconds=1)
    people = crowd(12)
    event = tell(*people)
    sink.seconds_a_mail = 0.1
    taken = worker._take(worker._claim_single, short.mail_lease_seconds)
    assert taken is not None
    with connect(short) as opened:
        sent = sum(worker._send_batch(taken, opened, short))
    assert 0 < sent < len(people)
    # The lease has not ended: what is due is given back, and as if it had not been tried.
    left = [of(event, who) for who in people if of(event, who).status is DeliveryStatus.PENDING]
    assert {(each.next_attempt_at, each.attempts) for each in left} == {(NOON, 0)}
    db.session.commit()

    def work() -> int:
        with ctx.app_context(), clock.travel(NOON):
            return send_pending(short)

    with ThreadPoolExecutor(2) as pool:
        others = sum(future.result() for future in [pool.submit(work), pool.submit(work)])
    assert others == len(left) == len(people) - sent
    assert set(sink.copies().values()) == {1}
    assert {of(event, who).status for who in people} == {DeliveryStatus.SENT}


def test_a_server_that_is_silent_from_the_start_loses_and_doubles_nothing(
    settings: Settings, sink: PickySink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "SMTP_TIMEOUT_SECONDS", 0.3)
    people = crowd(3)
    event = tell(*people)
    accounts.request_link("ny@example.org", language=Language.BOKMAL, next_path="/")
    db.session.commit()
    with silent_server() as server:
        silent = replace(settings, smtp_url=server.url)
        assert [send_pending(silent), minutes_later(2, silent), send_links(silent)] == [0, 0, 0]
    assert server.held == 3
    assert {(of(event, who).status, of(event, who).attempts) for who in people} == {(DeliveryStatus.PENDING, 0)}
    assert [minutes_later(60, settings), send_links(settings), send_links(settings)] == [3, 1, 0]
    assert sorted(mail.to for mail in sink.mails) == sorted([*(who.email or "" for who in people), "ny@example.org"])
    assert set(sink.copies().values()) == {1}


@pytest.mark.parametrize(
    ("language", "promise"),
    [
        (Language.BOKMAL, "24. desember 2026"),
        (Language.NYNORSK, "24. desember 2026"),
        (Language.ENGLISH, "24 December 2026"),
    ],
)
def test_each_is_told_in_their_own_language(
    settings: Settings, sink: PickySink, person: Named, language: Language, promise: str
) -> None:
    astrid = person("Astrid")
    astrid.language = language
    tell(astrid)
    send_pending(settings)
    (mail,) = sink.mails
    assert mail.message["Content-Language"] == language.value
    assert f'<html lang="{language.value}">' in mail.text("html")
    assert promise in mail.text()
    assert "Vi venter på Ruter." in mail.text()


def test_a_moved_date_is_a_paragraph_of_its_own(settings: Settings, sink: PickySink, person: Named) -> None:
    astrid = person("Astrid")
    for times in (1, 2):
        tell(astrid, former_answer_by="2026-12-01", times_moved=times)
    send_pending(settings)
    for mail in sink.mails:
        (paragraph,) = [each for each in mail.text().split("\r\n\r\n") if "24. desember 2026" in each]
        assert "\n" not in paragraph


def test_what_people_write_is_escaped_in_the_html_and_plain_in_the_text(
    settings: Settings, sink: PickySink, person: Named
) -> None:
    astrid = person("Astrid")
    astrid.name = "<b>Astrid</b> & co"
    title = "Buss <script>alert(1)</script>"
    tell(astrid, needs={"1": {"id": 1, "reference": "B-2026-0001", "title": title}})
    send_pending(settings)
    (mail,) = sink.mails
    assert title in mail.subject
    assert title in mail.text()
    assert "<script" not in mail.text("html")
    assert "&lt;script&gt;" in mail.text("html")
    assert "<b>Astrid" not in mail.text("html")


def test_in_a_demo_the_mails_lie_in_a_mailbox(ctx: Flask, tmp_path: Path, person: Named) -> None:
    settings = replace(ctx.config["SETTINGS"], smtp_url=None, var_folder=tmp_path)
    tell(person("Astrid"))
    assert send_pending(settings) == 1
    (kept,) = mailbox.Maildir(demo_mailbox(settings))
    message = message_from_bytes(kept.as_bytes(), policy=policy.default)
    assert message["To"].addresses[0].addr_spec == "astrid@example.org"


def test_a_mail_that_the_server_dies_of_holds_up_nobody_for_long(settings: Settings, sink: PickySink) -> None:
    people = crowd(4)
    event = tell(*people)
    sink.hangs_up_on = {people[0].email or ""}
    minutes = (0, 2, 5, 10, 30, 90, 180)
    assert sum(minutes_later(later, settings) for later in minutes) == 3
    assert set(sink.copies().values()) == {1}
    assert of(event, people[0]).status is DeliveryStatus.PENDING
    sink.hangs_up_on = set()
    assert minutes_later(600, settings) == 1


@pytest.mark.parametrize("address", ["ø1@example.org", "ＡＢ@example.org", "a b@example.org", "ingen"])
def test_an_address_that_no_mail_can_go_to_stops_nobody_else(settings: Settings, sink: PickySink, address: str) -> None:
    odd, *others = crowd(3)
    odd.email = address
    event = tell(odd, *others)
    assert send_pending(settings) == 2
    assert of(event, odd).status is DeliveryStatus.PENDING


def test_a_mail_that_can_never_be_made_is_given_up_at_last(settings: Settings) -> None:
    (odd,) = crowd(1)
    odd.email = "ø1@example.org"
    event = tell(odd)
    for hours in range(GIVE_UP_COMPOSING_AFTER + 2):
        minutes_later(hours * 61, settings)
    assert of(event, odd).status is DeliveryStatus.FAILED
