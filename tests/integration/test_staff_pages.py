"""Staff's pages where something got lost, or was said wrongly."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from participation.accounts import service as accounts
from participation.accounts import sessions
from participation.accounts.models import Person
from participation.audit.models import AuditEntry
from participation.comments import service as comments
from participation.extensions import db
from participation.needs.models import Need
from participation.needs.rules import NeedState
from participation.outcomes import queries as outcome_queries
from participation.outcomes import service as outcomes
from participation.outcomes.models import Outcome
from participation.projects.models import Project
from participation.projects.rules import Phase, Visibility
from tests import factories
from tests.forms import csrf_token, form_to, open_form, post, send
from tests.people import make_person

SignIn = Callable[[str], FlaskClient]
OURS = {"Sec-Fetch-Site": "same-origin"}
REASON = "Vi har ikke penger til dette i år."
CHANGE = "Et nytt budsjett neste år."


def _need(app: Flask) -> int:
    with app.app_context():
        return factories.make_need(make_person("Astrid")).id


def _sign_in_elsewhere(app: Flask, client: FlaskClient, name: str) -> None:
    """Sign in by a link in another tab of the same browser."""
    with app.app_context():
        person = db.session.scalars(select(Person).where(Person.name == name)).one()
        token = accounts.make_link(person)
        db.session.commit()
    form = open_form(client, f"/logg-inn/{token}")
    assert client.post(f"/logg-inn/{token}", data=form.filled({})).status_code == 302


def _written_answer(client: FlaskClient, need_id: int) -> dict[str, list[str]]:
    form = open_form(client, f"/arbeidsflate/behov/{need_id}", f"/arbeidsflate/behov/{need_id}/avslag")
    return form.filled({"body": REASON, "would_change": CHANGE})


def test_an_answer_survives_that_its_writer_signs_out_and_in_again_in_another_tab(
    app: Flask, signed_in: SignIn
) -> None:
    need_id, client = _need(app), signed_in("Cecilie")
    action = f"/arbeidsflate/behov/{need_id}/avslag"
    fields = _written_answer(client, need_id)
    client.post("/logg-ut", data={"csrf_token": csrf_token(client)})

    first = client.post(action, data=fields, headers=OURS)
    assert first.status_code == 401
    assert REASON in first.text
    assert CHANGE in first.text
    assert 'href="/logg-inn?neste=/arbeidsflate"' in first.text

    _sign_in_elsewhere(app, client, "Cecilie")
    second = client.post(action, data=form_to(first.text, action).filled({}), headers=OURS)
    assert second.status_code == 400
    assert REASON in second.text
    third = client.post(action, data=form_to(second.text, action).filled({}), headers=OURS)
    assert third.status_code == 302
    with app.app_context():
        assert db.session.get_one(Need, need_id).state is NeedState.DECLINED


def test_an_answer_survives_that_the_session_is_ended_from_elsewhere(app: Flask, signed_in: SignIn) -> None:
    need_id, client = _need(app), signed_in("Cecilie")
    fields = _written_answer(client, need_id)
    with app.app_context():
        sessions.end_all_sessions(db.session.scalars(select(Person.id).where(Person.name == "Cecilie")).one())
        db.session.commit()
    action = f"/arbeidsflate/behov/{need_id}/avslag"
    referer = {"Referer": f"http://localhost/arbeidsflate/behov/{need_id}"}
    answer = client.post(action, data=fields, headers=referer)
    assert answer.status_code == 401
    assert form_to(answer.text, action).fields["body"] == [REASON]
    assert f'href="/logg-inn?neste=/arbeidsflate/behov/{need_id}"' in answer.text


def test_a_stale_page_names_each_text_by_its_field_and_shows_no_dates_or_versions(
    app: Flask, signed_in: SignIn
) -> None:
    need_id, client = _need(app), signed_in("Cecilie")
    page = f"/arbeidsflate/behov/{need_id}"
    form = open_form(client, page, f"{page}/forelopig-svar")
    fields = form.filled({"body": REASON, "answer_by": "2099-01-31", "csrf_token": "gammel"})
    answer = client.post(form.action, data=fields, headers=OURS)
    assert answer.status_code == 400
    assert answer.text.count("<textarea") == 1
    declined = client.post(f"{page}/avslag", data={"body": REASON, "would_change": CHANGE}, headers=OURS)
    labels = [part.partition("</label>")[0] for part in declined.text.split('<label class="ds-label"')[1:]]
    assert len(labels) == len({label.partition(">")[2] for label in labels}) == 2


@pytest.mark.parametrize(
    ("path", "front"),
    [
        ("/redaksjonen/resultater/1/tilbake", "/redaksjonen"),
        ("/administrasjon/temaer/1/ta-i-bruk", "/administrasjon"),
        ("/arbeidsflate/behov/1/vurder", "/arbeidsflate"),
        ("/min-side/innstillinger", "/"),
    ],
)
def test_nobody_is_sent_after_sign_in_to_what_takes_only_a_post(visitor: FlaskClient, path: str, front: str) -> None:
    headers = {"Referer": f"http://localhost{path}"}
    answer = visitor.post(path, data={"csrf_token": csrf_token(visitor)}, headers=headers)
    assert answer.location == f"/logg-inn?neste={front}"


def _person(name: str) -> Person:
    return db.session.scalars(select(Person).where(Person.name == name)).one()


def _project(app: Flask) -> tuple[int, int]:
    """A project of Cecilie's, and the need of Astrid's that it takes on."""
    with app.app_context():
        astrid, cecilie = make_person("Astrid"), make_person("Cecilie")
        need = factories.make_accepted(astrid, by=cecilie)
        project = factories.make_project(cecilie)
        factories.link(project, need, by=cecilie)
        return project.id, need.id


def _draft(app: Flask) -> int:
    project_id, need_id = _project(app)
    with app.app_context():
        project, need = db.session.get_one(Project, project_id), db.session.get_one(Need, need_id)
        return factories.make_draft(project, need, by=_person("Cecilie"), title="Et utkast").id


def _approved(app: Flask) -> int:
    """A result approved by Dag."""
    number = _draft(app)
    with app.app_context():
        outcome, writer, approver = outcome_queries.outcome(number), _person("Cecilie"), make_person("Dag")
        assert outcome is not None
        outcomes.submit(writer.actor, outcome=outcome, version=outcome.version)
        db.session.flush()
        outcomes.approve(approver.actor, outcome=outcome, version=outcome.version)
        db.session.commit()
    return number


def test_a_skipped_phase_is_shown_as_neither_done_nor_as_where_the_project_is(app: Flask, signed_in: SignIn) -> None:
    project_id, _need_id = _project(app)
    with app.app_context():
        factories.enter(db.session.get_one(Project, project_id), Phase.DEVELOPMENT, by=_person("Cecilie"))
    for page in (f"/arbeidsflate/prosjekter/{project_id}", f"/prosjekter/{project_id}"):
        line = signed_in("Cecilie").get(page).text.partition('class="phase-line"')[2].partition("</ol>")[0]
        assert [part.partition('"')[0] for part in line.split('<li class="')[1:]] == [
            "done", "ahead", "here", "ahead", "ahead", "ahead"
        ]  # fmt: skip


def test_the_case_worker_reads_the_comments_beside_the_answer_with_hidden_names_hidden(
    app: Flask, signed_in: SignIn
) -> None:
    with app.app_context():
        astrid, cecilie = make_person("Astrid"), make_person("Cecilie")
        need = factories.make_need(astrid, name_hidden=True)
        number = comments.comment(astrid.actor, need=need, body="Det gjelder <b>oss</b> også.")
        comments.comment(cecilie.actor, need=need, body="Takk, vi ser på det.", parent_id=number)
        db.session.commit()
        need_id = need.id
    page = signed_in("Cecilie").get(f"/arbeidsflate/behov/{need_id}").text
    assert "Det gjelder &lt;b&gt;oss&lt;/b&gt; også." in page
    assert page.count("comment-staff") == 1
    assert "Astrid" not in page


def test_an_internal_project_is_marked_where_one_is_chosen(app: Flask, signed_in: SignIn) -> None:
    _number, need_id = _project(app)
    with app.app_context():
        factories.make_project(_person("Cecilie"), title="Et stille prosjekt", visibility=Visibility.INTERNAL)
    assert "Et stille prosjekt (intern)" in signed_in("Cecilie").get(f"/arbeidsflate/behov/{need_id}").text


def test_an_empty_service_claims_no_answers_and_tells_the_administrator_where_to_begin(
    app: Flask, signed_in: SignIn
) -> None:
    farid = signed_in("Farid")
    assert "Ingen behov ennå" in farid.get("/arbeidsflate").text
    begin = farid.get("/administrasjon").text
    assert begin.count("mangler</span>") == 4
    with app.app_context():
        factories.theme_and_area()
        make_person("Cecilie")
    assert farid.get("/administrasjon").text.count("mangler</span>") == 1
    with app.app_context():
        make_person("Dag")
    assert "Kom i gang" not in farid.get("/administrasjon").text


def test_a_queue_where_all_is_answered_says_so(app: Flask, signed_in: SignIn) -> None:
    _project(app)
    page = signed_in("Cecilie").get("/arbeidsflate").text
    assert "Ingen behov ennå" not in page
    assert 'class="empty"' in page


@pytest.mark.parametrize(
    ("name", "first_page"), [("Astrid", "/"), ("Cecilie", "/arbeidsflate"), ("Farid", "/administrasjon")]
)
def test_a_link_that_leads_nowhere_brings_each_to_their_own_pages(
    app: Flask, visitor: FlaskClient, name: str, first_page: str
) -> None:
    with app.app_context():
        token = accounts.make_link(make_person(name))
        db.session.commit()
    form = open_form(visitor, f"/logg-inn/{token}")
    assert visitor.post(f"/logg-inn/{token}", data=form.filled({})).location == first_page


def test_adding_someone_who_is_known_gives_the_role_and_says_that_they_were_known(
    app: Flask, signed_in: SignIn
) -> None:
    with app.app_context():
        make_person("Astrid")
    farid = signed_in("Farid")
    words = {"email": "Astrid@example.org", "name": "Et annet navn", "unit": "Skole", "roles": "case_worker"}
    assert send(farid, "/administrasjon/ansatte/ny", **words).status_code == 302
    assert "Astrid var allerede registrert" in farid.get("/administrasjon/ansatte").text
    with app.app_context():
        astrid = _person("Astrid")
        assert (astrid.unit, astrid.actor.is_staff) == ("Skole", True)


def test_an_administrator_changes_the_name_and_unit_of_staff_and_the_trail_tells_who_did(
    app: Flask, signed_in: SignIn
) -> None:
    farid = signed_in("Farid")
    with app.app_context():
        cecilie, astrid = make_person("Cecilie").id, make_person("Astrid").id
    page = f"/administrasjon/ansatte/{cecilie}"
    assert send(farid, page, name="Cecilie Nygift", unit="Samfunn og plan").status_code == 302
    with app.app_context():
        changed = db.session.get_one(Person, cecilie)
        assert (changed.name, changed.unit, changed.actor.is_staff) == ("Cecilie Nygift", "Samfunn og plan", True)
        entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "described")).one()
        assert (entry.actor_id, entry.object_id) == (_person("Farid").id, cecilie)
    assert send(farid, page, name="  ").status_code == 400
    assert farid.get(f"/administrasjon/ansatte/{astrid}").status_code == 404


def test_a_draft_is_deleted_with_all_that_was_written_on_it(app: Flask, signed_in: SignIn) -> None:
    number, cecilie = _draft(app), signed_in("Cecilie")
    page = f"/redaksjonen/resultater/{number}"
    assert send(cecilie, page, f"{page}/slett").status_code == 302
    assert cecilie.get(page).status_code == 404
    with app.app_context():
        assert db.session.get(Outcome, number) is None
        entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "deleted")).one()
        assert entry.facts == {"title": "Et utkast"}


def test_nothing_but_a_draft_is_deleted_nor_one_that_someone_has_changed_meanwhile(
    app: Flask, signed_in: SignIn
) -> None:
    number, cecilie = _draft(app), signed_in("Cecilie")
    page = f"/redaksjonen/resultater/{number}"
    form = open_form(cecilie, page, f"{page}/slett")
    assert send(cecilie, f"{page}/endre", title="Et bedre utkast").status_code == 302
    assert cecilie.post(form.action, data=form.filled({})).status_code == 409
    send(cecilie, page, f"{page}/til-godkjenning")
    with app.app_context():
        version = db.session.get_one(Outcome, number).version
    assert post(cecilie, f"{page}/slett", version=version).status_code == 409
    assert cecilie.get(page).status_code == 200


def test_a_need_linked_after_the_approval_is_named_and_the_result_can_be_sent_back(
    app: Flask, signed_in: SignIn
) -> None:
    number, dag = _approved(app), signed_in("Dag")
    page = f"/redaksjonen/resultater/{number}"
    form = open_form(dag, page, f"{page}/publiser")
    with app.app_context():
        cecilie = _person("Cecilie")
        late = factories.make_accepted(_person("Astrid"), by=cecilie, title="Et behov som kom for sent")
        project = db.session.get_one(Project, db.session.get_one(Outcome, number).project_id)
        factories.link(project, late, by=cecilie)
    refused = dag.post(form.action, data=form.filled({}))
    assert refused.status_code == 409
    assert "ds-error-summary" in refused.text
    assert "Et behov som kom for sent" in refused.text
    assert f'action="{page}/publiser"' not in refused.text
    assert send(dag, page, f"{page}/tilbake", note="Svar også dem som kom sist.").status_code == 302
