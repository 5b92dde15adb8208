from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from participation import clock
from participation.accounts.models import Person
from participation.comments import service as comments
from participation.extensions import db
from participation.insights.queries import count_figures, drift, figures
from participation.insights.service import mend, take_figures
from participation.needs import answers
from participation.needs.models import Need
from participation.needs.rules import NeedState
from participation.needs.service import withdraw
from participation.notifications.models import Delivery
from participation.notifications.rules import DeliveryStatus
from participation.projects.rules import Phase
from participation.support import service as support
from tests.factories import enter, in_days, link, make_accepted, make_draft, make_need, make_project, publish

Named = Callable[[str], Person]
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def answered(author: Person, *, by: Person, days_ago: int, after_days: int) -> Need:
    """A need reported so long ago and first answered so many days later."""
    with clock.travel(NOON - timedelta(days=days_ago)):
        need = make_need(author)
    with clock.travel(NOON - timedelta(days=days_ago - after_days)):
        answers.answer_provisionally(by.actor, need=need, body="Vent.", answer_by=in_days(90), version=need.version)
        db.session.commit()
    return need


def test_an_empty_municipality_has_no_times_and_divides_by_nothing(person: Named) -> None:
    person("Astrid")
    found = count_figures()
    assert (found.needs, found.supports, found.due, found.told) == (0, 0, 0, 0)
    assert found.median_days_to_answer is None
    assert found.in_time_percent is None


def test_figures_tell_how_many_how_fast_and_how_many_in_time(person: Named) -> None:
    astrid, cecilie = person("Astrid"), person("Cecilie")
    answered(astrid, by=cecilie, days_ago=100, after_days=2)
    answered(astrid, by=cecilie, days_ago=100, after_days=30)
    answered(astrid, by=cecilie, days_ago=100, after_days=40)
    with clock.travel(NOON - timedelta(days=40)):
        make_need(astrid)
    with clock.travel(NOON - timedelta(days=5)):
        make_need(astrid)
    with clock.travel(NOON):
        found = count_figures()
    assert (found.needs, found.supports) == (5, 5)
    assert (found.due, found.answered, found.answered_in_time) == (4, 3, 2)
    # Who still waits after forty days counts with forty, not as if nobody waited.
    assert found.median_days_to_answer == 35
    assert found.in_time_percent == 50


def test_what_is_more_than_a_year_old_and_what_was_withdrawn_says_nothing_of_how_fast_we_are(
    person: Named,
) -> None:
    astrid, cecilie = person("Astrid"), person("Cecilie")
    answered(astrid, by=cecilie, days_ago=400, after_days=300)
    with clock.travel(NOON - timedelta(days=90)):
        gone = make_need(astrid)
        withdraw(astrid.actor, need=gone)
        db.session.commit()
    with clock.travel(NOON):
        assert count_figures().due == 0


def test_an_answer_late_on_the_last_evening_is_in_time(person: Named) -> None:
    astrid, cecilie = person("Astrid"), person("Cecilie")
    with clock.travel(datetime(2026, 10, 1, 12, tzinfo=UTC)):
        in_time, late = make_need(astrid), make_need(astrid)
    # The last day is 31 October; Oslo is an hour ahead of UTC by then.
    for need, moment in (
        (in_time, datetime(2026, 10, 31, 22, 59, tzinfo=UTC)),
        (late, datetime(2026, 10, 31, 23, 1, tzinfo=UTC)),
    ):
        with clock.travel(moment):
            answers.accept(cecilie.actor, need=need, body="Ja.", version=need.version)
            db.session.commit()
    with clock.travel(NOON):
        found = count_figures()
    assert (found.answered, found.answered_in_time) == (2, 1)


def test_figures_follow_needs_into_projects_testing_and_use(person: Named) -> None:
    astrid, cecilie, dag = person("Astrid"), person("Cecilie"), person("Dag")
    needs = [make_accepted(astrid, by=cecilie) for _ in range(3)]
    trying, using = make_project(cecilie), make_project(cecilie)
    link(make_project(cecilie), needs[0], by=cecilie)
    link(trying, needs[1], by=cecilie)
    link(using, needs[2], by=cecilie)
    enter(trying, Phase.PILOTING, by=cecilie)
    publish(make_draft(using, needs[2], by=cecilie), writer=cecilie, approver=dag)
    found = count_figures()
    assert (found.in_project, found.testing, found.in_use, found.outcomes) == (1, 1, 1, 1)
    assert found.by_state == {"in_project": 1, "testing": 1, "in_use": 1}


def test_only_who_got_a_mail_with_a_result_is_told(person: Named) -> None:
    cecilie = person("Cecilie")
    need, project = make_accepted(person("Astrid"), by=cecilie), make_project(cecilie)
    link(project, need, by=cecilie)
    publish(make_draft(project, need, by=cecilie), writer=cecilie, approver=person("Dag"))
    assert count_figures().told == 0
    db.session.query(Delivery).update({"status": DeliveryStatus.SENT})
    db.session.commit()
    assert count_figures().told == 1


def test_pages_show_the_figures_last_taken(person: Named) -> None:
    astrid = person("Astrid")
    assert figures().needs == 0
    make_need(astrid)
    assert figures().needs == 1
    take_figures()
    db.session.commit()
    make_need(astrid)
    assert figures().needs == 1
    take_figures()
    db.session.commit()
    db.session.expire_all()
    assert figures().needs == 2
    assert figures().by_state == {NeedState.RECEIVED.value: 2}


@pytest.mark.parametrize("counter", ["support_count", "comment_count"])
def test_a_counter_that_has_drifted_is_seen_and_mended(person: Named, counter: str) -> None:
    astrid, bjorn = person("Astrid"), person("Bjørn")
    need, other = make_need(astrid), make_need(astrid)
    support.support(bjorn.actor, need=need)
    comments.comment(bjorn.actor, need=need, body="Enig.")
    db.session.commit()
    assert drift() == []
    setattr(need, counter, 40)
    db.session.commit()
    (found,) = drift()
    assert (found.kind, found.id, found.counter, found.stored) == ("need", need.id, counter, 40)
    mend(found)
    db.session.commit()
    db.session.expire_all()
    assert drift() == []
    assert (need.support_count, need.comment_count) == (2, 1)
    assert (other.support_count, other.comment_count) == (1, 0)
