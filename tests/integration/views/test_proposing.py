"""Reporting a need: write first, sign in last, nothing lost; and what its author may do with it afterwards."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from participation import clock
from participation.accounts import service as accounts
from participation.accounts.models import SignInLink
from participation.extensions import db
from participation.needs.models import Need, NeedDraft
from tests.forms import csrf_token, open_form, post, send
from tests.integration.views.app_forms import NEED
from tests.integration.views.town import Town

Browsers = dict[str, FlaskClient]
Unchanged = Callable[[], AbstractContextManager[None]]


def _titled(app: Flask, title: str = NEED["title"]) -> list[Need]:
    with app.app_context():
        return list(db.session.scalars(select(Need).where(Need.title == title)))


def _next_page(answer: TestResponse) -> str:
    return parse_qs(urlsplit(answer.location or "").query)["neste"][0]


def test_a_need_gets_a_reference_and_a_date_at_once(app: Flask, town: Town, browsers: Browsers) -> None:
    answer = send(browsers["Bjørn"], "/behov/nytt", **NEED)
    (need,) = _titled(app)
    assert (answer.status_code, answer.location) == (302, f"/behov/{need.id}/kvittering")
    receipt = browsers["Bjørn"].get(answer.location)
    assert need.reference in receipt.text
    assert f'datetime="{clock.today() + timedelta(days=30)}"' in receipt.text
    assert need.theme_id == town.theme


def test_theme_and_area_are_understood_by_number_too(app: Flask, town: Town, browsers: Browsers) -> None:
    answer = post(browsers["Bjørn"], "/behov/nytt", **(NEED | {"theme": str(town.theme), "area": str(town.area)}))
    assert answer.status_code == 302
    assert [need.area_id for need in _titled(app)] == [town.area]


def test_the_same_form_sent_twice_is_one_need(app: Flask, town: Town, browsers: Browsers) -> None:
    form = open_form(browsers["Bjørn"], "/behov/nytt")
    first, second = (browsers["Bjørn"].post("/behov/nytt", data=form.filled(NEED)) for _ in range(2))
    assert first.location == second.location
    assert len(_titled(app)) == 1


def test_a_visitor_writes_first_and_signs_in_last_in_another_browser(
    app: Flask, town: Town, visitor: FlaskClient
) -> None:
    answer = send(visitor, "/behov/nytt", **NEED)
    assert answer.status_code == 302
    assert _titled(app) == []
    assert send(visitor, answer.location, "/logg-inn", email="kari@example.org").status_code == 302
    with app.app_context():
        link = db.session.scalars(select(SignInLink).where(SignInLink.email == "kari@example.org")).one()
        token = accounts.make_token(link)
        db.session.commit()
    assert "Vi har tatt vare på det du skrev." in visitor.get("/logg-inn").text
    assert "Vi har tatt vare på" not in app.test_client().get("/logg-inn").text
    phone = app.test_client()
    entered = send(phone, f"/logg-inn/{token}", name="Kari", old_enough="y", mine="y")
    assert (entered.status_code, entered.location) == (302, _next_page(answer))
    page = phone.get(entered.location)
    for words in (NEED["title"], NEED["description"], NEED["affected"]):
        assert words in page.text
    sent = send(phone, entered.location, "/behov/nytt")
    (need,) = _titled(app)
    assert sent.location == f"/behov/{need.id}/kvittering"
    again = phone.get(entered.location)
    assert (again.status_code, again.location) == (302, sent.location)


def test_a_draft_is_kept_quietly_for_a_script(app: Flask, town: Town, browsers: Browsers) -> None:
    def save(client: FlaskClient, **fields: str) -> TestResponse:
        headers = {"Accept": "application/json"}
        return post(client, "/behov/nytt/utkast", headers=headers, **fields)

    for who in ("", "Bjørn"):
        key = f"{who or 'noen'}s-utkast-1234"
        kept = save(browsers[who], title="Halv", draft_key=key)
        assert (kept.status_code, kept.mimetype) == (200, "application/json")
        assert kept.json is not None
        assert kept.json["saved_at"]
        again = save(browsers[who], title="Halvveis i mål", draft_key=kept.json["key"])
        assert again.json is not None
        assert again.json["key"] == kept.json["key"]
        assert "Halvveis i mål" in browsers[who].get(f"/behov/nytt?utkast={kept.json['key']}").text
    empty = save(browsers["Bjørn"], title="", draft_key="et-tomt-utkast-1")
    assert empty.json == {"key": None, "saved_at": None}


def test_a_form_saved_for_later_lies_on_my_page(town: Town, browsers: Browsers) -> None:
    form = open_form(browsers["Bjørn"], "/behov/nytt")
    answer = browsers["Bjørn"].post("/behov/nytt/utkast", data=form.filled({"title": "Halvveis i mål"}))
    assert (answer.status_code, answer.location) == (302, "/min-side")
    assert "Halvveis i mål" in browsers["Bjørn"].get("/min-side").text


@pytest.fixture
def bjorns_draft(app: Flask, town: Town, browsers: Browsers) -> str:
    answer = post(
        browsers["Bjørn"], "/behov/nytt/utkast", headers={"Accept": "application/json"}, title="Bjørns hemmelige utkast"
    )
    assert answer.json is not None
    return str(answer.json["key"])


def test_a_draft_is_read_changed_and_deleted_by_its_owner_alone(
    app: Flask, browsers: Browsers, bjorns_draft: str, unchanged: Unchanged
) -> None:
    address = f"/behov/nytt?utkast={bjorns_draft}"
    with unchanged():
        for who in ("", "Astrid", "Cecilie", "Farid"):
            assert "hemmelige" not in browsers[who].get(address).text
            if who:
                assert post(browsers[who], f"/behov/utkast/{bjorns_draft}/slett").status_code == 404
    post(browsers["Astrid"], "/behov/nytt/utkast", title="Astrids eget", draft_key=bjorns_draft)
    assert "hemmelige" in browsers["Bjørn"].get(address).text
    assert post(browsers["Bjørn"], f"/behov/utkast/{bjorns_draft}/slett").status_code == 302
    with app.app_context():
        assert db.session.get(NeedDraft, bjorns_draft) is None


def test_the_receipt_is_its_authors_alone(town: Town, browsers: Browsers) -> None:
    path = f"/behov/{town.need}/kvittering"
    assert browsers["Astrid"].get(path).status_code == 200
    for who in ("Bjørn", "Cecilie", "Farid"):
        assert browsers[who].get(path).status_code == 404
    assert browsers[""].get(path).status_code == 302


def test_only_its_author_changes_a_need(town: Town, browsers: Browsers, unchanged: Unchanged) -> None:
    sent = {"endre": NEED, "tillegg": {"body": "Andres ord"}, "trekk": {}, "navn": {"hidden": "1"}}
    with unchanged():
        for who in ("Bjørn", "Cecilie", "Farid"):
            token = csrf_token(browsers[who])
            for number in (town.need, town.accepted):
                good = {"csrf_token": token, "version": _version(browsers, number)}
                for action, fields in sent.items():
                    path = f"/behov/{number}/{action}"
                    assert browsers[who].get(path).status_code == (405 if action == "navn" else 403)
                    answer = browsers[who].post(path, data=good | fields)
                    assert (answer.status_code, fields.get("body", "") in answer.text) == (403, True), path


def _version(browsers: Browsers, number: int) -> str:
    return open_form(browsers["Astrid"], f"/behov/{number}/tillegg").fields["version"][0]


def test_a_need_is_changed_for_an_hour_and_then_added_to(town: Town, browsers: Browsers, unchanged: Unchanged) -> None:
    path = f"/behov/{town.need}"
    assert send(browsers["Astrid"], f"{path}/endre", title="Det mangler benker og lys ved elva").status_code == 302
    assert "benker og lys" in browsers[""].get(path).text
    form = open_form(browsers["Astrid"], f"{path}/endre")
    with clock.travel(clock.now() + timedelta(minutes=61)):
        with unchanged():
            late = browsers["Astrid"].post(f"{path}/endre", data=form.filled({"title": "For sent, men ikke mistet"}))
            assert (late.status_code, "For sent, men ikke mistet" in late.text) == (409, True)
        added = send(browsers["Astrid"], f"{path}/tillegg", body="Det gjelder også om vinteren.")
        assert added.location == f"{path}#additions"
    page = browsers[""].get(path).text
    assert "Det gjelder også om vinteren." in page
    assert 'id="additions"' in page


def test_what_has_been_answered_is_no_longer_changed(town: Town, browsers: Browsers) -> None:
    assert browsers["Astrid"].get(f"/behov/{town.accepted}/endre").status_code == 409


def test_two_tabs_do_not_overwrite_each_other(town: Town, browsers: Browsers) -> None:
    path = f"/behov/{town.need}/endre"
    one, other = (open_form(browsers["Astrid"], path) for _ in range(2))
    assert browsers["Astrid"].post(path, data=one.filled({"title": "Fra den ene fanen"})).status_code == 302
    refused = browsers["Astrid"].post(path, data=other.filled({"title": "Fra den andre fanen"}))
    assert (refused.status_code, "Fra den andre fanen" in refused.text) == (409, True)
    assert "Fra den ene fanen" in browsers[""].get(f"/behov/{town.need}").text


def test_an_addition_written_while_staff_acted_can_be_sent_from_the_page_that_says_so(
    town: Town, browsers: Browsers
) -> None:
    path, case = f"/behov/{town.need}/tillegg", f"/arbeidsflate/behov/{town.need}"
    form = open_form(browsers["Astrid"], path)
    assert send(browsers["Cecilie"], case, f"{case}/vurder").status_code == 302
    refused = browsers["Astrid"].post(path, data=form.filled({"body": "Skrevet imens"}))
    assert refused.status_code == 409
    version = re.search(r'name="version"[^>]*value="(\d+)"', refused.text)
    assert version
    again = browsers["Astrid"].post(path, data=form.filled({"body": "Skrevet imens", "version": version[1]}))
    assert again.status_code == 302


def test_a_need_is_withdrawn_by_a_press_and_twice_is_as_once(
    town: Town, browsers: Browsers, unchanged: Unchanged
) -> None:
    path = f"/behov/{town.need}"
    with unchanged():
        assert browsers["Astrid"].get(f"{path}/trekk").status_code == 200
    assert send(browsers["Astrid"], f"{path}/trekk").status_code == 302
    with unchanged():
        assert post(browsers["Astrid"], f"{path}/trekk").status_code == 302
    assert f'data-need-id="{town.need}"' not in browsers[""].get("/behov").text
    assert browsers[""].get(path).status_code == 200


def test_what_a_project_has_taken_on_is_not_withdrawn(town: Town, browsers: Browsers, unchanged: Unchanged) -> None:
    with unchanged():
        assert browsers["Astrid"].get(f"/behov/{town.linked}/trekk").status_code == 409
        assert post(browsers["Astrid"], f"/behov/{town.linked}/trekk").status_code == 409


def test_nobody_is_given_a_form_before_there_is_a_theme_and_an_area_to_choose(visitor: FlaskClient) -> None:
    page = visitor.get("/behov/nytt")
    assert (page.status_code, "<form" in page.text.partition("<main")[2]) == (200, False)
    assert "mailto:" in page.text.partition("<main")[2].partition("</main>")[0]


def test_a_list_with_nothing_in_it_says_whether_it_is_empty_or_at_its_end(visitor: FlaskClient) -> None:
    assert "Ingen har meldt inn et behov ennå" in visitor.get("/behov").text
    assert "Det er ikke flere behov her" in visitor.get("/behov?etter=1.0~1").text
