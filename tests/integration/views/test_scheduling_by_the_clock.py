"""A result is published when the clock on the wall says so, also where summer and winter time begin between."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from participation import clock
from participation.outcomes import queries
from participation.outcomes.publishing import publish_due
from participation.outcomes.rules import OutcomeState
from participation.projects.rules import Phase
from tests import factories
from tests.forms import send
from tests.people import make_person

SignIn = Callable[[str], FlaskClient]
# On either side of the two nights: 28 March 2027 and 31 October 2027.
IN_WINTER, IN_SUMMER = datetime(2027, 3, 20, 11, tzinfo=UTC), datetime(2027, 10, 20, 10, tzinfo=UTC)


def approved(app: Flask) -> int:
    with app.app_context():
        astrid, cecilie, dag = (make_person(name) for name in ("Astrid", "Cecilie", "Dag"))
        need, project = factories.make_accepted(astrid, by=cecilie), factories.make_project(cecilie)
        factories.link(project, need, by=cecilie)
        factories.enter(project, Phase.PILOTING, by=cecilie)
        return factories.approve(factories.make_draft(project, need, by=cecilie), writer=cecilie, approver=dag).id


@pytest.mark.parametrize(
    ("now", "day", "at", "shown", "moment"),
    [
        (IN_WINTER, "2027-03-28", "09:30", "28. mars 2027 kl. 09.30", datetime(2027, 3, 28, 7, 30, tzinfo=UTC)),
        (IN_SUMMER, "2027-10-31", "09:30", "31. oktober 2027 kl. 09.30", datetime(2027, 10, 31, 8, 30, tzinfo=UTC)),
    ],
)
def test_a_result_is_published_at_the_minute_chosen_on_the_other_side_of_a_change_of_time(
    app: Flask, signed_in: SignIn, now: datetime, day: str, at: str, shown: str, moment: datetime
) -> None:
    with clock.travel(now):
        number, dag = approved(app), signed_in("Dag")
        page = f"/redaksjonen/resultater/{number}"
        assert send(dag, page, f"{page}/planlegg", day=day, at=at).status_code == 302
        assert shown in dag.get(page).text
    for moved, count in ((-timedelta(seconds=1), 0), (timedelta(), 1)):
        with app.app_context(), clock.travel(moment + moved):
            assert publish_due(clock.now()) == count
    with app.app_context():
        outcome = queries.outcome(number)
        assert outcome is not None
        assert (outcome.state, outcome.published_at) == (OutcomeState.PUBLISHED, moment)


@pytest.mark.parametrize(
    ("now", "day", "said"),
    [
        (IN_WINTER, "2027-03-28", "The clocks are put forward that night, and this time does not exist."),
        (IN_SUMMER, "2027-10-31", "The clocks are put back that night, and this time comes twice."),
    ],
)
def test_a_time_that_the_night_does_not_have_once_is_asked_for_again(
    app: Flask, signed_in: SignIn, now: datetime, day: str, said: str
) -> None:
    with clock.travel(now):
        number, dag = approved(app), signed_in("Dag")
        page = f"/redaksjonen/resultater/{number}"
        dag.get(f"{page}?sprak=en")
        answer = send(dag, page, f"{page}/planlegg", day=day, at="02:30")
        assert answer.status_code == 400
        assert f"{said} Choose a time before 02:00, or 03:00 or later." in answer.text
        assert f'value="{day}"' in answer.text
        assert send(dag, page, f"{page}/planlegg", day=day, at="03:00").status_code == 302
