"""Accounts: how passwords age, who guesses, the second step, where one is logged in, who stands in for whom.

Who was administrator and auditor in one keeps the first: nobody looks at what they did themselves. The powers of the
administrators are split by appointing a security administrator; until then they keep the people as before.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_OPEN = sa.text("ended_at IS NULL")


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.add_column("users", sa.Column("password_given", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("users") as batch:
        # When they were chosen nobody knows: their time begins now.
        batch.add_column(
            sa.Column("password_set_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now())
        )
    op.execute(
        "DELETE FROM user_roles WHERE role = 'auditor'"
        " AND user_id IN (SELECT user_id FROM user_roles WHERE role = 'administrator')"
    )
    # Whoever is logged in logs in anew: what is kept of a login has changed.
    op.execute("DELETE FROM logins")
    op.add_column("logins", sa.Column("second", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("logins", sa.Column("address", sa.String(), nullable=False, server_default=""))
    op.add_column("logins", sa.Column("browser", sa.String(), nullable=False, server_default=""))
    op.drop_table("login_waits")
    op.create_table(
        "login_tries",
        sa.Column("key_hash", sa.String(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("waits", sa.Integer(), nullable=False),
        _moment("tried_at"),
        _moment("until", nullable=True),
        sa.PrimaryKeyConstraint("key_hash", name=op.f("pk_login_tries")),
    )
    op.create_index("ix_login_tries_tried_at", "login_tries", ["tried_at"])
    op.create_table(
        "login_places",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        _moment("used_at"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_login_places_user_id_users")),
        sa.PrimaryKeyConstraint("user_id", "address", name=op.f("pk_login_places")),
    )
    op.create_table(
        "old_passwords",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_old_passwords_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_old_passwords")),
    )
    op.create_index("ix_old_passwords_user_id", "old_passwords", ["user_id"])
    op.create_table(
        "second_steps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        _moment("made_at"),
        _moment("confirmed_at", nullable=True),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_second_steps_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_steps")),
    )
    op.create_index(op.f("ix_second_steps_user_id"), "second_steps", ["user_id"])
    op.create_index(op.f("ix_second_steps_key_id"), "second_steps", ["key_id"])
    op.create_table(
        "recovery_codes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(), nullable=False),
        _moment("used_at", nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_recovery_codes_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
        sa.UniqueConstraint("user_id", "number", name=op.f("uq_recovery_codes_user_id_number")),
    )
    op.create_table(
        "delegations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("giver_id", sa.Integer(), nullable=False),
        sa.Column("taker_id", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        _moment("made_at"),
        _moment("ended_at", nullable=True),
        sa.CheckConstraint("from_on <= until_on", name=op.f("ck_delegations_period")),
        sa.CheckConstraint("giver_id <> taker_id", name=op.f("ck_delegations_two_people")),
        sa.ForeignKeyConstraint(["giver_id"], ["users.id"], name=op.f("fk_delegations_giver_id_users")),
        sa.ForeignKeyConstraint(["taker_id"], ["users.id"], name=op.f("fk_delegations_taker_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegations")),
    )
    op.create_index(
        "ix_delegations_taker_open", "delegations", ["taker_id"], sqlite_where=_OPEN, postgresql_where=_OPEN
    )
    op.create_index("ix_delegations_giver_id", "delegations", ["giver_id"])
    # Written out, because SQLite takes a reference with a new column only in this form; the table, the largest there
    # is, is not written anew for it.
    op.execute(
        "ALTER TABLE events ADD COLUMN behalf_id INTEGER CONSTRAINT fk_events_behalf_id_users REFERENCES users (id)"
    )
    op.add_column("audit", sa.Column("behalf_id", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("audit", "behalf_id")
    op.execute("ALTER TABLE events DROP COLUMN behalf_id")
    for table in ("delegations", "recovery_codes", "second_steps", "old_passwords", "login_places", "login_tries"):
        op.drop_table(table)
    op.create_table(
        "login_waits",
        sa.Column("name_hash", sa.String(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        _moment("tried_at"),
        _moment("until", nullable=True),
        sa.PrimaryKeyConstraint("name_hash", name=op.f("pk_login_waits")),
    )
    for name in ("browser", "address", "second"):
        op.drop_column("logins", name)
    # Without a role of their own the security administrators keep people as administrators again.
    op.execute(
        "INSERT INTO user_roles (user_id, role) SELECT user_id, 'administrator' FROM user_roles AS held"
        " WHERE held.role = 'security_administrator' AND NOT EXISTS (SELECT 1 FROM user_roles AS other"
        " WHERE other.user_id = held.user_id AND other.role = 'administrator')"
    )
    op.execute("DELETE FROM user_roles WHERE role = 'security_administrator'")
    op.drop_column("users", "password_set_at")
    op.drop_column("users", "password_given")
