"""The newsroom's pages, and what nobody may see before its time."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select
from werkzeug.test import TestResponse

from participation import clock
from participation.accounts import service as accounts
from participation.extensions import db
from participation.files.store import DiskStore
from participation.needs.models import Need
from participation.outcomes import corrections, remarks
from participation.outcomes import service as outcomes
from participation.outcomes.rules import OutcomeState
from participation.permissions import Role
from participation.projects.models import Project
from participation.refusals import Refusal, Refused
from participation.web.addresses import settings
from tests import factories
from tests.forms import open_form, post, send
from tests.integration.views.results import confirm_use, draft, outcome_of, person

SignIn = Callable[[str], FlaskClient]
SECRET = "Det hemmelige resultatet om kveldsbussen"


def approved(app: Flask, **changes: object) -> int:
    number = draft(app, **changes)
    with app.app_context():
        outcome = outcome_of(number)
        factories.illustrate(outcome, by=person("Cecilie"))
        remarks.remark(person("Dag").actor, outcome=outcome, body="Bare mellom oss.", submission_key=None)
        factories.approve(outcome, writer=person("Cecilie"), approver=person("Dag"))
    return number


def published(app: Flask, **changes: object) -> int:
    number = approved(app, **changes)
    with app.app_context():
        outcome = outcome_of(number)
        outcomes.publish(person("Dag").actor, outcome=outcome, version=outcome.version)
        db.session.commit()
    return number


def state_of(app: Flask, number: int) -> OutcomeState:
    with app.app_context():
        return outcome_of(number).state


def schedule(client: FlaskClient, number: int) -> None:
    page = f"/redaksjonen/resultater/{number}"
    day = (clock.today() + timedelta(days=2)).isoformat()
    assert send(client, page, f"{page}/planlegg", day=day, at="09:30").status_code == 302


PUBLIC_PAGES = ("/", "/resultater", "/behov", "/prosjekter", "/innsikt", "/strom/resultater.atom")


def everywhere(app: Flask, client: FlaskClient, number: int) -> str:
    """All that a visitor can read where results, needs and projects are told of."""
    with app.app_context():
        outcome = outcome_of(number)
        about = (f"behov/{outcome.needs[0].need_id}", f"prosjekter/{outcome.project_id}")
    own = [address for each in about for address in (f"/{each}", f"/strom/{each}.atom")]
    answers = [client.get(path) for path in (*PUBLIC_PAGES, *own, "/behov?q=hemmelige")]
    assert {answer.status_code for answer in answers} == {200}
    return " ".join(answer.text for answer in answers)


def test_a_result_says_which_needs_it_is_not_about_and_which_it_speaks_to_first(app: Flask, signed_in: SignIn) -> None:
    number, cecilie = draft(app), signed_in("Cecilie")
    with app.app_context():
        outcome = outcome_of(number)
        answered = outcome.needs[0].need_id
        other = factories.make_accepted(person("Gry"), by=person("Cecilie"), title="Noe helt annet")
        factories.link(outcome.project, other, by=person("Cecilie"))
        left = other.id
    page = f"/redaksjonen/resultater/{number}/endre"
    words = {f"need_{answered}-verdict": "met", f"need_{answered}-text": "Ja.", f"need_{left}-verdict": "not_about"}
    for wrong in ({f"need_{left}-text": "Nei."}, {"foremost": str(left)}):
        assert send(cecilie, page, **words | wrong).status_code == 400
    assert send(cecilie, page, **words, foremost=str(answered)).status_code == 302
    with app.app_context():
        found = outcome_of(number)
        assert (found.not_about, found.foremost_need_id) == ([left], answered)
        assert [answer.need_id for answer in found.needs] == [answered]
    assert "Noe helt annet" in cecilie.get(f"/redaksjonen/resultater/{number}").text


@pytest.mark.parametrize("name", ["", "Astrid"])
def test_of_a_scheduled_result_nobody_sees_anything_before_its_time(
    app: Flask, signed_in: SignIn, visitor: FlaskClient, name: str
) -> None:
    number = approved(app, title=SECRET)
    schedule(signed_in("Dag"), number)
    client = signed_in(name) if name else visitor
    for path in ("", "/versjon/1", "/bilde-480.webp", "/bilde-960.webp"):
        assert client.get(f"/resultater/{number}{path}").status_code == 404
    for path in ("", "/bilde-480.webp", "/forhandsvisning", "/forhandsvisning/e-post", "/retting", "/oversett"):
        assert client.get(f"/redaksjonen/resultater/{number}{path}").status_code in {302, 403}
    assert client.get("/redaksjonen/kalender").status_code in {302, 403}
    read = everywhere(app, client, number)
    assert SECRET not in read
    assert "Bare mellom oss" not in read


def test_a_waiting_correction_and_remarks_stand_on_no_public_page(
    app: Flask, visitor: FlaskClient, signed_in: SignIn
) -> None:
    number = published(app)
    with app.app_context():
        factories.propose_correction(outcome_of(number), by=person("Cecilie"), summary=SECRET)
    public = visitor.get(f"/resultater/{number}").text + everywhere(app, visitor, number)
    assert SECRET not in public
    assert "Bare mellom oss" not in public
    assert visitor.get(f"/resultater/{number}/versjon/1").status_code == 404
    assert SECRET in signed_in("Dag").get(f"/redaksjonen/resultater/{number}/retting").text


def test_a_result_is_put_on_the_calendar_and_seen_there(app: Flask, signed_in: SignIn) -> None:
    number, dag = approved(app, title=SECRET), signed_in("Dag")
    schedule(dag, number)
    assert state_of(app, number) is OutcomeState.SCHEDULED
    day = clock.today() + timedelta(days=2)
    month = dag.get(f"/redaksjonen/kalender?maned={day:%Y-%m}").text
    assert month.count(SECRET) == 2
    assert "09.30" in month
    assert SECRET in dag.get("/redaksjonen").text
    assert dag.get("/redaksjonen/kalender?maned=0000-99").status_code == 200
    page = f"/redaksjonen/resultater/{number}"
    assert send(dag, page, f"{page}/ta-av-planen").status_code == 302
    assert state_of(app, number) is OutcomeState.APPROVED


def test_a_time_that_has_been_is_an_error_at_the_day(app: Flask, signed_in: SignIn) -> None:
    number, dag = approved(app), signed_in("Dag")
    page = f"/redaksjonen/resultater/{number}"
    answer = send(dag, page, f"{page}/planlegg", day="2020-01-31", at="09:30")
    assert answer.status_code == 409
    assert 'id="schedule-day-error"' in answer.text


def test_a_correction_is_seen_beside_the_old_and_the_former_words_stay(
    app: Flask, signed_in: SignIn, visitor: FlaskClient
) -> None:
    number = published(app)
    cecilie, dag = signed_in("Cecilie"), signed_in("Dag")
    form = f"/redaksjonen/resultater/{number}/rett"
    answer = send(cecilie, form, summary="Nå går det fire busser i timen.", note="Tallet var feil.")
    assert answer.status_code == 302
    assert f"/redaksjonen/resultater/{number}/retting" in dag.get("/redaksjonen").text
    page = f"/redaksjonen/resultater/{number}/retting"
    compared = dag.get(page).text
    assert "Nå går det <del>to</del> busser i timen" in compared
    assert "Nå går det <ins>fire</ins> busser i timen" in compared
    assert "Vi har satt opp flere avganger" not in compared
    assert "<strong>Dag</strong>" in cecilie.get(page).text
    assert f"{page}/godkjenn" not in cecilie.get(page).text
    assert send(dag, page, f"{page}/godkjenn").status_code == 302
    now = visitor.get(f"/resultater/{number}").text
    assert "fire busser" in now
    assert "Tallet var feil." in now
    with app.app_context():
        need_id = outcome_of(number).needs[0].need_id
    story = visitor.get(f"/behov/{need_id}").text.partition('class="timeline"')[2]
    assert 'Bussen går hver halvtime</a> <span class="soft">(Dekket)' in story
    former = visitor.get(f"/resultater/{number}/versjon/1").text
    assert "to busser" in former
    assert 'content="noindex"' in former
    assert dag.get(page).status_code == 404


def test_one_whom_nobody_else_can_approve_is_told_so_before_the_work_is_done(app: Flask, signed_in: SignIn) -> None:
    number, dag = published(app), signed_in("Dag")
    warning = 'id="nobody-approves"'
    assert warning in dag.get(f"/redaksjonen/resultater/{number}/rett").text
    with app.app_context():
        factories.propose_correction(outcome_of(number), by=person("Dag"), summary="Annet.")
    page = f"/redaksjonen/resultater/{number}/retting"
    assert warning in dag.get(page).text
    with app.app_context():
        accounts.add_person("Dagny", email="dagny@example.org", roles=frozenset({Role.COMMUNICATIONS}))
        db.session.commit()
    assert warning not in dag.get(page).text
    assert "<strong>Dagny</strong>" in dag.get(page).text


def test_of_what_is_withdrawn_only_the_reason_is_left(app: Flask, signed_in: SignIn, visitor: FlaskClient) -> None:
    number, dag = published(app, title=SECRET), signed_in("Dag")
    with app.app_context():
        factories.correct(outcome_of(number), writer=person("Cecilie"), approver=person("Dag"), summary="Annet.")
        confirm_use(number, evidence="Bussen er full hver kveld.")
    of_it = ("Bussen er full hver kveld.", "Det er to busser i timen, ikke tre.")
    assert all(words in everywhere(app, visitor, number) for words in of_it)
    page = f"/redaksjonen/resultater/{number}"
    assert send(dag, page, f"{page}/trekk-tilbake", reason="Målingen var feil.").status_code == 302
    for path in ("", "/versjon/1"):
        gone = visitor.get(f"/resultater/{number}{path}")
        assert gone.status_code == 410
        assert "Målingen var feil." in gone.text
        assert SECRET not in gone.text
    assert visitor.get(f"/resultater/{number}/bilde-480.webp").status_code == 404
    left = everywhere(app, visitor, number)
    assert "Målingen var feil." in left
    assert not [words for words in (SECRET, *of_it) if words in left]


def picture(colour: str = "#1f6b3a") -> BytesIO:
    data = BytesIO()
    Image.new("RGB", (160, 120), colour).save(data, "PNG")
    data.seek(0)
    return data


def pictures(app: Flask) -> set[str]:
    with app.app_context():
        folder = settings().var_folder / "pictures"
        return {path.name for path in folder.glob("[0-9a-f]*")}


def test_a_picture_is_given_with_words_replaced_and_taken_away(app: Flask, signed_in: SignIn) -> None:
    number, cecilie = draft(app), signed_in("Cecilie")
    page, before = f"/redaksjonen/resultater/{number}/bilde", pictures(app)
    assert 'data-max-bytes="15000000" data-too-large="Filen er for stor.' in cecilie.get(page).text
    for colour in ("#1f6b3a", "#b3202c"):
        fields = open_form(cecilie, page).filled({"alt": "Et eple."}) | {"picture": (picture(colour), "eple.png")}
        assert cecilie.post(page, data=fields, content_type="multipart/form-data").status_code == 302
        assert len(pictures(app) - before) == 1
    assert cecilie.get(f"/redaksjonen/resultater/{number}/bilde-480.webp").mimetype == "image/webp"
    assert 'alt="Et eple."' in cecilie.get(f"/redaksjonen/resultater/{number}").text
    assert cecilie.post(page, data=open_form(cecilie, page).filled({"remove": "y"})).status_code == 302
    assert pictures(app) == before


def test_a_picture_without_words_is_kept_and_goes_nowhere_without_them(app: Flask, signed_in: SignIn) -> None:
    number, cecilie = draft(app), signed_in("Cecilie")
    page, before = f"/redaksjonen/resultater/{number}/bilde", pictures(app)

    def send(**fields: object) -> TestResponse:
        filled = open_form(cecilie, page).filled({"alt": ""}) | fields
        return cecilie.post(page, data=filled, content_type="multipart/form-data")

    both = send(picture=(BytesIO(b""), "tom.jpg"))
    assert (both.status_code, pictures(app)) == (400, before)
    assert "Filen er ødelagt eller ufullstendig" in both.text
    assert "Skriv hva bildet viser" in both.text
    kept = send(picture=(picture(), "eple.png"))
    assert (kept.status_code, len(pictures(app) - before)) == (400, 1)
    assert "Bildet er tatt vare på. Skriv nå hva det viser" in kept.text
    assert f"/redaksjonen/resultater/{number}/bilde-480.webp" in kept.text
    with app.app_context(), pytest.raises(Refused) as refused:
        outcomes.submit(person("Cecilie").actor, outcome=outcome_of(number), version=outcome_of(number).version)
    assert refused.value.reason is Refusal.PICTURE_WITHOUT_ALT
    # It need not be chosen again, and too many words lose neither it nor themselves.
    assert "x" * 301 in send(alt="x" * 301, picture=(picture("#b3202c"), "rodt.png")).text
    assert send(alt="Et eple.").status_code == 302
    assert len(pictures(app) - before) == 1
    assert 'alt="Et eple."' in cecilie.get(f"/redaksjonen/resultater/{number}").text


def test_nobody_who_writes_waits_for_a_picture(
    app: Flask, signed_in: SignIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[bool] = []

    class Watching(DiskStore):
        def put(self, name: str, data: bytes) -> None:
            waited.append(db.session.registry().in_transaction())
            super().put(name, data)

    number, cecilie = draft(app), signed_in("Cecilie")
    monkeypatch.setitem(app.extensions, "picture_store", Watching(tmp_path))
    page = f"/redaksjonen/resultater/{number}/bilde"
    fields = open_form(cecilie, page).filled({"alt": "Et eple."}) | {"picture": (picture(), "eple.png")}
    assert cecilie.post(page, data=fields, content_type="multipart/form-data").status_code == 302
    assert waited == [False] * 3


def test_what_is_no_picture_is_an_error_at_the_field_and_leaves_nothing(app: Flask, signed_in: SignIn) -> None:
    number, cecilie = draft(app), signed_in("Cecilie")
    page, before = f"/redaksjonen/resultater/{number}/bilde", pictures(app)
    fields = open_form(cecilie, page).filled({"alt": "Et eple."}) | {"picture": (BytesIO(b"<svg>"), "eple.png")}
    answer = cecilie.post(page, data=fields, content_type="multipart/form-data")
    assert answer.status_code == 409
    assert 'id="picture-picture-error"' in answer.text
    assert pictures(app) == before


def test_page_and_mail_are_shown_in_each_language_and_only_there_framed_by_ourselves(
    app: Flask, signed_in: SignIn
) -> None:
    number, cecilie = draft(app), signed_in("Cecilie")
    page = f"/redaksjonen/resultater/{number}"
    words = {"in_nn-title": "Bussen går kvar halvtime"}
    assert send(cecilie, f"{page}/oversett", **words).status_code == 302
    for language, title in (("nb", "Bussen går hver halvtime"), ("nn", words["in_nn-title"])):
        shown = cecilie.get(f"{page}/forhandsvisning/side?pa={language}")
        assert f'<html lang="{language}"' in shown.text
        assert title in shown.text
        assert title in cecilie.get(f"{page}/forhandsvisning/e-post?pa={language}").text
        card = cecilie.get(f"{page}/forhandsvisning?pa={language}").text.partition("outcome-card")[2]
        assert title in card.partition("</article>")[0]
    english = cecilie.get(f"{page}/forhandsvisning/side?pa=en").text
    assert '<h1 class="ds-heading" data-size="xl" lang="nb">Bussen går hver halvtime</h1>' in english
    framed = cecilie.get(f"{page}/forhandsvisning/side").headers["Content-Security-Policy"]
    mail = cecilie.get(f"{page}/forhandsvisning/e-post").headers["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in framed
    assert "unsafe-inline" not in framed
    assert "default-src 'none'" in mail
    assert "frame-ancestors 'none'" in cecilie.get(f"{page}/forhandsvisning").headers["Content-Security-Policy"]
    lost = cecilie.get("/redaksjonen/resultater/999/forhandsvisning/e-post")
    assert "unsafe-inline" not in lost.headers["Content-Security-Policy"]


def test_a_resident_reads_the_result_in_their_language_and_the_rest_marked_as_bokmal(
    app: Flask, visitor: FlaskClient
) -> None:
    number = draft(app)
    with app.app_context():
        outcome, cecilie, dag = outcome_of(number), person("Cecilie"), person("Dag")
        written = {"en": {"title": "A bus every half hour", "summary": "", "needs": {}}}
        outcomes.translate(cecilie.actor, outcome=outcome, written=written, version=outcome.version)
        db.session.commit()
        factories.publish(outcome, writer=cecilie, approver=dag)
    page = visitor.get(f"/resultater/{number}?sprak=en").text
    assert '<h1 class="ds-heading" data-size="xl">A bus every half hour</h1>' in page
    assert '<p class="lead" lang="nb">Nå går det to busser' in page
    assert "Parts of this are written in Norwegian (bokmål)." in page
    assert (
        'lang="nb"'
        not in visitor.get(f"/resultater/{number}?sprak=nb").text.partition("<main")[2].partition("</main")[0]
    )


def test_the_list_is_searched_and_says_how_many_there_are(app: Flask, signed_in: SignIn) -> None:
    published(app)
    with app.app_context():
        project, need = db.session.scalars(select(Project)).one(), db.session.scalars(select(Need)).one()
        factories.make_draft(project, need, by=person("Cecilie"), title=SECRET)
    dag = signed_in("Dag")
    assert SECRET in dag.get("/redaksjonen").text
    assert SECRET in dag.get("/redaksjonen?q=hemmelige").text
    assert SECRET not in dag.get("/redaksjonen?q=trikk").text
    assert SECRET not in dag.get("/redaksjonen?vis=publisert").text
    assert "Bussen går hver halvtime" in dag.get("/redaksjonen?vis=publisert").text


def test_a_correction_decided_on_by_another_meanwhile_is_said_so(app: Flask, signed_in: SignIn) -> None:
    number, dag = published(app), signed_in("Dag")
    page = f"/redaksjonen/resultater/{number}/retting"
    with app.app_context():
        factories.propose_correction(outcome_of(number), by=person("Cecilie"), summary="Annet.")
    form = open_form(dag, page, f"{page}/godkjenn")
    with app.app_context():
        outcome = outcome_of(number)
        corrections.take_back_correction(person("Cecilie").actor, outcome=outcome, version=outcome.version)
        db.session.commit()
    answer = dag.post(form.action, data=form.filled({}))
    assert answer.status_code == 409
    assert "Ingen retting venter her" in answer.text
    assert state_of(app, number) is OutcomeState.PUBLISHED


@pytest.mark.parametrize("step", ["godkjenn", "avvis", "ta-tilbake"])
def test_where_no_correction_waits_none_is_decided_on(app: Flask, signed_in: SignIn, step: str) -> None:
    number, dag = published(app), signed_in("Dag")
    with app.app_context():
        version = outcome_of(number).version
    for fields in ({}, {"version": version, "reason": "Tallet stemmer."}):
        answer = post(dag, f"/redaksjonen/resultater/{number}/retting/{step}", **fields)
        assert answer.status_code == 409
        assert "Ingen retting venter her" in answer.text
