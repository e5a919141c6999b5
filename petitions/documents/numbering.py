"""Numbers without gaps: given inside the transaction that uses them, so a rollback gives the number back."""

from typing import Any

from sqlalchemy import bindparam, literal_column
from sqlalchemy.dialects import postgresql, sqlite

from petitions import db
from petitions.documents.models import Counter


def _statement(dialect: Any) -> Any:
    """The upsert, run on the connection: what waits in the session is not written for the sake of a number."""
    row = dialect.insert(Counter.__table__)
    return row.values(
        unit_id=bindparam("unit"), series=bindparam("series"), year=bindparam("year"), last=1
    ).on_conflict_do_update(
        index_elements=["unit_id", "series", "year"], set_={"last": Counter.__table__.c.last + literal_column("1")}
    ).returning(Counter.__table__.c.last)  # fmt: skip


_NEXT = {"sqlite": _statement(sqlite), "postgresql": _statement(postgresql)}


def next_number(unit_id: int, series: str, year: int) -> int:
    """The next number of `series` for that unit and year, from 1. The row stays locked until the commit."""
    session = db.session()
    asked = {"unit": unit_id, "series": series, "year": year}
    number: int = session.connection().execute(_NEXT[session.get_bind().dialect.name], asked).scalar_one()
    return number
