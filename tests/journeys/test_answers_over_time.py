"""What is promised is kept an eye on, and no answer is the end of the road: seen as time goes by."""

from playwright.sync_api import expect

from participation.permissions import Role
from tests.factories import in_days, make_need
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
    wait_until_due_mail_is_sent,
)
from tests.journeys.service import Service

NEED = {
    "title": "Lyset på skolevegen er borte",
    "description": "Det har vært mørkt fra krysset til skolen siden oktober.",
    "affected": "Alle som går til skolen.",
    "theme": "buss",
    "area": "tranby",
}
LATE = "Vi har bestilt nye lamper, og venter på dem."
ON_PAGE = "Vi har ikke penger til «{tittel}» i år.\n\nDette er hele begrunnelsen, med tall."
IN_MAIL = "Svaret på {referanse} ble nei i år. Les begrunnelsen på siden."
WOULD_CHANGE = "Et nytt budsjett, eller at flere enn {antall} har behovet."
TOO_NARROW = "Flere i området har samme behov, og det er kommet et nytt tilskudd."
ANNE = "anne@example.org"
SECOND_NO = "Tilskuddet gjelder dessverre ikke veger, og vi har 200 000 kroner."
PUT_RIGHT = "Tilskuddet gjelder dessverre ikke veger, og vi har 20 000 kroner."


def test_who_owes_an_answer_is_reminded_once_of_each_step_and_everyone_sees_when_nothing_is_heard(
    service: Service, windows: Windows
) -> None:
    with service.at_its_time():
        make_resident("Astrid")
        make_staff("Cecilie", Role.CASE_WORKER, unit="Veg")
        make_staff("Camilla", Role.CASE_WORKER, unit="Veg")
        make_staff("Hege", Role.LEADER, unit="Veg")
        make_staff("Hanne", Role.LEADER, unit="Skole")
    need_id = report(windows.signed_in("Astrid"))
    cecilie, case = windows.signed_in("Cecilie"), f"/arbeidsflate/behov/{need_id}"
    cecilie.open(case)
    cecilie.send_on(f"{case}/vurder", to=case)
    passers_by = windows.stranger("Bjørn", scripts=False)

    let_pass(service, days=24)
    assert reminders(service, "Cecilie", need_id) == []
    let_pass(service, days=1)
    [soon] = reminders(service, "Cecilie", need_id)
    follow_link(cecilie, soon, f"{case}")
    let_pass(service, days=6)
    assert len(reminders(service, "Cecilie", need_id)) == 2
    assert reminders(service, "Hege", need_id) == []
    let_pass(service, days=13)
    [long_overdue] = reminders(service, "Hege", need_id)
    expect_silence(passers_by, need_id, weeks=None)
    follow_link(windows.signed_in("Hege"), long_overdue, r"/arbeidsflate\S*")
    let_pass(service, days=12)
    expect_silence(passers_by, need_id, weeks=8)
    assert {name: len(reminders(service, name, need_id)) for name in ("Cecilie", "Hege", "Camilla", "Hanne")} == {
        "Cecilie": 2,
        "Hege": 1,
        "Camilla": 0,
        "Hanne": 0,
    }

    move_date(cecilie, need_id)
    expect_silence(passers_by, need_id, weeks=None)
    [told] = service.sink.wait_for(1, to="astrid@example.org", about=LATE)
    follow_link(windows.stranger("Astrid"), told, f"/behov/{need_id}")


def report(astrid: AtBrowser) -> int:
    astrid.open("/behov/nytt")
    astrid.send_need(NEED)
    return astrid.number


def reminders(service: Service, name: str, need_id: int) -> list[KeptMail]:
    case = f"{service.site_url}/arbeidsflate/behov/{need_id}"
    return [mail for mail in service.sink.to(address_of(name)) if case in mail.text().split()]


def expect_silence(visitor: AtBrowser, need_id: int, *, weeks: int | None) -> None:
    visitor.open(f"/behov/{need_id}")
    silence = visitor.page.locator(".promise.silence")
    if weeks:
        expect(silence).to_contain_text(str(weeks))
    else:
        expect(silence).to_have_count(0)


def move_date(cecilie: AtBrowser, need_id: int) -> None:
    """The answer takes longer: all see from which day to which the date is moved."""
    case = f"/arbeidsflate/behov/{need_id}"
    with cecilie.service.at_its_time():
        later = in_days(20).isoformat()
    cecilie.open(case)
    cecilie.send_on(f"{case}/forelopig-svar", {"body": LATE, "answer_by": later}, to=case)
    wait_until_due_mail_is_sent(cecilie.service)


def test_a_no_is_written_from_a_template_given_a_second_look_once_and_put_right_for_those_who_were_told(
    service: Service, windows: Windows
) -> None:
    with service.at_its_time():
        make_staff("Cathrine", Role.CASE_WORKER, unit="Oppvekst")
        make_staff("Didrik", Role.COMMUNICATIONS)
        make_resident("Birger")
        need = make_need(make_resident("Anne"), title="Gatelys ved barnehagen")
        need_id, reference = need.id, need.reference
    birger = windows.signed_in("Birger", scripts=False)
    birger.open(f"/behov/{need_id}")
    birger.send(f"/behov/{need_id}/stotte")
    birger.expect_support(2)
    write_template(windows.signed_in("Didrik"))
    cathrine, anne = windows.signed_in("Cathrine"), windows.signed_in("Anne", scripts=False)
    take_case(cathrine, need_id)
    decline_by_template(cathrine, need_id, reference)
    read_no(service, anne, need_id, reference)
    ask_again(cathrine, anne, need_id)
    decline_again(cathrine, anne, need_id)
    put_right(cathrine, birger, need_id)


def write_template(didrik: AtBrowser) -> None:
    """One text for the page and another for the mail, seen with a need's own words before it is saved."""
    words = {"name": "Nei, ikke i år", "kind": "declined", "theme": "", "body": ON_PAGE, "mail_body": IN_MAIL}
    didrik.open("/arbeidsflate/svarmaler/ny")
    didrik.fill("", words | {"would_change": WOULD_CHANGE})
    press(didrik, do="preview")
    expect(didrik.page.locator("[data-preview] .letter")).not_to_contain_text("{tittel}")
    press(didrik, to="/arbeidsflate/svarmaler")


def take_case(cathrine: AtBrowser, need_id: int) -> None:
    case = f"/arbeidsflate/behov/{need_id}"
    cathrine.open(case)
    cathrine.send_on(f"{case}/vurder", to=case)


def decline_by_template(cathrine: AtBrowser, need_id: int, reference: str) -> None:
    """The template's words come below her own; she sees the letter and the mail, with all filled in, before it goes."""
    case, page = f"/arbeidsflate/behov/{need_id}", cathrine.page
    sent_to = f"{case}/avslag"
    form = cathrine.fill(sent_to, {"body": "Takk for at du sier fra."})
    form.locator('[name="template"]').select_option(label="Nei, ikke i år")
    press(cathrine, sent_to, do="template")
    body = cathrine.form(sent_to).locator('[name="body"]')
    expect(body).to_have_value(f"Takk for at du sier fra.\n\n{ON_PAGE}")
    press(cathrine, sent_to, do="preview")
    letter, mail = page.locator(".answer-preview .letter"), page.locator(".answer-preview .mail-preview")
    expect(letter.locator("mark").first).to_have_text("Gatelys ved barnehagen")
    expect(letter).to_contain_text("at flere enn 2 har behovet")
    expect(mail).to_contain_text(f"Svaret på {reference} ble nei i år.")
    expect(mail).not_to_contain_text("hele begrunnelsen")
    press(cathrine, sent_to, to=case)


def read_no(service: Service, anne: AtBrowser, need_id: int, reference: str) -> None:
    """The page has the one text, the mail the other; both say what would change it."""
    [mail] = service.sink.wait_for(1, to=anne.address, about=f"Svaret på {reference} ble nei i år.")
    assert "hele begrunnelsen" not in mail.words
    assert "at flere enn 2 har behovet" in mail.words
    follow_link(anne, mail, f"/behov/{need_id}")
    letter = anne.page.locator("article.letter").first
    expect(letter).to_contain_text("Vi har ikke penger til «Gatelys ved barnehagen» i år.")
    expect(letter).to_contain_text("at flere enn 2 har behovet")
    expect(anne.page.locator("main")).not_to_contain_text("Les begrunnelsen på siden")


def ask_again(cathrine: AtBrowser, anne: AtBrowser, need_id: int) -> None:
    """The need is assessed anew, with a new date; the case worker gets to know."""
    asking = f"/behov/{need_id}/ny-vurdering"
    anne.page.locator(f'.ask-again a[href="{asking}"]').click()
    anne.send_on("", {"body": TOO_NARROW}, to=f"/behov/{need_id}")
    expect(anne.page.locator("main")).to_contain_text(TOO_NARROW)
    expect(anne.page.locator(".promise")).to_be_visible()
    [asked] = anne.service.sink.wait_for(1, to=cathrine.address, about=TOO_NARROW)
    follow_link(cathrine, asked, f"/arbeidsflate/behov/{need_id}")


def decline_again(cathrine: AtBrowser, anne: AtBrowser, need_id: int) -> None:
    """A second no stands; its page says so, with other ways on, and the form for a third is no longer there."""
    case, asking = f"/arbeidsflate/behov/{need_id}", f"/behov/{need_id}/ny-vurdering"
    cathrine.fill(f"{case}/avslag", {"body": SECOND_NO, "would_change": "Et tilskudd som gjelder veger."})
    press(cathrine, f"{case}/avslag", to=case)
    anne.open(f"/behov/{need_id}")
    expect(anne.page.locator(".second-no a").first).to_be_visible()
    expect(anne.page.locator(f'a[href="{asking}"]')).to_have_count(0)
    refused = anne.page.request.get(f"{anne.service.site_url}{asking}")
    assert refused.status == 409
    assert "<h1" in refused.text()


def put_right(cathrine: AtBrowser, birger: AtBrowser, need_id: int) -> None:
    """Those who were told the wrong sum get the right one, and the page keeps the old words beside it."""
    case, page = f"/arbeidsflate/behov/{need_id}", cathrine.page
    for resident in (birger.address, ANNE):
        cathrine.service.sink.wait_for(1, to=resident, about=SECOND_NO)
    page.locator(f'a[href^="{case}/linjer/"]').first.click()
    cathrine.send_on("", {"body": PUT_RIGHT, "note": "Summen var feil."}, to=f"{case}#timeline")
    corrected = [cathrine.service.sink.wait_for(1, to=told, about=PUT_RIGHT) for told in (birger.address, ANNE)]
    for mails in corrected:
        assert ["Summen var feil." in mail.words for mail in mails] == [True]
    follow_link(birger, corrected[0][0], f"/behov/{need_id}")
    letter = birger.page.locator("article.letter", has_text=PUT_RIGHT)
    expect(letter.locator(".letter-corrected")).to_contain_text("Summen var feil.")
    letter.locator("summary").click()
    expect(letter.locator("details .prose").first).to_have_text(SECOND_NO)
