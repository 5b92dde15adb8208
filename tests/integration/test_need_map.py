"""The map of needs: what it shows of a box, in words and as GeoJSON, and what it refuses."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from participation.accounts.models import Person
from participation.extensions import db
from participation.geography.rules import Box, Point, count_in
from participation.needs import map_view
from participation.needs import service as needs
from participation.needs.listing import Sort
from participation.needs.map_view import Mark, apart, level_for, view
from participation.needs.models import Need, Theme
from participation.needs.queries import NeedFilter, found_by_text
from participation.needs.rules import NeedState
from participation.search import queries as search
from participation.settings_map import MapSettings
from tests import factories
from tests.people import make_person
from tests.places import IN_TRANBY, IN_VIKER, OUTSIDE, at, draw_areas

Named = Callable[[str], Person]
TOWN = Box(10.1, 59.75, 10.4, 59.95)
IN_TOWN = {"boks": "10.1,59.75,10.4,59.95", "zoom": "11"}
SECTION = "/behov/kart/utsnitt.geojson?boks=10.1,59.75,10.4,59.95&zoom=11"


def _scatter(author: Person, count: int, *, middle: Point = IN_TRANBY, **words: Any) -> list[Need]:
    """Needs some hundred metres from each other."""
    return [
        factories.make_need(
            author, **at(Point(middle.latitude + n % 5 * 0.004, middle.longitude + n // 5 * 0.008)), **words
        )
        for n in range(count)
    ]


def _town() -> tuple[list[Need], Need, Need]:
    """Eleven in Tranby, one in Viker, one withdrawn and one without a place."""
    _tranby, viker = draw_areas()
    astrid = make_person("Astrid")
    many = _scatter(astrid, 11)
    other = Theme(key="skole", nb="Skole", nn="Skule", en="School", position=2)
    db.session.add(other)
    db.session.flush()
    alone = factories.make_need(
        astrid, title="Skolen mangler en ballbinge", area_id=viker.id, theme_id=other.id, **at(IN_VIKER)
    )
    withdrawn = factories.make_need(astrid, title="Dette trekker jeg igjen", **at(IN_VIKER))
    needs.withdraw(astrid.actor, need=withdrawn)
    factories.make_need(astrid, title="Dette er ikke noe sted")
    db.session.commit()
    return many, alone, withdrawn


@pytest.fixture
def town(app: Flask) -> dict[str, int]:
    with app.app_context():
        _many, alone, withdrawn = _town()
        return {"alone": alone.id, "withdrawn": withdrawn.id}


def _total(found: dict[str, Any]) -> int:
    return sum(feature["properties"]["count"] for feature in found["features"])


@pytest.mark.parametrize("needs_max", [100, 5, 0])
def test_few_are_read_and_many_are_counted_to_the_same_sum(
    ctx: Flask, monkeypatch: pytest.MonkeyPatch, needs_max: int
) -> None:
    _many, alone, withdrawn = _town()
    monkeypatch.setattr(map_view, "NEEDS_MAX", needs_max)
    for wanted, expected in (
        (NeedFilter(), 12),
        (NeedFilter(themes=frozenset({alone.theme_id})), 1),
        (NeedFilter(areas=frozenset({alone.area_id})), 1),
        (NeedFilter(states=frozenset({NeedState.RECEIVED})), 12),
        (NeedFilter(states=frozenset({NeedState.ACCEPTED})), 0),
        (NeedFilter(text="ballbinge"), 1),
        (NeedFilter(text="kvelden"), 11),
    ):
        for zoom in range(6, 19):
            found = view(TOWN, zoom=zoom, wanted=wanted)
            assert found.total == sum(mark.count for mark in found.marks) == expected, (wanted, zoom)
            assert (found.needs is None) == (expected > needs_max), (wanted, zoom)
            assert withdrawn.id not in {number for mark in found.marks for number in mark.need_ids}


def test_closer_the_needs_part_until_each_stands_alone(ctx: Flask) -> None:
    _town()
    shown = [len(view(TOWN, zoom=zoom, wanted=NeedFilter()).marks) for zoom in (8, 12, 18)]
    assert shown[0] == 1
    assert shown[0] < shown[1] < shown[2] == 12


def test_only_what_lies_in_the_box_is_shown(ctx: Flask) -> None:
    _many, alone, _withdrawn = _town()
    north = view(Box(10.2, 59.88, 10.3, 59.93), zoom=14, wanted=NeedFilter())
    assert [mark.need_ids for mark in north.marks] == [(alone.id,)]
    assert north.needs is not None
    assert view(Box(-10, 30, -5, 40), zoom=8, wanted=NeedFilter()).total == 0


def test_marks_never_lie_on_top_of_each_other(ctx: Flask) -> None:
    marks = [Mark(Point(59.8 + n * 0.0003, 10.2), Box(10, 59, 11, 60), 1, 1, (n,)) for n in range(40)]
    drawn = apart(marks, zoom=12)
    assert sum(mark.count for mark in drawn) == 40
    assert 1 < len(drawn) < 40
    assert sorted(number for mark in drawn for number in mark.need_ids) == list(range(40))


@pytest.mark.parametrize("box", [TOWN, Box(4, 57, 32, 72), Box(10.2, 59.8, 10.2001, 59.8001)])
def test_a_box_never_has_more_cells_than_can_be_asked_for(box: Box) -> None:
    for zoom in range(6, 19):
        level = level_for(box, zoom)
        assert level == 8 or count_in(box, level=level) <= map_view.CELLS_MAX


def test_what_is_searched_for_is_cut_where_it_is_too_much(ctx: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    _town()
    monkeypatch.setattr(search, "CANDIDATES", 6)
    monkeypatch.setattr(map_view, "NEEDS_MAX", 5)
    found = view(TOWN, zoom=10, wanted=NeedFilter(text="kvelden"))
    assert (found.is_cut, found.total) == (True, 6)


def test_what_is_searched_for_is_found_in_the_box_however_many_newer_lie_elsewhere(
    ctx: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "CANDIDATES", 3)
    astrid = make_person("Astrid")
    here = factories.make_need(astrid, title="Bussen går for sjelden om kvelden", **at(IN_VIKER))
    _scatter(astrid, 5)
    found = view(Box(10.2499, 59.8999, 10.2501, 59.9001), zoom=15, wanted=NeedFilter(text="kvelden"))
    assert ([need.id for need in found.needs or ()], found.is_cut) == ([here.id], False)


def test_the_section_says_the_same_as_the_list_and_nothing_of_persons(
    visitor: FlaskClient, town: dict[str, int]
) -> None:
    answer = visitor.get(SECTION)
    found = answer.get_json()
    assert answer.mimetype == "application/geo+json"
    assert (found["total"], _total(found), len(found["listed"])) == (12, 12, 12)
    assert "Astrid" not in answer.text
    assert "author" not in answer.text
    alone = next(feature for feature in found["features"] if feature["properties"].get("id") == town["alone"])
    assert alone["geometry"] == {"type": "Point", "coordinates": [IN_VIKER.longitude, IN_VIKER.latitude]}
    cluster = next(feature["properties"] for feature in found["features"] if feature["properties"]["count"] > 1)
    assert cluster["name"] == f"{cluster['count']} behov i Tranby"
    assert cluster["action"] == f"{cluster['count']} behov i Tranby, vis dem"


def test_the_section_can_be_kept_by_anyone_and_asked_about_again(
    visitor: FlaskClient, signed_in: Callable[[str], FlaskClient], town: dict[str, int]
) -> None:
    first = visitor.get(SECTION)
    assert first.headers["Cache-Control"] == "public, max-age=60"
    assert "Set-Cookie" not in first.headers
    assert visitor.get(SECTION, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    assert signed_in("Bjørn").get(SECTION).data == first.data
    assert "needs in Tranby" in visitor.get(f"{SECTION}&sprak=en").text
    assert "public" not in visitor.get(f"{SECTION}&q=kvelden").headers["Cache-Control"]


@pytest.mark.parametrize(
    "query",
    [
        "",
        "boks=10,59,11,60",
        "zoom=11",
        "boks=10,59,11,60&zoom=99",
        "boks=10,59,11,60&zoom=-1",
        "boks=10,59,11,60&zoom=11;DROP TABLE need",
        "boks=10,59,11&zoom=11",
        "boks=11,60,10,59&zoom=11",
        "boks=1e9,1e9,1e10,1e10&zoom=11",
        "boks=nan,nan,nan,nan&zoom=11",
        "boks=10,59,11,60) OR 1=1--&zoom=11",
        "boks=10,59,11,60,&zoom=11",
    ],
)
def test_bad_parameters_are_refused_in_plain_words(visitor: FlaskClient, query: str) -> None:
    answer = visitor.get(f"/behov/kart/utsnitt.geojson?{query}")
    assert answer.status_code == 400
    assert "Det forsto vi ikke" in answer.text


ATTACKS = ("' OR '1'='1", '" OR 1=1 --', "%' UNION SELECT 1 --", "\x00", "tranby); DROP TABLE need;--")


@pytest.mark.parametrize("name", ["tema", "omrade", "status", "sorter", "q", "nar", "etter"])
def test_no_filter_lets_anything_through(visitor: FlaskClient, town: dict[str, int], name: str) -> None:
    for attack in ATTACKS:
        answer = visitor.get(SECTION.partition("?")[0], query_string=IN_TOWN | {name: attack})
        assert answer.status_code == 200
        # Of what is asked in words, the words are looked for: one attack names Tranby, and one says nothing.
        found = 12 if name != "q" or attack == "\x00" else 11 if "tranby" in attack else 0
        assert _total(answer.get_json()) == found, attack
        assert visitor.get("/behov/kart", query_string={"boks": attack, name: attack}).status_code == 200


def test_the_page_says_in_words_what_the_map_shows(visitor: FlaskClient, town: dict[str, int]) -> None:
    page = visitor.get("/behov/kart").text
    assert "12 behov med et sted." in page
    assert page.count('class="map-item"') == 12 + 1  # and the template of one
    assert "Dette trekker jeg igjen" not in page
    assert "Dette er ikke noe sted" not in page


def test_list_and_map_lead_to_each_other_with_the_same_filters(visitor: FlaskClient, town: dict[str, int]) -> None:
    listed = visitor.get("/behov?tema=skole&omrade=viker&status=mottatt").text
    assert 'href="/behov/kart?tema=skole&amp;omrade=viker&amp;status=mottatt"' in listed
    on_map = visitor.get("/behov/kart?tema=skole&omrade=viker&status=mottatt").text
    assert 'href="/behov?tema=skole&amp;omrade=viker&amp;status=mottatt"' in on_map
    assert "1 behov med et sted." in on_map
    assert "1 behov i denne delen av kartet" in visitor.get("/behov/kart?tema=skole&boks=10.1,59.75,10.4,59.95").text
    assert 'href="/behov/kart?omrade=viker&amp;status=mottatt"' in on_map, "the chip takes away the theme"


def test_many_are_shown_as_links_that_come_closer_without_scripts(
    visitor: FlaskClient, town: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(map_view, "NEEDS_MAX", 5)
    page = visitor.get("/behov/kart?status=mottatt").text
    assert "behov i Tranby</a>" in page
    assert 'href="/behov/kart?status=mottatt&amp;boks=' in page


def test_outlines_are_for_all_to_read(visitor: FlaskClient, town: dict[str, int]) -> None:
    answer = visitor.get("/data/omrader.geojson")
    found = answer.get_json()
    assert [feature["properties"]["name"] for feature in found["features"]] == ["Tranby", "Viker"]
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    assert visitor.get("/data/omrader.geojson", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


def test_the_export_holds_every_public_need_with_a_place(
    visitor: FlaskClient, town: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("participation.opendata.places._NEEDS_AT_ONCE", 5)
    answer = visitor.get("/data/behov.geojson")
    found = json.loads(answer.data)
    assert found["license"] == "https://data.norge.no/nlod/no/2.0"
    numbers = [feature["id"] for feature in found["features"]]
    assert len(numbers) == 12
    assert town["withdrawn"] not in numbers
    alone = next(feature for feature in found["features"] if feature["id"] == town["alone"])
    assert alone["properties"]["area"] == "viker"
    assert alone["properties"]["url"].endswith(f"/behov/{town['alone']}")
    assert "Astrid" not in answer.text


def test_the_export_is_written_as_it_is_read(visitor: FlaskClient, town: dict[str, int]) -> None:
    answer = visitor.get("/data/behov.geojson", buffered=False)
    assert answer.is_streamed
    assert "Content-Length" not in answer.headers
    assert answer.data.startswith(b'{"type":"FeatureCollection"')


def test_an_export_of_nothing_is_a_collection_too(visitor: FlaskClient) -> None:
    assert json.loads(visitor.get("/data/behov.geojson").data)["features"] == []


def test_the_policy_names_the_tiles_origin_alone(
    app: Flask, visitor: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = visitor.get("/behov/kart").headers["Content-Security-Policy"]
    assert "img-src 'self' data:;" in plain
    tiles = MapSettings(tiles_url="https://cache.kartverket.no/topo/{z}/{y}/{x}.png")
    monkeypatch.setitem(app.config, "SETTINGS", replace(app.config["SETTINGS"], map=tiles))
    widened = visitor.get("/behov/kart").headers["Content-Security-Policy"]
    assert widened == plain.replace("data:;", "data: https://cache.kartverket.no;")
    assert visitor.get("/behov/kart").headers["Permissions-Policy"].endswith("geolocation=(self)")


def test_a_place_outside_all_areas_still_stands_on_the_map(ctx: Flask, person: Named) -> None:
    draw_areas()
    need = factories.make_need(person("Astrid"), **at(OUTSIDE))
    found = view(Box(10.5, 60, 11.5, 61), zoom=10, wanted=NeedFilter())
    assert [mark.need_ids for mark in found.marks] == [(need.id,)]


def test_a_mark_of_several_areas_says_so(visitor: FlaskClient, town: dict[str, int]) -> None:
    far = visitor.get("/behov/kart/utsnitt.geojson?boks=9,59,12,61&zoom=7").get_json()
    assert [one["properties"]["name"] for one in far["features"]] == ["12 behov i Tranby og områdene rundt"]


def test_the_choices_of_the_map_are_counted_as_those_of_the_list(visitor: FlaskClient, town: dict[str, int]) -> None:
    page = visitor.get("/behov/kart?omrade=viker").text
    of_school = page.partition('id="tema-skole"')[2].partition("</label>")[0]
    assert '<span aria-hidden="true">1</span>' in of_school
    of_tranby = page.partition('id="omrade-tranby"')[2].partition("</label>")[0]
    assert '<span aria-hidden="true">11</span>' in of_tranby, "without the one that has no place"


def test_a_search_without_hits_shows_the_ways_on(visitor: FlaskClient, town: dict[str, int]) -> None:
    page = visitor.get("/behov/kart?q=nordlys&omrade=viker&boks=10.1,59.75,10.4,59.95").text
    ways = page.partition("data-map-ways")[2].partition("</ul>")[0]
    assert "hidden" not in ways
    assert 'href="/behov/kart?q=nordlys&amp;omrade=viker">Vis hele kommunen' in ways
    assert (
        'href="/behov/kart?omrade=viker&amp;boks=10.1,59.75,10.4,59.95" data-keeps-box>Slett ordene «nordlys»' in ways
    )
    assert 'href="/behov?q=nordlys&amp;omrade=viker">Se listen' in ways
    assert "data-map-ways hidden" in visitor.get("/behov/kart").text


def test_what_is_mine_is_mine_on_the_map_too_and_on_the_way_back(
    app: Flask, visitor: FlaskClient, signed_in: Callable[[str], FlaskClient], town: dict[str, int]
) -> None:
    with app.app_context():
        own = factories.make_need(make_person("Bjørn"), title="Lyset ved stien er slukket", **at(IN_VIKER)).id
        db.session.commit()
    bjorn = signed_in("Bjørn")
    page = bjorn.get("/behov/kart?mine=meldt").text
    assert "1 behov med et sted." in page
    assert "Skolen mangler en ballbinge" not in page
    assert 'href="/behov?mine=meldt"' in page
    assert 'id="mine-meldt" name="mine" value="meldt" checked' in page
    assert "chip-removable" in page
    assert 'data-query="mine=meldt"' in page
    found = bjorn.get(f"{SECTION}&mine=meldt")
    assert [one["id"] for one in found.get_json()["listed"]] == [own]
    assert [one["id"] for one in bjorn.get(f"{SECTION}&mine=meldt&q=lyset").get_json()["listed"]] == [own]
    assert bjorn.get(f"{SECTION}&mine=meldt&tema=skole").get_json()["total"] == 0
    assert found.headers["Cache-Control"] == "no-store"


def test_nobody_else_is_answered_from_what_was_kept_of_someones_own(visitor: FlaskClient, town: dict[str, int]) -> None:
    """At the same address, who is not signed in is told of all: nor is that kept for who is."""
    assert visitor.get(f"{SECTION}&mine=meldt").get_json()["total"] == 12
    assert "public" not in visitor.get(f"{SECTION}&mine=meldt").headers["Cache-Control"]
    page = visitor.get("/behov/kart?mine=meldt").text
    assert 'data-query=""' in page
    assert 'href="/behov?mine=meldt"' not in page


def _in_order(page: str, *titles: str) -> bool:
    places = [page.index(f">{title}</a>") for title in titles]
    return places == sorted(places)


def test_near_me_is_in_the_middle_of_the_map_and_the_nearest_stand_first(
    app: Flask, visitor: FlaskClient, town: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        bjorn = make_person("Bjørn")
        factories.make_need(bjorn, title="Et stykke unna", **at(Point(59.907, 10.25)))
        factories.make_need(bjorn, title="Lengst unna", **at(Point(59.896, 10.25)))
        db.session.commit()
    here = "nar=59.908,10.25"
    page = visitor.get(f"/behov/kart?{here}").text
    west, south, east, north = map(float, page.partition('data-box="')[2].partition('"')[0].split(","))
    assert Box(west, south, east, north).middle.rounded(3) == Point(59.908, 10.25)
    assert "3 behov i denne delen av kartet" in page
    nearest_first = ("Et stykke unna", "Skolen mangler en ballbinge", "Lengst unna")
    assert _in_order(page, *nearest_first)
    assert 'href="/behov?nar=59.908,10.25"' in page
    whole = page.partition("data-map-whole")[2].partition("</li>")[0]
    assert whole.startswith('><a class="text-link" href="/behov/kart?nar=59.908,10.25&amp;boks='), (
        "the way out to the whole municipality"
    )
    section = visitor.get(f"{SECTION}&{here}").get_json()
    assert [one["title"] for one in section["listed"]][:3] == list(nearest_first)
    newest = visitor.get(f"/behov/kart?{here}&sorter=nyeste").text
    assert _in_order(newest, "Lengst unna", "Et stykke unna", "Skolen mangler en ballbinge")
    monkeypatch.setattr(map_view, "NEEDS_MAX", 2)
    many = visitor.get(f"{SECTION}&{here}").get_json()["features"]
    assert many[0]["geometry"]["coordinates"][1] > many[-1]["geometry"]["coordinates"][1]
    assert many[-1]["properties"]["count"] > 1, "where they are many together, the nearest stand first too"


def test_who_is_elsewhere_is_shown_the_municipality(visitor: FlaskClient, town: dict[str, int]) -> None:
    page = visitor.get(f"/behov/kart?nar={OUTSIDE}").text
    assert 'data-box="10.2,59.8,10.26,59.92"' in page
    assert _in_order(page, "Skolen mangler en ballbinge", "Bussen går for sjelden om kvelden")


def test_the_best_match_stands_first_beside_the_map_too(ctx: Flask) -> None:
    _many, alone, _withdrawn = _town()
    factories.make_need(make_person("Bjørn"), title="Nytt gjerde", description="Rundt en ballbinge.", **at(IN_VIKER))
    shown = view(TOWN, zoom=10, wanted=NeedFilter(text="ballbinge"), sort=Sort.BEST)
    assert [need.id for need in shown.needs or ()] == [*found_by_text("ballbinge").ids]
    assert (shown.needs or ())[0].id == alone.id, "in the title, though the other is newer"


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("Kort vei hjem fra skolen", "Kort vei hjem fra skolen. Mottatt. 1 har dette behovet"),
        ("Barna går hjem fra skolen.", "Barna går hjem fra skolen. Mottatt. 1 har dette behovet"),
        ("Kan vi få en benk?", "Kan vi få en benk? Mottatt. 1 har dette behovet"),
    ],
)
def test_a_mark_is_read_aloud_in_whole_sentences(app: Flask, visitor: FlaskClient, title: str, said: str) -> None:
    with app.app_context():
        factories.make_need(make_person("Astrid"), title=title, **at(IN_VIKER))
        db.session.commit()
    (mark,) = visitor.get(SECTION).get_json()["features"]
    assert mark["properties"]["action"] == said
