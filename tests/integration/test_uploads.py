"""A form that takes a picture, in a view that takes more than words; all others stay as they are."""

from collections.abc import Callable, Iterator
from io import BytesIO

import pytest
from flask import Flask, request
from flask.testing import FlaskClient

from participation.extensions import db, limiter
from participation.web.access import public
from participation.web.forms import Form, PictureField, TextLine
from participation.web.uploads import takes_up_to
from tests.databases import make_app
from tests.forms import csrf_token

WORDS_MAX_BYTES = 10_000
PICTURE = b"not looked into here" * 1000


class WordsForm(Form):
    title = TextLine()


class PictureForm(WordsForm):
    takes_pictures = True
    picture = PictureField()


@pytest.fixture
def client(app_on: Callable[[str], Flask]) -> Iterator[FlaskClient]:
    second = make_app(app_on("sqlite").config["SETTINGS"])
    second.config["MAX_CONTENT_LENGTH"] = WORDS_MAX_BYTES
    limiter.reset()

    @second.post("/bilde")
    @public
    @takes_up_to(3 * WORDS_MAX_BYTES)
    def picture() -> dict[str, object]:
        form = PictureForm()
        return {"title": form.title.data, "picture": None if form.picture.data is None else len(form.picture.data)}

    @second.post("/ord")
    @public
    def words() -> dict[str, object]:
        return {"title": WordsForm().title.data, "files": len(request.files)}

    yield second.test_client()
    with second.app_context():
        db.engine.dispose()


def sent(client: FlaskClient, path: str, **fields: object) -> dict[str, object] | int:
    data = {"csrf_token": csrf_token(client), "title": "Ny benk", **fields}
    answer = client.post(path, data=data, content_type="multipart/form-data")
    return answer.json if answer.status_code == 200 and answer.json else answer.status_code


def file(data: bytes = PICTURE, name: str = "benk.jpg") -> tuple[BytesIO, str]:
    return BytesIO(data), name


def test_a_picture_arrives_as_its_bytes_whatever_it_is_called(client: FlaskClient) -> None:
    assert sent(client, "/bilde", picture=file()) == {"title": "Ny benk", "picture": len(PICTURE)}
    assert sent(client, "/bilde", picture=file(b"x", "../../x.php")) == {"title": "Ny benk", "picture": 1}


def test_no_file_and_words_in_its_place_are_no_picture_and_an_empty_file_is_one(client: FlaskClient) -> None:
    nothing = {"title": "Ny benk", "picture": None}
    assert sent(client, "/bilde") == nothing
    assert sent(client, "/bilde", picture=file(b"", "")) == nothing
    assert sent(client, "/bilde", picture=file(b"")) == {"title": "Ny benk", "picture": 0}
    assert sent(client, "/bilde", picture="ord") == nothing


def test_a_file_where_words_belong_is_not_there(client: FlaskClient) -> None:
    for path in ("/bilde", "/ord"):
        answer = sent(client, path, title=file(b"x"))
        assert isinstance(answer, dict)
        assert answer["title"] == ""


def test_only_the_view_that_says_so_takes_more_than_words(client: FlaskClient) -> None:
    assert sent(client, "/ord", picture=file()) == 413
    assert sent(client, "/bilde", picture=file(PICTURE * 2)) == 413


def test_too_large_a_picture_is_answered_with_how_large_one_may_be_and_the_way_back(client: FlaskClient) -> None:
    data = {"csrf_token": csrf_token(client), "picture": file(PICTURE * 2)}
    page = client.post("/bilde", data=data, content_type="multipart/form-data", headers={"Accept-Language": "en"}).text
    assert "15 MB" in page
    assert 'href="/bilde"' in page
