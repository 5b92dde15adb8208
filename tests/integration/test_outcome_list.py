"""You said, we did: the latest first, by theme, area, value, answer and year, a page at a time."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from participation import clock
from participation.accounts.models import Person
from participation.extensions import db
from participation.needs.models import Area, Theme
from participation.outcomes import queries
from participation.outcomes.models import Outcome
from participation.outcomes.queries import OutcomeFilter
from participation.outcomes.rules import OutcomeState, Value, Verdict
from tests import factories
from tests.people import make_person

Named = Callable[[str], Person]


def make_published(*, title: str, days_ago: int = 0, **changes: object) -> Outcome:
    """Published so long ago; without the way there, which other tests go."""
    cecilie = make_person(f"Cecilie {title}")
    words = {key: changes.pop(key) for key in ("theme_id", "area_id") if key in changes}
    need = factories.make_accepted(cecilie, by=cecilie, title=f"Behovet bak {title}", **words)
    project = factories.make_project(cecilie)
    factories.link(project, need, by=cecilie)
    outcome = factories.make_draft(project, need, by=cecilie, title=title, **changes)
    outcome.state, outcome.published_at = OutcomeState.PUBLISHED, clock.now() - timedelta(days=days_ago)
    db.session.commit()
    return outcome


def titles(**wanted: object) -> list[str]:
    return [row.title for row in queries.list_published(OutcomeFilter(**wanted)).rows]  # type: ignore[arg-type]


@pytest.fixture
def other_place(ctx: Flask) -> tuple[int, int]:
    factories.theme_and_area()
    theme, area = (
        Theme(key="skole", nb="Skole", nn="Skule", en="School", position=9),
        Area(key="amot", name="Åmot"),
    )
    db.session.add_all([theme, area])
    db.session.commit()
    return theme.id, area.id


def test_each_filter_finds_its_own(ctx: Flask, other_place: tuple[int, int]) -> None:
    theme_id, area_id = other_place
    make_published(title="Buss til Tranby")
    make_published(
        title="Bibliotek i Sylling",
        days_ago=400,
        theme_id=theme_id,
        area_id=area_id,
        verdict=Verdict.PARTLY,
        kinds_of_value=["efficiency", "avoided_costs"],
    )
    assert titles() == ["Buss til Tranby", "Bibliotek i Sylling"]
    old = clock.today().year if (clock.now() - timedelta(days=400)).year == clock.today().year else None
    for wanted in (
        {"theme_id": theme_id},
        {"area_id": area_id},
        {"verdict": Verdict.PARTLY},
        {"value": Value.AVOIDED_COSTS},
        {"year": old or (clock.now() - timedelta(days=400)).year},
        {"theme_id": theme_id, "area_id": area_id, "verdict": Verdict.PARTLY, "value": Value.EFFICIENCY},
    ):
        assert titles(**wanted) == ["Bibliotek i Sylling"], wanted
    assert titles(theme_id=theme_id, verdict=Verdict.MET) == []


def test_pages_follow_each_other_without_gap_or_repeat(ctx: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "LISTED_A_PAGE", 2)
    same_moment = clock.now()
    for number in range(5):
        make_published(title=f"Resultat {number}").published_at = same_moment
    db.session.commit()
    seen, after = [], None
    while True:
        page = queries.list_published(OutcomeFilter(), after=after)
        seen += [row.title for row in page.rows]
        if page.next is None:
            break
        after = type(page.next).parse(str(page.next))
    assert seen == [f"Resultat {number}" for number in reversed(range(5))]


@pytest.mark.parametrize("state", [OutcomeState.DRAFT, OutcomeState.SCHEDULED, OutcomeState.WITHDRAWN])
def test_what_is_not_published_is_not_listed(ctx: Flask, state: OutcomeState) -> None:
    make_published(title="Ikke ennå").state = state
    db.session.commit()
    assert titles() == []
    assert queries.first_year() is None


@pytest.mark.parametrize("cursor", ["1e300~1", "-1e300~1", "nan~1", "x", "1~1"])
def test_a_made_up_address_shows_a_page(app: Flask, visitor: FlaskClient, cursor: str) -> None:
    with app.app_context():
        make_published(title="Buss til Tranby")
    assert visitor.get(f"/resultater?etter={cursor}&ar=abc&verdi=x&svar=y&tema=z").status_code == 200


def test_the_filters_in_the_address_are_shown_and_can_be_taken_away(app: Flask, visitor: FlaskClient) -> None:
    with app.app_context():
        make_published(title="Buss til Tranby")
    shown = visitor.get("/resultater?tema=buss&svar=dekket&verdi=kvalitet").text
    assert "Buss til Tranby" in shown
    assert 'href="/resultater?verdi=kvalitet&amp;svar=dekket"' in shown
    none = visitor.get("/resultater?svar=delvis-dekket").text
    assert "Buss til Tranby" not in none
    assert 'class="empty"' in none
