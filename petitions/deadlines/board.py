"""The board of what is overdue or near: by unit and by clock, every number that of the list it leads to.

The case list shows of each case its most urgent duty, seen through a `Lens` (petitions/cases/duties.py). The board
counts cases by the same lens, so a number here is the total of the list behind it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from petitions import clock, db
from petitions.access import units
from petitions.access.models import Unit, User
from petitions.cases.chip import Chip
from petitions.cases.duties import DUTIES, SOON, chip_of, name_of
from petitions.cases.listing import among
from petitions.cases.models import Case, Deadline
from petitions.words import Sentence, say

WORST = 12
"""So many of the most overdue cases stand on the board itself: they still fit the sheet that is printed."""

_ROLL = timedelta(days=31)
"""A due date lies never so far after its target; a clock read in vain costs nothing, one missed would be a wrong number."""


@dataclass(frozen=True)
class Counts:
    """How many cases of one row of the board."""

    overdue: int = 0
    today: int = 0
    soon: int = 0
    """Within seven days, today's included."""
    longest: int = 0
    """Days of the longest overdue one."""

    @property
    def lamp(self) -> str:
        """`red` with something overdue, `yellow` with something due within seven days, else `green`."""
        return "red" if self.overdue else "yellow" if self.soon else "green"


@dataclass(frozen=True)
class OfUnit:
    """A unit's row."""

    unit: Unit
    counts: Counts


@dataclass(frozen=True)
class OfClock:
    """A clock's row."""

    code: str
    name: Sentence
    counts: Counts


@dataclass(frozen=True)
class Worst:
    """One of the most overdue cases."""

    case: Case
    clock: Sentence
    chip: Chip
    unit: str


@dataclass(frozen=True)
class Board:
    """The whole page."""

    duty: str
    """What the lists behind the numbers are asked with: `own` for a unit, empty for an office with all its units."""
    total: Counts
    units: Sequence[OfUnit]
    """Those with something overdue or near, the worst first."""
    calm: int
    """How many others there are."""
    clocks: Sequence[OfClock]
    worst: Sequence[Worst]


LAMPS = {"red": say("红"), "yellow": say("黄"), "green": say("绿")}


def board(reader: User) -> Board:
    """The board of a reader: an office sees every unit of its cases, a unit itself and those below it."""
    office, today, own = reader.unit.is_office, clock.today(), reader.unit_id
    rows = _open_duties(reader, today)
    shown = rows if office else [row for row in rows if row.unit_id == own]
    known = {unit.id: unit for unit in units.in_force()}
    wanted = set(known) if office else {own, *(unit.id for unit in units.below(own))}
    by_unit: dict[int, list[Any]] = {}
    for row in rows:
        if row.unit_id in wanted:
            by_unit.setdefault(row.unit_id, []).append(row)
    counted = [OfUnit(known[unit_id], _count(_firsts(found, unit_id), today)) for unit_id, found in by_unit.items()]
    listed = sorted(
        (row for row in counted if row.counts.lamp != "green"),
        key=lambda row: (-row.counts.overdue, -row.counts.soon, row.unit.id),
    )
    firsts = _firsts(shown, own)
    clocks = {limit: _firsts([row for row in shown if row.code == limit.code], own) for limit in DUTIES}
    return Board(
        duty="" if office else "own",
        total=_count(firsts, today),
        units=listed,
        calm=len(wanted) - len(listed),
        clocks=[OfClock(limit.code, say(limit.name), _count(found, today)) for limit, found in clocks.items()],
        worst=_worst(firsts, today),
    )


def _open_duties(reader: User, today: date) -> list[Any]:
    """Open duties in the cases this person sees: all of the own unit's, of other units' those that are near."""
    near = Deadline.target_on <= today + timedelta(days=SOON) + _ROLL
    query: Any = select(
        Deadline.id, Deadline.case_id, Deadline.unit_id, Deadline.code, Deadline.due_on, Deadline.target_on
    ).join(Case, Case.id == Deadline.case_id)
    open_ones = query.where(
        Deadline.ended_on.is_(None), Deadline.window.is_(False), or_(near, Deadline.unit_id == reader.unit_id)
    )
    return list(db.session().execute(among(open_ones, reader)))


def _firsts(rows: Iterable[Any], own: int) -> list[Any]:
    """Of every case the duty its list row shows: the own unit's before others', then the earlier day (`Lens.rank`)."""
    found: dict[int, tuple[Any, Any]] = {}
    for row in rows:
        rank = (row.unit_id != own, row.due_on, row.id)
        if row.case_id not in found or rank < found[row.case_id][0]:
            found[row.case_id] = (rank, row)
    return [row for _, row in found.values()]


def _count(firsts: Iterable[Any], today: date) -> Counts:
    """In the words of the list's condition (`duties.falls`)."""
    overdue = today_only = soon = longest = 0
    for row in firsts:
        if row.due_on < today:
            overdue += 1
            longest = max(longest, (today - row.due_on).days)
        else:
            today_only += row.target_on <= today
            soon += row.target_on <= today + timedelta(days=SOON)
    return Counts(overdue, today_only, soon, longest)


def _worst(firsts: Iterable[Any], today: date) -> list[Worst]:
    """The most overdue ones, worst first."""
    late = sorted((row for row in firsts if row.due_on < today), key=lambda row: (row.due_on, row.id))[:WORST]
    query = select(Deadline).where(Deadline.id.in_([row.id for row in late]))
    wanted = query.options(joinedload(Deadline.case), joinedload(Deadline.unit))
    rows = sorted(db.session().scalars(wanted), key=lambda row: (row.due_on, row.id)) if late else []
    return [Worst(row.case, name_of(row), chip_of(row), row.unit.name if row.unit else "") for row in rows]
