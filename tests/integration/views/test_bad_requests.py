"""Requests that no page of ours would send: the right status, a page in plain Norwegian, and nothing changed."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from itertools import product
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import TimestampSigner, URLSafeTimedSerializer
from markupsafe import escape
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from participation.permissions import GRANTS, Permission, Role
from participation.web.access import PUBLIC, declared
from tests.forms import csrf_token, form_to, open_form
from tests.guards.html import faults
from tests.guards.pages import WHO_MAY
from tests.integration.views.app_forms import NEED
from tests.integration.views.town import Town
from tests.people import ROLES

Browsers = dict[str, FlaskClient]
Unchanged = Callable[[], AbstractContextManager[None]]
pytestmark = pytest.mark.usefixtures("unlimited")

# Needs no token: the signed address says who asks (RFC 8058).
WITHOUT_TOKEN = {
    "residents.provider_tells_signed_out",
    "residents.mute_by_mail",
    "residents.note_opened",
    "residents.unsubscribe",
}
DEMO = {"residents.sign_in_demo", "residents.demo_mails", "residents.demo_mail"}


def _is_page(answer: TestResponse) -> bool:
    """A whole, sound page in Norwegian."""
    return '<html lang="nb"' in answer.text and faults(answer.text) == []


def _rules(app: Flask, method: str) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if method in (rule.methods or ()) and rule.endpoint != "static"]


def _path(app: Flask, rule: Rule, town: Town) -> str:
    """The rule's address for something that is there in the town."""
    numbers = {
        "need_id": town.need,
        "project_id": town.project,
        "outcome_id": town.draft,
        "comment_id": town.comment,
        "link_id": town.link,
        "milestone_id": town.milestone,
        "figure_id": town.figure,
        "measurement_id": town.measurement,
        "person_id": town.person,
        "theme_id": town.theme,
        "area_id": town.area,
        "theme_key": "buss",
        "area_key": "tranby",
        "session_id": 1,
        "passkey_id": 1,
        "picture_id": town.picture,
        "provider": "idporten",
        "number": 1,
        "width": 480,
        "months": 6,
        "line_id": town.line,
        "template_id": town.template,
        "batch_id": town.batch,
        "reader_id": town.reader,
        "key": "noens-utkast-123",
        "token": town.newcomers_token,
    }
    with app.test_request_context():
        found = rule.build({name: numbers[name] for name in rule.arguments if name not in (rule.defaults or {})})
    assert found is not None
    return found[1]


def _access(app: Flask, rule: Rule) -> str | Permission:
    access = declared(app.view_functions[rule.endpoint])
    assert access is not None
    return access


def _posts(app: Flask, town: Town) -> Iterator[tuple[Rule, str, str]]:
    """Each address that takes a POST, and who may send it."""
    for rule in _rules(app, "POST"):
        access = _access(app, rule)
        yield rule, _path(app, rule, town), "" if access == PUBLIC else WHO_MAY[str(access)]


def _stale_token(app: Flask, client: FlaskClient) -> str:
    """The browser's own token as it was signed in 2020."""

    class SignedLongAgo(TimestampSigner):
        def get_timestamp(self) -> int:
            return 1_600_000_000

    csrf_token(client)
    with client.session_transaction() as session:
        words = session["csrf_token"]
    signer = URLSafeTimedSerializer(app.config["SECRET_KEY"], salt="wtf-csrf-token", signer=SignedLongAgo)
    token = signer.dumps(words)
    return str(token)


@pytest.mark.parametrize("kind", ["missing", "rubbish", "stale", "another's"])
def test_nothing_is_taken_without_a_good_csrf_token(
    app: Flask, town: Town, browsers: Browsers, unchanged: Unchanged, kind: str
) -> None:
    make: dict[str, Callable[[FlaskClient], str | None]] = {
        "missing": lambda _: None,
        "rubbish": lambda _: "IjEyMyI.x.\x00y",
        "stale": lambda client: _stale_token(app, client),
        "another's": lambda _: csrf_token(browsers["Gry"]),
    }
    tokens = {name: make[kind](browsers[name]) for name in ("", *set(WHO_MAY.values()))}
    found = []
    with unchanged():
        for rule, path, who in _posts(app, town):
            if rule.endpoint in WITHOUT_TOKEN:
                continue
            data = {"title": "Ord som ikke må bli borte", "body": "Flere ord"}
            token = tokens[who]
            answer = browsers[who].post(path, data=data if token is None else data | {"csrf_token": token})
            if answer.status_code != 400 or "Ord som ikke må bli borte" not in answer.text or not _is_page(answer):
                found.append((path, answer.status_code))
    assert found == []


def test_a_form_that_stood_open_too_long_can_be_sent_again_as_it_is(app: Flask, town: Town, browsers: Browsers) -> None:
    client, written = browsers["Astrid"], "Astrids ord\nover to linjer, med “æøå” og <b>"
    page = f"/behov/{town.need}/tillegg"
    fields = open_form(client, page).filled({"body": written, "csrf_token": _stale_token(app, client)})
    answer = client.post(page, data=fields, headers={"Sec-Fetch-Site": "same-origin"})
    assert (answer.status_code, str(escape("over to linjer")) in answer.text) == (400, True)
    again = form_to(answer.text, page)
    assert client.post(again.action, data=again.filled({})).status_code == 302
    assert "over to linjer, med “æøå”" in client.get(f"/behov/{town.need}").text


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
        {"Referer": "https://evil.example/behov"},
        {"Referer": "http://localhost.evil.example/"},
        {"Referer": "http://["},
        {"Referer": "http://localhost:80:80/"},
        {},
    ],
)
def test_a_form_that_came_from_elsewhere_is_given_no_token_to_go_on_with(
    town: Town, browsers: Browsers, unchanged: Unchanged, headers: dict[str, str]
) -> None:
    with unchanged():
        answer = browsers["Bjørn"].post(f"/behov/{town.need}/stotte", data={"x": "1"}, headers=headers)
    assert answer.status_code == 400
    assert _is_page(answer)
    assert f'action="/behov/{town.need}/stotte"' not in answer.text
    assert "evil.example" not in answer.text


@pytest.mark.parametrize(
    "referer", ["http://[", "http://localhost:x/", "//", "\\\\evil.example", "javascript:alert(1)"]
)
def test_an_odd_referer_is_no_trouble(town: Town, browsers: Browsers, unchanged: Unchanged, referer: str) -> None:
    headers = {"Referer": referer}
    token = csrf_token(browsers["Bjørn"])
    with unchanged():
        closed = f"/behov/{town.declined}/stotte"
        refused = browsers["Bjørn"].post(closed, data={"csrf_token": token}, headers=headers)
        turned_away = browsers[""].post(closed, data={"csrf_token": csrf_token(browsers[""])}, headers=headers)
    assert (refused.status_code, _is_page(refused)) == (409, True)
    assert referer not in refused.text
    assert (turned_away.status_code, turned_away.location) == (302, "/logg-inn?neste=/")


def test_no_resident_gets_through_to_what_is_for_staff(
    app: Flask, town: Town, browsers: Browsers, unchanged: Unchanged
) -> None:
    tokens = {who: csrf_token(browsers[who]) for who in ("Gry", "")}
    for_staff = set(Permission) - GRANTS[Role.RESIDENT]
    found, tried = [], 0
    with unchanged():
        for method in ("GET", "POST"):
            for rule in _rules(app, method):
                if _access(app, rule) in for_staff:
                    tried += 1
                    path = _path(app, rule, town)
                    refused, sent_on = (
                        browsers[who].open(path, method=method, data={"csrf_token": tokens[who]}) for who in ("Gry", "")
                    )
                    if (refused.status_code, sent_on.status_code) != (403, 302) or not _is_page(refused):
                        found.append((method, path, refused.status_code, sent_on.status_code))
                    assert sent_on.location.startswith("/logg-inn?neste=")
    assert found == []
    assert tried > 40


@pytest.mark.parametrize("name", ["Cecilie", "Dag", "Eva", "Farid"])
def test_a_role_opens_only_its_own_doors(
    app: Flask, town: Town, signed_in: Callable[[str], FlaskClient], name: str
) -> None:
    may = set().union(*(GRANTS[role] for role in ROLES[name]))
    client = signed_in(name)
    token = csrf_token(client)
    for rule in _rules(app, "POST"):
        access = _access(app, rule)
        if access != PUBLIC and access not in may:
            path = _path(app, rule, town)
            assert client.post(path, data={"csrf_token": token}).status_code == 403, path


def test_who_is_not_signed_in_is_sent_to_sign_in_from_all_that_is_a_persons_own(
    app: Flask, town: Town, visitor: FlaskClient, unchanged: Unchanged
) -> None:
    token = csrf_token(visitor)
    with unchanged():
        for method in ("GET", "POST"):
            for rule in _rules(app, method):
                if _access(app, rule) != PUBLIC:
                    path = _path(app, rule, town)
                    answer = visitor.open(path, method=method, data={"csrf_token": token})
                    assert answer.status_code == 302, path
                    assert answer.location.startswith("/logg-inn?neste="), path


FORGED = ("999999", "0", "-1", "2147483648", str(2**63), "x%00")


def test_a_number_that_names_nothing_is_an_address_that_does_not_exist(
    app: Flask, town: Town, browsers: Browsers, unchanged: Unchanged
) -> None:
    tokens = {name: csrf_token(client) for name, client in browsers.items()}
    found, tried = [], 0
    with unchanged():
        for method in ("GET", "POST"):
            for rule in _rules(app, method):
                name = WHO_MAY[str(_access(app, rule))]
                for path in _forged(app, rule, town):
                    tried += 1
                    answer = browsers[name].open(path, method=method, data={"csrf_token": tokens[name]})
                    # Where the same address is another rule for GET, Werkzeug says that POST is what is wrong.
                    if answer.status_code not in ({404} if method == "GET" else {404, 405}):
                        found.append((method, path, answer.status_code))
    assert found == []
    assert tried > 200


def _forged(app: Flask, rule: Rule, town: Town) -> Iterator[str]:
    # To end a session that is not there, or is another's, is to have none left to end; so it is with a passkey.
    if "_id>" in rule.rule and not {"session_id", "passkey_id"} & rule.arguments:
        path = _path(app, rule, town)
        yield from (re.sub(r"/\d+", f"/{forged}", path, count=1) for forged in FORGED)


def test_a_method_that_a_page_does_not_take_is_refused_in_words(
    app: Flask, town: Town, visitor: FlaskClient, unchanged: Unchanged
) -> None:
    taken: dict[str, set[str]] = {}
    for rule in app.url_map.iter_rules():
        # Any word after /logg-inn/ could be a token.
        if rule.endpoint != "static" and not rule.rule.startswith("/logg-inn/"):
            taken.setdefault(_path(app, rule, town), set()).update(rule.methods or ())
    with unchanged():
        for path, methods in taken.items():
            for method in {"GET", "POST", "DELETE"} - methods:
                answer = visitor.open(path, method=method)
                assert (answer.status_code, '<html lang="nb"' in answer.text) == (405, True), (method, path)
    assert _is_page(visitor.delete("/behov"))


@pytest.mark.parametrize(
    "path",
    ["/finnes-ikke", "/behov/", "/static/dist/../../wsgi.py", "/static/finnes-ikke.css", "/%00", "/%FF%FE", "/æøå",
     "/<script>alert(1)</script>", "/.env", "/behov/nytt/utkast/x", "/" + "a" * 3000, "//evil.example/%2e%2e"],
)  # fmt: skip
def test_an_address_that_leads_nowhere_says_so(visitor: FlaskClient, path: str) -> None:
    answer = visitor.get(path)
    assert answer.status_code in {404, 308}, answer.status_code
    if answer.status_code == 404:
        assert _is_page(answer)
        assert "<script>alert" not in answer.text
    else:
        assert answer.location.startswith(("/", "http://localhost/"))


def _multipart(fields: dict[str, str]) -> tuple[bytes, str]:
    """The body and its type, written by hand: the test client would leave a file open for one so large."""
    parts = (
        f'--grense\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    )
    return ("".join(parts) + "--grense--\r\n").encode(), "multipart/form-data; boundary=grense"


@pytest.mark.parametrize("multipart", [False, True])
def test_a_body_of_two_megabytes_is_too_much_at_once(
    town: Town, browsers: Browsers, unchanged: Unchanged, multipart: bool
) -> None:
    places = {
        "": ("/behov/nytt", "/behov/nytt/utkast", f"/behov/{town.need}/kommentarer", "/logg-inn"),
        "Astrid": (f"/behov/{town.need}/endre", f"/behov/{town.need}/stotte"),
        "Cecilie": ("/arbeidsflate/prosjekter/nytt",),
    }
    with unchanged():
        for who, paths in places.items():
            fields = {"csrf_token": csrf_token(browsers[who]), "title": "x", "body": "x" * 2_000_000}
            urlencoded = urlencode(fields).encode(), "application/x-www-form-urlencoded"
            data, content_type = _multipart(fields) if multipart else urlencoded
            for path in paths:
                answer = browsers[who].post(path, data=data, content_type=content_type)
                assert (answer.status_code, _is_page(answer)) == (413, True), path


def test_ten_thousand_fields_are_too_many(visitor: FlaskClient, unchanged: Unchanged) -> None:
    fields = {"csrf_token": csrf_token(visitor)} | {f"felt-{number}": "x" for number in range(10_000)}
    data, content_type = _multipart(fields)
    with unchanged():
        many = visitor.post("/behov/nytt", data=data, content_type=content_type)
    assert (many.status_code, _is_page(many)) == (413, True)


ODD = (
    "\x00",
    "' OR '1'='1",
    "%1~1",
    "1e400~1",
    "inf~5",
    str(2**63),
    "9" * 5000,
    "<script>alert(1)</script>",
    "\u202eø{{7*7}}",
)
ASKED = {
    ("", "/behov"): ("q", "tema", "omrade", "status", "sorter", "etter", "sprak"),
    ("", "/behov/nytt"): ("utkast",),
    ("", "/behov/{need}"): ("kommentarer_etter", "gjor"),
    ("", "/behov/{need}/kommentarer"): ("svar", "utkast"),
    ("", "/logg-inn"): ("neste",),
    ("Astrid", "/min-side"): ("for",),
    ("Astrid", "/behov/nytt"): ("utkast",),
    ("Astrid", "/behov/{need}"): ("gjor",),
    ("Cecilie", "/arbeidsflate"): ("visning", "q", "tema", "omrade", "status", "etter"),
    ("Cecilie", "/arbeidsflate/prosjekter/nytt"): ("behov",),
    ("Cecilie", "/arbeidsflate/prosjekter/{project}"): ("behov",),
    ("Cecilie", "/arbeidsflate/prosjekter/{project}/internt"): ("for",),
    ("", "/laering"): ("slutt", "prinsipp", "tema", "etter"),
    ("Cecilie", "/redaksjonen/resultater/nytt"): ("prosjekt",),
}


def test_whatever_is_asked_for_in_an_address_a_page_answers(
    town: Town, browsers: Browsers, unchanged: Unchanged
) -> None:
    found = []
    with unchanged():
        for (who, page), names in ASKED.items():
            for name, odd in product(names, ODD):
                path = page.format(need=town.need, project=town.project)
                answer = browsers[who].get(path, query_string={name: odd})
                if answer.status_code not in {200, 404} or "<script>alert" in answer.text or "\x00" in answer.text:
                    found.append((path, name, odd[:20], answer.status_code))
    assert found == []


QUERIES = ("endpoint=x", "_external=1&_scheme=evil", "_anchor=x", "_method=POST", "self=1", "need_id=2", "filename=x",
           "sprak=nb&sprak=en", "q=%FF%FE&%00=%00", "%ED%A0%80=1", "=&&==", "q[]=1", "values=1")  # fmt: skip


def test_words_that_the_framework_knows_mean_nothing_in_an_address(town: Town, visitor: FlaskClient) -> None:
    for query in QUERIES:
        for path in ("/", "/behov", f"/behov/{town.need}", "/logg-inn", "/finnes-ikke"):
            answer = visitor.get(f"{path}?{query}")
            assert answer.status_code in {200, 404}, (path, query)
            assert "evil:" not in answer.text


def test_cookies_that_we_never_set_sign_nobody_in(app: Flask, town: Town) -> None:
    for cookie in ("", "x", "eyJfdXNlcl9pZCI6IjEifQ.aaaa.bbbb", "\xff" * 50, "." * 3000):
        client = app.test_client()
        client.set_cookie("session", cookie)
        client.set_cookie("sprak", cookie)
        client.set_cookie("remember_token", "1|" + "a" * 128)
        assert client.get("/behov").status_code == 200
        assert client.get("/min-side").status_code == 302


def test_headers_of_any_kind_get_a_page(town: Town, visitor: FlaskClient) -> None:
    for name in ("User-Agent", "Accept", "Accept-Language", "If-None-Match", "X-Forwarded-For", "HX-Request", "Range"):
        for value in ("", "\xff\xfe", "a" * 5000, "*/*;q=x", 'W/"', "<script>"):
            answer = visitor.get(f"/behov/{town.need}", headers={name: value})
            assert answer.status_code in {200, 304}, (name, value)


def test_a_comment_field_sent_to_a_need_that_takes_none_is_kept_for_its_writer(
    town: Town, browsers: Browsers, unchanged: Unchanged
) -> None:
    for who in ("", "Bjørn"):
        data = {"csrf_token": csrf_token(browsers[who]), "body": "Ord som ikke må bli borte", **NEED}
        with unchanged():
            answer = browsers[who].post(f"/behov/{town.withdrawn}/kommentarer", data=data)
        assert (answer.status_code, _is_page(answer)) == (409, True)
        assert "Ord som ikke må bli borte" in answer.text
