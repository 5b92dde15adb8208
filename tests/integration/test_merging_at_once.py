"""Accounts merged while something else happens to them: one person still has one voice."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from participation.accounts.models import Person
from participation.extensions import db
from participation.insights.queries import drift
from participation.refusals import Refusal
from participation.support import service as support
from tests.factories import make_need
from tests.merging import at_once, merge_by_number, support_by_number
from tests.told import stored

Named = Callable[[str], Person]


def test_the_same_merge_twice_at_once_is_done_once(ctx: Flask, person: Named) -> None:
    astrid, kari, kari2 = person("Astrid"), person("Kari"), person("Kari to")
    need = make_need(astrid)
    for each in (kari, kari2):
        support.support(each.actor, need=need)
    db.session.commit()
    one, other = kari.id, kari2.id
    done = at_once(ctx, *[lambda: merge_by_number(one, other)] * 2)
    assert sorted(done) == [False, True]
    assert stored(need).support_count == 2
    assert drift() == []


def test_two_merged_into_each_other_at_once_leave_one(ctx: Flask, person: Named) -> None:
    one, other = person("Kari").id, person("Kari to").id
    db.session.commit()
    done = at_once(ctx, lambda: merge_by_number(one, other), lambda: merge_by_number(other, one))
    assert sorted(done, key=str) == sorted([True, Refusal.ACCOUNT_CLOSED], key=str)
    assert len(db.session.scalars(select(Person).where(Person.closed_at.is_(None))).all()) == 1


def test_two_merges_that_share_needs_do_not_lock_each_other_out(ctx: Flask, person: Named) -> None:
    astrid = person("Astrid")
    needs = [make_need(astrid, title=f"Behov nummer {number} i bygda") for number in range(8)]
    people = [person(name) for name in ("Kari", "Kari to", "Odd", "Odd to")]
    for each, order in zip(people, (needs, needs[::-1], needs[::-1], needs), strict=True):
        for need in order:
            support.support(each.actor, need=need)
    db.session.commit()
    kari, kari2, odd, odd2 = (each.id for each in people)
    assert at_once(ctx, lambda: merge_by_number(kari, kari2), lambda: merge_by_number(odd, odd2)) == [True, True]
    assert [stored(need).support_count for need in needs] == [3] * 8
    assert drift() == []


@pytest.mark.parametrize("round_", range(3))
def test_a_support_given_as_the_accounts_become_one_counts_once(ctx: Flask, person: Named, round_: int) -> None:
    astrid, kari, kari2 = person("Astrid"), person("Kari"), person("Kari to")
    need = make_need(astrid)
    support.support(kari.actor, need=need)
    db.session.commit()
    one, other, number = kari.id, kari2.id, need.id
    merged, given = at_once(ctx, lambda: merge_by_number(one, other), lambda: support_by_number(other, number))
    assert merged is True
    assert given in (True, Refusal.ACCOUNT_CLOSED)
    assert stored(need).support_count == 2
    assert drift() == []
