"""What follows an answer: return visits in full, the tasks they leave, what was promised and is performed."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_OF_A_VISIT = ("office_reason", "unit_reason", "new_claim")


def upgrade() -> None:
    for name in _OF_A_VISIT:
        op.add_column("return_visits", sa.Column(name, sa.String(), nullable=False, server_default=""))
    for name in ("register", "register_sha256"):
        op.add_column("disposals", sa.Column(name, sa.String(), nullable=False, server_default=""))
    op.add_column("matters", sa.Column("visit_on", sa.Date(), nullable=True))
    op.add_column("matters", sa.Column("procedure", sa.String(), nullable=False, server_default=""))
    op.create_table(
        "follow_up_tasks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("matter_id", sa.Integer(), nullable=False),
        sa.Column("ground", sa.String(), nullable=False),
        sa.Column("opened_event_id", sa.Integer(), nullable=False),
        sa.Column("taken_by_id", sa.Integer(), nullable=True),
        sa.Column("taken_event_id", sa.Integer(), nullable=True),
        sa.Column("closed_event_id", sa.Integer(), nullable=True),
        sa.Column("done", sa.String(), nullable=False),
        sa.CheckConstraint("ground IN ('not_performed','dissatisfied')", name=op.f("ck_follow_up_tasks_ground")),
        sa.ForeignKeyConstraint(["matter_id"], ["matters.id"], name=op.f("fk_follow_up_tasks_matter_id_matters")),
        sa.ForeignKeyConstraint(
            ["opened_event_id"], ["events.id"], name=op.f("fk_follow_up_tasks_opened_event_id_events")
        ),
        sa.ForeignKeyConstraint(["taken_by_id"], ["users.id"], name=op.f("fk_follow_up_tasks_taken_by_id_users")),
        sa.ForeignKeyConstraint(
            ["taken_event_id"], ["events.id"], name=op.f("fk_follow_up_tasks_taken_event_id_events")
        ),
        sa.ForeignKeyConstraint(
            ["closed_event_id"], ["events.id"], name=op.f("fk_follow_up_tasks_closed_event_id_events")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_up_tasks")),
    )
    for name in ("opened_event_id", "taken_by_id", "taken_event_id", "closed_event_id"):
        op.create_index(op.f(f"ix_follow_up_tasks_{name}"), "follow_up_tasks", [name])
    op.create_index("ix_follow_up_tasks_matter_id", "follow_up_tasks", ["matter_id"])
    op.create_index(
        "uq_follow_up_tasks_open", "follow_up_tasks", ["matter_id"], unique=True,
        sqlite_where=sa.text("closed_event_id IS NULL"), postgresql_where=sa.text("closed_event_id IS NULL"),
    )  # fmt: skip
    op.create_table(
        "promises",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("matter_id", sa.Integer(), nullable=False),
        sa.Column("ground", sa.String(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("performer", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("result", sa.String(), nullable=False),
        sa.Column("looked_on", sa.Date(), nullable=True),
        sa.Column("proof", sa.String(), nullable=False),
        sa.Column("result_event_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("ground IN ('opinion','settlement')", name=op.f("ck_promises_ground")),
        sa.CheckConstraint("result IN ('','done','partly','not_done')", name=op.f("ck_promises_result")),
        sa.ForeignKeyConstraint(["matter_id"], ["matters.id"], name=op.f("fk_promises_matter_id_matters")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_promises_event_id_events")),
        sa.ForeignKeyConstraint(["result_event_id"], ["events.id"], name=op.f("fk_promises_result_event_id_events")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promises")),
    )
    for name in ("event_id", "result_event_id"):
        op.create_index(op.f(f"ix_promises_{name}"), "promises", [name])
    op.create_index("ix_promises_matter_id", "promises", ["matter_id"])


def downgrade() -> None:
    op.drop_table("promises")
    op.drop_table("follow_up_tasks")
    for name in ("register", "register_sha256"):
        op.drop_column("disposals", name)
    op.drop_column("matters", "procedure")
    op.drop_column("matters", "visit_on")
    for name in _OF_A_VISIT:
        op.drop_column("return_visits", name)
