"""Runs the migrations on the app's own database."""

from importlib import import_module
from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from flask import current_app

from participation.database import Base, UtcDateTime

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


def run() -> None:
    engine = current_app.extensions["migrate"].db.engine
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            render_item=render_item,
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
