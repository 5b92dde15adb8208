from collections.abc import Callable

import pytest
from sqlalchemy import select

from participation.accounts.models import Person
from participation.audit.models import AuditEntry
from participation.extensions import db
from participation.needs import catalogue, queries
from participation.needs.catalogue import KEY_MAX_CHARACTERS, ThemeNames

Named = Callable[[str], Person]


def names(nb: str) -> ThemeNames:
    return ThemeNames(nb=nb, nn=nb, en=nb)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Gang- og sykkelvei", "gang-og-sykkelvei"),
        ("Ærlig øl på Åssiden", "aerlig-ol-pa-assiden"),
        ("Kafé & kultur", "kafe-kultur"),
        ("🚌", "uten-navn"),
        ("--", "uten-navn"),
        ("a" * 60, "a" * KEY_MAX_CHARACTERS),
    ],
)
def test_a_name_becomes_what_can_stand_in_an_address(person: Named, name: str, key: str) -> None:
    assert catalogue.add_theme(person("Farid").actor, names=names(name)).key == key


def test_two_of_the_same_name_have_addresses_of_their_own(person: Named) -> None:
    farid = person("Farid").actor
    keys = [catalogue.add_area(farid, name="Tranby").key for _ in range(3)]
    long = [catalogue.add_area(farid, name="b" * 60).key for _ in range(2)]
    db.session.commit()
    assert keys == ["tranby", "tranby-2", "tranby-3"]
    assert len(set(long)) == 2
    assert all(len(key) <= KEY_MAX_CHARACTERS for key in long)


def test_a_new_theme_comes_last_and_a_renamed_one_keeps_its_address(person: Named) -> None:
    farid = person("Farid").actor
    first = catalogue.add_theme(farid, names=names("Buss"))
    catalogue.add_theme(farid, names=names("Avløp"))
    catalogue.rename_theme(farid, theme=first, names=names("Kollektivtrafikk"))
    db.session.commit()
    assert [(theme.key, theme.nb) for theme in queries.active_themes()] == [
        ("buss", "Kollektivtrafikk"),
        ("avlop", "Avløp"),
    ]


def test_what_is_out_of_use_is_not_offered_and_the_change_is_noted_once(person: Named) -> None:
    farid = person("Farid").actor
    area = catalogue.add_area(farid, name="Tranby")
    for _ in range(2):
        catalogue.set_in_use(farid, entry=area, in_use=False)
        db.session.commit()
    assert queries.active_areas() == []
    assert [one.name for one in queries.all_areas()] == ["Tranby"]
    actions = db.session.scalars(select(AuditEntry.action).where(AuditEntry.object_kind == "area")).all()
    assert sorted(actions) == ["added", "put_out_of_use"]
