import re
from collections.abc import Callable
from urllib.parse import unquote
from xml.etree import ElementTree

from flask import Flask
from flask.testing import FlaskClient

from participation.extensions import db
from participation.needs import service as needs
from tests import factories
from tests.people import make_person

SignIn = Callable[[str], FlaskClient]


def test_a_poster_says_what_the_need_is_and_where_to_say_so_too(app: Flask, visitor: FlaskClient) -> None:
    with app.app_context():
        need_id = factories.make_need(make_person("Astrid"), title="Bussen <b>går</b> for sjelden").id
    page = visitor.get(f"/behov/{need_id}/plakat")
    assert page.status_code == 200
    assert "Bussen &lt;b&gt;går&lt;/b&gt; for sjelden" in page.text
    assert f"http://localhost/behov/{need_id}" in page.text
    for words in ("Har du også dette behovet?", "<span>Buss</span>", "<span>Tranby</span>", "Lier kommune"):
        assert words in page.text
    assert f'href="/behov/{need_id}/plakat"' in visitor.get(f"/behov/{need_id}").text


def test_words_to_send_on_come_with_the_address_and_need_no_scripts(app: Flask, visitor: FlaskClient) -> None:
    with app.app_context():
        need_id = factories.make_need(make_person("Astrid"), title='Bussen & "toget" går for sjelden').id
    text = visitor.get(f"/behov/{need_id}").text
    words = re.search(r'href="mailto:\?subject=([^"&]+)&amp;body=([^"]+)"', text)
    assert words is not None
    assert unquote(words[1]) == 'Bussen & "toget" går for sjelden'
    said = '«Bussen & "toget" går for sjelden»\r\nHar du også dette behovet?'
    assert unquote(words[2]).startswith(said)
    assert unquote(words[2]).endswith(f"\r\n\r\nhttp://localhost/behov/{need_id}")


def test_its_code_is_a_drawing_that_can_be_kept_and_asked_for_again(app: Flask, visitor: FlaskClient) -> None:
    with app.app_context():
        one, other = (factories.make_need(make_person(name)).id for name in ("Astrid", "Bjørn"))
    answer = visitor.get(f"/behov/{one}/kode.svg")
    assert answer.mimetype == "image/svg+xml"
    assert ElementTree.fromstring(answer.data).tag.endswith("svg")  # noqa: S314 our own drawing
    assert answer.data != visitor.get(f"/behov/{other}/kode.svg").data
    again = visitor.get(f"/behov/{one}/kode.svg", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_a_need_that_is_taken_back_has_no_poster(app: Flask, visitor: FlaskClient) -> None:
    with app.app_context():
        astrid = make_person("Astrid")
        need = factories.make_need(astrid)
        needs.withdraw(astrid.actor, need=need)
        db.session.commit()
        need_id = need.id
    for address in (f"/behov/{need_id}/plakat", f"/behov/{need_id}/kode.svg", "/behov/999/plakat"):
        assert visitor.get(address).status_code == 404
