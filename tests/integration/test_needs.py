from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from participation import clock
from participation.accounts.models import Person
from participation.audit.models import AuditEntry
from participation.extensions import db
from participation.needs import answers, listing, queries
from participation.needs import service as needs
from participation.needs.models import Need, NeedDraft, NeedRevision
from participation.needs.queries import NeedFilter, QueueView
from participation.needs.rules import NeedState, UpdateKind
from participation.notifications.rules import DeliveryStatus, EventKind, Reason
from participation.refusals import Refusal, Refused
from participation.support import service as support
from tests.factories import in_days, make_need, need_words, theme_and_area
from tests.told import lines, stored, told

Named = Callable[[str], Person]
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def refusal_of(do: Callable[[], object]) -> Refusal:
    """Why it was refused; what it had begun is undone, as a page does."""
    with pytest.raises(Refused) as refused:
        do()
    db.session.rollback()
    return refused.value.reason


def test_references_count_up_within_the_year_and_begin_anew_with_the_next(person: Named) -> None:
    astrid = person("Astrid")
    with clock.travel(NOON):
        first, second = make_need(astrid), make_need(astrid)
    # An hour past midnight in Oslo on New Year's Eve, by UTC.
    with clock.travel(datetime(2026, 12, 31, 23, 30, tzinfo=UTC)):
        third = make_need(astrid)
    assert [need.reference for need in (first, second, third)] == ["B-2026-0001", "B-2026-0002", "B-2027-0001"]


def test_a_reference_that_was_rolled_back_is_given_to_the_next(person: Named) -> None:
    astrid = person("Astrid")
    with clock.travel(NOON):
        support.propose(astrid.actor, words=need_words(), name_hidden=False, within_days=30)
        db.session.rollback()
        assert make_need(astrid).reference == "B-2026-0001"


def test_an_answer_is_promised_within_the_days_given(person: Named) -> None:
    with clock.travel(NOON):
        need = make_need(person("Astrid"))
    assert (need.answer_by, need.first_answer_by) == (date(2026, 12, 23), date(2026, 12, 23))
    assert [(line.kind, line.state, line.answer_by) for line in lines(need)] == [
        (UpdateKind.RECEIVED, NeedState.RECEIVED, date(2026, 12, 23))
    ]


def test_only_the_author_gets_a_receipt(person: Named) -> None:
    astrid, bjorn = person("Astrid"), person("Bjørn")
    need = make_need(astrid)
    support.support(bjorn.actor, need=need)
    db.session.commit()
    assert told(EventKind.RECEIVED) == {"Astrid": (Reason.AUTHOR, DeliveryStatus.PENDING)}


def test_a_theme_or_area_that_never_was_is_refused(person: Named) -> None:
    astrid = person("Astrid")
    assert refusal_of(lambda: make_need(astrid, theme_id=999_999)) is Refusal.THEME_OR_AREA_GONE
    assert refusal_of(lambda: make_need(astrid, area_id=999_999)) is Refusal.THEME_OR_AREA_GONE


def test_a_theme_put_out_of_use_takes_no_new_needs(person: Named) -> None:
    astrid = person("Astrid")
    theme, _area = theme_and_area()
    words = need_words()
    theme.active = False
    db.session.commit()
    refusal = refusal_of(lambda: support.propose(astrid.actor, words=words, name_hidden=False, within_days=30))
    assert refusal is Refusal.THEME_OR_AREA_GONE


def test_an_edit_within_the_hour_keeps_the_former_words(person: Named) -> None:
    astrid = person("Astrid")
    with clock.travel(NOON):
        need = make_need(astrid)
    with clock.travel(NOON + timedelta(minutes=59)):
        needs.edit(astrid.actor, need=need, words=need_words(title="Flere kveldsbusser"), version=need.version)
        db.session.commit()
    kept = db.session.scalars(select(NeedRevision)).one()
    assert kept.fields["title"] == "Bussen går for sjelden om kvelden"
    assert stored(need).title == "Flere kveldsbusser"
    assert stored(need).edited_at == NOON + timedelta(minutes=59)


def test_an_edited_need_is_found_by_its_new_words_only(person: Named) -> None:
    astrid = person("Astrid")
    need = make_need(astrid, title="Belysning langs gangveien")
    needs.edit(astrid.actor, need=need, words=need_words(title="Gatelys ved skolen"), version=need.version)
    db.session.commit()
    assert queries.found_by_text("gatelys").ids == [need.id]
    assert queries.found_by_text("belysning").ids == []


def test_an_hour_later_nothing_is_changed(person: Named) -> None:
    astrid = person("Astrid")
    with clock.travel(NOON):
        need = make_need(astrid)
    with clock.travel(NOON + timedelta(hours=1)):
        refusal = refusal_of(
            lambda: needs.edit(
                astrid.actor, need=need, words=need_words(title="Noe annet enn før"), version=need.version
            )
        )
    assert refusal is Refusal.TOO_LATE_TO_EDIT
    assert stored(need).title == "Bussen går for sjelden om kvelden"
    assert db.session.scalars(select(NeedRevision)).all() == []


def test_nobody_touches_anothers_need(person: Named) -> None:
    need, bjorn = make_need(person("Astrid")), person("Bjørn").actor
    version = need.version
    refusals = {
        refusal_of(lambda: needs.edit(bjorn, need=need, words=need_words(), version=version)),
        refusal_of(lambda: needs.add(bjorn, need=need, body="Jeg også.", version=version)),
        refusal_of(lambda: needs.withdraw(bjorn, need=need)),
        refusal_of(lambda: needs.set_name_hidden(bjorn, need=need, hidden=True)),
    }
    assert refusals == {Refusal.NOT_YOURS}
    assert stored(need).version == version


def test_a_form_that_shows_an_older_need_changes_nothing(person: Named) -> None:
    astrid, cecilie = person("Astrid"), person("Cecilie")
    need = make_need(astrid)
    seen = need.version
    answers.assess(cecilie.actor, need=need, version=seen)
    db.session.commit()
    late = [
        lambda: needs.edit(astrid.actor, need=need, words=need_words(), version=seen),
        lambda: needs.add(astrid.actor, need=need, body="Mer.", version=seen),
        lambda: answers.assess(cecilie.actor, need=need, version=seen),
        lambda: answers.accept(cecilie.actor, need=need, body="Ja.", version=seen),
        lambda: answers.decline(cecilie.actor, need=need, body="Nei.", would_change="Mer.", version=seen),
        lambda: answers.answer_provisionally(
            cecilie.actor, need=need, body="Vent.", answer_by=in_days(60), version=seen
        ),
    ]
    assert {refusal_of(do) for do in late} == {Refusal.CHANGED_MEANWHILE}


def test_support_does_not_disturb_who_is_writing_an_answer(person: Named) -> None:
    cecilie, need = person("Cecilie"), make_need(person("Astrid"))
    seen = need.version
    support.support(person("Bjørn").actor, need=need)
    db.session.commit()
    answers.assess(cecilie.actor, need=need, version=seen)
    db.session.commit()
    assert stored(need).state is NeedState.ASSESSING


def test_an_addition_stands_on_the_timeline_and_the_same_form_twice_adds_once(person: Named) -> None:
    astrid = person("Astrid")
    need = make_need(astrid)
    seen = need.version
    needs.add(astrid.actor, need=need, body="Det gjelder også lørdager.", version=seen)
    db.session.commit()
    again = refusal_of(lambda: needs.add(astrid.actor, need=need, body="Det gjelder også lørdager.", version=seen))
    assert again is Refusal.CHANGED_MEANWHILE
    added = [line.body for line in lines(need) if line.kind is UpdateKind.ADDITION]
    assert added == ["Det gjelder også lørdager."]
    assert stored(need).state is NeedState.RECEIVED


def test_withdrawing_twice_is_withdrawing_once(person: Named) -> None:
    astrid = person("Astrid")
    need = make_need(astrid)
    for _ in range(2):
        needs.withdraw(astrid.actor, need=need)
        db.session.commit()
    assert stored(need).state is NeedState.WITHDRAWN
    assert stored(need).answer_by is None
    assert [line.kind for line in lines(need)] == [UpdateKind.RECEIVED, UpdateKind.WITHDRAWN]


def test_a_declined_need_is_not_withdrawn(person: Named) -> None:
    astrid, cecilie = person("Astrid"), person("Cecilie")
    need = make_need(astrid)
    answers.decline(cecilie.actor, need=need, body="Nei.", would_change="Mer.", version=need.version)
    db.session.commit()
    assert refusal_of(lambda: needs.withdraw(astrid.actor, need=need)) is Refusal.WRONG_STATE


def test_a_withdrawn_need_is_no_longer_listed(person: Named) -> None:
    astrid = person("Astrid")
    need, other = make_need(astrid), make_need(astrid)
    needs.withdraw(astrid.actor, need=need)
    db.session.commit()
    assert [found.id for found in listing.list_needs(NeedFilter()).page.rows] == [other.id]


def test_the_author_hides_and_shows_their_name_and_each_change_is_noted_once(person: Named) -> None:
    astrid = person("Astrid")
    need = make_need(astrid, name_hidden=True)
    for hidden in (True, False, False):
        needs.set_name_hidden(astrid.actor, need=need, hidden=hidden)
        db.session.commit()
    assert stored(need).name_hidden is False
    noted = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "name_hidden_set")).all()
    assert [entry.facts for entry in noted] == [{"hidden": False}]


def test_a_draft_is_kept_under_its_key_and_found_by_who_holds_it(person: Named) -> None:
    astrid, bjorn = person("Astrid"), person("Bjørn")
    key = needs.save_draft(None, person_id=None, fields={"title": "Bussen"})
    assert needs.save_draft(key, person_id=None, fields={"title": "Bussen går"}) == key
    db.session.commit()
    needs.claim_draft(key, person_id=astrid.id)
    db.session.commit()
    db.session.expire_all()
    kept = queries.draft(key, person_id=astrid.id)
    assert kept is not None
    assert kept.fields == {"title": "Bussen går"}
    assert queries.draft(key, person_id=bjorn.id) is None
    assert queries.draft(key, person_id=None) is None


def test_nobody_writes_over_claims_or_discards_anothers_draft(person: Named) -> None:
    astrid, bjorn = person("Astrid"), person("Bjørn")
    key = needs.save_draft(None, person_id=astrid.id, fields={"title": "Mitt"})
    db.session.commit()
    assert needs.save_draft(key, person_id=bjorn.id, fields={"title": "Ditt"}) != key
    needs.claim_draft(key, person_id=bjorn.id)
    needs.discard_draft(key, person_id=bjorn.id)
    db.session.commit()
    db.session.expire_all()
    kept = db.session.get_one(NeedDraft, key)
    assert (kept.person_id, kept.fields) == (astrid.id, {"title": "Mitt"})


def test_the_queue_has_the_longest_overdue_first_and_only_what_is_owed(person: Named, ctx: Flask) -> None:
    astrid, cecilie = person("Astrid"), person("Cecilie")
    made: list[Need] = []
    for days_ago in (40, 5, 50):
        with clock.travel(NOON - timedelta(days=days_ago)):
            made.append(make_need(astrid))
    old, new, oldest = made
    with clock.travel(NOON):
        done = make_need(astrid)
        answers.accept(cecilie.actor, need=done, body="Ja.", version=done.version)
        answers.assess(cecilie.actor, need=new, version=new.version)
        db.session.commit()
    today = NOON.date()

    def queue(view: QueueView) -> list[int]:
        found = queries.queue(view, person_id=cecilie.id, today=today, wanted=NeedFilter())
        return [need.id for need in found.rows]

    assert queue(QueueView.OWED) == [oldest.id, old.id, new.id]
    assert queue(QueueView.OVERDUE) == [oldest.id, old.id]
    assert queue(QueueView.MINE) == [new.id]
    assert queue(QueueView.UNASSIGNED) == [oldest.id, old.id]
    assert queue(QueueView.ACCEPTED) == [done.id]
    owed = queries.owed(person_id=cecilie.id, today=today, week_ends=today + timedelta(days=7))
    assert (owed.overdue, owed.this_week, owed.in_all, owed.mine, owed.unassigned) == (2, 0, 3, 1, 2)
    assert [queries.next_owed(oldest), queries.next_owed(old), queries.next_owed(new)] == [old, new, None]
    assert [queries.previous_owed(new), queries.previous_owed(oldest)] == [old, None]


def test_staff_find_a_need_by_reference_or_number(person: Named) -> None:
    with clock.travel(NOON):
        need = make_need(person("Astrid"))
    for text in ("b-2026-0001", " B-2026-0001 ", str(need.id), f"#{need.id}"):
        assert queries.need_by_reference(text) is need


def test_staff_find_nothing_by_junk(person: Named) -> None:
    make_need(person("Astrid"))
    for junk in ("", "B-", "0", "99999999999999999999", "²", "%", "-1"):
        assert queries.need_by_reference(junk) is None
