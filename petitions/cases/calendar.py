"""The calendar of days off: two tables an administrator keeps, and the seed they begin with.

The State Council announces each year's days off in the autumn before. Announced years come from the package
chinesecalendar; the years after them hold the statutory days only and stay unpublished, so that every date
which depends on them says that it is provisional. A year without any row has Monday to Friday and the holidays that
fall on the same day every year. Changes go through petitions/daysoff, which counts the open clocks again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from chinese_calendar.constants import Holiday, holidays, workdays
from sqlalchemy import CheckConstraint, ColumnElement, delete, literal, null, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from petitions import clock, db
from petitions.cases.clocks import Calendar, notice_year
from petitions.cases.festivals import FESTIVALS, statutory

FIRST_YEAR = 2004
"""The first year the package knows; old ledgers bring true dates from there on."""

AHEAD = 2
"""So many years after the present one are always known: no clock runs longer than a year (T6 with its extension: 90 日)."""

NOTICE_MONTH = 11
"""The State Council announces the next year's days off at the end of October or in November."""

_CACHE, _HELD = "petitions.calendar", "petitions.calendar.held"

_LOCK = 2004027
"""Any number: whoever counts by the calendar shares this lock of one PostgreSQL, whoever changes it holds it alone."""


class DayKind(StrEnum):
    """What a row says about its day."""

    HOLIDAY = "holiday"
    WORKDAY = "workday"


class Source(StrEnum):
    """Who wrote a row. The seed touches only what it wrote itself."""

    PACKAGE = "chinesecalendar"
    STATUTE = "statute"
    ADMINISTRATOR = "administrator"


_SEEDED = (Source.PACKAGE, Source.STATUTE)


class CalendarDay(db.Base):
    """A day that differs from Monday to Friday, or belongs to a holiday."""

    __tablename__ = "calendar_days"
    __table_args__ = (CheckConstraint("kind IN ('holiday','workday')", name="kind"),)

    day: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]
    """The holiday, in Chinese; for a make-up working day the holiday it makes up for."""
    source: Mapped[str] = mapped_column(default=Source.ADMINISTRATOR)


class CalendarYear(db.Base):
    """What is known about one year."""

    __tablename__ = "calendar_years"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    notice: Mapped[str] = mapped_column(default="")
    """Name of the State Council notice; empty while there is none."""
    published: Mapped[bool] = mapped_column(default=False)
    source: Mapped[str] = mapped_column(default=Source.ADMINISTRATOR)
    """`administrator` as soon as somebody changed or removed any day of the year: then it is theirs."""


def seed_calendar() -> tuple[int, ...]:
    """Write the years that are missing and replace provisional ones that are announced by now; the years written.

    May be run at every upgrade. A year in which an administrator has a hand is left alone, and so is every
    row that is not the seed's own. Open deadlines of a returned year may have to be counted again.
    """
    opened = db.session()
    known = {row.year: row for row in opened.scalars(select(CalendarYear))}
    announced = sorted({notice_year(day) for day in holidays} - set(range(FIRST_YEAR)))
    written = []
    for year in announced:
        row = known.get(year)
        if row is None:
            opened.add(_announced_year(year))
        elif _is_ours(opened, row) and not row.published:
            opened.execute(delete(CalendarDay).where(_of_year(year)))
            row.notice, row.published, row.source = _notice(year), True, Source.PACKAGE
        else:
            continue
        _fill(opened, year, _announced_days(year))
        written.append(year)
    for year in sorted(set(FESTIVALS) - set(announced) - set(known)):
        opened.add(CalendarYear(year=year, notice="", published=False, source=Source.STATUTE))
        days = statutory(year).items()
        _fill(
            opened,
            year,
            [CalendarDay(day=day, kind=DayKind.HOLIDAY, name=name, source=Source.STATUTE) for day, name in days],
        )
        written.append(year)
    opened.flush()
    opened.info.pop(_CACHE, None)
    return tuple(written)


@dataclass(frozen=True)
class DayOff:
    """What one row says: a holiday, or a make-up working day."""

    kind: DayKind
    name: str


def days_of(year: int) -> dict[date, DayOff]:
    """The rows of a year, by day; those a year without rows has by law."""
    rows = db.session().scalars(select(CalendarDay).where(_of_year(year)).order_by(CalendarDay.day))
    found = {row.day: DayOff(DayKind(row.kind), row.name) for row in rows}
    if found or db.session().get(CalendarYear, year) is not None:
        return found
    return {day: DayOff(DayKind.HOLIDAY, name) for day, name in sorted(statutory(year).items())}


def with_year(calendar: Calendar, year: int, days: Mapping[date, DayOff], *, published: bool) -> Calendar:
    """The calendar as it would be with these days in the year; nothing is written."""
    others = {day: name for day, name in calendar.holidays.items() if notice_year(day) != year}
    worked = {day for day in calendar.workdays if notice_year(day) != year}
    own = {day: one.name for day, one in days.items() if one.kind is DayKind.HOLIDAY}
    made_up = {day for day, one in days.items() if one.kind is DayKind.WORKDAY}
    years = calendar.published | {year} if published else calendar.published - {year}
    return Calendar(others | own, frozenset(worked | made_up), frozenset(years))


def write_year(year: int, days: Mapping[date, DayOff], *, notice: str, published: bool) -> CalendarYear:
    """Let the year have these days and no others; it is an administrator's from now on. Its row."""
    opened = db.session()
    standing = {row.day: row for row in opened.scalars(select(CalendarDay).where(_of_year(year)))}
    for day in standing.keys() - days.keys():
        opened.delete(standing[day])
    for day, one in days.items():
        row = standing.get(day)
        if row is None:
            opened.add(CalendarDay(day=day, kind=one.kind, name=one.name))
        elif (row.kind, row.name) != (one.kind, one.name):
            row.kind, row.name, row.source = one.kind, one.name, Source.ADMINISTRATOR
    known = opened.get(CalendarYear, year)
    if known is None:
        known = CalendarYear(year=year)
        opened.add(known)
    known.notice, known.published, known.source = notice, published, Source.ADMINISTRATOR
    opened.flush()
    opened.info.pop(_CACHE, None)
    return known


def awaited() -> int | None:
    """The year whose days off should be entered by now and are not; the present one, or the next from November on."""
    calendar, today = load_calendar(), clock.today()
    if not calendar.knows(today.year):
        return today.year
    return today.year + 1 if today.month >= NOTICE_MONTH and not calendar.knows(today.year + 1) else None


def hold() -> None:
    """Whoever counts a clock: until the commit nobody changes the calendar under it. Asked before a case is locked.

    SQLite's BEGIN IMMEDIATE has done so already. A change that is under way is waited for, and the calendar read anew.
    """
    _hold("pg_advisory_xact_lock_shared")


def hold_to_change() -> None:
    """Wait for whoever is counting, and let nobody count until the commit."""
    _hold("pg_advisory_xact_lock")


def _hold(lock: str) -> None:
    session = db.session()
    if session.get_bind().dialect.name == "sqlite":
        return
    # A savepoint that is undone lets its locks go: what was taken in one holds for what lies within it.
    held = session.info.setdefault(_HELD, set())
    here = within = session.get_nested_transaction() or session.get_transaction()
    while within is not None:
        if (within, lock) in held:
            return
        within = within.parent
    session.execute(text(f"SELECT {lock}(:number)"), {"number": _LOCK})
    held.add((here or session.get_transaction(), lock))
    session.info.pop(_CACHE, None)


def load_calendar(*, fresh: bool = False) -> Calendar:
    """The calendar as it stands, read once per session; `fresh` reads it again after a change in the same session."""
    opened = db.session()
    if fresh or _CACHE not in opened.info:
        opened.info[_CACHE] = _read(opened)
    calendar: Calendar = opened.info[_CACHE]
    return calendar


def _read(opened: Session) -> Calendar:
    days_off: dict[date, str] = {}
    worked: set[date] = set()
    days = select(CalendarDay.day, CalendarDay.kind, CalendarDay.name, literal(0))
    announced = select(null(), literal(""), literal(""), CalendarYear.year).where(CalendarYear.published)
    years: set[int] = set()
    # One query for both tables: every page with a date on it asks.
    for day, kind, name, year in opened.execute(days.union_all(announced)):
        if day is None:
            years.add(year)
        elif kind == DayKind.WORKDAY:
            worked.add(day)
        else:
            days_off[day] = name
    known = {day.year for day in days_off}
    # Beyond the last year of the tables the holidays that are fixed by law are off all the same.
    for year in range(min(known), clock.today().year + AHEAD + 1) if known else ():
        if year not in known:
            days_off.update(statutory(year))
    return Calendar(days_off, frozenset(worked), frozenset(years))


def _is_ours(opened: Session, row: CalendarYear) -> bool:
    sources = set(opened.scalars(select(CalendarDay.source).where(_of_year(row.year)).distinct()))
    return (sources | {row.source}) <= set(_SEEDED)


def _of_year(year: int) -> ColumnElement[bool]:
    """The days a year's notice decides on, as notice_year() has it."""
    return CalendarDay.day.between(date(year - 1, 12, 25), date(year, 12, 24))


def _fill(opened: Session, year: int, rows: list[CalendarDay]) -> None:
    taken = set(opened.scalars(select(CalendarDay.day).where(_of_year(year))))
    opened.add_all(row for row in rows if row.day not in taken)


def _announced_year(year: int) -> CalendarYear:
    return CalendarYear(year=year, notice=_notice(year), published=True, source=Source.PACKAGE)


def _notice(year: int) -> str:
    return f"国务院办公厅关于{year}年部分节假日安排的通知"


def _announced_days(year: int) -> list[CalendarDay]:
    tables = ((DayKind.HOLIDAY, holidays), (DayKind.WORKDAY, workdays))
    return [
        CalendarDay(day=day, kind=kind, name=_chinese(holiday), source=Source.PACKAGE)
        for kind, table in tables
        for day, holiday in table.items()
        if notice_year(day) == year
    ]


def _chinese(holiday: str) -> str:
    """The full Chinese name; the package shortens three of them (清明, 端午, 中秋)."""
    name: str = Holiday(holiday).chinese
    return f"{name}节" if name in ("清明", "端午", "中秋") else name
