from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from participation import clock
from participation.accounts.models import Person
from participation.comments import queries
from participation.comments import service as comments
from participation.comments.models import SUBJECT_KIND, Comment, CommentRevision
from participation.extensions import db
from participation.needs.models import Need
from participation.needs.service import withdraw
from participation.notifications.queries import is_subscribed
from participation.notifications.rules import EventKind, Reason
from participation.refusals import Refusal, Refused
from participation.search.queries import find
from tests.factories import make_need
from tests.told import events, stored

Named = Callable[[str], Person]
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def need(person: Named) -> Need:
    return make_need(person("Astrid"))


def say(
    who: Person, need: Need, body: str = "Enig.", *, parent_id: int | None = None, key: str | None = None
) -> int | None:
    number = comments.comment(who.actor, need=need, body=body, parent_id=parent_id, submission_key=key)
    db.session.commit()
    return number


def refusal_of(do: Callable[[], object]) -> Refusal:
    with pytest.raises(Refused) as refused:
        do()
    db.session.rollback()
    return refused.value.reason


def test_a_comment_is_counted_and_its_author_told_of_what_comes(need: Need, person: Named) -> None:
    bjorn = person("Bjørn")
    say(bjorn, need)
    assert stored(need).comment_count == 1
    assert is_subscribed(bjorn.id, subject=need.subject, reason=Reason.COMMENTER)
    assert len(events(EventKind.RECEIVED)) == 1
    assert events(EventKind.ANSWERED) == []


def test_what_staff_say_is_marked_as_staffs(need: Need, person: Named) -> None:
    say(person("Bjørn"), need)
    say(person("Cecilie"), need)
    threads, more = queries.threads(need.id)
    assert [(thread.comment.author.name, thread.comment.as_staff) for thread in threads] == [
        ("Bjørn", False),
        ("Cecilie", True),
    ]
    assert more is None


def test_replies_have_one_level(need: Need, person: Named) -> None:
    bjorn = person("Bjørn")
    top = say(bjorn, need, "Først.")
    reply = say(bjorn, need, "Så.", parent_id=top)
    assert refusal_of(lambda: say(bjorn, need, "Og så.", parent_id=reply)) is Refusal.REPLY_TO_REPLY
    (thread,), _more = queries.threads(need.id)
    assert [comment.body for comment in (thread.comment, *thread.replies)] == ["Først.", "Så."]
    assert stored(need).comment_count == 2


@pytest.mark.parametrize("where", ["another need", "nowhere"])
def test_a_reply_belongs_to_a_comment_on_the_same_need(need: Need, person: Named, where: str) -> None:
    bjorn = person("Bjørn")
    elsewhere = say(bjorn, make_need(person("Gry"))) if where == "another need" else 999_999
    assert refusal_of(lambda: say(bjorn, need, parent_id=elsewhere)) is Refusal.WRONG_STATE


def test_the_same_form_sent_twice_counts_once(need: Need, person: Named) -> None:
    bjorn = person("Bjørn")
    assert say(bjorn, need, key="a-form-filled-in-once") is not None
    heat = stored(need).heat
    assert say(bjorn, need, key="a-form-filled-in-once") is None
    assert (stored(need).comment_count, stored(need).heat) == (1, heat)
    assert len(db.session.scalars(select(Comment)).all()) == 1


def test_two_comments_without_a_key_are_two(need: Need, person: Named) -> None:
    bjorn = person("Bjørn")
    say(bjorn, need)
    say(bjorn, need)
    assert stored(need).comment_count == 2


def test_a_withdrawn_need_takes_no_comments(need: Need, person: Named) -> None:
    bjorn, astrid = person("Bjørn"), db.session.get_one(Person, need.author_id)
    withdraw(astrid.actor, need=need)
    db.session.commit()
    assert refusal_of(lambda: say(bjorn, need)) is Refusal.CLOSED_FOR_COMMENTS


def test_an_edit_within_the_hour_keeps_the_former_words(need: Need, person: Named) -> None:
    bjorn = person("Bjørn")
    with clock.travel(NOON):
        number = say(bjorn, need, "Bussen er sen.")
    found = queries.comment_of_need(need.id, number or 0)
    assert found is not None
    with clock.travel(NOON + timedelta(minutes=59)):
        comments.edit(bjorn.actor, comment=found, body="Ferja er sen.")
        db.session.commit()
    assert (found.body, found.edited_at) == ("Ferja er sen.", NOON + timedelta(minutes=59))
    assert [kept.body for kept in db.session.scalars(select(CommentRevision))] == ["Bussen er sen."]
    assert find(SUBJECT_KIND, "ferja").ids == [number]
    assert find(SUBJECT_KIND, "bussen").ids == []
    with clock.travel(NOON + timedelta(hours=1)):
        late = refusal_of(lambda: comments.edit(bjorn.actor, comment=found, body="Noe annet."))
    assert late is Refusal.TOO_LATE_TO_EDIT


def test_an_edit_that_changes_nothing_leaves_no_trace(need: Need, person: Named) -> None:
    bjorn = person("Bjørn")
    found = queries.comment_of_need(need.id, say(bjorn, need) or 0)
    assert found is not None
    comments.edit(bjorn.actor, comment=found, body="Enig.")
    db.session.commit()
    assert found.edited_at is None
    assert db.session.scalars(select(CommentRevision)).all() == []


def test_nobody_edits_anothers_comment(need: Need, person: Named) -> None:
    found = queries.comment_of_need(need.id, say(person("Bjørn"), need) or 0)
    assert found is not None
    gry = person("Gry")
    assert refusal_of(lambda: comments.edit(gry.actor, comment=found, body="Nei.")) is Refusal.NOT_YOURS


def test_a_comment_is_found_only_under_its_own_need(need: Need, person: Named) -> None:
    bjorn = person("Bjørn")
    number = say(bjorn, need) or 0
    other = make_need(bjorn)
    assert queries.comment_of_need(other.id, number) is None


def test_a_long_conversation_is_leafed_through_with_every_comment_once(need: Need, person: Named) -> None:
    bjorn = person("Bjørn")
    numbers = [
        comments.comment(bjorn.actor, need=need, body=f"Nummer {number}.")
        for number in range(queries.THREADS_A_PAGE + 2)
    ]
    db.session.commit()
    first, more = queries.threads(need.id)
    assert more is not None
    second, none = queries.threads(need.id, after_id=more)
    assert [thread.comment.id for thread in [*first, *second]] == numbers
    assert none is None
