"""What came of a need is asked about again: whether it helped, and whether it is still in use."""

import re

from playwright.sync_api import expect

from participation import clock
from participation.outcomes import queries as outcomes
from participation.outcomes.follow_up import months_later
from participation.outcomes.follow_up_queries import sums_of
from participation.permissions import Role
from participation.projects.rules import Ending, Phase
from participation.support import service as support
from tests.factories import end, enter, link, make_accepted, make_draft, make_project, publish
from tests.journeys.at_browser import AtBrowser
from tests.journeys.mail_sink import KeptMail
from tests.journeys.over_time import (
    Windows,
    address_of,
    follow_link,
    let_pass,
    make_resident,
    make_staff,
    press,
)
from tests.journeys.service import Service
from tests.journeys.visitor import Visitor

STILL_USED = "Skolen har lånt ut sykler hver uke siden våren."
BROKEN = "Syklene er slitt ut, og avtalen om vedlikehold er sagt opp."
NEXT_STEP = "Vi spør fylkeskommunen om nye sykler."
SAID = "Det er bra, men det er for få sykler på mandager."
ASKED = "/svar/"
CHECKED = "/arbeidsflate/i-bruk"


def published_result(service: Service, *, writer: str, approver: str, author: str, supporters: list[str]) -> list[int]:
    """A need that was taken into use, and the result of a finished project that met it; their numbers."""
    with service.at_its_time():
        by = make_staff(writer, Role.CASE_WORKER)
        approved_by = make_staff(approver, Role.COMMUNICATIONS)
        need = make_accepted(make_resident(author), by=by, title=f"{author} trenger en sykkel å låne")
        for name in supporters:
            support.support(make_resident(name).actor, need=need)
        project = make_project(by, title=f"Lånesykler for {author}")
        link(project, need, by=by)
        for phase in (Phase.PILOTING, Phase.NEW_PRACTICE):
            enter(project, phase, by=by)
        draft = make_draft(project, need, by=by, title=f"Sykler til utlån, som {author} ba om")
        outcome = publish(draft, writer=by, approver=approved_by)
        end(project, by=by, ending=Ending.FINISHED)
        return [need.id, outcome.id]


def days_until(service: Service, *, months: int) -> int:
    with service.at_its_time():
        return (months_later(clock.today(), months) - clock.today()).days


def mails_to(service: Service, name: str, link: str) -> list[KeptMail]:
    """Those with a link that begins so, to the one thing that the test has published for the person."""
    return service.sink.about(f"{service.site_url}{link}", to=address_of(name))


def test_after_six_months_it_is_confirmed_with_a_figure_and_after_twelve_the_need_comes_back(
    service: Service, windows: Windows
) -> None:
    need_id, outcome_id = published_result(
        service, writer="Cecilie", approver="Dag", author="Astrid", supporters=["Bjørn"]
    )
    with service.at_its_time():
        make_resident("Gry")
    six, twelve = days_until(service, months=6), days_until(service, months=12)
    cecilie, bjorn = windows.signed_in("Cecilie"), windows.signed_in("Bjørn", scripts=False)
    let_pass(service, days=six - 1)
    assert mails_to(service, "Cecilie", CHECKED) == []
    let_pass(service, days=1)
    [first] = mails_to(service, "Cecilie", CHECKED)
    confirm(cecilie, first, outcome_id)
    see_it_in_use(bjorn, need_id, outcome_id)

    let_pass(service, days=twelve - six)
    [_, second] = mails_to(service, "Cecilie", CHECKED)
    say_no_longer(cecilie, second, outcome_id, need_id)
    see_it_come_back(bjorn, need_id, outcome_id)
    support_again(windows.signed_in("Gry"), need_id)


def open_check(cecilie: AtBrowser, mail: KeptMail, outcome_id: int, *, months: int) -> str:
    """Straight from the mail."""
    check = f"{CHECKED}/{outcome_id}/{months}"
    follow_link(cecilie, mail, check)
    return check


def confirm(cecilie: AtBrowser, mail: KeptMail, outcome_id: int) -> None:
    check = open_check(cecilie, mail, outcome_id, months=6)
    form = cecilie.fill(f"{check}/bekreft", {"evidence": STILL_USED})
    measured = form.locator("fieldset.known-figure").first
    measured.locator('[name$="-value"]').fill("3,5")
    with cecilie.service.at_its_time():
        measured.locator('[name$="-measured_on"]').fill(clock.today().isoformat())
    press(cecilie, f"{check}/bekreft", to=CHECKED)


def see_it_in_use(bjorn: AtBrowser, need_id: int, outcome_id: int) -> None:
    """The supporter is told with the words and the figure, and the result's page shows both, beside those before."""
    [mail] = bjorn.service.sink.wait_for(1, to=bjorn.address, about=STILL_USED)
    assert "3,5 avganger" in mail.text()
    follow_link(bjorn, mail, f"/resultater/{outcome_id}")
    main = bjorn.page.locator("main")
    expect(main.locator(".use-check")).to_contain_text(STILL_USED)
    expect(main.locator(".bar-table .bar-value").filter(has_text="3,5")).to_be_visible()
    bjorn.open(f"/behov/{need_id}")
    expect(bjorn.page.locator(".need-head .state-in-use")).to_be_visible()
    expect(bjorn.page.locator(".timeline")).to_contain_text(STILL_USED)


def say_no_longer(cecilie: AtBrowser, mail: KeptMail, outcome_id: int, need_id: int) -> None:
    check = open_check(cecilie, mail, outcome_id, months=12)
    cecilie.fill(f"{check}/ikke-lenger", {"happened": BROKEN, f"need_{need_id}": NEXT_STEP})
    press(cecilie, f"{check}/ikke-lenger", to=CHECKED)


def see_it_come_back(bjorn: AtBrowser, need_id: int, outcome_id: int) -> None:
    """Who was told of the result is told that it is gone, and what happens now with their need."""
    [mail] = bjorn.service.sink.wait_for(1, to=bjorn.address, about=BROKEN)
    assert NEXT_STEP in mail.words
    follow_link(bjorn, mail, f"/resultater/{outcome_id}")
    expect(bjorn.page.locator('main .ds-alert[data-color="warning"]')).to_be_visible()
    expect(bjorn.page.locator("main")).to_contain_text(BROKEN)
    bjorn.open(f"/behov/{need_id}")
    expect(bjorn.page.locator(".need-head .state-accepted")).to_be_visible()
    expect(bjorn.page.locator(".timeline")).to_contain_text(NEXT_STEP)
    for listed, place in (
        ("/min-side", "li.my-need"),
        ("/min-side/forte-til", ".grown"),
        ("/resultater", ".outcome-card"),
    ):
        bjorn.open(listed)
        shown = bjorn.page.locator(place, has_text="Sykler til utlån, som Astrid ba om")
        expect(shown.locator(".no-longer-in-use")).to_be_visible()
    bjorn.open("/min-side/forte-til")
    expect(bjorn.page.locator(".grown .grown-ahead")).to_be_visible()


def support_again(gry: AtBrowser, need_id: int) -> None:
    gry.open(f"/behov/{need_id}")
    gry.expect_support(2)
    gry.send(f"/behov/{need_id}/stotte")
    gry.expect_support(3)


def test_those_behind_a_need_are_asked_once_whether_it_helped_and_their_words_are_shown_when_they_let_them(
    service: Service, windows: Windows
) -> None:
    supporters = ["Birger", "Berit", "Bente", "Brage"]
    _need_id, outcome_id = published_result(
        service, writer="Cathrine", approver="Didrik", author="Anne", supporters=supporters
    )
    let_pass(service, days=27)
    assert mails_to(service, "Anne", ASKED) == []
    let_pass(service, days=1)
    [asked] = mails_to(service, "Anne", ASKED)
    scan(service, asked)
    answer_in_part(windows.stranger("Anne", scripts=False), asked, outcome_id)
    for number, name in enumerate(supporters, start=2):
        expect_sums(windows, outcome_id, public=False)
        [asked] = mails_to(service, name, ASKED)
        answer(windows.stranger(name), asked, "ja", outcome_id)
        assert sum(kept_answers(service, outcome_id)) == number
    expect_sums(windows, outcome_id, public=True)
    assert kept_answers(service, outcome_id) == [4, 1, 0]
    show_words(windows, outcome_id)
    let_pass(service, days=1)
    assert [len(mails_to(service, name, ASKED)) for name in ["Anne", *supporters]] == [1] * 5


def links_in(mail: KeptMail) -> list[str]:
    return re.findall(r"(/svar/\S+)", mail.text())


def scan(service: Service, mail: KeptMail) -> None:
    """A mail scanner opens every link there is, which answers nothing."""
    links = links_in(mail)
    assert len(links) == 3
    for path in links:
        assert Visitor(service.port).get(path).status == 200


def kept_answers(service: Service, outcome_id: int) -> list[int]:
    with service.at_its_time():
        outcome = outcomes.outcome(outcome_id)
        assert outcome is not None
        sums = sums_of(outcome)
    return [sums.yes, sums.partly, sums.no]


def answer_in_part(anne: AtBrowser, mail: KeptMail, outcome_id: int) -> None:
    """The link has chosen for her; nothing is kept before she sends it, without signing in."""
    follow_link(anne, mail, r"/svar/\S+delvis")
    expect(anne.page.locator('[name="helped"][value="partly"]')).to_be_checked()
    assert kept_answers(anne.service, outcome_id) == [0, 0, 0]
    anne.fill("", {"words": SAID}).locator('[name="may_publish"]').check()
    press(anne, to=f"/resultater/{outcome_id}")
    assert kept_answers(anne.service, outcome_id) == [0, 1, 0]


def answer(resident: AtBrowser, mail: KeptMail, chosen: str, outcome_id: int) -> None:
    follow_link(resident, mail, rf"/svar/\S+{chosen}")
    press(resident, to=f"/resultater/{outcome_id}")


def expect_sums(windows: Windows, outcome_id: int, *, public: bool) -> None:
    """What anyone sees: sums from five answers up, and before that none; no words that nobody has let through."""
    anyone = Visitor(windows.service.port).get(f"/resultater/{outcome_id}")
    assert ("helped-table" in anyone.text) is public
    assert SAID not in anyone.text


def show_words(windows: Windows, outcome_id: int) -> None:
    """Staff read the words without a name, and let them stand on the page."""
    didrik, anyone = windows.signed_in("Didrik"), windows.stranger("Passerende", scripts=False)
    didrik.open(f"/redaksjonen/resultater/{outcome_id}/svar")
    row = didrik.page.locator(".said-row", has_text=SAID)
    expect(row).not_to_contain_text("Anne")
    row.locator('button[type="submit"]').click()
    expect(row.locator(f'form[action$="/{outcome_id}/svar/ta-bort"]')).to_be_visible()
    anyone.open(f"/resultater/{outcome_id}")
    expect(anyone.page.locator(".said-list")).to_contain_text(SAID)
    expect(anyone.page.locator(".helped-table .bar-value")).to_have_text(["4", "1", "0"])
