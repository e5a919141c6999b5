"""复查 and 复核 as cases about a matter; a unit may take part in a case to read its file."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_PARTS = "part IN ('office','holder','assist','relay')"
_WITH_READERS = "part IN ('office','holder','assist','relay','review')"


def _check_parts(rule: str) -> None:
    """On SQLite the table is written anew, with this rule in the place of the one that stands."""
    with op.batch_alter_table("case_units") as units:
        units.drop_constraint(op.f("ck_case_units_part"), type_="check")
        units.create_check_constraint(op.f("ck_case_units_part"), sa.text(rule))


def upgrade() -> None:
    # Written out: SQLite takes a new column with its reference as one statement, and the many rows stay where they are.
    op.execute("ALTER TABLE cases ADD COLUMN about_id INTEGER CONSTRAINT fk_cases_about_id_cases REFERENCES cases (id)")
    op.create_index(
        "ix_cases_about_id", "cases", ["about_id"], sqlite_where=sa.text("about_id IS NOT NULL"),
        postgresql_where=sa.text("about_id IS NOT NULL"),
    )  # fmt: skip
    _check_parts(_WITH_READERS)
    op.create_table(
        "reviews",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("against_id", sa.Integer(), nullable=False),
        sa.Column("previous_id", sa.Integer(), nullable=True),
        sa.Column("posted_on", sa.Date(), nullable=True),
        sa.Column("window_on", sa.Date(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("late_ground", sa.String(), nullable=False),
        sa.Column("claims", sa.JSON(), nullable=False),
        sa.Column("result", sa.String(), nullable=False),
        sa.Column("outcomes", sa.JSON(), nullable=False),
        sa.Column("redo_until", sa.Date(), nullable=True),
        sa.Column("publication", sa.String(), nullable=False),
        sa.Column("public_text", sa.String(), nullable=False),
        sa.Column("public_on", sa.Date(), nullable=True),
        sa.CheckConstraint("level IN ('review','rereview')", name=op.f("ck_reviews_level")),
        sa.CheckConstraint("result IN ('','uphold','annul','change')", name=op.f("ck_reviews_result")),
        sa.CheckConstraint("publication IN ('','proposed','public')", name=op.f("ck_reviews_publication")),
        sa.CheckConstraint("(level = 'rereview') = (previous_id IS NOT NULL)", name=op.f("ck_reviews_previous")),
        sa.ForeignKeyConstraint(["id"], ["cases.id"], name=op.f("fk_reviews_id_cases")),
        sa.ForeignKeyConstraint(["against_id"], ["documents.id"], name=op.f("fk_reviews_against_id_documents")),
        sa.ForeignKeyConstraint(["previous_id"], ["reviews.id"], name=op.f("fk_reviews_previous_id_reviews")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviews")),
    )
    op.create_index("ix_reviews_against_id", "reviews", ["against_id"])
    op.create_index("ix_reviews_previous_id", "reviews", ["previous_id"])


def downgrade() -> None:
    # A review has no place in the tables before, and a decision is not thrown away for the sake of them.
    if op.get_bind().execute(sa.text("SELECT count(*) FROM reviews")).scalar():
        raise RuntimeError("there are reviews; they cannot be kept by the version before")
    op.drop_table("reviews")
    op.execute("DELETE FROM case_units WHERE part = 'review'")
    _check_parts(_PARTS)
    op.drop_index("ix_cases_about_id", "cases")
    op.execute("ALTER TABLE cases DROP COLUMN about_id")
