"""Publishes all that is approved, one after the other, until it is done or its process is killed."""

import time

from sqlalchemy import select

from participation.accounts.queries import person_by_email
from participation.app import create_app
from participation.extensions import db
from participation.outcomes.models import Outcome
from participation.outcomes.rules import OutcomeState
from tests.integration.server.prepared import PUBLISHER, publish, waiting_count

WAITING_AT_MOST = 60
LOOK_AGAIN_SECONDS = 0.05


def publish_all() -> None:
    with create_app().app_context():
        dag = person_by_email(PUBLISHER)
        assert dag is not None
        for outcome_id in _approved():
            _let_the_mail_keep_up()
            publish(outcome_id, dag)


def _approved() -> list[int]:
    query = select(Outcome.id).where(Outcome.state == OutcomeState.APPROVED).order_by(Outcome.id)
    found = list(db.session.scalars(query))
    db.session.rollback()
    return found


def _let_the_mail_keep_up() -> None:
    """So that publishing and sending go on side by side to the end."""
    while waiting_count() > WAITING_AT_MOST:
        time.sleep(LOOK_AGAIN_SECONDS)
