"""What people ask about their own data."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "person_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("asker", sa.String(), nullable=False),
        sa.Column("checked", sa.String(), nullable=False),
        sa.Column("wish", sa.String(), nullable=False),
        sa.Column("petitioner_ids", sa.JSON(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_by_id", sa.Integer(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("ground", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("kind IN ('see','copy','correct','delete')", name=op.f("ck_person_requests_kind")),
        sa.CheckConstraint("decision IN ('','granted','partly','refused')", name=op.f("ck_person_requests_decision")),
        sa.CheckConstraint(
            "decision NOT IN ('refused','partly') OR ground <> ''",
            name=op.f("ck_person_requests_refused_with_ground"),
        ),
        sa.ForeignKeyConstraint(["office_id"], ["units.id"], name=op.f("fk_person_requests_office_id_units")),
        sa.ForeignKeyConstraint(["taken_by_id"], ["users.id"], name=op.f("fk_person_requests_taken_by_id_users")),
        sa.ForeignKeyConstraint(["answered_by_id"], ["users.id"], name=op.f("fk_person_requests_answered_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_requests")),
    )
    op.create_index("ix_person_requests_office_id", "person_requests", ["office_id", "id"])


def downgrade() -> None:
    op.drop_table("person_requests")
