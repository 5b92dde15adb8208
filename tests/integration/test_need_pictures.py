"""Pictures of needs and drafts in the database and in the store: never six, none lost, none left for ever."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError

from participation import clock
from participation.accounts.models import Person
from participation.extensions import db
from participation.files.service import the_store
from participation.files.store import DiskStore
from participation.needs import pictures
from participation.needs.models import Need, NeedDraft, NeedPicture
from participation.needs.picture_queries import pictures_of
from participation.needs.pictures import FreshPicture
from participation.needs.rules import UNSIGNED_DRAFT_DAYS
from participation.needs.service import save_draft, withdraw
from participation.privacy import closing, merging
from participation.privacy.rules import Supports
from participation.refusals import Refusal, Refused
from participation.support import service as support
from participation.web.addresses import settings
from participation.worker.cleaning import forget_unkept_pictures, throw_away_old
from tests import factories

Make = Callable[[str], Person]
AT_ONCE = 8
# Where one waits for the other from the start, they never meet halfway.
HALFWAY_SECONDS = 0.3


@pytest.fixture(autouse=True)
def _own_store(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.extensions, "picture_store", DiskStore(tmp_path / "pictures"))


def keys_in_store() -> set[str]:
    return {file.name.partition("/")[0] for file in the_store().all()}


def keys_in_rows() -> set[str]:
    return set(db.session.scalars(select(NeedPicture.key)))


def fresh(number: int) -> FreshPicture:
    """One without files."""
    return FreshPicture(f"{number:032x}-40x30", f"digest-{number}")


def draft_of(person: Person | None, key: str = "et-utkast") -> NeedDraft:
    save_draft(key, person_id=person.id if person else None, fields={"title": "Et halvt behov"})
    db.session.commit()
    return db.session.get_one(NeedDraft, key)


@pytest.fixture
def column(request: pytest.FixtureRequest, person: Make) -> dict[str, Any]:
    """The column that says whose a picture is: a need's, or a draft's."""
    astrid = person("Astrid")
    return {"need_id": factories.make_need(astrid).id} if request.param == "need" else {"draft_key": draft_of(None).key}


def row(number: int, **changes: Any) -> dict[str, Any]:
    values = {"key": fresh(number).key, "digest": f"d{number}", "slot": number, "position": number, "alt": ""}
    return values | {"added_at": clock.now(), "hidden_reason": ""} | changes


@pytest.mark.parametrize("column", ["need", "draft"], indirect=True)
@pytest.mark.parametrize("fault", [{"slot": 6}, {"slot": 0}, {"slot": 1}, {"digest": "d1"}, {"key": fresh(1).key}])
def test_the_database_itself_refuses_a_sixth_and_the_same_twice(column: dict[str, Any], fault: dict[str, Any]) -> None:
    for number in range(1, 5):
        db.session.execute(insert(NeedPicture).values(row(number, **column)))
    with pytest.raises(IntegrityError):
        db.session.execute(insert(NeedPicture).values(row(5, **column) | fault))


def test_a_picture_is_a_needs_or_a_drafts(person: Make) -> None:
    need, draft = factories.make_need(person("Astrid")), draft_of(None)
    for owner in ({}, {"need_id": need.id, "draft_key": draft.key}):
        with pytest.raises(IntegrityError):
            db.session.execute(insert(NeedPicture).values(row(1, **owner)))
        db.session.rollback()


def test_many_at_once_get_no_more_than_five(app: Flask) -> None:
    with app.app_context():
        draft_of(None)

    def add(number: int) -> list[Refusal | None]:
        with app.app_context():
            left = pictures.add(None, of=db.session.get_one(NeedDraft, "et-utkast"), fresh=[fresh(number)])
            db.session.commit()
            return [one.refusal for one in left]

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = [reason for left in pool.map(add, range(AT_ONCE)) for reason in left]
    assert answers == [Refusal.TOO_MANY_PICTURES] * (AT_ONCE - 5)
    with app.app_context():
        assert sorted(one.slot for one in pictures_of(db.session.get_one(NeedDraft, "et-utkast"))) == [1, 2, 3, 4, 5]


def begin_or_find(number: int, *, halfway: Barrier) -> list[Refusal | None]:
    key = save_draft("et-utkast", person_id=None, fields={"title": f"Nummer {number}"})
    db.session.flush()
    with suppress(BrokenBarrierError):
        halfway.wait(HALFWAY_SECONDS)
    return add_to(db.session.get_one(NeedDraft, key), number)


def add_to(draft: NeedDraft, number: int) -> list[Refusal | None]:
    left = pictures.add(None, of=draft, fresh=[fresh(number)])
    db.session.commit()
    return [one.refusal for one in left]


def test_of_those_who_begin_a_draft_at_once_each_adds_to_the_same(app: Flask) -> None:
    halfway = Barrier(3)

    def begin(number: int) -> list[Refusal | None]:
        with app.app_context():
            return begin_or_find(number, halfway=halfway)

    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(begin, range(3))) == [[], [], []]
    with app.app_context():
        assert len(pictures_of(db.session.scalars(select(NeedDraft)).one())) == 3


@pytest.mark.parametrize("name", ["Astrid", None])
def test_many_at_once_keep_no_more_in_drafts_than_there_is_room_for(
    app: Flask, person: Make, monkeypatch: pytest.MonkeyPatch, name: str | None
) -> None:
    monkeypatch.setattr("participation.needs.picture_queries.UNSIGNED_PICTURES_IN_ALL", 3)
    monkeypatch.setattr("participation.needs.picture_queries.DRAFT_PICTURES_A_PERSON", 3)
    someone, halfway = person(name) if name else None, Barrier(AT_ONCE)
    for number in range(AT_ONCE):
        draft_of(someone, f"utkast-{number}")
    db.session.commit()

    def add(number: int) -> list[Refusal | None]:
        with app.app_context():
            draft = db.session.get_one(NeedDraft, f"utkast-{number}")
            db.session.commit()
            halfway.wait()
            return add_to(draft, number)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        refused = [reason for left in pool.map(add, range(AT_ONCE)) for reason in left]
    why = Refusal.PICTURES_IN_DRAFTS if name else Refusal.PICTURES_UNSIGNED
    assert refused == [why] * (AT_ONCE - 3)
    assert len(keys_in_rows()) == 3


def test_the_same_form_sent_by_many_at_once_moves_each_picture_once(app: Flask, person: Make) -> None:
    astrid = person("Astrid")
    draft, words = draft_of(None), factories.need_words()
    kept = {factories.picture(draft, by=astrid, colour=colour).key for colour in ("red", "green")}
    actor = astrid.actor

    def send(_number: int) -> int | None:
        with app.app_context(), suppress(IntegrityError):
            need = support.propose(actor, words=words, name_hidden=False, within_days=30, draft_key="et-utkast")
            db.session.commit()
            return need.id
        return None

    db.session.commit()
    with ThreadPoolExecutor(4) as pool:
        made = set(pool.map(send, range(4))) - {None}
    assert len(made) == 1
    db.session.expire_all()
    assert {one.key for one in pictures_of(db.session.scalars(select(Need)).one())} == kept
    assert db.session.scalars(select(NeedDraft)).all() == []


def test_pictures_of_another_persons_draft_stay_where_they_are(person: Make) -> None:
    astrid, bjorn = person("Astrid"), person("Bjørn")
    draft = draft_of(astrid)
    factories.picture(draft, by=astrid)
    need = support.propose(
        bjorn.actor, words=factories.need_words(), name_hidden=False, within_days=30, draft_key=draft.key
    )
    db.session.commit()
    assert list(pictures_of(need)) == []
    assert len(pictures_of(draft)) == 1


def test_only_the_author_changes_the_pictures_and_none_comes_after_it_is_withdrawn(person: Make) -> None:
    astrid, bjorn, cecilie = person("Astrid"), person("Bjørn"), person("Cecilie")
    need = factories.make_need(astrid)
    picture = factories.picture(need, by=astrid)
    for other in (bjorn, cecilie):
        for attempt in (
            lambda by: pictures.add(by, of=need, fresh=[fresh(7)]),
            lambda by: pictures.describe(by, of=need, words={picture.id: "Noe annet"}),
            lambda by: pictures.move(by, of=need, picture_id=picture.id, by=1),
            lambda by: pictures.remove(by, of=need, picture_id=picture.id),
        ):
            with pytest.raises(Refused) as refused:
                attempt(other.actor)
            assert refused.value.reason is Refusal.NOT_YOURS
    withdraw(astrid.actor, need=need)
    db.session.commit()
    with pytest.raises(Refused):
        pictures.add(astrid.actor, of=need, fresh=[fresh(7)])
    assert pictures.remove(astrid.actor, of=need, picture_id=picture.id) == picture.key


def test_what_a_picture_of_another_need_is_asked_to_do_is_not_done(person: Make) -> None:
    astrid = person("Astrid")
    one, other = factories.make_need(astrid), factories.make_need(astrid)
    picture = factories.picture(one, by=astrid)
    assert pictures.remove(astrid.actor, of=other, picture_id=picture.id) is None
    pictures.move(astrid.actor, of=other, picture_id=picture.id, by=1)
    pictures.describe(astrid.actor, of=other, words={picture.id: "Noe annet"})
    assert [(row.id, row.alt) for row in pictures_of(one)] == [(picture.id, "Et rødt eple.")]


def a_day_later() -> Any:
    return clock.travel(clock.now() + timedelta(days=1, minutes=5))


def test_files_that_no_row_leads_to_are_gone_the_next_day_and_no_others(person: Make) -> None:
    astrid, cecilie = person("Astrid"), person("Cecilie")
    need, draft = factories.make_need(astrid), draft_of(None)
    result = factories.make_draft(factories.make_project(cecilie), by=cecilie)
    kept = {factories.picture(of, by=astrid, colour=colour).key for of, colour in ((need, "red"), (draft, "blue"))}
    kept |= {factories.illustrate(result, by=cecilie)}
    # A process was killed: after it had put the files, and after it had let go of the row.
    factories.small_picture("green")
    removed = factories.picture(need, by=astrid, colour="white")
    pictures.remove(astrid.actor, of=need, picture_id=removed.id)
    db.session.commit()
    forget_unkept_pictures(settings())
    assert len(keys_in_store()) == 5
    with a_day_later():
        forget_unkept_pictures(settings())
        forget_unkept_pictures(settings())
    assert keys_in_store() == kept
    assert keys_in_rows() < kept


def test_a_kill_between_any_two_steps_leaves_no_row_without_files(person: Make) -> None:
    """The files come before their row and go after it, whichever step is the last."""
    astrid = person("Astrid")
    need = factories.make_need(astrid)

    def step_by_step() -> Iterator[None]:
        made = factories.small_picture()
        yield
        pictures.add(astrid.actor, of=need, fresh=[made])
        yield
        db.session.commit()
        yield
        pictures.remove(astrid.actor, of=need, picture_id=pictures_of(need)[0].id)
        yield
        db.session.commit()

    for last in range(5):
        steps = step_by_step()
        for _ in range(last + 1):
            next(steps, None)
        db.session.rollback()  # killed here
        assert keys_in_rows() <= keys_in_store()
        with a_day_later():
            forget_unkept_pictures(settings())
        assert keys_in_rows() == keys_in_store()
        db.session.execute(delete(NeedPicture))
        db.session.commit()


def test_the_pictures_go_with_an_unsigned_draft_that_is_thrown_away(person: Make) -> None:
    astrid = person("Astrid")
    factories.picture(draft_of(None, "usignert-utkast"), by=astrid)
    kept = factories.picture(draft_of(astrid, "astrids-utkast"), by=astrid)
    with clock.travel(clock.now() + timedelta(days=UNSIGNED_DRAFT_DAYS + 1)):
        throw_away_old(settings())
        db.session.commit()
        forget_unkept_pictures(settings())
    assert keys_in_rows() == keys_in_store() == {kept.key}


def test_a_deleted_account_takes_its_drafts_pictures_and_leaves_those_of_needs(person: Make) -> None:
    astrid = person("Astrid")
    need = factories.make_need(astrid)
    stays = factories.picture(need, by=astrid)
    factories.picture(draft_of(astrid), by=astrid)
    closing.close(astrid, supports=Supports.TAKE_BACK)
    db.session.commit()
    assert keys_in_rows() == {stays.key}
    with a_day_later():
        forget_unkept_pictures(settings())
    assert keys_in_store() == {stays.key}


def test_two_accounts_made_one_keep_all_their_pictures(person: Make) -> None:
    astrid, bjorn = person("Astrid"), person("Bjørn")
    need, draft = factories.make_need(bjorn), draft_of(bjorn)
    kept = {factories.picture(of, by=bjorn).key for of in (need, draft)}
    merging.merge(astrid.actor, kept=astrid, gone=bjorn)
    db.session.commit()
    assert keys_in_rows() == keys_in_store() == kept
    db.session.expire_all()
    factories.picture(need, by=astrid, colour="green")
    assert len(pictures_of(need)) == 2


def test_hiding_is_noted_and_can_be_taken_back(person: Make) -> None:
    astrid, cecilie = person("Astrid"), person("Cecilie")
    need = factories.make_need(astrid)
    picture = factories.picture(need, by=astrid)
    pictures.hide(cecilie.actor, need=need, picture=picture, reason="Noen kan kjennes igjen.")
    db.session.commit()
    db.session.expire_all()
    loaded = db.session.get_one(NeedPicture, picture.id)
    assert (loaded.hidden_at is not None, loaded.hidden_reason) == (True, "Noen kan kjennes igjen.")
    pictures.show(cecilie.actor, need=need, picture=loaded)
    assert (loaded.hidden_at, loaded.hidden_reason) == (None, "")
