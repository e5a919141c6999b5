"""Numbers without gaps: given inside the transaction that uses them, so a rollback gives the number back."""

from typing import Any

from sqlalchemy import bindparam, literal_column, select, update
from sqlalchemy.dialects import postgresql, sqlite

from petitions import db
from petitions.access import units
from petitions.access.models import Unit
from petitions.documents.models import Counter


def _statement(dialect: Any) -> Any:
    """The upsert, run on the connection: what waits in the session is not written for the sake of a number."""
    row = dialect.insert(Counter.__table__)
    return row.values(
        unit_id=bindparam("unit"), series=bindparam("of"), year=bindparam("in_year"), sign=bindparam("as_sign"), last=1
    ).on_conflict_do_update(
        index_elements=["unit_id", "series", "year"], set_={"last": Counter.__table__.c.last + literal_column("1")}
    ).returning(Counter.__table__.c.last, Counter.__table__.c.sign)  # fmt: skip


_NEXT = {"sqlite": _statement(sqlite), "postgresql": _statement(postgresql)}

_ON = (
    update(Counter)
    .where(
        Counter.unit_id == bindparam("unit"), Counter.series == bindparam("of"), Counter.year == bindparam("in_year")
    )
    .values(last=Counter.last + literal_column("1"))
    .returning(Counter.last, Counter.sign)
)  # fmt: skip


def next_number(unit_id: int, series: str, year: int) -> int:
    """The next number of `series` for that unit and year, from 1. The row stays locked until the commit."""
    number: int = _first(unit_id, series, year, None)[0]
    return number


def carry_on(old_id: int, new_id: int, but: str) -> None:
    """The series of a unit that has ended, but for one, go on in another unit from the greater number of the two."""
    session = db.session()
    for old in session.scalars(select(Counter).where(Counter.unit_id == old_id, Counter.series != but)).all():
        new = session.get(Counter, (new_id, old.series, old.year), with_for_update=True)
        if new is None:
            session.add(Counter(unit_id=new_id, series=old.series, year=old.year, last=old.last))
        else:
            new.last = max(new.last, old.last)
    session.flush()


def next_in_register(unit: Unit, series: str, year: int) -> str:
    """The next number of the unit's own register, as it is written: XF2026-000123, or 河XF2026-000001.

    The sign tells the registers of one installation apart. It is settled with the first number of a year and stays
    for that year, whatever becomes of the unit's 机关代字 meanwhile.
    """
    asked = {"unit": unit.id, "of": series, "in_year": year}
    found = db.session().connection().execute(_ON, asked).one_or_none()
    last, sign = found or _first(unit.id, series, year, _free_sign(unit, series, year))
    return f"{sign or ''}{series}{year}-{last:06d}"


def signs_of(unit_id: int) -> set[str]:
    """The signs the unit's own register has had."""
    return {sign for sign in db.session().scalars(select(Counter.sign).where(Counter.unit_id == unit_id)) if sign}


def _first(unit_id: int, series: str, year: int, sign: str | None) -> Any:
    session = db.session()
    asked = {"unit": unit_id, "of": series, "in_year": year, "as_sign": sign}
    return session.connection().execute(_NEXT[session.get_bind().dialect.name], asked).one()


def _free_sign(unit: Unit, series: str, year: int) -> str:
    """None for the first petition office, 机关代字 for every other unit; the name where another unit has that sign."""
    taken = set(db.session().scalars(select(Counter.sign).where(Counter.series == series, Counter.year == year)))
    plain = [""] if unit.id == (units.first_office() or unit.id) else []
    written = [_written(unit.sign), _written(unit.name), f"{_written(unit.name)}{unit.id}"]
    return next(sign for sign in (*plain, *filter(None, written)) if sign not in taken)


def _written(sign: str) -> str:
    """As a number is sought: without blanks, in capitals."""
    return "".join(sign.split()).upper()
