"""Hearings of a case."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_STAGES = ("asked", "granted", "refused", "called", "opened", "closed", "concluded", "cancelled")


def upgrade() -> None:
    stages = ", ".join(f"'{one}'" for one in _STAGES)
    op.create_table(
        "hearings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("openness", sa.String(), nullable=False),
        sa.Column("set_on", sa.Date(), nullable=True),
        sa.Column("at_time", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("chair", sa.String(), nullable=False),
        sa.Column("members", sa.JSON(), nullable=False),
        sa.Column("clerk", sa.String(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("finding", sa.String(), nullable=False),
        sa.Column("recusals", sa.JSON(), nullable=False),
        sa.CheckConstraint(f"stage IN ({stages})", name=op.f("ck_hearings_stage")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_hearings_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hearings")),
    )
    op.create_index("ix_hearings_case_id", "hearings", ["case_id", "id"])


def downgrade() -> None:
    op.drop_table("hearings")
