"""Who has no e-mail has a voice as anyone's: one each, known by name and address, and nowhere public."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from participation.accounts import service as accounts
from participation.accounts.models import Person
from participation.accounts.rules import Language
from participation.audit.models import AuditEntry
from participation.extensions import db
from participation.needs import answers
from participation.needs.models import Need, NeedUpdate
from participation.needs.rules import NeedState, UpdateKind
from participation.notifications import letters
from participation.refusals import Refusal, Refused
from participation.support import on_behalf
from participation.support.on_behalf import OnBehalf
from participation.support.rules import Channel
from tests import factories
from tests.forms import open_form
from tests.people import make_person

Named = Callable[[str], Person]
SignIn = Callable[[str], FlaskClient]
ADDRESS = "Hemmeligveien 77\n3400 Lier"
WHO = {
    "name": "Kari Papirsen",
    "postal_address": ADDRESS,
    "language": "nb",
    "channel": "phone",
    "agreed": "y",
}
NEED = {
    "title": "Det er for få benker langs elva",
    "description": "Jeg går tur hver dag og må hvile.",
    "affected": "Eldre som går tur.",
    "theme": "buss",
    "area": "tranby",
}


def kari(name: str = "Kari Papirsen", address: str = ADDRESS) -> OnBehalf:
    return OnBehalf(name=name, postal_address=address, language=Language.BOKMAL, channel=Channel.PHONE)


def people() -> int:
    return db.session.scalar(select(func.count()).select_from(Person).where(Person.email.is_(None))) or 0


def test_the_same_person_registered_twice_counts_once(ctx: Flask, person: Named) -> None:
    need, cecilie = factories.make_need(person("Astrid")), person("Cecilie")
    assert on_behalf.support_for(cecilie.actor, need=need, of=kari())
    again = kari("kari  papirsen", "Hemmeligveien 77,\n3400 LIER")
    assert not on_behalf.support_for(cecilie.actor, need=need, of=again)
    db.session.commit()
    assert need.support_count == 2
    assert people() == 1


def test_who_registered_and_how_they_reached_us_stands_in_the_audit_trail(ctx: Flask, person: Named) -> None:
    need, cecilie = factories.make_need(person("Astrid")), person("Cecilie")
    on_behalf.support_for(cecilie.actor, need=need, of=kari())
    db.session.commit()
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "support_registered")).one()
    assert (entry.actor_id, entry.facts["channel"]) == (cecilie.id, "phone")


def test_a_decided_need_takes_no_support_and_nobody_is_made_known(ctx: Flask, person: Named) -> None:
    need = factories.make_need(person("Astrid"))
    cecilie = person("Cecilie")
    from_state = need.state
    need.state = need.state.__class__.DECLINED
    with pytest.raises(Refused) as refused:
        on_behalf.support_for(cecilie.actor, need=need, of=kari())
    assert refused.value.reason is Refusal.CLOSED_FOR_SUPPORT
    need.state = from_state
    assert people() == 0


def test_a_need_reported_for_someone_is_theirs_and_they_get_a_letter(ctx: Flask, person: Named) -> None:
    cecilie, words = person("Cecilie"), factories.need_words()
    made = [
        on_behalf.propose_for(
            cecilie.actor, words=words, of=kari(), name_hidden=True, within_days=30, key="samme-skjema-to-ganger"
        ).id
        for _ in range(2)
    ]
    db.session.commit()
    assert made[0] == made[1]
    need = db.session.get_one(Need, made[0])
    assert (need.support_count, need.name_hidden) == (1, True)
    assert letters.waiting().people == 1


@pytest.fixture
def need_id(app: Flask) -> int:
    with app.app_context():
        make_person("Cecilie")
        return factories.make_need(make_person("Astrid")).id


def test_neither_name_nor_address_stands_anywhere_public(
    app: Flask, signed_in: SignIn, visitor: FlaskClient, need_id: int
) -> None:
    client = signed_in("Cecilie")
    page = f"/arbeidsflate/behov/{need_id}/pa-vegne"
    assert client.post(page, data=open_form(client, page, page).filled(WHO)).status_code == 302
    page = "/arbeidsflate/behov/nytt-pa-vegne"
    done = client.post(page, data=open_form(client, page, page).filled(WHO | NEED))
    assert done.status_code == 302
    reported = done.location.rpartition("/")[2]
    for path in ("/", "/behov", f"/behov/{need_id}", f"/behov/{reported}", "/innsikt"):
        text = visitor.get(path).text
        assert "Papirsen" not in text, path
        assert "Hemmeligveien" not in text, path
    assert "Hemmeligveien" not in client.get(f"/arbeidsflate/behov/{reported}").text


def test_the_name_is_shown_with_the_need_to_who_asks_for_that(
    signed_in: SignIn, visitor: FlaskClient, need_id: int
) -> None:
    client, page = signed_in("Cecilie"), "/arbeidsflate/behov/nytt-pa-vegne"
    done = client.post(page, data=open_form(client, page, page).filled(WHO | NEED | {"show_name": "y"}))
    assert "Kari Papirsen" in visitor.get(f"/behov/{done.location.rpartition('/')[2]}").text


def test_nothing_is_registered_without_a_yes(app: Flask, signed_in: SignIn, need_id: int) -> None:
    client, page = signed_in("Cecilie"), f"/arbeidsflate/behov/{need_id}/pa-vegne"
    answer = client.post(page, data=open_form(client, page, page).filled({**WHO, "agreed": None}))
    assert answer.status_code == 400
    assert "Kari Papirsen" in answer.text
    with app.app_context():
        assert people() == 0


@pytest.mark.parametrize("given", [{"name": "Κατερίνα 😀"}, {"postal_address": "شارع 1\n3400 Lier"}])
def test_nobody_is_registered_under_what_no_letter_of_ours_can_show(
    app: Flask, signed_in: SignIn, need_id: int, given: dict[str, str]
) -> None:
    client, page = signed_in("Cecilie"), f"/arbeidsflate/behov/{need_id}/pa-vegne"
    answer = client.post(page, data=open_form(client, page, page).filled(WHO | given))
    assert answer.status_code == 400
    with app.app_context():
        assert people() == 0


def test_the_letters_are_made_printed_and_sent_from_their_page(app: Flask, signed_in: SignIn, need_id: int) -> None:
    client, page = signed_in("Cecilie"), "/arbeidsflate/behov/nytt-pa-vegne"
    client.post(page, data=open_form(client, page, page).filled(WHO | NEED))
    made = client.post("/arbeidsflate/brev", data=open_form(client, "/arbeidsflate/brev").filled({}))
    assert made.status_code == 302
    with app.app_context():
        db.session.execute(update(Person).where(Person.email.is_(None)).values(postal_address="東京 1\n3400 Lier"))
        db.session.commit()
    shown = client.get("/arbeidsflate/brev").text
    assert "Kari Papirsen, 東京 1, 3400 Lier" in shown
    path = next(part for part in shown.split('"') if part.endswith(".pdf"))
    pdf = client.get(path)
    assert pdf.data.startswith(b"%PDF")
    assert pdf.headers["Cache-Control"] == "no-store"
    assert signed_in("Gry").get(path).status_code == 403
    sent = path.removesuffix(".pdf") + "/sendt"
    form = open_form(client, "/arbeidsflate/brev", sent)
    assert [client.post(sent, data=form.filled({})).status_code for _ in range(2)] == [302, 409]


def test_an_address_is_added_for_who_has_none(app: Flask, signed_in: SignIn, need_id: int) -> None:
    with app.app_context():
        person = Person(
            name="Ola Uten", email=None, created_at=make_person("Bjørn").created_at, language=Language.BOKMAL
        )
        db.session.add(person)
        db.session.commit()
        factories.make_need(person, title="Vi trenger flere leseplasser")
        page = f"/arbeidsflate/brev/adresse/{person.id}"
    client = signed_in("Cecilie")
    assert page in client.get("/arbeidsflate/brev").text
    assert client.post(page, data=open_form(client, page, page).filled({"postal_address": ADDRESS})).status_code == 302
    with app.app_context():
        assert letters.waiting().people == 1


def declined(author: Person, by: Person) -> Need:
    need = factories.make_need(author, title="Det mangler rekkverk ved trappa")
    answers.decline(by.actor, need=need, body="For dyrt.", would_change="Penger.", version=need.version)
    db.session.commit()
    return need


def on_paper() -> Person:
    person = accounts.add_person("Kari Papirsen", email=None, postal_address=ADDRESS)
    db.session.commit()
    return person


def ask_again(by: Person, need: Need) -> None:
    on_behalf.ask_again_for(
        by.actor, need=need, body="Noen har falt.", version=need.version, within_days=30, channel=Channel.PHONE
    )
    db.session.commit()


def test_an_authors_one_new_assessment_is_asked_for_by_phone(ctx: Flask, person: Named) -> None:
    kari, cecilie = on_paper(), person("Cecilie")
    need = declined(kari, cecilie)
    ask_again(cecilie, need)
    line = db.session.scalars(select(NeedUpdate).where(NeedUpdate.kind == UpdateKind.ASKED_AGAIN)).one()
    assert (need.state, line.actor_id, line.body) == (NeedState.ASSESSING, kari.id, "Noen har falt.")
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "new_assessment_registered")).one()
    assert (entry.actor_id, entry.object_id, entry.facts) == (
        cecilie.id,
        need.id,
        {"person_id": kari.id, "channel": "phone"},
    )
    answers.decline(cecilie.actor, need=need, body="Nei.", would_change="Penger.", version=need.version)
    db.session.commit()
    with pytest.raises(Refused) as refused:
        ask_again(cecilie, need)
    assert refused.value.reason is Refusal.ASKED_BEFORE


def test_nobody_asks_again_for_one_whom_mail_reaches_or_who_has_left(ctx: Flask, person: Named) -> None:
    kari, cecilie = on_paper(), person("Cecilie")
    needs = declined(person("Astrid"), cecilie), declined(kari, cecilie)
    kari.closed_at = kari.created_at
    db.session.commit()
    for need in needs:
        with pytest.raises(Refused) as refused:
            ask_again(cecilie, need)
        assert refused.value.reason is Refusal.NOT_YOURS
        db.session.rollback()


def test_the_needs_page_leads_to_asking_again_where_that_is_possible(app: Flask, signed_in: SignIn) -> None:
    with app.app_context():
        cecilie = make_person("Cecilie")
        of_mail, of_paper = declined(make_person("Astrid"), cecilie).id, declined(on_paper(), cecilie).id
    client, page = signed_in("Cecilie"), f"/arbeidsflate/behov/{of_paper}/ny-vurdering-pa-vegne"
    assert page in client.get(f"/arbeidsflate/behov/{of_paper}").text
    assert "ny-vurdering-pa-vegne" not in client.get(f"/arbeidsflate/behov/{of_mail}").text
    assert client.get(f"/arbeidsflate/behov/{of_mail}/ny-vurdering-pa-vegne").status_code == 403
    said = {"body": "Noen har falt.", "channel": "letter"}
    sent = open_form(client, page, page).filled(said)
    assert client.post(page, data=sent).status_code == 302
    again = client.post(page, data=sent)
    assert (again.status_code, "Noen har falt." in again.text) == (409, True)
    assert page not in client.get(f"/arbeidsflate/behov/{of_paper}").text
    assert "Noen har falt." in client.get(f"/behov/{of_paper}").text
