from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from flask import Flask
from flask_babel import force_locale
from sqlalchemy import select

from participation import clock
from participation.accounts import service as accounts
from participation.accounts.models import Person
from participation.extensions import db
from participation.needs.models import Need
from participation.needs.rules import NeedState, UpdateKind
from participation.notifications.models import Event
from participation.notifications.rules import EventKind
from participation.notifications.telling import tell
from participation.outcomes import follow_up_queries as follow_up
from participation.outcomes import use_checks
from participation.outcomes.models import Outcome, UseCheck
from participation.outcomes.rules import OutcomeState, Verdict
from participation.outcomes.use_checks import FigureText, look_after
from participation.permissions import Role
from participation.projects.models import ProjectMember
from participation.projects.rules import Phase
from participation.refusals import Refusal, Refused
from participation.support import service as support
from tests.factories import enter, link, make_accepted, make_draft, make_project, publish
from tests.integration.test_projects_at_once import at_once
from tests.told import events, lines, stored, told_of

Named = Callable[[str], Person]
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SIX_MONTHS = datetime(2027, 5, 23, 6, tzinfo=UTC)


@pytest.fixture(autouse=True)
def published_at_noon() -> Iterator[None]:
    with clock.travel(NOON):
        yield


@pytest.fixture
def outcome(ctx: Flask, need: Need, cecilie: Person, person: Named) -> Outcome:
    support.support(person("Bjørn").actor, need=need)
    return taken_into_use(need, by=cecilie, approver=person("Dag"))


def taken_into_use(*needs: Need, by: Person, approver: Person, verdict: Verdict = Verdict.MET) -> Outcome:
    project = make_project(by)
    for need in needs:
        link(project, need, by=by)
    enter(project, Phase.PILOTING, by=by)
    return publish(make_draft(project, *needs, by=by, verdict=verdict), writer=by, approver=approver)


def checks(outcome: Outcome) -> list[UseCheck]:
    query = select(UseCheck).where(UseCheck.outcome_id == outcome.id).order_by(UseCheck.months)
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def the_check(outcome: Outcome, months: int = 6) -> UseCheck:
    check = follow_up.check(outcome.id, months=months)
    assert check is not None
    return check


def go_round(app: Flask) -> None:
    look_after(app.config["SETTINGS"])
    db.session.commit()


@contextmanager
def days_after(moment: datetime, days: int) -> Iterator[None]:
    with clock.travel(moment + timedelta(days=days)):
        yield


def figure(value: str = "3") -> FigureText:
    return FigureText(name="Avganger i timen", unit="avganger", value=Decimal(value), measured_on=clock.today())


def confirm(outcome: Outcome, *, by: Person, months: int = 6) -> None:
    use_checks.confirm(by.actor, check=the_check(outcome, months), evidence="Bussen går.", figures=[figure()])
    db.session.commit()


def end(outcome: Outcome, *needs: Need, by: Person) -> None:
    steps = {need.id: f"Vi leter etter noe nytt for {need.id}." for need in needs}
    use_checks.no_longer(by.actor, check=the_check(outcome), happened="Pengene tok slutt.", next_steps=steps)
    db.session.commit()


def tasks() -> list[Event]:
    return [event for event in events(EventKind.WORK) if event.facts["task"] == "use_checks"]


def asked() -> dict[str, list[tuple[str, int, int]]]:
    """What each is asked in all the messages so far: anew or reminded, of which result, after how many months."""
    told: dict[str, list[tuple[str, int, int]]] = {}
    for task in tasks():
        (name,) = told_of(task)
        told.setdefault(name, []).extend(
            (kind, check["outcome"]["id"], check["months"])
            for kind in ("asked", "reminded")
            for check in task.facts[kind]
        )
    return told


def refusal_of(do: Callable[[], object]) -> Refusal:
    with pytest.raises(Refused) as refused:
        do()
    db.session.rollback()
    return refused.value.reason


def test_publishing_plans_a_check_after_six_and_one_after_twelve_months(outcome: Outcome) -> None:
    planned = [(check.months, check.due_on.isoformat(), check.asked_at) for check in checks(outcome)]
    assert planned == [(6, "2027-05-23", None), (12, "2027-11-23", None)]


def test_a_result_that_met_no_need_is_not_asked_about(need: Need, cecilie: Person, person: Named) -> None:
    outcome = taken_into_use(need, by=cecilie, approver=person("Dag"), verdict=Verdict.NOT)
    assert checks(outcome) == []


def put_in_team(outcome: Outcome, *people: Person) -> None:
    for each in people:
        db.session.add(ProjectMember(project_id=outcome.project_id, person_id=each.id, part="Prosjektleder"))
    db.session.commit()


def test_its_writers_and_those_of_the_team_who_may_answer_are_asked_once_on_the_day(
    ctx: Flask, outcome: Outcome, person: Named
) -> None:
    """Eva moderates and Farid administers: neither may answer."""
    ida = accounts.add_person("Ida", email="ida@example.org", roles=frozenset({Role.CASE_WORKER}))
    put_in_team(outcome, ida, person("Eva"), person("Farid"))
    person("Hans")
    with days_after(SIX_MONTHS, -1):
        go_round(ctx)
    assert tasks() == []
    with clock.travel(SIX_MONTHS):
        go_round(ctx)
        go_round(ctx)
    question = [("asked", outcome.id, 6)]
    assert asked() == {"Cecilie": question, "Ida": question}
    assert {task.facts["asked"][0]["due"] for task in tasks()} == {"2027-05-23"}


def test_where_none_is_left_who_may_answer_all_case_workers_are_asked(
    ctx: Flask, outcome: Outcome, cecilie: Person, person: Named
) -> None:
    accounts.add_person("Ida", email="ida@example.org", roles=frozenset({Role.CASE_WORKER}))
    put_in_team(outcome, person("Eva"))
    accounts.set_roles(None, person=cecilie, roles=frozenset({Role.STAFF}))
    db.session.commit()
    with clock.travel(SIX_MONTHS):
        go_round(ctx)
    assert set(asked()) == {"Ida"}


def test_after_thirty_days_they_and_the_leaders_are_reminded_once(ctx: Flask, outcome: Outcome, person: Named) -> None:
    person("Hege")
    with clock.travel(SIX_MONTHS):
        go_round(ctx)
    for days in (29, 30, 31):
        with days_after(SIX_MONTHS, days):
            go_round(ctx)
        assert len(tasks()) == (1 if days < 30 else 3)
    reminder = ("reminded", outcome.id, 6)
    assert asked() == {"Cecilie": [("asked", outcome.id, 6), reminder], "Hege": [reminder]}


def test_all_that_one_is_asked_in_a_round_is_one_message(
    ctx: Flask, outcome: Outcome, need: Need, cecilie: Person, person: Named
) -> None:
    person("Hege")
    approver = db.session.get_one(Person, outcome.approved_by)
    later = publish(make_draft(outcome.project, need, by=cecilie), writer=cecilie, approver=approver)
    for check in checks(later):
        check.due_on += timedelta(days=30)
    db.session.commit()
    with clock.travel(SIX_MONTHS):
        go_round(ctx)
    with days_after(SIX_MONTHS, 30):
        go_round(ctx)
    reminder = ("reminded", outcome.id, 6)
    assert asked() == {
        "Cecilie": [("asked", outcome.id, 6), ("asked", later.id, 6), reminder],
        "Hege": [reminder],
    }
    assert len(tasks()) == 3


def test_two_checks_of_one_result_that_fall_due_together_are_asked_as_one(ctx: Flask, outcome: Outcome) -> None:
    with days_after(SIX_MONTHS, 365):
        go_round(ctx)
        assert [check.asked_at for check in checks(outcome)] == [clock.now()] * 2
    assert asked() == {"Cecilie": [("asked", outcome.id, 12)]}


def test_nobody_is_reminded_of_what_is_let_go_in_the_same_round(ctx: Flask, outcome: Outcome) -> None:
    with clock.travel(SIX_MONTHS):
        go_round(ctx)
    with days_after(SIX_MONTHS, 200):
        go_round(ctx)
    assert asked() == {"Cecilie": [("asked", outcome.id, 6)]}
    assert len(events(EventKind.NO_LONGER_IN_USE)) == 1


def test_what_nobody_confirms_in_time_gives_its_needs_back_by_itself(ctx: Flask, outcome: Outcome, need: Need) -> None:
    grace = ctx.config["SETTINGS"].use_check_grace_days
    with clock.travel(SIX_MONTHS):
        go_round(ctx)
    with days_after(SIX_MONTHS, grace - 1):
        go_round(ctx)
    assert stored(need).state is NeedState.IN_USE
    with days_after(SIX_MONTHS, grace):
        go_round(ctx)
        go_round(ctx)
    # A live project still takes the need on, so it is back where that project is.
    assert stored(need).state is NeedState.TESTING
    returned, followed = lines(need)[-2:]
    assert (returned.kind, returned.state, returned.actor_id) == (
        UpdateKind.NO_LONGER_IN_USE,
        NeedState.ACCEPTED,
        None,
    )
    assert returned.body
    assert (followed.kind, followed.state, followed.actor_id) == (UpdateKind.LINKED, NeedState.TESTING, None)
    (check,) = checks(outcome)
    assert (check.still_in_use, check.answered_by) == (False, None)
    assert check.evidence
    (event,) = events(EventKind.NO_LONGER_IN_USE)
    assert event.facts["unconfirmed"] is True
    assert set(told_of(event)) == {"Astrid", "Bjørn"}


def test_a_worker_that_was_down_asks_first_and_then_waits_as_long(ctx: Flask, outcome: Outcome, need: Need) -> None:
    with days_after(SIX_MONTHS, 400):
        go_round(ctx)
        assert stored(need).state is NeedState.IN_USE
    assert {check.answered_at for check in checks(outcome)} == {None}


def test_confirming_tells_those_who_follow_the_needs_and_stands_on_each(
    outcome: Outcome, need: Need, cecilie: Person
) -> None:
    with clock.travel(SIX_MONTHS):
        confirm(outcome, by=cecilie)
    line = lines(need)[-1]
    assert (line.kind, line.state, line.body) == (UpdateKind.STILL_IN_USE, NeedState.IN_USE, "Bussen går.")
    (event,) = events(EventKind.STILL_IN_USE)
    assert set(told_of(event)) == {"Astrid", "Bjørn"}
    expected = {"name": "Avganger i timen", "unit": "avganger", "value": "3", "measured_on": "2027-05-23"}
    assert event.facts["figures"] == [expected]
    assert [check.answered_by for check in checks(outcome)] == [cecilie.id, None]


def test_what_is_answered_is_neither_answered_again_nor_asked_about(
    ctx: Flask, outcome: Outcome, need: Need, cecilie: Person
) -> None:
    with clock.travel(SIX_MONTHS):
        confirm(outcome, by=cecilie)
        assert refusal_of(lambda: confirm(outcome, by=cecilie)) is Refusal.ALREADY_ANSWERED
        assert refusal_of(lambda: end(outcome, need, by=cecilie)) is Refusal.ALREADY_ANSWERED
        go_round(ctx)
    assert tasks() == []
    with clock.travel(datetime(2027, 11, 23, 6, tzinfo=UTC)):
        go_round(ctx)
        assert asked() == {"Cecilie": [("asked", outcome.id, 12)]}
        confirm(outcome, by=cecilie, months=12)
    assert len(events(EventKind.STILL_IN_USE)) == 2


def test_a_figure_from_before_the_last_answer_does_not_confirm_it(outcome: Outcome, cecilie: Person) -> None:
    def confirm_with(measured_on: date, *, months: int) -> None:
        shown = FigureText(name="Avganger", unit="i timen", value=Decimal(3), measured_on=measured_on)
        use_checks.confirm(cecilie.actor, check=the_check(outcome, months), evidence="Bussen går.", figures=[shown])

    published, six, twelve = date(2026, 11, 23), date(2027, 5, 23), date(2027, 11, 23)
    with clock.travel(SIX_MONTHS):
        too_old = published - timedelta(days=1)
        assert refusal_of(lambda: confirm_with(too_old, months=6)) is Refusal.FIGURE_TOO_OLD
        confirm_with(published, months=6)
        db.session.commit()
    with clock.travel(datetime(2027, 11, 23, 6, tzinfo=UTC)):
        too_old = six - timedelta(days=1)
        assert refusal_of(lambda: confirm_with(too_old, months=12)) is Refusal.FIGURE_TOO_OLD
        confirm_with(twelve, months=12)


def test_it_is_too_early_to_confirm_long_before_the_day(outcome: Outcome, cecilie: Person) -> None:
    assert refusal_of(lambda: confirm(outcome, by=cecilie)) is Refusal.TOO_EARLY
    assert events(EventKind.STILL_IN_USE) == []


def test_saying_that_it_is_out_of_use_needs_a_next_step_for_every_need_it_met(
    outcome: Outcome, cecilie: Person
) -> None:
    assert refusal_of(lambda: end(outcome, by=cecilie)) is Refusal.REASON_MISSING


def test_what_is_said_to_be_out_of_use_opens_its_needs_and_tells_everyone_behind(
    outcome: Outcome, need: Need, cecilie: Person
) -> None:
    end(outcome, need, by=cecilie)
    assert stored(need).state is NeedState.TESTING
    returned = lines(need)[-2]
    assert (returned.kind, returned.actor_id) == (UpdateKind.NO_LONGER_IN_USE, cecilie.id)
    assert returned.body == f"Pengene tok slutt.\n\nVi leter etter noe nytt for {need.id}."
    (event,) = events(EventKind.NO_LONGER_IN_USE)
    assert set(told_of(event)) == {"Astrid", "Bjørn"}
    assert [check.months for check in checks(outcome)] == [6]


def test_a_need_that_another_public_result_meets_stays_in_use(
    outcome: Outcome, need: Need, cecilie: Person, person: Named
) -> None:
    other = publish(
        make_draft(outcome.project, need, by=cecilie),
        writer=cecilie,
        approver=db.session.get_one(Person, outcome.approved_by),
    )
    end(outcome, need, by=cecilie)
    assert stored(need).state is NeedState.IN_USE
    assert lines(need)[-1].kind is UpdateKind.NO_LONGER_IN_USE
    end(other, need, by=cecilie)
    assert stored(need).state is NeedState.TESTING


def let_all_pass_unanswered(app: Flask) -> None:
    for days in (0, app.config["SETTINGS"].use_check_grace_days):
        with days_after(SIX_MONTHS, days):
            go_round(app)


def test_what_nobody_confirms_is_said_to_be_open_again_only_where_nothing_else_meets_it(
    ctx: Flask, outcome: Outcome, need: Need, cecilie: Person, person: Named
) -> None:
    dag = db.session.get_one(Person, outcome.approved_by)
    alone = make_accepted(db.session.get_one(Person, need.author_id), by=cecilie, title="Bussen går ikke i helgene")
    link(outcome.project, alone, by=cecilie)
    publish(make_draft(outcome.project, need, alone, by=cecilie), writer=cecilie, approver=dag)
    with clock.travel(SIX_MONTHS):
        confirm(outcome, by=cecilie)
    let_all_pass_unanswered(ctx)
    assert (stored(need).state, stored(alone).state) == (NeedState.IN_USE, NeedState.TESTING)
    (event,) = events(EventKind.NO_LONGER_IN_USE)
    assert (event.facts["open_again"], event.facts["still_met"]) == ([alone.id], [need.id])
    last = {
        each.id: [line for line in lines(each) if line.kind is UpdateKind.NO_LONGER_IN_USE][-1]
        for each in (need, alone)
    }
    assert "Behovet er åpent igjen" in last[alone.id].body
    assert "Behovet er åpent igjen" not in last[need.id].body
    assert "Et annet resultat" in last[need.id].body
    for language, opened, met in (
        ("nb", "Behovet er åpent igjen", "Et annet resultat"),
        ("en", "The need is open", "Another result"),
    ):
        with force_locale(language):
            told = {each.id: said_of(event, each) for each in (need, alone)}
        assert (opened in told[alone.id], met in told[alone.id]) == (True, False)
        assert (opened in told[need.id], met in told[need.id]) == (False, True)


def said_of(event: Event, need: Need) -> str:
    """What the mail says to somebody who is behind that need alone."""
    parts = tell(event.kind, event.facts, [event.facts["needs"][str(need.id)]])
    return "\n".join(part.text for part in parts)


def test_a_withdrawn_result_is_not_asked_about(ctx: Flask, outcome: Outcome, need: Need, cecilie: Person) -> None:
    outcome.state = OutcomeState.WITHDRAWN
    db.session.commit()
    with days_after(SIX_MONTHS, 100):
        go_round(ctx)
    assert tasks() == []
    assert follow_up.check(outcome.id, months=6) is None
    assert follow_up.open_checks() == []


def test_three_workers_at_once_ask_once_and_give_back_once(ctx: Flask, outcome: Outcome, need: Need) -> None:
    settings = ctx.config["SETTINGS"]

    def worker(moment: datetime) -> Callable[[], None]:
        def work() -> None:
            with clock.travel(moment):
                look_after(settings)

        return work

    assert at_once(ctx, *[worker(SIX_MONTHS)] * 3) == ["done"] * 3
    assert len(tasks()) == 1
    db.session.commit()
    late = SIX_MONTHS + timedelta(days=settings.use_check_grace_days)
    at_once(ctx, *[worker(late)] * 3)
    assert len(events(EventKind.NO_LONGER_IN_USE)) == 1
    assert [line.kind for line in lines(need)].count(UpdateKind.NO_LONGER_IN_USE) == 1


def test_two_who_answer_at_once_are_one(ctx: Flask, outcome: Outcome, need: Need, cecilie: Person) -> None:
    actor, numbers = cecilie.actor, (outcome.id, need.id)

    def yes() -> None:
        with clock.travel(SIX_MONTHS):
            check = follow_up.check(numbers[0], months=6)
            assert check is not None
            use_checks.confirm(actor, check=check, evidence="Bussen går.", figures=[figure()])

    def no() -> None:
        with clock.travel(SIX_MONTHS):
            check = follow_up.check(numbers[0], months=6)
            assert check is not None
            use_checks.no_longer(actor, check=check, happened="Tok slutt.", next_steps={numbers[1]: "Vi ser."})

    assert sorted(at_once(ctx, yes, no)) == ["Refused", "done"]
    told = len(events(EventKind.STILL_IN_USE)) + len(events(EventKind.NO_LONGER_IN_USE))
    assert told == 1
