"""Numbers without gaps: given inside the transaction that uses them, so a rollback gives the number back."""

from sqlalchemy import literal_column

from petitions import db
from petitions.documents.models import Counter


def next_number(unit_id: int, series: str, year: int) -> int:
    """The next number of `series` for that unit and year, from 1. The row stays locked until the commit."""
    row = (
        db.insert(Counter)
        .values(unit_id=unit_id, series=series, year=year, last=1)
        .on_conflict_do_update(
            index_elements=["unit_id", "series", "year"], set_={"last": Counter.last + literal_column("1")}
        )
        .returning(Counter.last)
    )
    number: int = db.session().execute(row).scalar_one()
    return number
