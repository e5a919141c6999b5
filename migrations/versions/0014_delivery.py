"""What goes out of the house: the queue of messages, group robots, where and when people want theirs, calendar links."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_WAITING = sa.text("state = 'queued'")


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.add_column("users", sa.Column("email", sa.String(), nullable=False, server_default=""))
    op.add_column("users", sa.Column("digest_on", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column("users", sa.Column("digest_at", sa.String(), nullable=False, server_default=""))
    op.create_table(
        "robots",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("make", sa.String(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("cell", sa.LargeBinary(), nullable=False),
        _moment("made_at"),
        _moment("ended_at", nullable=True),
        sa.Column("key_id", sa.String(), nullable=False),
        sa.CheckConstraint("make IN ('wecom','dingtalk')", name=op.f("ck_robots_make")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_robots_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_robots")),
    )
    op.create_index(op.f("ix_robots_unit_id"), "robots", ["unit_id"])
    op.create_index(op.f("ix_robots_key_id"), "robots", ["key_id"])
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("robot_id", sa.Integer(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        _moment("tried_at", nullable=True),
        _moment("next_at"),
        _moment("lease_until", nullable=True),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("problem", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        _moment("made_at"),
        _moment("ended_at", nullable=True),
        sa.CheckConstraint("state IN ('queued','sent','parked','dropped')", name=op.f("ck_deliveries_state")),
        sa.CheckConstraint(
            "(channel = 'mail' AND user_id IS NOT NULL) OR (channel = 'robot' AND robot_id IS NOT NULL)",
            name=op.f("ck_deliveries_addressee"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_deliveries_user_id_users")),
        sa.ForeignKeyConstraint(["robot_id"], ["robots.id"], name=op.f("fk_deliveries_robot_id_robots")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("key", name=op.f("uq_deliveries_key")),
    )
    op.create_index(
        "ix_deliveries_waiting", "deliveries", ["next_at", "id"], sqlite_where=_WAITING, postgresql_where=_WAITING
    )
    op.create_index("ix_deliveries_ended_at", "deliveries", ["ended_at"])
    op.create_index(op.f("ix_deliveries_user_id"), "deliveries", ["user_id"])
    op.create_index(op.f("ix_deliveries_robot_id"), "deliveries", ["robot_id"])
    op.create_table(
        "feeds",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        _moment("made_at"),
        _moment("read_at", nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_feeds_user_id_users")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_feeds")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_feeds_token_hash")),
    )


def downgrade() -> None:
    for table in ("feeds", "deliveries", "robots"):
        op.drop_table(table)
    for column in ("digest_at", "digest_on", "email"):
        op.drop_column("users", column)
