"""The people of the demo town: some by name, whom anyone may sign in as, and a crowd."""

from dataclasses import dataclass
from random import Random

from participation.accounts import service as accounts
from participation.accounts.models import Person
from participation.accounts.rules import Language
from participation.demo.content import Content
from participation.extensions import db
from participation.permissions import Role

NAMED_DOMAIN = "demo.example"
CROWD_DOMAIN = "innbygger.example"
CROWD = 300
WITHOUT_EMAIL = 14
OPTED_OUT = 22
NAME_HIDDEN = 18
NYNORSK = 12
ENGLISH = 6
# Those who help all the units.
EVERYWHERE = "Innovasjon og utvikling"


@dataclass(frozen=True)
class Named:
    key: str
    name: str
    roles: frozenset[Role] = frozenset()
    unit: str | None = None


NAMED = (
    Named("astrid", "Astrid Eplegren"),
    Named("bjorn", "Bjørn Bringebakk"),
    Named("cecilie", "Cecilie Kirsebærlund", frozenset({Role.CASE_WORKER}), EVERYWHERE),
    Named("dag", "Dag Pæreskog", frozenset({Role.COMMUNICATIONS}), "Kommunikasjon"),
    Named("ida", "Ida Multerud", frozenset({Role.COMMUNICATIONS}), "Kommunikasjon"),
    Named("eva", "Eva Ripsholm", frozenset({Role.MODERATOR}), "Servicetorget"),
    Named("farid", "Farid Plommedal", frozenset({Role.ADMINISTRATOR}), "Digitalisering og innovasjon"),
    Named("gry", "Gry Solbærvik", frozenset({Role.STAFF}), "Helse og omsorg"),
    Named("hege", "Hege Blåbærtun", frozenset({Role.LEADER}), EVERYWHERE),
)


@dataclass(frozen=True)
class People:
    named: dict[str, Person]
    residents: list[Person]
    """Those who report, support and comment: the crowd, and Astrid and Bjørn."""
    case_workers: list[Person]

    def of_unit(self, unit: str) -> list[Person]:
        """The case workers whose field it is, and those who help every unit."""
        return [person for person in self.case_workers if person.unit in {unit, EVERYWHERE}]


def settle(content: Content, rng: Random) -> People:
    """Make everyone known."""
    named = {
        person.key: accounts.add_person(
            person.name, email=f"{person.key}@{NAMED_DOMAIN}", roles=person.roles, unit=person.unit
        )
        for person in NAMED
    }
    crowd = [_resident(number, name) for number, name in enumerate(_names(content, rng, CROWD))]
    _vary(crowd, rng)
    workers = [named["cecilie"], *_case_workers(content, rng)]
    db.session.commit()
    return People(named, [named["astrid"], named["bjorn"], *crowd], workers)


def _names(content: Content, rng: Random, count: int) -> list[str]:
    every = [f"{first} {last}" for first in content.first_names for last in content.surnames]
    return rng.sample(every, count)


def _resident(number: int, name: str) -> Person:
    return accounts.add_person(name, email=f"innbygger{number + 1:03d}@{CROWD_DOMAIN}")


def _case_workers(content: Content, rng: Random) -> list[Person]:
    return [
        accounts.add_person(
            name,
            email=f"saksbehandler{number + 1}@{CROWD_DOMAIN}",
            roles=frozenset({Role.CASE_WORKER}),
            unit=unit,
        )
        for number, (unit, name) in enumerate(zip(content.units, _names(content, rng, len(content.units)), strict=True))
    ]


def _vary(crowd: list[Person], rng: Random) -> None:
    """Some have no e-mail, some want none, some hide their name, and some read another language."""
    for person in rng.sample(crowd, WITHOUT_EMAIL):
        person.email = None
    for person in rng.sample(crowd, OPTED_OUT):
        person.mail_notices = False
    for person in rng.sample(crowd, NAME_HIDDEN):
        person.name_hidden = True
    for person in rng.sample(crowd, NYNORSK):
        person.language = Language.NYNORSK
    for person in rng.sample(crowd, ENGLISH):
        person.language = Language.ENGLISH
