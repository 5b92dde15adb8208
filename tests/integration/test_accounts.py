import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from participation import clock
from participation.accounts import queries, sessions
from participation.accounts import service as accounts
from participation.accounts.mails import send_links
from participation.accounts.models import Person, SignInLink, SignInSession
from participation.accounts.rules import LINKS_PER_ADDRESS, Language
from participation.audit.models import AuditEntry
from participation.extensions import db
from participation.needs.models import NeedDraft
from participation.needs.service import save_draft
from participation.permissions import Role
from participation.refusals import Refusal, Refused
from participation.settings import Settings
from participation.worker.cleaning import throw_away_old
from tests.integration.picky_sink import PickySink
from tests.told import everything_kept

Named = Callable[[str], Person]
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def ask(email: str, language: Language = Language.BOKMAL) -> None:
    accounts.request_link(email, language=language, next_path="/min-side")
    db.session.commit()


def link_for(person: Person) -> str:
    token = accounts.make_link(person)
    db.session.commit()
    return token


def use(token: str, name: str | None = None) -> Person:
    person, _link = accounts.use_link(token, name=name)
    db.session.commit()
    return person


def sign_in(person: Person) -> str:
    token = sessions.open_session(person, device="test")
    db.session.commit()
    return token


def refusal_of(do: Callable[[], object]) -> Refusal:
    with pytest.raises(Refused) as refused:
        do()
    db.session.rollback()
    return refused.value.reason


def tokens_in(sink: PickySink) -> list[str]:
    return [found for mail in sink.mails for found in re.findall(r"/logg-inn/([\w-]{20,})", mail.text())]


def test_a_link_signs_in_once(person: Named) -> None:
    astrid = person("Astrid")
    token = link_for(astrid)
    assert use(token).id == astrid.id
    assert refusal_of(lambda: use(token)) is Refusal.LINK_SPENT


def test_a_link_lasts_fifteen_minutes(person: Named) -> None:
    with clock.travel(NOON):
        token, other = link_for(person("Astrid")), link_for(person("Bjørn"))
    with clock.travel(NOON + timedelta(minutes=14, seconds=59)):
        use(token)
    with clock.travel(NOON + timedelta(minutes=15)):
        assert refusal_of(lambda: use(other)) is Refusal.LINK_SPENT


@pytest.mark.parametrize("junk", ["", "x", "x" * 1000, "' OR 1=1 --"])
def test_a_link_that_never_was_opens_nothing(ctx: Flask, junk: str) -> None:
    assert refusal_of(lambda: use(junk)) is Refusal.LINK_SPENT


def test_two_at_once_with_the_same_token_give_one_session(ctx: Flask, person: Named) -> None:
    token = link_for(person("Astrid"))
    both = threading.Barrier(2)

    def enter() -> bool:
        with ctx.app_context():
            both.wait()
            try:
                found, _link = accounts.use_link(token, name=None)
            except Refused:
                return False
            sessions.open_session(found, device="test")
            db.session.commit()
            return True

    with ThreadPoolExecutor(2) as pool:
        entered = [future.result() for future in [pool.submit(enter), pool.submit(enter)]]
    assert sorted(entered) == [False, True]
    assert len(db.session.scalars(select(SignInSession)).all()) == 1


def test_two_links_used_at_once_by_a_newcomer_make_one_person(ctx: Flask, settings: Settings, sink: PickySink) -> None:
    ask("ny@example.org")
    ask("ny@example.org")
    assert send_links(settings) == 2
    both = threading.Barrier(2)

    def enter(token: str) -> int:
        with ctx.app_context():
            both.wait()
            found, _link = accounts.use_link(token, name="Nina")
            db.session.commit()
            return found.id

    with ThreadPoolExecutor(2) as pool:
        entered = set(pool.map(enter, tokens_in(sink)))
    assert len(entered) == 1
    assert [person.name for person in db.session.scalars(select(Person))] == ["Nina"]


def test_a_link_comes_by_mail_in_the_language_of_the_page(settings: Settings, sink: PickySink) -> None:
    ask("Ny@Example.org ", Language.NYNORSK)
    assert [send_links(settings), send_links(settings)] == [1, 0]
    (mail,) = sink.mails
    assert mail.to == "ny@example.org"
    assert mail.message["Content-Language"] == "nn"
    assert mail.message["List-Unsubscribe"] is None
    (token,) = set(tokens_in(sink))
    newcomer = use(token, "Nina")
    assert (newcomer.name, newcomer.email, newcomer.language) == ("Nina", "ny@example.org", Language.NYNORSK)
    assert newcomer.actor.roles == {Role.RESIDENT}


def test_a_link_is_tried_again_where_the_fault_may_be_ours_and_not_where_nobody_is_there(
    settings: Settings, sink: PickySink
) -> None:
    for address, said in (("ny@example.org", "554 5.7.1 Relay access denied"), ("feil@example.org", "550 unknown")):
        ask(address)
        sink.to_recipient[address] = [said]
    assert send_links(settings) == 0
    with clock.travel(clock.now() + timedelta(minutes=1)):
        assert send_links(settings) == 1
    assert [mail.to for mail in sink.mails] == ["ny@example.org"]


def test_asking_says_nothing_of_whether_the_address_is_known(
    settings: Settings, sink: PickySink, person: Named
) -> None:
    person("Astrid")
    ask("astrid@example.org")
    ask("nobody@example.org")
    assert send_links(settings) == 2
    assert [person.name for person in db.session.scalars(select(Person))] == ["Astrid"]


def test_an_address_gets_only_so_many_links_in_a_while(person: Named, ctx: Flask) -> None:
    def waiting() -> int:
        return len(db.session.scalars(select(SignInLink)).all())

    with clock.travel(NOON):
        for _ in range(LINKS_PER_ADDRESS + 3):
            ask("astrid@example.org")
        ask("bjorn@example.org")
        assert waiting() == LINKS_PER_ADDRESS + 1
    with clock.travel(NOON + timedelta(minutes=15)):
        ask("astrid@example.org")
        assert waiting() == LINKS_PER_ADDRESS + 2


def test_a_link_that_could_not_be_sent_in_time_is_sent_no_more(settings: Settings, sink: PickySink) -> None:
    sink.stop()
    with clock.travel(NOON):
        ask("ny@example.org")
        assert send_links(settings) == 0
    sink.start()
    with clock.travel(NOON + timedelta(minutes=1)):
        assert send_links(settings) == 1
    with clock.travel(NOON):
        ask("sen@example.org")
    with clock.travel(NOON + timedelta(minutes=16)):
        assert send_links(settings) == 0


def test_no_token_stands_anywhere_in_the_database(settings: Settings, sink: PickySink, person: Named) -> None:
    astrid = person("Astrid")
    ask("astrid@example.org")
    send_links(settings)
    (mailed,) = set(tokens_in(sink))
    printed, session = link_for(astrid), sign_in(astrid)
    kept = everything_kept()
    assert "astrid@example.org" in kept
    assert not [token for token in (mailed, printed, session) if token in kept]


def test_a_closed_account_is_not_entered(person: Named) -> None:
    astrid = person("Astrid")
    token, session = link_for(astrid), sign_in(astrid)
    astrid.closed_at = clock.now()
    db.session.commit()
    assert refusal_of(lambda: use(token)) is Refusal.ACCOUNT_CLOSED
    assert queries.session_by_token(session) is None


def test_a_session_lasts_two_weeks(person: Named) -> None:
    astrid = person("Astrid")
    with clock.travel(NOON):
        token = sign_in(astrid)
    with clock.travel(NOON + timedelta(days=14, seconds=-1)):
        found = queries.session_by_token(token)
        assert found is not None
        assert found.person.id == astrid.id
        assert len(queries.open_sessions(astrid.id)) == 1
    with clock.travel(NOON + timedelta(days=14)):
        assert queries.session_by_token(token) is None
        assert queries.open_sessions(astrid.id) == []


def test_a_session_can_be_ended_from_another_device_by_its_owner_only(person: Named) -> None:
    astrid, bjorn = person("Astrid"), person("Bjørn")
    phone, computer = sign_in(astrid), sign_in(astrid)
    on_phone = queries.session_by_token(phone)
    assert on_phone is not None
    sessions.end_session(bjorn.actor, session_id=on_phone.id)
    db.session.commit()
    db.session.expire_all()
    assert queries.session_by_token(phone) is not None
    sessions.end_session(astrid.actor, session_id=on_phone.id)
    db.session.commit()
    db.session.expire_all()
    assert queries.session_by_token(phone) is None
    assert queries.session_by_token(computer) is not None


def test_all_other_sessions_can_be_ended_at_once(person: Named) -> None:
    astrid, bjorn = person("Astrid"), person("Bjørn")
    here, there, bjorns = sign_in(astrid), sign_in(astrid), sign_in(bjorn)
    sessions.end_other_sessions(astrid.actor, token=here)
    db.session.commit()
    db.session.expire_all()
    assert [queries.session_by_token(token) is not None for token in (here, there, bjorns)] == [
        True,
        False,
        True,
    ]


def test_signing_out_ends_the_session_on_the_server(person: Named) -> None:
    token = sign_in(person("Astrid"))
    sessions.end_session_by_token(token)
    db.session.commit()
    db.session.expire_all()
    assert queries.session_by_token(token) is None


def test_new_roles_end_all_sessions_and_the_same_roles_none(person: Named) -> None:
    cecilie, farid = person("Cecilie"), person("Farid")
    token = sign_in(cecilie)
    accounts.set_roles(farid.id, person=cecilie, roles=frozenset({Role.CASE_WORKER}))
    db.session.commit()
    db.session.expire_all()
    assert queries.session_by_token(token) is not None
    accounts.set_roles(farid.id, person=cecilie, roles=frozenset({Role.MODERATOR}))
    db.session.commit()
    db.session.expire_all()
    assert queries.session_by_token(token) is None
    assert cecilie.actor.roles == {Role.RESIDENT, Role.MODERATOR}
    noted = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "roles_set")).all()
    assert [(entry.actor_id, entry.facts) for entry in noted] == [
        (farid.id, {"roles": ["moderator"], "source": "here"})
    ]


def test_an_address_belongs_to_one_person(person: Named) -> None:
    person("Astrid")
    with pytest.raises(IntegrityError):
        accounts.add_person("En annen", email=" ASTRID@example.org")
    db.session.rollback()


def test_many_may_be_without_an_address(ctx: Flask) -> None:
    for name in ("Odd", "Even"):
        accounts.add_person(name, email=None)
    db.session.commit()
    assert len(db.session.scalars(select(Person)).all()) == 2


def test_turning_mail_off_twice_is_noted_once(person: Named) -> None:
    astrid = person("Astrid")
    for _ in range(2):
        accounts.set_mail_notices(astrid, wanted=False)
        db.session.commit()
    noted = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "mail_notices_set")).all()
    assert [entry.facts for entry in noted] == [{"mail_notices": False}]


def test_old_links_sessions_and_unsigned_drafts_are_thrown_away_and_no_others(
    settings: Settings, person: Named
) -> None:
    astrid = person("Astrid")
    with clock.travel(NOON - timedelta(days=31)):
        ask("astrid@example.org")
        save_draft(None, person_id=None, fields={"title": "Gammel"})
        save_draft(None, person_id=astrid.id, fields={"title": "Min"})
    with clock.travel(NOON - timedelta(days=50)):
        sign_in(astrid)
    with clock.travel(NOON - timedelta(days=1)):
        ask("astrid@example.org")
        sign_in(astrid)
        save_draft(None, person_id=None, fields={"title": "Ny"})
        db.session.commit()
    with clock.travel(NOON):
        throw_away_old(settings)
        db.session.commit()
    assert len(db.session.scalars(select(SignInLink)).all()) == 1
    assert len(db.session.scalars(select(SignInSession)).all()) == 1
    titles = {draft.fields["title"] for draft in db.session.scalars(select(NeedDraft))}
    assert titles == {"Min", "Ny"}


@pytest.mark.parametrize("address", ["ø1@example.org", "ＡＢ@example.org"])
def test_an_address_that_no_mail_can_go_to_keeps_nobody_else_out(
    settings: Settings, sink: PickySink, address: str
) -> None:
    for email in (address, "astrid@example.org"):
        accounts.request_link(email, language=Language.BOKMAL, next_path="/")
    db.session.commit()
    assert [send_links(settings), send_links(settings)] == [1, 0]
    assert db.session.scalars(select(SignInLink.next_attempt_at)).all() == [None, None]
