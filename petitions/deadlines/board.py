"""The board of what is overdue or near: by unit, by clock and by how long, every number that of the list it leads to.

Every case the reader sees counts once: with its most urgent duty, whoever owes it, so that all tables add up to the
sums above them. The lists behind the numbers look through the same `Lens` (petitions/cases/duties.py), so a number
here is the total of its list. The database counts: what comes here is a row for each unit and clock, however many cases
there are.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Subquery, and_, case, func, select
from sqlalchemy.orm import joinedload

from petitions import clock, db
from petitions.access import units
from petitions.access.models import Unit, User
from petitions.cases.chip import Chip
from petitions.cases.duties import NOBODY, SEVERITIES, SOON, Lens, chip_of, falls, name_of, owed
from petitions.cases.facets import Chosen
from petitions.cases.limits import MEDIATION
from petitions.cases.listing import is_large, reach
from petitions.cases.models import Case, Deadline
from petitions.cases.queries import visible_to
from petitions.words import Sentence, say

WORST = 8
"""So many of the most overdue cases stand on the board itself: they still fit the sheet that is printed."""


@dataclass(frozen=True)
class Counts:
    """How many cases of one row of the board."""

    overdue: int = 0
    today: int = 0
    soon: int = 0
    """Within seven days, today's included."""
    longest: int = 0
    """Days of the longest overdue one."""
    late: Mapping[str, int] = field(default_factory=dict)
    """How many are overdue for how long, by SEVERITIES."""

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
    tallied = _tallied(reader, today)
    counted = [
        OfUnit(known[unit_id], _sum(row for row in tallied if row.unit_id == unit_id))
        for unit_id in dict.fromkeys(row.unit_id for row in tallied)
    ]
    listed = sorted(counted, key=lambda row: (-row.counts.overdue, -row.counts.soon, row.unit.id))
    return Board(
        total=_sum(tallied),
        units=listed,
        calm=len(_owing(reader) - {row.unit.id for row in listed}),
        clocks=[
            OfClock(limit.code, say(limit.name), _sum(row for row in tallied if row.code == limit.code))
            for limit in owed()
            # Most readers have nothing to do with mediation: its clocks stand there once one of them presses.
            if limit not in MEDIATION or any(row.code == limit.code for row in tallied)
        ],
        worst=_worst(reader, today),
    )


@dataclass(frozen=True)
class _Tally:
    """What the database counts for a unit and a clock."""

    unit_id: int
    code: str
    counts: Counts


def _tallied(reader: User, today: date) -> list[_Tally]:
    first, windows = _firsts(reader, today), ("overdue", "today", "soon", *SEVERITIES)
    numbers = [func.sum(case((falls(first.c, window, today), 1), else_=0)) for window in windows]
    first_late = func.min(case((falls(first.c, "overdue", today), first.c.due_on)))
    rows = select(first.c.unit_id, first.c.code, first_late, *numbers).where(first.c.place == 1)
    found = []
    for unit_id, code, since, overdue, due_today, soon, *late in db.session().execute(
        rows.group_by(first.c.unit_id, first.c.code)
    ):
        longest = (today - since).days if since else 0
        counts = Counts(overdue, due_today, soon, longest, dict(zip(SEVERITIES, late, strict=True)))
        found.append(_Tally(unit_id, code, counts))
    return found


def _firsts(reader: User, today: date) -> Subquery:
    """The duties that are overdue or near in the cases this person sees; of every case the one it shows (`Lens.is_first`) has
    the first `place`.

    What presses more than a near one is nearer still, so all that matter are read, once, along the index by target.
    """
    place = func.row_number().over(partition_by=Deadline.case_id, order_by=(Deadline.target_on, Deadline.id))
    near: Any = (
        select(Deadline.id, Deadline.unit_id, Deadline.code, Deadline.due_on, Deadline.target_on, place.label("place"))
        .join(Case, Case.id == Deadline.case_id)
        .where(
            Deadline.ended_on.is_(None),
            Deadline.window.is_(False),
            Deadline.target_on <= today + timedelta(days=SOON),
        )
    )
    found: Subquery = reach(near, reader).subquery()
    return found


def _sum(tallied: Iterable[_Tally]) -> Counts:
    rows = [row.counts for row in tallied]
    return Counts(
        sum(row.overdue for row in rows), sum(row.today for row in rows), sum(row.soon for row in rows),
        max((row.longest for row in rows), default=0), {name: sum(row.late[name] for row in rows) for name in SEVERITIES},
    )  # fmt: skip


def _owing(reader: User) -> set[int]:
    """The units that owe something in the cases this person sees.

    Who sees more cases than are counted asks only whether there is one, of each unit of their region and above it.
    """
    open_duty = and_(Deadline.ended_on.is_(None), Deadline.window.is_(False))
    if not is_large(reader):
        query: Any = select(Deadline.unit_id).join_from(Deadline, Case, Case.id == Deadline.case_id).where(open_duty)
        return set(db.session().scalars(reach(query, reader).distinct()))
    region = units.region_of(reader.unit_id)
    near = {*units.upwards(reader.unit_id), region, *(unit.id for unit in units.below(region))}
    theirs: Any = (
        select(Deadline.id).join(Case, Case.id == Deadline.case_id).where(open_duty, Deadline.unit_id == Unit.id)
    )
    # The first one in the index by unit and day, asked for as such: of an EXISTS PostgreSQL makes a join over every clock.
    one = visible_to(reader, theirs).correlate(Unit).order_by(Deadline.due_on).limit(1).scalar_subquery()
    return set(db.session().scalars(select(Unit.id).where(Unit.id.in_(near), one.is_not(None))))


def _worst(reader: User, today: date) -> list[Worst]:
    """The most overdue ones, worst first."""
    late: Any = (
        select(Deadline.id)
        .join(Case, Case.id == Deadline.case_id)
        .where(Lens(unit_id=NOBODY).is_first(Deadline), falls(Deadline, "overdue", today))
        .order_by(Deadline.due_on, Deadline.id)
        .limit(WORST)
    )
    ids = db.session().scalars(reach(late, reader)).all()
    wanted = select(Deadline).where(Deadline.id.in_(ids)).options(joinedload(Deadline.case), joinedload(Deadline.unit))
    rows = sorted(db.session().scalars(wanted), key=lambda row: (row.due_on, row.id)) if ids else []
    return [Worst(row.case, name_of(row), chip_of(row), row.unit.name if row.unit else "") for row in rows]


def overdue_of(unit_id: int) -> Chosen:
    """The list behind a unit's overdue cases: all of them may be urged at once."""
    return Chosen({"clock": "overdue", "duty": "any", "pressing_unit": str(unit_id)})
