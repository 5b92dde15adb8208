"""The commands of `flask --app wsgi`."""

import sys
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import ParamSpec, TypeVar

import click
import structlog
from email_validator import EmailNotValidError, validate_email
from flask import Flask, current_app
from flask.cli import AppGroup
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from participation import clock
from participation.accounts import passkeys, sessions
from participation.accounts import service as accounts
from participation.accounts.models import Person
from participation.accounts.queries import person_by_email
from participation.accounts.rules import NAME_MAX_CHARACTERS, SIGNIN_LINK_EXPIRY_MINUTES
from participation.administration.people import UNIT_MAX_CHARACTERS
from participation.audit import service as audit
from participation.database import is_migrated
from participation.demo import town
from participation.extensions import db
from participation.insights import queries as insights
from participation.insights import service as insights_service
from participation.insights.reindexing import reindex
from participation.mail.returned import RETURNED_MAX_BYTES
from participation.notifications.bounces import take_returned
from participation.permissions import Role
from participation.web.addresses import absolute_url, settings
from participation.web.text import cleaned, tidy
from participation.worker.jobs import THREADS, Jobs
from participation.worker.jobs import send_mail as send_waiting_mail

EX_TEMPFAIL = 75

log = structlog.get_logger()

user = AppGroup("user", help="People and how they get in.")
jobs = AppGroup("jobs", help="The worker.")
mail = AppGroup("mail", help="Mail that waits, and mail that came back.")
search = AppGroup("search", help="What can be found.")
demo = AppGroup("demo", help="The demo's clock.")


Given = ParamSpec("Given")
Back = TypeVar("Back")
Taken = Callable[[click.Context, click.Parameter, str | None], str | None]


def _address(_context: click.Context, _parameter: click.Parameter, text: str) -> str:
    """The argument as an address that any mail server takes."""
    try:
        found = validate_email(text, check_deliverability=False)
    except EmailNotValidError as error:
        raise click.BadParameter(str(error)) from error
    if found.ascii_email is None:
        raise click.BadParameter("Only plain letters, without æ, ø and å, can stand before the @.")
    return found.ascii_email


def _line(most: int) -> Taken:
    """The option as one line of so many characters, with something in it."""

    def take(_context: click.Context, _parameter: click.Parameter, text: str | None) -> str | None:
        if text is None:
            return None
        words = " ".join(text.split())
        if not words or len(words) > most or len(text.splitlines()) > 1 or (cleaned(text) or None) != tidy(text):
            raise click.BadParameter(f"Must be one line of 1 to {most} characters.")
        return words

    return take


def register(app: Flask) -> None:
    for group in (user, jobs, mail, search, demo):
        app.cli.add_command(group)
    for command in (seed, recount):
        app.cli.add_command(command)


def on_its_tables(command: Callable[Given, Back]) -> Callable[Given, Back]:
    """A command that says in one line what is wrong where the database can't be used yet."""

    @wraps(command)
    def checked(*args: Given.args, **kwargs: Given.kwargs) -> Back:
        try:
            migrated = is_migrated(db.session.connection())
        except SQLAlchemyError as error:
            raise click.ClickException(f"The database does not answer: {_in_one_line(error)}") from error
        db.session.rollback()
        if not migrated:
            raise click.ClickException(
                "The database has no tables yet, or those of another version: run `flask --app wsgi db upgrade` first."
            )
        return command(*args, **kwargs)

    return checked


def _in_one_line(error: SQLAlchemyError) -> str:
    return " ".join(str(getattr(error, "orig", error)).split())


@user.command("add")
@click.argument("email", callback=_address)
@click.option("--name", callback=_line(NAME_MAX_CHARACTERS), help="The name others see; a new person needs one.")
@click.option(
    "--role",
    "roles",
    multiple=True,
    type=click.Choice([role.value for role in Role]),
    help="Can be given many times.",
)
@click.option("--unit", callback=_line(UNIT_MAX_CHARACTERS), help="The unit that staff answer for.")
@on_its_tables
def add_user(email: str, name: str | None, roles: tuple[str, ...], unit: str | None) -> None:
    """Make a person known by their e-mail address; one who is known gets the roles given, and the name and unit."""
    wanted = frozenset(Role(role) for role in roles)
    person = person_by_email(email)
    if person is None:
        person = _add(email, name, wanted, unit)
    else:
        accounts.set_roles(None, person=person, roles=wanted | person.roles_given_here)
        _describe(person, name, unit)
    db.session.commit()
    held = ", ".join(sorted(role.role.value for role in person.roles)) or Role.RESIDENT.value
    click.echo(f"{person.name} <{person.email}>: {held}")


def _add(email: str, name: str | None, roles: frozenset[Role], unit: str | None) -> Person:
    if name is None:
        raise click.UsageError(f"Nobody here has the address {email}: a new person needs a --name.")
    try:
        return accounts.add_person(name, email=email, roles=roles, unit=unit)
    except IntegrityError as error:
        raise click.ClickException(f"{email} was added by someone else just now.") from error


def _describe(person: Person, name: str | None, unit: str | None) -> None:
    """Change what is given, and say so."""
    before = _shown(person)
    accounts.describe(None, person=person, name=name or person.name, unit=unit or person.unit)
    if _shown(person) != before:
        click.echo(f"Known already as {before}: now {_shown(person)}.")


def _shown(person: Person) -> str:
    return f"{person.name}, {person.unit}" if person.unit else person.name


@user.command("signin-link")
@click.argument("email")
@on_its_tables
def signin_link(email: str) -> None:
    """Print an address that signs the person in once: also the way in when mail is down."""
    person = person_by_email(email)
    if person is None:
        raise click.ClickException(f"Nobody here has the address {email}. Add them with `user add`.")
    token = accounts.make_link(person)
    db.session.commit()
    click.echo(absolute_url("residents.use_link", token=token))
    click.echo(f"Works once, within {SIGNIN_LINK_EXPIRY_MINUTES} minutes.", err=True)


@user.command("forget-passkeys")
@click.argument("email")
@on_its_tables
def forget_passkeys(email: str) -> None:
    """Forget all of the person's passkeys, and sign them out: for one who has lost theirs.

    Make sure first that it is they who ask: after this, a link in their mail is enough to make a new one.
    """
    person = person_by_email(email)
    if person is None:
        raise click.ClickException(f"Nobody here has the address {email}.")
    forgotten = passkeys.forget_passkeys(person)
    db.session.commit()
    click.echo(f"{person.name} <{person.email}>: passkeys forgotten: {forgotten}")


@jobs.command("run")
@on_its_tables
def run_jobs() -> None:
    """Run the worker: sends mail, takes figures, throws away what is old. Stops on Ctrl-C or SIGTERM."""
    found: Jobs = current_app.extensions["jobs"]
    found.wake()
    found.huey.create_consumer(workers=THREADS, periodic=True, initial_delay=0.1, max_delay=2).run()


@mail.command("send")
@on_its_tables
def send_mail() -> None:
    """Send all mail that waits and is due, now."""
    sent = send_waiting_mail(settings())
    click.echo(f"{sent} sent.")


@mail.command("bounced")
def read_bounced() -> None:
    """Read one mail that came back, from standard input: for a mail server's pipe.

    Exits 75, so that the mail server tries again later, while the database does not answer.
    """
    raw = _all_of_standard_input()
    try:
        came_back = take_returned(raw)
        db.session.commit()
    except SQLAlchemyError as error:
        click.echo(f"The database does not answer: {_in_one_line(error)}", err=True)
        raise SystemExit(EX_TEMPFAIL) from error
    except Exception as error:
        # Anyone may write to the address: to fail would have the mail server send a report to whoever did.
        log.warning("returned_mail_failed", reason=type(error).__name__)
        came_back = None
    click.echo("Not a report of a mail of ours." if not came_back else f"{came_back} came back.")


def _all_of_standard_input() -> bytes:
    """As much of it as is of use; the rest is read too, since a mail server takes a closed pipe for a failure."""
    raw = sys.stdin.buffer.read(RETURNED_MAX_BYTES)
    while sys.stdin.buffer.read(RETURNED_MAX_BYTES):
        pass
    return raw


@search.command("reindex")
@on_its_tables
def reindex_all() -> None:
    """Index everything that can be found anew. People can search meanwhile."""
    reindex(lambda kind, done, count: click.echo(f"{kind}: {done} of {count}"))
    click.echo("Everything is indexed.")


@demo.command("travel")
@click.option("--days", type=click.IntRange(1, clock.AHEAD_MAX_DAYS), required=True, help="How far ahead of now.")
@on_its_tables
def travel(days: int) -> None:
    """Move the demo's time ahead, for the web server and the worker alike. It can't be moved back."""
    if not settings().demo:
        raise click.ClickException("Time is moved in a demo only: set DEMO=1.")
    sessions.prolong_sessions(timedelta(days=days))
    audit.carry_beat(timedelta(days=days))
    try:
        clock.go_ahead(timedelta(days=days))
    except clock.TooFarAhead as error:
        raise click.ClickException(f"The demo's time goes at most {clock.AHEAD_MAX_DAYS} days ahead.") from error
    db.session.commit()
    found: Jobs = current_app.extensions["jobs"]
    found.catch_up()
    click.echo(f"It is now {clock.now():%Y-%m-%d %H:%M} UTC in the demo.")


@click.command("seed")
@click.option("--if-empty", is_flag=True, help="Do nothing when the database has people in it.")
@click.option("--number", default=1, show_default=True, help="The same number gives the same town.")
@on_its_tables
def seed(if_empty: bool, number: int) -> None:
    """Build the demo municipality."""
    if not settings().demo:
        raise click.ClickException("The demo town belongs in a demo: set DEMO=1.")
    if not town.is_empty():
        if if_empty:
            click.echo("The database has people in it already: left as it is.")
            return
        raise click.ClickException("The database has people in it already. The demo town needs an empty one.")
    town.build(number, settings=settings(), say=click.echo)


@click.command("recount")
@click.option("--mend", is_flag=True, help="Set the counters right.")
@on_its_tables
def recount(mend: bool) -> None:
    """Count supports, comments, answers, openings, and the needs of each kind and on the map anew.

    Reports what differs, and exits 1 when anything does.

    How many have been told of a result is not among them: it is no running counter, but is counted once a day, and
    lags behind the mails till then.
    """
    found = insights.drift()
    for drift in found:
        click.echo(f"{drift.kind} {drift.id}: {drift.counter} is {drift.stored}, should be {drift.counted}")
        if mend:
            insights_service.mend(drift)
    db.session.commit()
    click.echo(f"{len(found)} counters had drifted.")
    if found and not mend:
        raise SystemExit(1)
