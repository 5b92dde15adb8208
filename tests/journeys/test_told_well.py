"""Each is told as they wish, once, on paper where no mail reaches; and can see what their support led to."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from io import BytesIO
from urllib.parse import urlsplit
from xml.etree.ElementTree import fromstring, tostring

from PIL import Image
from playwright.sync_api import expect
from pypdf import PdfReader

from participation import clock
from participation.extensions import db
from participation.needs import answers
from participation.needs.queries import need_page
from participation.notifications.rules import next_at
from participation.permissions import Role
from participation.projects.rules import Phase
from participation.support import service as support
from tests.factories import enter, link, make_accepted, make_draft, make_project, publish
from tests.journeys.at_browser import AtBrowser
from tests.journeys.mail_sink import KeptMail
from tests.journeys.over_time import (
    NOON,
    Windows,
    address_of,
    follow_link,
    known,
    let_it_be,
    let_pass,
    make_resident,
    make_staff,
    wait_until_due_mail_is_sent,
)
from tests.journeys.service import Service
from tests.journeys.visitor import Visitor
from tests.unit.test_mail_returned import report

FIRST, SECOND = "Nå er de nye benkene bestilt.", "Benkene kommer til uka."
AT_NIGHT = "Benkene kom med bilen i kveld."
PATH_NEWS, BATH_NEWS = "Stien er ryddet for stein.", "Badeplassen har fått ny stige."
LAST_NEWS = "Stigen er malt rød."
COMES_BACK = ["Skiltet er bestilt.", "Skiltet er malt.", "Skiltet er satt opp."]
STREET = "Storgata 1\n3400 Lier"
ATOM = "{http://www.w3.org/2005/Atom}"
OTHER_STREET = "Bakkeveien 2\n3410 Sylling"


def give_news(service: Service, *bodies: str, of: int, by: str) -> None:
    """What happens at work; the mail of it has left, but for what is gathered or waits for the morning."""
    with service.at_its_time():
        for body in bodies:
            need = need_page(of)
            assert need is not None
            answers.give_news(known(by).actor, need=need, body=body, version=need.version)
            db.session.commit()
    wait_until_due_mail_is_sent(service)


def heard(service: Service, name: str, *news: str) -> list[list[str]]:
    """Which of the news each mail to the person held."""
    held = ([words for words in news if words in mail.text()] for mail in service.sink.to(address_of(name)))
    return [words for words in held if words]


def supported_by(names: Sequence[str], *, title: str, by: str) -> int:
    """An accepted need of the first, which the others have too. Needs the app's context."""
    people = [make_resident(name) for name in names]
    need = make_accepted(people[0], by=known(by), title=title)
    for person in people[1:]:
        support.support(person.actor, need=need)
    db.session.commit()
    return need.id


def test_news_come_at_once_gathered_a_day_gathered_a_week_or_in_the_morning_as_each_has_chosen(
    service: Service, windows: Windows
) -> None:
    with service.at_its_time():
        make_staff("Nina", Role.CASE_WORKER)
        need_id = supported_by(["Astri", "Bente", "Wenche", "Kjell"], title="Ingen benker i parken", by="Nina")
    choose(windows.signed_in("Bente"), progress="daily")
    choose(windows.signed_in("Wenche", scripts=False), progress="weekly")
    choose(windows.signed_in("Kjell", scripts=False), quiet=True)

    give_news(service, FIRST, SECOND, of=need_id, by="Nina")
    assert heard(service, "Astri", FIRST, SECOND) == [[FIRST], [SECOND]]
    assert heard(service, "Kjell", FIRST, SECOND) == [[FIRST], [SECOND]]
    assert heard(service, "Bente", FIRST, SECOND) == heard(service, "Wenche", FIRST, SECOND) == []

    night_falls(service)
    give_news(service, AT_NIGHT, of=need_id, by="Nina")
    assert heard(service, "Astri", AT_NIGHT) == [[AT_NIGHT]]
    assert heard(service, "Kjell", AT_NIGHT) == []
    morning_comes(service)
    assert heard(service, "Kjell", AT_NIGHT) == [[AT_NIGHT]]
    assert heard(service, "Bente", FIRST, SECOND, AT_NIGHT) == [[FIRST, SECOND, AT_NIGHT]]
    let_pass(service, days=days_to_monday(service))
    assert heard(service, "Wenche", FIRST, SECOND, AT_NIGHT) == [[FIRST, SECOND, AT_NIGHT]]
    [bundle] = service.sink.about(SECOND, to=address_of("Wenche"))
    follow_link(windows.stranger("Wenche"), bundle, f"/behov/{need_id}")


def choose(person: AtBrowser, *, progress: str = "at_once", quiet: bool = False) -> None:
    person.open("/min-side/varsler")
    form = person.fill("/min-side/varsler", {"progress": progress})
    form.locator('[name="quiet_nights"]').set_checked(quiet)
    person.send_on("/min-side/varsler", to="/min-side/varsler")
    expect(person.page.locator(f'[name="progress"][value="{progress}"]')).to_be_checked()


def night_falls(service: Service) -> None:
    with service.at_its_time():
        night = datetime.combine(clock.today(), time(23), tzinfo=clock.MUNICIPAL_TIME)
    let_it_be(service, night)


def morning_comes(service: Service) -> None:
    with service.at_its_time():
        noon = datetime.combine(clock.today() + timedelta(days=1), NOON, tzinfo=clock.MUNICIPAL_TIME)
    let_it_be(service, noon)
    service.app.extensions["jobs"].catch_up()
    wait_until_due_mail_is_sent(service)


def days_to_monday(service: Service) -> int:
    """Till the next Monday's noon, or a day where it is Monday now."""
    with service.at_its_time():
        monday = next_at(0, after=clock.now(), weekday=0)
        return max(1, (clock.day_of(monday) - clock.today()).days)


def test_one_need_is_muted_from_its_mail_and_all_mail_ended_in_one_click_and_a_scanner_does_neither(
    service: Service, windows: Windows
) -> None:
    with service.at_its_time():
        make_staff("Nora", Role.CASE_WORKER)
        path_id = supported_by(["Mons"], title="Stien er full av stein", by="Nora")
        bath_id = supported_by(["Mina"], title="Badeplassen mangler stige", by="Nora")
        bath = need_page(bath_id)
        assert bath is not None
        support.support(known("Mons").actor, need=bath)
        db.session.commit()
    give_news(service, PATH_NEWS, of=path_id, by="Nora")
    [mail] = service.sink.about(PATH_NEWS, to=address_of("Mons"))
    mons = windows.stranger("Mons", scripts=False)
    assert Visitor(service.port).get(path_to(mail, "/demp/")).status == 200
    follow_link(mons, mail, r"/demp/\S+")
    mons.send("/demp/")
    expect(mons.page.locator("main form")).to_have_count(0)
    give_news(service, "Stien er full av is.", of=path_id, by="Nora")
    give_news(service, BATH_NEWS, of=bath_id, by="Nora")
    assert heard(service, "Mons", PATH_NEWS, "Stien er full av is.", BATH_NEWS) == [[PATH_NEWS], [BATH_NEWS]]

    [mail] = service.sink.about(BATH_NEWS, to=address_of("Mons"))
    one_click = urlsplit(str(mail.message["List-Unsubscribe"]).strip("<>")).path
    assert mail.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert Visitor(service.port).get(one_click).status == 200
    give_news(service, "Stigen skal males.", of=bath_id, by="Nora")
    assert heard(service, "Mons", "Stigen skal males.") == [["Stigen skal males."]]
    assert Visitor(service.port).post(one_click, {"List-Unsubscribe": "One-Click"}).status == 200
    give_news(service, LAST_NEWS, of=bath_id, by="Nora")
    assert heard(service, "Mons", LAST_NEWS) == []
    assert heard(service, "Mina", LAST_NEWS) == [[LAST_NEWS]]
    mons_inside = windows.signed_in("Mons", scripts=False)
    mons_inside.open(f"/behov/{bath_id}")
    expect(mons_inside.page.locator("main")).to_contain_text(LAST_NEWS)


def path_to(mail: KeptMail, beginning: str) -> str:
    """The path in the mail that begins so."""
    return next(
        parts.path for word in mail.text().split() if (parts := urlsplit(word.strip("<>"))).path.startswith(beginning)
    )


def test_who_no_mail_reaches_is_told_on_paper_and_the_reach_says_how_it_went_with_each(
    service: Service, windows: Windows
) -> None:
    with service.at_its_time():
        make_staff("Nanna", Role.CASE_WORKER)
        need_id = supported_by(["Tea", "Tor", "Odd"], title="Skiltet ved brua er borte", by="Nanna")
    nanna = windows.signed_in("Nanna")
    register_on_paper(nanna, need_id)
    never_tell_of_results(windows.signed_in("Odd", scripts=False))
    # A sign-in link that arrives shows that mail does get there.
    tor = windows.signed_in("Tor", scripts=False)
    send_back_all_to(service, "Tor", need_id, by="Nanna")
    tor.open("/min-side")
    expect(tor.page.locator("#unreached-heading")).to_be_visible()
    outcome_id = come_to_a_result(service, need_id, title="Nytt skilt ved brua", by="Nanna")
    assert [service.sink.about(f"/resultater/{outcome_id}", to=address_of(name)) for name in ("Tor", "Odd")] == [[], []]
    come_from_mail(service, windows.stranger("Tea"), outcome_id)
    letters = print_letters(nanna)
    assert [name for name in ("Gunhild Bakke", "Tor") if not any(name in page for page in letters[1:])] == []
    assert sum("Nytt skilt ved brua" in page for page in letters) == 2
    see_reach(nanna, outcome_id)


def register_on_paper(nanna: AtBrowser, need_id: int) -> None:
    """Gunhild has rung: she has the need too, and no e-mail."""
    nanna.open(f"/arbeidsflate/behov/{need_id}")
    registering = f"/arbeidsflate/behov/{need_id}/pa-vegne"
    nanna.page.locator(f'a[href="{registering}"]').click()
    words = {"name": "Gunhild Bakke", "postal_address": STREET, "channel": "phone"}
    nanna.fill(registering, words).locator('[name="agreed"]').check()
    nanna.send_on(registering, to=f"/arbeidsflate/behov/{need_id}")
    nanna.open(f"/behov/{need_id}")
    nanna.expect_support(4)
    expect(nanna.page.locator("main")).not_to_contain_text("Gunhild")


def never_tell_of_results(odd: AtBrowser) -> None:
    odd.open("/min-side/varsler")
    odd.send_on("/min-side/varsler", {"results": "never"}, to="/min-side/varsler")


def send_back_all_to(service: Service, name: str, need_id: int, *, by: str) -> None:
    """The mail server reports each of three mails as undeliverable; what comes after them is not sent."""
    for news in COMES_BACK:
        give_news(service, news, of=need_id, by=by)
        [mail] = service.sink.about(news, to=address_of(name))
        dsn = report(message_id=mail.message_id, recipient=address_of(name))
        taken = service.pipe_to_flask(dsn.decode(), "mail", "bounced")
        assert taken.stdout.strip() == "1 came back.", taken.stderr
    give_news(service, "Skiltet er borte igjen.", of=need_id, by=by)
    assert heard(service, name, "Skiltet er borte igjen.") == []


def come_to_a_result(service: Service, need_id: int, *, title: str, by: str) -> int:
    """A project takes the need on, and its result is published; the mail of it has left."""
    with service.at_its_time():
        worker, approver = known(by), make_staff(f"Dagny for {by}", Role.COMMUNICATIONS)
        need = need_page(need_id)
        assert need is not None
        project = make_project(worker, title="Prosjektet bak det hele")
        link(project, need, by=worker)
        enter(project, Phase.PILOTING, by=worker)
        draft = make_draft(project, need, by=worker, title=title)
        outcome_id = publish(draft, writer=worker, approver=approver).id
    wait_until_due_mail_is_sent(service)
    return outcome_id


def come_from_mail(service: Service, tea: AtBrowser, outcome_id: int) -> None:
    """Her mail's scanner opens the link too, and is not counted."""
    [mail] = service.sink.about(f"/resultater/{outcome_id}", to=address_of("Tea"))
    to_result = next(word for word in mail.text().split() if f"/resultater/{outcome_id}?" in word)
    parts = urlsplit(to_result)
    assert Visitor(service.port).get(f"{parts.path}?{parts.query}").status == 200
    with tea.page.expect_response("**/apnet"):
        tea.open(f"{parts.path}?{parts.query}")


def print_letters(nanna: AtBrowser) -> list[str]:
    """Tor's address is asked for by phone first; then both get a letter, and it is marked that these have left."""
    nanna.open("/arbeidsflate/brev")
    nanna.page.locator('.letter-people a[href^="/arbeidsflate/brev/adresse/"]').click()
    nanna.send_on(nanna.path, {"postal_address": OTHER_STREET}, to="/arbeidsflate/brev")
    nanna.send_on("/arbeidsflate/brev", to="/arbeidsflate/brev")
    batch = nanna.page.locator(".letter-batch").first
    address = batch.locator('a[href$=".pdf"]').get_attribute("href")
    pdf = nanna.page.request.get(f"{nanna.service.site_url}{address}")
    assert pdf.headers["content-type"] == "application/pdf"
    batch.locator('form[action$="/sendt"] button').click()
    expect(batch.locator(".letter-sent")).to_be_visible()
    return [page.extract_text() for page in PdfReader(BytesIO(pdf.body())).pages]


def see_reach(nanna: AtBrowser, outcome_id: int) -> None:
    nanna.open(f"/redaksjonen/resultater/{outcome_id}")
    table = nanna.page.locator(".reach-table")
    for status, people in {"sent": 1, "on-paper": 2, "opted-out": 1}.items():
        row = table.locator("tr", has=nanna.page.locator(f".reach-{status}"))
        expect(row.locator(".number")).to_have_text(str(people))
    expect(table.locator("tbody tr")).to_have_count(3)
    told = nanna.page.locator(".reach-told")
    expect(told).to_contain_text("3")
    expect(told).to_contain_text("4")
    expect(nanna.page.locator("section", has=told).locator("p.small").first).to_contain_text("1")


def test_what_support_led_to_is_on_a_page_of_ones_own_in_a_mail_in_january_and_open_to_all(
    service: Service, windows: Windows
) -> None:
    with service.at_its_time():
        make_staff("Nella", Role.CASE_WORKER)
        need_id = supported_by(["Unni", "Viggo"], title="Vannposten på torget er stengt", by="Nella")
        year = clock.today().year
    outcome_id = come_to_a_result(service, need_id, title="Vannposten renner igjen", by="Nella")
    unni = windows.signed_in("Unni")
    see_branch(unni, need_id, outcome_id)
    look_through_results(windows.stranger("Per"), outcome_id, year)
    pass_it_on(windows.stranger("Pia", scripts=False), need_id, outcome_id)
    follow_in_feeds(windows.stranger("Pål", scripts=False), need_id, outcome_id)
    let_pass(service, days=(date(year + 1, 1, 6) - today(service)).days)
    let_pass(service, days=1)
    follow_link(unni, year_mail(service, "Unni", year), "/min-side/forte-til")
    expect(unni.page.locator(f"#need-{need_id}")).to_be_visible()
    year_mail(service, "Viggo", year)


def year_mail(service: Service, name: str, year: int) -> KeptMail:
    """The one that sums up the person's year."""
    [mail] = service.sink.about("/min-side/forte-til", to=address_of(name))
    assert str(year) in mail.subject
    assert "Vannposten renner igjen" in mail.text()
    return mail


def today(service: Service) -> date:
    with service.at_its_time():
        return clock.today()


def see_branch(unni: AtBrowser, need_id: int, outcome_id: int) -> None:
    """From the need over the project to the result, one page away from My page."""
    unni.open("/min-side")
    unni.page.locator('main a[href="/min-side/forte-til"]').first.click()
    branch = unni.page.locator(".grown", has=unni.page.locator(f"#need-{need_id}"))
    expect(branch.locator('a[href^="/prosjekter/"]')).to_be_visible()
    expect(branch.locator(f'.grown-met a[href="/resultater/{outcome_id}"]')).to_be_visible()
    expect(branch.locator(".grown-ahead")).to_have_count(0)


def look_through_results(per: AtBrowser, outcome_id: int, year: int) -> None:
    """It is found by theme, area, value, verdict and year, and not among those that meet a need in part."""
    per.open("/resultater")
    chosen = {"tema": "buss", "omrade": "tranby", "verdi": "kvalitet", "svar": "dekket", "ar": str(year)}
    for name, value in chosen.items():
        per.page.locator(f'form.outcome-filter [name="{name}"]').select_option(value)
    per.page.locator('form.outcome-filter button[type="submit"]').click()
    per.page.wait_for_url("**svar=dekket**")
    card = per.page.locator(f'.outcome-card a[href="/resultater/{outcome_id}"]')
    expect(card).to_be_visible()
    expect(per.page.locator(".need-chips li")).to_have_count(len(chosen))
    per.open("/resultater?svar=delvis-dekket")
    expect(card).to_have_count(0)


def pass_it_on(pia: AtBrowser, need_id: int, outcome_id: int) -> None:
    """The page of the need, and that of the result, say which picture goes with their addresses."""
    drawn = set()
    for path in (f"/behov/{need_id}", f"/resultater/{outcome_id}"):
        pia.open(path)
        address = pia.page.locator('meta[property="og:image"]').get_attribute("content")
        assert address is not None
        answer = pia.page.request.get(address)
        assert answer.headers["content-type"] == "image/png"
        with Image.open(BytesIO(answer.body())) as picture:
            assert picture.size == (1200, 630)
        drawn.add(answer.body())
    assert len(drawn) == 2


def follow_in_feeds(paal: AtBrowser, need_id: int, outcome_id: int) -> None:
    """Each page says where its feed is, and each feed tells of the result."""
    paal.open(f"/resultater/{outcome_id}")
    project = paal.page.locator('main a[href^="/prosjekter/"]').get_attribute("href")
    found = [feed_of(paal, page) for page in ("/resultater", f"/behov/{need_id}", str(project))]
    for feed in (*found, "/strom/tema/buss.atom", "/strom/omrade/tranby.atom"):
        answer = paal.page.request.get(f"{paal.service.site_url}{feed}")
        assert answer.headers["content-type"].startswith("application/atom+xml")
        entries = fromstring(answer.text()).findall(f"{ATOM}entry")  # noqa: S314  our own
        told = [entry for entry in entries if f"/resultater/{outcome_id}" in tostring(entry, encoding="unicode")]
        assert len(told) == 1, feed


def feed_of(paal: AtBrowser, page: str) -> str:
    paal.open(page)
    link = paal.page.locator('link[rel="alternate"][type="application/atom+xml"]')
    return str(link.get_attribute("href"))
