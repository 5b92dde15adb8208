"""Accounts that are no longer: emptied of who it was, and given back to who returns (decision 0025)."""

from collections.abc import Callable

from sqlalchemy import delete, select, update

from participation import clock
from participation.accounts.marks import digests_to_keep, digests_to_know
from participation.accounts.models import Identity, Person
from participation.accounts.queries import tidy_email
from participation.accounts.rules import IdentityKind, Language
from participation.audit import service as audit
from participation.database import insert
from participation.extensions import db
from participation.refusals import Refusal, Refused

# What the features above give back with the account.
_give_back: list[Callable[[int], None]] = []


def register_giving_back(give: Callable[[int], None]) -> None:
    """Have it called with the number of each person whose account is opened again."""
    if give not in _give_back:
        _give_back.append(give)


def keep_replaced(person_id: int, email: str) -> None:
    """Keep that the address was the person's, so that it opens no second account, and not the address."""
    _keep(person_id, IdentityKind.REPLACED_EMAIL, tidy_email(email))


def keep_address(person_id: int, email: str) -> None:
    """Keep that the address leads to the person, and not the address."""
    _keep(person_id, IdentityKind.FORMER_EMAIL, tidy_email(email))


def _keep(person_id: int, kind: IdentityKind, value: str) -> None:
    moment = clock.now()
    rows = [
        {"kind": kind, "value": digest, "key_version": version, "person_id": person_id, "created_at": moment}
        for version, digest in digests_to_keep(kind, value)
    ]
    statement = insert(Identity, db.session.get_bind().dialect.name).values(rows)
    # An address may have been another's before: it leads to whoever had it last.
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=[Identity.kind, Identity.value], set_={"person_id": person_id, "created_at": moment}
        )
    )


def keep_digests_only(person: Person) -> None:
    """Keep what the person would be known again by as keyed digests alone."""
    in_plain = db.session.execute(
        delete(Identity)
        .where(Identity.person_id == person.id, Identity.key_version.is_(None))
        .returning(Identity.kind, Identity.value)
        .execution_options(synchronize_session=False)
    ).all()
    for kind, value in in_plain:
        _keep(person.id, kind, value)
    if person.email:
        keep_address(person.id, person.email)


def forget_ways_in(person_id: int) -> None:
    db.session.execute(
        delete(Identity).where(Identity.person_id == person_id).execution_options(synchronize_session=False)
    )


def empty(person: Person, *, keep_name: bool = False) -> None:
    """Take away who it was and what they had chosen, and close the account."""
    if not keep_name:
        person.name, person.unit = "", None
    person.email = person.mail_failed_at = person.postal_address = person.postal_key = None
    person.language, person.name_hidden = Language.BOKMAL, False
    person.mail_notices = person.quiet_nights = False
    person.closed_at = clock.now()
    db.session.flush()


def reopen(person: Person, *, name: str, email: str | None = None, language: Language = Language.BOKMAL) -> bool:
    """Give the person their account back, under the name they now give; False when that was just done.

    Raises Refused(ACCOUNT_CLOSED) for one that has become part of another.
    """
    address = tidy_email(email) if email else None
    opened = db.session.scalar(
        update(Person)
        .where(Person.id == person.id, Person.closed_at.is_not(None), Person.merged_into_id.is_(None))
        .values(closed_at=None, name=name, unit=None, email=address, language=language, mail_notices=True)
        .returning(Person.id)
        .execution_options(synchronize_session=False)
    )
    db.session.refresh(person)
    if opened is None:
        if person.merged_into_id is not None:
            raise Refused(Refusal.ACCOUNT_CLOSED)
        return False
    if address:
        forget_address(address)
    audit.record("account_reopened", actor_id=person.id, kind="person", object_id=person.id)
    for give in _give_back:
        give(person.id)
    return True


def adopt(person: Person, email: str) -> None:
    """Write to the address, which the person has shown to be theirs, where they have none."""
    if person.email is None:
        person.email = tidy_email(email)
        forget_address(person.email)


def forget_address(address: str) -> None:
    for kind in (IdentityKind.FORMER_EMAIL, IdentityKind.REPLACED_EMAIL):
        db.session.execute(
            delete(Identity)
            .where(Identity.kind == kind, Identity.value.in_(digests_to_know(kind, address)))
            .execution_options(synchronize_session=False)
        )


def hold_open(person_id: int) -> None:
    """Keep the account from being closed or merged until what the person does now is saved.

    Who was loaded as signed in may have been merged into another since: a support given then would count for nobody,
    or twice. Raises Refused(ACCOUNT_CLOSED).
    """
    still_open = (
        select(Person.id)
        .where(Person.id == person_id, Person.closed_at.is_(None))
        .with_for_update(read=True, key_share=True)
    )
    if db.session.scalar(still_open) is None:
        raise Refused(Refusal.ACCOUNT_CLOSED)
