"""Staff are reminded of what they promised: each need once a stage, and all in one message a person and day."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from participation import clock
from participation.accounts import service as accounts
from participation.accounts.models import Person
from participation.accounts.rules import Language
from participation.extensions import db
from participation.needs import answers
from participation.needs.models import Need
from participation.needs.reminders import LISTED_AT_MOST, remind
from participation.notifications.mails import compose
from participation.notifications.models import Delivery, Event
from participation.notifications.rules import EventKind
from participation.permissions import Role
from participation.worker.rounds import Round, do_rounds
from tests.factories import make_need
from tests.told import events, told_of

Named = Callable[[str], Person]
FIRST_DAY = datetime(2026, 9, 1, 8, tzinfo=UTC)
WEEKS = 11


def leader(name: str, *, unit: str | None = None) -> Person:
    return accounts.add_person(name, email=f"{name.lower()}@example.org", roles=frozenset({Role.LEADER}), unit=unit)


def morning(app: Flask, day: int) -> None:
    """What the worker does on that day after the first."""
    with clock.travel(FIRST_DAY + timedelta(days=day)):
        do_rounds(app.config["SETTINGS"], (Round("remind", 6, remind),))


def reminded() -> list[tuple[int, str, dict[str, int]]]:
    """On which day, who, and of how many in each list."""
    return [
        ((event.at - FIRST_DAY).days, name, {key: len(event.facts[key]) for key in LISTS if event.facts[key]})
        for event in events(EventKind.WORK)
        for name in told_of(event)
    ]


def look_in() -> list[str]:
    return [event.facts["look_in"] for event in events(EventKind.WORK)]


LISTS = ("due", "overdue", "long_overdue")


@pytest.fixture
def need(person: Named) -> Iterator[Need]:
    """Astrid's, of the first day: an answer is promised thirty days on. Cecilie and Kari work on cases."""
    person("Cecilie")
    accounts.add_person("Kari", email="kari@example.org", roles=frozenset({Role.CASE_WORKER}))
    with clock.travel(FIRST_DAY):
        yield make_need(person("Astrid"))


def taken_up(need: Need, by: Person) -> None:
    with clock.travel(FIRST_DAY):
        answers.assess(by.actor, need=need, version=need.version)
        db.session.commit()


def cecilie() -> Person:
    return db.session.scalars(select(Person).where(Person.name == "Cecilie")).one()


def test_over_weeks_a_case_worker_is_reminded_before_and_after_and_then_the_leader(ctx: Flask, need: Need) -> None:
    cecilie().unit = "Plan"
    leader("Liv", unit="Plan")
    leader("Lars", unit="Skole")
    taken_up(need, cecilie())
    for day in range(WEEKS * 7):
        morning(ctx, day)
        morning(ctx, day)
    assert reminded() == [
        (25, "Cecilie", {"due": 1}),
        (31, "Cecilie", {"overdue": 1}),
        (44, "Liv", {"long_overdue": 1}),
    ]
    assert look_in() == ["mine", "mine", "oversight"]


def test_who_was_down_catches_up_without_a_reminder_too_late_to_be_one(ctx: Flask, need: Need) -> None:
    leader("Liv")
    taken_up(need, cecilie())
    morning(ctx, 60)
    assert reminded() == [(60, "Cecilie", {"overdue": 1}), (60, "Liv", {"long_overdue": 1})]


def test_what_is_nobodys_is_everybodys(ctx: Flask, need: Need) -> None:
    morning(ctx, 26)
    assert reminded() == [(26, "Cecilie", {"due": 1}), (26, "Kari", {"due": 1})]
    assert look_in() == ["unassigned", "unassigned"]
    morning(ctx, 32)
    assert look_in()[2:] == ["overdue", "overdue"]


def test_one_message_holds_all_that_is_due_and_a_new_date_is_a_new_promise(
    ctx: Flask, need: Need, person: Named
) -> None:
    astrid = db.session.get_one(Person, need.author_id)
    taken_up(need, cecilie())
    with clock.travel(FIRST_DAY + timedelta(days=6)):
        taken_up(make_need(astrid, title="Det mangler lys på stien"), cecilie())
    morning(ctx, 31)
    with clock.travel(FIRST_DAY + timedelta(days=31)):
        new = FIRST_DAY.date() + timedelta(days=50)
        answers.answer_provisionally(cecilie().actor, need=need, body="Vent.", answer_by=new, version=need.version)
        db.session.commit()
    morning(ctx, 45)
    assert [(day, lists) for day, _name, lists in reminded()] == [
        (31, {"due": 1, "overdue": 1}),
        (45, {"due": 1, "overdue": 1}),
    ]


def test_an_answered_need_reminds_nobody(ctx: Flask, need: Need) -> None:
    with clock.travel(FIRST_DAY):
        answers.accept(cecilie().actor, need=need, body="Ja.", version=need.version)
        db.session.commit()
    morning(ctx, 60)
    assert reminded() == []


@pytest.mark.parametrize(
    ("units", "who"),
    [
        ({"Liv": "Plan", "Lars": None, "Lise": "Skole"}, {"Liv"}),
        ({"Lars": None, "Lise": "Skole"}, {"Lars"}),
        ({"Lise": "Skole", "Liv": "Helse"}, {"Lise", "Liv"}),
    ],
)
def test_leaders_get_what_is_their_units_or_nobody_elses(
    ctx: Flask, need: Need, units: dict[str, str | None], who: set[str]
) -> None:
    cecilie().unit = "Plan"
    for name, unit in units.items():
        leader(name, unit=unit)
    taken_up(need, cecilie())
    morning(ctx, 60)
    assert {name for _day, name, lists in reminded() if "long_overdue" in lists} == who


def test_what_is_long_overdue_without_leaders_waits_for_the_first_of_them(ctx: Flask, need: Need) -> None:
    taken_up(need, cecilie())
    for day in (60, 61):
        morning(ctx, day)
    leader("Liv")
    for day in (62, 63):
        morning(ctx, day)
    assert reminded() == [(60, "Cecilie", {"overdue": 1}), (62, "Liv", {"long_overdue": 1})]


def test_what_is_overdue_while_nobody_works_on_cases_waits_for_who_does(ctx: Flask, person: Named) -> None:
    with clock.travel(FIRST_DAY):
        make_need(person("Astrid"))
    morning(ctx, 31)
    person("Cecilie")
    for day in (32, 33):
        morning(ctx, day)
    assert reminded() == [(32, "Cecilie", {"overdue": 1})]


def test_three_at_once_remind_once(ctx: Flask, need: Need) -> None:
    """Also without the round that lets one at a time do it: the key of the reminder holds by itself."""
    taken_up(need, cecilie())
    settings, start = ctx.config["SETTINGS"], Barrier(3)

    def worker(_number: int) -> None:
        with ctx.app_context(), clock.travel(FIRST_DAY + timedelta(days=26)):
            start.wait()
            remind(settings)
            db.session.commit()

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(worker, range(3)))
    assert reminded() == [(26, "Cecilie", {"due": 1})]


def test_who_is_killed_before_the_commit_has_reminded_nobody_and_the_next_does(ctx: Flask, need: Need) -> None:
    taken_up(need, cecilie())
    with clock.travel(FIRST_DAY + timedelta(days=26)):
        remind(ctx.config["SETTINGS"])
        db.session.rollback()
    assert reminded() == []
    morning(ctx, 26)
    assert reminded() == [(26, "Cecilie", {"due": 1})]


def work_mail(to: Person) -> Any:
    query = (
        select(Delivery)
        .join(Delivery.event)
        .options(joinedload(Delivery.event), joinedload(Delivery.person))
        .where(Event.kind == EventKind.WORK, Delivery.person_id == to.id)
    )
    delivery = db.session.scalars(query).first()
    assert delivery is not None
    return compose([delivery])


def test_the_mail_lists_the_needs_and_names_no_resident(ctx: Flask, need: Need) -> None:
    cecilie().language = Language.ENGLISH
    taken_up(need, cecilie())
    morning(ctx, 31)
    mail = work_mail(cecilie())
    assert mail.subject == "1 need is overdue"
    assert need.reference in mail.text
    assert f"http://localhost/arbeidsflate/behov/{need.id}" in mail.text
    assert f"/arbeidsflate/behov/{need.id}" in mail.html
    assert "Astrid" not in mail.text + mail.html


def test_a_great_backlog_makes_a_message_that_can_be_read(ctx: Flask, need: Need, person: Named) -> None:
    astrid = db.session.get_one(Person, need.author_id)
    with clock.travel(FIRST_DAY):
        for _ in range(LISTED_AT_MOST + 4):
            make_need(astrid)
    morning(ctx, 40)
    event = events(EventKind.WORK)[0]
    assert (len(event.facts["overdue"]), event.facts["overdue_in_all"]) == (LISTED_AT_MOST, LISTED_AT_MOST + 5)
    assert date.fromisoformat(event.facts["overdue"][0]["answer_by"]) == FIRST_DAY.date() + timedelta(days=30)
