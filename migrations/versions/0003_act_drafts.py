"""What is being typed into the forms of acts."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "act_drafts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_act_drafts_case_id_cases")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_act_drafts_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_act_drafts")),
        sa.UniqueConstraint("case_id", "user_id", "action", name=op.f("uq_act_drafts_case_id_user_id_action")),
    )
    op.create_index(op.f("ix_act_drafts_user_id"), "act_drafts", ["user_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_act_drafts_user_id"), "act_drafts")
    op.drop_table("act_drafts")
