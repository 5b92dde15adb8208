"""A town with any number of needs, made by bulk inserts."""

from datetime import timedelta
from typing import Any

from sqlalchemy import insert

from participation import clock
from participation.accounts import service as accounts
from participation.accounts.models import Person
from participation.extensions import db
from participation.insights.service import take_figures
from participation.needs.models import SUBJECT_KIND, Need, NeedUpdate
from participation.needs.rules import HEAT_OF_NEED, NeedState, UpdateKind, heat
from participation.search.models import SearchDocument
from participation.search.rules import normalise
from participation.support.models import Support
from tests.factories import theme_and_area

ROWS_AT_ONCE = 5000
PEOPLE = 100
STATES = [NeedState.RECEIVED, NeedState.ASSESSING, NeedState.ACCEPTED, NeedState.IN_PROJECT]
DESCRIPTION = (
    "Etter klokka åtte går det bare én buss i timen fra Lierbyen, og de siste går fra stasjonen til fots. " * 3
)


def make_needs(count: int) -> list[Person]:
    """Needs numbered from 1 in an empty database, each with a line and a supporter; returns the people."""
    people = [accounts.add_person(f"Nabo {number}", email=f"nabo.{number}@example.org") for number in range(PEOPLE)]
    theme, area = theme_and_area()
    of_all = {"theme_id": theme.id, "area_id": area.id}
    for first in range(1, count + 1, ROWS_AT_ONCE):
        numbers = range(first, min(first + ROWS_AT_ONCE, count + 1))
        needs = [_need(number, people[number % PEOPLE]) | of_all for number in numbers]
        db.session.execute(insert(Need), needs)
        db.session.execute(insert(NeedUpdate), [_line(need) for need in needs])
        db.session.execute(insert(SearchDocument), [_document(need) for need in needs])
        db.session.execute(insert(Support), [_support(need) for need in needs])
        db.session.commit()
    take_figures()
    db.session.commit()
    return people


def _need(number: int, author: Person) -> dict[str, Any]:
    created_at = clock.now() - timedelta(minutes=number)
    return {
        "id": number,
        "reference": f"B-2000-{number:04d}",
        "title": f"Bussen går for sjelden om kvelden, sak {number}",
        "description": DESCRIPTION,
        "affected": "Ungdom og de som jobber sent.",
        "solution": "",
        "author_id": author.id,
        "state": STATES[number % len(STATES)],
        "created_at": created_at,
        "news_at": created_at,
        "first_answer_by": created_at.date(),
        "first_answer_at": created_at,
        "support_count": 1,
        "heat": heat(HEAT_OF_NEED, at=created_at),
        "version": 1,
    }


def _line(need: dict[str, Any]) -> dict[str, Any]:
    return {
        "need_id": need["id"],
        "kind": UpdateKind.RECEIVED,
        "state": NeedState.RECEIVED,
        "at": need["created_at"],
        "actor_id": need["author_id"],
    }


def _document(need: dict[str, Any]) -> dict[str, Any]:
    text = normalise(f"{need['title']} {need['description']} {need['reference']}")
    return {"kind": SUBJECT_KIND, "object_id": need["id"], "text": text}


def _support(need: dict[str, Any]) -> dict[str, Any]:
    return {"need_id": need["id"], "person_id": need["author_id"], "created_at": need["created_at"]}
