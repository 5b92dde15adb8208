"""Every page of the app, as who may see it and as a visitor: sound HTML, and in the language asked for."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from participation.paths import TRANSLATIONS
from tests.guards.html import faults
from tests.guards.pages import Values, build_town, every_page
from tests.guards.test_language import NORWEGIAN, english_on, english_pieces, messages

# A page may say that this one can't be shown: what it says is looked at all the same.
FINE = {200, 302, 303, 403, 404, 409}
READ = {"text/html", "application/atom+xml"}
SignIn = Callable[[str], FlaskClient]


@pytest.fixture
def town(app: Flask) -> Values:
    with app.app_context():
        return build_town()


# What a page says in another language does not hang on the database.
@pytest.mark.parametrize(
    ("app", "language"),
    [("sqlite", "nb"), ("postgresql", "nb"), ("sqlite", "nn"), ("sqlite", "en")],
    indirect=["app"],
)
def test_every_page_is_sound_html(
    app: Flask, town: Values, signed_in: SignIn, visitor: FlaskClient, language: str
) -> None:
    clients = {name: signed_in(name) for name in ("Astrid", "Cecilie", "Dag", "Farid", "Hege")}
    pieces = english_pieces(messages(TRANSLATIONS, language)) if language in NORWEGIAN else set()
    found, opened = [], 0
    for page in every_page(app, town):
        for client in (clients[page.name], visitor) if page.is_public else (clients[page.name],):
            answer = client.get(page.said_in(language))
            assert answer.status_code in FINE, (page.path, answer.status_code)
            if answer.mimetype == "text/html" and answer.status_code not in {302, 303}:
                opened += 1
                found += [f"{page.path} ({page.name}): {fault}" for fault in faults(answer.text)]
                assert f'lang="{language}"' in answer.text
            if answer.mimetype in READ:
                found += [f"{page.path} ({page.name}): {piece}" for piece in english_on(answer.text, pieces)]
    assert found == []
    assert opened > 40


def test_a_visitor_who_only_reads_gets_no_cookie(app: Flask, town: Values, visitor: FlaskClient) -> None:
    for page in every_page(app, town):
        if page.is_public and page.endpoint in READ_ONLY:
            answer = visitor.get(page.path)
            assert "Set-Cookie" not in answer.headers, page.path


def test_an_unchanged_page_is_answered_in_a_few_bytes(visitor: FlaskClient, town: Values) -> None:
    first = visitor.get("/behov")
    again = visitor.get("/behov", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


READ_ONLY = {
    "opendata.area_feed",
    "opendata.need_feed",
    "opendata.need_picture",
    "opendata.outcome_picture",
    "opendata.outcomes_feed",
    "opendata.project_feed",
    "opendata.theme_feed",
    "residents.front",
    "residents.list_needs",
    "residents.show_need",
    "residents.show_need_picture",
    "residents.list_projects",
    "residents.show_project",
    "residents.list_outcomes",
    "residents.show_outcome",
    "residents.insights",
    "residents.about",
    "residents.privacy",
}
