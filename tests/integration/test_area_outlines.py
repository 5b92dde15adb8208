"""An administrator gives the areas their outlines: looked at first, then saved, or refused whole."""

import io
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from participation.audit.models import AuditEntry
from participation.extensions import db
from participation.geography.outlines import FILE_MAX_BYTES
from participation.needs.models import AreaOutline
from tests.factories import theme_and_area
from tests.forms import form_to, open_form
from tests.places import TRANBY, VIKER, collection, draw_areas, feature

PAGE = "/administrasjon/omrader/grenser"
SAVE = f"{PAGE}/lagre"


@pytest.fixture
def farid(app: Flask, signed_in: Callable[[str], FlaskClient]) -> FlaskClient:
    """An administrator where there is one area, without an outline."""
    with app.app_context():
        theme_and_area()
    return signed_in("Farid")


def _upload(client: FlaskClient, raw: bytes, name: str = "omrader.geojson") -> TestResponse:
    form = open_form(client, PAGE)
    return client.post(PAGE, data={**form.filled({}), "file": (io.BytesIO(raw), name)})


def _save(client: FlaskClient, raw: bytes) -> TestResponse:
    """What was never looked at, as if it had been."""
    token = open_form(client, PAGE).fields["csrf_token"][0]
    return client.post(SAVE, data={"csrf_token": token, "looked_at": raw.decode()})


def _by_hand(token: str, raw: bytes) -> bytes:
    """A form with a file so large that the test client would leave one behind."""
    parts = (b'name="csrf_token"\r\n\r\n' + token.encode(), b'name="file"; filename="a.json"\r\n\r\n' + raw)
    return b"".join(b"--x\r\nContent-Disposition: form-data; " + part + b"\r\n" for part in parts) + b"--x--\r\n"


def _count() -> int:
    return db.session.scalar(select(func.count(AreaOutline.area_id))) or 0


def test_a_file_is_looked_at_first_and_then_saved(app: Flask, farid: FlaskClient) -> None:
    shown = _upload(farid, collection(feature("tranby", TRANBY), feature("Ukjent sted", VIKER)))
    assert shown.status_code == 200
    assert "Ny grense" in shown.text
    assert "Ukjent sted" in shown.text
    assert shown.text.count('<path class="new_outline"') == shown.text.count('text-anchor="middle">Tranby<') == 1
    with app.app_context():
        assert _count() == 0, "nothing is saved by looking"
    form = form_to(shown.text, SAVE)
    assert farid.post(SAVE, data=form.fields).status_code == 302
    with app.app_context():
        outline = db.session.scalars(select(AreaOutline)).one()
        assert (outline.west, outline.south, outline.east, outline.north) == (10.20, 59.80, 10.26, 59.86)
        assert db.session.scalar(select(AuditEntry.action).where(AuditEntry.action == "new_outline"))
    again = _upload(farid, collection(feature("Tranby", TRANBY)))
    assert "Filen endrer ingenting" in again.text
    changed = _upload(farid, collection(feature("Tranby", VIKER)))
    assert "Endret grense" in changed.text
    assert "22,4 km²" in farid.get(PAGE).text


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "Filen er tom. Velg en annen"),
        (b"<kml/>", "Filen kan ikke leses som JSON"),
        (
            collection(feature("Tranby", [[569_000, 6_630_000]] * 4)),
            "Tranby: Koordinatene er ikke lengde- og breddegrad",
        ),
        (collection(feature("Tranby", [[*corner, 3] for corner in TRANBY])), "Koordinatene har høyde også"),
    ],
)
def test_a_file_that_is_refused_says_why_and_changes_nothing(
    app: Flask, signed_in: Callable[[str], FlaskClient], raw: bytes, words: str
) -> None:
    with app.app_context():
        draw_areas()
        before = [row.geometry for row in db.session.scalars(select(AreaOutline).order_by(AreaOutline.area_id))]
    answer = _upload(signed_in("Farid"), raw)
    assert answer.status_code == 400
    assert words in answer.text
    with app.app_context():
        assert before == [row.geometry for row in db.session.scalars(select(AreaOutline).order_by(AreaOutline.area_id))]


def test_a_file_beyond_all_bounds_is_not_read(farid: FlaskClient) -> None:
    token = open_form(farid, PAGE).fields["csrf_token"][0]
    for more, status in ((10, 400), (200_000, 413)):
        body = _by_hand(token, b" " * (FILE_MAX_BYTES + more))
        assert farid.post(PAGE, data=body, content_type="multipart/form-data; boundary=x").status_code == status


def test_what_is_sent_to_be_saved_is_read_as_carefully_again(app: Flask, farid: FlaskClient) -> None:
    assert _save(farid, collection(feature("Tranby", TRANBY[:-1]))).status_code == 400
    with app.app_context():
        assert _count() == 0


@pytest.mark.parametrize("name", ["Cecilie", "Gry"])
def test_only_administrators_may(signed_in: Callable[[str], FlaskClient], name: str) -> None:
    assert signed_in(name).get(PAGE).status_code == 403


def _moved(ring: list[list[float]], *, south: float) -> list[list[float]]:
    return [[longitude, round(latitude - south, 5)] for longitude, latitude in ring]


def test_areas_that_overlap_are_named_before_anything_is_saved(
    app: Flask, signed_in: Callable[[str], FlaskClient]
) -> None:
    with app.app_context():
        draw_areas()
    farid = signed_in("Farid")
    words = "Tranby og Viker overlapper med"
    both = _upload(farid, collection(feature("Tranby", TRANBY), feature("Viker", _moved(VIKER, south=0.01))))
    assert f"{words} 3,73 km²" in both.text
    assert "Lagre grensene" in both.text, "it is a warning: areas may lie within each other"
    one = _upload(farid, collection(feature("Viker", _moved(VIKER, south=0.01))))
    assert f"{words} 3,73 km²" in " ".join(one.text.replace("Viker og Tranby", "Tranby og Viker").split())
    for south in (0, 0.0003):
        beside = _upload(farid, collection(feature("Tranby", TRANBY), feature("Viker", _moved(VIKER, south=south))))
        assert "overlapper" not in beside.text, "borders are drawn roughly"


def test_the_size_before_stands_beside_the_new(farid: FlaskClient) -> None:
    new = _upload(farid, collection(feature("Tranby", TRANBY)))
    assert "<td>22,4 km²</td><td>Ingen ennå</td>" in new.text
    form = form_to(new.text, SAVE)
    farid.post(SAVE, data=form.fields)
    half = [[10.20, 59.80], [10.23, 59.80], [10.23, 59.86], [10.20, 59.86], [10.20, 59.80]]
    assert "<td>11,2 km²</td><td>22,4 km²</td>" in _upload(farid, collection(feature("Tranby", half))).text


def test_outlines_of_no_area_are_not_said_to_be_saved(farid: FlaskClient) -> None:
    answer = _save(farid, collection(feature("Ukjent sted", TRANBY)))
    assert answer.status_code == 409
    assert "Ingen av områdene i filen finnes. Legg dem til først." in answer.text
    assert "er lagret" not in farid.get(PAGE).text


def test_outlines_that_were_there_already_are_said_to_change_nothing(farid: FlaskClient) -> None:
    for words in ("1 grense er lagret", "Grensene var de samme fra før"):
        form = form_to(_upload(farid, collection(feature("Tranby", TRANBY))).text, SAVE)
        assert words in farid.post(SAVE, data=form.fields, follow_redirects=True).text
