"""Two accounts of one person become one: nothing is lost, and nothing counts twice."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from participation import clock
from participation.accounts import queries, sessions
from participation.accounts import service as accounts
from participation.accounts.models import (
    GIVEN_HERE,
    Identity,
    Passkey,
    Person,
    PersonRole,
    SignInLink,
    SignInSession,
)
from participation.accounts.rules import IdentityKind, Language
from participation.audit.models import AuditEntry
from participation.comments import service as comments
from participation.comments.models import Comment
from participation.extensions import db
from participation.insights.queries import drift
from participation.needs.models import NeedDraft
from participation.needs.service import save_draft
from participation.notifications.preferences import mute, set_paces
from participation.notifications.queries import is_muted, is_subscribed, paces
from participation.notifications.rules import Pace, Reason, Topic
from participation.notifications.service import subscribe
from participation.outcomes import feedback
from participation.outcomes.models import Feedback, Outcome
from participation.outcomes.rules import Helped
from participation.permissions import Role
from participation.privacy.merging import Preview, merge, preview
from participation.refusals import Refusal, Refused
from participation.support import service as support
from tests import factories
from tests.factories import make_need
from tests.merging import asked_outcome, make_one
from tests.told import everything_kept, stored

Named = Callable[[str], Person]


def test_what_both_support_counts_once_with_the_heat_of_one(person: Named) -> None:
    astrid, kari, kari2 = person("Astrid"), person("Kari"), person("Kari to")
    both, only = make_need(astrid), make_need(astrid, title="Det er mørkt på stien til skolen")
    support.support(kari.actor, need=both)
    db.session.commit()
    heat_of_one = stored(both).heat
    with clock.travel(clock.now() + timedelta(days=9)):
        support.support(kari2.actor, need=both)
        support.support(kari2.actor, need=only)
        db.session.commit()
    make_one(kari, kari2)
    assert (stored(both).support_count, stored(only).support_count) == (2, 2)
    assert stored(both).heat == pytest.approx(heat_of_one)
    assert drift() == []


def test_a_need_is_still_its_writers_and_so_is_what_they_wrote(person: Named) -> None:
    kari, kari2 = person("Kari"), person("Kari to")
    need = make_need(kari2)
    number = comments.comment(kari2.actor, need=need, body="Det gjelder oss alle.")
    key = save_draft(None, person_id=kari2.id, fields={"title": "Halvferdig"})
    db.session.commit()
    make_one(kari, kari2)
    assert stored(need).author_id == kari.id
    assert db.session.get_one(Comment, number).author_id == kari.id
    assert db.session.get_one(NeedDraft, key).person_id == kari.id
    assert is_subscribed(kari.id, subject=need.subject, reason=Reason.AUTHOR)
    assert stored(need).support_count == 1


def test_the_preview_says_what_then_moves(person: Named) -> None:
    astrid, kari, kari2 = person("Astrid"), person("Kari"), person("Kari to")
    need, other = make_need(astrid), make_need(astrid, title="Det er mørkt på stien til skolen")
    make_need(kari2, title="En benk ved bussholdeplassen")
    for each in (kari, kari2):
        support.support(each.actor, need=need)
    support.support(kari2.actor, need=other)
    subscribe(kari2.id, subject=other.subject, reason=Reason.FOLLOWER)
    comments.comment(kari2.actor, need=need, body="Ja.")
    save_draft(None, person_id=kari2.id, fields={})
    db.session.commit()
    expected = Preview(supports=3, supports_in_both=1, comments=1, follows=1, needs=1, drafts=1)
    assert preview(kari, kari2) == expected
    make_one(kari, kari2)
    assert preview(kari, kari2) == Preview(supports=0, supports_in_both=0, comments=0, follows=0, needs=0, drafts=0)
    assert preview(astrid, kari).supports == 3


def test_ones_own_choices_stand_and_the_others_fill_in(person: Named) -> None:
    astrid, kari, kari2 = person("Astrid"), person("Kari"), person("Kari to")
    need = make_need(astrid)
    set_paces(kari.id, {Topic.RESULTS: Pace.WEEKLY})
    set_paces(kari2.id, {Topic.RESULTS: Pace.NEVER, Topic.ANSWERS: Pace.DAILY})
    for each in (kari, kari2):
        subscribe(each.id, subject=need.subject, reason=Reason.FOLLOWER)
    mute(kari2.id, subject=need.subject)
    db.session.commit()
    make_one(kari, kari2)
    assert paces(kari.id)[Topic.RESULTS] is Pace.WEEKLY
    assert paces(kari.id)[Topic.ANSWERS] is Pace.DAILY
    assert is_muted(kari.id, subject=need.subject)
    assert is_subscribed(kari.id, subject=need.subject, reason=Reason.FOLLOWER)


def test_a_no_from_either_is_still_a_no(person: Named) -> None:
    kari, kari2 = person("Kari"), person("Kari to")
    kari2.name_hidden, kari2.mail_notices = True, False
    make_one(kari, kari2)
    assert (kari.name, kari.name_hidden, kari.mail_notices) == ("Kari", True, False)


def test_an_address_moves_to_who_has_none(person: Named) -> None:
    kari, kari2 = accounts.add_person("Kari", email=None), person("Kari to")
    kari2.postal_address, kari2.postal_key = "Storgata 1\n3400 Lier", "k" * 64
    make_one(kari, kari2)
    assert (kari.email, kari.postal_address, kari.postal_key) == (
        "kari.to@example.org",
        "Storgata 1\n3400 Lier",
        "k" * 64,
    )


def test_ones_own_address_stays_and_the_other_still_leads_there(person: Named) -> None:
    kari, kari2 = person("Kari"), person("Kari to")
    make_one(kari, kari2)
    assert kari.email == "kari@example.org"
    assert "kari.to@example.org" not in everything_kept()
    assert queries.person_by_email(" KARI.TO@example.org") == kari
    accounts.request_link("kari.to@example.org", language=Language.BOKMAL, next_path="/")
    token = accounts.make_token(db.session.scalars(select(SignInLink)).one())
    found, _link = accounts.use_link(token, name=None)
    db.session.commit()
    assert (found.id, found.email) == (kari.id, "kari@example.org")


def test_the_account_that_goes_is_closed_and_empty_and_says_whose_it_became(person: Named) -> None:
    kari, kari2 = person("Kari"), person("Kari to")
    kari2.unit = "Skole"
    make_one(kari, kari2)
    gone = db.session.get_one(Person, kari2.id)
    assert (gone.name, gone.email, gone.unit, gone.merged_into_id) == ("", None, None, kari.id)
    assert gone.closed_at is not None
    assert queries.person_now(kari2.id) == kari


def test_an_account_merged_before_follows_along(person: Named) -> None:
    first, second, third = person("Kari"), person("Kari to"), person("Kari tre")
    make_one(second, third)
    make_one(first, second)
    assert queries.person_now(third.id) == first


def test_roles_ways_in_and_passkeys_are_united(person: Named) -> None:
    kari, cecilie = person("Kari"), person("Cecilie")
    kari.roles.append(PersonRole(role=Role.CASE_WORKER))
    cecilie.roles += [PersonRole(role=Role.MODERATOR), PersonRole(role=Role.LEADER, source="entra")]
    number = Identity(kind=IdentityKind.NUMBER, value="d" * 64, key_version=1, person=cecilie, created_at=clock.now())
    key = Passkey(
        person_id=cecilie.id, credential_id="x", public_key=b"x", sign_count=0, name="Mobil", created_at=clock.now()
    )
    db.session.add_all([number, key])
    db.session.commit()
    make_one(kari, cecilie)
    held = {(role.role, role.source) for role in kari.roles}
    assert held == {(Role.CASE_WORKER, GIVEN_HERE), (Role.MODERATOR, GIVEN_HERE), (Role.LEADER, "entra")}
    assert cecilie.roles == []
    assert db.session.get_one(Identity, (IdentityKind.NUMBER, "d" * 64)).person_id == kari.id
    assert db.session.scalars(select(Passkey.person_id)).all() == [kari.id]


def test_what_was_done_as_staff_keeps_its_name(person: Named) -> None:
    kari, cecilie, astrid = person("Kari"), person("Cecilie"), person("Astrid")
    need = factories.make_accepted(astrid, by=cecilie)
    project = factories.make_project(cecilie)
    factories.link(project, need, by=cecilie)
    factories.plan_inside(project, by=cecilie)
    make_one(kari, cecilie)
    assert stored(need).case_worker_id == kari.id
    left = db.session.execute(select(AuditEntry.id).where(AuditEntry.actor_id == cecilie.id)).all()
    assert left, "the trail is not rewritten"
    for table in db.metadata.sorted_tables:
        for column in table.columns:
            if any(key.target_fullname == "person.id" for key in column.foreign_keys) and table.name not in LEFT:
                assert db.session.execute(select(column).where(column == cecilie.id)).all() == [], column


LEFT = {"audit_entry", "sign_in_session"}


def test_all_sessions_of_both_end(person: Named) -> None:
    kari, kari2 = person("Kari"), person("Kari to")
    tokens = [sessions.open_session(each, device="test") for each in (kari, kari2)]
    db.session.commit()
    make_one(kari, kari2)
    assert [queries.session_by_token(token) for token in tokens] == [None, None]
    assert all(row.ended_at for row in db.session.scalars(select(SignInSession)))


def test_of_two_answers_on_a_result_the_newer_stays_and_the_sums_agree(person: Named) -> None:
    astrid, cecilie, dag, kari, kari2 = (person(name) for name in ("Astrid", "Cecilie", "Dag", "Kari", "Kari to"))
    first, second = asked_outcome(astrid, cecilie, dag, kari, kari2), asked_outcome(astrid, cecilie, dag, kari, kari2)
    third = asked_outcome(astrid, cecilie, dag, kari2)
    say(kari, first, Helped.NO)
    say(kari2, second, Helped.YES)
    with clock.travel(clock.now() + timedelta(hours=1)):
        say(kari2, first, Helped.YES)
        say(kari, second, Helped.PARTLY)
        say(kari2, third, Helped.NO)
    make_one(kari, kari2)
    said = {row.outcome_id: (row.person_id, row.helped) for row in db.session.scalars(select(Feedback))}
    assert said == {
        first.id: (kari.id, Helped.YES),
        second.id: (kari.id, Helped.PARTLY),
        third.id: (kari.id, Helped.NO),
    }
    sums = db.session.execute(
        select(Outcome.helped_yes, Outcome.helped_partly, Outcome.helped_no).order_by(Outcome.id)
    ).all()
    assert [tuple(row) for row in sums] == [(1, 0, 0), (0, 1, 0), (0, 0, 1)]
    assert drift() == []


def say(person: Person, outcome: Outcome, helped: Helped) -> None:
    feedback.say(person.id, outcome=outcome, helped=helped, words="Slik er det.", may_publish=True)
    db.session.commit()


def test_the_same_merge_sent_twice_is_done_once(person: Named) -> None:
    kari, kari2 = person("Kari"), person("Kari to")
    assert [make_one(kari, kari2), make_one(kari, kari2)] == [True, False]
    assert len(db.session.scalars(select(AuditEntry).where(AuditEntry.action == "accounts_merged")).all()) == 1


def test_a_closed_account_is_not_merged(person: Named) -> None:
    kari, kari2, other = person("Kari"), person("Kari to"), person("Odd")
    make_one(kari, kari2)
    for kept, gone in ((other, kari2), (kari2, other)):
        with pytest.raises(Refused) as refused:
            merge(other.actor, kept=kept, gone=gone)
        assert refused.value.reason is Refusal.ACCOUNT_CLOSED
        db.session.rollback()


def test_the_trail_says_who_merged_what_and_nothing_of_who_it_was(person: Named) -> None:
    kari, kari2 = person("Kari"), person("Kari to")
    make_one(kari, kari2)
    (entry,) = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "accounts_merged"))
    assert (entry.actor_id, entry.object_id, entry.facts["gone"]) == (kari.id, kari.id, kari2.id)
    assert "example.org" not in str(entry.facts)
    assert "Kari" not in str(entry.facts)
