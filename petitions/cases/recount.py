"""Counting open clocks again: which of them change, and how, when what they are counted by has changed.

It only works out; `cases/timing.py` writes. The cause may be a calendar that was corrected, or any other thing the
dates depend on. Three kinds of date stay: one that a person named, one of a clock that has ended, and the least rest
of a clock that was taken back from a unit (limits.py, `floor`): it moves no earlier than that. A clock that stands still
has no date; it is counted when it runs on.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import bindparam, select

from petitions import clock, db
from petitions.cases import clocks, local_limits, rest
from petitions.cases.clocks import Calendar, Pause
from petitions.cases.kinds import KINDS
from petitions.cases.limits import LIMITS
from petitions.cases.models import Case, Deadline, Event
from petitions.words import Sentence, say

CHUNK = 1000
"""Clocks read at once: a county has some thousand open ones, a city a hundred thousand."""


@dataclass(frozen=True)
class Clock:
    """An open clock whose date was counted, as it stands in its row."""

    least: date
    """The day before which it may not end; `date.min` for most."""
    pauses: tuple[Pause, ...]
    id: int
    case_id: int
    code: str
    rule: str
    """The version of its limit it was started under: it is counted by that one for ever."""
    unit_id: int | None
    window: bool
    start_on: date
    length: int
    extension: int
    nominal_on: date
    due_on: date
    target_on: date
    provisional: bool


@dataclass(frozen=True)
class Move:
    """What becomes of a clock that is counted again."""

    clock: Clock
    nominal_on: date
    due_on: date
    target_on: date
    provisional: bool

    @property
    def is_seen(self) -> bool:
        """Whether a day moves; otherwise only the remark that it is provisional comes or goes."""
        was = self.clock
        return (self.due_on, self.target_on, self.nominal_on) != (was.due_on, was.target_on, was.nominal_on)

    def becomes_late(self, today: date) -> bool:
        """Whether its last day lies behind us only now."""
        return self.due_on < today <= self.clock.due_on

    def is_late_no_more(self, today: date) -> bool:
        """Whether its last day lay behind us and does not any more."""
        return self.clock.due_on < today <= self.due_on


def recounted(running: Clock, calendar: Calendar) -> Move | None:
    """The clock by this calendar, with its extension and its least rest; None when nothing of it changes."""
    limit = local_limits.of(running)
    span = clocks.due(
        running.start_on, running.length, limit.unit, calendar, roll=limit.roll, extension=running.extension,
        pauses=running.pauses,
    )  # fmt: skip
    due_on, target_on = max(span.rolled, running.least), max(span.target, running.least)
    move = Move(running, span.nominal, due_on, target_on, span.provisional)
    return move if move.is_seen or move.provisional != running.provisional else None


def moves(calendar: Calendar, case_id: int | None = None) -> Iterator[Move]:
    """Every open clock that changes by this calendar, or those of one case, in the order of their numbers."""
    for running in open_clocks(case_id):
        move = recounted(running, calendar)
        if move is not None:
            yield move


def open_clocks(case_id: int | None = None) -> Iterator[Clock]:
    """The open clocks whose date was counted, of one case or of all, a chunk at a time."""
    last, wanted = 0, _OPEN if case_id is None else _OF_CASE
    while True:
        rows = db.session().execute(wanted, {"last": last, "case": case_id}).all()
        for *own, pauses, kind, action, at in rows:
            last, code = own[0], own[2]
            yield Clock(_least(code, kind, action, at), tuple(rest.intervals(pauses)), *own)
        if len(rows) < CHUNK:
            return


_OPEN = (
    select(
        Deadline.id, Deadline.case_id, Deadline.code, Deadline.rule, Deadline.unit_id, Deadline.window, Deadline.start_on,
        Deadline.length, Deadline.extension, Deadline.nominal_on, Deadline.due_on, Deadline.target_on,
        Deadline.provisional, Deadline.pauses, Case.kind, Event.action, Event.at,
    )
    .join(Case, Case.id == Deadline.case_id)
    .join(Event, Event.id == Deadline.started_by_id)
    .where(
        Deadline.ended_on.is_(None), Deadline.length.is_not(None), Deadline.rests_since.is_(None),
        Deadline.id > bindparam("last"),
    )
    .order_by(Deadline.id)
    .limit(CHUNK)
)  # fmt: skip
# Built once: five thousand cases go through the door one by one.
_OF_CASE = _OPEN.where(Deadline.case_id == bindparam("case"))


def least_of(deadline: Deadline) -> date:
    """The day before which a clock may not end, of its row; `date.min` for most."""
    begun = deadline.started_by
    return _least(deadline.code, deadline.case.kind, begun.action, begun.at)


def _least(code: str, kind: str, action: str, at: datetime) -> date:
    """The last day before which a clock that runs on after an undoing may not end."""
    floor = LIMITS[code].floor
    if floor is None or code not in KINDS[kind].flow.action[action].resumes:
        return date.min
    return clock.day_of(at) + timedelta(days=floor)


def said(seen: Iterable[Move]) -> Sentence:
    """What a history says of the days that moved: 办结60日由2027年2月6日改为2027年2月18日."""
    lines = [
        say(
            "{clock}由{before}改为{after}", clock=local_limits.of(move.clock).short,
            before=clocks.in_words(move.clock.due_on), after=clocks.in_words(move.due_on),
        )
        for move in seen
    ]  # fmt: skip
    return _in_turn(list(dict.fromkeys(lines)))


def _in_turn(lines: list[Sentence]) -> Sentence:
    first, *others = lines
    return say("{first}；{rest}", first=first, rest=_in_turn(others)) if others else first
