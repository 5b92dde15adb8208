import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select, update

from participation.accounts.models import Passkey, Person
from participation.accounts.queries import person_by_email, session_by_token
from participation.accounts.service import use_link
from participation.accounts.sessions import open_session
from participation.app import create_app
from participation.cli import EX_TEMPFAIL
from participation.extensions import db
from participation.needs.models import Need
from participation.notifications.marks import mail_key
from participation.notifications.models import Event
from participation.notifications.rules import EventKind
from participation.notifications.service import announce
from participation.permissions import Role
from participation.search.queries import find
from participation.search.service import forget
from tests.databases import make_app, make_settings, new_database_url
from tests.factories import give_passkey, make_need
from tests.journeys.mail_sink import MailSink
from tests.people import make_person
from tests.unit.test_mail_returned import HOSTILE, report


def run(app: Flask, *arguments: str) -> Result:
    """The command, in an app context as `flask` gives it."""
    with app.app_context():
        return app.test_cli_runner().invoke(args=list(arguments))


def roles_of(app: Flask, email: str) -> set[Role]:
    with app.app_context():
        person = person_by_email(email)
        assert person is not None
        return {held.role for held in person.roles}


def add(app: Flask, email: str, *more: str) -> Result:
    return run(app, "user", "add", email, "--name", "Cecilie", *more)


def test_a_person_is_added_with_their_roles(app: Flask) -> None:
    result = add(app, "Cecilie@Example.org", "--role", "case_worker", "--role", "communications")
    assert (result.exit_code, result.output) == (0, "Cecilie <cecilie@example.org>: case_worker, communications\n")
    assert roles_of(app, "cecilie@example.org") == {Role.CASE_WORKER, Role.COMMUNICATIONS}


def test_adding_a_known_person_gives_the_roles_asked_for_and_takes_none(app: Flask) -> None:
    add(app, "cecilie@example.org", "--role", "case_worker")
    again = add(app, "CECILIE@example.org", "--role", "administrator")
    assert again.exit_code == 0
    assert roles_of(app, "cecilie@example.org") == {Role.CASE_WORKER, Role.ADMINISTRATOR}
    with app.app_context():
        assert len(db.session.scalars(select(Person)).all()) == 1


def test_adding_the_same_person_twice_ends_no_session(app: Flask) -> None:
    add(app, "cecilie@example.org", "--role", "case_worker")
    with app.app_context():
        person = person_by_email("cecilie@example.org")
        assert person is not None
        token = open_session(person, device="test")
        db.session.commit()
    add(app, "cecilie@example.org", "--role", "case_worker")
    with app.app_context():
        assert session_by_token(token) is not None


def test_a_person_without_a_role_is_a_resident(app: Flask) -> None:
    assert add(app, "cecilie@example.org").output.endswith(": resident\n")


@pytest.mark.parametrize("email", ["", "cecilie", "cecilie@", "@example.org", "a b@example.org", "a@b@example.org"])
def test_a_bad_address_is_refused_in_words(app: Flask, email: str) -> None:
    result = add(app, email)
    assert result.exit_code == 2
    assert "EMAIL" in result.output
    assert "Traceback" not in result.output


def test_an_unknown_role_is_refused_with_those_there_are(app: Flask) -> None:
    result = add(app, "cecilie@example.org", "--role", "mayor")
    assert result.exit_code == 2
    assert "case_worker" in result.output


def test_a_sign_in_link_is_printed_and_works_once(app: Flask) -> None:
    add(app, "cecilie@example.org")
    result = run(app, "user", "signin-link", "Cecilie@example.org")
    assert result.exit_code == 0
    found = re.fullmatch(r"http://localhost/logg-inn/([\w-]+)", result.stdout.strip())
    assert found is not None
    with app.app_context():
        person, link = use_link(found[1], name=None)
        assert (person.name, link.next_path) == ("Cecilie", "/")


def test_no_sign_in_link_for_someone_unknown(app: Flask) -> None:
    result = run(app, "user", "signin-link", "nobody@example.org")
    assert result.exit_code == 1
    assert "user add" in result.output


def test_who_has_lost_their_passkeys_is_let_in_to_make_new_ones(app: Flask) -> None:
    add(app, "farid@example.org", "--role", "administrator")
    with app.app_context():
        person = person_by_email("farid@example.org")
        assert person is not None
        give_passkey(person)
        token = open_session(person, device="test")
        db.session.commit()
    result = run(app, "user", "forget-passkeys", "Farid@example.org")
    assert (result.exit_code, result.output) == (0, "Cecilie <farid@example.org>: passkeys forgotten: 1\n")
    with app.app_context():
        assert (session_by_token(token), db.session.scalars(select(Passkey)).all()) == (None, [])
    assert run(app, "user", "forget-passkeys", "nobody@example.org").exit_code == 1


def test_recount_exits_with_1_while_a_counter_has_drifted(app: Flask) -> None:
    with app.app_context():
        need = make_need(make_person("Astrid"))
        number = need.id
        announce(EventKind.NEWS, about=need.subject, subjects=[need.subject], facts={})
        db.session.commit()
    assert run(app, "recount").exit_code == 0
    with app.app_context():
        db.session.execute(update(Need).values(support_count=9))
        db.session.execute(update(Event).values(opened=2))
        db.session.commit()
    found = run(app, "recount")
    assert found.exit_code == 1
    assert f"need {number}: support_count is 9, should be 1" in found.output
    assert "opened is 2, should be 0" in found.output
    assert run(app, "recount", "--mend").exit_code == 0
    mended = run(app, "recount")
    assert (mended.exit_code, mended.output) == (0, "0 counters had drifted.\n")


def test_waiting_mail_is_sent_by_hand(app: Flask) -> None:
    sink = MailSink()
    sink.start()
    given = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(given, smtp_url=sink.url)
    try:
        with app.app_context():
            make_need(make_person("Astrid"))
        assert run(app, "mail", "send").output == "1 sent.\n"
        assert run(app, "mail", "send").output == "0 sent.\n"
        assert [mail.to for mail in sink.mails] == ["astrid@example.org"]
    finally:
        app.config["SETTINGS"] = given
        sink.stop()


def test_mail_that_cannot_be_sent_waits_and_the_command_says_so(app: Flask) -> None:
    with app.app_context():
        make_need(make_person("Astrid"))
    result = run(app, "mail", "send")
    assert result.exit_code == 0
    assert result.output.endswith("0 sent.\n")


def test_the_demo_town_is_refused_outside_a_demo(app: Flask) -> None:
    result = run(app, "seed")
    assert result.exit_code == 1
    assert "DEMO=1" in result.output
    with app.app_context():
        assert db.session.scalars(select(Person)).all() == []


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Flask]:
    url = new_database_url("sqlite", tmp_path, "demo")
    app = make_app(make_settings(url, tmp_path, demo=True))
    yield app
    with app.app_context():
        db.engine.dispose()


def test_the_demo_town_is_never_built_on_top_of_people(demo: Flask) -> None:
    add(demo, "cecilie@example.org")
    refused, left_alone = run(demo, "seed"), run(demo, "seed", "--if-empty")
    assert (refused.exit_code, left_alone.exit_code) == (1, 0)
    assert "left as it is" in left_alone.output
    with demo.app_context():
        assert len(db.session.scalars(select(Person)).all()) == 1


@pytest.mark.parametrize("name", ["", "  ", "x" * 81, "Ce\ncilie", "Ce\x00cilie"])
def test_a_name_that_no_page_could_show_is_refused(app: Flask, name: str) -> None:
    result = run(app, "user", "add", "cecilie@example.org", "--name", name)
    assert result.exit_code == 2
    assert "--name" in result.output


def test_a_unit_that_is_too_long_is_refused(app: Flask) -> None:
    result = add(app, "cecilie@example.org", "--unit", "x" * 121)
    assert result.exit_code == 2
    assert "--unit" in result.output


def test_an_address_that_few_mail_servers_take_is_refused(app: Flask) -> None:
    result = add(app, "gårdbruker@example.org")
    assert result.exit_code == 2
    assert "before the @" in result.output


def test_a_name_in_the_address_is_kept_as_mail_servers_know_it(app: Flask) -> None:
    assert add(app, "Cecilie@BLÅBÆR.no").output == "Cecilie <cecilie@xn--blbr-roah.no>: resident\n"
    assert run(app, "user", "signin-link", "cecilie@blåbær.no").exit_code == 0


def test_a_known_person_takes_the_new_name_and_unit_and_is_told_of(app: Flask) -> None:
    add(app, "cecilie@example.org", "--unit", "Oppvekst")
    result = run(app, "user", "add", "cecilie@example.org", "--name", "Cecilie Dahl", "--unit", "Teknisk")
    assert result.output == (
        "Known already as Cecilie, Oppvekst: now Cecilie Dahl, Teknisk.\nCecilie Dahl <cecilie@example.org>: resident\n"
    )


def test_a_known_person_needs_no_name_again(app: Flask) -> None:
    add(app, "cecilie@example.org", "--unit", "Oppvekst")
    result = run(app, "user", "add", "cecilie@example.org", "--role", "moderator")
    assert result.output == "Cecilie <cecilie@example.org>: moderator\n"
    with app.app_context():
        person = person_by_email("cecilie@example.org")
        assert person is not None
        assert person.unit == "Oppvekst"


def test_a_new_person_needs_a_name(app: Flask) -> None:
    result = run(app, "user", "add", "cecilie@example.org")
    assert result.exit_code == 2
    assert "--name" in result.output


@pytest.mark.parametrize(
    "command",
    [
        ["user", "add", "a@example.org", "--name", "A"],
        ["user", "signin-link", "a@example.org"],
        ["user", "forget-passkeys", "a@example.org"],
        ["seed"],
        ["recount"],
        ["mail", "send"],
        ["jobs", "run"],
    ],
)
def test_without_tables_each_command_says_how_to_make_them(command: list[str], tmp_path: Path) -> None:
    app = create_app(make_settings(new_database_url("sqlite", tmp_path, "empty"), tmp_path, demo=True))
    result = run(app, *command)
    assert result.exit_code == 1
    assert result.output.splitlines() == [
        "Error: The database has no tables yet, or those of another version: run `flask --app wsgi db upgrade` first."
    ]


def test_without_a_database_a_command_says_so_in_one_line(tmp_path: Path) -> None:
    app = create_app(make_settings(f"sqlite:///{tmp_path}/no/such/folder/lier.sqlite3", tmp_path))
    result = run(app, "recount")
    assert result.exit_code == 1
    assert result.output.startswith("Error: The database does not answer")
    assert len(result.output.splitlines()) == 1


@pytest.mark.parametrize(
    "raw", [b"", b"Subject: Hei\n\nJeg er p\xe5 ferie.\n", report(), HOSTILE["mails in mails"], b"x" * 1_000_000]
)
def test_a_mail_that_is_no_report_of_ours_is_taken_and_changes_nothing(app: Flask, raw: bytes) -> None:
    with app.app_context():
        result = app.test_cli_runner().invoke(args=["mail", "bounced"], input=raw)
    assert result.exit_code == 0
    assert "Not a report of a mail of ours." in result.output


def test_while_the_database_is_away_the_mail_server_is_asked_to_come_back(tmp_path: Path) -> None:
    away = create_app(make_settings(f"sqlite:///{tmp_path}/no/such/folder.sqlite3", tmp_path))
    with away.app_context():
        key = mail_key([1], person_id=1)
        raw = report(message_id=f"<{key}@localhost>")
        result = away.test_cli_runner().invoke(args=["mail", "bounced"], input=raw)
        db.session.remove()
        db.engine.dispose()
    assert result.exit_code == EX_TEMPFAIL


def test_all_that_can_be_found_is_indexed_anew_and_the_progress_is_said(app: Flask) -> None:
    with app.app_context():
        need = make_need(make_person("Astrid"), title="Det mangler benker ved elva").id
        forget("need", need)
        db.session.commit()
        assert find("need", "benker").ids == []
    result = run(app, "search", "reindex")
    assert result.exit_code == 0
    assert result.output.splitlines() == ["need: 1 of 1", "Everything is indexed."]
    with app.app_context():
        assert find("need", "benker").ids == [need]
