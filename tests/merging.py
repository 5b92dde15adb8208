"""Makes one account of two, as the tests' claims name it; also several at once."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import update

from participation import clock
from participation.accounts.models import Person
from participation.extensions import db
from participation.needs.models import Need
from participation.outcomes import feedback
from participation.outcomes.models import Outcome
from participation.privacy.merging import merge
from participation.refusals import Refused
from participation.support import service as support
from participation.web.addresses import settings
from tests import factories


def make_one(kept: Person, gone: Person) -> bool:
    made = merge(kept.actor, kept=kept, gone=gone)
    db.session.commit()
    db.session.expire_all()
    return made


def at_once(app: Flask, *acts: Callable[[], Any]) -> list[Any]:
    """Each in a thread and a transaction of its own; its answer, or the reason it was refused."""
    all_ready = threading.Barrier(len(acts))

    def do(act: Callable[[], Any]) -> Any:
        with app.app_context():
            all_ready.wait()
            try:
                answer = act()
                db.session.commit()
            except Refused as refused:
                db.session.rollback()
                return refused.reason
            return answer

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(do, acts))


def merge_by_number(kept: int, gone: int) -> bool:
    one, other = db.session.get_one(Person, kept), db.session.get_one(Person, gone)
    return merge(one.actor, kept=one, gone=other)


def support_by_number(person: int, need: int) -> bool:
    return support.support(db.session.get_one(Person, person).actor, need=db.session.get_one(Need, need))


def asked_outcome(author: Person, writer: Person, approver: Person, *behind: Person) -> Outcome:
    """Published long enough ago that those behind it have been asked if it helped."""
    need = factories.make_accepted(author, by=writer)
    for each in behind:
        support.support(each.actor, need=need)
    project = factories.make_project(writer)
    factories.link(project, need, by=writer)
    outcome = factories.publish(factories.make_draft(project, need, by=writer), writer=writer, approver=approver)
    db.session.execute(update(Outcome).where(Outcome.id == outcome.id).values(published_at=clock.now() - timedelta(30)))
    feedback.ask_whether_it_helped(settings())
    db.session.commit()
    return db.session.get_one(Outcome, outcome.id, populate_existing=True)
