"""Mails that come back, and what stops and what doesn't because of it."""

import mailbox
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from participation import clock
from participation.accounts import service as accounts
from participation.accounts.models import Person
from participation.audit.models import AuditEntry
from participation.extensions import db
from participation.notifications import preferences
from participation.notifications.bounces import TriedAgain, mail_arrived, take_returned, try_refused_again
from participation.notifications.delivery import send_pending
from participation.notifications.letters import letters, make_batch
from participation.notifications.marks import mail_key
from participation.notifications.models import Bounce, Delivery, Event
from participation.notifications.rules import (
    GIVE_UP_AFTER_REFUSALS,
    HARD_FAILURES_MAX,
    HARD_FAILURES_WITHIN_DAYS,
    DeliveryStatus,
    EventKind,
    Pace,
    Reason,
    Subject,
    Topic,
)
from participation.notifications.service import announce, subscribe
from participation.notifications.watch import latest_events, refused, stuck, unreachable_count, waiting
from participation.settings import Settings
from participation.worker import returned_mail
from participation.worker.returned_mail import read_returned_mail
from tests.integration.picky_sink import PickySink
from tests.unit.test_mail_returned import HOSTILE, ordinary, report

Named = Callable[[str], Person]
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
BUS = Subject("need", 1)
FACTS = {"needs": {"1": {"id": 1, "reference": "B-2026-0001", "title": "Bussen"}}, "project": None, "note": ""}


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    with clock.travel(NOON):
        yield


@pytest.fixture
def settings(ctx: Flask, tmp_path: Path) -> Settings:
    given: Settings = ctx.config["SETTINGS"]
    return replace(given, smtp_url=None, var_folder=tmp_path, bounce_maildir=tmp_path / "retur")


def told(who: Person, settings: Settings) -> Event:
    subscribe(who.id, subject=BUS, reason=Reason.SUPPORTER)
    event = announce(EventKind.LINKED, about=BUS, subjects=[BUS], facts=FACTS)
    db.session.commit()
    send_pending(settings)
    return event


def comes_back(*events: Event, to: Person, **changes: str) -> int | None:
    key = mail_key([event.id for event in events], person_id=to.id)
    fields = {"message_id": f"<{key}@localhost>", "recipient": to.email or "", **changes}
    taken = take_returned(report(**fields))  # type: ignore[arg-type]
    db.session.commit()
    return taken


def status(event: Event, who: Person) -> DeliveryStatus:
    return db.session.get_one(Delivery, (event.id, who.id), populate_existing=True).status


def bounces() -> int:
    return db.session.scalar(select(func.count()).select_from(Bounce)) or 0


def test_three_mails_that_came_back_end_it_and_the_same_report_counts_once(settings: Settings, person: Named) -> None:
    astrid, bjorn = person("Astrid"), person("Bjørn")
    events = [told(astrid, settings) for _ in range(3)]
    told(bjorn, settings)
    for event in events[:2]:
        assert [comes_back(event, to=astrid), comes_back(event, to=astrid)] == [1, 1]
    assert (bounces(), astrid.mail_failed_at) == (2, None)
    assert comes_back(events[2], to=astrid) == 1
    assert (bounces(), astrid.mail_failed_at, bjorn.mail_failed_at) == (3, NOON, None)
    assert status(told(astrid, settings), astrid) is DeliveryStatus.UNREACHABLE
    assert unreachable_count() == 1


def test_what_came_back_before_it_ended_is_told_in_the_next_letter(settings: Settings, person: Named) -> None:
    astrid, cecilie = person("Astrid"), person("Cecilie")
    astrid.postal_address = "Elvegata 1\n3400 Lier"
    with clock.travel(NOON - timedelta(days=HARD_FAILURES_WITHIN_DAYS + 1)):
        long_ago = told(astrid, settings)
        comes_back(long_ago, to=astrid)
    with clock.travel(NOON - timedelta(days=HARD_FAILURES_WITHIN_DAYS - 1)):
        first = told(astrid, settings)
        comes_back(first, to=astrid)
    events = [first, told(astrid, settings), told(astrid, settings)]
    for event in events[1:]:
        assert status(first, astrid) is DeliveryStatus.FAILED
        comes_back(event, to=astrid)
    assert {status(event, astrid) for event in events} == {DeliveryStatus.UNREACHABLE}
    assert status(long_ago, astrid) is DeliveryStatus.FAILED
    (letter,) = letters(make_batch(cecilie.actor).id)
    assert len(letter.news) + len(letter.earlier) == len(events)


def test_what_the_server_refused_before_it_ended_is_told_in_the_next_letter_and_not_by_mail(
    settings: Settings, sink: PickySink, person: Named
) -> None:
    astrid = person("Astrid")
    events = [told(astrid, replace(settings, smtp_url="smtp://127.0.0.1:9")) for _ in range(HARD_FAILURES_MAX)]
    sink.to_recipient["astrid@example.org"] = ["550 5.1.1 unknown"] * HARD_FAILURES_MAX * GIVE_UP_AFTER_REFUSALS
    for hours in range(1, GIVE_UP_AFTER_REFUSALS + 1):
        with clock.travel(NOON + timedelta(hours=hours)):
            send_pending(replace(settings, smtp_url=sink.url))
    assert astrid.mail_failed_at is not None
    assert {status(event, astrid) for event in events} == {DeliveryStatus.UNREACHABLE}
    mail_arrived(astrid)
    db.session.commit()
    with clock.travel(NOON + timedelta(days=1)):
        assert send_pending(replace(settings, smtp_url=sink.url)) == 0
    assert {status(event, astrid) for event in events} == {DeliveryStatus.UNREACHABLE}


def test_when_a_mail_arrives_after_all_they_are_told_again(settings: Settings, person: Named) -> None:
    astrid = person("Astrid")
    for _ in range(3):
        comes_back(told(astrid, settings), to=astrid)
    accounts.use_link(accounts.make_link(astrid), name=None)
    mail_arrived(astrid)
    db.session.commit()
    assert (bounces(), astrid.mail_failed_at) == (0, None)
    assert status(told(astrid, settings), astrid) is DeliveryStatus.SENT


@pytest.mark.parametrize("why", ["5.2.2", "5.6.0", "5.7.1"])
def test_mails_that_come_back_unwanted_or_from_a_full_mailbox_do_not_end_it(
    settings: Settings, person: Named, why: str
) -> None:
    astrid = person("Astrid")
    events = [told(astrid, settings) for _ in range(3)]
    assert [comes_back(event, to=astrid, status=why) for event in events] == [1, 1, 1]
    assert (bounces(), astrid.mail_failed_at) == (0, None)
    assert {status(event, astrid) for event in events} == {DeliveryStatus.FAILED}
    assert [fault.count for fault in refused()] == [3]
    assert status(told(astrid, settings), astrid) is DeliveryStatus.SENT


def test_three_that_came_back_long_apart_are_not_repeated(settings: Settings, person: Named) -> None:
    astrid = person("Astrid")
    for months in (0, 5, 10):
        with clock.travel(NOON + timedelta(days=30 * months)):
            comes_back(told(astrid, settings), to=astrid)
    assert astrid.mail_failed_at is None


def test_a_bundle_that_came_back_is_all_that_was_in_it(settings: Settings, person: Named) -> None:
    astrid = person("Astrid")
    preferences.set_paces(astrid.id, {Topic.PROGRESS: Pace.DAILY})
    first, second = told(astrid, settings), told(astrid, settings)
    with clock.travel(NOON + timedelta(days=1)):
        assert send_pending(settings) == 1
        alone = told(astrid, settings)
        assert comes_back(first, second, to=astrid) == 1
    assert [status(event, astrid) for event in (first, second, alone)] == [
        DeliveryStatus.FAILED,
        DeliveryStatus.FAILED,
        DeliveryStatus.PENDING,
    ]
    assert bounces() == 1


def test_a_forged_report_does_nothing(settings: Settings, person: Named) -> None:
    astrid, bjorn = person("Astrid"), person("Bjørn")
    event = told(astrid, settings)
    ours = mail_key([event.id], person_id=astrid.id)
    forged = [
        f"<event-{event.id}-person-{astrid.id}@localhost>",
        f"<event-{event.id}-person-{astrid.id}-{'0' * 20}@localhost>",
        f"<{ours.replace(f'person-{astrid.id}', f'person-{bjorn.id}')}@localhost>",
        f"<bundle-person-{astrid.id}-{'0' * 20}@localhost>",
        f"<event-99999999999999999-person-{astrid.id}-{'0' * 20}@localhost>",
        f"<{ours}@elsewhere.example.org>",
        "<CAF=abc@mail.example.org>",
    ]
    assert [comes_back(event, to=astrid, message_id=key) for key in forged] == [0] * len(forged)
    assert (status(event, astrid), bounces()) == (DeliveryStatus.SENT, 0)


def test_a_mail_not_yet_sent_or_sent_long_ago_cannot_come_back(settings: Settings, person: Named) -> None:
    astrid = person("Astrid")
    old = told(astrid, settings)
    preferences.set_paces(astrid.id, {Topic.PROGRESS: Pace.DAILY})
    waits = told(astrid, settings)
    assert comes_back(waits, to=astrid) == 0
    with clock.travel(NOON + timedelta(days=31)):
        assert comes_back(old, to=astrid) == 0


def test_what_came_back_from_an_address_they_have_left_does_not_count_against_the_new_one(
    settings: Settings, person: Named
) -> None:
    astrid = person("Astrid")
    event = told(astrid, settings)
    astrid.email = "astrid.ny@example.org"
    db.session.commit()
    assert comes_back(event, to=astrid, recipient="astrid@example.org") == 1
    assert (status(event, astrid), bounces()) == (DeliveryStatus.FAILED, 0)


def test_the_worker_empties_the_maildir_and_keeps_what_it_cannot_read(settings: Settings, person: Named) -> None:
    astrid = person("Astrid")
    event = told(astrid, settings)
    assert settings.bounce_maildir is not None
    box = mailbox.Maildir(settings.bounce_maildir, create=True)
    box.add(report(message_id=f"<{mail_key([event.id], person_id=astrid.id)}@localhost>"))
    box.add(report(action="delayed", status="4.0.0"))
    box.add(ordinary())
    assert [read_returned_mail(settings), read_returned_mail(settings)] == [1, 0]
    assert list((settings.bounce_maildir / "new").iterdir()) == []
    (kept,) = (settings.bounce_maildir / "cur").iterdir()
    assert kept.read_bytes() == ordinary()
    assert status(event, astrid) is DeliveryStatus.FAILED


def test_one_that_is_made_to_stop_us_is_put_aside_and_the_others_are_read(
    settings: Settings, person: Named, monkeypatch: pytest.MonkeyPatch
) -> None:
    astrid = person("Astrid")
    event = told(astrid, settings)
    assert settings.bounce_maildir is not None
    box = mailbox.Maildir(settings.bounce_maildir, create=True)
    new = settings.bounce_maildir / "new"
    for number, raw in enumerate(HOSTILE.values()):
        (new / f"0-{number}").write_bytes(raw)
    (new / "0-not-ours").write_bytes(b"fails")
    box.add(report(message_id=f"<{mail_key([event.id], person_id=astrid.id)}@localhost>"))

    def fails(raw: bytes) -> int | None:
        if raw == b"fails":
            raise PermissionError
        return take_returned(raw)

    monkeypatch.setattr(returned_mail, "take_returned", fails)
    assert read_returned_mail(settings) == 1
    assert [file.name for file in new.iterdir() if file.is_file()] == []
    assert (settings.bounce_maildir / "cur" / "0-not-ours:2,").is_file()
    assert status(event, astrid) is DeliveryStatus.FAILED


def test_without_a_maildir_there_is_nothing_to_read(settings: Settings, tmp_path: Path) -> None:
    assert read_returned_mail(replace(settings, bounce_maildir=None)) == 0
    assert read_returned_mail(replace(settings, bounce_maildir=tmp_path / "missing")) == 0


def test_what_was_refused_is_tried_again_when_an_administrator_says_so(settings: Settings, person: Named) -> None:
    astrid, farid = person("Astrid"), person("Farid")
    first, second = told(astrid, settings), told(astrid, settings)
    for event in (first, second):
        comes_back(event, to=astrid)
    assert try_refused_again(farid.id, event_id=first.id).mails == 1
    db.session.commit()
    assert [status(event, astrid) for event in (first, second)] == [DeliveryStatus.PENDING, DeliveryStatus.FAILED]
    assert try_refused_again(farid.id).mails == 1
    db.session.commit()
    assert send_pending(settings) == 2
    trail = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "refused_tried_again")).all()
    assert [(entry.actor_id, entry.facts["count"]) for entry in trail] == [(farid.id, 1), (farid.id, 1)]


def test_trying_again_forgets_what_was_counted_and_writes_again_to_who_was_given_up(
    settings: Settings, person: Named
) -> None:
    astrid, bjorn, farid = person("Astrid"), person("Bjørn"), person("Farid")
    events = [told(astrid, settings) for _ in range(3)]
    for event in events:
        comes_back(event, to=astrid)
    bjorns = told(bjorn, settings)
    comes_back(bjorns, to=bjorn)
    assert [(line.failed, line.waiting) for line in latest_events()][-3:] == [(1, 0)] * 3
    assert sum(fault.count for fault in refused()) == 4
    assert try_refused_again(farid.id, event_id=events[0].id) == TriedAgain(mails=1, addresses=1)
    db.session.commit()
    assert (bounces(), astrid.mail_failed_at, unreachable_count()) == (1, None, 0)
    assert send_pending(settings) == 1
    assert status(events[0], astrid) is DeliveryStatus.SENT
    # What waited beside it no longer waits for paper: it is found among the refused, and can be tried too.
    assert try_refused_again(farid.id) == TriedAgain(mails=3, addresses=0)
    db.session.commit()
    assert (bounces(), send_pending(settings), refused()) == (0, 3, [])
    trail = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "mail_tried_again")).all()
    assert [(entry.actor_id, entry.object_id) for entry in trail] == [(farid.id, astrid.id)]


def test_what_was_printed_is_not_tried_again_by_mail(settings: Settings, person: Named) -> None:
    astrid, cecilie, farid = person("Astrid"), person("Cecilie"), person("Farid")
    astrid.postal_address = "Elvegata 1\n3400 Lier"
    for _ in range(3):
        comes_back(told(astrid, settings), to=astrid)
    make_batch(cecilie.actor)
    assert try_refused_again(farid.id) == TriedAgain(mails=0, addresses=0)
    assert astrid.mail_failed_at is not None


def test_administrators_see_what_waits_and_is_stuck_by_domain_and_never_by_name(
    settings: Settings, person: Named
) -> None:
    astrid, bjorn, gry = person("Astrid"), person("Bjørn"), person("Gry")
    preferences.set_paces(gry.id, {Topic.PROGRESS: Pace.WEEKLY})
    for who in (astrid, bjorn, gry):
        subscribe(who.id, subject=BUS, reason=Reason.SUPPORTER)
    event = announce(EventKind.LINKED, about=BUS, subjects=[BUS], facts=FACTS)
    db.session.commit()
    assert (waiting().due, waiting().later, waiting().oldest) == (2, 1, NOON)
    send_pending(replace(settings, smtp_url="smtp://127.0.0.1:9"))
    assert (waiting().due, waiting().later) == (0, 3)
    (fault,) = stuck()
    assert (fault.domain, fault.count) == ("example.org", 2)
    with clock.travel(NOON + timedelta(hours=1)):
        send_pending(settings)
        comes_back(event, to=astrid)
        assert [(line.sent, line.waiting, line.failed) for line in latest_events()] == [(1, 1, 1)]
        assert [(line.domain, line.error, line.count) for line in refused()] == [
            ("example.org", "550 5.1.1 …: no such user", 1)
        ]
