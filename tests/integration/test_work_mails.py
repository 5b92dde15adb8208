"""What staff are asked to do, by mail: a plain sentence, and the way there."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from participation.accounts.models import Person
from participation.accounts.rules import Language
from participation.extensions import db
from participation.mail.message import Mail
from participation.notifications.mails import compose
from participation.notifications.models import Delivery
from participation.notifications.rules import EventKind, Reason, Subject
from participation.notifications.service import announce_to

Named = Callable[[str], Person]
OUTCOME = {"outcome": {"id": 7, "title": "Lys på stien", "summary": "Nå lyser det."}}
NEED = {"needs": {"3": {"id": 3, "reference": "B-2026-0003", "title": "Det er mørkt"}}, "body": "Nytt <b> her."}


def of_use(asked: Iterable[int] = (), reminded: Iterable[int] = ()) -> dict[str, Any]:
    """What one is asked of results by these numbers."""

    def checks(numbers: Iterable[int]) -> list[dict[str, Any]]:
        outcome = OUTCOME["outcome"]
        return [{"outcome": outcome | {"id": number}, "months": 6, "due": "2026-12-01"} for number in numbers]

    return {"task": "use_checks", "asked": checks(asked), "reminded": checks(reminded)}


def mail(to: Person, facts: dict[str, Any]) -> Mail:
    to.language = Language.ENGLISH
    about = Subject("person", to.id)
    announce_to(EventKind.WORK, about=about, people=[to.id], facts=facts, reason=Reason.STAFF)
    db.session.commit()
    query = select(Delivery).options(joinedload(Delivery.event), joinedload(Delivery.person))
    return compose([db.session.scalars(query).one()])


@pytest.mark.parametrize(
    ("facts", "subject", "path"),
    [
        ({"task": "remark", **OUTCOME, "note": "Kortere."}, "A remark on “Lys på stien”", "/redaksjonen/resultater/7"),
        ({"task": "held_back", **OUTCOME}, "“Lys på stien” was not published", "/redaksjonen/resultater/7"),
        (
            {"task": "correction_rejected", **OUTCOME, "body": "Tallet stemmer."},
            "Your correction of “Lys på stien” was not approved",
            "/redaksjonen/resultater/7",
        ),
        (
            {"task": "use_check", **OUTCOME, "due": "2026-12-01"},
            "Is “Lys på stien” still in use?",
            "/arbeidsflate/i-bruk",
        ),
        ({"task": "use_check", **OUTCOME, "months": 6}, "Is “Lys på stien” still in use?", "/arbeidsflate/i-bruk/7/6"),
        (of_use(asked=[7]), "Is “Lys på stien” still in use?", "/arbeidsflate/i-bruk/7/6"),
        (of_use(reminded=[7]), "Reminder: Is “Lys på stien” still in use?", "/arbeidsflate/i-bruk/7/6"),
        (of_use(asked=[7, 8]), "Are they still in use? 2 results to confirm", "/arbeidsflate/i-bruk"),
        (of_use(asked=[7], reminded=[8]), "Are they still in use? 2 results to confirm", "/arbeidsflate/i-bruk"),
        (of_use(reminded=[7, 8, 9]), "Reminder: 3 results to confirm as in use", "/arbeidsflate/i-bruk"),
        ({"task": "use_check"}, "Is it still in use?", "/arbeidsflate/i-bruk"),
        ({"task": "asked_again", **NEED}, "A new assessment is asked for: “Det er mørkt”", "/arbeidsflate/behov/3"),
        ({"task": "anything"}, "Something waits for you", "/arbeidsflate"),
    ],
)
def test_each_task_has_its_sentence_and_its_way(person: Named, facts: dict[str, Any], subject: str, path: str) -> None:
    made = mail(person("Cecilie"), facts)
    assert made.subject == subject
    assert f"http://localhost{path}\n" in f"{made.text}\n"
    assert f'href="http://localhost{path}"' in made.html
    assert "<b>" not in made.html
    assert "Soon due" not in made.text


def test_each_result_that_is_asked_about_leads_to_its_own_check(person: Named) -> None:
    made = mail(person("Cecilie"), of_use(asked=[7], reminded=[8]))
    for words in (made.text, made.html):
        assert "We have asked about this before" in words
        for number in (7, 8):
            assert f"http://localhost/arbeidsflate/i-bruk/{number}/6" in words


def test_a_remark_says_who_wrote_it(person: Named) -> None:
    made = mail(person("Cecilie"), {"task": "remark", **OUTCOME, "by": "Dag Pæreskog", "body": "Kortere."})
    for words in (made.text, made.html):
        assert "Dag Pæreskog has written a remark on the result “Lys på stien”:" in words
