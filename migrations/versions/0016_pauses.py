"""A clock can stand still for a while: the intervals that are not counted, and since when it does."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("deadlines", sa.Column("pauses", sa.JSON(), nullable=False, server_default=sa.text("'[]'")))
    op.add_column("deadlines", sa.Column("rests_since", sa.Date(), nullable=True))


def downgrade() -> None:
    # What stands still has no last day to go back to, and no row may say that it is due in the year 9999.
    standing = sa.text("SELECT count(*) FROM deadlines WHERE rests_since IS NOT NULL AND ended_on IS NULL")
    if op.get_bind().execute(standing).scalar():
        raise RuntimeError("clocks stand still; end their hearings before going back")
    op.execute("ALTER TABLE deadlines DROP COLUMN rests_since")
    op.execute("ALTER TABLE deadlines DROP COLUMN pauses")
