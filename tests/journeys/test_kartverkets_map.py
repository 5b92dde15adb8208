"""With Kartverket's map and addresses in the settings: tiles are shown, and an address is found and chosen."""

import json
import re
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from threading import Thread

import pytest
from PIL import Image
from playwright.sync_api import Browser, expect

from tests.journeys.at_browser import at_browser
from tests.journeys.axe import faults_here
from tests.journeys.service import Service, prepared_service
from tests.places import IN_VIKER, draw_areas

ADDRESS = {
    "adressetekst": "Vestsideveien 100",
    "poststed": "VIKER",
    "representasjonspunkt": {"epsg": "EPSG:4258", "lat": IN_VIKER.latitude, "lon": IN_VIKER.longitude},
}


def _tile() -> bytes:
    file = BytesIO()
    Image.new("RGB", (256, 256), "#dfe8d8").save(file, "PNG")
    return file.getvalue()


class Kartverket(BaseHTTPRequestHandler):
    """Answers as its tiles (cache.kartverket.no) and its addresses (ws.geonorge.no/adresser/v1) do."""

    tile = _tile()

    def do_GET(self) -> None:
        if re.fullmatch(r"/topo/\d+/\d+/\d+\.png", self.path):
            self._answer("image/png", self.tile)
        elif self.path.startswith("/adresser/v1/sok?"):
            self._answer("application/json", json.dumps({"metadata": {}, "adresser": [ADDRESS]}).encode())
        else:
            self.send_error(404)

    def _answer(self, kind: str, content: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *arguments: object) -> None:
        """The journey says what it sees."""


@pytest.fixture
def kartverket() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Kartverket)
    serving = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    serving.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    serving.join()


@pytest.fixture
def service(tmp_path_factory: pytest.TempPathFactory, kartverket: str) -> Iterator[Service]:
    outside = {
        "MAP_TILES_URL": f"{kartverket}/topo/{{z}}/{{y}}/{{x}}.png",
        "ADDRESS_SEARCH_URL": f"{kartverket}/adresser/v1",
    }
    with prepared_service("sqlite", tmp_path_factory.mktemp("outside"), **outside) as prepared, prepared.web():
        with prepared.app.app_context():
            draw_areas()
        yield prepared


def test_a_place_is_found_by_its_address_on_kartverkets_map(service: Service, browser: Browser) -> None:
    with at_browser(browser, service, "astrid.kart@example.org", scripts=True) as astrid:
        page = astrid.page
        astrid.open("/behov/kart")
        expect(page.locator("img.leaflet-tile-loaded").first).to_be_visible()
        assert page.locator("img.leaflet-tile-loaded").first.evaluate("tile => tile.naturalWidth") == 256
        expect(page.locator(".leaflet-control-attribution")).to_contain_text("© Kartverket")
        assert faults_here(page) == []
        astrid.open("/behov/nytt")
        page.locator("[data-address]").fill("Vestsideveien 100")
        page.keyboard.press("Enter")
        page.get_by_label("Vestsideveien 100").check()
        expect(page.locator("[data-place-words]")).to_contain_text("Valgt: Stedet er i Viker")
        expect(page.locator('[name="area"]')).to_have_value("viker")
        assert page.locator('form [name="point"]').input_value() == str(IN_VIKER.rounded(4))
