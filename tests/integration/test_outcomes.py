from collections.abc import Callable
from decimal import Decimal

import pytest
from sqlalchemy import select

from participation.accounts.models import Person
from participation.audit.models import AuditEntry
from participation.extensions import db
from participation.needs.models import Need
from participation.needs.rules import NeedState, UpdateKind
from participation.notifications.rules import DeliveryStatus, EventKind, Reason
from participation.outcomes import queries
from participation.outcomes import service as outcomes
from participation.outcomes.models import Outcome, OutcomeNeed
from participation.outcomes.rules import Gate, OutcomeState, Verdict
from participation.projects.models import Project
from participation.refusals import Refusal, Refused
from participation.support import service as support
from tests.factories import link, make_accepted, make_draft, outcome_words, publish
from tests.told import events, lines, rows_in_all_tables, stored, told

Named = Callable[[str], Person]


def loaded(outcome: Outcome) -> Outcome:
    found = queries.outcome(outcome.id)
    assert found is not None
    return found


def submitted(outcome: Outcome, *, by: Person) -> Outcome:
    found = loaded(outcome)
    outcomes.submit(by.actor, outcome=found, version=found.version)
    db.session.commit()
    return found


def approved(outcome: Outcome, *, writer: Person, by: Person) -> Outcome:
    found = submitted(outcome, by=writer)
    outcomes.approve(by.actor, outcome=found, version=found.version)
    db.session.commit()
    return found


def refusal_of(do: Callable[[], object]) -> Refusal:
    with pytest.raises(Refused) as refused:
        do()
    db.session.rollback()
    return refused.value.reason


@pytest.mark.parametrize("gate", Gate)
def test_a_draft_without_evidence_for_a_gate_is_not_sent_for_approval(
    project: Project, need: Need, cecilie: Person, gate: Gate
) -> None:
    evidence = {other: "Slik vet vi det." for other in Gate if other is not gate}
    draft = make_draft(project, need, by=cecilie, evidence=evidence)
    assert refusal_of(lambda: submitted(draft, by=cecilie)) is Refusal.GATES_WITHOUT_EVIDENCE


def test_a_draft_that_leaves_a_linked_need_unanswered_is_not_sent_for_approval(
    project: Project, need: Need, cecilie: Person, person: Named
) -> None:
    link(project, make_accepted(person("Gry"), by=cecilie), by=cecilie)
    draft = make_draft(project, need, by=cecilie)
    assert refusal_of(lambda: submitted(draft, by=cecilie)) is Refusal.NEEDS_WITHOUT_ANSWER


def test_an_outcome_answers_only_needs_that_its_project_is_linked_to(
    project: Project, need: Need, cecilie: Person, person: Named
) -> None:
    stranger = make_accepted(person("Gry"), by=cecilie)
    refusal = refusal_of(lambda: make_draft(project, need, stranger, by=cecilie))
    assert refusal is Refusal.CHANGED_MEANWHILE


def test_a_draft_keeps_what_was_written(project: Project, need: Need, cecilie: Person) -> None:
    draft = make_draft(project, need, by=cecilie)
    db.session.expire_all()
    found = loaded(draft)
    assert set(found.evidence) == set(Gate)
    assert [(indicator.before, indicator.now) for indicator in found.indicators] == [(Decimal(1), Decimal(2))]
    assert [(answer.need_id, answer.verdict) for answer in found.needs] == [(need.id, Verdict.MET)]
    assert {gate.recorded_by for gate in found.gates} == {cecilie.id}


def test_evidence_left_as_it_was_stays_with_who_wrote_it(
    project: Project, need: Need, cecilie: Person, person: Named
) -> None:
    hans = person("Hans")
    found = loaded(make_draft(project, need, by=cecilie))
    words = outcome_words(need)
    words.evidence[Gate.USEFUL] = "Ruter har talt de reisende."
    outcomes.edit(hans.actor, outcome=found, words=words, version=found.version)
    db.session.commit()
    recorded = {gate.gate: gate.recorded_by for gate in loaded(found).gates}
    assert recorded == {Gate.NEW: cecilie.id, Gate.USEFUL: hans.id, Gate.IN_USE: cecilie.id}


def test_an_edit_replaces_the_indicators_and_the_answers(
    project: Project, need: Need, cecilie: Person, person: Named
) -> None:
    other = make_accepted(person("Gry"), by=cecilie)
    link(project, other, by=cecilie)
    found = loaded(make_draft(project, need, by=cecilie))
    words = outcome_words(other, verdict=Verdict.PARTLY, indicators=[])
    outcomes.edit(cecilie.actor, outcome=found, words=words, version=found.version)
    db.session.commit()
    db.session.expire_all()
    found = loaded(found)
    assert found.indicators == []
    assert [(answer.need_id, answer.verdict) for answer in found.needs] == [(other.id, Verdict.PARTLY)]


def test_an_edit_of_an_answer_alone_is_seen_by_who_has_the_draft_open(
    project: Project, need: Need, cecilie: Person
) -> None:
    found = loaded(make_draft(project, need, by=cecilie))
    seen = found.version
    outcomes.edit(cecilie.actor, outcome=found, words=outcome_words(need, verdict=Verdict.NOT), version=seen)
    db.session.commit()
    late = refusal_of(lambda: outcomes.edit(cecilie.actor, outcome=found, words=outcome_words(need), version=seen))
    assert late is Refusal.CHANGED_MEANWHILE


def test_what_is_being_approved_stands_still(project: Project, need: Need, cecilie: Person) -> None:
    found = submitted(make_draft(project, need, by=cecilie), by=cecilie)
    refusal = refusal_of(
        lambda: outcomes.edit(cecilie.actor, outcome=found, words=outcome_words(need), version=found.version)
    )
    assert refusal is Refusal.WRONG_STATE


def test_who_wrote_it_neither_approves_nor_publishes_it(
    project: Project, need: Need, cecilie: Person, dag: Person
) -> None:
    found = submitted(make_draft(project, need, by=cecilie), by=cecilie)
    own = refusal_of(lambda: outcomes.approve(cecilie.actor, outcome=found, version=found.version))
    outcomes.approve(dag.actor, outcome=found, version=found.version)
    db.session.commit()
    own_too = refusal_of(lambda: outcomes.publish(cecilie.actor, outcome=found, version=found.version))
    assert {own, own_too} == {Refusal.OWN_TEXT}
    assert loaded(found).state is OutcomeState.APPROVED


def test_who_edited_it_once_neither_approves_nor_publishes_it(
    project: Project, need: Need, cecilie: Person, dag: Person, person: Named
) -> None:
    found = loaded(make_draft(project, need, by=cecilie))
    outcomes.edit(dag.actor, outcome=found, words=outcome_words(need), version=found.version)
    db.session.commit()
    found = submitted(found, by=cecilie)
    refusal = refusal_of(lambda: outcomes.approve(dag.actor, outcome=found, version=found.version))
    assert refusal is Refusal.OWN_TEXT
    outcomes.approve(person("Hans").actor, outcome=found, version=found.version)
    db.session.commit()
    refusal = refusal_of(lambda: outcomes.publish(dag.actor, outcome=found, version=found.version))
    assert refusal is Refusal.OWN_TEXT


def test_a_draft_sent_back_has_a_note_until_it_is_written_on_again(
    project: Project, need: Need, cecilie: Person, dag: Person
) -> None:
    found = approved(make_draft(project, need, by=cecilie), writer=cecilie, by=dag)
    without = refusal_of(lambda: outcomes.send_back(dag.actor, outcome=found, note=" ", version=found.version))
    assert without is Refusal.REASON_MISSING
    outcomes.send_back(dag.actor, outcome=found, note="Hvor mange reiser?", version=found.version)
    db.session.commit()
    assert (found.state, found.approved_by) == (OutcomeState.DRAFT, None)
    assert [row.id for row in queries.sent_back_to(cecilie.id)] == [found.id]
    outcomes.edit(cecilie.actor, outcome=found, words=outcome_words(need), version=found.version)
    db.session.commit()
    assert found.sent_back_note == ""
    assert queries.sent_back_to(cecilie.id) == []


def test_each_is_shown_what_waits_for_them_and_nobody_their_own(
    project: Project, need: Need, cecilie: Person, dag: Person
) -> None:
    found = submitted(make_draft(project, need, by=cecilie), by=cecilie)
    assert [row.id for row in queries.waiting_for(dag.id)] == [found.id]
    assert queries.waiting_for(cecilie.id) == []


@pytest.mark.parametrize("verdict", [Verdict.MET, Verdict.PARTLY])
def test_a_published_outcome_takes_the_needs_it_meets_into_use(
    project: Project, need: Need, cecilie: Person, dag: Person, verdict: Verdict
) -> None:
    publish(make_draft(project, need, by=cecilie, verdict=verdict), writer=cecilie, approver=dag)
    last = lines(need)[-1]
    assert stored(need).state is NeedState.IN_USE
    assert (last.kind, last.state, last.detail, last.body) == (
        UpdateKind.OUTCOME,
        NeedState.IN_USE,
        verdict.value,
        "Du kan nå ta bussen hjem.",
    )


def test_a_need_not_met_stays_as_it_was_and_is_told_so(
    project: Project, need: Need, cecilie: Person, dag: Person
) -> None:
    publish(make_draft(project, need, by=cecilie, verdict=Verdict.NOT), writer=cecilie, approver=dag)
    assert stored(need).state is NeedState.TESTING
    assert lines(need)[-1].kind is UpdateKind.OUTCOME
    assert told(EventKind.OUTCOME) == {"Astrid": (Reason.AUTHOR, DeliveryStatus.PENDING)}


def test_one_supporting_two_of_the_needs_is_told_once_and_counted_once(
    project: Project, need: Need, cecilie: Person, dag: Person, person: Named
) -> None:
    bjorn, other = person("Bjørn"), make_accepted(person("Gry"), by=cecilie)
    link(project, other, by=cecilie)
    for one in (need, other):
        support.support(bjorn.actor, need=one)
    published = publish(make_draft(project, need, other, by=cecilie), writer=cecilie, approver=dag)
    assert published.people_behind == 3
    assert told(EventKind.OUTCOME) == {
        "Astrid": (Reason.AUTHOR, DeliveryStatus.PENDING),
        "Bjørn": (Reason.SUPPORTER, DeliveryStatus.PENDING),
        "Gry": (Reason.AUTHOR, DeliveryStatus.PENDING),
    }
    (event,) = events(EventKind.OUTCOME)
    assert {fact["verdict"] for fact in event.facts["needs"].values()} == {"met"}


def test_an_outcome_is_published_once(project: Project, need: Need, cecilie: Person, dag: Person) -> None:
    published = publish(make_draft(project, need, by=cecilie), writer=cecilie, approver=dag)
    refusal = refusal_of(lambda: outcomes.publish(dag.actor, outcome=published, version=published.version))
    assert refusal is Refusal.WRONG_STATE
    assert len(events(EventKind.OUTCOME)) == 1


def test_an_outcome_is_not_published_past_approval(project: Project, need: Need, cecilie: Person, dag: Person) -> None:
    found = submitted(make_draft(project, need, by=cecilie), by=cecilie)
    refusal = refusal_of(lambda: outcomes.publish(dag.actor, outcome=found, version=found.version))
    assert refusal is Refusal.WRONG_STATE
    assert stored(need).state is NeedState.TESTING


def test_a_publication_that_fails_on_the_way_changes_nothing(
    project: Project, need: Need, cecilie: Person, dag: Person, person: Named
) -> None:
    other = make_accepted(person("Gry"), by=cecilie)
    link(project, other, by=cecilie)
    found = approved(make_draft(project, need, other, by=cecilie), writer=cecilie, by=dag)
    before = rows_in_all_tables()
    # How far the second need is met can't be told: the first has been moved by then.
    answer = max(found.needs, key=lambda answer: answer.need_id)
    with db.session.no_autoflush:
        answer.verdict = None  # type: ignore[assignment]
        with pytest.raises(AttributeError):
            outcomes.publish(dag.actor, outcome=found, version=found.version)
    db.session.rollback()
    db.session.expire_all()
    assert rows_in_all_tables() == before
    assert loaded(found).state is OutcomeState.APPROVED
    assert loaded(found).published_at is None
    assert (stored(need).state, stored(other).state) == (NeedState.TESTING, NeedState.TESTING)
    assert events(EventKind.OUTCOME) == []
    assert "publish" not in set(db.session.scalars(select(AuditEntry.action)))


def test_a_publication_that_was_never_committed_changes_nothing(
    project: Project, need: Need, cecilie: Person, dag: Person
) -> None:
    found = approved(make_draft(project, need, by=cecilie), writer=cecilie, by=dag)
    before = rows_in_all_tables()
    outcomes.publish(dag.actor, outcome=found, version=found.version)
    assert rows_in_all_tables() != before
    assert told(EventKind.OUTCOME)
    db.session.rollback()
    db.session.expire_all()
    assert rows_in_all_tables() == before
    assert loaded(found).state is OutcomeState.APPROVED
    assert stored(need).state is NeedState.TESTING


def test_only_published_outcomes_are_for_everyone(
    project: Project, need: Need, cecilie: Person, dag: Person, person: Named
) -> None:
    bjorn = person("Bjørn")
    support.support(bjorn.actor, need=need)
    db.session.commit()
    draft = make_draft(project, need, by=cecilie)
    assert queries.published() == []
    assert queries.published_of_needs([need.id]) == {}
    assert queries.outcomes_for(bjorn.id, limit=3) == []
    publish(draft, writer=cecilie, approver=dag)
    assert [row.id for row in queries.published()] == [draft.id]
    assert [row.id for row in queries.published_of_project(project.id)] == [draft.id]
    assert [answer.text for answer in queries.published_of_needs([need.id])[need.id]] == ["Du kan nå ta bussen hjem."]
    assert [row.id for row in queries.outcomes_for(bjorn.id, limit=3)] == [draft.id]
    assert [row.id for row in queries.outcomes_for(need.author_id, limit=3)] == [draft.id]
    assert queries.outcomes_for(dag.id, limit=3) == []


def test_of_an_internal_project_the_outcome_names_no_project_on_the_timeline(
    project: Project, need: Need, cecilie: Person, dag: Person
) -> None:
    project.visibility = type(project.visibility).INTERNAL
    db.session.commit()
    publish(make_draft(project, need, by=cecilie), writer=cecilie, approver=dag)
    assert lines(need)[-1].project_id is None
    assert stored(need).state is NeedState.IN_USE


def test_a_need_answered_in_a_draft_but_no_longer_linked_can_be_left_out(
    project: Project, need: Need, cecilie: Person, person: Named
) -> None:
    other = make_accepted(person("Gry"), by=cecilie)
    link(project, other, by=cecilie)
    found = loaded(make_draft(project, need, other, by=cecilie))
    outcomes.edit(cecilie.actor, outcome=found, words=outcome_words(need), version=found.version)
    db.session.commit()
    assert db.session.scalars(select(OutcomeNeed.need_id)).all() == [need.id]


def test_a_need_linked_since_it_was_approved_must_be_answered_before_publishing(
    project: Project, need: Need, cecilie: Person, dag: Person, person: Named
) -> None:
    outcome = submitted(make_draft(project, need, by=cecilie), by=cecilie)
    outcomes.approve(dag.actor, outcome=outcome, version=outcome.version)
    db.session.commit()
    link(project, make_accepted(person("Bjørn"), by=cecilie), by=cecilie)
    with pytest.raises(Refused) as refused:
        outcomes.publish(dag.actor, outcome=outcome, version=outcome.version)
    assert refused.value.reason is Refusal.NEEDS_WITHOUT_ANSWER


def test_a_need_it_is_not_about_has_no_line_no_mail_and_is_counted_nowhere(
    project: Project, need: Need, cecilie: Person, dag: Person, person: Named
) -> None:
    other = make_accepted(person("Gry"), by=cecilie)
    link(project, other, by=cecilie)
    before = len(lines(other))
    draft = make_draft(project, need, by=cecilie, not_about=frozenset({other.id}))
    published = publish(draft, writer=cecilie, approver=dag)
    assert (published.not_about, published.people_behind) == ([other.id], 1)
    assert set(told(EventKind.OUTCOME)) == {"Astrid"}
    assert len(lines(other)) == before


@pytest.fixture
def three(project: Project, need: Need, cecilie: Person, person: Named) -> tuple[Need, Need, Need]:
    """Linked to the project: one being tested, one in use already that more people have, and one that most have."""
    bjorn = person("Bjørn")
    in_use, wide = (make_accepted(bjorn, by=cecilie, title=title) for title in ("I bruk", "Stort"))
    for one in (in_use, wide):
        link(project, one, by=cecilie)
    eva, farid = person("Eva"), person("Farid")
    for supporter, one in ((eva, in_use), (eva, wide), (farid, wide)):
        support.support(supporter.actor, need=one)
    in_use.state = NeedState.IN_USE
    db.session.commit()
    return need, in_use, wide


def test_a_result_speaks_first_to_what_it_takes_into_use_and_goes_on_doing_so(
    project: Project, three: tuple[Need, Need, Need], cecilie: Person, dag: Person
) -> None:
    need, in_use, wide = three
    words = {
        need.id: (Verdict.PARTLY, "Delvis."),
        in_use.id: (Verdict.MET, "Ja."),
        wide.id: (Verdict.NOT, "Ikke ennå."),
    }
    draft = loaded(make_draft(project, by=cecilie, needs=words))
    assert draft.foremost is not None
    assert draft.foremost.need_id == need.id
    found = loaded(publish(draft, writer=cecilie, approver=dag))
    assert found.foremost is not None
    assert (found.foremost.need_id, found.people_behind) == (need.id, 3)


def test_a_result_speaks_first_to_the_need_its_writers_chose(
    project: Project, three: tuple[Need, Need, Need], cecilie: Person, dag: Person
) -> None:
    chosen = three[1]
    draft = make_draft(project, *three, by=cecilie, foremost_need_id=chosen.id)
    found = loaded(publish(draft, writer=cecilie, approver=dag))
    assert found.foremost is not None
    assert found.foremost.need_id == chosen.id
