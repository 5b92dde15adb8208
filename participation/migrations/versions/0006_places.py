"""Places: where needs lie, and the outlines of areas

Revision: 0006, after 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_STATES = ("received", "assessing", "accepted", "in_project", "testing", "in_use", "declined", "withdrawn")


def upgrade() -> None:
    with op.batch_alter_table("need") as batch_op:
        batch_op.add_column(sa.Column("place", sa.String(length=100), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("latitude", sa.Double(), nullable=True))
        batch_op.add_column(sa.Column("longitude", sa.Double(), nullable=True))
        batch_op.add_column(sa.Column("cell", sa.BigInteger(), nullable=True))
        batch_op.create_check_constraint(op.f("ck_need_latitude"), "latitude BETWEEN -90 AND 90")
        batch_op.create_check_constraint(op.f("ck_need_longitude"), "longitude BETWEEN -180 AND 180")
        batch_op.create_check_constraint(
            op.f("ck_need_whole_place"),
            "(latitude IS NULL) = (longitude IS NULL) AND (latitude IS NULL) = (cell IS NULL)",
        )
        batch_op.create_index(
            "ix_need_cell",
            ["cell", "id"],
            sqlite_where=sa.text("cell IS NOT NULL"),
            postgresql_where=sa.text("cell IS NOT NULL"),
        )
    _make_tables()


def _make_tables() -> None:
    op.create_table(
        "area_outline",
        sa.Column("area_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("geometry", sa.JSON(), nullable=False),
        sa.Column("west", sa.Double(), nullable=False),
        sa.Column("south", sa.Double(), nullable=False),
        sa.Column("east", sa.Double(), nullable=False),
        sa.Column("north", sa.Double(), nullable=False),
        sa.Column("square_kilometres", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_area_outline_area_id")),
        sa.PrimaryKeyConstraint("area_id", name=op.f("pk_area_outline")),
    )
    op.create_table(
        "map_count",
        sa.Column("level", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("cell", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("area_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("theme_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "state",
            sa.Enum(*_STATES, name="needstate", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("needs", sa.Integer(), nullable=False),
        sa.Column("id_sum", sa.BigInteger(), nullable=False),
        sa.Column("latitude_sum", sa.BigInteger(), nullable=False),
        sa.Column("longitude_sum", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_map_count_area_id")),
        sa.ForeignKeyConstraint(["theme_id"], ["theme.id"], name=op.f("fk_map_count_theme_id")),
        sa.PrimaryKeyConstraint("level", "cell", "area_id", "theme_id", "state", name=op.f("pk_map_count")),
    )


def downgrade() -> None:
    op.drop_table("map_count")
    op.drop_table("area_outline")
    with op.batch_alter_table("need") as batch_op:
        batch_op.drop_index("ix_need_cell")
        for name in ("ck_need_latitude", "ck_need_longitude", "ck_need_whole_place"):
            batch_op.drop_constraint(op.f(name), type_="check")
        for name in ("place", "latitude", "longitude", "cell"):
            batch_op.drop_column(name)
