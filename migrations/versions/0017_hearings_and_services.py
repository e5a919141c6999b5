"""Hearings of a case; what each method of service is proved by, and attempts that failed."""

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
    op.add_column("services", sa.Column("relation", sa.String(), nullable=False, server_default=""))
    op.add_column("services", sa.Column("proof", sa.JSON(), nullable=False, server_default=sa.text("'{}'")))
    op.create_table(
        "service_attempts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("tried_on", sa.Date(), nullable=False),
        sa.Column("failure", sa.String(), nullable=False),
        sa.Column("next_method", sa.String(), nullable=False),
        sa.Column("next_on", sa.Date(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_service_attempts_document_id_documents")
        ),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_service_attempts_event_id_events")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_attempts")),
    )
    op.create_index("ix_service_attempts_document_id", "service_attempts", ["document_id", "id"])
    op.create_index(op.f("ix_service_attempts_event_id"), "service_attempts", ["event_id"])


def downgrade() -> None:
    op.drop_table("service_attempts")
    op.execute("ALTER TABLE services DROP COLUMN proof")
    op.execute("ALTER TABLE services DROP COLUMN relation")
    op.drop_table("hearings")
