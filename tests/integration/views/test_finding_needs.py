"""The list at its address: what it is narrowed to, whose it is, and what it makes of anything else."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from participation.extensions import db
from participation.geography.rules import Point
from participation.needs import nearby
from participation.needs.listing import NEEDS_A_PAGE
from participation.needs.models import SUBJECT_KIND, Area, Need, Theme
from participation.notifications.rules import Reason, Subject
from participation.notifications.service import subscribe
from participation.residents import need_matches
from participation.search import queries as search
from participation.support import service as support
from tests.factories import make_accepted, make_need, need_words
from tests.guards.html import faults
from tests.people import make_person
from tests.places import at

SignIn = Callable[[str], FlaskClient]


@pytest.fixture
def town(app: Flask) -> dict[str, int]:
    """Three needs: of the bus in Tranby, of school in Tranby, and of school at Lahell, which is taken in."""
    with app.app_context():
        astrid, bjorn, cecilie = (make_person(name) for name in ("Astrid", "Bjørn", "Cecilie"))
        bus = make_need(astrid, title="Buss om kvelden")
        school = Theme(key="skole", nb="Skole", nn="Skule", en="School", position=1)
        lahell = Area(key="lahell", name="Lahell")
        db.session.add_all([school, lahell])
        db.session.flush()
        yard = make_need(bjorn, title="Ny skolegård", theme_id=school.id, area_id=bus.area_id)
        class_ = make_accepted(bjorn, by=cecilie, title="Flere klasserom", theme_id=school.id, area_id=lahell.id)
        support.support(astrid.actor, need=yard)
        subscribe(astrid.id, subject=Subject(SUBJECT_KIND, class_.id), reason=Reason.FOLLOWER)
        db.session.commit()
        return {"bus": bus.id, "yard": yard.id, "class": class_.id}


def listed(client: FlaskClient, query: str = "") -> set[int]:
    answer = client.get(f"/behov?{query}")
    assert (answer.status_code, faults(answer.text)) == (200, [])
    return {int(number) for number in re.findall(r'<article class="need-card" data-need-id="(\d+)"', answer.text)}


def count(client: FlaskClient, query: str = "") -> str:
    found = re.search(r'id="need-count"[^>]*>([^<]+)<', client.get(f"/behov?{query}").text)
    assert found is not None
    return unescape(found[1])


def chips(client: FlaskClient, query: str) -> dict[str, str]:
    """What each chip says, and where it leads."""
    links = re.findall(
        r'<a class="chip chip-removable" href="([^"]+)" aria-label="([^"]+)"', client.get(f"/behov?{query}").text
    )
    return {unescape(words): unescape(url) for url, words in links}


def test_any_of_several_fits_of_one_kind_and_each_of_different_kinds(
    visitor: FlaskClient, town: dict[str, int]
) -> None:
    assert listed(visitor, "tema=skole&tema=buss") == set(town.values())
    assert listed(visitor, "tema=skole&omrade=tranby") == {town["yard"]}
    assert listed(visitor, "tema=skole&status=tatt-inn&status=mottatt") == {town["yard"], town["class"]}
    assert listed(visitor, "tema=buss&status=accepted") == set()
    assert (count(visitor), count(visitor, "omrade=tranby"), count(visitor, "q=klasserom")) == (
        "3 behov",
        "2 behov",
        "1 behov",
    )


CHOICE = re.compile(
    r'value="([\w-]+)"(?: checked)?>\s*<span class="choice-name">[^<]+</span>\s*<span [^>]+><span [^>]+>(\d+)<'
)


def test_each_choice_has_its_number_and_each_chip_takes_itself_away(visitor: FlaskClient, town: dict[str, int]) -> None:
    text = visitor.get("/behov?tema=skole&omrade=tranby").text
    numbers = dict(CHOICE.findall(text))
    assert {key: numbers[key] for key in ("buss", "skole", "tranby", "lahell", "mottatt", "tatt-inn")} == {
        "buss": "1", "skole": "1", "tranby": "1", "lahell": "1", "mottatt": "1", "tatt-inn": "0",
    }  # fmt: skip
    assert chips(visitor, "q=ny&tema=skole&omrade=tranby&status=mottatt&sorter=stottet") == {
        "Ord: ny, ta bort": "/behov?tema=skole&omrade=tranby&status=mottatt&sorter=stottet",
        "Tema: Skole, ta bort": "/behov?q=ny&omrade=tranby&status=mottatt&sorter=stottet",
        "Område: Tranby, ta bort": "/behov?q=ny&tema=skole&status=mottatt&sorter=stottet",
        "Status: mottatt, ta bort": "/behov?q=ny&tema=skole&omrade=tranby&sorter=stottet",
    }


def test_what_is_mine_is_shown_to_me_only_and_kept_nowhere(
    visitor: FlaskClient, signed_in: SignIn, town: dict[str, int]
) -> None:
    astrid, bjorn = signed_in("Astrid"), signed_in("Bjørn")
    mine = {word: listed(astrid, f"mine={word}") for word in ("meldt", "stottet", "fulgt")}
    assert mine == {"meldt": {town["bus"]}, "stottet": {town["yard"]}, "fulgt": {town["class"]}}
    assert listed(astrid, "mine=stottet&q=skolegård&tema=skole") == {town["yard"]}
    assert listed(astrid, "mine=meldt&q=skolegård") == set()
    assert listed(bjorn, "mine=meldt") == {town["yard"], town["class"]}
    assert astrid.get("/behov?mine=meldt").headers["Cache-Control"] == "no-store"
    assert listed(visitor, "mine=meldt") == set(town.values())
    assert 'name="mine"' not in visitor.get("/behov?mine=meldt").text
    assert "Her er det ingenting som er ditt ennå" in signed_in("Gry").get("/behov?mine=fulgt").text


def test_whoever_has_never_been_here_meets_the_themes_first(
    visitor: FlaskClient, signed_in: SignIn, town: dict[str, int]
) -> None:
    ways = 'class="chip theme-way" href="/behov?tema=skole"'
    assert ways in visitor.get("/behov").text
    assert ways in visitor.get("/behov?q=&sorter=").text
    for query in ("tema=buss", "q=buss", "sorter=nyeste", "sider=2", f"etter=1.0~{town['class']}"):
        assert "theme-way" not in visitor.get(f"/behov?{query}").text
    assert "theme-way" not in visitor.get("/behov", headers={"HX-Request": "true"}).text
    assert "theme-way" not in signed_in("Astrid").get("/behov").text


def test_a_search_that_finds_nothing_claims_nothing_and_leads_on(visitor: FlaskClient, town: dict[str, int]) -> None:
    text = visitor.get("/behov?q=kvantekatten&omrade=tranby").text
    assert "Vi fant ingen behov som passer" in text
    assert "Dette trenger folk" not in text
    for way in ("/behov?q=kvantekatten", "/behov?omrade=tranby", "/behov/nytt"):
        assert f'href="{way}"' in text.split("Vi fant ingen behov som passer")[1]
    assert 'href="/behov">Ta bort filtrene' in visitor.get("/behov?tema=buss&status=tatt-inn").text


def test_the_anonymous_list_sets_no_cookie_and_is_sent_again_only_when_it_has_changed(
    app: Flask, visitor: FlaskClient, town: dict[str, int]
) -> None:
    for path in ("/behov", "/behov?tema=skole&sorter=nyeste&sider=2"):
        first = visitor.get(path)
        assert "Set-Cookie" not in first.headers
        known = {"If-None-Match": first.headers["ETag"]}
        assert visitor.get(path, headers=known).status_code == 304
        with app.app_context():
            make_need(make_person(f"Nabo {path}"), theme_id=db.session.get_one(Need, town["yard"]).theme_id)
        assert visitor.get(path, headers=known).status_code == 200


def test_without_scripts_the_next_needs_are_a_page_of_their_own(app: Flask, visitor: FlaskClient) -> None:
    with app.app_context():
        astrid, words = make_person("Astrid"), need_words()
        for _ in range(2 * NEEDS_A_PAGE + 1):
            support.propose(astrid.actor, words=words, name_hidden=False, within_days=30)
        db.session.commit()
        everything = set(db.session.scalars(select(Need.id)))
    found: list[set[int]] = []
    query = "tema=buss"
    while query:
        found.append(listed(visitor, query))
        text = visitor.get(f"/behov?{query}").text
        link = re.search(r'rel="next" href="/behov\?([^"]+)"', text)
        assert ("Til første side" in text) == ("etter" in query)
        query = unescape(link[1]) if link else ""
    assert [len(page) for page in found] == [NEEDS_A_PAGE, NEEDS_A_PAGE, 1]
    assert set.union(*found) == everything
    assert len(listed(visitor, "tema=buss&sider=2")) == 2 * NEEDS_A_PAGE
    for pages in ("0", "-1", "11", "999999999999999999999", "2;DROP TABLE need", "to"):
        assert len(listed(visitor, f"tema=buss&sider={pages}")) == NEEDS_A_PAGE


ATTACKS = [
    "heat",
    "id DESC; DROP TABLE need",
    "nyeste; DELETE FROM need --",
    "(SELECT CASE WHEN (1=1) THEN heat ELSE id END)",
    "stottet,(SELECT pg_sleep(9))",
    "' OR '1'='1",
    '" UNION SELECT email FROM person --',
    "1.0~1); DROP TABLE need; --",
    "1 OR 1=1~1",
    "nan~1",
    "-inf~1",
    "1e999~1",
    "1.0~99999999999999999999",
    "1.0~-1",
    "1.0~1~1",
    "\x00",
    "\ud7ff\uffff",
    "%27%20OR%201=1",
    "../../etc/passwd",
    "<script>alert(1)</script>",
    "x" * 5000,
    "1" * 5000 + "~1",
]


@pytest.mark.parametrize("name", ["sorter", "tema", "omrade", "status", "mine", "etter", "sider"])
def test_what_is_put_into_the_address_is_never_asked_of_the_database(
    app: Flask, visitor: FlaskClient, town: dict[str, int], name: str
) -> None:
    for attack in ATTACKS:
        answer = visitor.get("/behov", query_string={name: attack, "omrade" if name != "omrade" else "tema": "tranby"})
        assert (answer.status_code, faults(answer.text)) == (200, [])
        shown = {int(number) for number in re.findall(r'<article class="need-card" data-need-id="(\d+)"', answer.text)}
        # It asks for nothing: the list is as it is without it.
        assert shown == (set(town.values()) if name == "omrade" else {town["bus"], town["yard"]})
        assert "<script>alert" not in answer.text
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Need)) == len(town)


def test_many_values_at_once_are_as_those_known_among_them(visitor: FlaskClient, town: dict[str, int]) -> None:
    many = "&".join(f"tema=ukjent-{number}" for number in range(500))
    assert listed(visitor, f"{many}&tema=buss&tema=buss") == {town["bus"]}
    assert len(chips(visitor, f"{many}&tema=buss&tema=buss")) == 1


@pytest.fixture
def few_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A town in which three needs are as many as can be weighed."""
    monkeypatch.setattr(search, "CANDIDATES", 3)
    for module in (nearby, need_matches):
        monkeypatch.setattr(module, "NEAREST_MAX", 3)


@pytest.mark.parametrize("query", ["q=klasserom", "nar=59.8,10.2", "q=klasserom&nar=59.8,10.2"])
def test_what_fits_is_found_however_many_newer_and_nearer_ones_do_not(
    app: Flask, visitor: FlaskClient, town: dict[str, int], few_at_once: None, query: str
) -> None:
    with app.app_context():
        ida, school = make_person("Ida"), db.session.scalars(select(Theme).where(Theme.key == "skole")).one()
        old = make_need(ida, title="Større klasserom", theme_id=school.id, **at(Point(59.9, 10.25))).id
        for number in range(5):
            make_need(ida, title=f"Buss til klasserom {number}", **at(Point(59.8, 10.2)))
        db.session.commit()
    wanted = {town["class"], old} if "nar" not in query else {old}
    assert listed(visitor, f"{query}&tema=skole") == wanted
    assert count(visitor, f"{query}&tema=skole") == f"{len(wanted)} behov"
    assert CHOICE.findall(visitor.get(f"/behov?{query}&tema=skole").text) == []
    assert count(visitor, query) == "Minst 3 behov"


def test_words_among_ones_own_are_found_however_many_others_have_written_them(
    app: Flask, signed_in: SignIn, town: dict[str, int], few_at_once: None
) -> None:
    with app.app_context():
        astrid, bjorn = make_person("Astrid 2"), make_person("Bjørn 2")
        own = make_need(astrid, title="Flere klasserom til oss").id
        for number in range(5):
            make_need(bjorn, title=f"Buss til klasserom {number}")
        db.session.commit()
    assert listed(signed_in("Astrid 2"), "q=klasserom&mine=meldt") == {own}
