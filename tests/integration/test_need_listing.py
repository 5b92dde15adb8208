"""The list shows what it is asked for, each need once, in order and on every page; and its counts are right."""

from collections.abc import Callable, Iterable
from random import Random
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, event

from participation import clock
from participation.accounts.models import Person
from participation.extensions import db
from participation.needs import listing, tallies
from participation.needs.listing import Sort, list_needs
from participation.needs.models import Area, Need, Theme
from participation.needs.queries import NeedFilter
from participation.needs.rules import NOT_LISTED, NeedState
from participation.web.pagination import Cursor

Named = Callable[[str], Person]
NEEDS = 90
ASKED = 12
VALUE: dict[Sort, Callable[[Need], float]] = {
    Sort.CURRENT: lambda need: need.heat,
    Sort.NEWEST: lambda need: need.id,
    Sort.SUPPORTED: lambda need: need.support_count,
    Sort.COMMENTED: lambda need: need.comment_count,
}


@pytest.fixture
def town(person: Named) -> list[Need]:
    """Needs of all sorts: of three themes, in three areas, in any state, with many ties; the same on each run."""
    random, author = Random(7), person("Astrid")  # noqa: S311 no secrets
    themes = [Theme(key=f"t{number}", nb="T", nn="T", en="T") for number in range(3)]
    areas = [Area(key=f"a{number}", name="A") for number in range(3)]
    db.session.add_all([*themes, *areas])
    db.session.flush()
    made = [_need(number, random, author, themes, areas) for number in range(NEEDS)]
    db.session.add_all(made)
    db.session.commit()
    return made


def _need(number: int, random: Random, author: Person, themes: list[Theme], areas: list[Area]) -> Need:
    return Need(
        reference=f"B-{number}",
        title=f"Behov nummer {number}",
        description="x",
        affected="x",
        solution="",
        theme_id=random.choice(themes).id,
        area_id=random.choice(areas).id,
        author_id=author.id,
        state=random.choice(list(NeedState)),
        created_at=clock.now(),
        news_at=clock.now(),
        first_answer_by=clock.today(),
        support_count=random.randrange(4),
        comment_count=random.randrange(3),
        heat=random.choice([0.5, 1.25, 1e25, random.random() * 1e24]),
    )


def some_filters(town: list[Need]) -> list[NeedFilter]:
    random = Random(11)  # noqa: S311 no secrets
    themes, areas = sorted({need.theme_id for need in town}), sorted({need.area_id for need in town})
    states = sorted(frozenset(NeedState) - NOT_LISTED)
    drawn = [
        NeedFilter(
            themes=frozenset(random.sample(themes, random.randrange(3))),
            areas=frozenset(random.sample(areas, random.randrange(3))),
            states=frozenset(random.sample(states, random.randrange(4))),
        )
        for _ in range(ASKED)
    ]
    return [NeedFilter(), NeedFilter(themes=frozenset({-1})), *drawn]


def fits(need: Need, wanted: NeedFilter) -> bool:
    return (
        need.state not in NOT_LISTED
        and need.theme_id in (wanted.themes or {need.theme_id})
        and need.area_id in (wanted.areas or {need.area_id})
        and need.state in (wanted.states or {need.state})
    )


def all_pages(wanted: NeedFilter, *, sort: Sort, among: list[int] | None = None) -> list[int]:
    found: list[int] = []
    after: Cursor | None = None
    while True:
        page = list_needs(wanted, sort=sort, among=among, after=after).page
        found += [need.id for need in page.rows]
        if page.next is None:
            return found
        after = Cursor.parse(str(page.next))
        assert after is not None


def ordered(needs: Iterable[Need], sort: Sort) -> list[int]:
    return [need.id for need in sorted(needs, key=lambda need: (VALUE[sort](need), need.id), reverse=True)]


def test_every_way_into_the_list_shows_each_need_once_in_its_order(town: list[Need]) -> None:
    some = [need.id for need in town[::2]]
    for wanted in some_filters(town):
        expected = [need for need in town if fits(need, wanted)]
        few = [need for need in expected if need.id in some]
        for sort in VALUE:
            assert all_pages(wanted, sort=sort) == ordered(expected, sort)
            assert all_pages(wanted, sort=sort, among=some) == ordered(few, sort)


def test_what_was_found_comes_in_the_order_in_which_it_was_ranked(town: list[Need]) -> None:
    ranked = [need.id for need in town if need.state not in NOT_LISTED]
    Random(3).shuffle(ranked)  # noqa: S311 no secrets
    assert all_pages(NeedFilter(), sort=Sort.BEST, among=ranked) == ranked


def test_what_is_more_than_is_looked_through_is_counted_as_the_least_there_is(town: list[Need]) -> None:
    many = [need.id for need in town] + list(range(10**6, 10**6 + listing.FOUND_MAX))
    assert list_needs(NeedFilter(), among=many).is_cut
    assert not list_needs(NeedFilter(), among=many[:NEEDS]).is_cut
    assert not list_needs(NeedFilter()).is_cut


def test_each_choice_says_how_many_needs_it_would_leave(town: list[Need]) -> None:
    some = [need.id for need in town[::2]]
    for wanted in some_filters(town):
        for among in (None, some):
            there = [need for need in town if among is None or need.id in among]
            counts = list_needs(wanted, among=among).counts
            assert counts.total == sum(fits(need, wanted) for need in there)
            for theme in {need.theme_id for need in town}:
                instead = NeedFilter(themes=frozenset({theme}), areas=wanted.areas, states=wanted.states)
                assert counts.themes[theme] == sum(fits(need, instead) for need in there)
            for state in frozenset(NeedState) - NOT_LISTED:
                instead = NeedFilter(themes=wanted.themes, areas=wanted.areas, states=frozenset({state}))
                assert counts.states[state] == sum(fits(need, instead) for need in there)


def test_several_pages_at_once_are_the_pages_after_each_other(town: list[Need]) -> None:
    def numbers(pages: int) -> list[int]:
        return [need.id for need in list_needs(NeedFilter(), pages=pages).page.rows]

    listed = ordered((need for need in town if need.state not in NOT_LISTED), Sort.CURRENT)
    assert numbers(1) == listed[: listing.NEEDS_A_PAGE]
    assert numbers(3) == listed[: 3 * listing.NEEDS_A_PAGE]


@pytest.mark.parametrize("cursor", ["1e300~5", "-1e300~5", "2.5~5", "0~1", "1e9~2147483647"])
def test_a_place_that_no_list_has_given_breaks_nothing(town: list[Need], cursor: str) -> None:
    after = Cursor.parse(cursor)
    for sort in Sort:
        for among in (None, [need.id for need in town]):
            assert list_needs(NeedFilter(), sort=sort, after=after, among=among).counts.total


WAYS = [
    ({}, {Sort.CURRENT: "state_heat", Sort.SUPPORTED: "state_support_count", Sort.COMMENTED: "state_comment_count"}),
    (
        {"themes": 1},
        {
            Sort.CURRENT: "theme_state_heat",
            Sort.SUPPORTED: "theme_state_support_count",
            Sort.COMMENTED: "theme_state_comment_count",
            Sort.NEWEST: "theme_state",
        },
    ),
    (
        {"areas": 2, "states": 1},
        {
            Sort.CURRENT: "area_state_heat",
            Sort.SUPPORTED: "area_state_support_count",
            Sort.COMMENTED: "area_state_comment_count",
            Sort.NEWEST: "area_state",
        },
    ),
    (
        {"themes": 2, "areas": 1, "states": 1},
        {
            Sort.CURRENT: "theme_area_state_heat",
            Sort.SUPPORTED: "theme_area_state_support_count",
            Sort.COMMENTED: "theme_area_state_comment_count",
            Sort.NEWEST: "theme_area_state",
        },
    ),
]


MANY_MORE = """
    INSERT INTO need (reference, title, description, affected, solution, theme_id, area_id, author_id, name_hidden,
        state, created_at, news_at, first_answer_by, support_count, comment_count, heat, version)
    SELECT reference || '-' || copy, title, description, affected, solution, theme_id, area_id, author_id, name_hidden,
        state, created_at, news_at, first_answer_by, support_count, comment_count, heat + copy * 1e23, version
    FROM need, generate_series(1, 60) AS copy
"""


def test_each_way_into_the_list_has_its_index_on_any_page(town: list[Need], ctx: Flask) -> None:
    deep = Cursor(1.0, town[40].id)
    for chosen, index_by_sort in WAYS:
        wanted = NeedFilter(
            themes=frozenset(sorted({need.theme_id for need in town})[: chosen.get("themes", 0)]),
            areas=frozenset(sorted({need.area_id for need in town})[: chosen.get("areas", 0)]),
            states=frozenset(sorted(NeedState)[: chosen.get("states", 0)]),
        )
        for sort, index in index_by_sort.items():
            for plan in plans(questions(wanted, sort=sort, after=None) + questions(wanted, sort=sort, after=deep)[-1:]):
                # Where every eighth need fits, going through the newest of all is as short.
                assert f"ix_need_list_{index} " in plan or (sort is Sort.NEWEST and "pk_need " in plan)


def questions(wanted: NeedFilter, *, sort: Sort, after: Cursor | None) -> list[tuple[str, Any]]:
    """What the database is asked for the places in the list."""
    asked = []

    def note(_connection: Connection, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        asked.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    list_needs(wanted, sort=sort, after=after)
    event.remove(db.engine, "before_cursor_execute", note)
    return [(statement, parameters) for statement, parameters in asked if "chosen_state" in statement]


def plans(asked: list[tuple[str, Any]]) -> list[str]:
    """How the database goes about each."""
    connection = db.session.connection()
    explain = "EXPLAIN QUERY PLAN "
    if db.engine.dialect.name == "postgresql":
        explain = "EXPLAIN "
        _let_it_look_large(connection)
    found = [
        "\n".join(str(row) for row in connection.exec_driver_sql(explain + statement, parameters))
        for statement, parameters in asked
    ]
    assert found
    return found


def _let_it_look_large(connection: Connection) -> None:
    """Among a few rows, PostgreSQL takes whichever index comes to hand. It all goes with the test's transaction."""
    if connection.exec_driver_sql("SELECT count(*) FROM need").scalar() == NEEDS:
        connection.exec_driver_sql(MANY_MORE)
        connection.exec_driver_sql("ANALYZE need")


def test_what_was_made_here_is_tallied(town: list[Need]) -> None:
    assert tallies.drift() == []
    assert sum(needs for *_place, needs in tallies.cells()) == NEEDS
