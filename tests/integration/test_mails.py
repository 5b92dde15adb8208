"""What the mails about needs say."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from participation.accounts.models import Person
from participation.accounts.rules import Language
from participation.extensions import db
from participation.mail.message import Mail
from participation.needs import answers
from participation.needs.service import ask_again
from participation.notifications.mails import compose
from participation.notifications.models import Delivery, Event
from participation.notifications.rules import EventKind
from participation.projects.rules import Phase
from participation.support.service import support
from tests.factories import enter, link, make_accepted, make_need, make_project

Named = Callable[[str], Person]


def mail_of(kind: EventKind, to: Person) -> Mail:
    """The person's mail of the newest event of its kind."""
    query = (
        select(Delivery)
        .join(Delivery.event)
        .options(joinedload(Delivery.event), joinedload(Delivery.person))
        .where(Event.kind == kind, Delivery.person_id == to.id)
        .order_by(Event.id.desc())
    )
    delivery = db.session.scalars(query).first()
    assert delivery is not None
    return compose([delivery])


def test_a_mail_of_text_alone_shows_no_marks_of_markdown(person: Named) -> None:
    astrid, cecilie = person("Astrid"), person("Cecilie")
    need = make_need(astrid)
    answers.decline(
        cecilie.actor,
        need=need,
        body="Vi har **sjekket** dette.\n\n- Se [planen](https://example.org/plan)",
        would_change="At **flere** bor der.",
        version=need.version,
    )
    mail = mail_of(EventKind.ANSWERED, astrid)
    assert "Vi har sjekket dette.\n\n- Se planen (https://example.org/plan)\n" in mail.text
    assert "At flere bor der." in mail.text
    assert "<strong>sjekket</strong>" in mail.html


@pytest.mark.parametrize(
    ("titles", "reason"),
    [(["Bussen går for sjelden"], "dette behovet"), (["Bussen går for sjelden", "Lys på stien"], "ett av behovene")],
)
def test_a_mail_about_several_needs_says_so_where_it_says_why_it_was_sent(
    person: Named, titles: list[str], reason: str
) -> None:
    astrid, cecilie = person("Astrid"), person("Cecilie")
    project = make_project(cecilie)
    for title in titles:
        link(project, make_accepted(astrid, by=cecilie, title=title), by=cecilie)
    enter(project, Phase.PILOTING, by=cecilie)
    mail = mail_of(EventKind.PHASE_CHANGED, astrid)
    assert reason in mail.text.partition("-- \n")[2]
    assert reason in mail.html.partition("border-top")[2]


def test_a_mail_about_a_phase_says_what_the_phase_means(person: Named) -> None:
    astrid, cecilie = person("Astrid"), person("Cecilie")
    project = make_project(cecilie)
    link(project, make_accepted(astrid, by=cecilie), by=cecilie)
    enter(project, Phase.PILOTING, by=cecilie)
    mail = mail_of(EventKind.PHASE_CHANGED, astrid)
    assert "Nå prøver vi løsningen i liten skala." in mail.text
    assert "Nå prøver vi løsningen i liten skala." in mail.html


def test_who_asked_for_a_new_assessment_is_not_told_of_themselves_as_another(person: Named) -> None:
    astrid, bjorn, cecilie = person("Astrid"), person("Bjørn"), person("Cecilie")
    need = make_need(astrid)
    support(bjorn.actor, need=need)
    answers.decline(cecilie.actor, need=need, body="For dyrt.", would_change="Mer penger.", version=need.version)
    db.session.commit()
    ask_again(astrid.actor, need=need, body="Prisen er halvert.", version=need.version, within_days=30)
    db.session.commit()
    for reader in (astrid, bjorn):
        reader.language = Language.ENGLISH
        mail = mail_of(EventKind.ASKED_AGAIN, reader)
        for words in (mail.text, mail.html):
            assert ("You asked for a new assessment" in words) is (reader is astrid)
            assert ("The one who reported this need has asked" in words) is (reader is bjorn)
