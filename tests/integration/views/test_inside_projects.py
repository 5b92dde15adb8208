"""A project's pages: what staff do there, what residents read, and what residents never see."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from markupsafe import escape
from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from participation import clock
from participation.accounts import service as accounts
from participation.accounts.models import Person
from participation.accounts.queries import person_by_email
from participation.extensions import db
from participation.mail.message import Mail
from participation.needs.models import Need
from participation.notifications.mails import compose
from participation.notifications.models import Delivery, Event
from participation.notifications.rules import EventKind
from participation.permissions import Role
from participation.projects import planning, queries, team
from participation.projects.models import Project
from participation.projects.planning import MilestoneText
from participation.projects.rules import Ending, NoteKind, Phase, Principle
from participation.web.filters import label
from participation.web.views import found
from tests import factories
from tests.forms import post, send
from tests.guards.pages import Values, every_page
from tests.integration.views.town import Town
from tests.people import make_person
from tests.told import events

SignIn = Callable[[str], FlaskClient]
Browsers = dict[str, FlaskClient]
SECRETS = ("Hemmelig notat", "Hemmelig del", "Hemmelig milepæl")


@pytest.fixture
def project_id(app: Flask) -> int:
    """A public project of Cecilie's with a need of Astrid's, and all that can be kept inside."""
    with app.app_context():
        astrid, cecilie = make_person("Astrid"), make_person("Cecilie")
        project = factories.make_project(cecilie)
        factories.link(project, factories.make_accepted(astrid, by=cecilie), by=cecilie)
        factories.plan_inside(project, by=cecilie)
        for kind in NoteKind:
            team.write_note(cecilie.actor, project=project, kind=kind, body=f"{SECRETS[0]} {kind.value}")
        team.set_member(cecilie.actor, project=project, person=cecilie, part=SECRETS[1])
        words = MilestoneText(title=SECRETS[2], planned_on=clock.today(), note=SECRETS[0], is_public=False)
        milestone = planning.add_milestone(cecilie.actor, project=project, words=words, version=project.version)
        planning.reach_milestone(
            cecilie.actor,
            milestone=milestone,
            reached_on=clock.today(),
            note=SECRETS[0],
            telling=True,
            version=milestone.version,
        )
        db.session.commit()
        factories.enter(project, Phase.NEW_PRACTICE, by=cecilie)
        return project.id


def _mails(which: Select[Delivery]) -> list[Mail]:
    loaded = which.options(joinedload(Delivery.person), joinedload(Delivery.event))
    return [compose([delivery]) for delivery in db.session.scalars(loaded) if delivery.person.email]


def _public_pages(app: Flask, project_id: int) -> list[str]:
    with app.app_context():
        need_ids = [link.need_id for link in queries.links_of_project(project_id)]
    words = ("need_id", "project_id", "theme_key", "area_key")
    values: Values = dict(zip(words, ([*need_ids], [project_id], ["buss"], ["tranby"]), strict=True))
    known = app.url_map.iter_rules()
    odd = {rule.endpoint for rule in known if not set(rule.arguments) <= set(words)}
    pages = every_page(app, _Everything(values))
    return [page.path for page in pages if page.is_public and page.endpoint not in odd] + ["/behov?q=hemmelig"]


class _Everything(dict[str, list[Any]]):
    """Nothing to visit for the words it does not know."""

    def __missing__(self, key: str) -> list[Any]:
        return []


def test_what_is_kept_inside_a_public_project_stands_on_no_page_feed_picture_or_mail(
    app: Flask, project_id: int, signed_in: SignIn, visitor: FlaskClient
) -> None:
    with app.app_context():
        project = db.session.get_one(Project, project_id)
        factories.end(project, by=make_person("Dag"))
    paths = [*_public_pages(app, project_id), f"/prosjekter/{project_id}"]
    assert len(paths) > 10
    clients = (visitor, signed_in("Astrid"))
    texts = {path: client.get(path).data.decode(errors="replace") for client in clients for path in paths}
    texts["/min-side"] = clients[1].get("/min-side").text
    found = [(path, secret) for path, text in texts.items() for secret in SECRETS if secret in text]
    assert found == []
    with app.test_request_context():
        told = [f"{mail.subject} {mail.text} {mail.html}" for mail in _mails(select(Delivery))]
        facts = [repr(event.facts) for event in db.session.scalars(select(Event))]
    assert told
    assert not any(secret in text for text in (*told, *facts) for secret in SECRETS)


def test_no_resident_enters_the_pages_inside(project_id: int, signed_in: SignIn) -> None:
    for path in ("plan", "tall", "internt", "nytt", "avslutt"):
        assert signed_in("Astrid").get(f"/arbeidsflate/prosjekter/{project_id}/{path}").status_code == 403
    text = signed_in("Cecilie").get(f"/arbeidsflate/prosjekter/{project_id}/internt").text
    assert all(secret in text for secret in SECRETS[:2])


def test_the_team_reads_its_notes_whatever_their_roles_and_changes_nothing(
    app: Flask, project_id: int, signed_in: SignIn
) -> None:
    page = f"/arbeidsflate/prosjekter/{project_id}/internt"
    with app.app_context():
        for name, role in (("Siri", Role.STAFF), ("Stian", Role.STAFF)):
            accounts.add_person(name, email=f"{name.lower()}@example.org", roles=frozenset({role}))
        project = found(queries.project(project_id))
        siri = found(person_by_email("siri@example.org"))
        team.set_member(make_person("Farid").actor, project=project, person=siri, part="Fagperson")
        db.session.commit()
    assert signed_in("Stian").get(page).status_code == 403
    assert page not in signed_in("Stian").get(f"/prosjekter/{project_id}").text
    member = signed_in("Siri")
    assert page in member.get(f"/prosjekter/{project_id}").text
    text = member.get(page).text
    assert all(secret in text for secret in SECRETS[:2])
    assert not any(f"/{project_id}/{path}" in text for path in ("notater", "gruppe", "plan"))
    assert post(member, f"/arbeidsflate/prosjekter/{project_id}/notater", kind="note", body="Nei").status_code == 403


def test_residents_read_the_plan_the_figures_and_the_milestones(project_id: int, visitor: FlaskClient) -> None:
    text = visitor.get(f"/prosjekter/{project_id}?sprak=en").text
    for words in ("The plan and how it went", "days late", "From 1 to 2.5 i timen", "Første tur", "1 need"):
        assert words in text, words


def test_whoever_marks_a_milestone_may_tell_of_it(app: Flask, town: Town, browsers: Browsers) -> None:
    page = f"/arbeidsflate/milepaeler/{town.milestone}"
    answer = send(browsers["Cecilie"], page, f"{page}/nadd", note="Tolv var med.", telling="y")
    assert answer.status_code == 302
    assert "Tolv var med." in browsers[""].get(f"/behov/{town.linked}").text
    assert "Tolv var med." in browsers[""].get(f"/prosjekter/{town.project}").text
    assert post(browsers["Cecilie"], f"{page}/slett", version="99").status_code == 409


def test_a_team_and_its_measurements_are_put_right(app: Flask, town: Town, browsers: Browsers) -> None:
    inside = f"/arbeidsflate/prosjekter/{town.project}/internt"
    remove = f"/arbeidsflate/prosjekter/{town.project}/gruppe/{town.person}/slett"
    assert send(browsers["Cecilie"], inside, remove).status_code == 302
    assert "Leder av det hele" not in browsers["Cecilie"].get(inside).text
    figure, wrong = f"/arbeidsflate/tall/{town.figure}", f"/arbeidsflate/malinger/{town.measurement}/slett"
    assert send(browsers["Cecilie"], figure, wrong).status_code == 302
    assert post(browsers["Cecilie"], wrong).status_code == 404


def test_ending_says_what_happens_with_each_need_in_the_mail(app: Flask, town: Town, browsers: Browsers) -> None:
    end, step = f"/arbeidsflate/prosjekter/{town.leading}/avslutt", f"need_{town.led}"
    words = {
        "lessons": "Det ble for dyrt.",
        f"{step}-kind": "decline",
        f"{step}-text": "Det blir ikke lys i år.",
    }
    missing = send(browsers["Cecilie"], end, end, **words)
    assert (missing.status_code, "Det blir ikke lys i år." in missing.text) == (400, True)
    words[f"{step}-would_change"] = "Et nytt budsjett."
    assert send(browsers["Cecilie"], end, end, **words).status_code == 302
    for page in (f"/behov/{town.led}", f"/prosjekter/{town.leading}", "/laering"):
        assert "Det blir ikke lys i år." in browsers[""].get(page).text, page
    with app.test_request_context():
        event = events(EventKind.PHASE_CHANGED)[-1]
        (mail,) = _mails(select(Delivery).where(Delivery.event_id == event.id))
    for said in ("Det ble for dyrt.", "Det blir ikke lys i år.", "Et nytt budsjett."):
        assert said in mail.text
        assert said in mail.html


def test_lessons_are_filtered_and_come_in_pages(app: Flask, visitor: FlaskClient) -> None:
    with app.app_context():
        cecilie = make_person("Cecilie")
        for number in range(queries.LESSONS_A_PAGE + 1):
            project = factories.make_project(cecilie, title=f"Prosjekt nummer {number:02d}")
            with clock.travel(clock.now() + timedelta(minutes=number)):
                if number == 0:
                    factories.enter(project, Phase.NEW_PRACTICE, by=cecilie)
                factories.end(project, by=cecilie, ending=Ending.STOPPED if number else Ending.FINISHED)
    first = visitor.get("/laering").text
    assert ("Prosjekt nummer 20" in first, "Prosjekt nummer 00" in first) == (True, False)
    after = first.partition("/laering?etter=")[2].partition('"')[0]
    assert "Prosjekt nummer 00" in visitor.get(f"/laering?etter={after}").text
    finished = visitor.get("/laering?slutt=fullfort&prinsipp=trial").text
    assert ("Prosjekt nummer 00" in finished, "Prosjekt nummer 20" in finished) == (True, False)
    assert "Prosjekt" not in visitor.get("/laering?prinsipp=dialogue").text.partition("<main")[2].partition("<h2")[2]


def test_whoever_ends_a_project_sees_which_of_its_results_are_not_published(
    app: Flask, town: Town, browsers: Browsers
) -> None:
    with app.test_request_context():
        project = db.session.get_one(Project, town.leading)
        cecilie, dag = (
            db.session.scalars(select(Person).where(Person.name == name)).one() for name in ("Cecilie", "Dag")
        )
        need = db.session.get_one(Need, town.led)
        waits = factories.make_draft(project, need, by=cecilie, title="Lyset som venter")
        out = factories.make_draft(project, need, by=cecilie, title="Lyset som er tent")
        factories.publish(out, writer=cecilie, approver=dag)
        waits_id = waits.id
    page = browsers["Cecilie"].get(f"/arbeidsflate/prosjekter/{town.leading}/avslutt").text
    assert f'href="/redaksjonen/resultater/{waits_id}">Lyset som venter</a>' in page
    assert "Lyset som er tent" not in page


def test_residents_see_the_un_goals_and_the_principles_of_the_strategy_that_a_project_works_by(
    app: Flask, visitor: FlaskClient
) -> None:
    with app.app_context():
        every = [principle.value for principle in Principle]
        project = factories.make_project(make_person("Cecilie"), goals=[3, 11], principles=every)
        number = project.id
    page = visitor.get(f"/prosjekter/{number}").text
    goals, principles = (
        page.partition(f'id="{name}-heading"')[2].partition("</section>")[0] for name in ("goals", "principles")
    )
    for shown in ("3", "God helse og livskvalitet", "11", "Bærekraftige byer og lokalsamfunn"):
        assert f">{shown}</span>" in goals
    assert goals.count("<li>") == 2
    assert (len(every), principles.count("<li>")) == (8, 8)
    with app.test_request_context():
        assert all(str(escape(label(Principle(name)))) in principles for name in every)
