"""How many have been told of a result is counted for its page, and said only of five and more."""

from collections.abc import Callable

from flask import Flask
from sqlalchemy import update

from participation.accounts.models import Person
from participation.extensions import db
from participation.notifications.models import Delivery
from participation.notifications.rules import DeliveryStatus
from participation.outcomes.reach import SHOWN_FROM, count_told, may_be_shown
from participation.support import service as support
from participation.web.addresses import settings
from tests import factories

Named = Callable[[str], Person]


def test_a_results_page_says_how_many_were_told_from_five_up(ctx: Flask, person: Named) -> None:
    cecilie, dag = person("Cecilie"), person("Dag")
    need = factories.make_accepted(person("Astrid"), by=cecilie)
    for number in range(SHOWN_FROM):
        support.support(person(f"Nabo {number}").actor, need=need)
    project = factories.make_project(cecilie)
    factories.link(project, need, by=cecilie)
    outcome = factories.publish(factories.make_draft(project, need, by=cecilie), writer=cecilie, approver=dag)
    count_told(settings())
    db.session.refresh(outcome)
    assert (outcome.told_count, outcome.audience_count) == (0, SHOWN_FROM + 1)
    assert not may_be_shown(outcome)
    version = outcome.version
    told = update(Delivery).where(Delivery.event_id == outcome.event_id).values(status=DeliveryStatus.SENT)
    db.session.execute(told)
    count_told(settings())
    db.session.refresh(outcome)
    assert outcome.told_count == SHOWN_FROM + 1
    assert may_be_shown(outcome)
    assert outcome.version == version
