"""Personal information: lists of cases whose term of keeping is over."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "disposals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("ground", sa.String(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('asked','approved','refused','done')", name=op.f("ck_disposals_state")),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR decided_by_id <> asked_by_id", name=op.f("ck_disposals_two_people")
        ),
        sa.ForeignKeyConstraint(["office_id"], ["units.id"], name=op.f("fk_disposals_office_id_units")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["users.id"], name=op.f("fk_disposals_asked_by_id_users")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["users.id"], name=op.f("fk_disposals_decided_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disposals")),
    )
    op.create_index("ix_disposals_office_id", "disposals", ["office_id", "id"])
    op.create_table(
        "disposal_cases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("disposal_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("result", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint("result IN ('','done','kept')", name=op.f("ck_disposal_cases_result")),
        sa.ForeignKeyConstraint(
            ["disposal_id"], ["disposals.id"], name=op.f("fk_disposal_cases_disposal_id_disposals")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_disposal_cases_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disposal_cases")),
        sa.UniqueConstraint("disposal_id", "case_id", name=op.f("uq_disposal_cases_disposal_id_case_id")),
    )
    op.create_index("ix_disposal_cases_case_id", "disposal_cases", ["case_id"])


def downgrade() -> None:
    op.drop_table("disposal_cases")
    op.drop_table("disposals")
