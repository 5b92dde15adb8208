"""A need's place: chosen in the form, kept with the need, counted for the map, and found again."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from participation.accounts.models import Person
from participation.cli import recount as recount_command
from participation.extensions import db
from participation.geography.rules import FINEST_LEVEL, Point, cell_of, parent
from participation.needs import answers, places
from participation.needs import service as needs
from participation.needs.area_shapes import area_at, is_outside
from participation.needs.map_view import counts_of
from participation.needs.models import Area, MapCount, Need, NeedDraft
from participation.needs.places import LEVELS
from participation.needs.queries import NeedFilter
from tests import factories
from tests.forms import open_form, send
from tests.people import make_person
from tests.places import IN_TRANBY, IN_VIKER, OUTSIDE, at, draw_areas

Named = Callable[[str], Person]
WORDS = {
    "title": "Det mangler et gangfelt ved brua",
    "description": "Barna krysser veien der sikten er dårligst.",
    "affected": "Skolebarn",
    "theme": "buss",
}


def _counted() -> dict[tuple[int, str], int]:
    """How many needs are counted at the coarsest level, by area and state."""
    rows = db.session.execute(
        select(MapCount.area_id, MapCount.state, MapCount.needs).where(MapCount.level == LEVELS[0], MapCount.needs != 0)
    )
    return {(area_id, state.value): count for area_id, state, count in rows}


def test_a_need_is_counted_where_it_lies_and_moves_with_its_state(person: Named) -> None:
    tranby, _viker = draw_areas()
    astrid, cecilie = person("Astrid"), person("Cecilie")
    need = factories.make_need(astrid, **at(IN_TRANBY))
    assert need.cell == cell_of(IN_TRANBY)
    assert _counted() == {(tranby.id, "received"): 1}
    answers.accept(cecilie.actor, need=need, body="Ja.", version=need.version)
    db.session.commit()
    assert _counted() == {(tranby.id, "accepted"): 1}
    needs.withdraw(astrid.actor, need=need)
    db.session.commit()
    assert _counted() == {}
    assert not list(places.drifted())


def test_an_edit_takes_the_count_along(person: Named) -> None:
    tranby, viker = draw_areas()
    astrid = person("Astrid")
    need = factories.make_need(astrid, **at(IN_TRANBY))
    for words, expected in (
        (factories.need_words(area_id=viker.id, **at(IN_VIKER)), {(viker.id, "received"): 1}),
        (factories.need_words(), {}),
        (factories.need_words(place="Ved brua", **at(IN_TRANBY)), {(tranby.id, "received"): 1}),
    ):
        needs.edit(astrid.actor, need=need, words=words, version=need.version)
        db.session.commit()
        assert _counted() == expected
    assert not list(places.drifted())
    revisions = db.session.scalars(text("SELECT fields FROM need_revision ORDER BY id")).all()
    assert "59.8123" in str(revisions[0])


def test_what_is_rolled_back_is_not_counted(person: Named) -> None:
    draw_areas()
    astrid = person("Astrid")
    words = factories.need_words(**at(IN_TRANBY))
    needs.receive(astrid.actor, words=words, name_hidden=False, within_days=30)
    db.session.rollback()
    factories.make_need(astrid)
    assert _counted() == {}


def test_a_savepoint_counts_for_what_it_kept_alone(person: Named) -> None:
    draw_areas()
    astrid, cecilie = person("Astrid"), person("Cecilie")
    kept, other = (factories.make_need(astrid, **at(IN_TRANBY)) for _ in range(2))
    answers.assess(cecilie.actor, need=kept, version=kept.version)
    savepoint = db.session.begin_nested()
    needs.withdraw(astrid.actor, need=other)
    savepoint.rollback()
    with db.session.begin_nested():
        answers.assess(cecilie.actor, need=other, version=other.version)
    db.session.commit()
    assert set(_counted().values()) == {2}
    assert not list(places.drifted())


def test_drift_is_found_and_mended(ctx: Flask, person: Named) -> None:
    draw_areas()
    need = factories.make_need(person("Astrid"), **at(IN_TRANBY))
    db.session.execute(text("UPDATE map_count SET needs = 7 WHERE level = 14"))
    db.session.execute(text("DELETE FROM map_count WHERE level = 18"))
    db.session.commit()
    runner = ctx.test_cli_runner()
    found = runner.invoke(recount_command)
    assert found.exit_code == 1
    assert "map level 14: cells that differ is 1, should be 0" in found.output
    assert "map level 18" in found.output
    assert runner.invoke(recount_command, ["--mend"]).exit_code == 0
    assert runner.invoke(recount_command).exit_code == 0
    row = db.session.scalars(select(MapCount).where(MapCount.level == 18, *counts_of(NeedFilter()))).one()
    assert (row.cell, row.id_sum) == (parent(need.cell or 0, level=18, of_level=FINEST_LEVEL), need.id)


@pytest.mark.parametrize(
    "values", ["latitude = 91, longitude = 10, cell = 1", "latitude = 59", "latitude = 59, longitude = 181, cell = 1"]
)
def test_the_database_holds_what_a_place_is(person: Named, values: str) -> None:
    factories.make_need(person("Astrid"))
    with pytest.raises(IntegrityError):
        db.session.execute(text(f"UPDATE need SET {values}"))  # noqa: S608  the words are this test's own
    db.session.rollback()


def test_the_smallest_area_around_a_place_is_its_area(ctx: Flask) -> None:
    tranby, viker = draw_areas()
    assert area_at(IN_TRANBY) == tranby
    assert area_at(IN_VIKER) == viker
    assert area_at(OUTSIDE) is None
    viker.active = False
    db.session.commit()
    assert area_at(IN_VIKER) is None


def test_the_area_follows_from_the_place(app: Flask, signed_in: Callable[[str], FlaskClient]) -> None:
    with app.app_context():
        draw_areas()
    astrid = signed_in("Astrid")
    sent = send(astrid, "/behov/nytt", **WORDS, area="", place="Ved brua på Hegg", point=str(IN_VIKER))
    assert sent.status_code == 302
    with app.app_context():
        need = db.session.scalars(select(Need)).one()
        assert (need.point, need.place, need.area_id) == (IN_VIKER, "Ved brua på Hegg", area_at(IN_VIKER).id)  # type: ignore[union-attr]
        address = f"/behov/{need.id}"
    page = astrid.get(address).text
    assert "Ved brua på Hegg, Viker" in page
    assert f'data-small-map="{IN_VIKER}"' in page
    edited = send(astrid, f"{address}/endre", remove_place=None, point="", place="")
    assert edited.status_code == 302
    assert "data-small-map" not in astrid.get(address).text


@pytest.mark.parametrize("point", ["", str(OUTSIDE)])
def test_without_an_area_and_outside_them_all_one_is_asked_for(
    app: Flask, signed_in: Callable[[str], FlaskClient], point: str
) -> None:
    with app.app_context():
        draw_areas()
    answer = send(signed_in("Astrid"), "/behov/nytt", **WORDS, area="", point=point)
    assert answer.status_code == 400
    assert "Velg et område" in answer.text


@pytest.mark.parametrize("point", ["10.23,59.81", "59.8,10.2; DROP TABLE need", "nan,nan", "61.23456", "<script>"])
def test_a_place_that_is_none_is_refused_and_not_shown_again(
    app: Flask, signed_in: Callable[[str], FlaskClient], point: str
) -> None:
    with app.app_context():
        draw_areas()
    answer = send(signed_in("Astrid"), "/behov/nytt", **WORDS, area="tranby", point=point)
    assert answer.status_code == 400
    assert point not in answer.text
    assert WORDS["description"] in answer.text
    with app.app_context():
        assert db.session.scalar(select(func.count(Need.id))) == 0


def test_a_draft_keeps_the_place_through_sign_in(app: Flask, visitor: FlaskClient) -> None:
    with app.app_context():
        draw_areas()
    sent = send(visitor, "/behov/nytt", **WORDS, area="", place="Ved brua", point=str(IN_TRANBY))
    assert sent.status_code == 302
    with app.app_context():
        fields = db.session.scalars(select(NeedDraft)).one().fields
    assert (fields["point"], fields["place"], fields["area"]) == (str(IN_TRANBY), "Ved brua", "tranby")


def test_the_place_can_be_taken_away_without_scripts(app: Flask, visitor: FlaskClient) -> None:
    with app.app_context():
        draw_areas()
    form = open_form(visitor, "/behov/nytt")
    answer = visitor.post(form.action, data=form.filled(WORDS | {"point": str(IN_TRANBY), "remove_place": "1"}))
    assert answer.status_code == 200
    assert str(IN_TRANBY) not in answer.text
    assert WORDS["description"] in answer.text


def test_a_place_is_told_in_words(app: Flask, visitor: FlaskClient) -> None:
    with app.app_context():
        draw_areas()
    told = visitor.get(f"/behov/sted?punkt={IN_TRANBY}").get_json()
    assert told["area"] == "tranby"
    assert "Tranby" in told["words"]
    assert "sør for midten" in told["words"]
    assert visitor.get(f"/behov/sted?punkt={OUTSIDE}").get_json()["area"] is None
    assert "midt i Tranby" in visitor.get(f"/behov/sted?punkt={Point(59.83, 10.23)}").get_json()["words"]
    assert visitor.get("/behov/sted?punkt=1' OR 1=1").status_code == 400


def test_words_of_the_place_are_found_by_searching(app: Flask, visitor: FlaskClient) -> None:
    with app.app_context():
        factories.make_need(make_person("Astrid"), place="Nøstebakken")
    assert "Bussen går for sjelden" in visitor.get("/behov?q=Nøstebakken").text


JUST_OUTSIDE, FAR_OUTSIDE = Point(59.81, 10.268), Point(60.3913, 5.3221)


def test_a_place_outside_the_municipality_is_refused(app: Flask, signed_in: Callable[[str], FlaskClient]) -> None:
    with app.app_context():
        draw_areas()
    astrid = signed_in("Astrid")
    refused = send(astrid, "/behov/nytt", **WORDS, area="tranby", point=str(FAR_OUTSIDE))
    assert refused.status_code == 400
    assert 'href="#place-on-map">Stedet er ikke i Lier kommune. Flytt det, eller slett det.' in refused.text
    told = astrid.get(f"/behov/sted?punkt={FAR_OUTSIDE}").get_json()
    assert (told["outside"], told["words"][:27]) == (True, "Stedet er ikke i Lier kommu")
    assert astrid.get(f"/behov/sted?punkt={JUST_OUTSIDE}").get_json()["outside"] is False, "borders are drawn roughly"
    assert send(astrid, "/behov/nytt", **WORDS, area="tranby", point=str(JUST_OUTSIDE)).status_code == 302


def test_where_nothing_is_drawn_no_place_is_outside(ctx: Flask) -> None:
    assert not is_outside(FAR_OUTSIDE)
    _tranby, viker = draw_areas()
    viker.active = False
    db.session.commit()
    assert is_outside(FAR_OUTSIDE)
    assert not is_outside(IN_VIKER), "an area that is no longer in use is in the municipality"


def test_a_place_in_another_area_than_the_chosen_is_said_and_can_be_followed(
    app: Flask, signed_in: Callable[[str], FlaskClient]
) -> None:
    with app.app_context():
        draw_areas()
    astrid = signed_in("Astrid")
    form = open_form(astrid, "/behov/nytt")
    filled = form.filled(WORDS | {"title": "Kort", "area": "viker", "point": str(IN_TRANBY)})
    shown = astrid.post(form.action, data=filled).text
    assert "Stedet er i Tranby, men du har valgt Viker." in shown
    assert '<option selected value="viker">' in shown
    taken = astrid.post(form.action, data=filled | {"take_area": "1"}).text
    assert "men du har valgt" not in taken.partition("data-area-differs")[2]
    assert '<option selected value="tranby">' in taken
    assert send(astrid, "/behov/nytt", **WORDS, area="viker", point=str(IN_TRANBY)).status_code == 302
    with app.app_context():
        chosen = db.session.scalars(select(Need.area_id)).one()
        assert db.session.get_one(Area, chosen).key == "viker", "what is chosen by hand stands"


def test_without_scripts_and_addresses_there_is_no_empty_heading(app: Flask, visitor: FlaskClient) -> None:
    with app.app_context():
        draw_areas()
    page = visitor.get("/behov/nytt").text
    assert 'id="place-on-map" data-with-script hidden>' in page


def test_the_nearest_say_how_far_and_what_is_left_out(app: Flask, visitor: FlaskClient) -> None:
    with app.app_context():
        draw_areas()
        astrid = make_person("Astrid")
        factories.make_need(astrid, title="Dette er like ved", **at(IN_TRANBY))
        factories.make_need(astrid, title="Dette er lenger unna", **at(IN_VIKER))
        factories.make_need(astrid, title="Dette har ikke noe sted")
    here = "/behov?nar=59.815,10.235"
    page = visitor.get(here).text
    assert "omtrent 300 m unna" in page
    assert "9,5 km unna" in page
    assert "1 behov har ikke noe sted på kartet" in page
    assert "utenfor Lier kommune" not in page
    canonical = page.partition('rel="canonical" href="')[2].partition('"')[0]
    assert canonical.endswith("/behov"), "where someone is stays out of the address that others are given"
    assert "1 behov har ikke noe sted på kartet" in visitor.get(f"{here}&q=sted").text
    assert "noe sted på kartet" not in visitor.get(f"{here}&omrade=viker").text
    assert "Du ser ut til å være utenfor Lier kommune" in visitor.get("/behov?nar=60.391,5.322").text
