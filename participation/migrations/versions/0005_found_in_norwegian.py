"""Found in Norwegian: what can be searched is kept by the words it is found by

The former index held the bare text. What it held is made anew by `flask --app wsgi search reindex`, which the worker
does by itself when it starts.

Revision: 0005, after 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_BY_BYTES = sa.String(length=120).with_variant(sa.String(length=120, collation="C"), "postgresql")


def upgrade() -> None:
    op.drop_table("search_document")
    op.create_table(
        "search_document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("object_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("weights", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_document")),
    )
    op.create_index("ux_search_document_object", "search_document", ["kind", "object_id"], unique=True)
    op.create_table(
        "search_word",
        sa.Column("key", _BY_BYTES, nullable=False),
        sa.Column("word", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_search_word")),
    )
    op.create_table(
        "search_misspelling",
        sa.Column("letters", _BY_BYTES, nullable=False),
        sa.Column("key", _BY_BYTES, nullable=False),
        sa.PrimaryKeyConstraint("letters", "key", name=op.f("pk_search_misspelling")),
    )
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE search_terms USING fts5("
            "terms, tokenize = \"ascii tokenchars '_'\", detail = none, columnsize = 0)"
        )
    else:
        op.execute("CREATE TABLE search_terms (id integer PRIMARY KEY, terms tsvector NOT NULL)")
        op.execute("CREATE INDEX ix_search_terms_terms ON search_terms USING gin (terms)")


def downgrade() -> None:
    op.execute("DROP TABLE search_terms")
    op.drop_table("search_misspelling")
    op.drop_table("search_word")
    op.drop_index("ux_search_document_object", table_name="search_document")
    op.drop_table("search_document")
    op.create_table(
        "search_document",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("object_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "object_id", name=op.f("pk_search_document")),
    )
