"""The next session of a mediation, the import of disputes as something that can be taken back, indexes that the figures read alone."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_WORDS = ("next_at", "next_place")

_INDEXES = {
    "agreements": ("ix_agreements_mediation_id", ["mediation_id"], ["mediation_id", "effective_on"]),
    "performances": (
        "ix_performances_agreement_id",
        ["agreement_id", "due_on"],
        ["agreement_id", "due_on", "done_on"],
    ),
}
"""By table the index, its columns before and since."""


def upgrade() -> None:
    for table, (name, _, since) in _INDEXES.items():
        op.drop_index(name, table)
        op.create_index(name, table, since)
    op.create_table(
        "dispute_imports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("imported", sa.Integer(), nullable=False),
        sa.Column("first", sa.String(), nullable=False),
        sa.Column("last", sa.String(), nullable=False),
        sa.Column("undone_by_id", sa.Integer(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint("state IN ('done','undone')", name=op.f("ck_dispute_imports_state")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_dispute_imports_unit_id_units")),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_dispute_imports_by_id_users")),
        sa.ForeignKeyConstraint(["undone_by_id"], ["users.id"], name=op.f("fk_dispute_imports_undone_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute_imports")),
    )
    op.create_index("ix_dispute_imports_unit_id", "dispute_imports", ["unit_id", "id"])
    op.create_index("ix_dispute_imports_by_id", "dispute_imports", ["by_id"])
    op.create_index("ix_dispute_imports_undone_by_id", "dispute_imports", ["undone_by_id"])
    with op.batch_alter_table("mediations") as mediations:
        mediations.add_column(sa.Column("import_id", sa.Integer(), nullable=True))
        mediations.create_foreign_key(
            op.f("fk_mediations_import_id_dispute_imports"), "dispute_imports", ["import_id"], ["id"]
        )
    op.create_index("ix_mediations_import_id", "mediations", ["import_id"])
    op.add_column("mediations", sa.Column("next_on", sa.Date(), nullable=True))
    for name in _WORDS:
        op.add_column("mediations", sa.Column(name, sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    for name in reversed(_WORDS):
        op.drop_column("mediations", name)
    op.drop_column("mediations", "next_on")
    op.drop_index("ix_mediations_import_id", "mediations")
    with op.batch_alter_table("mediations") as mediations:
        mediations.drop_constraint(op.f("fk_mediations_import_id_dispute_imports"), type_="foreignkey")
        mediations.drop_column("import_id")
    op.drop_table("dispute_imports")
    for table, (name, before, _) in _INDEXES.items():
        op.drop_index(name, table)
        op.create_index(name, table, before)
