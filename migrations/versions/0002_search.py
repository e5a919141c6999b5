"""The text index, and the order in which the list of cases is read."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# External content, so that the pairs stand in the file once; detail=none, because whether pairs stand side by side
# is asked of the text itself; ascii, because that tokenizer splits at blanks alone once every sign of ASCII is a letter
# or a digit, and never drops a character it does not know.
_INDEX = """
CREATE VIRTUAL TABLE case_search_fts USING fts5(
    grams, content='case_search', content_rowid='id', detail=none, columnsize=0, tokenize='ascii'
)
"""
_ADD = "INSERT INTO case_search_fts(rowid, grams) VALUES (new.id, new.grams);"
_DROP = "INSERT INTO case_search_fts(case_search_fts, rowid, grams) VALUES ('delete', old.id, old.grams);"
_TRIGGERS = (
    f"CREATE TRIGGER case_search_added AFTER INSERT ON case_search BEGIN {_ADD} END",
    f"CREATE TRIGGER case_search_gone AFTER DELETE ON case_search BEGIN {_DROP} END",
    "CREATE TRIGGER case_search_changed AFTER UPDATE OF grams ON case_search WHEN old.grams <> new.grams "
    f"BEGIN {_DROP} {_ADD} END",
)


def upgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    op.create_table(
        "case_search",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("row_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("grams", sa.Text() if sqlite else postgresql.TSVECTOR(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_case_search_case_id_cases"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_search")),
        sa.UniqueConstraint("part", "row_id", name=op.f("uq_case_search_part")),
    )
    op.create_index("ix_case_search_case_id", "case_search", ["case_id"])
    if sqlite:
        for statement in (_INDEX, *_TRIGGERS):
            op.execute(statement)
    else:
        op.create_index("ix_case_search_grams", "case_search", ["grams"], postgresql_using="gin")
    running = {f"{name}_where": sa.text("ended_on IS NULL") for name in ("sqlite", "postgresql")}
    op.create_index("ix_deadlines_unit_target", "deadlines", ["unit_id", "target_on"], **running)
    op.create_index("ix_deadlines_target", "deadlines", ["target_on"], **running)
    op.create_index("ix_cases_received", "cases", ["received_on", "id"])
    op.create_index("ix_cases_sender_state", "cases", ["sender_id", "state", "id"])


def downgrade() -> None:
    op.drop_index("ix_deadlines_target", "deadlines")
    op.drop_index("ix_deadlines_unit_target", "deadlines")
    op.drop_index("ix_cases_sender_state", "cases")
    op.drop_index("ix_cases_received", "cases")
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE case_search_fts")
    op.drop_table("case_search")
