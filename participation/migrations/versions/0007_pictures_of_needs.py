"""Pictures of needs

Revision: 0007, after 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "need_picture",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("need_id", sa.Integer(), nullable=True),
        sa.Column("draft_key", sa.String(length=64), nullable=True),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("alt", sa.String(length=300), nullable=False),
        sa.Column("added_at", _MOMENT, nullable=False),
        sa.Column("hidden_at", _MOMENT, nullable=True),
        sa.Column("hidden_reason", sa.Text(), nullable=False),
        sa.CheckConstraint("(need_id IS NULL) <> (draft_key IS NULL)", name=op.f("ck_need_picture_of_one")),
        sa.CheckConstraint("slot BETWEEN 1 AND 5", name=op.f("ck_need_picture_slot")),
        sa.ForeignKeyConstraint(["need_id"], ["need.id"], name=op.f("fk_need_picture_need_id")),
        sa.ForeignKeyConstraint(
            ["draft_key"], ["need_draft.key"], name=op.f("fk_need_picture_draft_key"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need_picture")),
        sa.UniqueConstraint("key", name=op.f("uq_need_picture_key")),
        sa.UniqueConstraint("need_id", "slot", name=op.f("uq_need_picture_need_id_slot")),
        sa.UniqueConstraint("draft_key", "slot", name=op.f("uq_need_picture_draft_key_slot")),
        sa.UniqueConstraint("need_id", "digest", name=op.f("uq_need_picture_need_id_digest")),
        sa.UniqueConstraint("draft_key", "digest", name=op.f("uq_need_picture_draft_key_digest")),
    )


def downgrade() -> None:
    op.drop_table("need_picture")
