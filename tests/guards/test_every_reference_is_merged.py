"""Each column that points to a person has a place in what happens when two accounts become one."""

from sqlalchemy import Column, ForeignKey, Integer, MetaData, Table

from participation.extensions import db
from participation.privacy.references import LEFT_ALONE, MOVED, UNITED, UNITED_WITH_CARE

NAMED = {(column.class_.__tablename__, column.key) for column in (*MOVED, *UNITED, *UNITED_WITH_CARE, *LEFT_ALONE)}


def pointing_to_people(metadata: MetaData) -> set[tuple[str, str]]:
    return {
        (table.name, column.name)
        for table in metadata.tables.values()
        for column in table.columns
        if any(key.target_fullname == "person.id" for key in column.foreign_keys)
    }


def test_every_column_that_points_to_a_person_is_moved_or_left_for_a_reason() -> None:
    assert pointing_to_people(db.metadata) == NAMED
    assert all(LEFT_ALONE.values())


def test_no_column_is_named_twice() -> None:
    assert len(NAMED) == len([*MOVED, *UNITED, *UNITED_WITH_CARE, *LEFT_ALONE])


def test_a_column_of_a_key_is_never_just_moved() -> None:
    """Where both have a row of the same key, to move one would be refused by the database."""
    in_keys = {column.key for column in MOVED if column.property.columns[0].primary_key}
    assert in_keys == set()


def test_the_guard_sees_a_new_column() -> None:
    metadata = MetaData()
    Table("person", metadata, Column("id", Integer, primary_key=True))
    Table("badge", metadata, Column("id", Integer, primary_key=True), Column("owner_id", ForeignKey("person.id")))
    assert pointing_to_people(metadata) - NAMED == {("badge", "owner_id")}
