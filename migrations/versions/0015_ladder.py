"""The ladder of reminders as rows, which clock a reminder is about, and what became of a proposed 督办."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reminder_rules",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("days_before", sa.String(), nullable=False),
        sa.Column("every_days", sa.Integer(), nullable=True),
        sa.Column("head_after", sa.Integer(), nullable=True),
        sa.Column("office_after", sa.Integer(), nullable=True),
        sa.Column("entered_by_id", sa.Integer(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "every_days > 0 AND head_after > 0 AND office_after > 0", name=op.f("ck_reminder_rules_positive")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_reminder_rules_unit_id_units")),
        sa.ForeignKeyConstraint(["entered_by_id"], ["users.id"], name=op.f("fk_reminder_rules_entered_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder_rules")),
        sa.UniqueConstraint("code", "unit_id", name="uq_reminder_rules_code_unit"),
    )
    op.create_index(op.f("ix_reminder_rules_unit_id"), "reminder_rules", ["unit_id"])
    op.create_index(
        "uq_reminder_rules_code", "reminder_rules", ["code"], unique=True, sqlite_where=sa.text("unit_id IS NULL"),
        postgresql_where=sa.text("unit_id IS NULL"),
    )  # fmt: skip
    op.create_table(
        "supervisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("deadline_id", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("again_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["deadline_id"], ["deadlines.id"], name=op.f("fk_supervisions_deadline_id_deadlines")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_supervisions_event_id_events")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supervisions")),
    )
    op.create_index(op.f("ix_supervisions_deadline_id"), "supervisions", ["deadline_id"])
    op.create_index(op.f("ix_supervisions_event_id"), "supervisions", ["event_id"])
    # Written out: SQLite takes a new column with its reference as one statement, and the many rows stay where they are.
    op.execute(
        "ALTER TABLE notices ADD COLUMN deadline_id INTEGER "
        "CONSTRAINT fk_notices_deadline_id_deadlines REFERENCES deadlines (id)"
    )
    # Only what is unread may still be put away; the key of a reminder begins with its clock: deadline:12:overdue-3:….
    _remember_the_clock()
    op.create_index(
        "ix_notices_deadline_unread", "notices", ["deadline_id"], sqlite_where=sa.text("read_at IS NULL"),
        postgresql_where=sa.text("read_at IS NULL"),
    )  # fmt: skip


def _remember_the_clock() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "UPDATE notices SET deadline_id = (SELECT id FROM deadlines WHERE deadlines.id = "
            "CAST(substr(notices.key, 10, instr(substr(notices.key, 10), ':') - 1) AS INTEGER)) "
            "WHERE key LIKE 'deadline:%' AND read_at IS NULL"
        )
    else:
        op.execute(
            "UPDATE notices SET deadline_id = (SELECT id FROM deadlines WHERE deadlines.id = "
            "CAST(split_part(notices.key, ':', 2) AS INTEGER)) "
            "WHERE key LIKE 'deadline:%' AND read_at IS NULL"
        )


def downgrade() -> None:
    op.drop_index("ix_notices_deadline_unread", "notices")
    op.execute("ALTER TABLE notices DROP COLUMN deadline_id")
    op.drop_table("supervisions")
    op.drop_table("reminder_rules")
