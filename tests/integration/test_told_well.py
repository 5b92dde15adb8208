"""Paces, bundles, quiet nights and muting, up to the mails that leave."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from participation import clock
from participation.accounts.models import Person
from participation.accounts.rules import Language
from participation.extensions import db
from participation.mail import transport
from participation.notifications import delivery as worker
from participation.notifications import preferences
from participation.notifications.delivery import send_pending
from participation.notifications.marks import mail_key
from participation.notifications.models import Event
from participation.notifications.queries import is_muted, paces
from participation.notifications.rules import DeliveryStatus, EventKind, Pace, Reason, Subject, Topic
from participation.notifications.service import announce, subscribe
from participation.settings import Settings
from tests.integration.picky_sink import PickySink
from tests.integration.test_delivery import crowd, of

Named = Callable[[str], Person]
# Noon on a Monday in winter: the clocks in the municipality say 13.
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
TUESDAY_SEVEN = datetime(2026, 11, 24, 6, tzinfo=UTC)
MONDAY_SEVEN = datetime(2026, 11, 30, 6, tzinfo=UTC)
BUS, PATH = Subject("need", 1), Subject("need", 2)
NEEDS = {
    "1": {"id": 1, "reference": "B-2026-0001", "title": "Bussen går for sjelden"},
    "2": {"id": 2, "reference": "B-2026-0002", "title": "Gangveien er mørk"},
}
FACTS = {"needs": NEEDS, "answer": "accepted", "body": "Vi ser på det.", "would_change": "", "answer_by": None}
PROJECT = {"needs": NEEDS, "project": None, "note": ""}


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    with clock.travel(NOON):
        yield


def listens(who: Person, *subjects: Subject) -> Person:
    for subject in subjects or (BUS,):
        subscribe(who.id, subject=subject, reason=Reason.SUPPORTER)
    db.session.commit()
    return who


def wants(who: Person, pace: Pace, *topics: Topic) -> Person:
    preferences.set_paces(who.id, dict.fromkeys(topics or Topic, pace))
    db.session.commit()
    return who


def answered(*subjects: Subject) -> Event:
    event = announce(EventKind.ANSWERED, about=BUS, subjects=subjects or [BUS], facts=FACTS)
    db.session.commit()
    return event


def linked(*subjects: Subject) -> Event:
    event = announce(EventKind.LINKED, about=BUS, subjects=subjects or [BUS], facts=PROJECT)
    db.session.commit()
    return event


def sent_at(moment: datetime, settings: Settings) -> int:
    with clock.travel(moment):
        return send_pending(settings)


def test_what_is_wanted_daily_comes_gathered_in_the_morning_and_once(
    settings: Settings, sink: PickySink, person: Named
) -> None:
    astrid = wants(listens(person("Astrid"), BUS, PATH), Pace.DAILY)
    first, second = answered(), answered(PATH)
    assert [send_pending(settings), sent_at(TUESDAY_SEVEN - timedelta(minutes=1), settings)] == [0, 0]
    assert [sent_at(TUESDAY_SEVEN, settings), sent_at(MONDAY_SEVEN, settings)] == [1, 0]
    (mail,) = sink.mails
    assert mail.message_id == f"<{mail_key([first.id, second.id], person_id=astrid.id)}@localhost>"
    for title in ("Bussen går for sjelden", "Gangveien er mørk"):
        assert title in mail.text()
        assert title in mail.text("html")
    assert mail.message["List-Unsubscribe"]
    assert {of(event, astrid).status for event in (first, second)} == {DeliveryStatus.SENT}


@pytest.mark.parametrize("language", list(Language))
def test_a_bundle_is_in_the_readers_language(
    settings: Settings, sink: PickySink, person: Named, language: Language
) -> None:
    astrid = wants(listens(person("Astrid")), Pace.WEEKLY)
    astrid.language = language
    answered(), linked()
    assert sent_at(MONDAY_SEVEN, settings) == 1
    (mail,) = sink.mails
    assert mail.message["Content-Language"] == language.value
    assert f'<html lang="{language.value}">' in mail.text("html")


def test_daily_and_weekly_meet_in_one_mail_on_monday(settings: Settings, sink: PickySink, person: Named) -> None:
    astrid = wants(listens(person("Astrid")), Pace.WEEKLY, Topic.ANSWERS)
    wants(astrid, Pace.DAILY, Topic.PROGRESS)
    answered()
    with clock.travel(MONDAY_SEVEN - timedelta(hours=12)):
        linked()
    assert [sent_at(TUESDAY_SEVEN, settings), sent_at(MONDAY_SEVEN, settings)] == [0, 1]
    assert sink.count == 1


def test_after_a_day_without_a_worker_all_that_is_due_is_still_one_mail(
    settings: Settings, sink: PickySink, person: Named
) -> None:
    wants(listens(person("Astrid")), Pace.DAILY)
    answered()
    with clock.travel(NOON + timedelta(days=1)):
        linked()
    assert sent_at(NOON + timedelta(days=3), settings) == 1


def test_a_bundle_that_failed_goes_again_whole_and_what_came_since_in_the_next(
    settings: Settings, sink: PickySink, person: Named
) -> None:
    astrid = wants(listens(person("Astrid")), Pace.DAILY)
    first, second = answered(), linked()
    sink.to_recipient["astrid@example.org"] = ["451 greylisted"] * 3
    # The second has already been tried once by itself: they are still put off together.
    of(first, astrid).attempts = 0
    assert sent_at(TUESDAY_SEVEN, settings) == 0
    assert of(first, astrid).next_attempt_at == of(second, astrid).next_attempt_at
    with clock.travel(TUESDAY_SEVEN + timedelta(minutes=1)):
        third = linked()
    due = TUESDAY_SEVEN + timedelta(days=1)
    sink.to_recipient["astrid@example.org"] = []
    assert sent_at(due, settings) == 2
    assert [mail.message_id for mail in sink.mails] == [
        f"<{mail_key([first.id, second.id], person_id=astrid.id)}@localhost>",
        f"<{mail_key([third.id], person_id=astrid.id)}@localhost>",
    ]


def test_a_server_that_was_away_is_no_attempt_so_what_waits_can_still_be_moved(
    settings: Settings, sink: PickySink, person: Named
) -> None:
    astrid = listens(person("Astrid"))
    event = answered()
    sink.stop()
    assert send_pending(settings) == 0
    assert of(event, astrid).attempts == 0
    wants(astrid, Pace.WEEKLY)
    assert of(event, astrid).next_attempt_at == MONDAY_SEVEN
    sink.start()


def test_three_workers_send_each_bundle_once(ctx: Flask, settings: Settings, sink: PickySink) -> None:
    people = crowd(70)
    for who in people:
        listens(who)
        preferences.set_paces(who.id, dict.fromkeys(Topic, Pace.DAILY))
    answered(), linked(), answered()
    ready = threading.Barrier(3)

    def work() -> int:
        with ctx.app_context(), clock.travel(TUESDAY_SEVEN):
            ready.wait()
            return send_pending(settings)

    with ThreadPoolExecutor(3) as pool:
        sent = sum(future.result() for future in [pool.submit(work) for _ in range(3)])
    # Who finds all that is left in others' hands stops, and looks again in a minute.
    sent += sent_at(TUESDAY_SEVEN + timedelta(minutes=1), settings)
    assert sent == sink.count == len(people)
    assert set(sink.copies().values()) == {1}


def test_a_dead_workers_bundle_comes_back_whole_under_its_own_name(
    settings: Settings, sink: PickySink, person: Named
) -> None:
    astrid = wants(listens(person("Astrid")), Pace.DAILY)
    events = [answered(), linked()]
    with clock.travel(TUESDAY_SEVEN):
        taken = worker._take(worker._claim_bundles, settings.mail_lease_seconds)
        assert taken is not None
        assert taken.parcels == [[(event.id, astrid.id) for event in events]]
        assert send_pending(settings) == 0
    late = TUESDAY_SEVEN + timedelta(days=1)
    with clock.travel(late - timedelta(hours=1)):
        linked()
    assert sent_at(late, settings) == 2
    assert sink.mails[0].message_id == f"<{mail_key([each.id for each in events], person_id=astrid.id)}@localhost>"


def test_more_than_anyone_reads_in_a_mail_comes_in_two(
    settings: Settings, sink: PickySink, person: Named, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "MOST_IN_A_BUNDLE", 3)
    wants(listens(person("Astrid")), Pace.DAILY)
    for _ in range(5):
        linked()
    assert sent_at(TUESDAY_SEVEN, settings) == 2


@pytest.mark.parametrize(
    ("pace", "status", "due"),
    [
        (Pace.DAILY, DeliveryStatus.PENDING, TUESDAY_SEVEN),
        (Pace.WEEKLY, DeliveryStatus.PENDING, MONDAY_SEVEN),
        (Pace.NEVER, DeliveryStatus.OPTED_OUT, NOON),
    ],
)
def test_what_waits_follows_a_new_choice(person: Named, pace: Pace, status: DeliveryStatus, due: datetime) -> None:
    astrid, bjorn = listens(person("Astrid")), listens(person("Bjørn"))
    event, other = answered(), linked()
    wants(astrid, pace, Topic.ANSWERS)
    assert (of(event, astrid).status, of(event, astrid).next_attempt_at) == (status, due)
    assert (of(other, astrid).pace, of(event, bjorn).pace) == (Pace.AT_ONCE, Pace.AT_ONCE)


def test_what_was_to_be_gathered_leaves_at_once_when_that_is_chosen(settings: Settings, person: Named) -> None:
    astrid = wants(listens(person("Astrid")), Pace.WEEKLY)
    answered()
    assert send_pending(settings) == 0
    wants(astrid, Pace.AT_ONCE)
    assert send_pending(settings) == 1
    assert paces(astrid.id) == dict.fromkeys(Topic, Pace.AT_ONCE)


def test_what_a_worker_holds_is_not_moved_under_its_hands(settings: Settings, person: Named) -> None:
    astrid = listens(person("Astrid"))
    event = answered()
    assert worker._take(worker._claim_single, settings.mail_lease_seconds) is not None
    wants(astrid, Pace.DAILY)
    assert of(event, astrid).pace is Pace.AT_ONCE


def test_a_quiet_night_holds_what_waits_till_seven_also_when_the_queue_runs_into_it(
    settings: Settings, sink: PickySink, person: Named
) -> None:
    astrid, bjorn = listens(person("Astrid")), listens(person("Bjørn"))
    astrid.quiet_nights = True
    event = answered()
    # The worker was slow: nine in the evening has passed.
    late = NOON.replace(hour=20, minute=30)
    assert sent_at(late, settings) == 1
    assert of(event, bjorn).status is DeliveryStatus.SENT
    assert (of(event, astrid).next_attempt_at, of(event, astrid).attempts) == (TUESDAY_SEVEN, 0)
    assert sent_at(TUESDAY_SEVEN, settings) == 1


def test_a_bundle_that_runs_into_the_night_waits_whole_and_a_receipt_alone_does_not(
    settings: Settings, sink: PickySink, person: Named
) -> None:
    astrid = wants(listens(person("Astrid")), Pace.DAILY, Topic.ANSWERS, Topic.PROGRESS)
    bjorn = listens(person("Bjørn"))
    astrid.quiet_nights = bjorn.quiet_nights = True
    facts = {"needs": NEEDS, "answer_by": "2026-12-24"}
    with clock.travel(NOON - timedelta(days=1)):
        announce(EventKind.RECEIVED, about=BUS, subjects=[BUS], facts=facts)
        linked()
    sent = sent_at(NOON.replace(hour=22), settings)
    assert (sent, [mail.to for mail in sink.mails]) == (1, ["bjorn@example.org"])
    assert sent_at(TUESDAY_SEVEN, settings) == 2
    assert len(sink.to("astrid@example.org")) == 1


def test_muting_one_need_keeps_its_mails_away_and_the_others_coming(settings: Settings, person: Named) -> None:
    astrid = listens(person("Astrid"), BUS, PATH)
    waiting, both = answered(BUS), linked(BUS, PATH)
    preferences.mute(astrid.id, subject=BUS)
    preferences.mute(astrid.id, subject=BUS)
    db.session.commit()
    later, other = answered(BUS), answered(PATH)
    statuses = [of(event, astrid).status for event in (waiting, both, later, other)]
    opted_out, pending = DeliveryStatus.OPTED_OUT, DeliveryStatus.PENDING
    assert statuses == [opted_out, pending, opted_out, pending]
    assert is_muted(astrid.id, subject=BUS)
    preferences.unmute(astrid.id, subject=BUS)
    db.session.commit()
    assert of(answered(BUS), astrid).status is pending


def test_muting_the_last_of_an_events_needs_mutes_the_event(person: Named) -> None:
    astrid = listens(person("Astrid"), BUS, PATH)
    both = linked(BUS, PATH)
    for subject in (BUS, PATH):
        preferences.mute(astrid.id, subject=subject)
    db.session.commit()
    assert of(both, astrid).status is DeliveryStatus.OPTED_OUT


def test_a_server_that_says_nothing_delays_only_those_it_is_silent_about(
    settings: Settings, sink: PickySink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "SMTP_TIMEOUT_SECONDS", 0.8)
    people = crowd(4)
    for who in people:
        listens(who)
    event = answered()
    sink.says_nothing_to = {people[0].email or ""}
    minutes = (0, 3)
    assert sum(sent_at(NOON + timedelta(minutes=later), settings) for later in minutes) == 3
    sink.says_nothing_to = set()
    assert sent_at(NOON + timedelta(hours=2), settings) == 1
    assert {of(event, who).status for who in people} == {DeliveryStatus.SENT}
    assert set(sink.copies().values()) == {1}


def test_a_server_that_refuses_one_in_ten_at_first_forgets_nobody(settings: Settings, sink: PickySink) -> None:
    people = crowd(40)
    for who in people:
        listens(who)
    answered()
    for who in people[::10]:
        sink.to_recipient[who.email or ""] = ["550 not now", "451 greylisted"]
    sent = [sent_at(NOON + timedelta(minutes=later), settings) for later in (0, 3, 8)]
    assert sent == [36, 0, 4]
    assert sorted(sink.copies().values()) == [1] * 40


def test_mails_come_back_to_the_address_that_is_set_for_it(settings: Settings, sink: PickySink, person: Named) -> None:
    listens(person("Astrid"))
    answered()
    send_pending(replace(settings, bounce_address="retur@example.org"))
    assert sink.returns_to == ["retur@example.org"]
    assert sink.mails[0].message["From"].addresses[0].addr_spec == "svar@example.org"
