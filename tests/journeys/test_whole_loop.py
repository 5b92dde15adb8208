"""The promise, from end to end: tell us what you need, you get an answer, and you get to know what came of it."""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, expect

from participation import clock
from participation.needs.rules import NeedState
from participation.notifications.rules import EventKind
from participation.projects.rules import Phase
from tests.factories import in_days, theme_and_area
from tests.journeys.at_browser import AtBrowser, at_browser
from tests.journeys.service import Service, running_service
from tests.journeys.told import mails_by_kind, nothing_went_wrong, wait_until_all_is_sent
from tests.journeys.visitor import Visitor
from tests.people import make_person

NEED = {
    "title": "Bussen hjem går for sjelden om kvelden",
    "description": "Etter klokka åtte går det bare én buss i timen fra Lierbyen.",
    "affected": "Ungdom på trening, hver dag hele vinteren.",
    "solution": "Kanskje en mindre buss?",
}
COMMENT = "Det gjelder oss på Tranby også."
PROVISIONAL = "Vi har spurt busselskapet, og venter på svar."
ACCEPTED = "Vi tar behovet inn og ser på flere avganger."
PROJECT = {
    "title": "Flere kveldsbusser",
    "summary": "Vi prøver ut flere avganger om kvelden.",
    "purpose": "Flere skal komme seg trygt hjem.",
    "owner_unit": "Samfunn og plan",
    "contact": "Prosjektleder, samfunn@example.org",
    "visibility": "public",
}
OUTCOME = {
    "title": "Bussen går hver halvtime",
    "summary": "Nå går det to busser i timen til klokka elleve.",
    "body": "Vi har satt opp flere avganger.",
    "kinds_of_value": "quality",
    "evidence_new": "Det har aldri gått to busser i timen her.",
    "evidence_useful": "Dobbelt så mange reiser om kvelden.",
    "evidence_in_use": "I rutetabellen siden januar.",
    "indicator_0-name": "Avganger i timen",
    "indicator_0-unit": "avganger",
    "indicator_0-before": "1",
    "indicator_0-now": "2,5",
}
ANSWER_TO_NEED = "Du kan nå ta bussen hjem hver halvtime."


@dataclass(frozen=True)
class Town:
    """Who takes part. Staff are known beforehand; residents are not."""

    service: Service
    astrid: AtBrowser
    bjorn: AtBrowser
    cecilie: AtBrowser
    dag: AtBrowser


@pytest.fixture(
    params=[("sqlite", True), ("postgresql", False)],
    ids=["sqlite, with scripts", "postgresql, without scripts"],
)
def town(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Town]:
    kind, scripts = request.param
    with running_service(kind, tmp_path_factory.mktemp("town")) as service, ExitStack() as windows:
        with service.app.app_context():
            theme_and_area()
            make_person("Cecilie")
            make_person("Dag")
        yield Town(
            service,
            *(
                windows.enter_context(at_browser(browser, service, f"{name}@example.org", scripts=scripts))
                for name in ("astrid", "bjorn", "cecilie", "dag")
            ),
        )


def test_a_need_goes_all_the_way_and_everyone_behind_it_is_told_once_of_each_step(town: Town) -> None:
    need_id = report(town)
    support_and_comment(town, need_id)
    answer(town, need_id)
    project_id = run_project(town, need_id)
    outcome_id = draft_outcome(town, project_id, need_id)
    approve_and_publish(town, outcome_id)
    residents_find_mail(town)
    residents_find_outcome(town, need_id, outcome_id)
    nothing_went_wrong(town.service)


def report(town: Town) -> int:
    """Astrid writes first and signs in last, and all she wrote is still there."""
    astrid, page = town.astrid, town.astrid.page
    astrid.open("/behov/nytt")
    astrid.send_on("/behov/nytt", {**NEED, "theme": "buss", "area": "tranby"}, to=r"/logg-inn\?neste=.*")
    astrid.sign_in(name="Astrid")
    assert astrid.path == "/behov/nytt"
    for name, text in (NEED | {"theme": "buss", "area": "tranby"}).items():
        expect(page.locator(f'[name="{name}"]')).to_have_value(text)
    astrid.send_need()
    reference = f"B-{clock.today().year}-0001"
    expect(page.locator("main")).to_contain_text(reference)
    expect(page.locator(f'main time[datetime="{in_days(30).isoformat()}"]')).to_be_visible()
    [receipt] = town.service.sink.wait_for(1, to=astrid.address, about=reference)
    assert NEED["title"] in receipt.subject
    return astrid.number


def support_and_comment(town: Town, need_id: int) -> None:
    """Bjørn finds the need in the list, says that he has it too, signs in for that, and comments."""
    bjorn, page = town.bjorn, town.bjorn.page
    bjorn.open("/behov")
    page.locator(f'[data-need-id="{need_id}"] a').first.click()
    bjorn.expect_support(1)
    page.locator("#stotte a").first.click()
    bjorn.sign_in(name="Bjørn")
    assert bjorn.path == f"/behov/{need_id}"
    bjorn.send(f"/behov/{need_id}/stotte")
    bjorn.expect_support(2)
    bjorn.open(f"/behov/{need_id}")
    bjorn.expect_support(2)
    bjorn.send_on(f"/behov/{need_id}/kommentarer", {"body": COMMENT}, to=rf"/behov/{need_id}.*#comment-\d+")
    expect(page.locator("article.comment")).to_contain_text(COMMENT)


def answer(town: Town, need_id: int) -> None:
    """Cecilie takes the need, says that it takes longer, and then that it is taken in."""
    cecilie, page = town.cecilie, town.cecilie.page
    case = f"/arbeidsflate/behov/{need_id}"
    cecilie.page.goto(f"{town.service.site_url}/arbeidsflate")
    cecilie.sign_in()
    assert cecilie.path == "/arbeidsflate"
    page.locator(f'[data-need-id="{need_id}"] a').first.click()
    cecilie.send_on(f"{case}/vurder", to=case)
    later = in_days(45).isoformat()
    cecilie.send_on(f"{case}/forelopig-svar", {"body": PROVISIONAL, "answer_by": later}, to=case)
    expect_state(town.astrid, need_id, NeedState.ASSESSING)
    expect(town.astrid.page.locator("main")).to_contain_text(PROVISIONAL)
    cecilie.send_on(f"{case}/ta-inn", {"body": ACCEPTED}, to=case)
    expect_state(town.astrid, need_id, NeedState.ACCEPTED)


def run_project(town: Town, need_id: int) -> int:
    """Cecilie starts a project for the need and takes it through every phase."""
    cecilie, page = town.cecilie, town.cecilie.page
    page.locator(f'a[href="/arbeidsflate/prosjekter/nytt?behov={need_id}"]').click()
    cecilie.send_on("/arbeidsflate/prosjekter/nytt", PROJECT, to=rf"/arbeidsflate/prosjekter/\d+\?behov={need_id}#link")
    project_id = cecilie.number
    project = f"/arbeidsflate/prosjekter/{project_id}"
    cecilie.send_on(f"{project}/koble", {"scope": "whole", "note": "Vi tar tak i dette."}, to=project)
    expect_state(town.astrid, need_id, NeedState.IN_PROJECT)
    for phase in list(Phase)[1:]:
        cecilie.send_on(f"{project}/fase", {"to": phase.value, "note": f"Vi går videre: {phase}."}, to=project)
    expect_state(town.astrid, need_id, NeedState.TESTING)
    town.astrid.open(f"/prosjekter/{project_id}")
    expect(town.astrid.page.locator("main")).to_contain_text("Vi går videre: new_practice.")
    return project_id


def draft_outcome(town: Town, project_id: int, need_id: int) -> int:
    """Cecilie writes what came of it, and asks for approval; she can't approve it herself."""
    cecilie, page = town.cecilie, town.cecilie.page
    cecilie.open(f"/arbeidsflate/prosjekter/{project_id}")
    page.locator(f'a[href="/redaksjonen/resultater/nytt?prosjekt={project_id}"]').click()
    words = OUTCOME | {
        "indicator_0-measured_on": clock.today().isoformat(),
        f"need_{need_id}-verdict": "met",
        f"need_{need_id}-text": ANSWER_TO_NEED,
    }
    cecilie.send_on("/redaksjonen/resultater/nytt", words, to=r"/redaksjonen/resultater/\d+")
    outcome = f"/redaksjonen/resultater/{cecilie.number}"
    cecilie.send_on(f"{outcome}/til-godkjenning", to=outcome)
    expect(page.locator(f'form[action="{outcome}/godkjenn"]')).to_have_count(0)
    return cecilie.number


def approve_and_publish(town: Town, outcome_id: int) -> None:
    """Nothing is public before Dag publishes it."""
    dag, outcome = town.dag, f"/redaksjonen/resultater/{outcome_id}"
    assert Visitor(town.service.port).get(f"/resultater/{outcome_id}").status == 404
    dag.page.goto(f"{town.service.site_url}{outcome}")
    dag.sign_in()
    dag.send_on(f"{outcome}/godkjenn", to=outcome)
    assert Visitor(town.service.port).get(f"/resultater/{outcome_id}").status == 404
    dag.send_on(f"{outcome}/publiser", to=outcome)
    public = Visitor(town.service.port).get(f"/resultater/{outcome_id}")
    assert public.status == 200
    assert ANSWER_TO_NEED in public.text


def residents_find_mail(town: Town) -> None:
    """Exactly one mail for each event, the outcome's among them."""
    wait_until_all_is_sent(town.service)
    told = Counter({EventKind.ANSWERED: 2, EventKind.LINKED: 1, EventKind.PHASE_CHANGED: 5, EventKind.OUTCOME: 1})
    assert mails_by_kind(town.service, town.bjorn.address) == told
    assert mails_by_kind(town.service, town.astrid.address) == told + Counter({EventKind.RECEIVED: 1})
    for resident in (town.astrid, town.bjorn):
        [mail] = town.service.sink.about(OUTCOME["title"], to=resident.address)
        assert ANSWER_TO_NEED in mail.words


def residents_find_outcome(town: Town, need_id: int, outcome_id: int) -> None:
    """On My page, and on the need's own, which is now in use."""
    for resident in (town.astrid, town.bjorn):
        resident.open("/min-side")
        resident.page.locator('main a[href="/min-side/forte-til"]').first.click()
        led_to = resident.page.locator("main article.grown")
        expect(led_to).to_contain_text(ANSWER_TO_NEED)
        led_to.locator(f'a[href="/resultater/{outcome_id}"]').click()
        expect(resident.page.locator("h1")).to_have_text(OUTCOME["title"])
    expect_state(town.bjorn, need_id, NeedState.IN_USE)
    expect(town.bjorn.page.locator(f'main a[href="/resultater/{outcome_id}"]').first).to_be_visible()


def expect_state(resident: AtBrowser, need_id: int, state: NeedState) -> None:
    """What the need's public page says of how far it has come."""
    resident.open(f"/behov/{need_id}")
    badge = resident.page.locator(".need-head .state")
    expect(badge).to_have_class(re.compile(rf"\bstate-{state.value.replace('_', '-')}\b"))
