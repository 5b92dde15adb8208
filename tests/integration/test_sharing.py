"""The addresses of the pictures for sharing, and what the pages say of themselves where they are passed on."""

import re
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select

from participation import clock
from participation.accounts.models import Person
from participation.extensions import db
from participation.files.rules import DRAWN_FOLDER, DRAWN_KEPT_DAYS
from participation.needs import service as needs
from participation.needs.models import Need
from participation.needs.rules import NeedState
from participation.outcomes import follow_up_queries as follow_up
from participation.outcomes import use_checks
from participation.outcomes.models import Outcome
from participation.outcomes.rules import OutcomeState
from participation.projects.rules import Phase, Visibility
from participation.web.addresses import settings
from participation.worker.cleaning import throw_away_old
from tests import factories
from tests.people import make_person

SignIn = Callable[[str], FlaskClient]


@pytest.fixture
def pages(app: Flask) -> dict[str, int]:
    """Astrid's need, the outcome it led to, and the project between them."""
    with app.app_context():
        astrid, cecilie, dag = (make_person(name) for name in ("Astrid", "Cecilie", "Dag"))
        need = factories.make_accepted(astrid, by=cecilie)
        project = factories.make_project(cecilie)
        factories.link(project, need, by=cecilie)
        factories.enter(project, Phase.PILOTING, by=cecilie)
        outcome = factories.publish(factories.make_draft(project, need, by=cecilie), writer=cecilie, approver=dag)
        return {"behov": need.id, "resultater": outcome.id, "prosjekter": project.id}


def drawn_files(app: Flask) -> list[Path]:
    with app.app_context():
        return list((settings().var_folder / DRAWN_FOLDER).glob("*"))


@pytest.mark.parametrize("kind", ["behov", "resultater"])
def test_a_picture_is_1200_by_630_kept_and_asked_about_again(
    app: Flask, pages: dict[str, int], visitor: FlaskClient, kind: str
) -> None:
    path = f"/{kind}/{pages[kind]}/deling.png"
    first = visitor.get(path)
    assert (first.status_code, first.mimetype) == (200, "image/png")
    assert Image.open(BytesIO(first.data)).size == (1200, 630)
    assert first.headers["Cache-Control"] == "public, max-age=3600"
    assert "Set-Cookie" not in first.headers
    again = visitor.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    english = visitor.get(f"{path}?sprak=en")
    assert english.headers["ETag"] != first.headers["ETag"]
    assert english.data != first.data
    assert "Set-Cookie" not in english.headers


def test_a_picture_follows_the_words_and_the_count(app: Flask, pages: dict[str, int], visitor: FlaskClient) -> None:
    path = f"/behov/{pages['behov']}/deling.png"
    seen = {visitor.get(path).headers["ETag"]}
    for change in ({"title": "Et helt annet behov"}, {"support_count": 1204}):
        with app.app_context():
            need = db.session.get_one(Need, pages["behov"])
            for name, value in change.items():
                setattr(need, name, value)
            db.session.commit()
        seen.add(visitor.get(path).headers["ETag"])
    assert len(seen) == 3


def test_the_picture_of_what_is_out_of_use_says_so_under_another_name(
    app: Flask, pages: dict[str, int], visitor: FlaskClient
) -> None:
    page = f"/resultater/{pages['resultater']}"
    before = visitor.get(f"{page}/deling.png")
    with app.app_context():
        asked = follow_up.check(pages["resultater"], months=6)
        assert asked is not None
        steps = {pages["behov"]: "Vi ser på det."}
        cecilie = db.session.scalars(select(Person).where(Person.name == "Cecilie")).one()
        use_checks.no_longer(cecilie.actor, check=asked, happened="Ruta er lagt ned.", next_steps=steps)
        db.session.commit()
    after = visitor.get(f"{page}/deling.png", headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert after.headers["ETag"] != before.headers["ETag"]
    assert properties(visitor.get(page).text)["og:image:alt"] == "Ikke lenger i bruk: Bussen går hver halvtime"


def test_a_quote_has_the_count_of_its_own_need(app: Flask, pages: dict[str, int], visitor: FlaskClient) -> None:
    path = f"/resultater/{pages['resultater']}/deling.png"
    tags = [visitor.get(path).headers["ETag"]]
    for kind, number, count in ((Outcome, "resultater", "people_behind"), (Need, "behov", "support_count")):
        with app.app_context():
            setattr(db.session.get_one(kind, pages[number]), count, 1204)
            db.session.commit()
        tags.append(visitor.get(path).headers["ETag"])
    assert tags[0] == tags[1] != tags[2]


@pytest.mark.parametrize("state", [state for state in OutcomeState if state not in {"published", "corrected"}])
def test_an_outcome_that_is_not_public_has_no_picture(
    app: Flask, pages: dict[str, int], visitor: FlaskClient, state: OutcomeState
) -> None:
    path = f"/resultater/{pages['resultater']}/deling.png"
    etag = visitor.get(path).headers["ETag"]
    with app.app_context():
        db.session.get_one(Outcome, pages["resultater"]).state = state
        db.session.commit()
    for headers in ({}, {"If-None-Match": etag}):
        answer = visitor.get(path, headers=headers)
        assert answer.status_code == 404
        assert "public" not in answer.headers["Cache-Control"]


def test_a_withdrawn_need_and_one_that_is_not_there_have_no_picture(app: Flask, visitor: FlaskClient) -> None:
    with app.app_context():
        astrid = make_person("Astrid")
        need = factories.make_need(astrid)
        needs.withdraw(astrid.actor, need=need)
        db.session.commit()
        number = need.id
    assert visitor.get(f"/behov/{number}/deling.png").status_code == 404
    assert visitor.get("/behov/999999/deling.png").status_code == 404
    assert visitor.get("/resultater/999999/deling.png").status_code == 404
    assert "og:image" not in visitor.get(f"/behov/{number}").text


def test_a_need_withdrawn_since_is_quoted_on_no_card_and_in_no_preview(
    app: Flask, pages: dict[str, int], visitor: FlaskClient
) -> None:
    quote = "Bussen går for sjelden om kvelden"
    shown = ("/", "/resultater", f"/prosjekter/{pages['prosjekter']}")

    def quoted() -> list[bool]:
        preview = visitor.get(f"/resultater/{pages['resultater']}").text.partition("<body")[0]
        cards = [visitor.get(path).text.partition('class="outcome-said"')[2].partition("</p>")[0] for path in shown]
        return [quote in words for words in (preview, *cards)]

    assert quoted() == [True] * 4
    with app.app_context():
        db.session.get_one(Need, pages["behov"]).state = NeedState.WITHDRAWN
        db.session.commit()
    assert quoted() == [False] * 4
    assert "1 person asked for this" in visitor.get("/resultater?sprak=en").text


def test_pictures_nobody_has_asked_for_in_a_while_are_thrown_away(
    app: Flask, pages: dict[str, int], visitor: FlaskClient
) -> None:
    visitor.get(f"/behov/{pages['behov']}/deling.png")
    kept = drawn_files(app)
    assert kept
    with app.app_context():
        throw_away_old(settings())
        assert drawn_files(app) == kept
        with clock.travel(clock.now() + timedelta(days=DRAWN_KEPT_DAYS + 1)):
            throw_away_old(settings())
        db.session.commit()
    assert drawn_files(app) == []
    assert visitor.get(f"/behov/{pages['behov']}/deling.png").status_code == 200


def properties(page: str) -> dict[str, str]:
    return dict(re.findall(r'<meta (?:property|name)="([^"]+)" content="([^"]*)">', page))


@pytest.mark.parametrize("kind", ["behov", "resultater", "prosjekter"])
def test_a_page_says_what_to_show_where_it_is_passed_on(pages: dict[str, int], visitor: FlaskClient, kind: str) -> None:
    path = f"/{kind}/{pages[kind]}"
    for language, locale in (("nb", "nb_NO"), ("nn", "nn_NO"), ("en", "en_GB")):
        page = visitor.get(f"{path}?sprak={language}").text
        said = properties(page)
        assert said["og:url"] == f"http://localhost{path}"
        assert (said["og:locale"], said["og:site_name"]) == (locale, "Lier svarer")
        assert said["og:title"]
        assert said["og:description"] == said["description"]
        picture = said.get("og:image", "").replace("http://localhost", "")
        assert bool(picture) == (kind != "prosjekter")
        if picture:
            assert said["og:image:alt"]
            assert visitor.get(picture).mimetype == "image/png"
            assert ("sprak" in picture) == (language != "nb")
        (feed,) = re.findall(r'<link rel="alternate" type="application/atom\+xml"[^>]* href="([^"]+)"', page)
        assert visitor.get(feed).mimetype == "application/atom+xml"


def test_an_internal_project_says_nothing_of_itself(app: Flask, pages: dict[str, int], signed_in: SignIn) -> None:
    with app.app_context():
        number = factories.make_project(make_person("Farid"), visibility=Visibility.INTERNAL).id
    page = signed_in("Cecilie").get(f"/prosjekter/{number}")
    assert page.status_code == 200
    assert "og:title" not in page.text
    assert ".atom" not in page.text
