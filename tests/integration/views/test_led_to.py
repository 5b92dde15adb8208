"""What a person's support led to: all of it, whatever its age, and the right numbers."""

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient

from participation.extensions import db
from participation.needs.rules import NeedState
from participation.outcomes.stood_behind import NEEDS_A_PAGE
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
    assert f"You stand behind {NEEDS_A_PAGE + 3} needs. 1 of them has a result. 21 are still open." in first
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
