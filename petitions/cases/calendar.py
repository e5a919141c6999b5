"""The calendar of days off: two tables an administrator keeps, and the seed they begin with.

The State Council announces each year's days off in the autumn before. Announced years come from the package
chinesecalendar; the years after them hold the statutory days only and stay unpublished, so that every date
which depends on them says that it is provisional. A year without any row is simply Monday to Friday.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from chinese_calendar.constants import Holiday, holidays, workdays
from sqlalchemy import CheckConstraint, ColumnElement, delete, literal, null, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from petitions import db
from petitions.cases.clocks import Calendar, notice_year

FIRST_YEAR = 2015
"""Older years are not seeded: no clock of the regulation (2022) reaches them, and old ledgers bring true dates."""

_CACHE = "petitions.calendar"


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


@dataclass(frozen=True)
class Festivals:
    """The days of a year that follow the moon or the sun."""

    spring: date
    """正月初一."""
    qingming: date
    dragon_boat: date
    mid_autumn: date


FESTIVALS: Mapping[int, Festivals] = {
    # The traditional calendar as of GB/T 33661-2017; every date was compared once with the PyPI package
    # `holidays` 0.109 (class China, 2027-2032): no difference.
    2027: Festivals(date(2027, 2, 6), date(2027, 4, 5), date(2027, 6, 9), date(2027, 9, 15)),
    2028: Festivals(date(2028, 1, 26), date(2028, 4, 4), date(2028, 5, 28), date(2028, 10, 3)),
    2029: Festivals(date(2029, 2, 13), date(2029, 4, 4), date(2029, 6, 16), date(2029, 9, 22)),
    2030: Festivals(date(2030, 2, 3), date(2030, 4, 5), date(2030, 6, 5), date(2030, 9, 12)),
    2031: Festivals(date(2031, 1, 23), date(2031, 4, 5), date(2031, 6, 24), date(2031, 10, 1)),
    2032: Festivals(date(2032, 2, 11), date(2032, 4, 4), date(2032, 6, 12), date(2032, 9, 19)),
}


def statutory(year: int) -> dict[date, str]:
    """The 13 days every year has (《全国年节及纪念日放假办法》 as of 2025-01-01), fewer where two coincide.

    No make-up days and no days in lieu: those exist only once they are announced. Raises KeyError for a year
    outside FESTIVALS.
    """
    festivals = FESTIVALS[year]
    named = [
        (date(year, 1, 1), "元旦"),
        # 除夕 to 正月初三
        *((festivals.spring + timedelta(days=n), "春节") for n in range(-1, 3)),
        (festivals.qingming, "清明节"),
        (date(year, 5, 1), "劳动节"),
        (date(year, 5, 2), "劳动节"),
        (festivals.dragon_boat, "端午节"),
        *((date(year, 10, n), "国庆节") for n in range(1, 4)),
        (festivals.mid_autumn, "中秋节"),
    ]
    days: dict[date, str] = {}
    for day, name in named:
        days[day] = f"{days[day]}、{name}" if day in days else name
    return days


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
