from collections.abc import Callable

import pytest
from flask import Flask

from participation.accounts.models import Person
from participation.extensions import db
from participation.insights.queries import drift
from participation.needs.models import Need, NeedDraft
from participation.needs.service import save_draft, withdraw
from participation.notifications.queries import is_subscribed
from participation.notifications.rules import Reason
from participation.refusals import Refusal, Refused
from participation.support import service as support
from participation.support.queries import is_supporter
from tests.factories import make_need, need_words

Named = Callable[[str], Person]


def stored(need: Need) -> Need:
    return db.session.get_one(Need, need.id, populate_existing=True)


def test_proposing_is_the_first_support(person: Named) -> None:
    astrid = person("Astrid")
    need = make_need(astrid)
    assert stored(need).support_count == 1
    assert is_supporter(astrid.id, need_id=need.id)


def test_a_second_support_by_the_same_person_changes_nothing(person: Named) -> None:
    need, bjorn = make_need(person("Astrid")), person("Bjørn")
    assert support.support(bjorn.actor, need=need) is True
    db.session.commit()
    heat = stored(need).heat
    assert support.support(bjorn.actor, need=need) is False
    db.session.commit()
    assert (stored(need).support_count, stored(need).heat) == (2, heat)


def test_supporting_subscribes_and_withdrawing_ends_it(person: Named) -> None:
    need, bjorn = make_need(person("Astrid")), person("Bjørn")
    support.support(bjorn.actor, need=need)
    assert is_subscribed(bjorn.id, subject=need.subject, reason=Reason.SUPPORTER)
    support.withdraw(bjorn.actor, need=need)
    assert not is_subscribed(bjorn.id, subject=need.subject, reason=Reason.SUPPORTER)
    assert stored(need).support_count == 1


def test_withdrawing_what_was_never_given_changes_nothing(person: Named) -> None:
    need, bjorn = make_need(person("Astrid")), person("Bjørn")
    assert support.withdraw(bjorn.actor, need=need) is False
    assert stored(need).support_count == 1


def test_support_given_and_taken_back_leaves_the_heat_as_it_was(person: Named) -> None:
    need, bjorn = make_need(person("Astrid")), person("Bjørn")
    before = stored(need).heat
    support.support(bjorn.actor, need=need)
    db.session.commit()
    support.withdraw(bjorn.actor, need=need)
    db.session.commit()
    assert stored(need).heat == pytest.approx(before)


def test_a_withdrawn_need_takes_no_support(person: Named) -> None:
    astrid, bjorn = person("Astrid"), person("Bjørn")
    need = make_need(astrid)
    withdraw(astrid.actor, need=need)
    with pytest.raises(Refused) as refused:
        support.support(bjorn.actor, need=need)
    assert refused.value.reason is Refusal.CLOSED_FOR_SUPPORT


def test_the_same_draft_sent_twice_gives_one_need(person: Named) -> None:
    astrid = person("Astrid")
    key = save_draft(None, person_id=astrid.id, fields={"title": "Bussen"})
    first = support.propose(astrid.actor, words=need_words(), name_hidden=False, within_days=30, draft_key=key)
    db.session.commit()
    second = support.propose(astrid.actor, words=need_words(), name_hidden=False, within_days=30, draft_key=key)
    db.session.commit()
    assert first.id == second.id
    assert db.session.get(NeedDraft, key) is None


def test_counters_never_drift_and_a_drift_would_be_seen(person: Named, ctx: Flask) -> None:
    need = make_need(person("Astrid"))
    support.support(person("Bjørn").actor, need=need)
    db.session.commit()
    assert drift() == []
    need.support_count = 7
    db.session.commit()
    assert [(found.counter, found.stored, found.counted) for found in drift()] == [("support_count", 7, 2)]
