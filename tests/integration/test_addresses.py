"""Addresses are looked up in Kartverket's register, as it is documented; and nothing is lost when it fails."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from participation.calling import Patience
from participation.extensions import db, limiter
from participation.geography import service as geography
from participation.geography.addresses import PATIENT, AddressRegister, RegisterSilent
from participation.geography.rules import Point
from participation.needs.models import NeedDraft
from participation.settings_map import MapSettings
from tests.forms import form_to, open_form
from tests.places import draw_areas

HURRIED = Patience(connect_seconds=0.5, silence_seconds=0.3, answer_seconds=0.3)
# As the service answers (ws.geonorge.no/adresser/v1, "sok"), shortened.
FOUND = {
    "metadata": {"totaltAntallTreff": 2, "treffPerSide": 8, "side": 0, "viserFra": 0, "viserTil": 8},
    "adresser": [
        {
            "adressenavn": "Vestsideveien",
            "adressetekst": "Vestsideveien 100",
            "nummer": 100,
            "kommunenummer": "3312",
            "kommunenavn": "LIER",
            "postnummer": "3410",
            "poststed": "VIKER",
            "representasjonspunkt": {"epsg": "EPSG:4258", "lat": 59.9000123, "lon": 10.25004},
        },
        {
            "adressetekst": "Vestsideveien 102 <b>",
            "poststed": "VIKER",
            "representasjonspunkt": {"epsg": "EPSG:4258", "lat": 59.9010123, "lon": 10.25004},
        },
    ],
}
_PLACE = {"epsg": "EPSG:4258", "lat": 59.9, "lon": 10.25}


class Double:
    """Speaks as the register does, or fails in some way."""

    def __init__(self) -> None:
        self.answers: Callable[[BaseHTTPRequestHandler], None] = self.says(FOUND)
        self.asked: list[dict[str, list[str]]] = []
        double = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                assert urlsplit(self.path).path == "/adresser/v1/sok"
                double.asked.append(parse_qs(urlsplit(self.path).query))
                try:
                    double.answers(self)
                except OSError:
                    self.close_connection = True

            def log_message(self, format: str, *arguments: object) -> None:
                """The test says what it finds."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/adresser/v1"

    @staticmethod
    def says(body: Any, *, status: int = 200, raw: bytes | None = None) -> Callable[[BaseHTTPRequestHandler], None]:
        content = json.dumps(body).encode() if raw is None else raw

        def answer(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(status)
            handler.send_header("Content-Type", "application/json")
            handler.send_header("Content-Length", str(len(content)))
            if status == 302:
                handler.send_header("Location", "http://127.0.0.1:9/")
            handler.end_headers()
            handler.wfile.write(content)

        return answer

    @staticmethod
    def drips(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "100000")
        handler.end_headers()
        for _ in range(40):
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(0.05)

    @staticmethod
    def sleeps(handler: BaseHTTPRequestHandler) -> None:
        time.sleep(0.6)

    @staticmethod
    def hangs_up(handler: BaseHTTPRequestHandler) -> None:
        handler.connection.close()


@pytest.fixture
def double() -> Iterator[Double]:
    made = Double()
    serving = Thread(target=made.server.serve_forever, kwargs={"poll_interval": 0.02})
    serving.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    serving.join()


def _register(url: str) -> AddressRegister:
    return AddressRegister(url, municipality_number="3312", patience=HURRIED)


def test_the_register_is_asked_as_documented_and_of_nothing_more(double: Double) -> None:
    found = _register(double.url).find("  Vestsideveien   100 ")
    assert [(one.words, one.point) for one in found] == [
        ("Vestsideveien 100, VIKER", Point(59.9, 10.25)),
        ("Vestsideveien 102 <b>, VIKER", Point(59.901, 10.25)),
    ]
    [asked] = double.asked
    assert asked["sok"] == ["Vestsideveien 100"]
    assert asked["kommunenummer"] == ["3312"]
    assert asked["utkoordsys"] == ["4258"]
    assert set(asked) == {"sok", "fuzzy", "kommunenummer", "utkoordsys", "treffPerSide", "side", "asciiKompatibel"}


FAULTS: dict[str, Callable[[BaseHTTPRequestHandler], None]] = {
    "a server error": Double.says({}, status=500),
    "too many questions": Double.says({}, status=429),
    "a way elsewhere": Double.says({}, status=302),
    "no JSON": Double.says(None, raw=b"<html>"),
    "deep JSON": Double.says(None, raw=b"[" * 100_000),
    "another form": Double.says({"addresses": []}),
    "a list": Double.says([]),
    "rows that are none": Double.says({"adresser": "x"}),
    "too much": Double.says(None, raw=b" " * (PATIENT.answer_max_bytes + 1)),
    "a drip": Double.drips,
    "silence": Double.sleeps,
    "hanging up": Double.hangs_up,
}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_way_to_fail_is_silence_with_nothing_of_what_was_asked(double: Double, fault: str) -> None:
    double.answers = FAULTS[fault]
    began = time.monotonic()
    with pytest.raises(RegisterSilent) as silent:
        _register(double.url).find("Hemmeligveien 1")
    assert time.monotonic() - began < 3
    assert "Hemmelig" not in str(silent.value)
    assert silent.value.__context__ is None or "Hemmelig" not in repr(silent.value.__context__)


def test_nobody_at_the_address_is_silence_too() -> None:
    with pytest.raises(RegisterSilent):
        _register("http://127.0.0.1:9").find("Vestsideveien")


@pytest.mark.parametrize(
    "row",
    [
        1,
        {},
        {"adressetekst": 7, "representasjonspunkt": _PLACE},
        {"adressetekst": "A", "representasjonspunkt": None},
        {"adressetekst": "A", "representasjonspunkt": {"lat": "59.9", "lon": "10"}},
        {"adressetekst": "A", "representasjonspunkt": {"lat": 10.2, "lon": 59.8}},
        {"adressetekst": "A\u202e", "representasjonspunkt": _PLACE},
    ],
)
def test_a_row_that_is_not_as_documented_is_left_out(double: Double, row: Any) -> None:
    double.answers = Double.says({"adresser": [row, *FOUND["adresser"]]})
    assert len(_register(double.url).find("Vestsideveien")) == 2


@contextmanager
def _asking(app: Flask, url: str | None) -> Iterator[None]:
    """The app with a register to ask."""
    before = app.extensions["address_register"]
    given = app.config["SETTINGS"]
    geography.register(app, replace(given, map=MapSettings(address_search_url=url)))
    try:
        yield
    finally:
        app.extensions["address_register"] = before


def test_an_address_is_found_and_chosen_with_scripts_off(app: Flask, visitor: FlaskClient, double: Double) -> None:
    with app.app_context():
        draw_areas()
    with _asking(app, double.url):
        form = open_form(visitor, "/behov/nytt")
        asked = form.filled({"title": "Det mangler et gangfelt", "address": "Vestsideveien", "find_address": "1"})
        shown = visitor.post(form.action, data=asked)
        assert shown.status_code == 200
        assert "Vi fant 2 adresser" in shown.text
        assert "Vestsideveien 102 &lt;b&gt;" in shown.text
        assert 'value="Det mangler et gangfelt"' in shown.text
        again = form_to(shown.text, "/behov/nytt")
        words = {"description": "Det er farlig.", "affected": "Alle", "theme": "buss", "found_point": "59.9,10.25"}
        assert visitor.post(again.action, data=again.filled(words)).status_code == 302
    with app.app_context():
        draft = db.session.scalars(select(NeedDraft)).one()
        assert (draft.fields["point"], draft.fields["area"]) == ("59.9,10.25", "viker")


def test_the_script_gets_the_same_list_and_both_share_one_limit(
    app: Flask, visitor: FlaskClient, double: Double
) -> None:
    with app.app_context():
        draw_areas()
    with _asking(app, double.url):
        part = visitor.get("/behov/sted/adresser?sok=Vestsideveien")
        assert "Vestsideveien 100, VIKER" in part.text
        assert "<html" not in part.text
        double.answers = Double.says({"adresser": []})
        assert "Vi fant ingen slik adresse" in visitor.get("/behov/sted/adresser?sok=Ingenvei").text
        double.answers = Double.says({}, status=500)
        for _ in range(18):
            assert "ikke søke etter adresser akkurat nå" in visitor.get("/behov/sted/adresser?sok=x").text
        asked = len(double.asked)
        form = open_form(visitor, "/behov/nytt")
        shown = visitor.post(form.action, data=form.filled({"address": "x", "find_address": "1"}))
        assert shown.status_code == 200
        assert "ikke søke etter adresser akkurat nå" in shown.text
        assert len(double.asked) == asked
    limiter.reset()


def test_without_a_register_there_is_no_search(app: Flask, visitor: FlaskClient) -> None:
    assert "find_address" not in visitor.get("/behov/nytt").text
