"""A region's own time limits as dated rows, and the act by which a deadline was extended."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "limit_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("extension", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("unit IN ('days','workdays','months','years')", name=op.f("ck_limit_versions_unit")),
        sa.CheckConstraint("length >= 0 AND extension >= 0", name=op.f("ck_limit_versions_not_negative")),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_limit_versions_in_order")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_limit_versions_unit_id_units")),
        sa.ForeignKeyConstraint(["entered_by_id"], ["users.id"], name=op.f("fk_limit_versions_entered_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_limit_versions")),
    )
    op.create_index(op.f("ix_limit_versions_unit_id"), "limit_versions", ["unit_id"])
    # Written out: SQLite takes a new column with its reference as one statement, and the many rows stay where they are.
    op.execute(
        "ALTER TABLE deadlines ADD COLUMN extended_by_id INTEGER "
        "CONSTRAINT fk_deadlines_extended_by_id_events REFERENCES events (id)"
    )
    op.create_index(op.f("ix_deadlines_extended_by_id"), "deadlines", ["extended_by_id"])
    op.execute(
        "UPDATE deadlines SET extended_by_id = (SELECT max(events.id) FROM events "
        "WHERE events.case_id = deadlines.case_id AND events.action = 'extend') WHERE extension > 0"
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_deadlines_extended_by_id"), "deadlines")
    op.execute("ALTER TABLE deadlines DROP COLUMN extended_by_id")
    op.drop_table("limit_versions")
