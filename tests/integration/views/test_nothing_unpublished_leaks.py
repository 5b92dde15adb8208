"""What is not yet public stands nowhere that a resident can look: pages, feeds, pictures, mails, caches, search."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from participation import clock
from participation.accounts.models import Person
from participation.extensions import db
from participation.needs.models import Need
from participation.notifications.mails import compose
from participation.notifications.models import Delivery
from participation.outcomes import corrections, feedback, publishing, remarks
from participation.outcomes import queries as outcomes
from participation.outcomes import service as outcome_service
from participation.outcomes.corrections import CorrectedText
from participation.outcomes.models import Outcome
from participation.outcomes.rules import Gate, Helped
from participation.permissions import Permission
from participation.projects import measuring, planning, team
from participation.projects.measuring import IndicatorWords
from participation.projects.models import Project
from participation.projects.planning import MilestoneText
from participation.projects.rules import NoteKind, Phase, Scope, Visibility
from participation.search.models import SearchDocument
from participation.support import service as support
from participation.web.access import PUBLIC, declared
from participation.web.addresses import settings
from tests import factories
from tests.people import make_person
from tests.told import everything_kept

SignIn = Callable[[str], FlaskClient]

OPEN_TO_RESIDENTS = (PUBLIC, Permission.PARTICIPATE)
# Each secret is one word that nothing else says.
SECRETS = (
    "utkasthemmelig",
    "gjennomsynhemmelig",
    "godkjenthemmelig",
    "planlagthemmelig",
    "rettelsehemmelig",
    "merknadhemmelig",
    "notathemmelig",
    "beslutninghemmelig",
    "teamhemmelig",
    "milepaelhemmelig",
    "internprosjekthemmelig",
    "internindikatorhemmelig",
    "svarhemmelig",
    "navnhemmelig",
)


@dataclass(frozen=True)
class Town:
    project: int
    public: int
    scheduled: int
    unpublished: list[int]
    publish_at_minutes: int = 30


@pytest.fixture
def town(app: Flask) -> Town:
    with app.app_context():
        return _build()


def _build() -> Town:
    hidden = make_person("Navnhemmelig")
    bjorn, cecilie, dag = (make_person(name) for name in ("Bjørn", "Cecilie", "Dag"))
    make_person("Farid")
    make_person("Astrid")
    need = factories.make_accepted(hidden, by=cecilie, name_hidden=True)
    support.support(bjorn.actor, need=need)
    project = factories.make_project(cecilie)
    factories.link(project, need, by=cecilie)
    factories.enter(project, Phase.NEW_PRACTICE, by=cecilie)
    _fill_with_secrets(project, cecilie, need)
    public = factories.publish(factories.make_draft(project, need, by=cecilie), writer=cecilie, approver=dag)
    _say_with_secrets(public, bjorn, cecilie)
    draft = _draft(project, need, cecilie, "utkasthemmelig")
    in_review = _draft(project, need, cecilie, "gjennomsynhemmelig")
    approved = _draft(project, need, cecilie, "godkjenthemmelig")
    scheduled = _draft(project, need, cecilie, "planlagthemmelig")
    for outcome in (in_review, approved, scheduled):
        outcome_service.submit(cecilie.actor, outcome=outcome, version=outcome.version)
        db.session.commit()
    for outcome in (approved, scheduled):
        outcome_service.approve(dag.actor, outcome=outcome, version=outcome.version)
        db.session.commit()
    outcome_service.schedule(
        dag.actor, outcome=scheduled, publish_at=clock.now() + timedelta(minutes=30), version=scheduled.version
    )
    db.session.commit()
    numbers = [outcome.id for outcome in (draft, in_review, approved, scheduled)]
    return Town(project.id, public.id, scheduled.id, numbers)


def _draft(project: Project, need: Need, writer: Person, secret: str) -> Outcome:
    made = factories.make_draft(
        project,
        need,
        by=writer,
        title=f"Et resultat {secret}",
        summary=f"I korte trekk {secret}.",
        body=f"Vi gjorde {secret}.",
        evidence=dict.fromkeys(Gate, f"Slik vet vi {secret}."),
    )
    loaded = outcomes.outcome(made.id)
    assert loaded is not None
    remarks.remark(writer.actor, outcome=loaded, body="Her står merknadhemmelig.", submission_key=None)
    db.session.commit()
    return loaded


def _fill_with_secrets(project: Project, by: Person, need: Need) -> None:
    """What staff keep to themselves on a public project, and an internal project of the same need."""
    team.set_member(by.actor, project=project, person=by, part="teamhemmelig")
    for kind, secret in ((NoteKind.NOTE, "notathemmelig"), (NoteKind.DECISION, "beslutninghemmelig")):
        team.write_note(by.actor, project=project, kind=kind, body=f"Vi sa {secret}.")
    words = MilestoneText(title="Milepaelhemmelig", planned_on=clock.today(), note="milepaelhemmelig", is_public=False)
    planning.add_milestone(by.actor, project=project, words=words, version=project.version)
    db.session.commit()
    internal = factories.make_project(
        by, title="Internprosjekthemmelig", summary="internprosjekthemmelig", visibility=Visibility.INTERNAL
    )
    measuring.add_indicator(
        by.actor,
        project=internal,
        words=IndicatorWords(
            name="internindikatorhemmelig", unit="x", baseline=Decimal(1), baseline_on=clock.today(), target=None
        ),
        version=internal.version,
    )
    factories.link(internal, need, by=by, scope=Scope.INSPIRED)


def _say_with_secrets(outcome: Outcome, resident: Person, writer: Person) -> None:
    """A correction that nobody has approved, and words on whether it helped that nobody has published."""
    loaded = outcomes.outcome(outcome.id)
    assert loaded is not None
    corrections.propose_correction(
        writer.actor,
        outcome=loaded,
        words=CorrectedText(
            title="Bussen går rettelsehemmelig",
            summary=loaded.summary,
            body=loaded.body,
            picture_alt="",
            evidence=loaded.evidence,
            indicators=[],
            needs={answer.need_id: answer.text for answer in loaded.needs},
            translations={},
        ),
        note="Vi retter rettelsehemmelig.",
        version=loaded.version,
    )
    db.session.commit()
    with clock.travel(clock.now() + timedelta(days=29)):
        feedback.ask_whether_it_helped(settings())
        fresh = outcomes.outcome(outcome.id)
        assert fresh is not None
        feedback.say(resident.id, outcome=fresh, helped=Helped.NO, words="Nei, svarhemmelig.", may_publish=True)
        db.session.commit()


def _public_paths(app: Flask, town: Town) -> Iterator[str]:
    """Every address that is open to all or to residents, with every number there is."""
    numbers = range(1, max(town.unpublished) + 1)
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            if "GET" not in (rule.methods or ()) or rule.endpoint == "static":
                continue
            if declared(app.view_functions[rule.endpoint]) not in OPEN_TO_RESIDENTS:
                continue
            chosen: list[dict[str, Any]] = [{}]
            for word in rule.arguments:
                known: dict[str, list[Any]] = {"theme_key": ["buss"], "area_key": ["tranby"], "width": [480]}
                values = known.get(word, list(numbers))
                chosen = [arguments | {word: value} for arguments in chosen for value in values]
            yield from (app.url_for(rule.endpoint, **arguments) for arguments in chosen)
    yield from (f"{path}?q={secret}" for path in ("/behov", "/resultater") for secret in SECRETS)


def _public_pages(app: Flask, signed_in: SignIn, visitor: FlaskClient, town: Town) -> Iterator[tuple[str, str, str]]:
    """What each answers to whom, whatever its status."""
    clients = {"": visitor, "Bjørn": signed_in("Bjørn")}
    for path in sorted(set(_public_paths(app, town))):
        for who, client in clients.items():
            yield who, path, client.get(path).get_data().decode(errors="replace")


# What a page shows does not hang on the database; when it begins to is tried on both, below.
@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_nothing_that_waits_or_is_internal_is_on_any_page_or_feed_of_residents(
    app: Flask, signed_in: SignIn, visitor: FlaskClient, town: Town
) -> None:
    with app.app_context():
        kept = everything_kept().lower()
    assert [secret for secret in SECRETS if secret not in kept] == []
    found = [
        (who, path, secret)
        for who, path, text in _public_pages(app, signed_in, visitor, town)
        for secret in SECRETS
        if secret in text.lower().replace(f"q={secret}", "").replace(f'value="{secret}"', "")
        # Bjørn wrote these words himself, and sees them where he may change them.
        and not (secret == "svarhemmelig" and who == "Bjørn")
        # The page of a search says what was searched for.
        and f"={secret}" not in path
    ]
    assert found == []


def test_its_page_its_picture_and_its_feed_are_not_there_before_its_minute_and_are_after(
    app: Flask, visitor: FlaskClient, town: Town
) -> None:
    for number in town.unpublished:
        for path in (
            f"/resultater/{number}",
            f"/resultater/{number}/deling.png",
            f"/resultater/{number}/bilde-480.webp",
        ):
            answer = visitor.get(path)
            assert (path, answer.status_code) == (path, 404)
            # Nothing on the way may keep that it was not there.
            assert answer.cache_control.no_store
    before = visitor.get("/strom/resultater.atom")
    assert "planlagthemmelig" not in before.text
    later = clock.now() + timedelta(minutes=31)
    with app.app_context(), clock.travel(later):
        assert publishing.publish_due(later) == 1
    assert visitor.get(f"/resultater/{town.scheduled}").status_code == 200
    assert visitor.get(f"/resultater/{town.scheduled}/deling.png").status_code == 200
    # Who has the former feed, or the former list, in a cache is given the new one.
    after = visitor.get("/strom/resultater.atom", headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert "planlagthemmelig" in after.text


def test_no_mail_and_no_search_document_holds_what_is_not_public(app: Flask, town: Town) -> None:
    with app.app_context():
        documents = " ".join(db.session.scalars(select(SearchDocument.text))).lower()
        rows = db.session.scalars(
            select(Delivery).options(joinedload(Delivery.event), joinedload(Delivery.person))
        ).all()
        mails = {row.person.name: "" for row in rows}
        for row in rows:
            mail = compose([row])
            mails[row.person.name] += f"{mail.subject} {mail.text} {mail.html}".lower()
    # Staff find an internal project by its name; everyone's search asks for needs and what is public alone.
    kept_for_staff = {"internprosjekthemmelig"}
    assert [secret for secret in SECRETS if secret in documents and secret not in kept_for_staff] == []
    told = {name: [secret for secret in SECRETS if secret in text] for name, text in mails.items()}
    assert told["Bjørn"] == []
    # Her own name stands in what she is greeted with, and nothing else that is secret.
    assert set(told["Navnhemmelig"]) <= {"navnhemmelig"}
