"""Where one goes on to after signing in: never off the site, by whatever way the address came in."""

from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from participation.accounts import service as accounts
from participation.accounts.models import Person, SignInAttempt, SignInLink
from participation.demands import Demands
from participation.extensions import db
from participation.permissions import Act, Assurance
from tests.forms import csrf_token, post, send
from tests.integration.signing_in.conftest import AppWith
from tests.integration.signing_in.door import WELCOME, arrive, come_back, enter, rows, set_out
from tests.integration.signing_in.false_provider import Realm
from tests.people import make_person

SITE = "http://localhost"
NASTY = (
    "//evil.example",
    "///evil.example",
    "////evil.example/%2e%2e",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "/\t/evil.example",
    "\t//evil.example",
    "/\n/evil.example",
    "/\r\nLocation: https://evil.example",
    "/x\r\nSet-Cookie: session=evil.example",
    "/\x00/evil.example",
    " //evil.example",
    "\u00a0//evil.example",
    "https://evil.example/",
    "HTTPS:evil.example",
    "http:/evil.example",
    "https:\\\\evil.example",
    "javascript:alert('evil.example')",
    "data:text/html,evil.example",
    "evil.example",
    "@evil.example",
    "/@evil.example",
    "/%2f%2fevil.example",
    "/%5cevil.example",
    "/%09/evil.example",
    "/.//evil.example",
    "/..//evil.example",
    "/;//evil.example",
    "/behov#//evil.example",
    "/behov?neste=//evil.example",
    "/\u2215\u2215evil.example",
    "/\uff0fevil.example",
    "/\u2028/evil.example",
    "?//evil.example",
    "//evil.example@localhost",
    "//localhost.evil.example",
    "http://localhost@evil.example",
    "/" + "a" * 600 + "evil.example",
)


def leads_off(address: str) -> bool:
    """As browsers read it: they drop tabs and line breaks, and take a backslash for a slash."""
    read = address.strip(" \x00\u00a0").translate({9: None, 10: None, 13: None}).replace("\\", "/")
    found = urlsplit(urljoin(f"{SITE}/logg-inn", read))
    return (found.scheme, found.netloc) != ("http", "localhost")


class _Addresses(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.found += [given[name] or "" for name in ("href", "action", "formaction", "src") if name in given]
        if tag == "meta" and (given.get("http-equiv") or "").lower() == "refresh":
            self.found.append((given.get("content") or "").partition("url=")[2])


def stays(page: str) -> None:
    """No address on the page leads off the site, but those to write mail."""
    reader = _Addresses()
    reader.feed(page)
    off = [address for address in reader.found if leads_off(address) and not address.startswith("mailto:")]
    assert off == []


def lands_here(location: str | None, *, given: str) -> None:
    assert location is not None
    assert not leads_off(location), given
    assert not set("\r\n\t") & set(location), given


def test_the_check_knows_what_leads_off() -> None:
    off = [address for address in NASTY if leads_off(address)]
    assert len(off) > 15
    assert not any(map(leads_off, ("/", "/behov?q=buss", "/min-side#a", "min-side", f"{SITE}/behov")))
    with pytest.raises(AssertionError):
        stays('<a href="//evil.example">')
    with pytest.raises(AssertionError):
        stays('<meta http-equiv="Refresh" content="0; url=https://evil.example">')


def test_no_link_in_a_mail_leads_off(app: Flask, visitor: FlaskClient) -> None:
    with app.app_context():
        person = make_person("Astrid").id
    for address in NASTY:
        stays(visitor.get("/logg-inn", query_string={"neste": address}).text)
    for kept in (address for address in NASTY if "\x00" not in address):
        with app.app_context():
            token = accounts.make_link(db.session.get_one(Person, person), next_path=kept[:500])
            db.session.commit()
        lands_here(send(app.test_client(), f"/logg-inn/{token}").location, given=kept)


def test_what_is_sent_with_the_wish_for_a_link_is_kept_only_when_it_stays_here(
    app: Flask, visitor: FlaskClient
) -> None:
    token = csrf_token(visitor)
    for number, address in enumerate(NASTY[:19]):
        data = {"csrf_token": token, "email": f"ny{number}@example.org", "neste": address}
        assert visitor.post("/logg-inn", data=data).location == "/logg-inn/sendt"
    assert not any(leads_off(link.next_path) for link in rows(app, SignInLink))


def test_no_provider_leads_off_when_one_comes_back(app: Flask, idporten: Realm) -> None:
    enter(app.test_client(), idporten)
    for address in NASTY:
        lands_here(arrive(app.test_client(), idporten, query={"neste": address}).location, given=address)


def test_no_refusal_and_no_change_of_mind_leads_off(app: Flask, visitor: FlaskClient, idporten: Realm) -> None:
    for address in NASTY[:28]:
        asked = set_out(visitor, idporten, neste=address)
        lands_here(come_back(visitor, idporten, state=asked.state, error="access_denied").location, given=address)
        asked = set_out(visitor, idporten, neste=address)
        stays(come_back(visitor, idporten, state=asked.state, code="unknown").text)


def test_the_welcome_page_leads_nobody_off(app: Flask, visitor: FlaskClient, idporten: Realm) -> None:
    """Also where what is kept of the way has been changed to lead elsewhere."""
    assert arrive(visitor, idporten, query={"neste": "//evil.example"}).location == WELCOME
    with app.app_context():
        db.session.execute(update(SignInAttempt).values(next_path="//evil.example"))
        db.session.commit()
    stays(visitor.get(WELCOME).text)
    lands_here(send(visitor, WELCOME, name="Astrid").location, given="changed")


def test_the_page_of_what_is_lacking_leads_nobody_off(
    app: Flask, idporten: Realm, visitor: FlaskClient, app_with: AppWith
) -> None:
    enter(visitor, idporten)
    strict = app_with(demands=Demands(assurance=dict.fromkeys(Act, Assurance.HIGH)))
    held, lacking = visitor.get_cookie("session"), strict.test_client()
    assert held is not None
    lacking.set_cookie("session", held.value)
    for address in NASTY:
        query = {"hva": "stotte", "neste": address}
        lands_here(visitor.get("/logg-inn/mer", query_string=query).location, given=address)
        lands_here(app.test_client().get("/logg-inn/mer", query_string=query).location, given=address)
    for address in NASTY[::2]:
        page = lacking.get("/logg-inn/mer", query_string={"hva": "stotte", "neste": address})
        assert page.status_code == 200
        stays(page.text)


def test_the_demo_s_people_lead_nobody_off(app_with: AppWith) -> None:
    demo = app_with(demo=True, smtp_url=None)
    with demo.app_context():
        person = accounts.add_person("Demo Innbygger", email="innbygger@demo.example").id
        db.session.commit()
    client = demo.test_client()
    token = csrf_token(client)
    for address in NASTY[::2]:
        stays(demo.test_client().get("/logg-inn", query_string={"neste": address}).text)
        data = {"csrf_token": token, "person_id": person, "neste": address}
        lands_here(client.post("/logg-inn/demo", data=data).location, given=address)
        token = csrf_token(client)


def test_who_is_signed_in_already_is_not_led_off(app: Flask, visitor: FlaskClient, idporten: Realm) -> None:
    enter(visitor, idporten)
    for address in NASTY:
        lands_here(visitor.get("/logg-inn", query_string={"neste": address}).location, given=address)


def test_nobody_is_signed_in_by_a_form_on_another_site(app_with: AppWith) -> None:
    """Login CSRF: a form without our token signs nobody in, in a demo neither."""
    demo = app_with(demo=True, smtp_url=None)
    with demo.app_context():
        person = accounts.add_person("Demo Innbygger", email="innbygger@demo.example")
        token = accounts.make_link(person)
        number = person.id
        db.session.commit()
    for path, data in (("/logg-inn/demo", {"person_id": number}), (f"/logg-inn/{token}", {}), ("/logg-ut", {})):
        client = demo.test_client()
        assert client.post(path, data=data).status_code == 400, path
        assert client.get("/min-side").status_code == 302
    assert post(demo.test_client(), f"/logg-inn/{token}").status_code == 302
