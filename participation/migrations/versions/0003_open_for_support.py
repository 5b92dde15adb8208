"""Open for support: the front page finds the needs that many share without reading those that are decided on

Revision: 0003, after 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_OPEN = "state IN ('accepted', 'assessing', 'in_project', 'received', 'testing')"


def upgrade() -> None:
    op.create_index(
        "ix_need_open_heat",
        "need",
        ["heat", "id"],
        sqlite_where=sa.text(f"+{_OPEN}"),
        postgresql_where=sa.text(_OPEN),
    )


def downgrade() -> None:
    op.drop_index("ix_need_open_heat", table_name="need")
