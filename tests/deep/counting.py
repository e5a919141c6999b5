"""A second count of terms, written in SQL over a table of days: it shares no line and no idea with clocks.py.

The product steps from day to day and merges intervals; this one lists all days, strikes out those that do not count,
and takes the n-th that is left.
"""

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from petitions.cases.clocks import Calendar, Pause, Unit

FIRST, LAST = date(2019, 1, 1), date(2034, 12, 31)
"""The days of the table."""

_SETTLED = """
    strftime('%Y', day) IN (SELECT year FROM published) AND
    (strftime('%m-%d', day) < '12-25' OR CAST(strftime('%Y', day) + 1 AS TEXT) IN (SELECT year FROM published))
"""
_COUNTED = """
    day > :start AND (:workdays = 0 OR worked) AND NOT EXISTS (SELECT 1 FROM pauses WHERE day BETWEEN first AND last)
"""


@dataclass(frozen=True)
class Term:
    """A term to be counted."""

    start: date
    length: int
    unit: Unit
    roll: bool = True
    extension: int = 0
    pauses: tuple[Pause, ...] = ()


@dataclass(frozen=True)
class Counted:
    """What a count comes to."""

    nominal: date
    rolled: date
    target: date
    provisional: bool
    skipped: int
    paused: int


class Days:
    """All days of some years, and which of them are worked."""

    def __init__(self, holidays: Iterable[date], workdays: Iterable[date], published: Iterable[int] = ()) -> None:
        self.connection = sqlite3.connect(":memory:")
        self.connection.executescript(
            "CREATE TABLE days (day TEXT PRIMARY KEY, worked INTEGER, settled INTEGER) WITHOUT ROWID;"
            "CREATE TABLE holidays (day TEXT); CREATE TABLE makeups (day TEXT); CREATE TABLE published (year TEXT);"
            "CREATE TABLE pauses (first TEXT, last TEXT);"
        )
        for table, rows in (("holidays", holidays), ("makeups", workdays), ("published", published)):
            self.connection.executemany(f"INSERT INTO {table} VALUES (?)", [(str(row),) for row in rows])
        self.connection.execute(
            "WITH RECURSIVE every(day) AS (SELECT ? UNION ALL SELECT date(day, '+1 day') FROM every WHERE day < ?)"
            "INSERT INTO days SELECT day, CASE WHEN day IN (SELECT day FROM makeups) THEN 1"
            " WHEN day IN (SELECT day FROM holidays) THEN 0 ELSE strftime('%w', day) NOT IN ('0', '6') END,"
            f"{_SETTLED} FROM every",
            (str(FIRST), str(LAST)),
        )

    def count(self, term: Term) -> Counted:
        """The term's days; months and years are first made the days they last from this start."""
        if term.unit in (Unit.MONTHS, Unit.YEARS):
            lasts = self._lasts(term.start, (term.length + term.extension) * (12 if term.unit is Unit.YEARS else 1))
            return self.count(replace(term, length=lasts, extension=0, unit=Unit.DAYS))
        self.connection.execute("DELETE FROM pauses")
        self.connection.executemany("INSERT INTO pauses VALUES (?, ?)", [(str(a), str(b)) for a, b in term.pauses])
        named = {
            "start": str(term.start),
            "workdays": term.unit is Unit.WORKDAYS,
            "total": term.length + term.extension,
        }
        nominal = str(term.start)
        if named["total"]:
            nominal = self._one(f"SELECT day FROM days WHERE {_COUNTED} ORDER BY day LIMIT 1 OFFSET :total - 1", named)
        rolled = (
            self._one("SELECT min(day) FROM days WHERE day >= :day AND worked", {"day": nominal})
            if term.roll
            else nominal
        )
        # Of 日 only the end is asked whether it is worked, and only where it may move; of 工作日 every day.
        asked = {"from": nominal, "to": rolled, "start": str(term.start)}
        which = "day > :start AND day <= :to" if term.unit is Unit.WORKDAYS else "day BETWEEN :from AND :to"
        which = which if term.unit is Unit.WORKDAYS or term.roll else "0"
        off, unsettled = self._row(f"SELECT sum(NOT worked), sum(NOT settled) FROM days WHERE {which}", asked)
        paused = self._one(
            "SELECT count(*) FROM days WHERE day > :start AND day <= :from"
            " AND EXISTS (SELECT 1 FROM pauses WHERE day BETWEEN first AND last)", asked,
        )  # fmt: skip
        return Counted(
            date.fromisoformat(nominal), date.fromisoformat(rolled), date.fromisoformat(min(nominal, rolled)),
            bool(unsettled), off or 0, int(paused),
        )  # fmt: skip

    def _lasts(self, start: date, months: int) -> int:
        """To the last day of that month whose number is no greater than the start's (民法典第202条)."""
        named = {"start": str(start), "number": start.day, "months": f"+{months} months"}
        month = "substr(date(:start, 'start of month', :months), 1, 7)"
        last = f"(SELECT max(day) FROM days WHERE substr(day, 1, 7) = {month} AND CAST(substr(day, 9) AS INTEGER) <= :number)"
        return int(self._one(f"SELECT CAST(julianday({last}) - julianday(:start) AS INTEGER)", named))

    def left(self, due_on: date, today: date, unit: Unit) -> int:
        """How many 日 or 工作日 are left; over a weekend after the end at least one is gone."""
        days = f"SELECT CAST(julianday('{due_on}') - julianday('{today}') AS INTEGER)"
        if unit is not Unit.WORKDAYS or due_on == today:
            return int(self._one(days, {}))
        first, last = sorted((due_on, today))
        worked = "SELECT max(1, sum(worked)) FROM days WHERE day > :first AND day <= :last"
        count = int(self._one(worked, {"first": str(first), "last": str(last)}))
        return count if due_on > today else -count

    def _one(self, query: str, named: Mapping[str, object]) -> str:
        return str(self._row(query, named)[0])

    def _row(self, query: str, named: Mapping[str, object]) -> tuple[int, ...]:
        found: tuple[int, ...] = self.connection.execute(query, dict(named)).fetchone()
        return found


def invented_calendar(draw: Random) -> Calendar:
    """Years of holidays that never were, with days made up for, some of them contradictory; some years unannounced."""
    holidays: dict[date, str] = {}
    workdays: set[date] = set()
    for year in range(FIRST.year, LAST.year + 1):
        for _ in range(draw.randrange(10)):
            begin = date(year, 1, 1) + timedelta(days=draw.randrange(365))
            for number in range(draw.randrange(1, 11)):
                holidays[begin + timedelta(days=number)] = "假"
            workdays |= {begin + timedelta(days=draw.randrange(-14, 14)) for _ in range(draw.randrange(4))}
    published = {year for year in range(FIRST.year, LAST.year + 1) if draw.random() < 0.8}
    return Calendar(holidays, frozenset(workdays), frozenset(published))


def invented_term(draw: Random) -> Term:
    """A term as the law knows them, or one that no law would write."""
    start = date(2020, 1, 1) + timedelta(days=draw.randrange(10 * 365))
    unit = draw.choice((Unit.DAYS, Unit.DAYS, Unit.DAYS, Unit.WORKDAYS, Unit.WORKDAYS, Unit.MONTHS, Unit.YEARS))
    length, more = (
        draw.choice((0, 1, 5, 15, 30, 60, 60, draw.randrange(121))),
        draw.choice((0, 0, 0, 10, 30, draw.randrange(31))),
    )
    if unit in (Unit.MONTHS, Unit.YEARS):
        length, more = draw.choice((0, 1, 2, 6)), draw.choice((0, 0, 1))
        length, more = (length, more) if unit is Unit.MONTHS else (length // 2, more)
    pauses = [start + timedelta(days=draw.randrange(-20, 150)) for _ in range(draw.choice((0, 0, 1, 2, 3)))]
    return Term(
        start, length, unit, roll=draw.random() < 0.8, extension=more,
        pauses=tuple((first, first + timedelta(days=draw.choice((0, 1, 6, 13, 29)))) for first in pauses),
    )  # fmt: skip
