"""What nobody else may see: hidden names, who supports, addresses, internal projects, and what is not yet published."""

from collections import defaultdict
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.test import TestResponse

from participation.accounts import service as accounts
from participation.accounts.models import Person
from participation.comments import service as comments
from participation.extensions import db
from participation.needs import answers
from participation.needs import service as needs
from participation.needs.models import Need
from participation.notifications.mails import compose
from participation.notifications.models import Delivery
from participation.projects.rules import Phase, Visibility
from participation.support import service as support
from tests import factories
from tests.forms import open_form, post, send
from tests.guards.html import faults
from tests.guards.pages import Values, build_town, every_page
from tests.people import ROLES, make_person

SignIn = Callable[[str], FlaskClient]
HIDDEN = "Kari Hemmelighetsfull"
STAFF = ("Cecilie", "Dag", "Farid", "Hege")


def _all_pages(app: Flask, signed_in: SignIn, visitor: FlaskClient) -> list[tuple[str, str, str]]:
    """Every page of the town as each who may see it: whose, where, and what it says."""
    with app.app_context():
        values = build_town() if db.session.scalar(select(Need.id).limit(1)) is None else _values()
    clients = {name: signed_in(name) for name in ("Astrid", *STAFF)}
    pages = every_page(app, values)
    found = [(page.name, page.path, _text(clients[page.name].get(page.path))) for page in pages]
    found += [("", page.path, _text(visitor.get(page.path))) for page in pages if page.is_public]
    return found


def _text(answer: TestResponse) -> str:
    """What can be read in it, be it a picture."""
    return str(answer.data.decode(errors="replace"))


def _values() -> Values:
    """Of what such a town lacks, the number that the first would have."""
    tables = {
        "need_id": "need",
        "project_id": "project",
        "outcome_id": "outcome",
        "comment_id": "comment",
        "milestone_id": "milestone",
        "figure_id": "project_indicator",
    }
    numbers = {word: list(db.session.scalars(select(db.metadata.tables[name].c.id))) for word, name in tables.items()}
    tokens: Values = {f"{what}_token": [] for what in ("sign_in", "unsubscribe", "mute", "answer")}
    tokens |= {"pictured": [], "pictured_for_staff": [], "picture_in_draft": []}
    words: Values = {"theme_key": ["buss"], "area_key": ["tranby"], "key": ["x"], "width": [480], "months": [6]}
    return defaultdict(lambda: [1], {**numbers, **tokens, **words})


def _mails(app: Flask, *, but: str) -> list[str]:
    """All that others than the one named are told by mail."""
    with app.app_context():
        rows = db.session.scalars(select(Delivery).options(joinedload(Delivery.event), joinedload(Delivery.person)))
        mails = [(row.person.name, compose([row])) for row in rows]
    return [f"{mail.subject} {mail.text} {mail.html}" for name, mail in mails if name != but]


def _town_with_a_hidden_author(*, everywhere: bool) -> int:
    """A need that has been through all there is, with its author's comment and addition."""
    kari, bjorn, cecilie, dag = (make_person(name) for name in (HIDDEN, "Bjørn", "Cecilie", "Dag"))
    need = factories.make_need(kari, name_hidden=not everywhere)
    kari.name_hidden = everywhere
    support.support(bjorn.actor, need=need)
    comments.comment(kari.actor, need=need, body="Jeg som meldte dette har mer å si.")
    needs.add(kari.actor, need=need, body="Og dette.", version=need.version)
    db.session.commit()
    answers.accept(cecilie.actor, need=need, body="Dette tar vi med.", version=need.version)
    db.session.commit()
    project = factories.make_project(cecilie)
    factories.link(project, need, by=cecilie)
    factories.enter(project, Phase.PILOTING, by=cecilie)
    factories.publish(factories.make_draft(project, need, by=cecilie), writer=cecilie, approver=dag)
    make_person("Astrid")
    make_person("Farid")
    return need.id


@pytest.mark.parametrize("everywhere", [False, True])
def test_a_hidden_name_stands_nowhere(app: Flask, signed_in: SignIn, visitor: FlaskClient, everywhere: bool) -> None:
    with app.app_context():
        number = _town_with_a_hidden_author(everywhere=everywhere)
    pages = _all_pages(app, signed_in, visitor)
    bjorn = signed_in("Bjørn")
    pages += [("Bjørn", path, bjorn.get(path).text) for path in ("/min-side", f"/behov/{number}", "/behov?q=Kari")]
    assert [(who, path) for who, path, text in pages if "Hemmelighetsfull" in text] == []
    assert "Jeg som meldte dette" in bjorn.get(f"/behov/{number}").text
    told = _mails(app, but=HIDDEN)
    assert len(told) >= 4
    assert not any("Hemmelighetsfull" in mail for mail in told)


def test_a_name_is_hidden_and_shown_again_by_its_owner(app: Flask, signed_in: SignIn, visitor: FlaskClient) -> None:
    with app.app_context():
        number = factories.make_need(make_person("Astrid")).id
    path, astrid = f"/behov/{number}", signed_in("Astrid")
    shown = ["Astrid" in visitor.get(path).text]
    for hidden in ("1", ""):
        assert post(astrid, f"{path}/navn", hidden=hidden).status_code == 302
        shown.append("Astrid" in visitor.get(path).text)
    assert shown == [True, False, True]
    assert send(astrid, "/min-side", "/min-side/innstillinger", name_hidden="y").status_code == 302
    assert "Astrid" not in visitor.get(path).text


def test_nobody_sees_who_supports_or_follows_nor_anyones_address(
    app: Flask, signed_in: SignIn, visitor: FlaskClient
) -> None:
    """Bjørn has only ever supported and followed."""
    with app.app_context():
        build_town()
        linked = db.session.scalars(select(Need.id).where(Need.support_count > 1)).one()
    post(signed_in("Bjørn"), f"/behov/{linked}/folg")
    with app.app_context():
        addresses = {person.name: str(person.email) for person in db.session.scalars(select(Person))}
    found = []
    for who, path, text in _all_pages(app, signed_in, visitor):
        names = [name for name in ("Bjørn",) if name in text]
        # An administrator gives roles by address; all others see their own at the most.
        others = [
            address
            for name, address in addresses.items()
            if address in text and name != who and not path.startswith(("/administrasjon", "/logg-inn/"))
        ]
        found += [(who, path, *names, *others)] if names or others else []
    assert found == []


SECRET = "Et hemmelig forsøk"


@pytest.fixture
def internal(app: Flask) -> tuple[int, int, int]:
    """An internal project with a need and a published outcome: their numbers."""
    with app.app_context():
        astrid, cecilie, dag = (make_person(name) for name in ("Astrid", "Cecilie", "Dag"))
        make_person("Farid")
        need = factories.make_accepted(astrid, by=cecilie)
        project = factories.make_project(
            cecilie,
            title=SECRET,
            summary=f"{SECRET} i korthet",
            purpose=f"{SECRET}: hensikt",
            visibility=Visibility.INTERNAL,
        )
        factories.link(project, need, by=cecilie)
        factories.enter(project, Phase.PILOTING, by=cecilie)
        outcome = factories.publish(factories.make_draft(project, need, by=cecilie), writer=cecilie, approver=dag)
        return need.id, project.id, outcome.id


def test_an_internal_project_is_not_there_for_residents(
    app: Flask, internal: tuple[int, int, int], signed_in: SignIn, visitor: FlaskClient
) -> None:
    need, project, outcome = internal
    astrid = signed_in("Astrid")
    paths = [
        "/",
        "/behov",
        "/behov?q=hemmelig",
        f"/behov/{need}",
        "/prosjekter",
        "/resultater",
        "/innsikt",
        "/min-side",
    ]
    for client in (visitor, astrid):
        for path in (*paths, f"/resultater/{outcome}", f"/prosjekter/{project}"):
            text = client.get(path).text
            assert SECRET not in text, path
            if path != f"/prosjekter/{project}":
                assert f'href="/prosjekter/{project}"' not in text, path
        assert client.get(f"/prosjekter/{project}").status_code == 404
    assert not any(SECRET in mail for mail in _mails(app, but=""))


def test_staff_see_an_internal_project(internal: tuple[int, int, int], signed_in: SignIn) -> None:
    need, project, _outcome = internal
    cecilie = signed_in("Cecilie")
    assert SECRET in cecilie.get(f"/prosjekter/{project}").text
    assert SECRET in cecilie.get(f"/arbeidsflate/behov/{need}").text
    assert SECRET in signed_in("Dag").get(f"/behov/{need}").text


def test_a_result_is_not_there_until_it_is_published(app: Flask, signed_in: SignIn, visitor: FlaskClient) -> None:
    with app.app_context():
        values = build_town()
    outcome, draft = values["outcome_id"]
    for client in (visitor, signed_in("Astrid"), signed_in("Cecilie")):
        assert client.get(f"/resultater/{draft}").status_code == 404
        for path in ("/", "/resultater", *(f"/behov/{number}" for number in values["need_id"]), "/prosjekter/1"):
            assert "Et utkast til resultat" not in client.get(path).text, path
    assert visitor.get(f"/resultater/{outcome}").status_code == 200


def test_a_withdrawn_need_is_found_no_more_by_searching(app: Flask, visitor: FlaskClient) -> None:
    with app.app_context():
        build_town()
    assert "Dette trekker jeg" not in visitor.get("/behov?q=trekker").text
    assert "benker" in visitor.get("/behov?q=BENKER").text


EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{7*7}}"
EVIL_MARKDOWN = f"[her](javascript:alert(1)) <b onclick=x>a</b> ![x](http://evil.example/x.png) {EVIL}\n\n**fet**"


def test_whatever_people_write_is_text_and_never_markup(app: Flask, signed_in: SignIn, visitor: FlaskClient) -> None:
    with app.app_context():
        _write_evil_everywhere()
    found = []
    for who, path, text in _all_pages(app, signed_in, visitor):
        found_in = faults(text) if "<html" in text else []
        wrong = [fault for fault in found_in if any(word in fault for word in ("script", "attribute"))]
        markup = [words for words in ("<script>alert", "<img src=x", 'src="http', "<b onclick") if words in text]
        if wrong or markup:
            found.append((who, path, wrong, markup))
    assert found == []


def _write_evil_everywhere() -> None:
    people = {name: accounts.add_person(f"{EVIL} {name}", email=f"{n}@example.org", roles=ROLES[name], unit=EVIL)
              for n, name in enumerate(("Astrid", "Cecilie", "Dag", "Farid"))}  # fmt: skip
    theme, area = factories.theme_and_area()
    theme.nb, area.name = EVIL[:60], EVIL[:60]
    astrid, cecilie, dag = people["Astrid"], people["Cecilie"], people["Dag"]
    need = factories.make_need(astrid, title=EVIL[:100], description=EVIL, affected=EVIL, solution=EVIL)
    comments.comment(astrid.actor, need=need, body=EVIL)
    needs.add(astrid.actor, need=need, body=EVIL, version=need.version)
    db.session.commit()
    answers.accept(cecilie.actor, need=need, body=EVIL_MARKDOWN, version=need.version)
    words = {"title": EVIL[:100], "summary": EVIL, "purpose": EVIL_MARKDOWN, "owner_unit": EVIL, "contact": EVIL}
    project = factories.make_project(cecilie, **words)
    factories.link(project, need, by=cecilie)
    outcome = factories.make_draft(project, need, by=cecilie, title=EVIL[:100], summary=EVIL, body=EVIL_MARKDOWN)
    factories.publish(outcome, writer=cecilie, approver=dag)
    for name, person in people.items():
        person.name = person.name.removesuffix(f" {name}")
    db.session.commit()


def test_what_is_searched_for_is_shown_as_text(app: Flask, visitor: FlaskClient, signed_in: SignIn) -> None:
    with app.app_context():
        factories.theme_and_area()
    for client, path in ((visitor, "/behov"), (signed_in("Cecilie"), "/arbeidsflate")):
        text = client.get(path, query_string={"q": EVIL, "tema": EVIL, "status": EVIL, "etter": EVIL}).text
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert [fault for fault in faults(text) if "attribute" in fault or "script" in fault] == []


def test_what_is_written_wrong_comes_back_as_text(app: Flask, visitor: FlaskClient) -> None:
    with app.app_context():
        factories.theme_and_area()
    fields = open_form(visitor, "/behov/nytt").filled({"title": EVIL, "description": EVIL, "theme": EVIL})
    text = visitor.post("/behov/nytt", data=fields).text
    assert "<script>alert" not in text
    assert [fault for fault in faults(text) if "attribute" in fault or "script" in fault] == []
