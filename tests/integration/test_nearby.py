"""The needs nearest to a point: the right ones, in order, whatever lies around."""

import random
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select

from participation.accounts.models import Person
from participation.extensions import db
from participation.geography.rules import Point, cell_of, metres_between
from participation.needs import nearby, places
from participation.needs.models import Need
from participation.needs.nearby import nearest
from participation.needs.places import LEVELS
from participation.needs.queries import NeedFilter
from participation.needs.rules import NeedState
from tests import factories
from tests.people import make_person
from tests.places import IN_TRANBY, IN_VIKER, at

Named = Callable[[str], Person]


def _fill(count: int, *, seed: int) -> None:
    """Needs in clumps and alone, some in another state, as copies of one made the right way."""
    first = factories.make_need(make_person("Astrid"), **at(IN_TRANBY))
    rng = random.Random(seed)  # noqa: S311  the same needs each time
    clumps = [Point(rng.uniform(59.7, 59.95), rng.uniform(10.1, 10.4)) for _ in range(6)]
    rows = []
    for number in range(1, count):
        clump, spread = rng.choice(clumps), rng.choice([0.0, 0.0005, 0.02, 0.2])
        point = Point(rng.gauss(clump.latitude, spread), rng.gauss(clump.longitude, spread)).rounded(4)
        columns = {column.key: getattr(first, column.key) for column in Need.__table__.columns}
        rows.append(
            columns
            | at(point)
            | {
                "id": first.id + number,
                "reference": f"B-1999-{number:04d}",
                "cell": cell_of(point),
                "state": rng.choice([NeedState.RECEIVED, NeedState.ACCEPTED, NeedState.WITHDRAWN]),
            }
        )
    db.session.execute(insert(Need), rows)
    for level in LEVELS:
        places.recount(level)
    db.session.commit()


@pytest.mark.parametrize("seed", [1, 2])
def test_the_nearest_are_those_that_measuring_all_would_give(
    ctx: Flask, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(nearby, "_FEW", 40)
    _fill(700, seed=seed)
    every = db.session.execute(select(Need.id, Need.latitude, Need.longitude, Need.state)).all()
    for point in (IN_TRANBY, Point(59.70, 10.40), Point(60.5, 11.2), IN_VIKER):
        for state in (None, NeedState.ACCEPTED):
            for limit in (1, 10, 60):
                right = sorted(
                    metres_between(point, Point(row[1] or 0, row[2] or 0))
                    for row in every
                    if row[3] is not NeedState.WITHDRAWN and state in (None, row[3])
                )[:limit]
                found = nearest(point, wanted=NeedFilter(states=frozenset({state} if state else ())), limit=limit)
                assert [one.metres for one in found] == pytest.approx(right)
    assert not list(places.drifted())


def test_words_searched_for_and_the_nearest_go_together(ctx: Flask, person: Named) -> None:
    astrid = person("Astrid")
    factories.make_need(astrid, **at(IN_TRANBY))
    wanted = factories.make_need(astrid, title="Vi ønsker en ballbinge her", **at(IN_VIKER))
    factories.make_need(astrid, title="Enda en ballbinge uten sted")
    assert [one.need_id for one in nearest(IN_TRANBY, wanted=NeedFilter(text="ballbinge"))] == [wanted.id]


def test_where_nothing_has_a_place_nothing_is_near(ctx: Flask, person: Named) -> None:
    factories.make_need(person("Astrid"))
    assert nearest(IN_TRANBY, wanted=NeedFilter()) == []


def test_the_list_shows_the_nearest_first_and_pages_on(app: Flask, visitor: FlaskClient) -> None:
    with app.app_context():
        astrid = make_person("Astrid")
        titles = [f"Det mangler noe, nummer {number:02d}" for number in range(25)]
        for number, title in enumerate(titles):
            factories.make_need(astrid, title=title, **at(Point(59.8 + number * 0.001, 10.2)))
        factories.make_need(astrid, title="Dette er ikke noe sted")
    first = visitor.get("/behov?nar=59.80012345,10.2").text
    shown = [title for title in titles if title in first]
    assert shown == titles[:20]
    assert first.index(titles[0]) < first.index(titles[1]) < first.index(titles[19])
    assert "nar=59.8,10.2&amp;etter=" in first or "nar=59.8%2C10.2&amp;etter=" in first
    following = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = visitor.get(following).text
    assert [title for title in titles if title in second] == titles[20:]
    assert "Nær meg" in second
    assert "Dette er ikke noe sted" not in first + second


@pytest.mark.parametrize("near", ["x", "10.2,59.8", "59.8,10.2'--", "1e309,1", ",", "59.8"])
def test_a_place_that_is_none_asks_for_nothing(app: Flask, visitor: FlaskClient, near: str) -> None:
    with app.app_context():
        factories.make_need(make_person("Astrid"))
    page = visitor.get("/behov", query_string={"nar": near})
    assert page.status_code == 200
    assert "Bussen går for sjelden" in page.text
    assert 'class="chip chip-removable"' not in page.text
