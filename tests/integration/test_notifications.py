from collections.abc import Callable

import pytest
from flask import Flask

from participation import clock
from participation.accounts.models import Person
from participation.extensions import db
from participation.notifications import queries
from participation.notifications.mails import concerned_needs
from participation.notifications.marks import UnsubscribeToken, read_unsubscribe_token, unsubscribe_token
from participation.notifications.models import Delivery, Event, Subscription
from participation.notifications.queries import MESSAGES_A_PAGE
from participation.notifications.rules import DeliveryStatus, EventKind, Reason, Subject, Topic
from participation.notifications.service import announce, subscribe, unsubscribe
from participation.worker.jobs import Jobs
from tests.factories import make_need
from tests.told import told_of

Named = Callable[[str], Person]
BUS, PATH, FERRY = Subject("need", 1), Subject("need", 2), Subject("need", 3)
FACTS = {"needs": {"1": {"id": 1, "title": "Buss"}, "2": {"id": 2, "title": "Gangvei"}}}
PENDING = DeliveryStatus.PENDING


def tell(*subjects: Subject, reasons: tuple[Reason, ...] = tuple(Reason)) -> Event:
    event = announce(
        EventKind.LINKED,
        about=Subject("project", 1),
        subjects=list(subjects) or [BUS],
        facts=FACTS,
        reasons=reasons,
    )
    db.session.commit()
    return event


def listens(who: Person, *subjects: Subject, reason: Reason = Reason.FOLLOWER) -> None:
    for subject in subjects or (BUS,):
        subscribe(who.id, subject=subject, reason=reason)
    db.session.commit()


@pytest.mark.parametrize(
    "reasons", [[Reason.FOLLOWER, Reason.AUTHOR], list(Reason), [Reason.COMMENTER, Reason.SUPPORTER]]
)
def test_who_has_many_reasons_is_told_once_for_the_strongest(person: Named, reasons: list[Reason]) -> None:
    astrid = person("Astrid")
    for reason in reasons:
        listens(astrid, reason=reason)
    strongest = min(reasons, key=list(Reason).index)
    assert told_of(tell()) == {"Astrid": (strongest, PENDING)}


def test_who_is_behind_several_of_the_subjects_is_told_once_for_the_strongest(person: Named) -> None:
    astrid = person("Astrid")
    listens(astrid, BUS, reason=Reason.COMMENTER)
    listens(astrid, PATH, reason=Reason.SUPPORTER)
    assert told_of(tell(BUS, PATH)) == {"Astrid": (Reason.SUPPORTER, PENDING)}


def test_a_subject_named_twice_is_one_subject(person: Named) -> None:
    listens(person("Astrid"))
    assert set(told_of(tell(BUS, BUS))) == {"Astrid"}


def test_only_those_who_listen_to_the_subject_are_told(person: Named) -> None:
    listens(person("Astrid"), BUS)
    listens(person("Bjørn"), FERRY)
    assert set(told_of(tell(BUS, PATH))) == {"Astrid"}


def test_only_those_with_the_reasons_asked_for_are_told(person: Named) -> None:
    listens(person("Astrid"), reason=Reason.AUTHOR)
    listens(person("Bjørn"), reason=Reason.SUPPORTER)
    assert set(told_of(tell(reasons=(Reason.AUTHOR,)))) == {"Astrid"}


def test_whom_no_mail_may_reach_is_noted_with_why(person: Named) -> None:
    astrid, bjorn, gry, hans = (person(name) for name in ("Astrid", "Bjørn", "Gry", "Hans"))
    for who in (astrid, bjorn, gry, hans):
        listens(who)
    astrid.mail_notices = False
    bjorn.email = None
    gry.closed_at = clock.now()
    event = tell()
    assert {name: status for name, (_, status) in told_of(event).items()} == {
        "Astrid": DeliveryStatus.OPTED_OUT,
        "Bjørn": DeliveryStatus.UNREACHABLE,
        "Gry": DeliveryStatus.UNREACHABLE,
        "Hans": PENDING,
    }
    reach = queries.reach(EventKind.LINKED, about=Subject("project", 1))
    assert reach.by_status == {
        DeliveryStatus.OPTED_OUT: 1,
        DeliveryStatus.UNREACHABLE: 2,
        PENDING: 1,
    }
    assert (reach.total, reach.told) == (4, 0)
    assert queries.audience([BUS], topic=Topic.RESULTS).by_status == reach.by_status


def test_the_audience_counts_each_person_once(person: Named) -> None:
    astrid = person("Astrid")
    listens(astrid, BUS, PATH, reason=Reason.SUPPORTER)
    listens(astrid, BUS)
    assert queries.audience([BUS, PATH], topic=Topic.RESULTS).by_status == {PENDING: 1}


def test_told_by_mail_or_on_paper_is_told(person: Named) -> None:
    for name in ("Astrid", "Bjørn", "Gry"):
        listens(person(name))
    event = tell()
    statuses = [DeliveryStatus.SENT, DeliveryStatus.ON_PAPER, DeliveryStatus.FAILED]
    deliveries = db.session.query(Delivery).filter_by(event_id=event.id).all()
    for delivery, status in zip(deliveries, statuses, strict=True):
        delivery.status = status
    db.session.commit()
    assert queries.reach(EventKind.LINKED, about=Subject("project", 1)).told == 2


def test_an_event_that_nobody_listens_to_is_kept_and_tells_nobody(person: Named) -> None:
    person("Astrid")
    assert told_of(tell()) == {}


def test_subscribing_twice_is_subscribing_once_and_ending_one_reason_leaves_the_other(person: Named) -> None:
    astrid = person("Astrid")
    assert subscribe(astrid.id, subject=BUS, reason=Reason.FOLLOWER) is True
    assert subscribe(astrid.id, subject=BUS, reason=Reason.FOLLOWER) is False
    subscribe(astrid.id, subject=BUS, reason=Reason.COMMENTER)
    unsubscribe(astrid.id, subject=BUS, reason=Reason.FOLLOWER)
    db.session.commit()
    assert [row.reason for row in db.session.query(Subscription)] == [Reason.COMMENTER]
    assert queries.subject_ids(astrid.id, kind="need", reason=Reason.COMMENTER) == [1]


def test_messages_are_leafed_through_newest_first(person: Named) -> None:
    astrid = person("Astrid")
    listens(astrid)
    told = [tell().id for _ in range(MESSAGES_A_PAGE + 3)]
    first = queries.messages(astrid.id)
    shown = [delivery.event_id for delivery in first[:MESSAGES_A_PAGE]]
    rest = queries.messages(astrid.id, before_event_id=shown[-1])
    assert len(first) == MESSAGES_A_PAGE + 1
    assert shown + [delivery.event_id for delivery in rest] == told[::-1]


def test_nobody_sees_anothers_messages(person: Named) -> None:
    listens(person("Astrid"))
    tell()
    assert queries.messages(person("Bjørn").id) == []


def test_who_opted_out_finds_the_message_on_my_page(person: Named) -> None:
    astrid = person("Astrid")
    listens(astrid)
    astrid.mail_notices = False
    event = tell()
    assert [delivery.event_id for delivery in queries.messages(astrid.id)] == [event.id]


def test_a_message_names_only_the_needs_that_are_the_persons_own(person: Named) -> None:
    astrid, bjorn = person("Astrid"), person("Bjørn")
    listens(astrid, BUS)
    listens(bjorn, BUS, PATH)
    event = tell(BUS, PATH)
    for who, titles in ((astrid, ["Buss"]), (bjorn, ["Buss", "Gangvei"])):
        delivery = db.session.get_one(Delivery, (event.id, who.id))
        subjects = queries.concerned_subjects(delivery)
        assert [need["title"] for need in concerned_needs(event.facts, subjects)] == titles
        assert queries.concerned_among(who.id, event_ids=[event.id]) == {event.id: subjects}


def test_who_no_longer_listens_is_still_told_what_the_event_was_about(person: Named) -> None:
    astrid = person("Astrid")
    listens(astrid, BUS)
    event = tell(BUS, PATH)
    unsubscribe(astrid.id, subject=BUS, reason=Reason.FOLLOWER)
    db.session.commit()
    delivery = db.session.get_one(Delivery, (event.id, astrid.id))
    assert queries.concerned_subjects(delivery) == [BUS, PATH]
    assert queries.concerned_among(astrid.id, event_ids=[event.id]) == {event.id: [BUS, PATH]}


def test_facts_without_the_need_name_none() -> None:
    assert concerned_needs({}, [BUS]) == []
    assert concerned_needs(FACTS, [FERRY]) == []


def test_an_unsubscribe_link_is_good_for_its_person_and_nothing_else(person: Named) -> None:
    astrid = person("Astrid")
    token = unsubscribe_token(astrid.id)
    assert read_unsubscribe_token(token) == UnsubscribeToken(astrid.id)
    from_work = unsubscribe_token(astrid.id, from_work=True)
    assert read_unsubscribe_token(from_work) == UnsubscribeToken(astrid.id, from_work=True)
    anothers, own = unsubscribe_token(astrid.id + 1).partition("."), token.partition(".")
    for junk in ("", "x", token + "x", token[:-1], f"{anothers[0]}.{own[2]}"):
        assert read_unsubscribe_token(junk) is None


def test_the_worker_is_woken_by_a_commit_and_not_by_what_was_undone(ctx: Flask, person: Named) -> None:
    jobs = ctx.extensions["jobs"]
    assert isinstance(jobs, Jobs)
    astrid = person("Astrid")
    jobs.huey.flush()
    make_need(astrid)
    # One job for sign-in links and one for notices.
    assert jobs.huey.pending_count() == 2
    listens(astrid)
    assert jobs.huey.pending_count() == 2
    announce(EventKind.LINKED, about=BUS, subjects=[BUS], facts={})
    db.session.rollback()
    db.session.commit()
    assert jobs.huey.pending_count() == 2
    jobs.huey.flush()
