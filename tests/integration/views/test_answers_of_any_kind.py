"""What holds for every answer: its headers, its language, its limits, and what is said when the fault is ours."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from participation.extensions import db
from participation.web.access import public
from tests import factories
from tests.databases import make_app
from tests.forms import csrf_token, open_form, post, send
from tests.guards.html import faults
from tests.people import make_person

SignIn = Callable[[str], FlaskClient]
HEADERS = {
    "Content-Security-Policy": "default-src 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=()",
}


@pytest.fixture
def second_app(app: Flask) -> Iterator[Callable[..., Flask]]:
    """Makes another app on the same database, with other settings."""
    made = []

    def make(**changes: object) -> Flask:
        made.append(make_app(replace(app.config["SETTINGS"], **changes)))
        return made[-1]

    yield make
    for one in made:
        with one.app_context():
            db.engine.dispose()


def test_every_kind_of_answer_tells_the_browser_what_it_may_do(
    visitor: FlaskClient, second_app: Callable[..., Flask]
) -> None:
    faulty = second_app()

    @faulty.get("/feil")
    @public
    def fail() -> str:
        raise RuntimeError("en feil hos oss, med hemmelig innhold")

    etag = visitor.get("/om").headers["ETag"]
    answers = {
        200: visitor.get("/"),
        302: visitor.get("/min-side"),
        304: visitor.get("/om", headers={"If-None-Match": etag}),
        400: visitor.post("/logg-ut"),
        404: visitor.get("/finnes-ikke"),
        405: visitor.delete("/"),
        413: visitor.post("/logg-inn", data={"x": "a" * 1_000_001}),
        500: faulty.test_client().get("/feil"),
    }
    static = re.search(r"/static/dist/[^\"]+\.css", answers[200].text)
    assert static
    files = [visitor.get(static[0]), visitor.get("/static/finnes-ikke.css"), visitor.get("/healthz")]
    for status, answer in answers.items():
        assert answer.status_code == status
    for answer in (*answers.values(), *files):
        answer.close()
        for name, value in HEADERS.items():
            assert answer.headers[name].startswith(value), (answer.request.path, name)
        assert "Server" not in answer.headers or "Python" not in answer.headers["Server"]
    csp = answers[200].headers["Content-Security-Policy"]
    assert "unsafe" not in csp
    assert "frame-ancestors 'none'" in csp
    assert "immutable" in files[0].headers["Cache-Control"]
    assert "hemmelig" not in answers[500].text
    assert faults(answers[500].text) == []


def test_what_is_a_persons_own_is_kept_by_no_cache(signed_in: SignIn, visitor: FlaskClient) -> None:
    client = signed_in("Astrid")
    for answer in (client.get("/"), client.get("/min-side"), visitor.get("/logg-inn"), visitor.get("/min-side")):
        assert "no-store" in answer.headers["Cache-Control"], answer.request.path
    assert visitor.get("/").headers["Vary"] == "Cookie"


def test_over_https_cookies_and_pages_stay_there(second_app: Callable[..., Flask]) -> None:
    client = second_app(site_url="https://svar.example.org").test_client()
    answer = client.get("/logg-inn?sprak=nn", base_url="https://svar.example.org")
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    cookies = {cookie.partition("=")[0]: cookie for cookie in answer.headers.getlist("Set-Cookie")}
    assert set(cookies) == {"__Host-session", "sprak"}
    for cookie in cookies.values():
        assert all(word in cookie for word in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"))


def test_a_failing_database_gets_a_page_that_asks_nothing_of_it(second_app: Callable[..., Flask]) -> None:
    faulty = second_app()

    @faulty.get("/nede")
    @public
    def down() -> str:
        raise OperationalError("SELECT 1", {}, Exception("database is locked"))

    answer = faulty.test_client().get("/nede")
    assert (answer.status_code, faults(answer.text)) == (503, [])
    assert "SELECT" not in answer.text


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_a_language_asked_for_is_kept(visitor: FlaskClient, language: str) -> None:
    answer = visitor.get(f"/om?sprak={language}")
    cookie = answer.headers["Set-Cookie"]
    assert f"sprak={language}" in cookie
    assert all(word in cookie for word in ("HttpOnly", "SameSite=Lax"))
    for page in (answer, visitor.get("/behov"), visitor.get("/finnes-ikke"), visitor.delete("/")):
        assert f'<html lang="{language}"' in page.text


def test_a_language_that_we_do_not_have_changes_nothing(visitor: FlaskClient) -> None:
    for language in ("de", "NB", "nb-NO", "", "nb\x00", "<b>"):
        answer = visitor.get("/om", query_string={"sprak": language})
        assert '<html lang="nb"' in answer.text
        assert "Set-Cookie" not in answer.headers


def test_the_links_to_other_languages_lead_to_the_same_page(visitor: FlaskClient) -> None:
    text = visitor.get("/behov?q=benk%26lys&sorter=nyeste&sprak=nb").text.replace("&amp;", "&")
    assert 'href="/behov?q=benk%26lys&sorter=nyeste&sprak=nn"' in text


def test_a_person_is_met_in_their_own_language(app: Flask, signed_in: SignIn) -> None:
    client = signed_in("Astrid")
    send(client, "/min-side", "/min-side/innstillinger", language="en")
    with app.app_context():
        client.delete_cookie("sprak")
    assert '<html lang="en"' in client.get("/om").text


def test_too_many_links_asked_for_is_said_in_words(visitor: FlaskClient) -> None:
    form = open_form(visitor, "/logg-inn")
    statuses = [
        visitor.post("/logg-inn", data=form.filled({"email": f"nr{number}@example.org"})).status_code
        for number in range(20)
    ]
    assert set(statuses) == {302}
    answer = visitor.post("/logg-inn", data=form.filled({"email": "enda.en@example.org"}))
    assert (answer.status_code, faults(answer.text), '<html lang="nb"' in answer.text) == (429, [], True)
    assert visitor.get("/logg-inn").status_code == 200


def test_guessing_at_links_is_stopped(visitor: FlaskClient) -> None:
    statuses = [visitor.get(f"/logg-inn/gjetning-{number}").status_code for number in range(31)]
    assert statuses == [409] * 30 + [429]
    assert visitor.get("/behov").status_code == 200


def test_nobody_sends_more_than_two_forms_a_second_for_a_minute(app: Flask, signed_in: SignIn) -> None:
    with app.app_context():
        number = factories.make_need(make_person("Astrid")).id
    client = signed_in("Bjørn")
    token = csrf_token(client)
    path, data = f"/behov/{number}/folg", {"csrf_token": token, "body": "Ord som ikke må bli borte"}
    assert {client.post(path, data=data).status_code for _ in range(120)} == {302}
    answer = client.post(path, data=data)
    assert (answer.status_code, "Ord som ikke må bli borte" in answer.text) == (429, True)
    assert post(signed_in("Gry"), path).status_code == 302
    assert client.get(f"/behov/{number}").status_code == 200


def test_the_service_says_that_it_lives_and_is_ready(visitor: FlaskClient) -> None:
    for path in ("/healthz", "/readyz"):
        answer = visitor.get(path)
        assert (answer.status_code, answer.text, "Set-Cookie" in answer.headers) == (200, "ok\n", False)


ADDRESSES = ("/", "/behov", "/behov/nytt", "/prosjekter", "/resultater", "/logg-inn", "/innsikt", "/om", "/personvern")


def test_the_addresses_that_others_know_are_there(app: Flask, visitor: FlaskClient, signed_in: SignIn) -> None:
    with app.app_context():
        factories.theme_and_area()
    for path in ADDRESSES:
        assert visitor.get(path).status_code == 200, path
    assert signed_in("Astrid").get("/min-side").status_code == 200
    assert signed_in("Cecilie").get("/arbeidsflate").status_code == 200
    for query in ("q=buss", "tema=buss", "omrade=tranby", "status=mottatt", *(f"sorter={word}" for word in SORTS)):
        assert visitor.get(f"/behov?{query}").status_code == 200
    assert set(open_form(visitor, "/behov/nytt").fields) >= {
        "title", "description", "affected", "solution", "theme", "area",
    }  # fmt: skip


SORTS = ("aktuelle", "nyeste", "stottet", "kommentert")


def test_the_list_is_narrowed_and_sorted_as_the_address_says(app: Flask, visitor: FlaskClient) -> None:
    with app.app_context():
        astrid, cecilie = make_person("Astrid"), make_person("Cecilie")
        first = factories.make_need(astrid, title="Benker langs elva").id
        second = factories.make_accepted(astrid, by=cecilie, title="Buss om kvelden").id

    def listed(query: str) -> list[int]:
        return [int(number) for number in re.findall(r'data-need-id="(\d+)"', visitor.get(f"/behov?{query}").text)]

    assert listed("sorter=nyeste") == [second, first]
    assert listed("q=benk") == [first]
    assert listed("status=tatt-inn") == [second]
    assert listed("status=accepted") == [second]
    assert set(listed("tema=buss&omrade=tranby")) == {first, second}
    assert set(listed("tema=finnes-ikke&sorter=tull")) == {first, second}
