"""A year as it is drawn: twelve months of weeks, each day with its sign, and the holidays as stretches of days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from petitions.cases.calendar import DayKind, DayOff
from petitions.cases.clocks import Calendar
from petitions.words import Sentence, say

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Cell:
    """One day of the grid."""

    day: date
    sort: str
    """off, worked, weekend or plain: the colour, never the only sign."""
    mark: Sentence | None
    """休 or 班, for a day that differs from Monday to Friday or belongs to a holiday."""
    name: str


@dataclass(frozen=True)
class Month:
    """One month."""

    first: date
    weeks: Sequence[Sequence[Cell | None]]
    """Monday to Sunday; None before the first and after the last day."""


@dataclass(frozen=True)
class Stretch:
    """Days of one holiday in a row."""

    first: date
    last: date
    one: DayOff

    @property
    def days(self) -> int:
        """How many."""
        return (self.last - self.first).days + 1

    @property
    def mark(self) -> Sentence:
        """休 or 班."""
        return MARKS[self.one.kind]


MARKS: Mapping[DayKind, Sentence] = {DayKind.HOLIDAY: say("休"), DayKind.WORKDAY: say("班")}


def months(year: int, calendar: Calendar) -> list[Month]:
    """The twelve months."""
    return [Month(date(year, month, 1), _weeks(date(year, month, 1), calendar)) for month in range(1, 13)]


def _weeks(first: date, calendar: Calendar) -> list[list[Cell | None]]:
    cells: list[Cell | None] = [None] * first.weekday()
    day = first
    while day.month == first.month:
        cells.append(_cell(day, calendar))
        day += _DAY
    cells += [None] * (-len(cells) % 7)
    return [cells[start : start + 7] for start in range(0, len(cells), 7)]


def _cell(day: date, calendar: Calendar) -> Cell:
    if day in calendar.workdays:
        return Cell(day, "worked", MARKS[DayKind.WORKDAY], "")
    if day in calendar.holidays:
        return Cell(day, "off", MARKS[DayKind.HOLIDAY], calendar.holidays[day])
    return Cell(day, "plain" if calendar.is_workday(day) else "weekend", None, "")


def stretches(days: Mapping[date, DayOff]) -> list[Stretch]:
    """The days as stretches, in their order; a make-up working day is a stretch of its own."""
    found: list[Stretch] = []
    for day, one in sorted(days.items()):
        if found and found[-1].one == one and found[-1].last + _DAY == day:
            found[-1] = Stretch(found[-1].first, day, one)
        else:
            found.append(Stretch(day, day, one))
    return found
