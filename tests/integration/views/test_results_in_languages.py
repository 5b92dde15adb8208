"""Evidence and figures of a result said in nynorsk and English, and read there."""

import hashlib
import json
from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient

from participation.extensions import db
from participation.outcomes import queries
from tests import factories
from tests.forms import open_form, send
from tests.integration.views.results import confirm_use, draft, outcome_of, person

SignIn = Callable[[str], FlaskClient]
TRANSLATED = {
    "in_en-title": "A bus every half hour",
    "in_en-figure_0_name": "Departures an hour",
    "in_en-figure_0_unit": "departures",
    "in_en-evidence_new": "There had **never** been two.",
    "in_nn-evidence_in_use": "Bussen er full kvar kveld.",
}


def translated(app: Flask, staff: FlaskClient, **changes: str) -> int:
    """A draft with evidence and its figure in English; in nynorsk with one of its three gates."""
    number = draft(app)
    assert send(staff, f"/redaksjonen/resultater/{number}/oversett", **(TRANSLATED | changes)).status_code == 302
    return number


def publish(app: Flask, number: int) -> None:
    with app.app_context():
        factories.publish(outcome_of(number), writer=person("Cecilie"), approver=person("Dag"))


def test_what_is_written_of_evidence_and_figures_stands_in_the_form_again(app: Flask, signed_in: SignIn) -> None:
    cecilie = signed_in("Cecilie")
    number = translated(app, cecilie)
    page = f"/redaksjonen/resultater/{number}/oversett"
    held = open_form(cecilie, page).fields
    assert {name: held[name] for name in TRANSLATED} == {name: [text] for name, text in TRANSLATED.items()}
    # Beside the bokmål that they say again.
    beside = [part.partition("</fieldset>")[0] for part in cecilie.get(page).text.split("<fieldset")]
    assert any("Avganger i timen" in part and "Departures an hour" in part for part in beside)
    assert any("Slik vet vi det: new." in part and "There had **never** been two." in part for part in beside)


def test_evidence_and_figures_are_read_in_ones_language_on_page_and_card_and_the_rest_marked_as_bokmal(
    app: Flask, signed_in: SignIn, visitor: FlaskClient
) -> None:
    cecilie = signed_in("Cecilie")
    number = translated(app, cecilie)
    previewed = cecilie.get(f"/redaksjonen/resultater/{number}/forhandsvisning/side?pa=en").text
    card = cecilie.get(f"/redaksjonen/resultater/{number}/forhandsvisning?pa=en").text
    publish(app, number)
    for page in (previewed, visitor.get(f"/resultater/{number}?sprak=en").text):
        assert "<caption>Departures an hour</caption>" in page
        assert "</span> departures</td>" in page
        assert '<div class="prose"><p>There had <strong>never</strong> been two.</p>' in page
        assert '<div class="prose" lang="nb"><p>Slik vet vi det: useful.</p>' in page
        assert "Slik vet vi det: new." not in page
    nynorsk = visitor.get(f"/resultater/{number}?sprak=nn").text
    assert "Bussen er full kvar kveld." in nynorsk
    assert '<caption lang="nb">Avganger i timen</caption>' in nynorsk
    assert '</span> <span lang="nb">avganger</span></td>' in nynorsk
    for page in (card, visitor.get("/?sprak=en").text, visitor.get("/resultater?sprak=en").text):
        assert '<span class="change-unit">departures</span>' in page
        assert '<span class="change-name">Departures an hour</span>' in page
    assert '<span class="change-name" lang="nb">Avganger i timen</span>' in visitor.get("/resultater?sprak=nn").text
    assert "Avganger i timen" in visitor.get(f"/resultater/{number}?sprak=nb").text


def test_one_who_reads_all_of_it_in_english_is_not_told_that_some_of_it_is_norwegian(
    app: Flask, signed_in: SignIn, visitor: FlaskClient
) -> None:
    number, cecilie = draft(app), signed_in("Cecilie")
    page = f"/redaksjonen/resultater/{number}/oversett"
    fields = [name for name in open_form(cecilie, page).fields if name.startswith("in_en-")]
    assert send(cecilie, page, **dict.fromkeys(fields, "Words in English")).status_code == 302
    publish(app, number)
    note = "written in Norwegian"
    assert note not in visitor.get(f"/resultater/{number}?sprak=en").text
    assert "Dette er skrive på bokmål." in visitor.get(f"/resultater/{number}?sprak=nn").text
    with app.app_context():
        confirm_use(number, evidence="Bussen er full hver kveld.")
    assert note in visitor.get(f"/resultater/{number}?sprak=en").text


def test_a_figure_measured_again_later_is_named_in_the_readers_language_too(
    app: Flask, signed_in: SignIn, visitor: FlaskClient
) -> None:
    number = translated(app, signed_in("Cecilie"))
    with app.app_context():
        outcome = factories.publish(outcome_of(number), writer=person("Cecilie"), approver=person("Dag"))
        figure = outcome.indicators[0]
        confirm_use(number, evidence="Bussen er full.", name=figure.name, unit=figure.unit)
    page = visitor.get(f"/resultater/{number}?sprak=en").text
    assert '<caption>Departures an hour <span class="soft">(departures)</span></caption>' in page
    assert "The target was 2 departures." in page
    assert "After 6 months" in page
    norwegian = visitor.get(f"/resultater/{number}?sprak=nn").text
    assert '<span lang="nb">Avganger i timen</span>' in norwegian


def test_a_correction_shows_translated_evidence_and_figures_beside_the_old_and_keeps_these_in_the_former_version(
    app: Flask, signed_in: SignIn, visitor: FlaskClient
) -> None:
    cecilie, dag = signed_in("Cecilie"), signed_in("Dag")
    number = translated(app, cecilie)
    publish(app, number)
    page = f"/redaksjonen/resultater/{number}"
    corrected = {
        # Renamed in bokmål and in English: what is said in English follows its row.
        "indicator_0-name": "Avganger på kvelden",
        "in_en-figure_0_name": "Evening departures",
        "in_en-evidence_new": "There had never been three.",
        "in_nn-figure_0_name": "Avgangar på kvelden",
    }
    assert send(cecilie, f"{page}/rett", note="Tallet var feil.", **corrected).status_code == 302
    compared = dag.get(f"{page}/retting").text
    assert "<ins>Evening departures</ins> (departures)" in compared
    assert "<del>two</del>" in compared
    assert "<ins>three</ins>" in compared
    assert "Bussen er full kvar kveld." not in compared
    assert send(dag, f"{page}/retting", f"{page}/retting/godkjenn").status_code == 302
    now, former = (visitor.get(f"/resultater/{number}{path}?sprak=en").text for path in ("", "/versjon/1"))
    assert "<caption>Evening departures</caption>" in now
    assert "There had never been three." in now
    assert "<caption>Departures an hour</caption>" in former
    assert "There had <strong>never</strong> been two." in former
    assert "<caption>Avgangar på kvelden</caption>" in visitor.get(f"/resultater/{number}?sprak=nn").text


def test_a_figure_taken_out_takes_its_words_with_it_and_the_next_keeps_its_own(app: Flask, signed_in: SignIn) -> None:
    cecilie = signed_in("Cecilie")
    number = translated(app, cecilie)
    publish(app, number)
    row = {"name": "Passasjerer", "unit": "om dagen", "before": "5", "now": "9", "measured_on": "2026-01-15"}
    written = {f"indicator_1-{part}": text for part, text in row.items()}
    written |= dict.fromkeys((f"indicator_0-{part}" for part in (*row, "target")), "")
    written |= {"in_en-figure_1_name": "Passengers", "in_en-figure_1_unit": "a day"}
    page = f"/redaksjonen/resultater/{number}/rett"
    assert send(cecilie, page, note="Tallet var feil.", **written).status_code == 302
    with app.app_context():
        waiting = queries.correction_of(number)
        assert waiting is not None
        english = waiting.words["translations"]["en"]
        assert english["indicators"] == {"Passasjerer (om dagen)": {"name": "Passengers", "unit": "a day"}}


def test_a_translation_from_before_evidence_could_be_translated_is_neither_old_nor_in_the_way(
    app: Flask, signed_in: SignIn, visitor: FlaskClient
) -> None:
    cecilie = signed_in("Cecilie")
    number = draft(app)
    with app.app_context():
        outcome = outcome_of(number)
        former = {part: text for part, text in outcome.words.items() if part not in ("evidence", "indicators")}
        kept = {"title": "A bus every half hour", "needs": {}, "of": mark_of(former)}
        outcome.translations = {"en": kept}
        db.session.commit()
    page = f"/redaksjonen/resultater/{number}"
    assert "older than the text" not in cecilie.get(f"{page}/oversett?sprak=en").text
    publish(app, number)
    assert '<caption lang="nb">Avganger i timen</caption>' in visitor.get(f"/resultater/{number}?sprak=en").text
    # A correction that changes nothing is still seen to change nothing.
    assert send(cecilie, f"{page}/rett", note="Tallet var feil.").status_code == 409
    assert send(cecilie, f"{page}/rett", note="Tallet var feil.", title="Nå går bussen").status_code == 302
    assert cecilie.get(f"{page}/retting").status_code == 200


def mark_of(words: dict[str, object]) -> str:
    return hashlib.sha256(json.dumps(words, sort_keys=True).encode()).hexdigest()[:16]
