"""Whether the audit is whole: every row where it belongs, as it was written."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from petitions import clock, db
from petitions.access.audit import FIRST, AuditEntry, chained


@dataclass(frozen=True)
class Head:
    """The last row of a day: whoever has it on paper can prove what stood before it."""

    day: date
    id: int
    hash: str


@dataclass(frozen=True)
class Verdict:
    """What a walk along the whole chain found."""

    rows: int
    head: str
    """Hash of the last row."""
    broken_at: int | None = None
    """Number of the first row that is missing, changed, or not the one it was."""
    anchored: bool | None = None
    """Whether the anchor that was given stands in the chain; None when none was given.

    Without one a tail that was cut off, or a chain that was computed anew as a whole, cannot be told.
    """

    @property
    def whole(self) -> bool:
        """Nothing was found wrong."""
        return self.broken_at is None and self.anchored is not False


def verify(anchor: str = "") -> Verdict:
    """Walk along the chain from the first row; `anchor` is the hash of a head that was printed earlier."""
    number, previous, anchored = 0, FIRST, not anchor
    for row in _rows():
        number += 1
        if row.id != number or row.previous != previous or row.hash != chained(vars(row)):
            return Verdict(number - 1, previous, number, anchored if anchor else None)
        previous = row.hash
        anchored = anchored or row.hash == anchor
    return Verdict(number, previous, None, anchored if anchor else None)


_AT_ONCE = 1000


def _rows() -> Iterator[AuditEntry]:
    """Every row by its number, so many at a time: the audit is larger than the memory should be."""
    last = 0
    while True:
        query = select(AuditEntry).where(AuditEntry.id > last).order_by(AuditEntry.id).limit(_AT_ONCE)
        found = db.session().scalars(query).all()
        yield from found
        if len(found) < _AT_ONCE:
            return
        last = found[-1].id
        for row in found:
            db.session().expunge(row)


def head(day: date | None = None) -> Head | None:
    """The last row of `day` (today's date in China), or of a day before it; None while there is no row."""
    day = day or clock.today()
    end = clock.end_of(day)
    row = db.session().scalar(select(AuditEntry).where(AuditEntry.at < end).order_by(AuditEntry.id.desc()).limit(1))
    return Head(clock.day_of(row.at), row.id, row.hash) if row else None
