"""Many people, or one person many times, at the very same moment, against the real web server."""

import re
from collections import Counter
from functools import partial
from uuid import uuid4

from sqlalchemy import func, select

from participation.accounts import service as accounts
from participation.accounts.models import Person
from participation.comments.models import Comment
from participation.extensions import db
from participation.needs.models import Need, NeedUpdate
from participation.needs.rules import NeedState, UpdateKind
from participation.needs.service import save_draft
from participation.notifications.models import Delivery, Event
from participation.notifications.rules import EventKind
from participation.outcomes.models import Outcome
from participation.permissions import Role
from participation.support.models import Support
from tests.factories import make_need, theme_and_area
from tests.integration.server.prepared import prepare_outcomes
from tests.integration.server.together import at_once, post_at_once
from tests.journeys.service import Service
from tests.journeys.visitor import Page, Visitor

SENT_ON = {302, 303}


def someone(name: str = "Astrid", *roles: Role) -> Person:
    """A person nobody else in the module has met."""
    return accounts.add_person(name, email=f"{uuid4().hex}@example.org", roles=frozenset(roles))


def statuses(pages: list[Page]) -> Counter[int]:
    return Counter(page.status for page in pages)


def supports(need: Need) -> tuple[int, int]:
    """The rows there are, and the count that the need shows."""
    rows = db.session.scalar(select(func.count()).where(Support.need_id == need.id))
    stored = db.session.get_one(Need, need.id, populate_existing=True)
    return rows or 0, stored.support_count


def no_drift(service: Service) -> bool:
    recounted = service.flask("recount")
    return recounted.returncode == 0 and "0 counters had drifted" in recounted.stdout


def shown_count(service: Service, need: Need) -> int:
    page = Visitor(service.port).get(f"/behov/{need.id}")
    found = re.search(r'data-support-count="(\d+)"', page.text)
    assert found is not None
    return int(found[1])


def test_fifty_supports_at_once_by_one_person_count_once(web_service: Service) -> None:
    with web_service.app.app_context():
        need, bjorn = make_need(someone()), someone("Bjørn")
        visitor = Visitor.signed_in(web_service, bjorn)
        db.session.commit()
        pages = post_at_once([visitor] * 50, f"/behov/{need.id}/stotte")
        assert set(statuses(pages)) <= SENT_ON
        assert db.session.get(Support, (need.id, bjorn.id)) is not None
        assert supports(need) == (2, 2)
        assert shown_count(web_service, need) == 2
    assert no_drift(web_service)


def test_fifty_supports_and_withdrawals_at_once_leave_the_count_with_the_rows(web_service: Service) -> None:
    with web_service.app.app_context():
        need, bjorn = make_need(someone()), someone("Bjørn")
        visitor = Visitor.signed_in(web_service, bjorn)
        db.session.commit()
        pages = at_once(
            [
                partial(visitor.post, f"/behov/{need.id}/{deed}")
                for deed in ("stotte", "trekk-stotte")
                for _ in range(25)
            ]
        )
        assert set(statuses(pages)) <= SENT_ON
        rows, count = supports(need)
        assert rows == count
    assert no_drift(web_service)


def test_two_hundred_people_who_support_at_once_are_all_counted(web_service: Service) -> None:
    with web_service.app.app_context():
        need = make_need(someone())
        crowd = [Visitor.signed_in(web_service, someone(f"Nabo {number}")) for number in range(200)]
        db.session.commit()
        pages = post_at_once(crowd, f"/behov/{need.id}/stotte")
        assert set(statuses(pages)) <= SENT_ON
        assert supports(need) == (201, 201)
        assert shown_count(web_service, need) == 201
    assert no_drift(web_service)


def need_fields(key: str) -> dict[str, str]:
    theme, area = theme_and_area()
    return {
        "title": f"Bussen går for sjelden {key[:8]}",
        "description": "Etter klokka åtte går det bare én buss i timen.",
        "affected": "Ungdom og de som jobber sent.",
        "solution": "",
        "theme": theme.key,
        "area": area.key,
        "draft_key": key,
    }


def assert_one_need(key: str, pages: list[Page]) -> None:
    assert set(statuses(pages)) <= SENT_ON
    assert len({page.location for page in pages}) == 1
    needs = db.session.scalars(select(Need).where(Need.submission_key == key)).all()
    assert len(needs) == 1
    assert supports(needs[0]) == (1, 1)
    told = select(func.count()).select_from(Delivery).join(Event).where(Event.about_id == needs[0].id)
    assert db.session.scalar(told.where(Event.kind == EventKind.RECEIVED)) == 1


def test_a_need_sent_twenty_times_at_once_is_one_need(web_service: Service) -> None:
    with web_service.app.app_context():
        visitor, key = Visitor.signed_in(web_service, someone()), uuid4().hex
        fields = need_fields(key)
        db.session.commit()
        assert_one_need(key, post_at_once([visitor] * 20, "/behov/nytt", fields))


def test_a_saved_draft_sent_twenty_times_at_once_is_one_need(web_service: Service) -> None:
    with web_service.app.app_context():
        astrid = someone()
        visitor, key = Visitor.signed_in(web_service, astrid), uuid4().hex
        fields = need_fields(key)
        save_draft(key, person_id=astrid.id, fields=dict(fields))
        db.session.commit()
        assert_one_need(key, post_at_once([visitor] * 20, "/behov/nytt", fields))


def test_needs_sent_at_once_get_a_reference_each(web_service: Service) -> None:
    with web_service.app.app_context():
        visitors = [Visitor.signed_in(web_service, someone()) for _ in range(20)]
        forms = [need_fields(uuid4().hex) for _ in visitors]
        db.session.commit()
        pages = post_at_once(visitors, "/behov/nytt", forms)
        assert set(statuses(pages)) <= SENT_ON
        made = select(Need.reference).where(Need.submission_key.in_([form["draft_key"] for form in forms]))
        assert len(set(db.session.scalars(made))) == 20


def test_a_comment_sent_twenty_times_at_once_is_one_comment(web_service: Service) -> None:
    with web_service.app.app_context():
        need, visitor = make_need(someone()), Visitor.signed_in(web_service, someone("Bjørn"))
        db.session.commit()
        fields = {"body": "Det gjelder oss også.", "submission_key": uuid4().hex}
        pages = post_at_once([visitor] * 20, f"/behov/{need.id}/kommentarer", fields)
        assert set(statuses(pages)) <= SENT_ON
        assert db.session.scalar(select(func.count()).where(Comment.need_id == need.id)) == 1
        assert db.session.get_one(Need, need.id, populate_existing=True).comment_count == 1
    assert no_drift(web_service)


def test_of_two_who_answer_at_once_one_wins_and_the_other_keeps_the_text(web_service: Service) -> None:
    with web_service.app.app_context():
        need = make_need(someone())
        workers = [Visitor.signed_in(web_service, someone("Cecilie", Role.CASE_WORKER)) for _ in range(2)]
        db.session.commit()
        answers = ["Vi tar dette videre til høsten.", "Vi tar dette videre til våren."]
        version = str(need.version)
        forms = [{"version": version, "body": body} for body in answers]
        pages = post_at_once(workers, f"/arbeidsflate/behov/{need.id}/ta-inn", forms)
        assert sorted(page.status for page in pages) == [302, 409]
        lost = next(number for number, page in enumerate(pages) if page.status == 409)
        assert answers[lost] in pages[lost].text
        lines = db.session.scalars(
            select(NeedUpdate.body).where(NeedUpdate.need_id == need.id, NeedUpdate.kind == UpdateKind.ACCEPTED)
        ).all()
        assert lines == [answers[1 - lost]]
        told = select(func.count()).where(Event.kind == EventKind.ANSWERED, Event.about_id == need.id)
        assert db.session.scalar(told) == 1


def test_a_result_published_ten_times_at_once_is_told_once(web_service: Service) -> None:
    with web_service.app.app_context():
        outcomes = prepare_outcomes(1)
        [(outcome_id, need_id)] = outcomes.need_of.items()
        editors = [Visitor.signed_in(web_service, someone("Dag", Role.COMMUNICATIONS)) for _ in range(10)]
        db.session.commit()
        version = db.session.get_one(Outcome, outcome_id).version
        db.session.rollback()
        pages = post_at_once(editors, f"/redaksjonen/resultater/{outcome_id}/publiser", {"version": str(version)})
        assert statuses(pages) == {302: 1, 409: 9}
        events = db.session.scalars(
            select(Event).where(Event.about_kind == "outcome", Event.about_id == outcome_id)
        ).all()
        assert [event.kind for event in events] == [EventKind.OUTCOME]
        told = db.session.scalars(select(Delivery.person_id).where(Delivery.event_id == events[0].id))
        assert set(told) == outcomes.recipients[outcome_id]
        assert db.session.get_one(Need, need_id, populate_existing=True).state is NeedState.IN_USE
