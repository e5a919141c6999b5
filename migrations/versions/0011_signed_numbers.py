"""Numbers that tell the registers of one installation apart: the sign of each unit's register, a year at a time."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_SERIES = "XF"

_counters = sa.table(
    "counters", sa.column("unit_id"), sa.column("series"), sa.column("year"), sa.column("sign", sa.String())
)
_units = sa.table("units", sa.column("id"), sa.column("name"), sa.column("kind"), sa.column("sign"))


def upgrade() -> None:
    with op.batch_alter_table("counters") as batch:
        batch.add_column(sa.Column("sign", sa.String(), nullable=True))
    _sign_what_is_there()
    with op.batch_alter_table("counters") as batch:
        batch.create_unique_constraint(op.f("uq_counters_series_year_sign"), ["series", "year", "sign"])


def _sign_what_is_there() -> None:
    """The first office goes on as it was; the others get their sign and go on counting. No number changes."""
    connection = op.get_bind()
    known = {row.id: row for row in connection.execute(sa.select(_units))}
    kept = sa.select(_counters.c.unit_id, _counters.c.year).where(_counters.c.series == _SERIES)
    years: dict[int, list[int]] = {}
    for unit_id, year in connection.execute(kept):
        years.setdefault(year, []).append(unit_id)
    for year, registering in years.items():
        first = min(registering, key=lambda one: (known[one].kind != "office", one))
        taken = {""}
        for unit_id in sorted(registering):
            unit, sign = known[unit_id], ""
            if unit_id != first:
                written = ["".join(text.split()).upper() for text in (unit.sign, unit.name, f"{unit.name}{unit_id}")]
                sign = next(text for text in written if text and text not in taken)
            taken.add(sign)
            row = sa.update(_counters).where(
                _counters.c.unit_id == unit_id, _counters.c.year == year, _counters.c.series == _SERIES
            )
            connection.execute(row.values(sign=sign))


def downgrade() -> None:
    with op.batch_alter_table("counters") as batch:
        batch.drop_constraint(op.f("uq_counters_series_year_sign"), type_="unique")
        batch.drop_column("sign")
