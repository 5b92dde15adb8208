from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from participation.comments import service as comments
from participation.extensions import db
from participation.needs import service as needs
from participation.projects.rules import Phase, Visibility
from tests import factories
from tests.people import make_person

SignIn = Callable[[str], FlaskClient]


@pytest.fixture
def town(app: Flask) -> dict[str, int]:
    """A need, a project, a result and a comment about skiing tracks; and the same of what nobody is to find."""
    with app.app_context():
        astrid, cecilie, dag = (make_person(name) for name in ("Astrid", "Cecilie", "Dag"))
        need = factories.make_accepted(astrid, by=cecilie, title="Lysløypa i Sylling er mørk")
        comment = comments.comment(astrid.actor, need=need, body="Vi går i lysløypa med <b>hodelykt</b>.")
        project = factories.make_project(cecilie, title="Lys i alle løyper")
        factories.link(project, need, by=cecilie)
        factories.enter(project, Phase.NEW_PRACTICE, by=cecilie)
        ready = factories.make_draft(project, need, by=cecilie, title="Lysløypene lyser igjen")
        outcome = factories.publish(ready, writer=cecilie, approver=dag)
        hidden = factories.make_project(cecilie, title="Hemmelig lysløype", visibility=Visibility.INTERNAL)
        draft = factories.make_draft(project, need, by=cecilie, title="Uferdig lysløype")
        withdrawn = factories.make_need(astrid, title="Lysløypa angrer jeg på")
        comments.comment(astrid.actor, need=withdrawn, body="Glemt lysløypekommentar")
        needs.withdraw(astrid.actor, need=withdrawn)
        db.session.commit()
        assert comment is not None
        return {"need": need.id, "project": project.id, "outcome": outcome.id, "hidden": hidden.id, "draft": draft.id}


def test_one_search_finds_needs_projects_results_and_comments(town: dict[str, int], visitor: FlaskClient) -> None:
    page = visitor.get("/sok?q=lysløyper").text
    for address in (f"/behov/{town['need']}", f"/prosjekter/{town['project']}", f"/resultater/{town['outcome']}"):
        assert f'href="{address}"' in page
    assert "Kommentar til «<mark>Lysløypa</mark> i Sylling er mørk»" in page


def test_nothing_is_found_that_is_not_for_all_to_see(
    town: dict[str, int], visitor: FlaskClient, signed_in: SignIn
) -> None:
    for client in (visitor, signed_in("Gry"), signed_in("Cecilie")):
        page = client.get("/sok?q=lysløype").text
        assert not [word for word in ("Hemmelig", "Uferdig", "angrer", "Glemt") if word in page]


def test_the_words_that_were_asked_for_are_marked_and_all_is_text(town: dict[str, int], visitor: FlaskClient) -> None:
    page = visitor.get("/sok?q=lysløype").text
    assert "<mark>Lysløypa</mark> i Sylling" in page
    assert "<mark>lysløypa</mark> med &lt;b&gt;hodelykt&lt;/b&gt;" in page


def test_of_a_hit_that_part_is_shown_that_was_asked_for(app: Flask, visitor: FlaskClient) -> None:
    with app.app_context():
        astrid, cecilie = make_person("Astrid"), make_person("Cecilie")
        factories.make_need(astrid, title="Det er for langt å gå", affected="Alle som fisker ørret.")
        factories.make_project(cecilie, title="Nye veier", purpose="Flere skal få fiske ørret.")
        db.session.commit()
    page = visitor.get("/sok?q=ørret").text
    assert "Alle som fisker <mark>ørret</mark>." in page
    assert "Flere skal få fiske <mark>ørret</mark>." in page
    assert "Alle som fisker <mark>ørret</mark>." in visitor.get("/behov?q=ørret").text
    assert "<mark>Tranby</mark>" in visitor.get("/behov?q=tranby").text


def test_what_has_only_parts_of_the_words_is_said_to_have_no_more(town: dict[str, int], visitor: FlaskClient) -> None:
    parts = "Ingen har skrevet akkurat dette."
    for address in ("/sok?q=", "/behov?q="):
        assert parts in visitor.get(f"{address}lysshow").text
        assert parts not in visitor.get(f"{address}lysløype").text


def test_a_quoted_search_is_shown_in_one_kind_of_quotes(visitor: FlaskClient) -> None:
    assert "Søk etter «går til skolen»" in visitor.get('/sok?q="går til skolen"').text


@pytest.mark.parametrize("query", ["b", '"', "og"])
def test_a_letter_or_a_sign_is_no_search_for_what_nobody_has_said(
    town: dict[str, int], visitor: FlaskClient, query: str
) -> None:
    for address in ("/sok", "/behov"):
        page = visitor.get(address, query_string={"q": query}).text
        assert "Skriv litt mer" in page
        assert "Ingen har meldt inn dette ennå" not in page


def test_a_mistake_is_told_of(town: dict[str, int], visitor: FlaskClient) -> None:
    page = visitor.get("/sok?q=lysløpye").text
    assert "Ingen har skrevet «lysløpye». Vi viser treff på «lysløype»." in page


def test_one_kind_can_be_asked_for(town: dict[str, int], visitor: FlaskClient) -> None:
    page = visitor.get("/sok?q=lysløype&i=prosjekter").text
    assert f'href="/prosjekter/{town["project"]}"' in page
    assert f'href="/behov/{town["need"]}"' not in page


@pytest.mark.parametrize("query", ["", "   ", "og", '"', "<script>alert(1)</script>", "%00", "a" * 3000, "' OR ''='"])
def test_whatever_is_asked_the_page_answers_and_shows_it_as_text(
    town: dict[str, int], visitor: FlaskClient, query: str
) -> None:
    answer = visitor.get("/sok", query_string={"q": query, "i": query})
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("page", ["/behov", "/sok"])
def test_a_word_taken_for_the_beginning_of_others_is_said_to_be(
    town: dict[str, int], visitor: FlaskClient, page: str
) -> None:
    words = "Vi viser treff på ord som begynner med «lyslø»."
    assert words in visitor.get(f"{page}?q=lyslø").text
    assert "begynner med" not in visitor.get(f"{page}?q=lysløype").text
    assert "begynner med" not in visitor.get(f"{page}?q=xyzæ").text
