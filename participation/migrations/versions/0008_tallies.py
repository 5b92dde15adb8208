"""Tallies: how many needs there are of each theme, area and state, and an index for each way into the list

Revision: 0008, after 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_GROUPS = {
    "state": ["state"],
    "theme_state": ["theme_id", "state"],
    "area_state": ["area_id", "state"],
    "theme_area_state": ["theme_id", "area_id", "state"],
}
_ORDERS = {"heat": ["heat", "id"], "support_count": ["support_count", "id"], "comment_count": ["comment_count", "id"]}
_IN_ONE_ORDER_ONLY = {
    "ix_need_heat": "heat",
    "ix_need_support_count": "support_count",
    "ix_need_comment_count": "comment_count",
}


def upgrade() -> None:
    op.create_table(
        "need_tally",
        sa.Column("theme_id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("needs", sa.Integer(), nullable=False),
        sa.CheckConstraint("needs >= 0", name=op.f("ck_need_tally_needs")),
        sa.ForeignKeyConstraint(["theme_id"], ["theme.id"], name=op.f("fk_need_tally_theme_id")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_need_tally_area_id")),
        sa.PrimaryKeyConstraint("theme_id", "area_id", "state", name=op.f("pk_need_tally")),
    )
    op.execute(
        "INSERT INTO need_tally (theme_id, area_id, state, needs) "
        "SELECT theme_id, area_id, state, count(*) FROM need GROUP BY theme_id, area_id, state"
    )
    for name, columns in _indexes().items():
        op.create_index(name, "need", columns)
    for name in _IN_ONE_ORDER_ONLY:
        op.drop_index(name, table_name="need")


def _indexes() -> dict[str, list[str]]:
    by_order = {
        f"ix_need_list_{group}_{order}": [*first, *then]
        for group, first in _GROUPS.items()
        for order, then in _ORDERS.items()
    }
    # By state and number there was one already.
    return by_order | {f"ix_need_list_{group}": [*first, "id"] for group, first in _GROUPS.items() if group != "state"}


def downgrade() -> None:
    for name, order in _IN_ONE_ORDER_ONLY.items():
        op.create_index(name, "need", [order, "id"])
    for name in _indexes():
        op.drop_index(name, table_name="need")
    op.drop_table("need_tally")
