"""The pages on which people say how they want to be told, and what they are told there."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from participation import clock
from participation.accounts import service as accounts
from participation.accounts.models import Person
from participation.administration.notices import ROUNDS as WORDS_OF_ROUNDS
from participation.extensions import db
from participation.mail.message import Mail
from participation.notifications.mails import compose
from participation.notifications.marks import mute_token, opening_token, unsubscribe_token
from participation.notifications.models import Delivery, Event
from participation.notifications.preferences import set_paces
from participation.notifications.queries import is_muted, opened, paces
from participation.notifications.rules import (
    GIVE_UP_AFTER_REFUSALS,
    DeliveryStatus,
    EventKind,
    Pace,
    Reason,
    Subject,
    Topic,
)
from participation.notifications.service import announce_to
from participation.notifications.yearly import announce_year
from participation.outcomes.models import Outcome
from participation.support import service as support
from participation.support.queries import is_supporter
from participation.web.addresses import settings
from participation.worker.rounds import ROUNDS
from tests import factories
from tests.forms import send
from tests.people import make_person

SignIn = Callable[[str], FlaskClient]
ONE_CLICK = {"List-Unsubscribe": "One-Click"}
JANUARY = datetime(2027, 1, 5, 7, tzinfo=UTC)


def astrids(app: Flask) -> dict[Topic, Pace]:
    with app.app_context():
        return paces(db.session.query(Person).filter_by(name="Astrid").one().id)


def test_a_person_chooses_a_pace_for_each_topic(app: Flask, signed_in: SignIn) -> None:
    client = signed_in("Astrid")
    changes = {"answers": "daily", "results": "weekly", "summary": "never", "quiet_nights": "y"}
    assert send(client, "/min-side/varsler", "/min-side/varsler", **changes).status_code == 302
    expected = {Topic.ANSWERS: Pace.DAILY, Topic.RESULTS: Pace.WEEKLY, Topic.SUMMARY: Pace.NEVER}
    assert astrids(app) == dict.fromkeys(Topic, Pace.AT_ONCE) | expected
    with app.app_context():
        assert db.session.query(Person).filter_by(name="Astrid").one().quiet_nights is True


def test_a_pace_that_does_not_exist_and_anothers_topic_are_refused(app: Flask, signed_in: SignIn) -> None:
    client = signed_in("Astrid")
    assert send(client, "/min-side/varsler", "/min-side/varsler", answers="hourly").status_code == 400
    assert "work" not in client.get("/min-side/varsler").text
    assert 'name="work"' in signed_in("Cecilie").get("/min-side/varsler").text
    assert set(astrids(app).values()) == {Pace.AT_ONCE}


def test_a_need_is_muted_on_its_page_and_the_support_stays(app: Flask, signed_in: SignIn) -> None:
    with app.app_context():
        need = factories.make_need(make_person("Kari"))
        astrid = make_person("Astrid")
        support.support(astrid.actor, need=need)
        db.session.commit()
        number, who, subject = need.id, astrid.id, need.subject
    client = signed_in("Astrid")
    assert send(client, f"/behov/{number}", f"/behov/{number}/demp").status_code == 302
    with app.app_context():
        assert is_muted(who, subject=subject)
        assert is_supporter(who, need_id=number)
    assert need.title in client.get("/min-side/varsler").text
    assert send(client, "/min-side/varsler", f"/behov/{number}/slutt-a-dempe").location.endswith("varsler#muted")
    with app.app_context():
        assert not is_muted(who, subject=subject)


def test_a_need_is_muted_from_its_mail_by_a_button_and_never_by_opening_the_link(
    app: Flask, visitor: FlaskClient
) -> None:
    with app.app_context():
        astrid = make_person("Astrid")
        need = factories.make_need(astrid)
        delivery = db.session.query(Delivery).filter_by(person_id=astrid.id).one()
        mail = composed(delivery)
        path = f"/demp/{mute_token(astrid.id, subject=need.subject)}"
        who, subject = astrid.id, need.subject
    assert path in mail.text
    assert path in mail.html
    assert visitor.get(path).status_code == 200
    for forged in (path[:-1], f"/demp/{mail.unsubscribe_url}", "/demp/x"):
        assert visitor.post(forged).status_code == 404
    with app.app_context():
        assert not is_muted(who, subject=subject)
    assert visitor.post(path).status_code == 200
    with app.app_context():
        assert is_muted(who, subject=subject)
        assert db.session.get_one(Delivery, delivery_key(who)).status is DeliveryStatus.OPTED_OUT


def delivery_key(person_id: int) -> tuple[int, int]:
    row = db.session.query(Delivery).filter_by(person_id=person_id).one()
    return row.event_id, row.person_id


def composed(delivery: Delivery) -> Mail:
    loaded = db.session.get_one(Delivery, (delivery.event_id, delivery.person_id))
    loaded.event, loaded.person = (
        db.session.get_one(Event, loaded.event_id),
        db.session.get_one(Person, loaded.person_id),
    )
    return compose([loaded])


@pytest.mark.parametrize(
    ("only", "changed"),
    [
        ("weekly", {topic: Pace.WEEKLY for topic in Topic if topic is not Topic.WORK}),
        ("results", {Topic.RESULTS: Pace.NEVER}),
    ],
)
def test_the_way_out_of_mails_offers_less_before_none(
    app: Flask, visitor: FlaskClient, only: str, changed: dict[Topic, Pace]
) -> None:
    with app.app_context():
        astrid = make_person("Astrid")
        path = f"/avmeld/{unsubscribe_token(astrid.id)}"
    assert visitor.post(path, data={"bare": only}).status_code == 200
    assert astrids(app) == dict.fromkeys(Topic, Pace.AT_ONCE) | changed
    with app.app_context():
        assert db.session.query(Person).filter_by(name="Astrid").one().mail_notices is True
    assert visitor.post(path, data={"bare": "work"}).status_code == 200
    with app.app_context():
        assert db.session.query(Person).filter_by(name="Astrid").one().mail_notices is False


def test_what_was_turned_off_stays_off_for_who_would_rather_have_the_rest_once_a_week(
    app: Flask, visitor: FlaskClient
) -> None:
    with app.app_context():
        astrid = make_person("Astrid")
        set_paces(astrid.id, {Topic.PROGRESS: Pace.NEVER, Topic.SUMMARY: Pace.NEVER, Topic.ANSWERS: Pace.DAILY})
        db.session.commit()
        path = f"/avmeld/{unsubscribe_token(astrid.id)}"
    assert visitor.post(path, data={"bare": "weekly"}).status_code == 200
    never, weekly = {Topic.PROGRESS, Topic.SUMMARY}, {Topic.ANSWERS, Topic.RESULTS, Topic.QUESTIONS}
    assert {topic for topic, pace in astrids(app).items() if pace is Pace.NEVER} == never
    assert {topic for topic, pace in astrids(app).items() if pace is Pace.WEEKLY} == weekly


def test_the_way_out_of_a_mail_about_work_is_out_of_those_alone(app: Flask, visitor: FlaskClient) -> None:
    with app.app_context():
        cecilie = make_person("Cecilie")
        about = Subject("person", cecilie.id)
        facts = {"task": "reminders", "due_in_all": 1, "due": []}
        told = announce_to(EventKind.WORK, about=about, people=[cecilie.id], facts=facts, reason=Reason.STAFF)
        db.session.commit()
        mail = composed(db.session.get_one(Delivery, (told.id, cecilie.id)))
        from_work, path = (
            f"/avmeld/{unsubscribe_token(cecilie.id, from_work=True)}",
            f"/avmeld/{unsubscribe_token(cecilie.id)}",
        )
        who = cecilie.id
    assert mail.unsubscribe_url
    assert mail.unsubscribe_url.endswith(from_work)
    assert "Turn off e-mails about your work" in visitor.get(f"{from_work}?sprak=en").text
    assert "You get no more e-mails about your work" in visitor.post(from_work, data=ONE_CLICK).text
    with app.app_context():
        assert paces(who) == dict.fromkeys(Topic, Pace.AT_ONCE) | {Topic.WORK: Pace.NEVER}
    assert visitor.post(from_work, data={"bare": "daily"}).status_code == 200
    assert visitor.post(path, data=ONE_CLICK).status_code == 200
    with app.app_context():
        assert paces(who) == dict.fromkeys(Topic, Pace.NEVER) | {Topic.WORK: Pace.DAILY}
        assert db.session.get_one(Person, who).mail_notices is True


def published() -> tuple[Outcome, Person]:
    cecilie, dag, astrid = make_person("Cecilie"), make_person("Dag"), make_person("Astrid")
    need = factories.make_accepted(astrid, by=cecilie)
    project = factories.make_project(cecilie)
    factories.link(project, need, by=cecilie)
    draft = factories.make_draft(project, need, by=cecilie)
    return factories.publish(draft, writer=cecilie, approver=dag), astrid


def test_who_opens_a_result_from_its_mail_is_counted_once_and_is_nobody(app: Flask, visitor: FlaskClient) -> None:
    with app.app_context():
        outcome, astrid = published()
        event = db.session.get_one(Event, outcome.event_id)
        token = opening_token(event.id, person_id=astrid.id)
        mail = composed(db.session.get_one(Delivery, (event.id, astrid.id)))
        page = f"/resultater/{outcome.id}"
    assert f"{page}?fra={token}" in mail.text
    assert f"{page}?fra={token}" in mail.html
    assert 'data-opened-url="/apnet"' in visitor.get(f"{page}?fra={token}").text
    for sent in (token, token, "", "x", token[:-2]):
        assert visitor.post("/apnet", data={"fra": sent}).status_code == 204
    with app.app_context():
        outcome = db.session.get_one(Outcome, outcome.id)
        assert opened(EventKind.OUTCOME, about=outcome.subject) == 1
        assert opened(EventKind.OUTCOME_CORRECTED, about=outcome.subject) == 0


def test_the_year_is_summed_up_once_to_those_with_something_to_be_told_of(app: Flask) -> None:
    with app.app_context(), clock.travel(datetime(2026, 11, 23, 12, tzinfo=UTC)):
        _outcome, astrid = published()
        make_person("Gry")
        factories.make_need(make_person("Kari"), title="Et behov som bare er mottatt")
        assert announce_year(settings()) is None
        with clock.travel(JANUARY):
            event = announce_year(settings())
            db.session.commit()
            assert event is not None
            assert event.kind is EventKind.YEAR
            assert announce_year(settings()) is None
            (delivery,) = db.session.query(Delivery).filter_by(event_id=event.id).all()
            assert delivery.person_id == astrid.id
            mail = composed(delivery)
    assert "2026" in mail.subject
    for text in (mail.text, mail.html):
        assert "Bussen går hver halvtime" in text
        assert "/min-side/forte-til" in text
        assert "/avmeld/" in text
    with app.app_context(), clock.travel(JANUARY.replace(month=2)):
        assert announce_year(settings()) is None


def test_what_support_led_to_goes_from_the_need_to_its_result_and_says_what_is_open(
    app: Flask, signed_in: SignIn
) -> None:
    with app.app_context():
        published()
        astrid = db.session.query(Person).filter_by(name="Astrid").one()
        factories.make_need(astrid, title="Det mangler benker ved elva")
    page = signed_in("Astrid").get("/min-side/forte-til").text
    for words in ("Bussen går for sjelden om kvelden", "Flere kveldsbusser", "Bussen går hver halvtime"):
        assert words in page
    assert page.index("Bussen går hver halvtime") < page.index("Det mangler benker ved elva")
    assert "grown-ahead" in page
    assert "Bussen går hver halvtime" not in signed_in("Bjørn").get("/min-side/forte-til").text


def test_my_page_says_when_mails_do_not_arrive_and_a_link_in_one_ends_it(
    app: Flask, signed_in: SignIn, visitor: FlaskClient
) -> None:
    client = signed_in("Astrid")
    with app.app_context():
        astrid = db.session.query(Person).filter_by(name="Astrid").one()
        astrid.mail_failed_at = clock.now()
        path = f"/logg-inn/{accounts.make_link(astrid)}"
        db.session.commit()
    assert "E-posten vi sendte til astrid@example.org" in client.get("/min-side").text
    assert send(visitor, path, path).status_code == 302
    assert "E-posten vi sendte til astrid@example.org" not in client.get("/min-side").text


def test_administrators_see_the_mails_and_send_those_refused_again(app: Flask, signed_in: SignIn) -> None:
    with app.app_context():
        factories.make_need(make_person("Astrid"))
        delivery = db.session.query(Delivery).one()
        delivery.status, delivery.error = DeliveryStatus.FAILED, "550 no such mailbox"
        db.session.commit()
        key = (delivery.event_id, delivery.person_id)
    client = signed_in("Farid")
    page = client.get("/administrasjon/varsler").text
    assert "550 no such mailbox" in page
    assert "Astrid" not in page
    assert "astrid@" not in page
    path = "/administrasjon/varsler/prov-igjen"
    for event, expected in (("abc", DeliveryStatus.FAILED), (str(key[0]), DeliveryStatus.PENDING)):
        assert send(client, "/administrasjon/varsler", path, event=event).status_code == 302
        with app.app_context():
            assert db.session.get_one(Delivery, key).status is expected
    assert signed_in("Cecilie").get("/administrasjon/varsler").status_code == 403


def test_trying_again_says_what_will_happen_to_addresses_that_were_given_up(app: Flask, signed_in: SignIn) -> None:
    with app.app_context():
        astrid = make_person("Astrid")
        factories.make_need(astrid)
        delivery = db.session.query(Delivery).one()
        delivery.status, delivery.refusals = DeliveryStatus.UNREACHABLE, GIVE_UP_AFTER_REFUSALS
        delivery.error, astrid.mail_failed_at = "550 no such mailbox", clock.now()
        db.session.commit()
        who = astrid.id
    client = signed_in("Farid")
    page, path = "/administrasjon/varsler?sprak=en", "/administrasjon/varsler/prov-igjen"
    assert "550 no such mailbox" in client.get(page).text
    send(client, page, path)
    said = client.get(page).text
    for words in ("1 e-mail is tried again now.", "1 address that we had stopped writing to is written to again."):
        assert words in said
    with app.app_context():
        assert db.session.get_one(Person, who).mail_failed_at is None
        assert db.session.query(Delivery).one().status is DeliveryStatus.PENDING


def test_each_daily_round_is_told_of_in_words() -> None:
    assert {each.name for each in ROUNDS} == set(WORDS_OF_ROUNDS)
