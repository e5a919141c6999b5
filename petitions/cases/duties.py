"""Which clock of a case a list shows: the most urgent open duty of the reader's unit, else of anybody.

Rights that lapse (windows) are never a duty. A list may look at certain clocks or at one unit's only (`Lens`).
The same rule stands here as a condition of the database, as its key for sorting, and as the choice among the rows
of one page; `tests/cases/test_listing.py` holds the three together.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import aliased, load_only

from petitions import clock, db
from petitions.cases.calendar import load_calendar
from petitions.cases.chip import Chip, reading
from petitions.cases.clocks import Calendar, Unit
from petitions.cases.limits import LIMITS
from petitions.cases.models import Case, Deadline
from petitions.words import Sentence, say

SOON = 7
"""日 that the filter “7天内到期” looks ahead: the paler rung of the chip (ux.md §4)."""

DUTIES = tuple(limit for limit in LIMITS.values() if not limit.window and limit.code != "T7")
"""The clocks somebody answers for. (T7 is never started: its days are added to T6.)"""


@dataclass(frozen=True)
class Lens:
    """Whose duties a list looks at."""

    unit_id: int
    """Duties of this unit come before those of others."""
    only: bool = False
    """Those of others do not count."""
    codes: tuple[str, ...] = ()
    """Only these clocks; all of them when empty."""

    def counts(self, row: Any) -> ColumnElement[bool]:
        """`row` (Deadline or an alias) is an open duty that this list looks at."""
        asked = [row.ended_on.is_(None), row.window.is_(False)]
        if self.codes:
            asked.append(row.code.in_(self.codes))
        if self.only:
            asked.append(row.unit_id == self.unit_id)
        return and_(*asked)

    def is_first(self, row: Any) -> ColumnElement[bool]:
        """`row` is the one that its case shows."""
        other = aliased(Deadline)
        earlier = or_(other.due_on < row.due_on, and_(other.due_on == row.due_on, other.id < row.id))
        if self.only:
            rival = earlier
        else:
            others, own = row.unit_id.is_distinct_from(self.unit_id), other.unit_id == self.unit_id
            rival = or_(and_(others, own), and_(earlier, or_(others, own)))
        return and_(self.counts(row), ~exists().where(other.case_id == row.case_id, self.counts(other), rival))

    def due_on(self) -> Any:
        """The day of the duty a case shows, for sorting; NULL where nobody owes an act."""
        own, other = aliased(Deadline), aliased(Deadline)
        mine = select(func.min(own.due_on)).where(own.case_id == Case.id, own.unit_id == self.unit_id, self.counts(own))
        if self.only:
            return mine.scalar_subquery()
        theirs = select(func.min(other.due_on)).where(other.case_id == Case.id, self.counts(other))
        return func.coalesce(mine.scalar_subquery(), theirs.scalar_subquery())

    def rank(self, row: Deadline) -> tuple[Any, ...]:
        """The order among the clocks of one case: open duties as above, then whatever ended last."""
        if row.ended_on is not None:
            return (2, -row.ended_on.toordinal(), -row.id)
        return (row.unit_id != self.unit_id, row.due_on.toordinal(), row.id)

    def shows(self, row: Deadline) -> bool:
        """Whether the list looks at this clock, running or ended."""
        wanted = not self.codes or row.code in self.codes
        return wanted and not row.window and (not self.only or row.unit_id == self.unit_id)


def falls(row: Any, wanted: str, today: date) -> ColumnElement[bool]:
    """`overdue`, `today` (the last day, or days off that lead to it) or `soon` (within SOON 日, today included)."""
    if wanted == "overdue":
        overdue: ColumnElement[bool] = row.due_on < today
        return overdue
    last = today if wanted == "today" else today + timedelta(days=SOON)
    return and_(row.due_on >= today, row.target_on <= last)


def shown(case_ids: Sequence[int], lens: Lens) -> dict[int, Deadline]:
    """For each of these cases the clock its row shows: the duty that counts, or how the last one ended."""
    columns = load_only(
        Deadline.case_id, Deadline.code, Deadline.unit_id, Deadline.window, Deadline.due_on, Deadline.target_on,
        Deadline.extension, Deadline.ended_on,
    )  # fmt: skip
    found: dict[int, Deadline] = {}
    for row in db.session().scalars(select(Deadline).where(Deadline.case_id.in_(case_ids)).options(columns)):
        kept = found.get(row.case_id)
        if lens.shows(row) and (kept is None or lens.rank(row) < lens.rank(kept)):
            found[row.case_id] = row
    return found


def chip_of(row: Deadline) -> Chip:
    """How a clock reads today. The calendar is asked for working days only: it is long to load."""
    limit = LIMITS[row.code]
    calendar = load_calendar() if limit.unit is Unit.WORKDAYS else Calendar()
    return reading(
        limit, row.due_on, clock.today(), calendar, target_on=row.target_on, ended_on=row.ended_on,
        extended=row.extension > 0,
    )  # fmt: skip


def name_of(row: Deadline) -> Sentence:
    """The clock's own name: 告知15日."""
    return say(LIMITS[row.code].short)
