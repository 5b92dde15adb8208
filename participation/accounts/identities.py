"""Who is who: what providers know people by, and the one account that each of those leads to."""

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from participation import clock
from participation.accounts.arrival import Arrival
from participation.accounts.models import Identity, Person
from participation.accounts.queries import has_passkey, person_by_email, person_known_by
from participation.accounts.rules import IdentityKind, Language
from participation.accounts.service import add_person, set_roles
from participation.audit import service as audit
from participation.extensions import db


def person_of(arrival: Arrival) -> Person | None:
    """Whose account the arrival leads to; it may be closed."""
    values = [mark.value for mark in arrival.marks]
    which = select(Identity).where(Identity.kind == arrival.kind, Identity.value.in_(values)).limit(1)
    found = db.session.scalars(which).first()
    if found is None and arrival.kind is not IdentityKind.NUMBER:
        # When an account is deleted, what is kept of these is a digest as well.
        return person_known_by(arrival.kind, values[0])
    return found.person if found else None


def may_be_theirs(arrival: Arrival, person: Person) -> bool:
    """Whether the account may be of the one who arrived: nobody has two numbers, or two places in one directory."""
    others = [held for held in _held(person.id, arrival.kind) if _rules_out(held, arrival)]
    return not others or person_of(arrival) is person


def may_be_one(one: Person, other: Person) -> bool:
    """Whether the two accounts may be one person's: not when each has a national identity number of its own."""
    return not all(IdentityKind.NUMBER in kinds_known(person.id) for person in (one, other))


def is_guarded(person: Person) -> bool:
    """Whether more than a mailbox leads in: staff are taken in by nobody who has not been in as them."""
    return bool(person.roles) or has_passkey(person.id)


def _rules_out(held: Identity, arrival: Arrival) -> bool:
    """Of one directory's, or one provider's, names for people a person has one alone, as of numbers."""
    return arrival.kind is IdentityKind.NUMBER or _place(held.value) == _place(arrival.marks[0].value)


def _place(value: str) -> str:
    return value.partition(" ")[0]


def _held(person_id: int, kind: IdentityKind) -> list[Identity]:
    return list(db.session.scalars(select(Identity).where(Identity.person_id == person_id, Identity.kind == kind)))


def kinds_known(person_id: int) -> set[IdentityKind]:
    """The kinds of identity that the person is known by."""
    return set(db.session.scalars(select(Identity.kind).where(Identity.person_id == person_id).distinct()))


def note_identity(person: Person, arrival: Arrival) -> None:
    """Let the person be known by what they arrived with, by every key there is; what is noted already stays.

    Raises IntegrityError when another has been noted by it in the same moment.
    """
    held, moment = {identity.value for identity in _held(person.id, arrival.kind)}, clock.now()
    missing = [mark for mark in arrival.marks if mark.value not in held]
    # Always in the same order, so that two at once wait for each other one way alone.
    for mark in sorted(missing, key=lambda mark: mark.key_version or 0):
        db.session.add(
            Identity(
                kind=arrival.kind,
                value=mark.value,
                key_version=mark.key_version,
                person_id=person.id,
                created_at=moment,
            )
        )
        db.session.flush()
    if missing and not held:
        audit.record(
            "identity_noted", actor_id=person.id, kind="person", object_id=person.id, provider=arrival.provider
        )


def newcomer(arrival: Arrival, *, name: str, language: Language) -> Person:
    """A new account for who arrived; or the one that another of their sign-ins made in this very moment."""
    email = arrival.email if arrival.email and person_by_email(arrival.email) is None else None
    try:
        with db.session.begin_nested():
            person = add_person(name, email=email, language=language)
            note_identity(person, arrival)
            return person
    except IntegrityError:
        already = person_of(arrival)
        if already is None:
            raise
        return already


def take_roles(person: Person, arrival: Arrival) -> None:
    """Give the person the roles that the directory gives them now, and take those it gives no longer."""
    if arrival.roles is not None:
        # Of two sign-ins at once the second waits here, and then sees what the first has changed.
        db.session.refresh(person, with_for_update={"key_share": True})
        set_roles(None, person=person, roles=frozenset(arrival.roles), source=arrival.provider)
