"""A town with any number of needs, made by bulk inserts: themes, areas, states and support as skewed as they are."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import insert, text

from bench.many_people import FIRST, make_people
from bench.words import Words
from participation import clock
from participation.accounts import service as accounts
from participation.accounts.models import Person
from participation.audit import service as audit
from participation.audit.models import REINDEXED
from participation.comments.models import SUBJECT_KIND as COMMENT
from participation.comments.models import Comment
from participation.database import Base
from participation.demo import content
from participation.extensions import db
from participation.insights.service import take_figures
from participation.needs import tallies
from participation.needs.models import SUBJECT_KIND as NEED
from participation.needs.models import Area, Need, NeedUpdate, Theme
from participation.needs.rules import (
    HEAT_OF_COMMENT,
    HEAT_OF_NEED,
    HEAT_OF_SUPPORT,
    NOT_LISTED,
    UNANSWERED,
    NeedState,
    UpdateKind,
    heat,
)
from participation.search import service as search
from participation.search.analysis import VERSION
from participation.search.service import Findable
from participation.support.models import Support

ROWS_AT_ONCE = 5000
PEOPLE = 100
OTHERS = 2000
YEARS = 3
SUPPORT_SKEW = 1.6
"""Of a Pareto distribution: some 2.3 supports a need, and a few needs with hundreds."""
COMMENTS_A_NEED = 0.4
STATES = {
    NeedState.RECEIVED: 14,
    NeedState.ASSESSING: 12,
    NeedState.ACCEPTED: 26,
    NeedState.IN_PROJECT: 9,
    NeedState.TESTING: 3,
    NeedState.IN_USE: 12,
    NeedState.DECLINED: 20,
    NeedState.WITHDRAWN: 4,
}
Row = dict[str, Any]


def make_needs(count: int) -> list[Person]:
    """Needs numbered from 1, the oldest, in an empty database, each with a line, supporters and comments.

    Returns some of the people. The same count gives the same needs.
    """
    people = [accounts.add_person(f"Nabo {number}", email=f"nabo.{number}@example.com") for number in range(PEOPLE)]
    make_people(OTHERS)
    town = _Town([*(person.id for person in people), *range(FIRST, FIRST + OTHERS)], count)
    with _indexed_afterwards():
        for first in range(1, count + 1, ROWS_AT_ONCE):
            town.insert(range(first, min(first + ROWS_AT_ONCE, count + 1)))
            db.session.commit()
    tallies.count_anew()
    audit.mark_done(f"{REINDEXED}{VERSION}")
    _let_go_on_counting()
    take_figures()
    db.session.commit()
    return people


@contextmanager
def _indexed_afterwards() -> Iterator[None]:
    """The many indexes of the list are made faster of all rows at once than row by row."""
    table: Any = Need.__table__
    indexes = [index for index in table.indexes if index.name.startswith("ix_need_list_")]
    for index in indexes:
        index.drop(db.session.connection())
    db.session.commit()
    yield
    for index in indexes:
        index.create(db.session.connection())
    db.session.commit()


def _let_go_on_counting() -> None:
    """On PostgreSQL, numbers given by hand must be told of; and its figures of the tables come sooner or later."""
    if db.session.get_bind().dialect.name != "postgresql":
        return
    for table in ("need", "comment"):
        db.session.execute(text(f"SELECT setval('{table}_id_seq', (SELECT max(id) FROM {table}))"))  # noqa: S608 our own names
    db.session.execute(text("ANALYZE"))


def _places(random: Random) -> tuple[list[tuple[int, str]], list[int]]:
    """The demo town's themes and areas, in an order of their own: the first ones have most needs."""
    texts = content.load()
    themes, areas = [Theme(**row) for row in texts.themes], [Area(**row) for row in texts.areas]
    db.session.add_all([*themes, *areas])
    db.session.commit()
    found = [(theme.id, theme.key) for theme in themes], [area.id for area in areas]
    for some in found:
        random.shuffle(some)
    return found


class _Town:
    def __init__(self, people: list[int], count: int) -> None:
        self._random, self._people = Random(count), people  # noqa: S311 no secrets
        self._words = Words(self._random)
        self._themes, self._areas = _places(self._random)
        self._now = clock.now()
        self._apart = timedelta(days=365 * YEARS) / count
        self._count, self._comments_made = count, 0

    def insert(self, numbers: range) -> None:
        needs, supports, comments = [], [], []
        states = self._random.choices(list(STATES), list(STATES.values()), k=len(numbers))
        themes = self._random.choices(
            self._themes, [1 / rank for rank in range(1, len(self._themes) + 1)], k=len(numbers)
        )
        areas = self._random.choices(self._areas, [1 / rank for rank in range(1, len(self._areas) + 1)], k=len(numbers))
        for number, state, theme, area in zip(numbers, states, themes, areas, strict=True):
            need = self._need(number, state, theme) | {"area_id": area}
            mine, said = list(self._supports(need)), list(self._comments(need, theme[1]))
            need |= {"support_count": len(mine), "comment_count": len(said), "heat": _heat(need, mine, said)}
            needs.append(need)
            supports += mine
            comments += said
        _insert_all(needs, supports, comments)

    def _need(self, number: int, state: NeedState, theme: tuple[int, str]) -> Row:
        created_at = self._now - self._apart * (self._count - number)
        is_owed = state in UNANSWERED
        return {
            "id": number,
            "reference": f"B-2000-{number:04d}",
            "title": self._words.title(theme[1]),
            "description": self._words.text(theme[1]),
            "affected": self._words.affected(theme[1]),
            "solution": "",
            "theme_id": theme[0],
            "author_id": self._random.choice(self._people),
            "name_hidden": False,
            "state": state,
            "created_at": created_at,
            "news_at": created_at,
            "answer_by": (created_at + timedelta(days=30)).date() if is_owed else None,
            "first_answer_by": (created_at + timedelta(days=30)).date(),
            "first_answer_at": None if is_owed else created_at + timedelta(days=9),
            "version": 1,
        }

    def _supports(self, need: Row) -> Iterator[Row]:
        """Its author first, then others."""
        count = min(int(self._random.paretovariate(SUPPORT_SKEW)), len(self._people))
        at = self._people.index(need["author_id"]) if count > 1 else 0
        people = (
            [self._people[(at + step) % len(self._people)] for step in range(count)]
            if count > 1
            else [need["author_id"]]
        )
        for person in people:
            yield {"need_id": need["id"], "person_id": person, "created_at": self._later(need["created_at"])}

    def _comments(self, need: Row, theme: str) -> Iterator[Row]:
        while self._random.random() < COMMENTS_A_NEED / (1 + COMMENTS_A_NEED):
            self._comments_made += 1
            yield {
                "id": self._comments_made,
                "need_id": need["id"],
                "author_id": self._random.choice(self._people),
                "body": self._words.affected(theme),
                "as_staff": False,
                "created_at": self._later(need["created_at"]),
            }

    def _later(self, moment: datetime) -> datetime:
        return min(moment + timedelta(days=self._random.expovariate(1 / 20)), self._now)


def _heat(need: Row, supports: list[Row], comments: list[Row]) -> float:
    found = heat(HEAT_OF_NEED, at=need["created_at"])
    found += sum(heat(HEAT_OF_SUPPORT, at=row["created_at"]) for row in supports)
    return found + sum(heat(HEAT_OF_COMMENT, at=row["created_at"]) for row in comments)


def _insert_all(needs: list[Row], supports: list[Row], comments: list[Row]) -> None:
    _write(Need, needs)
    _write(NeedUpdate, [_line(need) for need in needs])
    _write(Support, supports)
    _write(Comment, comments)
    search.index(NEED, *(_findable(need) for need in needs if need["state"] not in NOT_LISTED))
    search.index(COMMENT, *(Findable(row["id"], "", (row["body"],)) for row in comments))
    db.session.expunge_all()


def _write(model: type[Base], rows: list[Row]) -> None:
    connection = db.session.connection()
    if not rows:
        return
    if connection.dialect.name != "postgresql":
        connection.execute(insert(model), rows)
        return
    columns = list(rows[0])
    cursor: Any = connection.connection.cursor()
    with cursor.copy(f"COPY {model.__tablename__} ({', '.join(columns)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row([getattr(row[name], "value", row[name]) for name in columns])


def _line(need: Row) -> Row:
    return {
        "need_id": need["id"],
        "kind": UpdateKind.RECEIVED,
        "state": NeedState.RECEIVED,
        "body": "",
        "mail_body": "",
        "would_change": "",
        "detail": "",
        "at": need["created_at"],
        "actor_id": need["author_id"],
    }


def _findable(need: Row) -> Findable:
    return Findable(need["id"], need["title"], (need["description"], need["affected"], need["reference"]))
