"""What the two databases need to behave alike: column types, upserts, and SQLite's transactions."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from typing import Any

from alembic.script import ScriptDirectory
from flask import g, has_request_context, request
from sqlalchemy import (
    Connection,
    DateTime,
    Dialect,
    Engine,
    Enum,
    MetaData,
    TypeDecorator,
    column,
    event,
    inspect,
    select,
    table,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase

from participation import paths

SQLITE_BUSY_TIMEOUT_SECONDS = 30
_WILL_WRITE = "will_write"
_VERSIONS = table("alembic_version", column("version_num"))  # Alembic's own

# Every constraint has a name, so that Alembic can drop it again on both databases.
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, kept in UTC; refuses naive ones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment without a time zone: {value!r}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def enum_type(words: type[StrEnum]) -> Enum:
    """A short text column that the database itself holds to the enum's values."""
    return words_type(words, constrained=True)


def words_type(words: type[StrEnum], *, constrained: bool = False) -> Enum:
    """The same where another table's column, which this one repeats, is held to them already."""
    return Enum(
        words,
        name=words.__name__.lower(),
        native_enum=False,
        create_constraint=constrained,
        length=32,
        values_callable=lambda members: [member.value for member in members],
    )


def insert(table: Any, dialect: str) -> Any:
    """An INSERT with `on_conflict_do_nothing` and `on_conflict_do_update` for the dialect's name."""
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


@cache
def newest_revision() -> str | None:
    """The migration that this code is written for. Read once: files may change under a process that runs."""
    return ScriptDirectory(str(paths.MIGRATIONS)).get_current_head()


def is_migrated(connection: Connection) -> bool:
    """Whether the database has the tables that this code is written for, neither older nor newer ones."""
    if not inspect(connection).has_table(_VERSIONS.name):
        return False
    return list(connection.scalars(select(_VERSIONS.c.version_num))) == [newest_revision()]


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, _record: Any) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    # The driver's own BEGIN comes late and deferred; _begin_sqlite gives the real one.
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout = {SQLITE_BUSY_TIMEOUT_SECONDS * 1000}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Any) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN" if only_reads() and not g.get(_WILL_WRITE) else "BEGIN IMMEDIATE")


@contextmanager
def writing() -> Iterator[None]:
    """For the few answers to a GET that write: a transaction that begins inside takes the lock at once."""
    setattr(g, _WILL_WRITE, True)
    try:
        yield
    finally:
        setattr(g, _WILL_WRITE, False)


def only_reads() -> bool:
    """A reader never waits; whoever may write takes the lock first, so it never meets a stale snapshot."""
    return has_request_context() and request.method in {"GET", "HEAD", "OPTIONS"}
