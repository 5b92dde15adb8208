"""Where a need is, on a phone 320 pixels wide: chosen by the keyboard alone, and found on the map and in the list."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from participation.extensions import db
from participation.geography.rules import Point
from participation.needs.models import Need
from participation.support.service import support
from tests.factories import make_need
from tests.journeys.at_browser import AtBrowser, at_browser
from tests.journeys.service import Service, running_service
from tests.journeys.visitor import Visitor
from tests.people import make_person
from tests.places import IN_TRANBY, IN_VIKER, at, draw_areas

PHONE = {"width": 320, "height": 640}
NEED = {
    "title": "Gangveien mangler lys ved brua",
    "description": "Det er helt mørkt ved brua fra november av.",
    "affected": "Alle som går til stasjonen.",
    "theme": "buss",
}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with running_service("sqlite", tmp_path_factory.mktemp("places")) as started:
        with started.app.app_context():
            _tranby, viker = draw_areas()
            astrid = make_person("Nabo")
            for number in range(3):
                place = Point(IN_TRANBY.latitude, IN_TRANBY.longitude + number * 0.002).rounded(4)
                make_need(astrid, title=f"Bussen stopper ikke, nummer {number}", **at(place))
            make_need(astrid, title="Brygga har ingen stige", area_id=viker.id, **at(IN_VIKER))
        yield started


@pytest.fixture
def phone(service: Service, browser: Browser) -> Iterator[AtBrowser]:
    with at_browser(browser, service, "astrid.plass@example.org", scripts=True) as opened:
        opened.page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # the width and the height
        yield opened


def _nothing_is_wider(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def _tab_to(page: Page, selector: str) -> None:
    """With the keyboard alone, from where it is."""
    for _step in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"the keyboard never came to {selector}")


def test_a_place_is_chosen_by_the_keyboard_alone(phone: AtBrowser) -> None:
    page = phone.page
    phone.open("/behov/nytt")
    phone.fill("/behov/nytt", NEED)
    page.locator('[name="place"]').focus()
    page.keyboard.type("Ved brua")
    _tab_to(page, ".map-choose")
    expect(page.locator("[data-under-cross]")).to_contain_text("Under krysset:")
    expect(page.locator(".area-name")).to_have_count(2)
    page.keyboard.press("ArrowDown")
    expect(page.locator("[data-under-cross]")).to_contain_text("Under krysset: Stedet er i Tranby")
    page.keyboard.press("Enter")
    expect(page.locator("[data-place-words]")).to_contain_text("Valgt: Stedet er i Tranby")
    expect(page.locator('[name="area"]')).to_have_value("tranby")
    chosen = page.locator('form [name="point"]').input_value()
    assert re.fullmatch(r"59\.8\d{1,3},10\.2\d{1,3}", chosen), chosen
    _nothing_is_wider(page)
    _tab_to(page, "[data-remove-place]")
    page.keyboard.press("Enter")
    expect(page.locator("[data-place-words]")).to_have_text("Stedet er slettet.")
    expect(page.locator('form [name="point"]')).to_have_value("")
    # The focus is back on the map, where another place can be chosen at once.
    page.keyboard.press("Enter")
    expect(page.locator("[data-place-words]")).to_contain_text("Valgt: Stedet er i Tranby")
    phone.send_on("/behov/nytt", to=r"/logg-inn\?neste=.*")


def test_where_one_is_can_be_used_and_refused(phone: AtBrowser) -> None:
    page = phone.page
    phone.open("/behov/nytt")
    page.locator("[data-locate]").click()
    expect(page.locator("[data-place-words]")).to_contain_text("Nettleseren forteller oss ikke hvor du er")
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"latitude": IN_VIKER.latitude, "longitude": IN_VIKER.longitude})
    page.locator("[data-locate]").click()
    expect(page.locator("[data-place-words]")).to_contain_text("Valgt: Stedet er i Viker")
    page.locator('[name="area"]').select_option("tranby")
    expect(page.locator("[data-area-words]")).to_have_text("Stedet er i Viker, men du har valgt Tranby.")
    page.get_by_role("button", name="Velg Viker").click()
    expect(page.locator('[name="area"]')).to_have_value("viker")
    expect(page.locator("[data-area-differs]")).to_be_hidden()
    phone.open("/behov")
    page.get_by_role("button", name="Nær meg").click()
    page.wait_for_url(re.compile(r"nar=59\.900"))
    expect(page.locator(".need-list .need-card").first).to_contain_text("Brygga har ingen stige")
    _nothing_is_wider(page)


def test_near_me_is_offered_after_a_change_in_place_and_leads_to_the_list_as_it_stands(phone: AtBrowser) -> None:
    page = phone.page
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"latitude": IN_VIKER.latitude, "longitude": IN_VIKER.longitude})
    phone.open("/behov?status=mottatt&sorter=nyeste")
    page.locator(".need-chips .chip").click()
    expect(page.locator(".need-chips")).to_have_count(0)
    page.get_by_role("button", name="Nær meg").click()
    page.wait_for_url(re.compile(r"nar=59\.900"))
    assert "status" not in page.url
    assert "sorter" not in page.url  # the nearest first, whatever came first before


def test_list_and_map_show_the_same_and_share_their_filters(phone: AtBrowser) -> None:
    page = phone.page
    phone.open("/behov?omrade=tranby")
    page.get_by_role("link", name="Kart", exact=True).click()
    expect(page.locator("[data-map-summary]")).to_have_text("3 behov i denne delen av kartet.")
    expect(page.locator("[data-map-list] > li")).to_have_count(3)
    _nothing_is_wider(page)
    _tab_to(page, ".map-cluster")
    expect(page.locator(".map-cluster")).to_have_attribute("aria-label", "3 behov i Tranby, vis dem")
    page.keyboard.press("Enter")
    expect(page.locator(".map-pin")).to_have_count(3)
    expect(page.locator("[data-need-map]")).to_be_focused()
    assert "boks=" in page.url
    page.reload()
    expect(page.locator(".map-pin")).to_have_count(3)
    page.locator("#need-filters > summary").click()
    page.locator("#status-part > summary").click()
    page.locator("#status-mottatt").check()
    page.get_by_role("button", name="Vis behov").click()
    page.wait_for_url(re.compile("status=mottatt"))
    expect(page.locator(".map-pin")).to_have_count(3)
    phone.open("/behov/kart?omrade=viker")
    _tab_to(page, ".map-pin")
    page.keyboard.press("Enter")
    popup = page.locator(".leaflet-popup-content a")
    expect(popup).to_have_text("Brygga har ingen stige")
    expect(popup).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".map-pin")).to_be_focused()
    page.get_by_role("link", name="Liste", exact=True).click()
    expect(page.locator(".need-list .need-card")).to_have_count(1)
    page.get_by_role("link", name="Viker").first.click()
    expect(page.locator(".need-list .need-card")).to_have_count(4)


def test_what_is_mine_and_nearest_is_so_on_the_map_too_and_on_the_way_back(phone: AtBrowser) -> None:
    page, service = phone.page, phone.service
    with service.app.app_context():
        anne = make_person("Anne som støtter")
        brygga = db.session.scalars(select(Need).where(Need.title == "Brygga har ingen stige")).one()
        support(anne.actor, need=brygga)
        cookies = Visitor.signed_in(service, anne).cookies
        db.session.commit()
    page.context.add_cookies(
        [{"name": name, "value": value, "url": service.site_url} for name, value in cookies.items()]
    )
    listed = page.locator("[data-map-list] > li")
    phone.open("/behov?mine=stottet")
    with page.expect_response(re.compile("utsnitt.*mine=stottet")):
        page.get_by_role("link", name="Kart", exact=True).click()
    expect(page.locator("[data-map-summary]")).to_have_text("1 behov i denne delen av kartet.")
    expect(listed).to_have_count(1)
    expect(listed).to_contain_text("Brygga har ingen stige")
    _nothing_is_wider(page)
    page.get_by_role("link", name="Liste", exact=True).click()
    expect(page.locator(".need-list .need-card")).to_have_count(1)
    near = Point(IN_TRANBY.latitude, IN_TRANBY.longitude + 0.004)
    phone.open(f"/behov/kart?nar={near.rounded(3)}")
    expect(page.locator("[data-map-summary]")).to_contain_text("i denne delen av kartet.")
    expect(page.locator(".map-pin, .map-cluster").first).to_be_visible()
    expect(listed.first).to_contain_text("nummer 2")
    page.get_by_role("link", name="Vis hele kommunen").click()
    expect(page.locator("[data-map-list]")).to_contain_text("Brygga har ingen stige")
    expect(page.locator(".chip-removable")).to_have_count(1)


def test_the_page_scrolls_past_the_map_which_zooms_with_ctrl(phone: AtBrowser) -> None:
    page = phone.page
    page.set_viewport_size({"width": 320, "height": 256})
    phone.open("/behov/kart")
    expect(page.locator(".map-cluster, .map-pin").first).to_be_visible()
    map_box = "document.querySelector('[data-need-map]').getBoundingClientRect()"
    page.evaluate(f"scrollTo(0, scrollY + {map_box}.top - 20)")
    assert page.evaluate(f"{map_box}.height / innerHeight") <= 0.7
    before, address = page.evaluate("scrollY"), page.url
    page.mouse.move(160, 100)
    page.mouse.wheel(0, 150)
    page.wait_for_function("before => scrollY >= before + 100", arg=before)
    assert page.url == address
    page.evaluate("before => scrollTo(0, before)", before)
    page.keyboard.down("Control")
    page.mouse.wheel(0, -300)
    page.wait_for_url(re.compile("boks="))
    assert page.evaluate("scrollY") == before


def test_one_finger_leaves_the_map_alone_and_two_move_it(service: Service, browser: Browser) -> None:
    with browser.new_context(has_touch=True, is_mobile=True, viewport={"width": 390, "height": 844}) as context:
        page = context.new_page()
        page.goto(f"{service.site_url}/behov/kart")
        touch = "getComputedStyle(document.querySelector('[data-need-map]')).touchAction"
        page.wait_for_function(f"{touch} === 'pan-x pan-y'")
        box = page.locator("[data-need-map]").bounding_box()
        assert box is not None
        x, y = box["x"] + box["width"] / 2, box["y"] + 100
        fingers = context.new_cdp_session(page)

        def drag(*starts: float) -> None:
            for step in range(8):
                points = [{"x": start, "y": y - step * 10, "id": number} for number, start in enumerate(starts)]
                kind = "touchMove" if step else "touchStart"
                fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
            fingers.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

        drag(x)
        page.wait_for_function("scrollY > 20")
        assert "boks=" not in page.url
        page.evaluate("scrollTo(0, 0)")
        drag(x - 40, x + 40)
        page.wait_for_url(re.compile("boks="))
