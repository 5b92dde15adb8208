"""A result is communications work: written by one, approved by another, published at its minute, and put right."""

from io import BytesIO
from typing import Any

from PIL import Image
from playwright.sync_api import expect

from participation.accounts.rules import Language
from participation.permissions import Role
from participation.projects.rules import Phase
from participation.support import service as support
from tests.factories import enter, in_days, link, make_accepted, make_draft, make_project, publish
from tests.journeys.at_browser import AtBrowser
from tests.journeys.over_time import (
    Windows,
    address_of,
    follow_link,
    let_pass,
    make_resident,
    make_staff,
    wait_until_due_mail_is_sent,
)
from tests.journeys.service import Service
from tests.journeys.several_workers import publish_at_its_minute
from tests.journeys.visitor import Visitor

WORDS = {
    "title": "Badet er åpent hver søndag",
    "summary": "Nå kan alle bade på søndager. Det koster det samme som før.",
    "body": "Vi har åpnet badet på søndager fra klokka ti til fire.",
    "kinds_of_value": "quality",
    "evidence_new": "Badet har aldri før vært åpent på søndager.",
    "evidence_useful": "Ni av ti som vi spurte, er glade for det.",
    "evidence_in_use": "Det har kommet 200 hver søndag siden mai.",
    "indicator_0-name": "Søndager i året",
    "indicator_0-unit": "dager",
    "indicator_0-before": "0",
    "indicator_0-now": "48",
}
ANSWER = "Du kan bade på søndag."
IN_OTHERS: dict[str, dict[str, str]] = {
    "nn": {
        "title": "Badet er ope kvar søndag",
        "summary": "No kan alle bade på søndagar. Det kostar det same som før.",
        "body": "Vi har opna badet på søndagar frå klokka ti til fire.",
        "picture_alt": "Tre born hoppar i vatnet.",
        "figure_0_name": "Søndagar i året",
        "figure_0_unit": "dagar",
        "evidence_new": "Badet har aldri før vore ope på søndagar.",
        "evidence_useful": "Ni av ti som vi spurde, er glade for det.",
        "evidence_in_use": "Det har kome 200 kvar søndag sidan mai.",
        "answer": "Du kan bade no på søndag.",
    },
    "en": {
        "title": "The pool is open every Sunday",
        "summary": "Now everyone can swim on Sundays. It costs the same as before.",
        "body": "We have opened the pool on Sundays from ten to four.",
        "picture_alt": "Three children jump into the water.",
        "figure_0_name": "Sundays a year",
        "figure_0_unit": "days",
        "evidence_new": "The pool has never before been open on Sundays.",
        "evidence_useful": "Nine of the ten we asked are glad of it.",
        "evidence_in_use": "200 have come every Sunday since May.",
        "answer": "You can go swimming this Sunday.",
    },
}
ALT = "Tre barn hopper i vannet."
REMARK = "Er det sikkert at prisen er den samme?"
REPLY = "Ja, bystyret har vedtatt det."
SEND_BACK = "Si i ingressen at prisen er den samme."
SHORT_SUMMARY = "Nå kan alle bade på søndager."
PUBLISH_AT = "15:45"

WRONG = "Nå går det tre busser i timen til klokka elleve."
RIGHT = "Nå går det to busser i timen til klokka elleve."
PUT_RIGHT = "Det er to busser i timen, ikke tre."
WHY_WITHDRAWN = "Bussen er tatt ut av ruta igjen fra i dag."


def test_a_result_is_written_talked_over_translated_and_published_once_at_its_minute_by_three_workers(
    service: Service, windows: Windows
) -> None:
    with service.at_its_time():
        runa = make_staff("Runa", Role.CASE_WORKER)
        make_staff("Dina", Role.COMMUNICATIONS)
        readers = {Language.BOKMAL: "Kari", Language.NYNORSK: "Ola", Language.ENGLISH: "Ada"}
        need = make_accepted(make_resident("Mari"), by=runa, title="Badet er stengt på søndager")
        for language, name in readers.items():
            reader = make_resident(name)
            reader.language = language
            support.support(reader.actor, need=need)
        project = make_project(runa, title="Søndagsåpent bad")
        link(project, need, by=runa)
        enter(project, Phase.PILOTING, by=runa)
        project_id, need_id, title = project.id, need.id, need.title
    runa_there, dina = windows.signed_in("Runa"), windows.signed_in("Dina")
    outcome_id = write(runa_there, project_id, need_id)
    talk_it_over(runa_there, dina, outcome_id)
    illustrate_and_translate(runa_there, outcome_id, need_id)
    preview_and_approve(runa_there, dina, outcome_id)
    schedule(dina, outcome_id)
    nothing_is_out(service, outcome_id, need_id)
    let_pass(service, days=1)
    nothing_is_out(service, outcome_id, need_id)
    publish_at_its_minute(service, outcome_id)
    each_is_told_once_in_their_language(service, readers, outcome_id, title)
    read_result(windows.stranger("Per", scripts=False), outcome_id)


def write(runa: AtBrowser, project_id: int, need_id: int) -> int:
    with runa.service.at_its_time():
        measured_on = in_days(-1).isoformat()
    words = WORDS | {"summary": SHORT_SUMMARY, "indicator_0-measured_on": measured_on}
    words |= {f"need_{need_id}-verdict": "met", f"need_{need_id}-text": ANSWER}
    runa.open(f"/redaksjonen/resultater/nytt?prosjekt={project_id}")
    runa.send_on("/redaksjonen/resultater/nytt", words, to=r"/redaksjonen/resultater/\d+")
    runa.send_on(f"/redaksjonen/resultater/{runa.number}/til-godkjenning", to=f"/redaksjonen/resultater/{runa.number}")
    return runa.number


def talk_it_over(runa: AtBrowser, dina: AtBrowser, outcome_id: int) -> None:
    """A question and its answer reach the other by mail; then it is sent back, and written on."""
    outcome = f"/redaksjonen/resultater/{outcome_id}"
    dina.open(outcome)
    dina.send_on(f"{outcome}/merknad", {"body": REMARK}, to=outcome)
    [asked] = runa.service.sink.wait_for(1, to=runa.address, about=REMARK)
    follow_link(runa, asked, rf"{outcome}\S*")
    runa.send_on(f"{outcome}/merknad", {"body": REPLY}, to=outcome)
    dina.service.sink.wait_for(1, to=dina.address, about=REPLY)
    dina.open(outcome)
    expect(dina.page.locator(".remark", has_text=REPLY)).to_be_visible()
    dina.send_on(f"{outcome}/tilbake", {"note": SEND_BACK}, to=outcome)
    runa.open(f"{outcome}/endre")
    expect(runa.page.locator(".sent-back")).to_contain_text(SEND_BACK)
    runa.send_on(f"{outcome}/endre", {"summary": WORDS["summary"]}, to=outcome)


def illustrate_and_translate(runa: AtBrowser, outcome_id: int, need_id: int) -> None:
    """Then the checklist has nothing left."""
    outcome = f"/redaksjonen/resultater/{outcome_id}"
    expect(runa.page.locator(".checklist li:not(.done)")).to_have_count(2)
    runa.open(f"{outcome}/bilde")
    form = runa.fill(f"{outcome}/bilde", {"alt": ALT})
    form.locator('[name="picture"]').set_input_files(
        {"name": "badet.png", "mimeType": "image/png", "buffer": a_picture()}
    )
    runa.send_on(f"{outcome}/bilde", to=outcome)
    runa.open(f"{outcome}/oversett")
    written = {
        f"in_{language}-{'need_' + str(need_id) if part == 'answer' else part}": words
        for language, said in IN_OTHERS.items()
        for part, words in said.items()
    }
    runa.send_on(f"{outcome}/oversett", written, to=outcome)
    expect(runa.page.locator(".checklist li:not(.done)")).to_have_count(0)


def a_picture() -> bytes:
    data = BytesIO()
    Image.new("RGB", (640, 480), "#1f6b3a").save(data, "PNG")
    return data.getvalue()


def preview_and_approve(runa: AtBrowser, dina: AtBrowser, outcome_id: int) -> None:
    """Dina sees the page and the mail side by side in each language; Runa can't approve what she wrote herself."""
    outcome = f"/redaksjonen/resultater/{outcome_id}"
    runa.send_on(f"{outcome}/til-godkjenning", to=outcome)
    expect(runa.page.locator(f'form[action="{outcome}/godkjenn"]')).to_have_count(0)
    dina.open(f"{outcome}/forhandsvisning")
    for language, said in {"nb": WORDS | {"answer": ANSWER}, **IN_OTHERS}.items():
        dina.page.locator(f'nav.tabs a[lang="{language}"]').click()
        dina.page.wait_for_url(f"**/forhandsvisning?pa={language}")
        shown, mail = (
            dina.page.frame_locator(f'iframe[src*="/forhandsvisning/{part}"]') for part in ("side", "e-post")
        )
        expect(shown.locator("h1")).to_have_text(said["title"])
        for part in ("answer", "evidence_in_use"):
            expect(shown.locator("main")).to_contain_text(said[part])
        expect(mail.locator("body")).to_contain_text(said["answer"])
        expect(dina.page.locator(".mail-head")).to_contain_text(said["title"])
    dina.open(outcome)
    dina.send_on(f"{outcome}/godkjenn", to=outcome)


def schedule(dina: AtBrowser, outcome_id: int) -> None:
    """For a minute of tomorrow; it stands in the calendar."""
    outcome = f"/redaksjonen/resultater/{outcome_id}"
    with dina.service.at_its_time():
        tomorrow = in_days(1).isoformat()
    dina.send_on(f"{outcome}/planlegg", {"day": tomorrow, "at": PUBLISH_AT}, to=outcome)
    dina.open(f"/redaksjonen/kalender?maned={tomorrow[:7]}")
    planned = dina.page.locator(".is-planned", has_text=WORDS["title"])
    expect(planned).to_contain_text(PUBLISH_AT.replace(":", "."))


def nothing_is_out(service: Service, outcome_id: int, need_id: int) -> None:
    outside = Visitor(service.port)
    for path in (
        f"/resultater/{outcome_id}",
        f"/resultater/{outcome_id}/deling.png",
        f"/resultater/{outcome_id}/bilde-480.webp",
    ):
        assert outside.get(path).status == 404, path
    for path in ("/", "/resultater", f"/behov/{need_id}", "/strom/resultater.atom", f"/strom/behov/{need_id}.atom"):
        page = outside.get(path)
        assert page.status == 200, path
        assert WORDS["title"] not in page.text, path
    for name in ("Kari", "Ola", "Ada"):
        assert service.sink.about(WORDS["title"], to=address_of(name)) == []


def each_is_told_once_in_their_language(
    service: Service, readers: dict[Language, str], outcome_id: int, need: str
) -> None:
    said: dict[str, dict[str, Any]] = {"nb": WORDS | {"answer": ANSWER}, **IN_OTHERS}
    for language, name in readers.items():
        [mail] = service.sink.about(f"/resultater/{outcome_id}", to=address_of(name))
        assert said[language.value]["title"] in mail.subject
        assert said[language.value]["answer"] in mail.text()
        assert need in mail.text()
        others = [words["answer"] for code, words in said.items() if code != language.value]
        assert [answer for answer in others if answer in mail.words] == []
    assert set(service.sink.copies().values()) == {1}


def read_result(per: AtBrowser, outcome_id: int) -> None:
    """With picture, figures and evidence; what was said among those who wrote it stays among them."""
    per.open("/resultater")
    per.page.locator(f'main a[href="/resultater/{outcome_id}"]').first.click()
    expect(per.page.locator("h1")).to_have_text(WORDS["title"])
    expect(per.page.locator("img.outcome-picture")).to_have_attribute("alt", ALT)
    main = per.page.locator("main")
    expect(main).to_contain_text(WORDS["evidence_in_use"])
    for inside in (REMARK, REPLY, SEND_BACK):
        expect(main).not_to_contain_text(inside)


def test_a_published_result_is_put_right_for_all_to_see_and_at_last_withdrawn_with_the_reason(
    service: Service, windows: Windows
) -> None:
    with service.at_its_time():
        roar, dorte = make_staff("Roar", Role.CASE_WORKER), make_staff("Dorte", Role.COMMUNICATIONS)
        need = make_accepted(make_resident("Signe"), by=roar, title="Bussen til Sylling går for sjelden")
        project = make_project(roar, title="Flere busser til Sylling")
        link(project, need, by=roar)
        draft = make_draft(project, need, by=roar, title="Flere busser til Sylling går nå", summary=WRONG)
        outcome_id, need_id = publish(draft, writer=roar, approver=dorte).id, need.id
    wait_until_due_mail_is_sent(service)
    signe = windows.signed_in("Signe", scripts=False)
    roar_there, dorte_there = windows.signed_in("Roar"), windows.signed_in("Dorte")
    propose_correction(roar_there, outcome_id)
    expect_words(signe, outcome_id, WRONG)
    approve_correction(roar_there, dorte_there, outcome_id)
    read_correction(service, signe, outcome_id)
    withdraw(dorte_there, outcome_id)
    read_withdrawal(service, signe, outcome_id, need_id)


def propose_correction(roar: AtBrowser, outcome_id: int) -> None:
    outcome = f"/redaksjonen/resultater/{outcome_id}"
    roar.open(outcome)
    roar.page.locator(f'main a[href="{outcome}/rett"]').click()
    roar.send_on(f"{outcome}/rett", {"note": PUT_RIGHT, "summary": RIGHT}, to=f"{outcome}/retting")


def expect_words(reader: AtBrowser, outcome_id: int, summary: str) -> None:
    reader.open(f"/resultater/{outcome_id}")
    expect(reader.page.locator(".page-head .lead")).to_have_text(summary)


def approve_correction(roar: AtBrowser, dorte: AtBrowser, outcome_id: int) -> None:
    """Another than who wrote it sees the old beside the new."""
    outcome = f"/redaksjonen/resultater/{outcome_id}"
    expect(roar.page.locator(f'form[action="{outcome}/retting/godkjenn"]')).to_have_count(0)
    dorte.open(f"{outcome}/retting")
    changed = dorte.page.locator(".compare tbody tr")
    expect(changed).to_have_count(1)
    expect(changed).to_contain_text(WRONG)
    expect(changed).to_contain_text(RIGHT)
    dorte.send_on(f"{outcome}/retting/godkjenn", to=outcome)


def read_correction(service: Service, signe: AtBrowser, outcome_id: int) -> None:
    """The page has the new words, says what was put right, and leads to the words as they were."""
    [mail] = service.sink.wait_for(1, to=signe.address, about=PUT_RIGHT)
    assert RIGHT in mail.words
    assert WRONG not in mail.words
    follow_link(signe, mail, f"/resultater/{outcome_id}")
    expect_words(signe, outcome_id, RIGHT)
    expect(signe.page.locator("aside")).to_contain_text(PUT_RIGHT)
    signe.page.locator(f'a[href="/resultater/{outcome_id}/versjon/1"]').click()
    expect(signe.page.locator(".page-head .lead")).to_have_text(WRONG)
    expect(signe.page.locator(".former-mark")).to_be_visible()


def withdraw(dorte: AtBrowser, outcome_id: int) -> None:
    outcome = f"/redaksjonen/resultater/{outcome_id}"
    dorte.send_on(f"{outcome}/trekk-tilbake", {"reason": WHY_WITHDRAWN}, to=outcome)


def read_withdrawal(service: Service, signe: AtBrowser, outcome_id: int, need_id: int) -> None:
    """All that is left is that it is withdrawn, and why; the need is open again."""
    [mail] = service.sink.wait_for(1, to=signe.address, about=WHY_WITHDRAWN)
    follow_link(signe, mail, f"/behov/{need_id}")
    expect(signe.page.locator(".need-head .state-in-project")).to_be_visible()
    outside = Visitor(service.port)
    for path in (f"/resultater/{outcome_id}", f"/resultater/{outcome_id}/versjon/1"):
        page = outside.get(path)
        assert page.status == 410, path
        assert WHY_WITHDRAWN in page.text
        assert RIGHT not in page.text
        assert WRONG not in page.text
    for path in ("/resultater", "/strom/resultater.atom", f"/strom/behov/{need_id}.atom"):
        assert RIGHT not in outside.get(path).text, path
