"""Those who move needs at the same moment, in opposite order, wait for each other and never in a ring."""

import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from flask import Flask

from participation.accounts.models import Person
from participation.extensions import db
from participation.needs import answers, places
from participation.needs.models import Need
from participation.permissions import Actor
from tests import factories
from tests.integration.test_projects_at_once import at_once
from tests.places import IN_TRANBY, IN_VIKER, at, draw_areas

# Where one waits for the other from the start, as on SQLite, they never meet halfway.
HALFWAY_SECONDS = 0.5


def _assess_both(numbers: list[int], *, by: Actor, halfway: threading.Barrier) -> None:
    for number in numbers:
        need = db.session.get_one(Need, number)
        answers.assess(by, need=need, version=need.version)
        db.session.flush()
        with suppress(threading.BrokenBarrierError):
            halfway.wait(HALFWAY_SECONDS)


def test_moves_in_opposite_order_all_come_through(ctx: Flask, person: Callable[[str], Person]) -> None:
    tranby, viker = draw_areas()
    astrid, cecilie = person("Astrid"), person("Cecilie").actor
    spots = [at(IN_TRANBY) | {"area_id": tranby.id}, at(IN_VIKER) | {"area_id": viker.id}]
    there, back = ([factories.make_need(astrid, **spot).id for spot in way] for way in (spots, spots[::-1]))
    db.session.commit()
    move = partial(_assess_both, by=cecilie, halfway=threading.Barrier(2))
    assert at_once(ctx, partial(move, there), partial(move, back)) == ["done", "done"]
    db.session.rollback()
    assert not list(places.drifted())
