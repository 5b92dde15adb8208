"""Runs the migrations on the app's own database."""

from importlib import import_module
from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from flask import current_app
from sqlalchemy import Connection

from participation.database import Base, UtcDateTime
from participation.search import terms

MODELS = (
    "accounts",
    "audit",
    "comments",
    "insights",
    "needs",
    "notifications",
    "outcomes",
    "projects",
    "search",
    "support",
)
for feature in MODELS:
    import_module(f"participation.{feature}.models")


def render_item(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
    """Write the house's column types as what the database sees, so that old migrations outlive them."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def is_ours(name: str | None, kind: str, _parents: Any) -> bool:
    """All tables but those of the full-text index, which no model describes (participation/search/terms.py)."""
    return kind != "table" or not (name or "").startswith(terms.TABLE)


def run() -> None:
    engine = current_app.extensions["migrate"].db.engine
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            # A table that is made anew is dropped meanwhile, and others still point to it.
            _watch_references(connection, on=False)
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            render_item=render_item,
            compare_type=True,
            include_name=is_ours,
            # SQLite can take all of a migration back too, as the transaction is a real one there (database.py).
            transactional_ddl=True,
        )
        with context.begin_transaction():
            context.run_migrations()
        if engine.dialect.name == "sqlite":
            _check_references(connection)


def _watch_references(connection: Connection, *, on: bool) -> None:
    """Has no effect inside a transaction, so the driver is asked itself."""
    driver = connection.connection.dbapi_connection
    assert driver is not None  # noqa: S101  a connection that is open has one
    driver.execute(f"PRAGMA foreign_keys = {'ON' if on else 'OFF'}")


def _check_references(connection: Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    connection.rollback()
    _watch_references(connection, on=True)
    if broken:
        raise RuntimeError(
            f"{len(broken)} rows point to rows that are not there, in {sorted({row[0] for row in broken})}"
        )


run()
