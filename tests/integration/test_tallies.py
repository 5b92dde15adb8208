"""How many needs there are is right after whatever happens to them, and after what did not happen."""

import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from flask import Flask
from sqlalchemy import update

from participation.accounts.models import Person
from participation.extensions import db
from participation.insights import service as insights
from participation.insights.queries import drift
from participation.needs import answers, tallies
from participation.needs import service as needs
from participation.needs.models import Area, Need, NeedTally, Theme
from participation.needs.rules import NeedState
from participation.support import service as support
from tests.factories import make_need, make_project, need_words
from tests.integration.test_projects_at_once import at_once, stop, tie

Named = Callable[[str], Person]
PACKAGE = Path(tallies.__file__).parents[1]


def by_state() -> dict[NeedState, int]:
    return {state: count for _theme, _area, state, count in tallies.cells()}


def test_a_need_is_tallied_where_it_stands_and_moved_as_it_moves(person: Named) -> None:
    astrid, cecilie = person("Astrid"), person("Cecilie")
    need = make_need(astrid)
    make_need(astrid)
    assert by_state() == {NeedState.RECEIVED: 2}
    answers.accept(cecilie.actor, need=need, body="Ja.", version=need.version)
    db.session.commit()
    assert by_state() == {NeedState.RECEIVED: 1, NeedState.ACCEPTED: 1}
    needs.withdraw(astrid.actor, need=need)
    db.session.commit()
    assert by_state() == {NeedState.RECEIVED: 1, NeedState.WITHDRAWN: 1}
    assert tallies.drift() == []


def test_another_theme_and_area_are_another_place(person: Named) -> None:
    astrid = person("Astrid")
    need = make_need(astrid)
    theme, area = Theme(key="skole", nb="Skole", nn="Skule", en="School"), Area(key="lahell", name="Lahell")
    db.session.add_all([theme, area])
    db.session.flush()
    words = need_words(theme_id=theme.id, area_id=area.id)
    needs.edit(astrid.actor, need=need, words=words, version=need.version)
    db.session.commit()
    assert tallies.cells() == [(theme.id, area.id, NeedState.RECEIVED, 1)]


def test_what_is_set_without_being_read_is_moved_from_where_it_was(person: Named) -> None:
    need = make_need(person("Astrid"))
    db.session.expire_all()
    need.state = NeedState.DECLINED
    db.session.commit()
    assert by_state() == {NeedState.DECLINED: 1}


def test_what_is_taken_back_is_not_tallied(person: Named) -> None:
    astrid = person("Astrid")
    _propose(astrid)
    db.session.rollback()
    kept = _propose(astrid)
    savepoint = db.session.begin_nested()
    kept.state = NeedState.DECLINED
    _propose(astrid)
    savepoint.rollback()
    with db.session.begin_nested():
        _propose(astrid)
    db.session.commit()
    assert by_state() == {NeedState.RECEIVED: 2}
    assert tallies.drift() == []


def _propose(author: Person) -> Need:
    return support.propose(author.actor, words=need_words(), name_hidden=False, within_days=30)


def test_a_tally_that_has_drifted_is_seen_and_set_right(person: Named) -> None:
    make_need(person("Astrid"))
    db.session.execute(update(NeedTally).values(needs=5))
    db.session.commit()
    (found,) = drift()
    assert (found.kind, found.counter, found.stored, found.counted) == ("tally", "needs", 5, 1)
    insights.mend(found)
    db.session.commit()
    assert drift() == []


def test_many_who_report_answer_and_tie_at_once_wait_in_no_ring(ctx: Flask, person: Named) -> None:
    astrid, cecilie = person("Astrid"), person("Cecilie")
    waiting = [make_need(astrid).id for _ in range(4)]
    accepted = [_accept(make_need(astrid).id, cecilie) for _ in range(2)]
    db.session.commit()
    project = make_project(cecilie).id
    reports = [partial(_propose, astrid) for _ in range(3)]
    moves = [partial(_accept, number, cecilie) for number in waiting]
    ties = [partial(tie, project, number, by=cecilie) for number in accepted]
    done = at_once(ctx, *reports, *moves, *ties, partial(stop, project, by=cecilie))
    assert done[:7] == ["done"] * 7
    assert tallies.drift() == []


def _accept(number: int, by: Person) -> int:
    need = db.session.get_one(Need, number)
    answers.accept(by.actor, need=need, body="Ja.", version=need.version)
    return number


SETS_A_PLACE = re.compile(r"update\(Need\)[^;]{0,200}?values\([^)]*\b(theme_id|area_id|state)\s*=", re.DOTALL)


def statements_beside_the_session() -> Iterator[str]:
    """Where the code writes to needs by a statement of its own, which the tallies don't see."""
    for path in PACKAGE.rglob("*.py"):
        if "migrations" not in path.parts and SETS_A_PLACE.search(path.read_text(encoding="utf-8")):
            yield path.name


def test_nobody_moves_needs_by_a_statement_that_the_tallies_do_not_see() -> None:
    assert list(statements_beside_the_session()) == []


def test_such_a_statement_would_be_seen() -> None:
    assert SETS_A_PLACE.search('db.session.execute(update(Need).where(Need.id == 1).values(state="declined"))')
    assert not SETS_A_PLACE.search("update(Need).where(Need.state == old).values(heat=1)")
