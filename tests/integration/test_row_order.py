"""What is read without asking for an order comes in none: no test may lean on the order of writing."""

from flask import Flask
from sqlalchemy import select

from participation.accounts.models import Person
from participation.extensions import db
from tests.people import make_person


def test_sqlite_gives_rows_without_an_order_backwards(ctx: Flask) -> None:
    for name in ("Astrid", "Bjørn", "Cecilie"):
        make_person(name)
    names = list(db.session.scalars(select(Person.name)))
    assert set(names) == {"Astrid", "Bjørn", "Cecilie"}
    if db.engine.dialect.name == "sqlite":
        assert names == ["Cecilie", "Bjørn", "Astrid"]
