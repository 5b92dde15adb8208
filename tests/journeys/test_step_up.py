"""Who signed in by e-mail shows with ID-porten who they are when it is asked for, and goes on where they were."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import select

from participation.accounts import service as accounts
from participation.accounts.models import Person
from participation.audit.models import AuditEntry
from participation.comments.models import Comment
from participation.extensions import db
from participation.needs.models import Need
from participation.permissions import Assurance
from participation.support.models import Support
from tests.factories import make_need
from tests.journeys.at_browser import AtBrowser
from tests.journeys.signing_in import (
    ID_PORTEN,
    NEED,
    Town,
    be_back,
    by_address,
    choose_who,
    count_of,
    excuse_refusals,
    grown_up,
    heading,
    path,
    press,
    press_link,
    sees,
    sign_in_by_link,
    town,
    works_for_all,
)
from tests.journeys.told import nothing_went_wrong

COMMENT = "Vi som bor ved brua ser det hver dag."
ASKED = {"SUPPORT_REQUIRES": "substantial", "COMMENT_REQUIRES": "substantial", "REPORT_REQUIRES": "high"}


@pytest.fixture(scope="module")
def lier(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Town]:
    with town("postgresql", tmp_path_factory.mktemp("town"), browser, **ASKED) as started:
        yield started
        nothing_went_wrong(started.service)


@pytest.fixture(scope="module")
def need_id(lier: Town) -> int:
    with lier.service.app.app_context():
        need = make_need(accounts.add_person("Nabo", email="nabo@example.org"))
        db.session.commit()
        return need.id


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def astrid(request: pytest.FixtureRequest, lier: Town) -> Iterator[AtBrowser]:
    """Somebody with an account, signed in by a link."""
    address = f"astrid{next(NUMBERS)}@example.org"
    with lier.service.app.app_context():
        accounts.add_person("Astrid", email=address)
        db.session.commit()
    with lier.window(address, scripts=request.param) as person:
        sign_in_by_link(person)
        yield person


NUMBERS = iter(range(200, 300))


def step_up(person: AtBrowser, number: str, *, level: str = "") -> None:
    heading(person, "Ett steg til")
    press_link(person, f"Logg inn med {ID_PORTEN}")
    choose_who(person.page, number, level=level)
    be_back(person)


def say_that_it_is_me(person: AtBrowser) -> None:
    heading(person, "Er dette deg?")
    press(person, "Ja, dette er meg")
    be_back(person)


def test_a_support_is_given_after_the_step_up_by_the_one_account(lier: Town, astrid: AtBrowser, need_id: int) -> None:
    astrid.open(f"/behov/{need_id}")
    press(astrid, "Jeg har også dette behovet")
    heading(astrid, "Ett steg til")
    sees(astrid, "For å støtte et behov må du logge inn sikrere")
    works_for_all(astrid)
    step_up(astrid, grown_up(next(NUMBERS)))
    say_that_it_is_me(astrid)
    assert path(astrid) == f"/behov/{need_id}"
    press(astrid, "Ja, jeg har også dette behovet")
    expect(astrid.page.locator("#stotte .supported")).to_be_visible()
    with lier.service.app.app_context():
        person = by_address(astrid.address)
        given = db.session.scalars(select(Support.need_id).where(Support.person_id == person.id)).all()
        assert given == [need_id]


def test_a_comment_survives_the_step_up(lier: Town, astrid: AtBrowser, need_id: int) -> None:
    astrid.open(f"/behov/{need_id}/kommentarer")
    astrid.send(f"/behov/{need_id}/kommentarer", {"body": COMMENT})
    step_up(astrid, grown_up(next(NUMBERS)))
    say_that_it_is_me(astrid)
    expect(astrid.page.locator('[name="body"]')).to_have_value(COMMENT)
    astrid.send_on(f"/behov/{need_id}/kommentarer", to=rf"/behov/{need_id}.*#comment-\d+")
    with lier.service.app.app_context():
        mine = select(Comment.body).where(Comment.author_id == by_address(astrid.address).id)
        assert db.session.scalars(mine).all() == [COMMENT]


def test_a_level_below_the_one_asked_for_is_refused_and_the_need_waits_for_the_right_one(
    lier: Town, astrid: AtBrowser
) -> None:
    number = grown_up(next(NUMBERS))
    with lier.service.app.app_context():
        refused = count_of("sign_in_refused")
    astrid.open("/behov/nytt")
    astrid.send("/behov/nytt", NEED)
    step_up(astrid, number, level="Betydelig")
    heading(astrid, "Du er ikke logget inn")
    sees(astrid, "lavere sikkerhetsnivå")
    works_for_all(astrid)
    excuse_refusals(astrid)
    press_link(astrid, "Prøv igjen")
    choose_who(astrid.page, number, level="Høyt")
    be_back(astrid)
    say_that_it_is_me(astrid)
    for name, text in NEED.items():
        expect(astrid.page.locator(f'[name="{name}"]')).to_have_value(text)
    astrid.send_need()
    with lier.service.app.app_context():
        person = by_address(astrid.address)
        assert db.session.scalars(select(Need.title).where(Need.author_id == person.id)).all() == [NEED["title"]]
        assert count_of("sign_in_refused") == refused + 1
        assert levels(person) == [Assurance.EMAIL, Assurance.HIGH]


def levels(person: Person) -> list[Assurance]:
    """That they have signed in at, from the first to the last."""
    of_them = (AuditEntry.action == "signed_in") & (AuditEntry.object_id == person.id)
    facts = db.session.scalars(select(AuditEntry.facts).where(of_them).order_by(AuditEntry.id))
    return [Assurance(each["assurance"]) for each in facts]
