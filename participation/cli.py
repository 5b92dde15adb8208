"""The commands of `flask --app wsgi`."""

import click
from email_validator import EmailNotValidError, validate_email
from flask import Flask, current_app
from flask.cli import AppGroup
from sqlalchemy.exc import IntegrityError

from participation.accounts import service as accounts
from participation.accounts.models import Person
from participation.accounts.queries import person_by_email
from participation.accounts.rules import SIGNIN_LINK_EXPIRY_MINUTES
from participation.demo import town
from participation.extensions import db
from participation.insights import queries as insights
from participation.insights import service as insights_service
from participation.permissions import Role
from participation.web.addresses import absolute_url, settings
from participation.worker.jobs import THREADS, Jobs
from participation.worker.jobs import send_mail as send_waiting_mail

user = AppGroup("user", help="People and how they get in.")
jobs = AppGroup("jobs", help="The worker.")
mail = AppGroup("mail", help="Mail that waits.")


def register(app: Flask) -> None:
    for group in (user, jobs, mail):
        app.cli.add_command(group)
    for command in (seed, recount):
        app.cli.add_command(command)


@user.command("add")
@click.argument("email")
@click.option("--name", required=True, help="The name others see.")
@click.option(
    "--role",
    "roles",
    multiple=True,
    type=click.Choice([role.value for role in Role]),
    help="Can be given many times.",
)
@click.option("--unit", help="The unit that staff answer for.")
def add_user(email: str, name: str, roles: tuple[str, ...], unit: str | None) -> None:
    """Make a person known by their e-mail address; one who is known already gets the roles given."""
    try:
        address = validate_email(email, check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise click.BadParameter(str(error), param_hint="EMAIL") from error
    wanted = frozenset(Role(role) for role in roles)
    person = person_by_email(address)
    if person is None:
        person = _add(address, name, wanted, unit)
    else:
        accounts.set_roles(None, person=person, roles=wanted | {held.role for held in person.roles})
    db.session.commit()
    held = ", ".join(sorted(role.role.value for role in person.roles)) or Role.RESIDENT.value
    click.echo(f"{person.name} <{person.email}>: {held}")


def _add(email: str, name: str, roles: frozenset[Role], unit: str | None) -> Person:
    try:
        return accounts.add_person(name, email=email, roles=roles, unit=unit)
    except IntegrityError as error:
        raise click.ClickException(f"{email} was added by someone else just now.") from error


@user.command("signin-link")
@click.argument("email")
def signin_link(email: str) -> None:
    """Print an address that signs the person in once: also the way in when mail is down."""
    person = person_by_email(email)
    if person is None:
        raise click.ClickException(f"Nobody here has the address {email}. Add them with `user add`.")
    token = accounts.make_link(person)
    db.session.commit()
    click.echo(absolute_url("residents.use_link", token=token))
    click.echo(f"Works once, within {SIGNIN_LINK_EXPIRY_MINUTES} minutes.", err=True)


@jobs.command("run")
def run_jobs() -> None:
    """Run the worker: sends mail, takes figures, throws away what is old. Stops on Ctrl-C or SIGTERM."""
    found: Jobs = current_app.extensions["jobs"]
    found.wake()
    found.huey.create_consumer(workers=THREADS, periodic=True, initial_delay=0.1, max_delay=2).run()


@mail.command("send")
def send_mail() -> None:
    """Send all mail that waits and is due, now."""
    sent = send_waiting_mail(settings())
    click.echo(f"{sent} sent.")


@click.command("seed")
@click.option("--if-empty", is_flag=True, help="Do nothing when the database has people in it.")
@click.option("--number", default=1, show_default=True, help="The same number gives the same town.")
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
def recount(mend: bool) -> None:
    """Count supports and comments anew and report where a stored counter differs. Exits 1 when any does."""
    found = insights.drift()
    for drift in found:
        click.echo(f"need {drift.need_id}: {drift.counter} is {drift.stored}, should be {drift.counted}")
        if mend:
            insights_service.mend(drift)
    db.session.commit()
    click.echo(f"{len(found)} counters had drifted.")
    if found and not mend:
        raise SystemExit(1)
