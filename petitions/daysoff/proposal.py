"""A change of the calendar before it is made: which days it changes, which clocks move by it, and its fingerprint.

The administrator sees what will happen and confirms that very thing. Whatever the calendar or a clock has become in
between, the fingerprint tells, and nothing is written.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from petitions import clock, db
from petitions.access.models import User
from petitions.cases import local_limits, recount
from petitions.cases.calendar import CalendarYear, DayOff, days_of, load_calendar, with_year
from petitions.cases.clocks import Calendar
from petitions.cases.limits import LIMITS
from petitions.cases.models import Case
from petitions.cases.queries import visible_to
from petitions.cases.recount import Move
from petitions.daysoff import arrangement, reading
from petitions.words import Refused, Sentence, say

SHOWN = 200
"""Clocks that are listed one by one; all are counted."""

_AT_ONCE = 500
"""Numbers in one query; SQLite takes at most 32,766 values."""


@dataclass(frozen=True)
class Proposal:
    """The days a year is to have, on what ground, and whether the State Council has announced them."""

    year: int
    days: Mapping[date, DayOff]
    ground: str
    """The notice of an announced year, the reason for a single day: it is written into every history it touches."""
    notice: str
    published: bool

    def calendar(self) -> Calendar:
        """The calendar as it would be."""
        return with_year(load_calendar(), self.year, self.days, published=self.published)


def of_notice(year: int, text: str, notice: str) -> Proposal:
    """What a pasted or uploaded arrangement proposes. Raises Refused for what it cannot be."""
    days = reading.read(text, year)
    arrangement.insist(year, days)
    return Proposal(year, days, notice, notice, published=True)


def of_day(year: int, day: date, one: DayOff | None, ground: str) -> Proposal:
    """What a single day proposes, the others of the year staying. Raises Refused for what the year cannot be then."""
    if reason := arrangement.why_not_of(year, day):
        raise Refused(reason)
    days = dict(days_of(year))
    days.pop(day, None)
    if one is not None:
        days[day] = one
    days = dict(sorted(days.items()))
    arrangement.insist(year, days)
    known = db.session().get(CalendarYear, year)
    return Proposal(year, days, ground, known.notice if known else "", published=bool(known and known.published))


@dataclass(frozen=True)
class Change:
    """One day that becomes something else."""

    day: date
    before: DayOff | None
    after: DayOff | None


@dataclass(frozen=True)
class Line:
    """One clock of a case the reader may see."""

    case_id: int
    number: str
    clock: Sentence
    move: Move
    outcome: Sentence | None
    """What becomes of it: late now, late no more."""


@dataclass(frozen=True)
class Consequences:
    """What a proposal does."""

    changes: Sequence[Change]
    moves: Sequence[Move]
    """Every clock that changes, those included of which only the remark changes."""
    fingerprint: str
    today: date
    announces: bool
    """Whether the year becomes an announced one, or is announced by another notice."""

    @property
    def is_idle(self) -> bool:
        """Whether nothing would be any different."""
        return not (self.changes or self.moves or self.announces)

    @property
    def seen(self) -> list[Move]:
        """The clocks whose day moves."""
        return [move for move in self.moves if move.is_seen]

    @property
    def cases(self) -> int:
        """How many cases they belong to."""
        return len({move.clock.case_id for move in self.seen})

    @property
    def settled(self) -> int:
        """Clocks whose day stays while the remark that it is provisional comes or goes."""
        return len(self.moves) - len(self.seen)

    @property
    def late(self) -> int:
        """Duties that become overdue by it."""
        return sum(not move.clock.window and move.becomes_late(self.today) for move in self.seen)

    @property
    def late_no_more(self) -> int:
        """Duties that are overdue and cease to be."""
        return sum(not move.clock.window and move.is_late_no_more(self.today) for move in self.seen)

    def by_clock(self) -> list[tuple[Sentence, int]]:
        """How many of each clock move, in the order of the law."""
        counted = {code: sum(move.clock.code == code for move in self.seen) for code in LIMITS}
        return [(say(LIMITS[code].name), count) for code, count in counted.items() if count]


def consequences(proposal: Proposal) -> Consequences:
    """What the proposal would do, worked out from the calendar and the clocks as they stand. Nothing is written."""
    before, after = days_of(proposal.year), proposal.days
    changes = [
        Change(day, before.get(day), after.get(day))
        for day in sorted(before.keys() | after.keys())
        if before.get(day) != after.get(day)
    ]
    moves = list(recount.moves(proposal.calendar()))
    known = db.session().get(CalendarYear, proposal.year)
    announces = (proposal.published, proposal.notice) != ((known.published, known.notice) if known else (False, ""))
    return Consequences(changes, moves, _fingerprint(proposal, before, moves), clock.today(), announces)


def _fingerprint(proposal: Proposal, before: Mapping[date, DayOff], moves: Sequence[Move]) -> str:
    known = db.session().get(CalendarYear, proposal.year)
    said = {
        "year": [proposal.year, proposal.ground, proposal.notice, proposal.published],
        "before": [[day.isoformat(), one.kind, one.name] for day, one in sorted(before.items())],
        "was": [known.notice, known.published, known.source] if known else [],
        "after": [[day.isoformat(), one.kind, one.name] for day, one in sorted(proposal.days.items())],
        "moves": [
            [move.clock.id, *(one.isoformat() for one in (
                move.clock.nominal_on, move.clock.due_on, move.clock.target_on, move.nominal_on, move.due_on,
                move.target_on)), move.provisional]
            for move in moves
        ],
    }  # fmt: skip
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


def lines(found: Consequences, user: User) -> list[Line]:
    """The clocks that move of cases this person may see: the pressing ones first, at most SHOWN."""
    ordered = sorted(found.seen, key=lambda move: (_outcome(move, found.today) is None, move.due_on, move.clock.id))
    numbers = _numbers({move.clock.case_id for move in ordered}, user)
    return [
        Line(
            move.clock.case_id, numbers[move.clock.case_id], local_limits.of(move.clock).short, move,
            _outcome(move, found.today),
        )
        for move in ordered
        if move.clock.case_id in numbers
    ][:SHOWN]  # fmt: skip


def _numbers(case_ids: set[int], user: User) -> dict[int, str]:
    found: dict[int, str] = {}
    wanted = sorted(case_ids)
    for start in range(0, len(wanted), _AT_ONCE):
        query = select(Case.id, Case.number).where(Case.id.in_(wanted[start : start + _AT_ONCE]))
        found.update((case_id, number) for case_id, number in db.session().execute(visible_to(user, query)))
    return found


def _outcome(move: Move, today: date) -> Sentence | None:
    if move.becomes_late(today):
        return say("变为届满") if move.clock.window else say("变为超期")
    if move.is_late_no_more(today):
        return say("不再届满") if move.clock.window else say("不再超期")
    return None
