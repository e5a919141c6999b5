"""Logging in through an identity provider: what it calls a person, and which logins came that way."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("users") as batch:
        batch.add_column(sa.Column("subject", sa.String(), nullable=True))
        batch.create_unique_constraint(op.f("uq_users_subject"), ["subject"])
    op.add_column("logins", sa.Column("by_provider", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.execute("DELETE FROM logins WHERE by_provider")
    op.drop_column("logins", "by_provider")
    with op.batch_alter_table("users") as batch:
        batch.drop_constraint(op.f("uq_users_subject"), type_="unique")
        batch.drop_column("subject")
