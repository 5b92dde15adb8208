"""Who deletes their account is forgotten, and still has one voice when they come back."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from participation import clock
from participation.accounts import queries, sessions
from participation.accounts import service as accounts
from participation.accounts.mails import send_links
from participation.accounts.models import Identity, Passkey, Person, PersonRole, SignInAttempt, SignInLink
from participation.accounts.rules import IdentityKind, Language
from participation.audit.models import AuditEntry
from participation.comments import service as comments
from participation.extensions import db
from participation.insights.queries import drift
from participation.needs.service import save_draft, withdraw
from participation.notifications import letters
from participation.notifications.models import Delivery
from participation.notifications.preferences import mute, set_paces
from participation.notifications.queries import is_subscribed
from participation.notifications.rules import DeliveryStatus, Pace, Reason, Topic
from participation.outcomes import feedback
from participation.outcomes.models import Feedback, Outcome
from participation.outcomes.rules import Helped
from participation.permissions import Role
from participation.pid_keys import PidKeys
from participation.privacy import service as privacy
from participation.privacy.closing import close
from participation.privacy.rules import Supports
from participation.refusals import Refusal, Refused
from participation.settings import Settings
from participation.support import service as support
from participation.support.queries import is_supporter
from participation.web.filters import shown_name
from tests import factories
from tests.factories import make_need
from tests.integration.picky_sink import PickySink
from tests.integration.test_accounts import tokens_in
from tests.merging import asked_outcome, at_once, make_one
from tests.told import everything_kept, rows_in_all_tables, stored

Named = Callable[[str], Person]
KEYS = PidKeys.parse("2:abcdefghijklmnopqrstuvwxyz0123456789,1:zyxwvutsrqponmlkjihgfedcba9876543210")
NUMBER = "0" * 64


def leave(person: Person, supports: Supports = Supports.STAY) -> bool:
    closed = close(person, supports=supports)
    db.session.commit()
    db.session.expire_all()
    return closed


def come_by_mail(email: str, name: str | None = "Nytt navn") -> Person:
    accounts.request_link(email, language=Language.NYNORSK, next_path="/")
    db.session.flush()
    link = db.session.scalars(select(SignInLink).order_by(SignInLink.id.desc()).limit(1)).one()
    found, _link = accounts.use_link(accounts.make_token(link), name=name)
    db.session.commit()
    return found


def with_a_life(person: Named) -> Person:
    """Kari, of whom something stands in every table that knows people."""
    kari, need = person("Kari"), make_need(person("Astrid"))
    kari.unit, kari.language = "Skole", Language.NYNORSK
    kari.postal_address, kari.postal_key = "Storgata 1\n3400 Lier", "p" * 64
    kari.roles.append(PersonRole(role=Role.RESIDENT))
    support.support(kari.actor, need=need)
    make_need(kari, title="En benk ved bussholdeplassen")
    comments.comment(kari.actor, need=need, body="Det gjelder oss alle.")
    mute(kari.id, subject=need.subject)
    set_paces(kari.id, {Topic.ANSWERS: Pace.WEEKLY})
    save_draft(None, person_id=kari.id, fields={"title": "Halvferdig"})
    sessions.open_session(kari, device="test")
    accounts.make_link(kari)
    moment = clock.now()
    key = Passkey(person_id=kari.id, credential_id="x", public_key=b"x", sign_count=0, name="Mobil", created_at=moment)
    subject = Identity(kind=IdentityKind.SUBJECT, value="https://op.example|kari", person=kari, created_at=moment)
    number = Identity(kind=IdentityKind.NUMBER, value=NUMBER, key_version=1, person=kari, created_at=moment)
    attempt = SignInAttempt(
        state_hash="s", browser_hash="b", provider="p", nonce="n", code_verifier="v", next_path="/", created_at=moment
    )
    attempt.person_id = kari.id
    db.session.add_all([key, subject, number, attempt])
    db.session.commit()
    return kari


@pytest.mark.parametrize("supports", Supports)
def test_who_it_was_stands_nowhere(person: Named, supports: Supports) -> None:
    kari = with_a_life(person)
    assert "kari@example.org" in everything_kept()
    leave(kari, supports)
    kept = everything_kept()
    assert [word for word in ("kari@example.org", "Kari", "Storgata", "op.example", "p" * 64) if word in kept] == []
    rows = rows_in_all_tables()
    gone = ("passkey", "sign_in_attempt", "sign_in_link", "sign_in_session", "person_role", "need_draft", "mute")
    assert {table: rows[table] for table in (*gone, "preference")} == dict.fromkeys((*gone, "preference"), 0)
    waits = (Delivery.status == DeliveryStatus.PENDING, Delivery.person_id == kari.id)
    assert db.session.scalars(select(Delivery).where(*waits)).all() == []


def test_supports_that_are_to_count_stay(person: Named) -> None:
    astrid, kari = person("Astrid"), person("Kari")
    need = make_need(astrid)
    support.support(kari.actor, need=need)
    db.session.commit()
    heat = stored(need).heat
    leave(kari)
    assert (stored(need).support_count, stored(need).heat) == (2, heat)
    assert not is_subscribed(kari.id, subject=need.subject, reason=Reason.SUPPORTER)
    assert drift() == []


def test_supports_taken_back_are_gone_from_every_count_also_of_their_own_needs(person: Named) -> None:
    astrid, kari = person("Astrid"), person("Kari")
    need = make_need(astrid)
    heat = stored(need).heat
    own, withdrawn = make_need(kari, title="En benk ved elva"), make_need(kari, title="Et skilt ved skolen")
    withdraw(kari.actor, need=withdrawn)
    support.support(kari.actor, need=need)
    db.session.commit()
    leave(kari, Supports.TAKE_BACK)
    assert [stored(each).support_count for each in (need, own, withdrawn)] == [1, 0, 0]
    assert stored(need).heat == pytest.approx(heat)
    assert drift() == []


def test_supports_taken_back_leave_nothing_to_be_known_again_by(person: Named) -> None:
    kari = with_a_life(person)
    leave(kari, Supports.TAKE_BACK)
    assert db.session.scalars(select(Identity)).all() == []
    assert come_by_mail("kari@example.org").id != kari.id


def test_who_comes_back_by_mail_gets_the_same_account_and_no_second_vote(person: Named) -> None:
    astrid, kari = person("Astrid"), person("Kari")
    need, own = make_need(astrid), make_need(kari, title="En benk ved elva")
    support.support(kari.actor, need=need)
    db.session.commit()
    leave(kari)
    back = come_by_mail(" KARI@example.org", "Kari Ny")
    assert (back.id, back.name, back.email, back.language) == (kari.id, "Kari Ny", "kari@example.org", "nn")
    assert (back.closed_at, back.mail_notices) == (None, True)
    assert support.support(back.actor, need=need) is False
    db.session.commit()
    assert is_supporter(back.id, need_id=need.id)
    assert stored(need).support_count == 2
    assert is_subscribed(back.id, subject=need.subject, reason=Reason.SUPPORTER)
    assert is_subscribed(back.id, subject=own.subject, reason=Reason.AUTHOR)
    assert db.session.scalars(select(Identity)).all() == []
    trail = select(AuditEntry.action).where(AuditEntry.object_id == kari.id).order_by(AuditEntry.id)
    noted = db.session.scalars(trail).all()
    assert [action for action in noted if action.startswith("account_")] == ["account_closed", "account_reopened"]
    assert drift() == []


def test_an_account_can_be_left_and_taken_up_again_many_times(person: Named) -> None:
    kari = person("Kari")
    for _ in range(3):
        leave(kari)
        assert come_by_mail("kari@example.org").id == kari.id
    assert len(db.session.scalars(select(Person)).all()) == 1


def test_who_comes_back_with_a_number_is_opened_by_who_knew_it(person: Named) -> None:
    kari = with_a_life(person)
    leave(kari)
    known = db.session.get_one(Identity, (IdentityKind.NUMBER, NUMBER))
    assert known.person_id == kari.id
    assert privacy.reopen(kari, name="Kari Ny", language=Language.ENGLISH) is True
    assert privacy.reopen(kari, name="En annen") is False
    db.session.commit()
    assert (kari.name, kari.email, kari.language) == ("Kari Ny", None, Language.ENGLISH)
    found = come_by_mail("kari@example.org", None)
    assert (found.id, found.name, found.email) == (kari.id, "Kari Ny", "kari@example.org")


def test_another_providers_name_for_the_person_is_kept_as_a_digest_too(person: Named) -> None:
    kari = with_a_life(person)
    leave(kari)
    assert queries.person_known_by(IdentityKind.SUBJECT, "https://op.example|kari") == kari
    assert queries.person_known_by(IdentityKind.SUBJECT, "https://op.example|ola") is None
    assert queries.person_known_by(IdentityKind.FORMER_EMAIL, "https://op.example|kari") is None


def test_an_account_that_became_part_of_another_is_not_opened_again(person: Named) -> None:
    kari, kari2 = person("Kari"), person("Kari to")
    make_one(kari, kari2)
    with pytest.raises(Refused) as refused:
        privacy.reopen(kari2, name="Kari")
    assert refused.value.reason is Refusal.ACCOUNT_CLOSED


def test_addresses_are_known_by_every_key_that_is_in_use(
    ctx: Flask, person: Named, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, kari = person("Odd"), person("Kari")
    monkeypatch.setitem(ctx.config, "SETTINGS", replace(ctx.config["SETTINGS"], pid_keys=None))
    leave(before)
    monkeypatch.setitem(ctx.config, "SETTINGS", replace(ctx.config["SETTINGS"], pid_keys=KEYS))
    leave(kari)
    versions = select(Identity.key_version).where(Identity.person_id == kari.id).order_by(Identity.key_version)
    assert db.session.scalars(versions).all() == [1, 2]
    for key in KEYS.keys:
        one = replace(ctx.config["SETTINGS"], pid_keys=PidKeys((key,)))
        with monkeypatch.context() as only:
            only.setitem(ctx.config, "SETTINGS", one)
            assert queries.person_known_by(IdentityKind.FORMER_EMAIL, "kari@example.org") == kari
    assert come_by_mail("odd@example.org").id == before.id


def test_an_administrator_who_adds_someone_who_left_gives_them_their_account_back(person: Named) -> None:
    kari, farid = person("Kari"), person("Farid")
    leave(kari)
    back = accounts.add_person(
        "Kari", email="kari@example.org", roles=frozenset({Role.MODERATOR}), unit="Skole", actor_id=farid.id
    )
    db.session.commit()
    assert (back.id, back.unit) == (kari.id, "Skole")
    assert back.roles_given_here == {Role.MODERATOR}


def test_two_links_at_once_of_one_who_is_back_give_one_person(
    ctx: Flask, settings: Settings, sink: PickySink, person: Named
) -> None:
    kari = person("Kari")
    number = kari.id
    leave(kari)
    for _ in range(2):
        accounts.request_link("kari@example.org", language=Language.BOKMAL, next_path="/")
    db.session.commit()
    assert send_links(settings) == 2
    links = tokens_in(sink)[:: len(tokens_in(sink)) // 2]
    assert len(set(links)) == 2
    found = at_once(ctx, *(lambda token=token: accounts.use_link(token, name="Kari")[0].id for token in links))
    assert found == [number, number]
    assert len(db.session.scalars(select(Person)).all()) == 1
    assert len(db.session.scalars(select(AuditEntry).where(AuditEntry.action == "account_reopened")).all()) == 1


def test_the_same_deletion_twice_at_once_is_done_once(ctx: Flask, person: Named) -> None:
    kari = person("Kari")
    need = make_need(kari)
    number = kari.id

    def go() -> bool:
        return close(db.session.get_one(Person, number), supports=Supports.TAKE_BACK)

    assert sorted(at_once(ctx, go, go)) == [False, True]
    assert stored(need).support_count == 0
    assert drift() == []


def test_a_support_given_while_the_account_is_deleted_does_not_outlive_it(ctx: Flask, person: Named) -> None:
    astrid, kari = person("Astrid"), person("Kari")
    need = make_need(astrid)
    number, need_id = kari.id, need.id
    closed, given = at_once(
        ctx,
        lambda: close(db.session.get_one(Person, number), supports=Supports.TAKE_BACK),
        lambda: support.support(db.session.get_one(Person, number).actor, need=stored(need)),
    )
    assert closed is True
    assert given in (True, Refusal.ACCOUNT_CLOSED)
    assert not is_supporter(number, need_id=need_id)
    assert stored(need).support_count == 1


def test_staff_are_told_to_have_their_roles_taken_away_first(person: Named) -> None:
    cecilie = person("Cecilie")
    with pytest.raises(Refused) as refused:
        close(cecilie, supports=Supports.STAY)
    assert refused.value.reason is Refusal.HAS_ROLES
    db.session.rollback()
    assert cecilie.closed_at is None


def test_a_letter_keeps_who_signed_it_when_they_have_left(person: Named) -> None:
    astrid, cecilie = person("Astrid"), person("Cecilie")
    cecilie.unit = "Samferdsel"
    factories.make_accepted(astrid, by=cecilie)
    accounts.set_roles(None, person=cecilie, roles=frozenset())
    leave(cecilie)
    assert (cecilie.name, cecilie.unit, cecilie.email) == ("Cecilie", "Samferdsel", None)
    assert shown_name(cecilie) == "Tidligere bruker"


def test_words_of_theirs_leave_the_page_and_their_answer_still_counts(person: Named) -> None:
    astrid, cecilie, dag, kari = (person(name) for name in ("Astrid", "Cecilie", "Dag", "Kari"))
    outcome = asked_outcome(astrid, cecilie, dag, kari)
    said = feedback.say(kari.id, outcome=outcome, helped=Helped.YES, words="Endelig!", may_publish=True)
    feedback.show_words(dag.actor, found=said, answered_at=said.answered_at)
    db.session.commit()
    leave(kari, Supports.TAKE_BACK)
    row = db.session.scalars(select(Feedback)).one()
    assert (row.may_publish, row.published_at, row.published_by) == (False, None, None)
    assert db.session.get_one(Outcome, outcome.id).helped_yes == 1
    assert drift() == []


def test_what_was_sent_still_counts_as_told_without_a_word(person: Named) -> None:
    kari = person("Kari")
    make_need(kari)
    row = db.session.scalars(select(Delivery).where(Delivery.person_id == kari.id)).one()
    row.status, row.error = DeliveryStatus.SENT, "mailbox of kari is full"
    db.session.commit()
    leave(kari)
    stands = db.session.scalars(select(Delivery).where(Delivery.person_id == kari.id)).one()
    assert (stands.status, stands.error) == (DeliveryStatus.SENT, None)


def test_no_letter_is_printed_to_who_has_left(person: Named) -> None:
    kari = person("Kari")
    make_need(kari)
    leave(kari)
    assert letters.waiting().people == 0
    assert letters.without_address() == []
