"""The day, hour and place of the next session of a mediation."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_WORDS = ("next_at", "next_place")


def upgrade() -> None:
    op.add_column("mediations", sa.Column("next_on", sa.Date(), nullable=True))
    for name in _WORDS:
        op.add_column("mediations", sa.Column(name, sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    for name in reversed(_WORDS):
        op.drop_column("mediations", name)
    op.drop_column("mediations", "next_on")
