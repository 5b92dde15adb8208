from flask import Flask
from sqlalchemy import delete, select, text

from participation.comments import service as comments
from participation.extensions import db
from participation.insights.reindexing import reindex, reindex_if_needed
from participation.needs import catalogue
from participation.needs import service as needs
from participation.needs.catalogue import ThemeNames
from participation.needs.queries import area, found_by_text, theme
from participation.permissions import Actor, Role
from participation.search.models import SearchDocument, SearchMisspelling, SearchWord
from participation.search.queries import find
from tests import factories
from tests.people import make_person


def lose_the_index() -> None:
    for table in (SearchDocument, SearchWord, SearchMisspelling):
        db.session.execute(delete(table))
    db.session.execute(text("DELETE FROM search_terms"))
    db.session.commit()


def test_what_is_lost_of_the_index_is_made_again(ctx: Flask) -> None:
    astrid, cecilie = make_person("Astrid"), make_person("Cecilie")
    need = factories.make_accepted(astrid, by=cecilie)
    number = comments.comment(astrid.actor, need=need, body="Vi går til fots fra stasjonen.")
    project = factories.make_project(cecilie)
    factories.link(project, need, by=cecilie)
    db.session.commit()
    before = documents()
    lose_the_index()
    said: list[tuple[str, int, int]] = []
    reindex(lambda *told: said.append(told))
    assert documents() == before
    assert find("comment", "stasjon").ids == [number]
    assert ("need", 1, 1) in said


def documents() -> set[tuple[str, int, str]]:
    rows = db.session.execute(select(SearchDocument.kind, SearchDocument.object_id, SearchDocument.text))
    return {(row.kind, row.object_id, row.text) for row in rows}


def test_the_worker_indexes_what_an_older_version_left_and_then_no_more(ctx: Flask) -> None:
    need = factories.make_need(make_person("Astrid"))
    lose_the_index()
    reindex_if_needed()
    assert find("need", "bussen").ids == [need.id]
    lose_the_index()
    reindex_if_needed()
    assert find("need", "bussen").ids == []


def test_a_need_is_found_by_its_area_and_theme_also_after_they_have_other_names(ctx: Flask) -> None:
    need = factories.make_need(make_person("Astrid"))
    number = need.id
    reindex_if_needed()
    farid = Actor(make_person("Farid").id, frozenset({Role.ADMINISTRATOR}))
    place, subject = area(need.area_id), theme(need.theme_id)
    assert place is not None
    assert subject is not None
    assert found(place.name) == found(subject.nb) == [number]
    catalogue.rename_area(farid, area=place, name="Svangstrand")
    db.session.commit()
    reindex_if_needed()
    names = ThemeNames(nb="Zeppelinere", nn="Zeppelinarar", en="Airships")
    catalogue.rename_theme(farid, theme=db.session.merge(subject), names=names)
    db.session.commit()
    reindex_if_needed()
    assert found("Svangstrand") == found("zeppeliner") == [number]
    assert found('"Tranby"') == []


def found(words: str) -> list[int]:
    return found_by_text(words).ids


def test_reindexing_does_not_bring_back_what_is_withdrawn(ctx: Flask) -> None:
    astrid = make_person("Astrid")
    need = factories.make_need(astrid)
    needs.withdraw(astrid.actor, need=need)
    db.session.commit()
    reindex()
    assert documents() == set()
