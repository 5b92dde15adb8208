"""The Atom feeds: what RFC 4287 asks of them, and nothing in them that is not public."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from xml.etree.ElementTree import Element, fromstring

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from participation import clock
from participation.accounts.models import Person
from participation.extensions import db
from participation.needs import service as needs
from participation.needs.models import Need, Theme
from participation.opendata.atom import stamp
from participation.outcomes import use_checks
from participation.outcomes.models import Outcome, UseCheck
from participation.outcomes.rules import OutcomeState
from participation.projects import service as projects
from participation.projects.models import Project
from participation.projects.rules import Phase, Scope, Visibility
from tests import factories
from tests.people import make_person

ATOM = "{http://www.w3.org/2005/Atom}"
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
Published = tuple[Outcome, Need, Project]


@pytest.fixture
def published(app: Flask) -> Published:
    """A need of Astrid's that a project took on, and the outcome."""
    with app.app_context():
        astrid, cecilie, dag = (make_person(name) for name in ("Astrid", "Cecilie", "Dag"))
        need = factories.make_accepted(astrid, by=cecilie)
        project = factories.make_project(cecilie)
        factories.link(project, need, by=cecilie)
        factories.enter(project, Phase.PILOTING, by=cecilie)
        draft = factories.make_draft(project, need, by=cecilie, body="Se **her** <script>alert(1)</script>")
        return factories.publish(draft, writer=cecilie, approver=dag), need, project


def read(client: FlaskClient, path: str) -> Element:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status)
    assert answer.mimetype == "application/atom+xml"
    assert "Set-Cookie" not in answer.headers
    return fromstring(answer.text)  # noqa: S314  our own


def text(element: Element, name: str) -> str:
    return element.findtext(ATOM + name) or ""


def titles(feed: Element) -> list[str]:
    return [text(entry, "title") for entry in feed.iter(ATOM + "entry")]


def links(element: Element) -> dict[str, str]:
    return {link.attrib["rel"]: link.attrib["href"] for link in element.findall(ATOM + "link")}


def ids(feed: Element) -> set[str]:
    return {text(entry, "id") for entry in feed.iter(ATOM + "entry")}


def feeds_of(published: Published) -> list[str]:
    _outcome, need, project = published
    ways = ("resultater", "tema/buss", "omrade/tranby", f"behov/{need.id}", f"prosjekter/{project.id}")
    return [f"/strom/{way}.atom" for way in ways]


def test_each_feed_holds_what_the_format_asks_for(published: Published, visitor: FlaskClient) -> None:
    for path in feeds_of(published):
        feed = read(visitor, path)
        entries = feed.findall(ATOM + "entry")
        assert entries, path
        assert links(feed)["self"] == text(feed, "id") == f"http://localhost{path}"
        assert feed.findtext(f"{ATOM}author/{ATOM}name") == "Lier kommune"
        for element in (feed, *entries):
            assert text(element, "id").startswith("http://localhost/")
            assert text(element, "title")
            assert datetime.fromisoformat(text(element, "updated")).tzinfo is UTC
            assert links(element)["alternate"].startswith("http://localhost/")
        assert len({text(entry, "id") for entry in entries}) == len(entries)
        assert text(feed, "updated") == max(text(entry, "updated") for entry in entries)
        assert {entry.find(ATOM + "content").attrib["type"] for entry in entries} == {"html"}  # type: ignore[union-attr]


def test_an_outcome_stands_in_the_feeds_of_its_need_theme_area_and_project(
    published: Published, visitor: FlaskClient
) -> None:
    outcome, _need, project = published
    for path in ("/strom/resultater.atom", "/strom/tema/buss.atom", "/strom/omrade/tranby.atom"):
        assert titles(read(visitor, path)) == [outcome.title]
    assert titles(read(visitor, f"/strom/prosjekter/{project.id}.atom"))[0] == outcome.title
    content = read(visitor, "/strom/resultater.atom").findtext(f".//{ATOM}content") or ""
    assert "<strong>her</strong>" in content
    assert "<script" not in content


def test_a_feed_speaks_the_language_of_its_address_and_of_nothing_else(
    published: Published, visitor: FlaskClient
) -> None:
    path = f"/strom/behov/{published[1].id}.atom"
    visitor.set_cookie("sprak", "nn")
    assert read(visitor, path).get(LANGUAGE) == "nb"
    english = read(visitor, f"{path}?sprak=en&utm=x")
    assert (english.get(LANGUAGE), text(english, "id")) == ("en", f"http://localhost{path}?sprak=en")
    assert "The need was received" in titles(english)
    assert titles(english) != titles(read(visitor, path))
    assert read(visitor, f"{path}?sprak=tlh").get(LANGUAGE) == "nb"


def test_an_outcome_is_told_in_the_language_it_has_been_translated_to(
    app: Flask, published: Published, visitor: FlaskClient
) -> None:
    outcome, need, _project = published
    with app.app_context():
        row = db.session.get_one(Outcome, outcome.id)
        row.translations = {"en": {"title": "A bus each half hour", "needs": {str(need.id): "Now you get home."}}}
        row.corrected_at = clock.now() + timedelta(days=1)
        db.session.commit()
        corrected = stamp(row.corrected_at)
    for path in ("/strom/resultater.atom", f"/strom/behov/{need.id}.atom"):
        english, norwegian = (visitor.get(f"{path}?sprak={language}").text for language in ("en", "nn"))
        for words in ("A bus each half hour", "Now you get home."):
            assert words in english
            assert words not in norwegian
        assert outcome.title not in english
        assert text(fromstring(english), "updated") == corrected  # noqa: S314  our own


def test_an_unchanged_feed_is_answered_in_a_few_bytes(published: Published, visitor: FlaskClient) -> None:
    first = visitor.get("/strom/resultater.atom")
    for name, value in (("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified")):
        again = visitor.get("/strom/resultater.atom", headers={name: first.headers[value]})
        assert (again.status_code, again.data) == (304, b"")
    assert "public" in first.headers["Cache-Control"]


def test_the_needs_feed_tells_its_story_and_names_only_staff_who_sign(
    published: Published, visitor: FlaskClient
) -> None:
    feed = read(visitor, f"/strom/behov/{published[1].id}.atom?sprak=en")
    assert titles(feed)[-1] == "The need was received"
    assert titles(feed)[0] == "A result is ready"
    signed = {text(entry, "title"): entry.findtext(f"{ATOM}author/{ATOM}name") for entry in feed.iter(ATOM + "entry")}
    assert signed["The need was received"] == "A resident"
    assert signed["Answer: accepted for further work"] == "Cecilie"
    assert signed["A result is ready"] is None
    assert "Astrid" not in visitor.get(f"/strom/behov/{published[1].id}.atom").text


def test_characters_that_xml_has_no_room_for_are_left_out(
    app: Flask, published: Published, visitor: FlaskClient
) -> None:
    with app.app_context():
        need = db.session.get_one(Need, published[1].id)
        need.title, need.description = "Buss \x0b\x01 <b>&amp; \ufffe", "Hei\x08 ]]> & <i>"
        db.session.commit()
    feed = read(visitor, f"/strom/behov/{published[1].id}.atom")
    assert text(feed, "title").startswith("Buss  <b>&amp; ")
    contents = [entry.findtext(ATOM + "content") or "" for entry in feed.iter(ATOM + "entry")]
    assert any("Hei ]]&gt; &amp; &lt;i&gt;" in content for content in contents)


@pytest.mark.parametrize("state", [state for state in OutcomeState if state not in {"published", "corrected"}])
def test_what_is_not_published_is_in_no_feed(
    app: Flask, published: Published, visitor: FlaskClient, state: OutcomeState
) -> None:
    with app.app_context():
        outcome = db.session.get_one(Outcome, published[0].id)
        outcome.state, outcome.title, outcome.summary = state, "Hemmelig tittel", "Hemmelig sammendrag"
        outcome.needs[0].text = "Hemmelig svar"
        db.session.commit()
    for path in feeds_of(published):
        words = visitor.get(path).text
        assert "Hemmelig" not in words, path
        assert "Du kan nå ta bussen hjem" not in words, path
    assert titles(read(visitor, "/strom/resultater.atom")) == []


def test_of_an_internal_project_only_that_it_took_the_need_on_is_told(
    app: Flask, signed_in: Callable[[str], FlaskClient]
) -> None:
    with app.app_context():
        astrid, cecilie, dag = (make_person(name) for name in ("Astrid", "Cecilie", "Dag"))
        need = factories.make_accepted(astrid, by=cecilie)
        project = factories.make_project(cecilie, title="Hemmelig prosjekt", visibility=Visibility.INTERNAL)
        projects.link(cecilie.actor, project=project, need=need, scope=Scope.WHOLE, note="Hemmelig notat")
        db.session.commit()
        factories.enter(project, Phase.PILOTING, by=cecilie)
        outcome = factories.publish(factories.make_draft(project, need, by=cecilie), writer=cecilie, approver=dag)
        *others, of_project = feeds_of((outcome, need, project))
    # Not even for staff who are signed in: what a feed says is kept by whoever fetches it.
    for client in (app.test_client(), signed_in("Cecilie")):
        assert client.get(of_project).status_code == 404
        for path in others:
            answer = client.get(path)
            assert answer.status_code == 200
            assert "Hemmelig" not in answer.text
            assert "/prosjekter/" not in answer.text


def test_a_withdrawn_needs_feed_ends_with_that(app: Flask, visitor: FlaskClient) -> None:
    with app.app_context():
        astrid = make_person("Astrid")
        need = factories.make_need(astrid)
        needs.withdraw(astrid.actor, need=need)
        db.session.commit()
        number = need.id
    assert titles(read(visitor, f"/strom/behov/{number}.atom?sprak=en"))[0] == "The need was withdrawn"


def test_a_feed_holds_the_fifty_newest(app: Flask, published: Published, visitor: FlaskClient) -> None:
    with app.app_context():
        need = db.session.get_one(Need, published[1].id)
        author = db.session.get_one(Person, need.author_id)
        for number in range(60):
            needs.add(author.actor, need=need, body=f"Tillegg {number}", version=need.version)
        db.session.commit()
    feed = read(visitor, f"/strom/behov/{published[1].id}.atom")
    contents = [entry.findtext(ATOM + "content") or "" for entry in feed.iter(ATOM + "entry")]
    assert len(contents) == 50
    assert "Tillegg 59" in contents[0]


@pytest.mark.parametrize(
    "path", ["tema/finnes-ikke", "omrade/finnes-ikke", "behov/999", "prosjekter/999", "behov/99999999999999999999"]
)
def test_a_feed_of_nothing_is_not_there(visitor: FlaskClient, path: str) -> None:
    assert visitor.get(f"/strom/{path}.atom").status_code == 404


def test_an_empty_feed_is_whole_and_stays_the_same(visitor: FlaskClient) -> None:
    first, again = (visitor.get("/strom/resultater.atom") for _ in range(2))
    assert "<entry" not in first.text
    assert first.headers["ETag"] == again.headers["ETag"]


def test_a_theme_feed_holds_only_what_speaks_to_it(app: Flask, published: Published, visitor: FlaskClient) -> None:
    with app.app_context():
        db.session.add(Theme(key="skole", nb="Skole", nn="Skule", en="School"))
        db.session.commit()
    assert titles(read(visitor, "/strom/tema/skole.atom")) == []
    assert text(read(visitor, "/strom/tema/skole.atom?sprak=en"), "title").startswith("You said – we did: School")


def test_the_projects_feed_holds_the_news_of_its_page_once_a_telling(
    app: Flask, published: Published, visitor: FlaskClient
) -> None:
    with app.app_context():
        project = db.session.get_one(Project, published[2].id)
        cecilie = db.session.scalars(select(Person).where(Person.name == "Cecilie")).one()
        factories.link(project, factories.make_accepted(cecilie, by=cecilie), by=cecilie)
        projects.tell(cecilie.actor, project=project, body="Bussen er **i rute**.", version=project.version)
        db.session.commit()
    path = f"/strom/prosjekter/{published[2].id}.atom?sprak=en"
    feed = read(visitor, path)
    (news,) = (entry for entry in feed.iter(ATOM + "entry") if "News" in text(entry, "title"))
    assert "<strong>i rute</strong>" in text(news, "content")
    assert titles(feed)[0] == text(news, "title")
    assert ids(feed) == ids(read(visitor, path))


def test_every_feed_of_a_result_says_that_it_went_out_of_use(
    app: Flask, published: Published, visitor: FlaskClient
) -> None:
    before = {path: read(visitor, path) for path in feeds_of(published)}
    with app.app_context():
        check = db.session.scalars(select(UseCheck).where(UseCheck.months == 6)).one()
        cecilie = db.session.scalars(select(Person).where(Person.name == "Cecilie")).one()
        with clock.travel(clock.now() + timedelta(days=200)):
            steps = {published[1].id: "Vi leter videre."}
            use_checks.no_longer(cecilie.actor, check=check, happened="Pengene **tok slutt**.", next_steps=steps)
            db.session.commit()
            assert check.answered_at
            ended = stamp(check.answered_at)
    for path, was in before.items():
        feed = read(visitor, path)
        new = ids(feed) - ids(was)
        assert ids(was) < ids(feed)
        assert text(feed, "updated") == ended, path
        said = [text(entry, "content") for entry in feed.iter(ATOM + "entry") if text(entry, "id") in new]
        assert any("<strong>tok slutt</strong>" in content for content in said), path
    told = read(visitor, "/strom/resultater.atom?sprak=en").findall(ATOM + "entry")
    assert text(told[0], "title") == "No longer in use: Bussen går hver halvtime"
    assert text(told[1], "updated") == ended
    assert "No longer in use from" in text(told[1], "content")
