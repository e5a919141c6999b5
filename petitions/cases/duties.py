"""Which clock of a case a list shows: the most urgent open duty of the reader's unit, else of anybody.

Rights that lapse (windows) are never a duty. What presses is the day staff work towards (`target_on`), as in the
words of the chip; late is only what is past its last day (`due_on`). A list may look at certain clocks or at one unit's only (`Lens`).
The same rule stands here as a condition of the database, as its key for sorting, and as the choice among the rows
of one page; `tests/cases/test_listing.py` holds the three together.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select
from sqlalchemy.orm import aliased

from petitions import clock, db
from petitions.cases import local_limits
from petitions.cases.calendar import load_calendar
from petitions.cases.chip import Chip, reading
from petitions.cases.clocks import Calendar, Unit
from petitions.cases.kinds import KINDS
from petitions.cases.limit import Limit
from petitions.cases.limits import LIMITS
from petitions.cases.models import Case, Deadline
from petitions.words import Sentence

SOON = 7
"""日 that the filter “7天内到期” looks ahead: the paler rung of the chip (ux.md §4)."""

SEVERITIES: Mapping[str, tuple[int, int | None]] = {
    "late_5": (1, 5), "late_15": (6, 15), "late_30": (16, 30), "late_more": (31, None),
}  # fmt: skip
"""How long overdue, first and last day. Our default, no text gives steps: a working week is made good by one telephone call;
15 and 30 日 are the terms of 第22条 and 第34条, a whole one of which was lost."""

NOBODY = -1
"""The id of no unit: a list that looks through its eyes puts nobody's duties before those of others."""

KEPT = 1024
"""So many built expressions are kept: a workbench asks for a dozen lists, and building theirs anew was half its work."""


def owed() -> tuple[Limit, ...]:
    """The clocks somebody answers for: duties that an act of some kind of case starts."""
    started = {code for kind in KINDS.values() for action in kind.flow.actions for code in action.starts}
    return tuple(limit for code, limit in LIMITS.items() if code in started and not limit.window)


class Shown(NamedTuple):
    """The columns of a clock that a row of a list needs: fifty rows of whole objects take as long as the page."""

    case_id: int
    code: str
    rule: str
    unit_id: int | None
    window: bool
    due_on: date
    target_on: date
    extension: int
    provisional: bool
    rests_since: date | None
    ended_on: date | None


Clock = Deadline | Shown
Row = TypeVar("Row", Deadline, Shown)


@dataclass(frozen=True)
class Lens:
    """Whose duties a list looks at."""

    unit_id: int
    """Duties of this unit come before those of others."""
    only: bool = False
    """Those of others do not count."""
    codes: tuple[str, ...] = ()
    """Only these clocks; all of them when empty."""
    also: tuple[int, ...] = ()
    """Units whose duties count as that unit's, where only they do: what has become of one that was split."""

    def counts(self, row: Any) -> ColumnElement[bool]:
        """`row` (Deadline or an alias) is an open duty that this list looks at."""
        return and_(self._open(row), self._one_of(row.unit_id)) if self.only else self._open(row)

    def counts_in(self, row: Any, case_id: Any) -> ColumnElement[bool]:
        """The same among the few clocks of one case: these are looked up by the case, never by the unit."""
        asked = and_(row.case_id == case_id, self._open(row))
        return and_(asked, self._is_own(row)) if self.only else asked

    def _open(self, row: Any) -> ColumnElement[bool]:
        asked = [row.ended_on.is_(None), row.window.is_(False)]
        return and_(*asked, row.code.in_(self.codes)) if self.codes else and_(*asked)

    def _is_own(self, row: Any) -> ColumnElement[bool]:
        # Behind a function, so that SQLite, which has no statistics yet, does not take the index on units here: it
        # would read every open clock of the unit for each case (14 s instead of 10 ms for 100,000 cases).
        return self._one_of(func.coalesce(row.unit_id, 0))

    def _one_of(self, column: Any) -> ColumnElement[bool]:
        same: ColumnElement[bool] = column.in_((self.unit_id, *self.also)) if self.also else column == self.unit_id
        return same

    def is_first(self, row: Any) -> ColumnElement[bool]:
        """`row` is the one that its case shows."""
        other = aliased(Deadline)
        earlier = or_(other.target_on < row.target_on, and_(other.target_on == row.target_on, other.id < row.id))
        if self.only:
            rival = earlier
        else:
            others, own = row.unit_id.is_distinct_from(self.unit_id), self._is_own(other)
            rival = or_(and_(others, own), and_(earlier, or_(others, own)))
        return and_(self.counts(row), ~exists().where(self.counts_in(other, row.case_id), rival))

    @lru_cache(maxsize=KEPT)  # noqa: B019 - a lens is small and frozen, and the cache has an end
    def due_on(self) -> Any:
        """The day the duty of a case presses for, for sorting; NULL where nobody owes an act."""
        row = aliased(Deadline)
        own = func.min(case((self._is_own(row), row.target_on)))
        first = own if self.only else func.coalesce(own, func.min(row.target_on))
        return select(first).where(self.counts_in(row, Case.id)).scalar_subquery()

    def rank(self, row: Clock) -> tuple[Any, ...]:
        """The order among the clocks of one case: open duties as above, then whatever ended last.

        Of two that ended on one day the later one counts; the rows come in the order they were started.
        """
        if row.ended_on is not None:
            return (2, -row.ended_on.toordinal(), -row.due_on.toordinal())
        return (not self._has(row), row.target_on.toordinal())

    def shows(self, row: Clock) -> bool:
        """Whether the list looks at this clock, running or ended."""
        wanted = not self.codes or row.code in self.codes
        return wanted and not row.window and (not self.only or self._has(row))

    def _has(self, row: Clock) -> bool:
        return row.unit_id in (self.unit_id, *self.also)


def falls(row: Any, wanted: str, today: date) -> ColumnElement[bool]:
    """`overdue` or one of its SEVERITIES, `today` (the last day, or days off that lead to it) or `soon` (within SOON 日,
    today included)."""
    if wanted in SEVERITIES:
        first, last_day = SEVERITIES[wanted]
        newest = today - timedelta(days=first)
        late = and_(row.due_on <= newest, row.target_on <= newest)
        return late if last_day is None else and_(late, row.due_on >= today - timedelta(days=last_day))
    if wanted == "overdue":
        # The second half follows from the first; it lets the index that a list is sorted by begin at the right place.
        return and_(row.due_on < today, row.target_on < today)
    last = today if wanted == "today" else today + timedelta(days=SOON)
    return and_(row.due_on >= today, row.target_on <= last)


@dataclass(frozen=True)
class Wanted:
    """What a list asks of the clock that a case shows; of what is empty nothing is asked."""

    falls: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    unit_ids: tuple[int, ...] = ()


def is_shown(row: Any, lens: Lens, wanted: Wanted, today: date) -> ColumnElement[bool]:
    """`row` is the clock that its case shows, and as the list wants it."""
    asked = [or_(*(falls(row, value, today) for value in wanted.falls))] if wanted.falls else []
    asked += [row.code.in_(wanted.codes)] if wanted.codes else []
    asked += [row.unit_id.in_(wanted.unit_ids)] if wanted.unit_ids else []
    return and_(*asked, lens.is_first(row))


@lru_cache(maxsize=KEPT)
def has_shown(lens: Lens, wanted: Wanted, today: date) -> ColumnElement[bool]:
    """A case has a clock that `is_shown`."""
    row = aliased(Deadline)
    return exists().where(row.case_id == Case.id, is_shown(row, lens, wanted, today))


def shown(case_ids: Sequence[int], lens: Lens) -> dict[int, Shown]:
    """For each of these cases the clock its row shows: the duty that counts, or how the last one ended."""
    columns: Any = select(*(getattr(Deadline, name) for name in Shown._fields))
    rows = db.session().execute(columns.where(Deadline.case_id.in_(case_ids)).order_by(Deadline.id))
    return picked((Shown(*one) for one in rows), lens)


def picked(rows: Iterable[Row], lens: Lens) -> dict[int, Row]:
    """The same of clocks that were read already, in the order they were started."""
    found: dict[int, Row] = {}
    for row in rows:
        kept = found.get(row.case_id)
        if lens.shows(row) and (kept is None or lens.rank(row) <= lens.rank(kept)):
            found[row.case_id] = row
    return found


def chip_of(row: Clock) -> Chip:
    """How a clock reads today. The calendar is asked for working days only: it is long to load."""
    limit = local_limits.of(row)
    calendar = load_calendar() if limit.unit is Unit.WORKDAYS else Calendar()
    return reading(
        limit, row.due_on, clock.today(), calendar, target_on=row.target_on, ended_on=row.ended_on,
        extended=row.extension > 0, provisional=row.provisional, paused_since=row.rests_since,
    )  # fmt: skip


def name_of(row: Clock) -> Sentence:
    """The clock's own name: 告知15日."""
    return local_limits.of(row).short
