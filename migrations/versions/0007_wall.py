"""The wall of 第30条: who may see a sealed case by name, accused persons with accounts, and where units came from."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_LISTED = sa.text("dismissed_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "case_readers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("admitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dismissed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_readers_case_id_cases")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_case_readers_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_readers")),
    )
    op.create_index(
        "ix_case_readers_user", "case_readers", ["user_id", "case_id"], unique=True, sqlite_where=_LISTED,
        postgresql_where=_LISTED,
    )  # fmt: skip
    op.create_index("ix_case_readers_case_id", "case_readers", ["case_id"])
    op.create_table(
        "unit_origins",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("origin_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_unit_origins_unit_id_units")),
        sa.ForeignKeyConstraint(["origin_id"], ["units.id"], name=op.f("fk_unit_origins_origin_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_origins")),
        sa.UniqueConstraint("unit_id", "origin_id", name=op.f("uq_unit_origins_unit_id_origin_id")),
    )
    op.create_index(op.f("ix_unit_origins_origin_id"), "unit_origins", ["origin_id"])
    with op.batch_alter_table("respondents") as batch:
        batch.add_column(sa.Column("user_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f("fk_respondents_user_id_users"), "users", ["user_id"], ["id"])
        batch.create_index(op.f("ix_respondents_user_id"), ["user_id"])


def downgrade() -> None:
    with op.batch_alter_table("respondents") as batch:
        batch.drop_index(op.f("ix_respondents_user_id"))
        batch.drop_constraint(op.f("fk_respondents_user_id_users"), type_="foreignkey")
        batch.drop_column("user_id")
    op.drop_index(op.f("ix_unit_origins_origin_id"), "unit_origins")
    op.drop_table("unit_origins")
    op.drop_index("ix_case_readers_case_id", "case_readers")
    op.drop_index("ix_case_readers_user", "case_readers")
    op.drop_table("case_readers")
