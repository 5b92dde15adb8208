"""How many have been told of a result is counted for its page, and said only of five and more."""

from collections.abc import Callable

from flask import Flask
from sqlalchemy import update

from participation.accounts.models import Person
from participation.extensions import db
from participation.notifications.marks import opening_token
from participation.notifications.models import Delivery
from participation.notifications.openings import note_opening
from participation.notifications.rules import DeliveryStatus
from participation.outcomes import corrections
from participation.outcomes.reach import SHOWN_FROM, count_told, how_far, may_be_shown
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


def test_who_came_from_the_mail_still_counts_when_it_is_corrected_and_withdrawn(ctx: Flask, person: Named) -> None:
    cecilie, dag, astrid = person("Cecilie"), person("Dag"), person("Astrid")
    project = factories.make_project(cecilie)
    need = factories.make_accepted(astrid, by=cecilie)
    factories.link(project, need, by=cecilie)
    outcome = factories.publish(factories.make_draft(project, need, by=cecilie), writer=cecilie, approver=dag)
    assert outcome.event_id
    note_opening(opening_token(outcome.event_id, person_id=astrid.id))
    factories.correct(outcome, writer=cecilie, approver=dag, title="Bussen går hvert kvarter")
    note_opening(opening_token(outcome.event_id, person_id=astrid.id))
    corrections.withdraw(dag.actor, outcome=outcome, reason="Det stemte ikke.", version=outcome.version)
    db.session.commit()
    reach = how_far(outcome)
    assert (reach.told.total, reach.opened) == (1, 2)
