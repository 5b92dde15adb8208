"""The loop closes

Revision: 0002, after 0001
"""

import sqlalchemy as sa
from alembic import op
from alembic.util import CommandError

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


_REASONS = ("author", "supporter", "commenter", "follower")
_EVENTS = ("received", "answered", "linked", "phase_changed", "outcome")
_LINES = (
    "received",
    "assessing",
    "provisional",
    "accepted",
    "declined",
    "linked",
    "link_ended",
    "phase_changed",
    "project_stopped",
    "outcome",
    "addition",
    "withdrawn",
)
_OUTCOMES = ("draft", "in_review", "approved", "published")
_ROLES = ("resident", "staff", "case_worker", "communications", "moderator", "administrator")


def _words(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    _make_tables()
    _widen_people()
    _widen_needs()
    _widen_projects()
    _widen_outcomes()
    _widen_notifications()


def _make_tables() -> None:
    op.create_table(
        "job_run",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_job_run")),
    )
    op.create_table(
        "answer_template",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "received",
                "assessing",
                "provisional",
                "accepted",
                "declined",
                "linked",
                "link_ended",
                "phase_changed",
                "project_stopped",
                "outcome",
                "addition",
                "withdrawn",
                "asked_again",
                "news",
                "still_in_use",
                "no_longer_in_use",
                "outcome_corrected",
                "outcome_withdrawn",
                name="updatekind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("mail_body", sa.Text(), nullable=False),
        sa.Column("would_change", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["theme_id"], ["theme.id"], name=op.f("fk_answer_template_theme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_template")),
    )
    with op.batch_alter_table("answer_template", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_answer_template_theme_id"), ["theme_id"], unique=False)

    op.create_table(
        "bounce",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mail_key", sa.String(length=120), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("diagnostic", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_bounce_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bounce")),
        sa.UniqueConstraint("mail_key", name=op.f("uq_bounce_mail_key")),
    )
    with op.batch_alter_table("bounce", schema=None) as batch_op:
        batch_op.create_index("ix_bounce_person_id", ["person_id", "at"], unique=False)

    op.create_table(
        "letter_batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_letter_batch_made_by")),
        sa.ForeignKeyConstraint(["told_by"], ["person.id"], name=op.f("fk_letter_batch_told_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_batch")),
    )
    op.create_table(
        "milestone",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("reached_on", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_milestone_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestone")),
    )
    with op.batch_alter_table("milestone", schema=None) as batch_op:
        batch_op.create_index("ix_milestone_project_id", ["project_id", "planned_on"], unique=False)

    op.create_table(
        "mute",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("subject_kind", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_mute_person_id")),
        sa.PrimaryKeyConstraint("person_id", "subject_kind", "subject_id", name=op.f("pk_mute")),
    )
    op.create_table(
        "opening",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_opening_event_id")),
        sa.PrimaryKeyConstraint("event_id", "mark", name=op.f("pk_opening")),
    )
    op.create_table(
        "phase_plan",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column(
            "phase",
            sa.Enum(
                "anchoring",
                "insight",
                "development",
                "piloting",
                "transition",
                "new_practice",
                name="phase",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("begins_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_phase_plan_project_id")),
        sa.PrimaryKeyConstraint("project_id", "phase", name=op.f("pk_phase_plan")),
    )
    op.create_table(
        "preference",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "topic",
            sa.Enum(
                "answers",
                "progress",
                "results",
                "questions",
                "summary",
                "work",
                name="topic",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "pace",
            sa.Enum(
                "at_once", "daily", "weekly", "never", name="pace", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_preference_person_id")),
        sa.PrimaryKeyConstraint("person_id", "topic", name=op.f("pk_preference")),
    )
    op.create_table(
        "project_indicator",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("baseline", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column("baseline_on", sa.Date(), nullable=False),
        sa.Column("target", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_project_indicator_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_indicator")),
    )
    with op.batch_alter_table("project_indicator", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_project_indicator_project_id"), ["project_id"], unique=False)

    op.create_table(
        "project_member",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_project_member_person_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_project_member_project_id")),
        sa.PrimaryKeyConstraint("project_id", "person_id", name=op.f("pk_project_member")),
    )
    op.create_table(
        "project_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("note", "decision", name="notekind", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("submission_key", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_project_note_author_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_project_note_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_note")),
        sa.UniqueConstraint("submission_key", name=op.f("uq_project_note_submission_key")),
    )
    with op.batch_alter_table("project_note", schema=None) as batch_op:
        batch_op.create_index("ix_project_note_project_id", ["project_id", "id"], unique=False)

    op.create_table(
        "feedback",
        sa.Column("outcome_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "helped",
            sa.Enum("yes", "partly", "no", name="helped", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("may_publish", sa.Boolean(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["outcome_id"], ["outcome.id"], name=op.f("fk_feedback_outcome_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_feedback_person_id")),
        sa.ForeignKeyConstraint(["published_by"], ["person.id"], name=op.f("fk_feedback_published_by")),
        sa.PrimaryKeyConstraint("outcome_id", "person_id", name=op.f("pk_feedback")),
    )
    with op.batch_alter_table("feedback", schema=None) as batch_op:
        batch_op.create_index("ix_feedback_answered_at", ["answered_at"], unique=False)

    op.create_table(
        "measurement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("indicator_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column("measured_on", sa.Date(), nullable=False),
        sa.Column("noted_by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["indicator_id"], ["project_indicator.id"], name=op.f("fk_measurement_indicator_id")),
        sa.ForeignKeyConstraint(["noted_by"], ["person.id"], name=op.f("fk_measurement_noted_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measurement")),
    )
    with op.batch_alter_table("measurement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_measurement_indicator_id"), ["indicator_id"], unique=False)

    op.create_table(
        "outcome_correction",
        sa.Column("outcome_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("written_by", sa.Integer(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["outcome_id"], ["outcome.id"], name=op.f("fk_outcome_correction_outcome_id")),
        sa.ForeignKeyConstraint(["written_by"], ["person.id"], name=op.f("fk_outcome_correction_written_by")),
        sa.PrimaryKeyConstraint("outcome_id", name=op.f("pk_outcome_correction")),
    )
    op.create_table(
        "outcome_remark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("outcome_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("submission_key", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_outcome_remark_author_id")),
        sa.ForeignKeyConstraint(["outcome_id"], ["outcome.id"], name=op.f("fk_outcome_remark_outcome_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcome_remark")),
        sa.UniqueConstraint("submission_key", name=op.f("uq_outcome_remark_submission_key")),
    )
    with op.batch_alter_table("outcome_remark", schema=None) as batch_op:
        batch_op.create_index("ix_outcome_remark_outcome_id", ["outcome_id", "id"], unique=False)

    op.create_table(
        "outcome_version",
        sa.Column("outcome_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by", sa.Integer(), nullable=False),
        sa.Column("approved_by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["approved_by"], ["person.id"], name=op.f("fk_outcome_version_approved_by")),
        sa.ForeignKeyConstraint(["outcome_id"], ["outcome.id"], name=op.f("fk_outcome_version_outcome_id")),
        sa.ForeignKeyConstraint(["written_by"], ["person.id"], name=op.f("fk_outcome_version_written_by")),
        sa.PrimaryKeyConstraint("outcome_id", "number", name=op.f("pk_outcome_version")),
    )
    op.create_table(
        "reminder",
        sa.Column("need_id", sa.Integer(), nullable=False),
        sa.Column("answer_by", sa.Date(), nullable=False),
        sa.Column(
            "stage",
            sa.Enum(
                "before",
                "after",
                "long_after",
                name="reminderstage",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["need_id"], ["need.id"], name=op.f("fk_reminder_need_id")),
        sa.PrimaryKeyConstraint("need_id", "answer_by", "stage", name=op.f("pk_reminder")),
    )
    op.create_table(
        "use_check",
        sa.Column("outcome_id", sa.Integer(), nullable=False),
        sa.Column("months", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.Column("still_in_use", sa.Boolean(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["answered_by"], ["person.id"], name=op.f("fk_use_check_answered_by")),
        sa.ForeignKeyConstraint(["outcome_id"], ["outcome.id"], name=op.f("fk_use_check_outcome_id")),
        sa.PrimaryKeyConstraint("outcome_id", "months", name=op.f("pk_use_check")),
    )
    with op.batch_alter_table("use_check", schema=None) as batch_op:
        batch_op.create_index(
            "ix_use_check_open",
            ["due_on"],
            unique=False,
            sqlite_where=sa.text("answered_at IS NULL"),
            postgresql_where=sa.text("answered_at IS NULL"),
        )

    op.create_table(
        "line_revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replaced_by", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("would_change", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["line_id"], ["need_update.id"], name=op.f("fk_line_revision_line_id")),
        sa.ForeignKeyConstraint(["replaced_by"], ["person.id"], name=op.f("fk_line_revision_replaced_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line_revision")),
    )
    with op.batch_alter_table("line_revision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_line_revision_line_id"), ["line_id"], unique=False)


def _widen_people() -> None:
    with op.batch_alter_table("person") as batch_op:
        batch_op.add_column(sa.Column("quiet_nights", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("mail_failed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("postal_address", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("postal_key", sa.String(length=64), nullable=True))
        batch_op.create_unique_constraint(op.f("uq_person_postal_key"), ["postal_key"])
    with op.batch_alter_table("person_role") as batch_op:
        batch_op.alter_column(
            "role",
            existing_type=_words("role", *_ROLES),
            type_=_words("role", *_ROLES, "leader"),
            existing_nullable=False,
        )


def _widen_needs() -> None:
    with op.batch_alter_table("need") as batch_op:
        batch_op.add_column(sa.Column("news_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("asked_again_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "UPDATE need SET news_at = coalesce((SELECT max(at) FROM need_update WHERE need_id = need.id"
        " AND kind NOT IN ('addition', 'withdrawn')), created_at)"
    )
    with op.batch_alter_table("need") as batch_op:
        batch_op.alter_column("news_at", existing_type=sa.DateTime(timezone=True), nullable=False)
        waits = "state IN ('accepted', 'assessing', 'in_project', 'received', 'testing')"
        batch_op.create_index(
            "ix_need_news_at",
            ["news_at", "id"],
            sqlite_where=sa.text(f"+{waits}"),
            postgresql_where=sa.text(waits),
        )
    with op.batch_alter_table("need_update") as batch_op:
        batch_op.add_column(sa.Column("mail_body", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("event_id", sa.Integer(), nullable=True))
        batch_op.alter_column("actor_id", existing_type=sa.Integer(), nullable=True)
        batch_op.alter_column(
            "kind",
            existing_type=_words("updatekind", *_LINES),
            type_=_words(
                "updatekind",
                *_LINES,
                "asked_again",
                "news",
                "still_in_use",
                "no_longer_in_use",
                "outcome_corrected",
                "outcome_withdrawn",
            ),
            existing_nullable=False,
        )
        batch_op.create_foreign_key(op.f("fk_need_update_event_id"), "event", ["event_id"], ["id"])


def _widen_projects() -> None:
    for table in ("project", "project_move"):
        with op.batch_alter_table(table) as batch_op:
            batch_op.add_column(sa.Column("ending", _words("ending", "stopped", "finished"), nullable=True))
    with op.batch_alter_table("project") as batch_op:
        batch_op.alter_column(
            "stopped_at", new_column_name="ended_at", existing_type=sa.DateTime(timezone=True), existing_nullable=True
        )
    op.execute("UPDATE project SET ending = 'stopped' WHERE ended_at IS NOT NULL")
    op.execute("UPDATE project_move SET ending = 'stopped' WHERE phase IS NULL")


def _widen_outcomes() -> None:
    with op.batch_alter_table("outcome") as batch_op:
        batch_op.alter_column(
            "state",
            existing_type=_words("outcomestate", *_OUTCOMES),
            type_=_words("outcomestate", *_OUTCOMES, "scheduled", "corrected", "withdrawn"),
            existing_nullable=False,
        )
        batch_op.add_column(sa.Column("foremost_need_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("not_about", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("publish_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("scheduled_by", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("held_back_note", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("event_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("withdrawn_by", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("withdrawn_reason", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("picture_key", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("picture_alt", sa.String(length=300), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("translations", sa.JSON(), nullable=False, server_default="{}"))
        batch_op.add_column(sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True))
        for answer in ("yes", "partly", "no"):
            batch_op.add_column(sa.Column(f"helped_{answer}", sa.Integer(), nullable=False, server_default="0"))
        for count in ("told_count", "audience_count"):
            batch_op.add_column(sa.Column(count, sa.Integer(), nullable=False, server_default="0"))
        batch_op.create_index(op.f("ix_outcome_asked_at"), ["asked_at"])
        batch_op.create_index("ix_outcome_state_publish_at", ["state", "publish_at"])
        batch_op.create_foreign_key(op.f("fk_outcome_foremost_need_id"), "need", ["foremost_need_id"], ["id"])
        batch_op.create_foreign_key(op.f("fk_outcome_scheduled_by"), "person", ["scheduled_by"], ["id"])
        batch_op.create_foreign_key(op.f("fk_outcome_withdrawn_by"), "person", ["withdrawn_by"], ["id"])
        batch_op.create_foreign_key(op.f("fk_outcome_event_id"), "event", ["event_id"], ["id"])


def _widen_notifications() -> None:
    reasons = _words("reason", *_REASONS), _words("reason", *_REASONS, "staff")
    with op.batch_alter_table("subscription") as batch_op:
        batch_op.alter_column("reason", existing_type=reasons[0], type_=reasons[1], existing_nullable=False)
    with op.batch_alter_table("event") as batch_op:
        batch_op.alter_column(
            "kind",
            existing_type=_words("eventkind", *_EVENTS),
            type_=_words(
                "eventkind",
                *_EVENTS,
                "answer_corrected",
                "asked_again",
                "news",
                "outcome_corrected",
                "outcome_withdrawn",
                "still_in_use",
                "no_longer_in_use",
                "did_it_help",
                "year",
                "work",
            ),
            existing_nullable=False,
        )
        batch_op.add_column(sa.Column("corrects_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("opened", sa.Integer(), nullable=False, server_default="0"))
        batch_op.create_index(op.f("ix_event_corrects_id"), ["corrects_id"])
        batch_op.create_foreign_key(op.f("fk_event_corrects_id"), "event", ["corrects_id"], ["id"])
    with op.batch_alter_table("delivery") as batch_op:
        batch_op.drop_index("ix_delivery_waiting")
        batch_op.alter_column("reason", existing_type=reasons[0], type_=reasons[1], existing_nullable=False)
        pace = _words("pace", "at_once", "daily", "weekly", "never")
        batch_op.add_column(sa.Column("pace", pace, nullable=False, server_default="at_once"))
        batch_op.add_column(sa.Column("letter_batch_id", sa.Integer(), nullable=True))
        batch_op.create_index(op.f("ix_delivery_letter_batch_id"), ["letter_batch_id"])
        batch_op.create_foreign_key(op.f("fk_delivery_letter_batch_id"), "letter_batch", ["letter_batch_id"], ["id"])
    _index_where("ix_delivery_waiting", ["next_attempt_at"], "status = 'pending' AND pace = 'at_once'")
    _index_where("ix_delivery_bundled", ["next_attempt_at", "person_id"], "status = 'pending' AND pace <> 'at_once'")
    _index_where("ix_delivery_unreachable", ["person_id"], "status = 'unreachable'")
    _index_where("ix_delivery_failed", ["next_attempt_at"], "status = 'failed'")


def _index_where(name: str, columns: list[str], where: str) -> None:
    op.create_index(name, "delivery", columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def downgrade() -> None:
    # On purpose: to drop what people have written since would lose it without a word.
    raise CommandError("0002 can't be taken back: what it holds has no place in 0001. Restore a backup.")
