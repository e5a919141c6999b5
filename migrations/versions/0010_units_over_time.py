"""What a unit was called, where it stood and who came after it; the register a case has its number from.

Where units came from, which the wall rests on, is told by these rows too: they take the place of `unit_origins`.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def _checks(**said: str) -> tuple[sa.CheckConstraint, ...]:
    """SQLite rebuilds the table and does not read its checks back, so they are said again."""
    return tuple(sa.CheckConstraint(rule, name=op.f(name)) for name, rule in said.items())


def _checks_of_cases() -> tuple[sa.CheckConstraint, ...]:
    return _checks(ck_cases_closed_after_received="(closed_on IS NULL) OR (closed_on >= received_on)")


def _checks_of_dispatches() -> tuple[sa.CheckConstraint, ...]:
    return _checks(
        ck_dispatches_part="part IN ('lead','assist')", ck_dispatches_way="way IN ('transfer','assign','forward')"
    )


# An origin that ended the day before was taken over from; any other one was the superior before a move.
_FROM_ORIGINS = """
    INSERT INTO unit_successions (kind, old_id, new_id, day, basis, name, parent_id, by_id, recorded_at)
    SELECT CASE WHEN taken THEN 'merge' ELSE 'move' END, CASE WHEN taken THEN origin_id ELSE unit_id END, unit_id,
           since, '', CASE WHEN taken THEN origin_name ELSE unit_name END,
           CASE WHEN taken THEN origin_parent ELSE origin_id END, NULL, CURRENT_TIMESTAMP
    FROM (
        SELECT it.id, it.unit_id, it.origin_id, it.since, unit.name AS unit_name, origin.name AS origin_name,
               origin.parent_id AS origin_parent,
               origin.valid_to IS NOT NULL AND origin.valid_to < it.since AS taken
        FROM unit_origins AS it
        JOIN units AS unit ON unit.id = it.unit_id
        JOIN units AS origin ON origin.id = it.origin_id
    ) AS known
    ORDER BY id
"""
_TO_ORIGINS = """
    INSERT INTO unit_origins (unit_id, origin_id, since)
    SELECT new_id, origin_id, MIN(day)
    FROM (
        SELECT new_id, day, CASE WHEN kind = 'move' THEN parent_id ELSE old_id END AS origin_id
        FROM unit_successions WHERE kind <> 'rename'
    ) AS known
    WHERE origin_id IS NOT NULL AND origin_id <> new_id
    GROUP BY new_id, origin_id
"""


def upgrade() -> None:
    op.create_table(
        "unit_successions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("old_id", sa.Integer(), nullable=False),
        sa.Column("new_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('merge','split','rename','move')", name=op.f("ck_unit_successions_kind")),
        sa.ForeignKeyConstraint(["old_id"], ["units.id"], name=op.f("fk_unit_successions_old_id_units")),
        sa.ForeignKeyConstraint(["new_id"], ["units.id"], name=op.f("fk_unit_successions_new_id_units")),
        sa.ForeignKeyConstraint(["parent_id"], ["units.id"], name=op.f("fk_unit_successions_parent_id_units")),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_unit_successions_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_successions")),
    )
    op.create_index("ix_unit_successions_old_id", "unit_successions", ["old_id", "id"])
    op.create_index("ix_unit_successions_new_id", "unit_successions", ["new_id"])
    op.execute(_FROM_ORIGINS)
    op.drop_index(op.f("ix_unit_origins_origin_id"), "unit_origins")
    op.drop_table("unit_origins")
    with op.batch_alter_table("dispatches", table_args=_checks_of_dispatches()) as dispatches:
        dispatches.add_column(sa.Column("succeeds_id", sa.Integer(), nullable=True))
        dispatches.create_foreign_key(
            op.f("fk_dispatches_succeeds_id_dispatches"), "dispatches", ["succeeds_id"], ["id"]
        )
    op.add_column("cases", sa.Column("numbered_by_id", sa.Integer(), nullable=True))
    op.execute("UPDATE cases SET numbered_by_id = office_id")
    with op.batch_alter_table("cases", table_args=_checks_of_cases()) as cases:
        cases.alter_column("numbered_by_id", existing_type=sa.Integer(), nullable=False)
        cases.create_foreign_key(op.f("fk_cases_numbered_by_id_units"), "units", ["numbered_by_id"], ["id"])
        cases.drop_constraint(op.f("uq_cases_office_id_number"), type_="unique")
        cases.create_unique_constraint(op.f("uq_cases_numbered_by_id_number"), ["numbered_by_id", "number"])


def downgrade() -> None:
    with op.batch_alter_table("cases", table_args=_checks_of_cases()) as cases:
        cases.drop_constraint(op.f("uq_cases_numbered_by_id_number"), type_="unique")
        cases.drop_constraint(op.f("fk_cases_numbered_by_id_units"), type_="foreignkey")
        cases.drop_column("numbered_by_id")
        cases.create_unique_constraint(op.f("uq_cases_office_id_number"), ["office_id", "number"])
    with op.batch_alter_table("dispatches", table_args=_checks_of_dispatches()) as dispatches:
        dispatches.drop_constraint(op.f("fk_dispatches_succeeds_id_dispatches"), type_="foreignkey")
        dispatches.drop_column("succeeds_id")
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
    op.execute(_TO_ORIGINS)
    op.drop_table("unit_successions")
