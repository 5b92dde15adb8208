"""What a person's support led to: all of it, whatever its age, and the right numbers."""

import re
from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from participation.accounts.models import Person
from participation.extensions import db
from participation.needs.rules import NeedState
from participation.outcomes import follow_up_queries as follow_up
from participation.outcomes import queries as outcomes
from participation.outcomes import use_checks
from participation.outcomes.rules import Verdict
from participation.outcomes.stood_behind import NEEDS_A_PAGE
from participation.projects.rules import Phase
from participation.residents.my_page import NEEDS_SHOWN
from participation.support import service as support
from tests import factories
from tests.people import make_person

SignIn = Callable[[str], FlaskClient]


def supported(number: int) -> int:
    """Bjørn supports so many needs of Astrid's; the first has a result, and the second has ended."""
    astrid, bjorn, cecilie, dag = (make_person(name) for name in ("Astrid", "Bjørn", "Cecilie", "Dag"))
    met = factories.make_accepted(astrid, by=cecilie, title="Det eldste behovet, som fikk et svar")
    ended = factories.make_need(astrid, title="Det nest eldste behovet, som er lukket")
    others = [factories.make_need(astrid, title=f"Behov nummer {each:02d} av mange") for each in range(number - 2)]
    for need in (met, ended, *others):
        support.support(bjorn.actor, need=need)
    ended.state = NeedState.DECLINED
    db.session.commit()
    project = factories.make_project(cecilie)
    factories.link(project, met, by=cecilie)
    outcome = factories.publish(factories.make_draft(project, met, by=cecilie), writer=cecilie, approver=dag)
    return outcome.id


def test_the_oldest_support_that_got_a_result_is_shown_first_and_all_are_counted(app: Flask, signed_in: SignIn) -> None:
    with app.app_context():
        outcome_id = supported(NEEDS_A_PAGE + 3)
    client = signed_in("Bjørn")
    first = client.get("/min-side/forte-til?sprak=en").text
    counted = (
        f"You stand behind {NEEDS_A_PAGE + 3} needs. 1 of them has a result. 21 wait for a result. 1 ended without"
    )
    assert counted in first
    assert first.index("Det eldste behovet") < first.index(f"Behov nummer {NEEDS_A_PAGE:02d}")
    assert f'href="/resultater/{outcome_id}"' in first
    assert first.count('class="grown"') == NEEDS_A_PAGE
    after = first.partition('href="/min-side/forte-til?etter=')[2].partition('"')[0]
    rest = client.get(f"/min-side/forte-til?etter={after}").text
    assert rest.count('class="grown"') == 3
    assert rest.index("Behov nummer 00") < rest.index("Det nest eldste behovet")
    assert 'rel="next"' not in rest


def test_an_address_past_the_last_need_leads_back_to_the_first(app: Flask, signed_in: SignIn) -> None:
    with app.app_context():
        supported(2)
    page = signed_in("Bjørn").get("/min-side/forte-til?etter=9~1").text
    assert 'class="grown"' not in page
    assert 'href="/min-side/forte-til"' in page


def test_my_page_shows_the_latest_supports_and_leads_to_the_rest(app: Flask, signed_in: SignIn) -> None:
    with app.app_context():
        supported(NEEDS_SHOWN + 3)
    page = signed_in("Bjørn").get("/min-side?sprak=en").text
    part = page.partition('id="supported-heading"')[2].partition("</section>")[0]
    assert part.count("<li") == NEEDS_SHOWN
    assert f"Behov nummer {NEEDS_SHOWN:02d}" in part
    assert 'href="/min-side/forte-til">See all that you stand behind</a>' in part


def end_use(outcome_id: int) -> None:
    asked = follow_up.check(outcome_id, months=6)
    outcome = outcomes.outcome(outcome_id)
    assert asked is not None
    assert outcome is not None
    steps = {answer.need_id: "Vi ser på det." for answer in outcome.needs}
    cecilie = db.session.scalars(select(Person).where(Person.name == "Cecilie")).one()
    use_checks.no_longer(cecilie.actor, check=asked, happened="Ruta er lagt ned.", next_steps=steps)
    db.session.commit()


def results_of_one_need(*verdicts: Verdict) -> list[int]:
    """Bjørn supports a need of Astrid's that these results came of, the last the newest; their numbers."""
    astrid, bjorn, cecilie, dag = (make_person(name) for name in ("Astrid", "Bjørn", "Cecilie", "Dag"))
    need = factories.make_accepted(astrid, by=cecilie)
    support.support(bjorn.actor, need=need)
    project = factories.make_project(cecilie)
    factories.link(project, need, by=cecilie)
    factories.enter(project, Phase.PILOTING, by=cecilie)
    drafts = [factories.make_draft(project, need, by=cecilie, verdict=verdict) for verdict in verdicts]
    return [factories.publish(draft, writer=cecilie, approver=dag).id for draft in drafts]


def test_a_need_shows_the_result_that_still_stands_and_meets_it_best(app: Flask, signed_in: SignIn) -> None:
    with app.app_context():
        partly, met, newest = results_of_one_need(Verdict.PARTLY, Verdict.MET, Verdict.MET)
        end_use(newest)
    client = signed_in("Bjørn")

    def row() -> str:
        page = client.get("/min-side?sprak=en").text
        return page.partition('id="supported-heading"')[2].partition("</section>")[0]

    for outcome_id, verdict in ((met, "Met"), (partly, "Partly met")):
        assert f'href="/resultater/{outcome_id}">Result: {verdict}</a>' in row()
        with app.app_context():
            end_use(outcome_id)
    assert "Result: No longer in use</a>" in row()


def test_the_figures_of_what_one_stands_behind_add_up(app: Flask, signed_in: SignIn) -> None:
    with app.app_context():
        results_of_one_need(Verdict.PARTLY)
        (bjorn,) = db.session.scalars(select(Person).where(Person.name == "Bjørn"))
        factories.make_need(bjorn)
    said = signed_in("Bjørn").get("/min-side/forte-til?sprak=en").text
    assert "You stand behind 2 needs. 1 of them has a result. Of these, 1 is still open" in said
    assert "1 waits for a result." in said
    assert "ended without" not in said


def test_the_front_page_leads_with_what_is_still_in_use(app: Flask, visitor: FlaskClient) -> None:
    with app.app_context():
        numbers = results_of_one_need(*[Verdict.MET] * 5)
        for outcome_id in numbers[3:]:
            end_use(outcome_id)
    assert led_with(visitor) == numbers[2::-1]
    with app.app_context():
        end_use(numbers[1])
    assert led_with(visitor) == [numbers[2], numbers[0], numbers[4]]


def led_with(visitor: FlaskClient) -> list[int]:
    found = re.findall(r'href="/resultater/(\d+)"', visitor.get("/").text)
    return list(dict.fromkeys(int(number) for number in found))


def test_the_page_of_a_need_shows_how_far_its_project_has_come(app: Flask, visitor: FlaskClient) -> None:
    with app.app_context():
        astrid, cecilie = make_person("Astrid"), make_person("Cecilie")
        need = factories.make_accepted(astrid, by=cecilie)
        project = factories.make_project(cecilie)
        factories.link(project, need, by=cecilie)
        factories.enter(project, Phase.PILOTING, by=cecilie)
        address, number, count = f"/behov/{need.id}", list(Phase).index(Phase.PILOTING) + 1, len(Phase)
    page = visitor.get(address).text
    assert f"Fase {number} av {count}" in page
    assert page.count("phase-dot-reached") == number
    assert page.count('class="phase-dot"') == count - number
