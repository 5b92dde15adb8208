"""Every request in every test is watched (tests/databases.py); here the watch is shown to see."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import update

from participation.accounts.models import Person
from participation.extensions import db
from participation.web.access import public
from tests.factories import theme_and_area
from tests.guards.writes import WroteWithoutCommit

Forget = Callable[[], None]


def forget_object() -> None:
    theme_and_area()[0].nb = "Noe annet"


def forget_statement() -> None:
    db.session.execute(update(Person).values(name="Noen andre"))


@pytest.mark.parametrize("forget", [forget_object, forget_statement])
def test_a_view_that_forgets_to_commit_is_seen(faulty_app: Flask, forget: Forget) -> None:
    @faulty_app.get("/glemsom")
    @public
    def forgetful_view() -> str:
        forget()
        return "ok"

    with faulty_app.app_context():
        theme_and_area()
    with pytest.raises(WroteWithoutCommit):
        faulty_app.test_client().get("/glemsom")
