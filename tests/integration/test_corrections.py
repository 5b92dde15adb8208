"""Results put right, withdrawn, talked about and translated."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask_babel import force_locale
from sqlalchemy import select

from participation import clock
from participation.accounts.models import Person
from participation.extensions import db
from participation.needs.models import Need
from participation.needs.rules import NeedState, UpdateKind
from participation.notifications.mails import render_mail
from participation.notifications.models import Delivery
from participation.notifications.rules import DeliveryStatus, EventKind
from participation.outcomes import corrections, queries, remarks
from participation.outcomes import service as outcomes
from participation.outcomes.corrections import CorrectedText, indicator_of, published_words
from participation.outcomes.models import Outcome, OutcomeCorrection, OutcomeRemark
from participation.outcomes.returning import given_back
from participation.outcomes.rules import Gate, OutcomeState, Verdict
from participation.outcomes.wording import is_stale
from participation.projects.models import Project
from participation.refusals import Refused
from participation.residents.need_page import loop_steps
from participation.search.queries import find
from tests.factories import make_draft, outcome_words, publish
from tests.told import events, lines, stored, told_of

Named = Callable[[str], Person]
NOTE = "Det er to busser i timen, ikke tre."


@pytest.fixture
def outcome(project: Project, need: Need, cecilie: Person, dag: Person) -> Outcome:
    """Published, and Astrid has been told."""
    made = publish(make_draft(project, need, by=cecilie), writer=cecilie, approver=dag)
    sent()
    return made


def sent() -> None:
    for delivery in db.session.scalars(select(Delivery)):
        delivery.status, delivery.attempts = DeliveryStatus.SENT, 1
    db.session.commit()


def corrected_text(outcome: Outcome, **changes: Any) -> CorrectedText:
    words = published_words(outcome)
    same = CorrectedText(
        title=words["title"],
        summary=words["summary"],
        body=words["body"],
        picture_alt=words["picture_alt"],
        evidence={Gate(gate): text for gate, text in words["evidence"].items()},
        indicators=[indicator_of(indicator) for indicator in words["indicators"]],
        needs={int(number): text for number, text in words["needs"].items()},
        translations=words["translations"],
    )
    return replace(same, **changes)


def propose(outcome: Outcome, *, by: Person, **changes: Any) -> None:
    words = corrected_text(outcome, **(changes or {"summary": "Nå går det to busser i timen hele kvelden."}))
    corrections.propose_correction(by.actor, outcome=outcome, words=words, note=NOTE, version=outcome.version)
    db.session.commit()


def approve(outcome: Outcome, *, by: Person) -> None:
    corrections.approve_correction(by.actor, outcome=outcome, version=outcome.version)
    db.session.commit()


def loaded(outcome: Outcome) -> Outcome:
    db.session.expire_all()
    found = queries.outcome(outcome.id)
    assert found is not None
    return found


def test_nothing_is_different_for_anyone_till_another_has_approved_the_correction(
    outcome: Outcome, cecilie: Person
) -> None:
    before = published_words(outcome)
    propose(outcome, by=cecilie)
    found = loaded(outcome)
    assert (found.state, published_words(found)) == (OutcomeState.PUBLISHED, before)
    assert events(EventKind.OUTCOME_CORRECTED) == []
    for do in (corrections.approve_correction, propose_again):
        with pytest.raises(Refused):
            do(cecilie.actor, outcome=found, version=found.version)
        db.session.rollback()


def propose_again(actor: Any, *, outcome: Outcome, version: int) -> None:
    words = corrected_text(outcome, title="Noe helt annet")
    corrections.propose_correction(actor, outcome=outcome, words=words, note=NOTE, version=version)


def test_a_correction_keeps_the_former_words_and_tells_everyone_who_was_told_them(
    outcome: Outcome, need: Need, cecilie: Person, dag: Person
) -> None:
    former, first = published_words(outcome), outcome.event_id
    texts = {need.id: "Du kan ta bussen hjem til klokka elleve."}
    propose(outcome, by=cecilie, summary="To busser i timen.", needs=texts)
    approve(outcome, by=dag)
    found = loaded(outcome)
    assert (found.state, found.summary, found.needs[0].text) == (
        OutcomeState.CORRECTED,
        "To busser i timen.",
        texts[need.id],
    )
    (version,) = queries.versions_of(outcome.id)
    assert (version.number, version.words, version.note) == (1, former, NOTE)
    assert (version.written_by, version.approved_by) == (cecilie.id, dag.id)
    (event,) = events(EventKind.OUTCOME_CORRECTED)
    assert (event.corrects_id, found.event_id, event.facts["note"]) == (first, event.id, NOTE)
    assert set(told_of(event)) == {"Astrid"}
    last = lines(need)[-1]
    assert (last.kind, last.state, last.body) == (UpdateKind.OUTCOME_CORRECTED, NeedState.IN_USE, NOTE)
    assert db.session.scalars(select(OutcomeCorrection)).all() == []


def test_a_second_correction_follows_on_the_first_and_search_finds_the_newest_words(
    outcome: Outcome, cecilie: Person, dag: Person
) -> None:
    propose(outcome, by=cecilie, summary="Nå går pendelbussen hele kvelden.")
    approve(outcome, by=dag)
    propose(outcome, by=dag, summary="Nå går trikken hele kvelden.")
    # That she wrote an earlier one does not matter; roles are for the views to ask.
    approve(outcome, by=cecilie)
    assert [version.number for version in queries.versions_of(outcome.id)] == [2, 1]
    first, second = events(EventKind.OUTCOME_CORRECTED)
    assert second.corrects_id == first.id
    assert find("outcome", "trikken").ids == [outcome.id]
    assert find("outcome", '"pendelbussen"').ids == []


def test_a_correction_changes_something_and_leaves_nothing_empty(outcome: Outcome, cecilie: Person) -> None:
    for changes, refusal in (({"title": outcome.title}, "nothing_corrected"), ({"body": " "}, "outcome_without_text")):
        with pytest.raises(Refused, match=refusal):
            propose(outcome, by=cecilie, **changes)
        db.session.rollback()


def test_a_rejected_correction_changes_nothing_and_its_writer_is_told_why(
    outcome: Outcome, cecilie: Person, dag: Person
) -> None:
    before = published_words(outcome)
    propose(outcome, by=cecilie)
    corrections.reject_correction(dag.actor, outcome=outcome, reason="Tallet var riktig.", version=outcome.version)
    db.session.commit()
    assert published_words(loaded(outcome)) == before
    (event,) = events(EventKind.WORK)
    assert (event.facts["task"], event.facts["body"]) == ("correction_rejected", "Tallet var riktig.")
    assert set(told_of(event)) == {"Cecilie"}


def withdraw(outcome: Outcome, *, by: Person) -> None:
    corrections.withdraw(by.actor, outcome=outcome, reason="Målingen var feil.", version=outcome.version)
    db.session.commit()


def test_what_is_withdrawn_gives_back_the_needs_it_alone_met_and_everyone_told_is_told(
    outcome: Outcome, need: Need, cecilie: Person, dag: Person
) -> None:
    propose(outcome, by=cecilie)
    withdraw(outcome, by=dag)
    found = loaded(outcome)
    assert (found.state, found.withdrawn_reason, found.withdrawn_by) == (
        OutcomeState.WITHDRAWN,
        "Målingen var feil.",
        dag.id,
    )
    assert stored(need).state is not NeedState.IN_USE
    assert UpdateKind.OUTCOME_WITHDRAWN in {line.kind for line in lines(need)}
    (event,) = events(EventKind.OUTCOME_WITHDRAWN)
    assert set(told_of(event)) == {"Astrid"}
    assert "summary" not in event.facts["outcome"]
    assert find("outcome", "bussen").ids == []
    assert queries.published() == []
    assert queries.correction_of(outcome.id) is None


def test_a_need_that_another_public_result_meets_stays_in_use(
    outcome: Outcome, project: Project, need: Need, cecilie: Person, dag: Person
) -> None:
    with clock.travel(clock.now() + timedelta(days=3)):
        other = publish(make_draft(project, need, by=cecilie, verdict=Verdict.PARTLY), writer=cecilie, approver=dag)
    assert given_back(outcome) == []
    assert since(need) == told_at(need, outcome)
    withdraw(outcome, by=dag)
    assert stored(need).state is NeedState.IN_USE
    assert lines(need)[-1].kind is UpdateKind.OUTCOME_WITHDRAWN
    assert since(need) == told_at(need, other)


def since(need: Need) -> object:
    """The day its page gives for when it was taken into use."""
    return loop_steps(stored(need), lines(need))[-1].date


def told_at(need: Need, outcome: Outcome) -> object:
    return next(line.at for line in lines(need) if line.outcome_id == outcome.id)


def test_what_is_withdrawn_is_neither_corrected_nor_withdrawn_again(
    outcome: Outcome, cecilie: Person, dag: Person
) -> None:
    withdraw(outcome, by=dag)
    with pytest.raises(Refused, match="wrong_state"):
        withdraw(outcome, by=dag)
    db.session.rollback()
    with pytest.raises(Refused, match="wrong_state"):
        propose(outcome, by=cecilie)


def test_a_remark_sent_twice_is_said_once_and_told_to_the_others_who_work_on_it(
    project: Project, need: Need, cecilie: Person, dag: Person
) -> None:
    draft = make_draft(project, need, by=cecilie)
    for _ in range(2):
        remarks.remark(dag.actor, outcome=draft, body="Hvor mange reiser?", submission_key="en-nøkkel")
        db.session.commit()
    remarks.remark(cecilie.actor, outcome=draft, body="Femti om dagen.", submission_key="en-annen")
    db.session.commit()
    assert [remark.body for remark in db.session.scalars(select(OutcomeRemark).order_by(OutcomeRemark.id))] == [
        "Hvor mange reiser?",
        "Femti om dagen.",
    ]
    assert [set(told_of(event)) for event in events(EventKind.WORK)] == [{"Cecilie"}, {"Dag"}]


NYNORSK = {"nn": {"title": "Bussen går kvar halvtime", "summary": "No går det to bussar i timen."}}


def test_the_mail_says_what_is_translated_in_the_readers_language_and_marks_the_rest(
    project: Project, need: Need, cecilie: Person, dag: Person
) -> None:
    draft = loaded(make_draft(project, need, by=cecilie))
    outcomes.translate(cecilie.actor, outcome=draft, written=NYNORSK, version=draft.version)
    db.session.commit()
    publish(draft, writer=cecilie, approver=dag)
    (event,) = events(EventKind.OUTCOME)
    mail = mail_of(event.facts, "nn")
    assert mail["subject"].endswith("Bussen går kvar halvtime")
    assert "No går det to bussar i timen." in mail["text"]
    assert '<div lang="nb">' in mail["html"]
    assert "Bussen går hver halvtime" in mail_of(event.facts, "en")["subject"]
    for part in ("text", "html"):
        assert "This is written in Norwegian (bokmål)." in mail_of(event.facts, "en")[part]
        assert "(bokmål)" not in mail_of(event.facts, "nb")[part]
    assert "lang=" not in mail_of(event.facts, "nb")["html"].partition("<body")[2]


def mail_of(facts: dict[str, Any], language: str) -> dict[str, str]:
    context = {"person": {"name": "Astrid"}, "facts": facts, "needs": list(facts["needs"].values()), "url": "/"}
    with force_locale(language):
        return render_mail("outcome", context | {"because": "", "unsubscribe_url": "/"})


def test_a_translation_is_marked_as_old_when_the_text_is_changed_after_it(
    project: Project, need: Need, cecilie: Person
) -> None:
    draft = loaded(make_draft(project, need, by=cecilie))
    outcomes.translate(cecilie.actor, outcome=draft, written=NYNORSK, version=draft.version)
    db.session.commit()
    assert not is_stale(draft.words, draft.translations["nn"])
    words = outcome_words(need, summary="Nå går det tre busser i timen.")
    outcomes.edit(cecilie.actor, outcome=draft, words=words, version=draft.version)
    db.session.commit()
    assert is_stale(draft.words, loaded(draft).translations["nn"])


def test_who_translated_it_does_not_approve_it(project: Project, need: Need, cecilie: Person, dag: Person) -> None:
    draft = loaded(make_draft(project, need, by=cecilie))
    outcomes.translate(dag.actor, outcome=draft, written=NYNORSK, version=draft.version)
    outcomes.submit(cecilie.actor, outcome=draft, version=draft.version)
    db.session.flush()
    with pytest.raises(Refused, match="own_text"):
        outcomes.approve(dag.actor, outcome=draft, version=draft.version)
