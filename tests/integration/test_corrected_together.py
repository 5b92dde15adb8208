"""What stands on several needs is put right on all of them at once, and only those behind them are told."""

from collections.abc import Callable, Iterable
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from participation.accounts.models import Person
from participation.extensions import db
from participation.needs.corrections import Wording, correct, said_alike
from participation.needs.models import LineRevision, Need, NeedUpdate
from participation.needs.rules import UpdateKind
from participation.notifications.mails import compose, concerned_needs, headline
from participation.notifications.models import Delivery, Event
from participation.notifications.preferences import set_paces
from participation.notifications.rules import DeliveryStatus, EventKind, Pace, Topic
from participation.projects import service as projects
from participation.projects.models import Project
from participation.projects.rules import NextStep, NextStepKind, Scope
from participation.refusals import Refusal, Refused
from participation.support import service as support
from tests.factories import end, link, make_accepted, make_project
from tests.people import make_person
from tests.told import events, lines, stored, told, told_of

Named = Callable[[str], Person]
SignIn = Callable[[str], FlaskClient]
FORMER, RIGHT, NOTE = "Vi har tre busser.", "Vi har to busser.", "Tallet var feil."
GO_ON = NextStep(NextStepKind.CONTINUE, "Vi spør fylket.")
TOO_DEAR = NextStep(NextStepKind.DECLINE, "Det blir for dyrt.", "At fylket betaler.")
TOO_FEW = NextStep(NextStepKind.DECLINE, "For få vil bruke den.", "Flere som vil bli med.")
PATH, BRIDGE = "Gangvei langs elva til skolen", "Bru over elva ved Gilhus"


@pytest.fixture
def path(person: Named, cecilie: Person) -> Need:
    """Gry's; the need itself is Astrid's."""
    return make_accepted(person("Gry"), by=cecilie, title=PATH)


@pytest.fixture
def bridge(person: Named, cecilie: Person) -> Need:
    return make_accepted(person("Bjørn"), by=cecilie, title=BRIDGE)


def take_on(needs: Iterable[Need], *, by: Person) -> Project:
    project = make_project(by)
    for need in needs:
        link(project, need, by=by)
    return project


def tell(project: Project, *, by: Person) -> None:
    projects.tell(by.actor, project=project, body=FORMER, version=project.version)
    db.session.commit()


def sent() -> None:
    for delivery in db.session.scalars(select(Delivery)):
        delivery.status, delivery.attempts = DeliveryStatus.SENT, 1
    db.session.commit()


def put_right(need: Need, by: Person, *, version: int | None = None, **words: str) -> None:
    line = lines(need)[-1]
    wording = Wording(**({"body": RIGHT, "would_change": line.would_change} | words))
    correct(by.actor, need=need, line=line, wording=wording, note=NOTE, version=version or stored(need).version)
    db.session.commit()


def corrected() -> Event:
    (event,) = events(EventKind.ANSWER_CORRECTED)
    return event


def numbers(*needs: Need) -> set[str]:
    return {str(need.id) for need in needs}


def test_news_on_several_needs_is_put_right_on_all_of_them(need: Need, path: Need, cecilie: Person) -> None:
    tell(take_on([need, path], by=cecilie), by=cecilie)
    sent()
    before = stored(path).version
    assert [(other.title, line.id) for other, line in said_alike(lines(need)[-1])] == [(PATH, lines(path)[-1].id)]
    put_right(need, cecilie)
    event = corrected()
    assert (set(event.facts["needs"]), set(told_of(event))) == (numbers(need, path), {"Astrid", "Gry"})
    for one in (need, path):
        last = lines(one)[-1]
        assert (last.body, last.event_id, last.corrected_at is None) == (RIGHT, event.id, False)
    assert [kept.body for kept in db.session.scalars(select(LineRevision))] == [FORMER, FORMER]
    with pytest.raises(Refused) as refused:
        put_right(path, cecilie, version=before, body="Vi har fire busser.")
    assert refused.value.reason is Refusal.CHANGED_MEANWHILE
    db.session.rollback()
    put_right(path, cecilie, body="Vi har fire busser.")
    assert lines(need)[-1].body == "Vi har fire busser."


def test_everyone_can_read_what_was_put_right_on_what_is_theirs(
    need: Need, path: Need, cecilie: Person, person: Named
) -> None:
    support.support(person("Hans").actor, need=need)
    support.support(db.session.scalars(select(Person).where(Person.name == "Hans")).one().actor, need=path)
    db.session.commit()
    tell(take_on([need, path], by=cecilie), by=cecilie)
    put_right(need, cecilie)
    said = {
        delivery.person.name: compose([delivery])
        for delivery in db.session.scalars(
            select(Delivery)
            .where(Delivery.event_id == corrected().id)
            .options(joinedload(Delivery.event), joinedload(Delivery.person))
        )
    }
    assert {name: (need.title in mail.text, PATH in mail.text) for name, mail in said.items()} == {
        "Astrid": (True, False),
        "Gry": (False, True),
        "Hans": (True, True),
    }
    assert PATH in said["Gry"].subject
    assert all(RIGHT in mail.text and FORMER not in mail.text for mail in said.values())


def test_who_wants_no_news_of_projects_is_sent_no_correction_of_them(need: Need, path: Need, cecilie: Person) -> None:
    project = take_on([need, path], by=cecilie)
    set_paces(need.author_id, {Topic.PROGRESS: Pace.NEVER})
    set_paces(path.author_id, {Topic.ANSWERS: Pace.NEVER})
    tell(project, by=cecilie)
    sent()
    for words in (RIGHT, f"{RIGHT} Begge går hver time."):
        put_right(need, cecilie, body=words)
        event = events(EventKind.ANSWER_CORRECTED)[-1]
        assert db.session.get_one(Delivery, (event.id, need.author_id)).status is DeliveryStatus.OPTED_OUT
        assert db.session.get_one(Delivery, (event.id, path.author_id)).status is DeliveryStatus.PENDING


def test_a_correction_that_names_no_need_of_the_readers_still_has_a_headline(need: Need, cecilie: Person) -> None:
    tell(take_on([need], by=cecilie), by=cecilie)
    put_right(need, cecilie)
    event = corrected()
    event.facts = event.facts | {"needs": {}}
    db.session.commit()
    assert headline(event, concerned_needs(event.facts, [need.subject]))
    (delivery,) = db.session.scalars(
        select(Delivery)
        .where(Delivery.event_id == event.id)
        .options(joinedload(Delivery.event), joinedload(Delivery.person))
    )
    assert RIGHT in compose([delivery]).text


def test_a_no_with_other_words_stays_and_so_do_its_people(
    need: Need, path: Need, bridge: Need, cecilie: Person
) -> None:
    project = take_on([need, path, bridge], by=cecilie)
    end(project, by=cecilie, steps={need.id: TOO_DEAR, path.id: TOO_DEAR, bridge.id: TOO_FEW})
    put_right(need, cecilie)
    (ended,) = (event for event in events(EventKind.PHASE_CHANGED) if event.facts.get("ending"))
    assert set(corrected().facts["needs"]) == numbers(need, path)
    assert (set(told_of(corrected())), set(told_of(ended))) == ({"Astrid", "Gry"}, {"Bjørn"})
    assert (lines(bridge)[-1].body, lines(bridge)[-1].event_id) == (TOO_FEW.text, ended.id)


# -- what happens with a need once its project has ended


@pytest.mark.parametrize("knows_its_event", [True, False])
def test_that_a_need_goes_on_is_put_right_too(need: Need, path: Need, cecilie: Person, knows_its_event: bool) -> None:
    end(take_on([need, path], by=cecilie), by=cecilie, steps={need.id: GO_ON, path.id: TOO_FEW})
    if not knows_its_event:
        lines(need)[-1].event_id = None
        db.session.commit()
    put_right(need, cecilie)
    last, event = lines(need)[-1], corrected()
    assert (last.kind, last.body, last.event_id) == (UpdateKind.PROJECT_STOPPED, RIGHT, event.id)
    assert (event.facts["answer"], set(event.facts["needs"])) == ("project_stopped", numbers(need))
    assert set(told(EventKind.ANSWER_CORRECTED)) == {"Astrid"}


def test_where_a_projects_end_says_nothing_of_a_need_there_is_nothing_to_put_right(need: Need, cecilie: Person) -> None:
    project = make_project(cecilie)
    link(project, need, by=cecilie, scope=Scope.INSPIRED)
    end(project, by=cecilie)
    assert (lines(need)[-1].kind, lines(need)[-1].body) == (UpdateKind.PROJECT_STOPPED, "")
    with pytest.raises(Refused) as refused:
        put_right(need, cecilie)
    assert refused.value.reason is Refusal.WRONG_STATE


# -- the page


def test_the_page_says_which_other_needs_are_put_right_too(app: Flask, signed_in: SignIn) -> None:
    with app.app_context():
        cecilie, gry = make_person("Cecilie"), make_person("Gry")
        needs = [make_accepted(gry, by=cecilie, title=title) for title in (PATH, BRIDGE)]
        project = take_on(needs, by=cecilie)
        tell(project, by=cecilie)
        end(project, by=cecilie, steps={needs[0].id: GO_ON, needs[1].id: TOO_FEW})
        case = f"/arbeidsflate/behov/{needs[0].id}"
        news, ended = _letters(needs[0])
    client = signed_in("Cecilie")
    shown = client.get(case).text
    assert all(f"{case}/linjer/{line}/rett" in shown for line in (news, ended))
    assert BRIDGE in unescape(client.get(f"{case}/linjer/{news}/rett").text)
    assert BRIDGE not in unescape(client.get(f"{case}/linjer/{ended}/rett").text)


def _letters(need: Need) -> list[int]:
    kinds = (UpdateKind.NEWS, UpdateKind.PROJECT_STOPPED)
    query = select(NeedUpdate.id).where(NeedUpdate.need_id == need.id, NeedUpdate.kind.in_(kinds))
    return list(db.session.scalars(query.order_by(NeedUpdate.id)))
