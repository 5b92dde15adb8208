"""A project is seen by residents as it goes, and when it is stopped nobody is left without a next step."""

from playwright.sync_api import expect

from participation.permissions import Role
from participation.projects.rules import Phase
from tests.factories import in_days, link, make_accepted, make_project
from tests.journeys.at_browser import AtBrowser
from tests.journeys.over_time import Windows, follow_link, known, let_pass, make_resident, make_staff
from tests.journeys.service import Service
from tests.journeys.visitor import Visitor

PROJECT = {
    "title": "Skolebuss på bestilling",
    "summary": "Vi prøver ut en liten buss som kommer når noen trenger den.",
    "purpose": "Flere barn skal komme seg trygt hjem.",
    "owner_unit": "Samfunn og plan",
    "contact": "Prosjektleder, samfunn@example.org",
    "visibility": "public",
    "goals": "11",
    "principles": "trial",
}
TURN = "Den første bussen går fra Sylling"
INNER_MILESTONE = "Avtalen med Buskeruten er undertegnet"
NOTE = "Sjåføren er bekymret for svingen ved Sjåstad."
DECISION = "Vi sier ikke opp den gamle avtalen ennå."
PART = "Hemmelig medhjelper"
TURN_WENT = "Sju barn var med på den første turen."
NEWS = "Bussen går nå **tre** ganger om dagen.\n\nDette er hele rutetabellen."
NEWS_IN_MAIL = "Bussen går nå tre ganger om dagen. Rutetabellen finner du på siden."
LESSONS = "Det ble for dyrt å ha bussen stående.\n\nMen barna lærte oss hvor den trengs."
GOES_ON = "Vi prøver igjen med en større buss til høsten."
NO_FURTHER = "Vi har ingen buss som kommer opp bakken."
WOULD_CHANGE = "En ny vei opp bakken."


def test_residents_follow_plan_news_and_figures_while_team_and_notes_stay_among_staff(
    service: Service, windows: Windows
) -> None:
    with service.at_its_time():
        nora = make_staff("Nora", Role.CASE_WORKER)
        need = make_accepted(make_resident("Ane"), by=nora, title="Barna venter i mørket ved Sylling")
        need_id = need.id
    nora_there, ane = windows.signed_in("Nora"), windows.signed_in("Ane", scripts=False)
    passer_by = windows.stranger("Bo", scripts=False)
    project_id = start_project(nora_there, need_id)
    plan(nora_there, project_id)
    keep_inside(nora_there, project_id)
    measure_before(nora_there, project_id)
    let_pass(service, days=14)
    reach_milestone(nora_there, ane, project_id)
    tell_news(nora_there, ane, project_id, need_id)
    measure_again(nora_there, project_id)
    see_in_public(passer_by, project_id)
    nothing_inside_is_outside(service, project_id, need_id)


def start_project(nora: AtBrowser, need_id: int) -> int:
    """For the need, with a UN goal and a principle."""
    new = f"/arbeidsflate/prosjekter/nytt?behov={need_id}"
    nora.open(new)
    nora.send_on("/arbeidsflate/prosjekter/nytt", PROJECT, to=rf"/arbeidsflate/prosjekter/\d+\?behov={need_id}#link")
    project = f"/arbeidsflate/prosjekter/{nora.number}"
    nora.send_on(f"{project}/koble", {"scope": "part"}, to=project)
    return nora.number


def plan(nora: AtBrowser, project_id: int) -> None:
    """A day for the next phase, a milestone for all to see, and one for staff."""
    project = f"/arbeidsflate/prosjekter/{project_id}"
    with nora.service.at_its_time():
        soon, first_turn = in_days(10).isoformat(), in_days(12).isoformat()
    nora.open(f"{project}/plan")
    nora.send_on(f"{project}/plan", {Phase.INSIGHT.value: soon}, to=f"{project}/plan")
    for title in (TURN, INNER_MILESTONE):
        form = nora.fill(f"{project}/milepaeler", {"title": title, "planned_on": first_turn})
        form.locator('[name="is_public"]').set_checked(title == TURN)
        nora.send(f"{project}/milepaeler")
        expect(nora.page.locator(".milestone", has_text=title)).to_be_visible()


def keep_inside(nora: AtBrowser, project_id: int) -> None:
    """A note, a decision and the team."""
    project = f"/arbeidsflate/prosjekter/{project_id}"
    nora.open(f"{project}/internt")
    for kind, body in (("note", NOTE), ("decision", DECISION)):
        nora.send(f"{project}/notater", {"kind": kind, "body": body})
        expect(nora.page.locator(".project-notes li", has_text=body)).to_be_visible()
    with nora.service.at_its_time():
        number = str(known("Nora").id)
    nora.send(f"{project}/gruppe", {"person": number, "part": PART})
    expect(nora.page.locator(".case-side li", has_text=PART)).to_be_visible()


def measure_before(nora: AtBrowser, project_id: int) -> None:
    """How it was before anything was tried."""
    project = f"/arbeidsflate/prosjekter/{project_id}"
    with nora.service.at_its_time():
        before = in_days(-5).isoformat()
    words = {"name": "Ventetid for barna", "unit": "minutter", "baseline": "42,5", "baseline_on": before}
    nora.open(f"{project}/tall")
    nora.send_on(f"{project}/tall", words | {"target": "10"}, to=f"{project}/tall")


def reach_milestone(nora: AtBrowser, ane: AtBrowser, project_id: int) -> None:
    """Later than planned, and told to everyone behind the needs; the phase comes late too."""
    project = f"/arbeidsflate/prosjekter/{project_id}"
    nora.open(f"{project}/plan")
    nora.page.locator(".milestone", has_text=TURN).locator("a").click()
    milestone = f"/arbeidsflate/milepaeler/{nora.number}"
    form = nora.fill(f"{milestone}/nadd", {"note": TURN_WENT})
    form.locator('[name="telling"]').check()
    nora.send_on(f"{milestone}/nadd", to=f"{project}/plan#milestones")
    nora.service.sink.wait_for(1, to=ane.address, about=TURN_WENT)
    nora.open(project)
    nora.send_on(f"{project}/fase", {"to": Phase.INSIGHT.value, "note": "Nå spør vi barna."}, to=project)


def tell_news(nora: AtBrowser, ane: AtBrowser, project_id: int, need_id: int) -> None:
    """One text for the page and a shorter one in the mail."""
    project = f"/arbeidsflate/prosjekter/{project_id}"
    nora.page.locator(f'a[href="{project}/nytt"]').click()
    nora.send_on(f"{project}/nytt", {"body": NEWS, "mail_body": NEWS_IN_MAIL}, to=project)
    [mail] = nora.service.sink.wait_for(1, to=ane.address, about=NEWS_IN_MAIL)
    assert "hele rutetabellen" not in mail.words
    follow_link(ane, mail, f"/behov/{need_id}")
    expect(ane.page.locator("main")).to_contain_text("Dette er hele rutetabellen.")


def measure_again(nora: AtBrowser, project_id: int) -> None:
    nora.open(f"/arbeidsflate/prosjekter/{project_id}/tall")
    nora.page.locator('main a[href^="/arbeidsflate/tall/"]').click()
    figure = f"/arbeidsflate/tall/{nora.number}"
    nora.send_on(f"{figure}/malinger", {"value": "12"}, to=figure)


def see_in_public(passer_by: AtBrowser, project_id: int) -> None:
    """Anyone sees what was planned and how it went, what is measured, and what the project works towards."""
    passer_by.open(f"/prosjekter/{project_id}")
    page = passer_by.page
    expect(page.locator(".time-table tr.here .late")).to_contain_text("4")
    expect(page.locator(".milestone.reached", has_text=TURN)).to_contain_text(TURN_WENT)
    expect(page.locator(".measured-now")).to_contain_text("42,5")
    expect(page.locator(".measured-now")).to_contain_text("12")
    expect(page.locator(".timeline")).to_contain_text("Dette er hele rutetabellen.")
    expect(page.locator(".goal-number")).to_have_text("11")
    expect(page.locator(".goals")).to_have_count(2)


def nothing_inside_is_outside(service: Service, project_id: int, need_id: int) -> None:
    """Not on any page or feed that tells of the project, nor in any mail to residents."""
    outside = Visitor(service.port)
    for path in (
        f"/prosjekter/{project_id}",
        f"/strom/prosjekter/{project_id}.atom",
        f"/behov/{need_id}",
        f"/strom/behov/{need_id}.atom",
        "/prosjekter",
    ):
        page = outside.get(path)
        assert page.status == 200, path
        assert PROJECT["title"] in page.text, path
        assert [secret for secret in (NOTE, DECISION, PART, INNER_MILESTONE) if secret in page.text] == [], path
    assert outside.get(f"/arbeidsflate/prosjekter/{project_id}/internt").status in {302, 303}
    for secret in (NOTE, DECISION, PART, INNER_MILESTONE):
        assert service.sink.about(secret, to="ane@example.org") == []


def test_each_person_behind_a_stopped_project_reads_what_happens_with_their_own_need(
    service: Service, windows: Windows
) -> None:
    with service.at_its_time():
        nils, anders, berit = make_staff("Nils", Role.CASE_WORKER), make_resident("Anders"), make_resident("Berit")
        hill, queue = (
            make_accepted(anders, by=nils, title="Bussen kommer ikke opp Eikebakken"),
            make_accepted(berit, by=nils, title="Bussen er full hver morgen"),
        )
        project = make_project(nils, title="Småbusser i bakkene")
        for need in (hill, queue):
            link(project, need, by=nils)
        project_id, hill_id, queue_id = project.id, hill.id, queue.id
    berit_there = windows.signed_in("Berit", scripts=False)
    berit_there.open(f"/behov/{hill_id}")
    berit_there.send(f"/behov/{hill_id}/stotte")
    berit_there.expect_support(2)
    stop(windows.signed_in("Nils"), project_id, hill_id, queue_id)
    read_own_next_step(windows.signed_in("Anders"), berit_there, project_id, hill_id, queue_id)
    find_lessons(windows.stranger("Bo"), project_id, hill_id)


def stop(nils: AtBrowser, project_id: int, hill_id: int, queue_id: int) -> None:
    """No need is left without a next step: a no without what would change it is not taken."""
    project = f"/arbeidsflate/prosjekter/{project_id}"
    nils.open(project)
    nils.page.locator(f'a[href="{project}/avslutt"]').click()
    steps = {
        "lessons": LESSONS,
        f"need_{hill_id}-kind": "decline",
        f"need_{hill_id}-text": NO_FURTHER,
        f"need_{queue_id}-kind": "continue",
        f"need_{queue_id}-text": GOES_ON,
    }
    nils.send(f"{project}/avslutt", steps)
    expect(nils.page.locator(".ds-error-summary")).to_be_visible()
    [not_taken] = nils.complaints
    assert "400" in not_taken
    nils.complaints.clear()
    nils.send_on(f"{project}/avslutt", {f"need_{hill_id}-would_change": WOULD_CHANGE}, to=project)


def read_own_next_step(anders: AtBrowser, berit: AtBrowser, project_id: int, hill_id: int, queue_id: int) -> None:
    """Anders has the one need, Berit both: each gets one mail, with what is theirs."""
    sink = anders.service.sink
    [to_anders] = sink.wait_for(1, to=anders.address, about="hvor den trengs")
    assert NO_FURTHER in to_anders.words
    assert WOULD_CHANGE in to_anders.words
    assert GOES_ON not in to_anders.words
    [to_berit] = sink.wait_for(1, to=berit.address, about="hvor den trengs")
    assert NO_FURTHER in to_berit.words
    assert GOES_ON in to_berit.words
    follow_link(anders, to_anders, f"/prosjekter/{project_id}")
    expect(anders.page.locator("#lessons-heading")).to_be_visible()
    anders.open(f"/behov/{hill_id}")
    expect(anders.page.locator(".need-head .state-declined")).to_be_visible()
    expect(anders.page.locator("article.letter").first).to_contain_text(WOULD_CHANGE)
    berit.open(f"/behov/{queue_id}")
    expect(berit.page.locator(".need-head .state-accepted")).to_be_visible()
    expect(berit.page.locator("main")).to_contain_text(GOES_ON)


def find_lessons(passer_by: AtBrowser, project_id: int, hill_id: int) -> None:
    """The learning page has what was learnt, and how it stands with the needs; its filters find it."""
    passer_by.open("/prosjekter")
    passer_by.page.locator('main a[href="/laering"]').first.click()
    page = passer_by.page
    page.locator('[name="slutt"]').select_option("stoppet")
    page.locator('[name="prinsipp"]').select_option("trial")
    page.locator('form.lesson-filter button[type="submit"]').click()
    lesson = page.locator(".lesson", has=page.locator(f'a[href="/prosjekter/{project_id}"]'))
    expect(lesson).to_contain_text("hvor den trengs")
    expect(lesson.locator(f'a[href="/behov/{hill_id}"]')).to_be_visible()
    passer_by.open("/laering?slutt=fullfort")
    expect(page.locator(f'.lesson a[href="/prosjekter/{project_id}"]')).to_have_count(0)
