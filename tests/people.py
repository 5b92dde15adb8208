"""People by name: Astrid proposes, Bjørn votes, Cecilie works on cases, Dag communicates, Eva moderates,
Farid administers, Gry should have no access beyond her own, Hege leads."""

from participation.accounts import service as accounts
from participation.accounts.models import Person
from participation.extensions import db
from participation.permissions import Role

ROLES: dict[str, frozenset[Role]] = {
    "Astrid": frozenset(),
    "Bjørn": frozenset(),
    "Cecilie": frozenset({Role.CASE_WORKER}),
    "Dag": frozenset({Role.COMMUNICATIONS}),
    "Eva": frozenset({Role.MODERATOR}),
    "Farid": frozenset({Role.ADMINISTRATOR}),
    "Gry": frozenset(),
    "Hege": frozenset({Role.LEADER}),
}
ADDRESS = {name: f"{name.lower().replace('ø', 'o')}@example.org" for name in ROLES}


def make_person(name: str) -> Person:
    """One of the named people, or a resident of any other name."""
    person = accounts.add_person(
        name,
        email=ADDRESS.get(name, f"{name.lower().replace(' ', '.')}@example.org"),
        roles=ROLES.get(name, frozenset()),
    )
    db.session.commit()
    return person
