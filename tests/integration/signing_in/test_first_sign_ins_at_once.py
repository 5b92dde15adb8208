"""One person who signs in for the first time in several places at the same moment has one account afterwards."""

from collections.abc import Sequence
from functools import partial
from itertools import cycle, islice

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from participation.accounts.models import Identity, Person, PersonRole
from participation.pid_keys import PidKeys
from tests.forms import open_form
from tests.integration.server.together import at_once
from tests.integration.signing_in.conftest import AppWith
from tests.integration.signing_in.door import WELCOME, arrive, claims, come_back, enter, is_in, rows, set_out
from tests.integration.signing_in.false_provider import Realm

ONE = "1:a-key-for-tests-only-0123456789-abcdefghij"
TWO = "2:another-key-for-tests-9876543210-klmnopqrst"


def keyed(app_with: AppWith, *keys: str) -> Flask:
    return app_with(pid_keys=PidKeys.parse(",".join(keys)))


def say_names_at_once(apps: Sequence[Flask], realm: Realm, count: int) -> list[FlaskClient]:
    """Browsers of as many processes as there are apps, all at the welcome page, which all send it at once."""
    clients = [app.test_client() for app in islice(cycle(apps), count)]
    forms = []
    for client in clients:
        assert arrive(client, realm).location == WELCOME
        forms.append(open_form(client, WELCOME).filled({"name": "Astrid"}))
    deeds = [partial(client.post, WELCOME, data=form) for client, form in zip(clients, forms, strict=True)]
    assert [answer.status_code for answer in at_once(deeds)] == [302] * count
    return clients


@pytest.mark.parametrize("count", [2, 8])
def test_a_person_who_arrives_several_times_at_once_is_one(app: Flask, idporten: Realm, count: int) -> None:
    clients = say_names_at_once([app], idporten, count)
    assert len(rows(app, Person)) == len(rows(app, Identity)) == 1
    assert all(map(is_in, clients))


def test_so_too_while_half_of_the_processes_have_the_new_key_first(
    app: Flask, app_with: AppWith, idporten: Realm
) -> None:
    apps = [keyed(app_with, ONE, TWO), keyed(app_with, TWO, ONE)]
    clients = say_names_at_once(apps, idporten, 8)
    assert len(rows(app, Person)) == 1
    assert sorted(identity.key_version for identity in rows(app, Identity)) == [1, 2]
    assert all(map(is_in, clients))


def test_a_change_of_keys_keeps_everyone_s_account(app: Flask, app_with: AppWith, idporten: Realm) -> None:
    enter(app.test_client(), idporten)
    for keys in ((ONE, TWO), (TWO, ONE), (TWO,)):
        enter(keyed(app_with, *keys).test_client(), idporten)
    assert len(rows(app, Person)) == 1


def test_who_has_not_been_here_since_a_key_was_dropped_is_not_known(
    app: Flask, app_with: AppWith, idporten: Realm
) -> None:
    enter(app.test_client(), idporten)
    assert arrive(keyed(app_with, TWO).test_client(), idporten).location == WELCOME


def directory_answers(app: Flask, realm: Realm, count: int, **changes: object) -> list[TestResponse]:
    clients = [app.test_client() for _ in range(count)]
    deeds = []
    for client in clients:
        asked = set_out(client, realm)
        code = realm.code(asked, claims(realm, asked, **changes))
        deeds.append(partial(come_back, client, realm, code=code, state=asked.state))
    return at_once(deeds)


@pytest.mark.parametrize("count", [2, 8])
def test_a_colleague_who_arrives_several_times_at_once_is_one(app: Flask, entra: Realm, count: int) -> None:
    answers = directory_answers(app, entra, count, email="cecilie@lier.example")
    assert [answer.status_code for answer in answers] == [302] * count
    (person,) = rows(app, Person)
    assert (person.name, person.email) == ("Cecilie", "cecilie@lier.example")
    assert len(rows(app, Identity)) == len(rows(app, PersonRole)) == 1


def test_new_roles_given_at_several_sign_ins_at_once_are_given_once(app: Flask, entra: Realm) -> None:
    enter(app.test_client(), entra)
    roles = ["Svarer.Saksbehandler", "Svarer.Kommunikasjon"]
    answers = directory_answers(app, entra, 4, roles=roles)
    assert [answer.status_code for answer in answers] == [302] * 4
    assert len(rows(app, PersonRole)) == 2


def test_two_people_who_arrive_at_once_are_two(app: Flask, idporten: Realm) -> None:
    clients = [app.test_client(), app.test_client()]
    deeds = []
    for client, number in zip(clients, ("10915596784", "13527248013"), strict=True):
        arrive(client, idporten, pid=number)
        deeds.append(partial(client.post, WELCOME, data=open_form(client, WELCOME).filled({"name": number[:2]})))
    at_once(deeds)
    assert len(rows(app, Person)) == len(rows(app, Identity)) == 2
