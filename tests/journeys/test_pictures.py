"""Photos with a need: with scripts off, and with them, by keyboard and on a small phone."""

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import pytest
from PIL import ExifTags, Image
from playwright.sync_api import Browser, FilePayload, Locator, expect

from tests.factories import theme_and_area
from tests.journeys.at_browser import AtBrowser, at_browser
from tests.journeys.axe import NARROW, faults_here, size
from tests.journeys.service import Service, running_service

NEED = {
    "title": "Gangveien mangler lys ved brua",
    "description": "Det er helt mørkt ved brua fra november av.",
    "affected": "Alle som går til stasjonen tidlig om morgenen.",
    "theme": "buss",
    "area": "tranby",
}
ON_ITS_SIDE = 6


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with running_service("sqlite", tmp_path_factory.mktemp("pictures")) as started:
        with started.app.app_context():
            theme_and_area()
        yield started


def from_a_phone(name: str, colour: str) -> FilePayload:
    """Twelve megapixels, held upright, that say where they were taken."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = ON_ITS_SIDE
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (59.0, 47.0, 12.0)
    out = BytesIO()
    Image.new("RGB", (4032, 3024), colour).save(out, "JPEG", exif=exif)
    return {"name": name, "mimeType": "image/jpeg", "buffer": out.getvalue()}


NO_PICTURE: FilePayload = {"name": "<b>skjema</b>.jpg", "mimeType": "image/jpeg", "buffer": b"%PDF-1.7"}


def shown_on(person: AtBrowser) -> list[str]:
    """What the pictures on the need's page show, in their order; each of them has come, and stands upright."""
    photos = person.page.locator(".gallery img")
    for number in range(photos.count()):
        photo = photos.nth(number)
        photo.scroll_into_view_if_needed()
        expect(photo).to_have_js_property("complete", True)
        assert photo.evaluate("photo => photo.naturalHeight > photo.naturalWidth")
    return [photos.nth(number).get_attribute("alt") or "" for number in range(photos.count())]


def test_photos_are_added_described_and_sent_with_scripts_off(service: Service, browser: Browser) -> None:
    with at_browser(browser, service, f"{uuid4().hex}@example.org", scripts=False) as astrid:
        size(astrid.page, NARROW)
        astrid.open("/behov/nytt")
        form = astrid.fill("/behov/nytt", NEED)
        form.locator('[name="pictures"]').set_input_files(
            [from_a_phone("1.jpg", "navy"), from_a_phone("2.jpg", "teal")]
        )
        form.get_by_role("button", name="Legg til bildene").click()
        expect(astrid.page.locator(".picture-row")).to_have_count(2)
        for name, text in NEED.items():
            expect(astrid.page.locator(f'[name="{name}"]')).to_have_value(text)
        alts = astrid.page.locator('[name^="alt_"]')
        alts.nth(0).fill("Brua, helt mørk.")
        alts.nth(1).fill("Gangveien dit.")
        astrid.page.get_by_role("button", name="Flytt opp bilde 2").click()
        expect(alts.nth(0)).to_have_value("Gangveien dit.")
        # One more, that is none: nothing of the rest is lost.
        astrid.page.locator('[name="pictures"]').set_input_files([NO_PICTURE])
        astrid.page.get_by_role("button", name="Logg inn og send").click()
        expect(astrid.page.locator("[data-error-summary]")).to_contain_text("Vi kan ikke lese dette som et bilde")
        expect(alts.nth(1)).to_have_value("Brua, helt mørk.")
        width = astrid.page.evaluate("document.documentElement.scrollWidth")
        assert width <= NARROW[0]
        astrid.page.get_by_role("button", name="Logg inn og send").click()
        astrid.open_link(astrid.ask_for_link(), name="Astrid")
        astrid.send_need()
        expect(astrid.page.locator(".photo-row img")).to_have_count(2)
        astrid.open(f"/behov/{astrid.number}")
        assert shown_on(astrid) == ["Gangveien dit.", "Brua, helt mørk."]
        assert all("400" in complaint for complaint in astrid.complaints)
        astrid.complaints.clear()


def test_photos_are_sent_while_one_writes_and_moved_by_keyboard(
    service: Service, browser: Browser, tmp_path: Path
) -> None:
    with at_browser(browser, service, f"{uuid4().hex}@example.org", scripts=True) as astrid:
        page = astrid.page
        astrid.open("/behov/nytt")
        astrid.fill("/behov/nytt", NEED)
        rows, status = page.locator("[data-picture]"), page.locator("[data-pictures-status]")
        page.locator('[name="pictures"]').set_input_files(
            [from_a_phone("1.jpg", "navy"), NO_PICTURE, from_a_phone("2.jpg", "teal")]
        )
        # What is written while the next is on its way stays.
        expect(rows).to_have_count(1)
        alts = page.locator('[name^="alt_"]')
        alts.nth(0).fill("Brua, helt mørk.")
        expect(rows).to_have_count(2)
        expect(alts.nth(0)).to_have_value("Brua, helt mørk.")
        expect(page.locator(".upload-failed")).to_have_text(
            re.compile("Bilde 2 av 3: Vi kan ikke lese dette som et bilde")
        )
        alts.nth(1).fill("Gangveien dit.")
        _press(page.get_by_role("button", name="Flytt ned bilde 1"))
        expect(status).to_have_text("Bildet er flyttet.")
        expect(alts.nth(0)).to_have_value("Gangveien dit.")
        expect(page.get_by_role("button", name="Flytt opp bilde 2")).to_be_focused()
        _press(page.get_by_role("button", name="Slett bilde 2"))
        expect(status).to_have_text("Bildet er slettet.")
        expect(rows).to_have_count(1)
        expect(page.get_by_role("button", name="Slett bilde 1")).to_be_focused()
        assert faults_here(page) == []
        # Enter in a field sends the need; it presses none of the pictures' buttons.
        page.locator('[name="title"]').press("Enter")
        page.wait_for_url(re.compile("/logg-inn"))
        astrid.open_link(astrid.ask_for_link(), name="Astrid")
        astrid.send_need()
        astrid.open(f"/behov/{astrid.number}")
        assert shown_on(astrid) == ["Gangveien dit."]
        assert all("400" in complaint for complaint in astrid.complaints)
        astrid.complaints.clear()


def _press(button: Locator) -> None:
    button.focus()
    button.press("Enter")
