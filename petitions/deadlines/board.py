"""The board of what is overdue or near: by unit and by clock, every number that of the list it leads to.

Every case the reader sees counts once: with its most urgent duty, whoever owes it, so that both tables add up to the
sums above them. The lists behind the numbers look through the same `Lens` (petitions/cases/duties.py), so a number
here is the total of its list.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from petitions import clock, db
from petitions.access import units
from petitions.access.models import Unit, User
from petitions.cases.chip import Chip
from petitions.cases.duties import SOON, chip_of, name_of, owed
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

    total: Counts
    units: Sequence[OfUnit]
    """Those with something overdue or near, the worst first."""
    calm: int
    """How many others owe something in the cases the reader sees, all of it later. Of other units nothing is known."""
    clocks: Sequence[OfClock]
    worst: Sequence[Worst]


LAMPS = {"red": say("红"), "yellow": say("黄"), "green": say("绿")}


def board(reader: User) -> Board:
    """The board of a reader, over all the cases they see."""
    today, known = clock.today(), {unit.id: unit for unit in units.every()}
    firsts = _firsts(reader, today)
    by_unit: dict[int, list[Any]] = {}
    for row in firsts:
        by_unit.setdefault(row.unit_id, []).append(row)
    counted = [OfUnit(known[unit_id], _count(found, today)) for unit_id, found in by_unit.items()]
    listed = sorted(
        (row for row in counted if row.counts.lamp != "green"),
        key=lambda row: (-row.counts.overdue, -row.counts.soon, row.unit.id),
    )
    clocks = {limit: [row for row in firsts if row.code == limit.code] for limit in owed()}
    return Board(
        total=_count(firsts, today),
        units=listed,
        calm=len(_owing(reader) - {row.unit.id for row in listed}),
        clocks=[OfClock(limit.code, say(limit.name), _count(found, today)) for limit, found in clocks.items()],
        worst=_worst(firsts, today),
    )


def _open_duties(reader: User, *columns: Any) -> Select[Any]:
    """The open duties in the cases this person sees."""
    query: Any = select(*columns).join_from(Deadline, Case, Case.id == Deadline.case_id)
    return among(query.where(Deadline.ended_on.is_(None), Deadline.window.is_(False)), reader)


def _firsts(reader: User, today: date) -> list[Any]:
    """Of every case its most urgent duty (`Lens.rank`), as far as that is near."""
    rows = _open_duties(
        reader, Deadline.id, Deadline.case_id, Deadline.unit_id, Deadline.code, Deadline.due_on, Deadline.target_on
    ).where(Deadline.target_on <= today + timedelta(days=SOON) + _ROLL)
    found: dict[int, Any] = {}
    for row in db.session().execute(rows.order_by(Deadline.target_on.desc(), Deadline.id.desc())):
        found[row.case_id] = row
    return list(found.values())


def _owing(reader: User) -> set[int]:
    """The units that owe something in the cases this person sees."""
    return set(db.session().scalars(_open_duties(reader, Deadline.unit_id).distinct()))


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
