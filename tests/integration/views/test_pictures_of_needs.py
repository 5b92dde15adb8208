"""Pictures of a need that is sent: who sees them, how they are kept by browsers, and what their author does."""

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
from participation.files.s3 import S3Store
from participation.files.service import picture_sizes, save_picture, the_store
from participation.files.store import DiskStore
from participation.needs import pictures
from participation.needs.models import Need, NeedPicture
from participation.needs.picture_queries import pictures_of
from participation.needs.service import withdraw
from participation.settings_pictures import S3Settings
from tests import factories
from tests.forms import post, send
from tests.guards.growth import counted_queries
from tests.hostile import Sent, photo
from tests.people import make_person
from tests.pictures import press

SignIn = Callable[[str], FlaskClient]
ALT = "Et <b>rødt</b> eple."


@pytest.fixture(autouse=True)
def _own_store(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.extensions, "picture_store", DiskStore(tmp_path / "pictures"))


@pytest.fixture
def need_id(app: Flask) -> int:
    """Astrid's need, with two pictures."""
    with app.app_context():
        astrid = make_person("Astrid")
        need = factories.make_need(astrid)
        factories.picture(need, by=astrid, alt=ALT)
        factories.picture(need, by=astrid, colour="green", alt="Et grønt eple.")
        return need.id


def rows(app: Flask) -> list[NeedPicture]:
    with app.app_context():
        found = list(db.session.scalars(select(NeedPicture).order_by(NeedPicture.position, NeedPicture.id)))
        db.session.expunge_all()
        return found


def photo_of(row: NeedPicture, width: int = 480) -> str:
    return f"/behov/{row.need_id}/bilder/{row.id}-{width}.webp"


def change(app: Flask, do: Callable[[Need, NeedPicture, Person], object]) -> None:
    with app.app_context():
        picture = db.session.scalars(select(NeedPicture).order_by(NeedPicture.id)).first()
        assert picture is not None
        need = db.session.get_one(Need, picture.need_id)
        do(need, picture, db.session.get_one(Person, need.author_id))
        db.session.commit()


def withdrawn(need: Need, _picture: NeedPicture, author: Person) -> None:
    withdraw(author.actor, need=need)


def hidden(need: Need, picture: NeedPicture, _author: Person) -> None:
    pictures.hide(make_person("Cecilie").actor, need=need, picture=picture, reason="Noen kan kjennes igjen.")


def test_everyone_sees_them_on_the_page_and_the_first_on_the_card(
    app: Flask, visitor: FlaskClient, need_id: int
) -> None:
    page = visitor.get(f"/behov/{need_id}").text
    first, second = rows(app)
    assert "Et &lt;b&gt;rødt&lt;/b&gt; eple." in page
    for row in (first, second):
        assert photo_of(row) in page
        assert f'href="/behov/{need_id}/bilder/{row.id}"' in page
    for path in ("/behov", "/"):
        cards = visitor.get(path).text
        assert photo_of(first) in cards
        assert photo_of(second) not in cards


def test_a_page_knows_how_large_they_are_before_they_come(app: Flask, visitor: FlaskClient) -> None:
    with app.app_context():
        astrid = make_person("Astrid")
        need = factories.make_need(astrid)
        key = save_picture(photo(size=(1200, 900)), the_store())
        pictures.add(astrid.actor, of=need, fresh=[pictures.FreshPicture(key, "d")])
        pictures.describe(astrid.actor, of=need, words={pictures_of(need)[0].id: "Elva."})
        db.session.commit()
        assert picture_sizes(key, the_store()) == {480: (480, 360), 960: (960, 720), 1600: (1200, 900)}
        number = need.id
    page = visitor.get(f"/behov/{number}").text
    assert 'width="1200" height="900"' in page
    (row,) = rows(app)
    assert f'srcset="{photo_of(row)} 480w, {photo_of(row, 960)} 960w, {photo_of(row, 1600)} 1200w"' in page


def test_a_photo_is_kept_by_browsers_only_and_asked_for_once(app: Flask, visitor: FlaskClient, need_id: int) -> None:
    answer = visitor.get(photo_of(rows(app)[0]))
    assert answer.status_code == 200
    assert answer.mimetype == "image/webp"
    assert Image.open(BytesIO(answer.data)).format == "WEBP"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"] == f"inline; filename=behov-{need_id}-480.webp"
    kept = answer.cache_control
    assert (kept.private, kept.immutable, kept.max_age) == (True, True, 30 * 24 * 3600)
    assert not kept.public
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("gone", [withdrawn, hidden])
def test_what_is_taken_back_or_hidden_only_its_author_and_staff_see(
    app: Flask,
    visitor: FlaskClient,
    signed_in: SignIn,
    need_id: int,
    gone: Callable[[Need, NeedPicture, Person], None],
) -> None:
    change(app, gone)
    picture = min(rows(app), key=lambda row: row.id)
    for client in (visitor, signed_in("Bjørn")):
        assert client.get(photo_of(picture)).status_code == 404
        assert photo_of(picture) not in client.get(f"/behov/{need_id}").text
        assert photo_of(picture) not in client.get("/behov").text
    for client in (signed_in("Astrid"), signed_in("Cecilie")):
        answer = client.get(photo_of(picture))
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert photo_of(picture) in signed_in("Cecilie").get(f"/arbeidsflate/behov/{need_id}").text
    assert photo_of(picture) in signed_in("Astrid").get(f"/behov/{need_id}/bilder").text


def test_no_other_number_leads_to_a_picture(app: Flask, visitor: FlaskClient, need_id: int) -> None:
    row = rows(app)[0]
    with app.app_context():
        other = factories.make_need(make_person("Bjørn")).id
    for path in (
        f"/behov/{other}/bilder/{row.id}-480.webp",
        f"/behov/{need_id}/bilder/999999-480.webp",
        f"/behov/{need_id}/bilder/{row.id}-481.webp",
        f"/behov/{need_id}/bilder/{row.id}-99999999999999999999.webp",
        f"/behov/{need_id}/bilder/{row.key}-480.webp",
        f"/behov/utkast/{row.key}/bilder/{row.id}-480.webp",
    ):
        assert visitor.get(path).status_code == 404


def test_the_author_adds_describes_orders_and_deletes(app: Flask, signed_in: SignIn, need_id: int) -> None:
    astrid, page = signed_in("Astrid"), f"/behov/{need_id}/bilder"
    assert page in astrid.get(f"/behov/{need_id}").text
    first, second = (row.id for row in rows(app))
    added = press(astrid, Sent("a.jpg", photo()), page=page, to=page, bilder="legg-til")
    assert added.status_code == 200
    third = rows(app)[-1].id
    unsaid = press(astrid, page=page, to=page)
    assert unsaid.status_code == 400
    assert "<title>Feil: " in unsaid.text
    assert unsaid.text.count("Bilde 3: skriv hva bildet viser") == 2
    moved = press(astrid, page=page, to=page, **{f"alt_{third}": "Ruta"}, bilder=f"opp-{third}")
    assert [row.id for row in rows(app)] == [first, third, second]
    gone = press(astrid, page=page, shown=moved.text, to=page, bilder=f"slett-{first}")
    done = press(astrid, page=page, shown=gone.text, to=page, **{f"alt_{second}": "Et grønnere eple."})
    assert done.location == f"/behov/{need_id}"
    assert [(row.id, row.alt) for row in rows(app)] == [(third, "Ruta"), (second, "Et grønnere eple.")]
    with app.app_context():
        assert {file.name.partition("/")[0] for file in the_store().all()} == {row.key for row in rows(app)}


def test_what_is_no_picture_is_refused_here_too(app: Flask, signed_in: SignIn, need_id: int) -> None:
    astrid, page = signed_in("Astrid"), f"/behov/{need_id}/bilder"
    first = rows(app)[0].id
    answer = press(
        astrid, Sent("x.jpg", b"nei"), page=page, to=page, bilder="legg-til", **{f"alt_{first}": "Nye ord om eplet."}
    )
    assert answer.status_code == 400
    assert "Vi kan ikke lese dette som et bilde" in answer.text
    assert "Nye ord om eplet." in answer.text
    assert press(astrid, page=page, to=page, bilder="legg-til").status_code == 400
    many = press(astrid, *(Sent("x.jpg", photo(size=(160 + n, 120))) for n in range(4)), page=page, to=page)
    assert many.status_code == 400
    assert len(rows(app)) == 5


def test_what_is_added_after_an_hour_stands_with_its_date(app: Flask, visitor: FlaskClient, need_id: int) -> None:
    assert "Lagt til" not in visitor.get(f"/behov/{need_id}").text
    with app.app_context():
        need = db.session.get_one(Need, need_id)
        actor = db.session.get_one(Person, need.author_id).actor
        pictures.add(actor, of=need, fresh=[factories.small_picture("blue")])
        db.session.commit()
        # It is there for others once its words are, and so that is what the date says.
        with clock.travel(clock.now() + timedelta(hours=2)):
            pictures.describe(actor, of=need, words={pictures_of(need)[-1].id: "Et blått eple."})
            db.session.commit()
            pictures.describe(actor, of=need, words={pictures_of(need)[0].id: "Et rødere eple."})
            db.session.commit()
    assert visitor.get(f"/behov/{need_id}").text.count("Lagt til") == 1


def test_nobody_else_sees_a_picture_before_its_words_are_saved(
    app: Flask, visitor: FlaskClient, signed_in: SignIn, need_id: int
) -> None:
    astrid, page = signed_in("Astrid"), f"/behov/{need_id}/bilder"
    press(astrid, Sent("a.jpg", photo()), page=page, to=page, bilder="legg-til")
    third = rows(app)[-1]
    # Moved in front, with words in the form: they count when they are saved, and are not lost before.
    moved = press(astrid, page=page, to=page, **{f"alt_{third.id}": "Ruta"}, bilder=f"opp-{third.id}")
    first = press(astrid, page=page, shown=moved.text, to=page, bilder=f"opp-{third.id}")
    assert "Ruta" in first.text
    assert (rows(app)[0].id, rows(app)[0].alt) == (third.id, "")
    large = f"/behov/{need_id}/bilder/{third.id}"
    for client in (visitor, signed_in("Bjørn")):
        assert client.get(photo_of(third)).status_code == client.get(large).status_code == 404
        for path in (f"/behov/{need_id}", "/behov", "/"):
            text = client.get(path).text
            assert f"/bilder/{third.id}" not in text
            assert "vises ikke ennå" not in text
    mine = astrid.get(f"/behov/{need_id}").text
    assert ("1 bilde vises ikke ennå." in mine, f"/bilder/{third.id}" in mine) == (True, False)
    assert astrid.get(photo_of(third)).headers["Cache-Control"] == "no-store"
    assert "vises ikke for andre ennå" in astrid.get(large).text
    assert "Vises ikke for andre ennå" in signed_in("Cecilie").get(f"/arbeidsflate/behov/{need_id}").text
    assert press(astrid, page=page, shown=first.text, to=page).status_code == 302
    assert "vises ikke ennå" not in astrid.get(f"/behov/{need_id}").text
    assert photo_of(third) in visitor.get("/behov").text
    # Words that others have read are not emptied.
    assert press(astrid, page=page, to=page, **{f"alt_{third.id}": "  "}).status_code == 400
    assert rows(app)[0].alt == "Ruta"


def test_each_picture_has_a_page_with_ways_on_and_back(
    app: Flask, visitor: FlaskClient, signed_in: SignIn, need_id: int
) -> None:
    first, second = (f"/behov/{need_id}/bilder/{row.id}" for row in rows(app))
    page = visitor.get(first).text
    assert "Bilde 1 av 2" in page
    assert page.count("Et &lt;b&gt;rødt&lt;/b&gt; eple.") == 2
    assert (f'rel="next" href="{second}"' in page, 'rel="prev"' in page) == (True, False)
    assert f'href="/behov/{need_id}"' in page
    assert f'rel="prev" href="{first}"' in visitor.get(second).text
    other = f"/behov/{need_id}/bilder/999999"
    assert visitor.get(other).status_code == 404
    change(app, hidden)
    assert visitor.get(first).status_code == 404
    assert "Bilde 1 av" not in visitor.get(second).text
    assert "Noen kan kjennes igjen." in signed_in("Astrid").get(first).text
    change(app, withdrawn)
    assert visitor.get(second).status_code == 404
    assert signed_in("Cecilie").get(second).status_code == 200


def test_nobody_else_comes_to_the_authors_page(signed_in: SignIn, visitor: FlaskClient, need_id: int) -> None:
    page = f"/behov/{need_id}/bilder"
    for name in ("Bjørn", "Cecilie"):
        assert signed_in(name).get(page).status_code == 403
        assert post(signed_in(name), page, bilder="slett-1").status_code == 403
    assert "/logg-inn" in visitor.get(page).location


def test_who_has_withdrawn_it_may_still_delete_but_not_add(app: Flask, signed_in: SignIn, need_id: int) -> None:
    change(app, withdrawn)
    astrid, page = signed_in("Astrid"), f"/behov/{need_id}/bilder"
    assert 'type="file"' not in astrid.get(page).text
    assert press(astrid, Sent("a.jpg", photo()), page=page, to=page).status_code == 409
    press(astrid, page=page, to=page, bilder=f"slett-{rows(app)[0].id}")
    assert len(rows(app)) == 1


def test_staff_hide_a_picture_with_a_reason_and_show_it_again(
    app: Flask, visitor: FlaskClient, signed_in: SignIn, need_id: int
) -> None:
    cecilie, picture = signed_in("Cecilie"), rows(app)[0]
    page = f"/arbeidsflate/behov/{need_id}/bilder/{picture.id}/skjul"
    assert page in cecilie.get(f"/arbeidsflate/behov/{need_id}").text
    assert send(cecilie, page, reason="").status_code == 400
    assert send(cecilie, page, reason="En <i>nabo</i> kan kjennes igjen.").status_code == 302
    assert visitor.get(photo_of(picture)).status_code == 404
    assert "En &lt;i&gt;nabo&lt;/i&gt; kan kjennes igjen." in signed_in("Astrid").get(f"/behov/{need_id}/bilder").text
    assert post(cecilie, page.replace("/skjul", "/vis")).status_code == 302
    assert visitor.get(photo_of(picture)).status_code == 200
    assert signed_in("Dag").get(page).status_code == 403


def test_a_list_asks_no_more_for_many_pictures(app: Flask, visitor: FlaskClient, need_id: int) -> None:
    def count(path: str) -> int:
        with counted_queries() as statements:
            assert visitor.get(path).status_code == 200
        return len(statements)

    paths = ("/behov", f"/behov/{need_id}", "/")
    visitor.get("/behov")
    few = [count(path) for path in paths]
    with app.app_context():
        bjorn = make_person("Bjørn")
        for _ in range(5):
            need = factories.make_need(bjorn)
            for colour in ("red", "green", "blue"):
                factories.picture(need, by=bjorn, colour=colour)
    assert [count(path) for path in paths] == few


def test_a_store_that_is_away_is_said_plainly_and_takes_no_page_with_it(
    app: Flask, visitor: FlaskClient, signed_in: SignIn, need_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = S3Settings(endpoint="http://127.0.0.1:9", bucket="bilder", access_key_id="a", secret_access_key="b")
    monkeypatch.setitem(app.extensions, "picture_store", S3Store(nowhere))
    answer = visitor.get(photo_of(rows(app)[0]))
    assert answer.status_code == 503
    assert "Vi får ikke tatt vare på bilder akkurat nå" in answer.text
    assert visitor.get(f"/behov/{need_id}").status_code == 200
    astrid, page = signed_in("Astrid"), f"/behov/{need_id}/bilder"
    first = rows(app)[0].id
    added = press(astrid, Sent("a.jpg", photo()), page=page, to=page, **{f"alt_{first}": "Ord som ikke blir borte."})
    assert added.status_code == 503
    assert "Ord som ikke blir borte." in added.text
    # What is taken away is so for all to see; its files go when the store is back.
    assert press(astrid, page=page, to=page, bilder=f"slett-{first}").status_code == 200
    assert len(rows(app)) == 1
