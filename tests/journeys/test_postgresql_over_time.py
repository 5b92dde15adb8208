"""What several workers might do twice or lose, on PostgreSQL: what is scheduled, and what is gathered for each."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest

from participation import clock
from participation.extensions import db
from participation.needs import answers
from participation.notifications.preferences import set_paces
from participation.notifications.rules import Pace, Topic, next_at
from participation.outcomes import service as outcomes
from participation.permissions import Role
from participation.projects.rules import Phase
from participation.support import service as support
from tests.factories import approve, enter, link, make_accepted, make_draft, make_project
from tests.journeys.over_time import (
    NOON,
    address_of,
    let_it_be,
    make_resident,
    make_staff,
    service_over_time,
    wait_until_due_mail_is_sent,
)
from tests.journeys.service import Service
from tests.journeys.several_workers import ask_all, publish_at_its_minute, three_workers

TITLE = "Gangveien har fått lys"
READERS = [f"Leser {number}" for number in range(40)]
NEWS = ["Rampen er bestilt.", "Rampen er bygd.", "Rampen er satt opp."]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with service_over_time("postgresql", tmp_path_factory.mktemp("service")) as started:
        yield started


def test_three_workers_publish_what_is_scheduled_once_and_tell_each_once(service: Service) -> None:
    with service.at_its_time():
        vera, dina = make_staff("Vera", Role.CASE_WORKER), make_staff("Dina", Role.COMMUNICATIONS)
        need = make_accepted(make_resident("Gro"), by=vera, title="Gangveien mangler lys")
        for name in READERS:
            support.support(make_resident(name).actor, need=need)
        project = make_project(vera, title="Lys på gangveien")
        link(project, need, by=vera)
        enter(project, Phase.PILOTING, by=vera)
        outcome = approve(make_draft(project, need, by=vera, title=TITLE), writer=vera, approver=dina)
        publish_at = clock.now() + timedelta(hours=3)
        outcomes.schedule(dina.actor, outcome=outcome, publish_at=publish_at, version=outcome.version)
        db.session.commit()
        outcome_id = outcome.id
    publish_at_its_minute(service, outcome_id)
    told = Counter(mail.to for mail in service.sink.mails if TITLE in mail.subject)
    assert told == Counter(address_of(name) for name in ["Gro", *READERS])


def test_what_a_day_gathers_is_one_mail_a_person_with_all_of_it(service: Service) -> None:
    names = [f"Samler {number}" for number in range(40)]
    with service.at_its_time():
        vidar = make_staff("Vidar", Role.CASE_WORKER)
        need = make_accepted(make_resident("Geir"), by=vidar, title="Rampen til biblioteket er borte")
        for name in names:
            person = make_resident(name)
            support.support(person.actor, need=need)
            set_paces(person.id, {Topic.PROGRESS: Pace.DAILY})
        for body in NEWS:
            answers.give_news(vidar.actor, need=need, body=body, version=need.version)
            db.session.commit()
    with three_workers(service):
        with service.at_its_time():
            morning = next_at(NOON.hour, after=clock.now() + timedelta(hours=1))
        let_it_be(service, morning)
        ask_all(service, service.app.extensions["jobs"].send_notices)
        wait_until_due_mail_is_sent(service)
    for name in names:
        [bundle] = service.sink.about("Rampen er", to=address_of(name))
        assert [news for news in NEWS if news in bundle.text()] == NEWS
