"""What is no picture is refused whatever it calls itself, with all that was written kept, and nothing stored.

How much memory it may take is measured in a process of its own, and the measuring is shown to see what it should.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from html import unescape
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import func, select

from participation.extensions import db, limiter
from participation.files.service import picture_file, the_store
from participation.needs.models import NeedDraft, NeedPicture
from tests import factories
from tests.databases import wiped_afterwards
from tests.hostile import CLEANED, REFUSED, Sent, at_the_limit
from tests.hostile_memory import LEFT
from tests.pictures import WORDS, bring

# Above what a web process holds anyway, for one upload, whatever is in it. A process unpacks one picture at a time.
MOST_MEGABYTES = 250
LEFT_MEGABYTES = 40
BOMBS = ("webp of 50 megapixels", "png of a pixel's width")
OVER_THE_FORM = "over the whole form"
# Each refusal in its own words.
SAID = (
    *("Vi kan ikke lese dette som et bilde", "Filen er ødelagt eller ufullstendig", "Filen er for stor", "HEIC"),
    *("Bildet beveger seg", "Bildet er for langt og smalt", "Bildet har flere piksler"),
    "Det er mer enn et bilde i denne filen",
)


@pytest.fixture
def client(app_on: Callable[[str], Flask]) -> Iterator[FlaskClient]:
    app = app_on("sqlite")
    limiter.reset()
    with wiped_afterwards(app):
        with app.app_context():
            factories.theme_and_area()
        yield app.test_client()


def stored(client: FlaskClient) -> list[object]:
    with client.application.app_context():
        files: list[object] = [file.name for file in the_store().all()]
        counts = [db.session.scalar(select(func.count()).select_from(table)) for table in (NeedPicture, NeedDraft)]
        return files + [count for count in counts if count]


@pytest.mark.parametrize("kind", [kind for kind in REFUSED if kind != OVER_THE_FORM])
def test_it_is_refused_with_the_words_kept_and_nothing_stored(client: FlaskClient, kind: str) -> None:
    before, sent = stored(client), REFUSED[kind]()
    answer = bring(client, sent)
    assert answer.status_code in {400, 413}
    page = unescape(answer.text)
    assert all(text in page for text in WORDS.values())
    assert any(said in page for said in SAID)
    assert stored(client) == before
    assert sent.name not in page
    assert "<script>alert" not in answer.text


def test_more_than_the_form_takes_is_not_even_read(client: FlaskClient) -> None:
    before = stored(client)
    answer = bring(client, REFUSED[OVER_THE_FORM]())
    assert answer.status_code == 413
    assert "15 MB" in answer.text
    assert stored(client) == before


@pytest.mark.parametrize("kind", CLEANED)
def test_of_what_holds_a_picture_nothing_else_is_kept(client: FlaskClient, kind: str) -> None:
    sent = CLEANED[kind]()
    assert bring(client, sent).status_code == 302
    with client.application.app_context():
        row = db.session.scalars(select(NeedPicture)).one()
        kept = [picture_file(row.key, width, the_store()) or b"" for width in (480, 960, 1600)]
    assert {Image.open(BytesIO(data)).format for data in kept} == {"WEBP"}
    assert not any(secret in data for data in kept for secret in (b"Hemmelig", b"script", b"PK\3\4", b"Exif", b"ICC"))
    assert all(len(data) < 20_000 for data in kept)


def test_there_are_thirty_kinds_and_more() -> None:
    assert len(REFUSED) >= 30


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files, written one after the other so that no two of the large ones are in memory at once."""
    made: Path = tmp_path_factory.mktemp("hostile")
    for number, (kind, make) in enumerate(REFUSED.items()):
        if kind != OVER_THE_FORM:  # which the app does not read, but the client here holds several times
            (made / f"{number:02}").write_bytes(make().data)
    for number, (_kind, sent) in enumerate(at_the_limit()):
        (made / f"limit-{number}").write_bytes(sent.data)
    return made


def measured(folder: Path, *how: str) -> dict[str, tuple[int, float]]:
    command = [sys.executable, "-W", "ignore", "-m", "tests.hostile_memory", str(folder), *how]
    run = subprocess.run(command, capture_output=True, text=True, timeout=240, check=True)  # noqa: S603  our own
    return {name: tuple(found) for name, found in json.loads(run.stdout.splitlines()[-1]).items()}


def test_no_file_takes_more_memory_than_is_said_and_none_keeps_it(folder: Path) -> None:
    found = measured(folder)
    assert found.pop(LEFT)[1] < LEFT_MEGABYTES
    assert len(found) == len(REFUSED) - 1 + len(list(folder.glob("limit*")))
    statuses = {name: status for name, (status, _megabytes) in found.items()}
    assert {status for name, status in statuses.items() if name.startswith("limit")} == {302}
    assert {status for name, status in statuses.items() if not name.startswith("limit")} == {400, 413}
    assert max(megabytes for _status, megabytes in found.values()) < MOST_MEGABYTES


def test_the_measuring_sees_each_bomb_that_goes_off(tmp_path: Path) -> None:
    for kind in BOMBS:
        (tmp_path / kind).write_bytes(REFUSED[kind]().data)
    found = measured(tmp_path, "unguarded")
    assert all(found[kind][1] > MOST_MEGABYTES for kind in BOMBS)


def test_a_file_without_a_name_is_none_that_was_chosen(client: FlaskClient) -> None:
    answer = bring(client, Sent("", b"x"))
    assert answer.status_code == 400
    assert "Velg et bilde" in answer.text or "Choose a picture" in answer.text
