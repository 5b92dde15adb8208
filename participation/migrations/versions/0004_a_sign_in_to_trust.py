"""A sign-in to trust

Revision: 0004, after 0003
"""

import sqlalchemy as sa
from alembic import op
from alembic.util import CommandError

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_ASSURANCES = ("email", "substantial", "high")
_IDENTITIES = ("number", "directory", "subject", "former_email", "replaced_email")


def _words(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    _make_tables()
    _widen_people()
    _widen_roles()
    _widen_links()
    _widen_sessions()


def _make_tables() -> None:
    op.create_table(
        "identity",
        sa.Column(
            "kind",
            _words("identitykind", *_IDENTITIES),
            nullable=False,
        ),
        sa.Column("value", sa.String(length=255), nullable=False),
        sa.Column("key_version", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_identity_person_id")),
        sa.PrimaryKeyConstraint("kind", "value", name=op.f("pk_identity")),
    )
    op.create_index(op.f("ix_identity_person_id"), "identity", ["person_id"])
    op.create_table(
        "passkey",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("credential_id", sa.String(length=1400), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("used_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_passkey_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkey_credential_id")),
    )
    op.create_index(op.f("ix_passkey_person_id"), "passkey", ["person_id"])
    op.create_table(
        "sign_in_attempt",
        sa.Column("state_hash", sa.String(length=64), nullable=False),
        sa.Column("browser_hash", sa.String(length=64), nullable=False),
        sa.Column("provider", sa.String(length=40), nullable=False),
        sa.Column("nonce", sa.String(length=64), nullable=False),
        sa.Column("code_verifier", sa.String(length=128), nullable=False),
        sa.Column("wanted", _words("assurance", *_ASSURANCES), nullable=True),
        sa.Column("next_path", sa.String(length=500), nullable=False),
        sa.Column("draft_key", sa.String(length=64), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("arrival", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_sign_in_attempt_person_id")),
        sa.PrimaryKeyConstraint("state_hash", name=op.f("pk_sign_in_attempt")),
    )
    op.create_index(op.f("ix_sign_in_attempt_browser_hash"), "sign_in_attempt", ["browser_hash"])
    op.create_index(op.f("ix_sign_in_attempt_created_at"), "sign_in_attempt", ["created_at"])


def _widen_people() -> None:
    with op.batch_alter_table("person") as batch_op:
        batch_op.add_column(sa.Column("merged_into_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(op.f("fk_person_merged_into_id"), "person", ["merged_into_id"], ["id"])
        batch_op.create_index(op.f("ix_person_merged_into_id"), ["merged_into_id"])


def _widen_roles() -> None:
    """Every role there is was given here; a directory's stand beside them."""
    with op.batch_alter_table("person_role") as batch_op:
        batch_op.add_column(sa.Column("source", sa.String(length=40), nullable=False, server_default="here"))
        batch_op.drop_constraint("pk_person_role", type_="primary")
        batch_op.create_primary_key("pk_person_role", ["person_id", "role", "source"])


def _widen_links() -> None:
    with op.batch_alter_table("sign_in_link") as batch_op:
        batch_op.add_column(sa.Column("browser_hash", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("for_person_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("is_notice", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.create_foreign_key(op.f("fk_sign_in_link_for_person_id"), "person", ["for_person_id"], ["id"])


def _widen_sessions() -> None:
    """Who is signed in by a link stays so, for as long as they were promised."""
    with op.batch_alter_table("sign_in_session") as batch_op:
        batch_op.add_column(sa.Column("seen_at", _MOMENT, nullable=True))
        batch_op.add_column(sa.Column("idle_minutes", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("provider", sa.String(length=40), nullable=False, server_default="link"))
        batch_op.add_column(
            sa.Column("assurance", _words("assurance", *_ASSURANCES), nullable=False, server_default="email")
        )
        batch_op.add_column(sa.Column("old_enough", sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column("lives_here", sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column("issuer", sa.String(length=255), nullable=True))
        batch_op.add_column(sa.Column("sid", sa.String(length=255), nullable=True))
        batch_op.add_column(sa.Column("subject_hash", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("sealed_id_token", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("passkey_at", _MOMENT, nullable=True))
        batch_op.add_column(sa.Column("passkey_challenge", sa.String(length=128), nullable=True))
    op.execute("UPDATE sign_in_session SET seen_at = created_at")
    with op.batch_alter_table("sign_in_session") as batch_op:
        batch_op.alter_column("seen_at", existing_type=_MOMENT, nullable=False)
        batch_op.create_index("ix_sign_in_session_issuer_sid", ["issuer", "sid"])


def downgrade() -> None:
    # On purpose: to drop what people have written since would lose it without a word.
    raise CommandError("0004 can't be taken back: what it holds has no place in 0003. Restore a backup.")
