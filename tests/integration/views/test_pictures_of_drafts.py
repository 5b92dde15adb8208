"""Pictures sent with a need, without scripts and with: kept while it is written, and never lost or doubled."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from participation import clock
from participation.extensions import db
from participation.files.s3 import S3Store
from participation.files.service import the_store
from participation.files.store import DiskStore
from participation.needs.models import Need, NeedDraft, NeedPicture
from participation.residents import drafts
from tests import factories
from tests.forms import post
from tests.hostile import Sent, photo
from tests.pictures import CHANGE, KEEP, NEW, WORDS, bring, press
from tests.s3 import s3_server

SignIn = Callable[[str], FlaskClient]
ASKED = "Bilde 1: skriv hva bildet viser"


@pytest.fixture(autouse=True)
def town(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.extensions, "picture_store", DiskStore(tmp_path / "pictures"))
    with app.app_context():
        factories.theme_and_area()


def sent(number: int = 0) -> Sent:
    """A photo; another for each number."""
    return Sent(f"IMG_{number}.jpg", photo(size=(160 + number, 120)))


def rows(app: Flask) -> list[NeedPicture]:
    with app.app_context():
        found = list(db.session.scalars(select(NeedPicture).order_by(NeedPicture.position, NeedPicture.id)))
        db.session.expunge_all()
        return found


def files(app: Flask) -> set[str]:
    """The keys of the pictures in the store."""
    with app.app_context():
        return {file.name.partition("/")[0] for file in the_store().all()}


def of_need(app: Flask) -> list[str]:
    return [row.alt for row in rows(app) if row.need_id]


def page_of(client: FlaskClient, answer: object) -> str:
    return f"{NEW}?utkast={str(getattr(answer, 'location', '')).partition('utkast=')[2].partition('#')[0]}"


def described(app: Flask, *words: str) -> dict[str, Any]:
    return {f"alt_{row.id}": text for row, text in zip(rows(app), words, strict=True)}


def test_pictures_go_from_the_first_word_to_the_need(app: Flask, signed_in: SignIn) -> None:
    astrid = signed_in("Astrid")
    page = page_of(astrid, bring(astrid, sent(0), sent(1), title="", description=""))
    shown = astrid.get(page).text
    # What was written is there, each picture with a field of words, and nothing else has come of it.
    assert all(f'name="alt_{row.id}"' in shown for row in rows(app))
    kept = press(astrid, page=page, to=KEEP, **WORDS, **described(app, "Holdeplassen", "Ruta"))
    assert kept.status_code == 302
    assert [row.alt for row in rows(app)] == ["Holdeplassen", "Ruta"]
    answer = press(astrid, page=page, to=NEW)
    assert "/kvittering" in answer.location
    assert of_need(app) == ["Holdeplassen", "Ruta"]
    assert files(app) == {row.key for row in rows(app)}
    receipt = astrid.get(answer.location).text
    assert 'alt="Holdeplassen"' in receipt
    assert 'alt="Ruta"' in receipt


def test_files_chosen_when_it_is_sent_are_kept_and_asked_about(app: Flask, signed_in: SignIn) -> None:
    astrid = signed_in("Astrid")
    answer = press(astrid, sent(), to=NEW, **WORDS)
    assert answer.status_code == 400
    assert answer.text.count(ASKED) == 2
    assert "<title>Feil: " in answer.text
    assert all(text in unescape(answer.text) for text in WORDS.values())
    (row,) = rows(app)
    assert row.draft_key
    again = press(astrid, page=NEW, shown=answer.text, to=NEW, **{f"alt_{row.id}": "Busskuret"})
    assert "/kvittering" in again.location
    assert of_need(app) == ["Busskuret"]
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(NeedDraft)) == 0


def test_a_mistake_elsewhere_in_the_form_loses_no_picture(app: Flask, signed_in: SignIn) -> None:
    astrid = signed_in("Astrid")
    answer = press(astrid, sent(), to=NEW, **(WORDS | {"affected": ""}))
    assert (answer.status_code, len(rows(app))) == (400, 1)
    again = press(astrid, page=NEW, shown=answer.text, to=NEW, **described(app, "Busskuret"))
    assert again.status_code == 400
    assert "Busskuret" in again.text
    done = press(astrid, page=NEW, shown=again.text, to=NEW, affected="Ungdom")
    assert "/kvittering" in done.location
    assert of_need(app) == ["Busskuret"]


@pytest.mark.parametrize("button", ["find_address", "take_area", "remove_place"])
def test_the_buttons_of_the_place_lose_no_picture(app: Flask, visitor: FlaskClient, button: str) -> None:
    shown = press(visitor, sent(), to=NEW, **(WORDS | {"place": "Ved brua", "point": "59.8123,10.2345", button: "1"}))
    assert shown.status_code == 200
    (row,) = rows(app)
    assert f'name="alt_{row.id}"' in shown.text
    assert "Ved brua" in shown.text
    assert ("59.8123,10.2345" in shown.text) == (button != "remove_place")
    with app.app_context():
        assert bool(db.session.scalars(select(NeedDraft)).one().fields["point"]) == (button != "remove_place")
    again = press(visitor, page=NEW, shown=shown.text, to=NEW, **{f"alt_{row.id}": "Busskuret"})
    assert "/logg-inn" in again.location
    assert [one.alt for one in rows(app)] == ["Busskuret"]


def test_a_picture_refused_at_a_button_of_the_place_says_so(app: Flask, visitor: FlaskClient) -> None:
    shown = press(visitor, Sent("IMG.jpg", b"no picture"), to=NEW, **(WORDS | {"remove_place": "1"}))
    assert shown.status_code == 400
    assert "Vi kan ikke lese dette som et bilde" in shown.text
    assert rows(app) == []


def test_who_signs_in_last_sends_the_pictures_too(app: Flask, visitor: FlaskClient, signed_in: SignIn) -> None:
    page = page_of(visitor, bring(visitor, sent()))
    answer = press(visitor, page=page, to=NEW, **described(app, "Busskuret"))
    assert "/logg-inn" in answer.location
    astrid = signed_in("Astrid")
    assert "/kvittering" in press(astrid, page=page, to=NEW).location
    assert of_need(app) == ["Busskuret"]


def test_the_same_form_sent_twice_loses_and_doubles_nothing(app: Flask, signed_in: SignIn) -> None:
    astrid = signed_in("Astrid")
    page = page_of(astrid, bring(astrid, sent(), sent()))
    assert len(rows(app)) == 1
    shown = astrid.get(page).text
    # The same file once more, also when nothing came back the first time.
    bring_again = press(astrid, sent(), page=page, shown=shown, **(WORDS | {"bilder": "legg-til"}))
    assert bring_again.status_code == 302
    assert len(rows(app)) == 1
    words = WORDS | described(app, "Busskuret")
    first, second = (press(astrid, page=page, shown=shown, to=NEW, **words) for _ in range(2))
    assert first.location == second.location
    third = press(astrid, sent(7), page=page, shown=shown, to=NEW, **words)
    assert third.location == first.location
    assert of_need(app) == ["Busskuret"]
    assert files(app) == {rows(app)[0].key}
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Need)) == 1
        assert db.session.scalar(select(func.count()).select_from(NeedDraft)) == 0


def test_of_more_than_five_the_first_five_are_kept(app: Flask, signed_in: SignIn) -> None:
    astrid = signed_in("Astrid")
    answer = bring(astrid, *(sent(number) for number in range(7)))
    assert answer.status_code == 400
    assert "Bilde 6 av dem du valgte: Et behov har plass til fem bilder" in answer.text
    assert len(rows(app)) == len(files(app)) == 5
    page = f"{NEW}?utkast={rows(app)[0].draft_key}"
    full = astrid.get(page).text
    assert 'type="file"' not in full
    assert press(astrid, sent(9), page=page, bilder="legg-til").status_code == 400
    assert len(files(app)) == 5


def test_the_good_are_kept_beside_one_that_is_refused(app: Flask, visitor: FlaskClient) -> None:
    answer = bring(visitor, sent(1), Sent("skjema.jpg", b"%PDF"), sent(2))
    assert answer.status_code == 400
    assert "Bilde 2 av dem du valgte: Vi kan ikke lese dette som et bilde" in answer.text
    assert "skjema.jpg" not in answer.text
    assert len(rows(app)) == 2


def test_the_buttons_order_and_delete_and_lose_no_words(app: Flask, visitor: FlaskClient) -> None:
    page = page_of(visitor, bring(visitor, *(sent(number) for number in range(3))))
    one, two, three = (row.id for row in rows(app))
    press(visitor, page=page, bilder=f"ned-{one}", **described(app, "A", "B", "C"), title="Nye ord om bussen")
    assert [row.id for row in rows(app)] == [two, one, three]
    press(visitor, page=page, bilder=f"opp-{three}")
    press(visitor, page=page, bilder=f"opp-{two}")
    assert [row.id for row in rows(app)] == [two, three, one]
    said = press(visitor, page=page, bilder=f"slett-{three}")
    assert [(row.id, row.alt) for row in rows(app)] == [(two, "B"), (one, "A")]
    assert files(app) == {row.key for row in rows(app)}
    assert "Nye ord om bussen" in visitor.get(said.location).text
    # What is gone, or never was, is no fault of who presses.
    for deed in (f"slett-{three}", "opp-999999", "slett-0", "slett-x", "bytt-1"):
        assert press(visitor, page=page, bilder=deed).status_code == 302
    # A place that is free again is taken by the next.
    press(visitor, sent(8), page=page, bilder="legg-til")
    assert len(rows(app)) == 3


def test_the_script_is_answered_with_the_part_and_what_to_say(app: Flask, visitor: FlaskClient) -> None:
    asked = {"Accept": "application/json"}

    def send(*chosen: Sent, **fields: Any) -> Any:
        key: dict[str, Any] = {"draft_key": rows(app)[0].draft_key} if rows(app) else {}
        return press(visitor, *chosen, headers=asked, **key, **fields)

    added = send(sent())
    assert added.json["said"].startswith("Bildet er lagt til")
    (row,) = rows(app)
    assert added.json["key"] == row.draft_key
    assert f'name="alt_{row.id}"' in added.json["html"]
    assert "<html" not in added.json["html"]
    refused = send(Sent("x.jpg", b"ikke noe bilde"))
    assert refused.status_code == 400
    assert "Vi kan ikke lese" in refused.json["said"]
    gone = send(bilder=f"slett-{row.id}")
    assert (gone.json["said"], rows(app)) == ("Bildet er slettet.", [])


def test_a_draft_photo_is_for_its_writer_only(app: Flask, visitor: FlaskClient, signed_in: SignIn) -> None:
    astrid, bjorn = signed_in("Astrid"), signed_in("Bjørn")
    bring(astrid, sent())
    (row,) = rows(app)
    address = f"/behov/utkast/{row.draft_key}/bilder/{row.id}-480.webp"
    mine = astrid.get(address)
    assert (mine.status_code, mine.mimetype) == (200, "image/webp")
    assert mine.headers["Cache-Control"] == "no-store"
    assert mine.headers["X-Content-Type-Options"] == "nosniff"
    assert Image.open(BytesIO(mine.data)).size == (160, 120)
    for other in (bjorn, visitor):
        assert other.get(address).status_code == 404
        assert other.get(f"/behov/utkast/en-annen-nokkel/bilder/{row.id}-480.webp").status_code == 404
        assert press(other, page=NEW, draft_key=row.draft_key, bilder=f"slett-{row.id}").status_code == 302
    assert len(rows(app)) == 1
    assert astrid.get(address.replace("-480", "-481")).status_code == 404


def test_people_who_are_not_signed_in_can_not_fill_the_disk(
    app: Flask, visitor: FlaskClient, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("participation.needs.picture_queries.UNSIGNED_PICTURES_IN_ALL", 2)
    monkeypatch.setattr("participation.needs.picture_queries.DRAFT_PICTURES_A_PERSON", 3)
    for number in range(2):
        assert bring(visitor, sent(number)).status_code == 302
    full = bring(visitor, sent(2))
    assert full.status_code == 400
    assert "Logg inn" in full.text
    astrid = signed_in("Astrid")
    for number in range(3, 6):
        assert bring(astrid, sent(number)).status_code == 302
    many = bring(astrid, sent(6))
    assert "Du har mange bilder i behov du ikke har sendt" in many.text
    assert len(files(app)) == len(rows(app)) == 5


def test_from_one_address_only_so_many_pictures_come_in_an_hour_however_small(
    visitor: FlaskClient, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drafts, "UNSIGNED_PICTURES", "4 per hour")
    shown, file = visitor.get(NEW).text, Sent("x.jpg", b"nei")
    many = [(1, NEW), (1, CHANGE), (2, KEEP), (1, NEW), (1, CHANGE), (1, KEEP)]
    answers = [press(visitor, *[file] * number, shown=shown, to=path).status_code for number, path in many]
    assert answers == [400, 400, 400, 429, 429, 429]
    # Words, and nothing else, are sent as before; and who is signed in has bounds of their own.
    assert press(visitor, shown=shown, to=NEW).status_code == 400
    assert bring(signed_in("Astrid"), sent()).status_code == 302


def test_of_one_form_only_those_that_there_is_room_for_are_kept(
    app: Flask, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("participation.needs.picture_queries.DRAFT_PICTURES_A_PERSON", 3)
    answer = bring(signed_in("Astrid"), *(sent(number) for number in range(5)))
    assert answer.text.count("Du har mange bilder i behov du ikke har sendt") >= 2
    assert len(files(app)) == len(rows(app)) == 3


def test_forms_of_one_draft_that_come_at_once_lose_no_picture(app: Flask) -> None:
    clients = [app.test_client() for _ in range(3)]
    shown = [client.get(NEW).text for client in clients]

    def send(number: int) -> int:
        return bring(clients[number], sent(number), shown=shown[number], draft_key="et-utkast-for-tre").status_code

    with ThreadPoolExecutor(len(clients)) as pool:
        assert list(pool.map(send, range(len(clients)))) == [302, 302, 302]
    assert len(files(app)) == len(rows(app)) == 3


def test_nothing_is_left_of_pictures_whose_draft_can_not_be_kept(
    app: Flask, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object, **_kwargs: object) -> None:
        raise IntegrityError("INSERT", {}, Exception())

    astrid = signed_in("Astrid")
    monkeypatch.setattr("participation.needs.service.save_draft", fail)
    assert bring(astrid, sent()).status_code == 409
    assert files(app) == set()


def test_a_store_that_is_away_loses_no_words(
    app: Flask, visitor: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "in the way").write_text("")
    monkeypatch.setitem(app.extensions, "picture_store", DiskStore(tmp_path / "in the way"))
    answer = bring(visitor, sent(1), sent(2))
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert "Vi får ikke tatt vare på bilder akkurat nå" in answer.text
    assert all(text in unescape(answer.text) for text in WORDS.values())
    assert rows(app) == []
    # The words can be sent without them.
    assert press(visitor, shown=answer.text, to=NEW).status_code == 302


def test_a_draft_of_pictures_only_is_found_again(app: Flask, signed_in: SignIn) -> None:
    astrid = signed_in("Astrid")
    page = page_of(astrid, bring(astrid, sent(), **dict.fromkeys(WORDS, "")))
    assert "alt_" in astrid.get(page).text
    assert "Behov uten tittel ennå" in astrid.get("/min-side").text
    key = rows(app)[0].draft_key
    with app.app_context():
        assert clock.now() >= db.session.get_one(NeedDraft, key).saved_at
    assert CHANGE in astrid.get(page).text
    assert post(astrid, f"/behov/utkast/{key}/slett").status_code == 302
    assert (rows(app), files(app)) == ([], set())


def test_all_of_it_goes_through_an_s3_store(app: Flask, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    with s3_server() as settings:
        monkeypatch.setitem(app.extensions, "picture_store", S3Store(settings))
        astrid = signed_in("Astrid")
        page = page_of(astrid, bring(astrid, sent(0), sent(1)))
        one, two = rows(app)
        press(astrid, page=page, bilder=f"slett-{two.id}")
        assert files(app) == {one.key}
        assert "/kvittering" in press(astrid, page=page, to=NEW, **described(app, "Busskuret")).location
        (row,) = rows(app)
        answer = astrid.get(f"/behov/{row.need_id}/bilder/{row.id}-960.webp")
        assert Image.open(BytesIO(answer.data)).size == (160, 120)
