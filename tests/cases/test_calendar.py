"""The calendar tables: what the seed writes, what it leaves alone, how they are read."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
import pytest
import time_machine
from sqlalchemy import delete, event, func, select
from sqlalchemy.exc import IntegrityError

from petitions import clock
from petitions.cases.calendar import (
    FIRST_YEAR,
    CalendarDay,
    CalendarYear,
    DayKind,
    Source,
    awaited,
    load_calendar,
    seed_calendar,
)
from petitions.cases.clocks import Calendar, Unit, due
from petitions.cases.festivals import FESTIVALS, statutory
from petitions.db import Base, Database, session

day = date.fromisoformat
LAST_ANNOUNCED = max(chinese_calendar.constants.holidays).year


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(f"sqlite:///{tmp_path / 'calendar.sqlite3'}")
    Base.metadata.create_all(opened.engine, [CalendarDay.__table__, CalendarYear.__table__])
    yield opened
    opened.dispose()


def rows(database: Database) -> dict[date, tuple[str, str, str]]:
    with database.work(write=False) as work:
        return {row.day: (row.kind, row.name, row.source) for row in work.scalars(select(CalendarDay))}


def test_every_announced_day_is_off_or_worked_as_announced(seeded):
    current = date(FIRST_YEAR, 1, 1)
    while current.year <= LAST_ANNOUNCED:
        assert seeded.is_workday(current) == chinese_calendar.is_workday(current), current
        current += timedelta(days=1)


def test_the_named_days_of_a_holiday_include_its_weekend(seeded):
    assert [seeded.name_of(day("2026-02-14") + timedelta(days=n)) for n in range(11)] == ["", *["春节"] * 9, ""]
    assert seeded.name_of(day("2026-04-05")) == "清明节"
    assert seeded.name_of(day("2015-09-03")) == "中国人民抗日战争暨世界反法西斯战争胜利70周年纪念日"
    assert (seeded.name_of(day("2026-03-07")), seeded.name_of(day("2026-03-08"))) == ("周六", "周日")
    assert seeded.name_of(day("2026-03-09")) == ""


def test_the_seed_reaches_from_the_first_year_to_the_last_known_festival(database):
    with database.work():
        written = seed_calendar()
    assert written == tuple(range(FIRST_YEAR, max(FESTIVALS) + 1))
    with database.work(write=False) as work:
        for year in work.scalars(select(CalendarYear)):
            assert year.published is (year.year <= LAST_ANNOUNCED)
            assert bool(year.notice) is year.published
            assert year.source == (Source.PACKAGE if year.published else Source.STATUTE)
    assert all(name for _, name, _ in rows(database).values())
    assert not any(d < date(FIRST_YEAR - 1, 12, 25) for d in rows(database))


def test_a_year_without_a_notice_has_its_thirteen_days_and_nothing_invented(seeded):
    days = [d for d in seeded.holidays if d.year == 2027]
    assert [f"{d:%m-%d}" for d in sorted(days)] == [
        "01-01", "02-05", "02-06", "02-07", "02-08", "04-05", "05-01", "05-02",
        "06-09", "09-15", "10-01", "10-02", "10-03",
    ]  # fmt: skip
    assert not any(d.year == 2027 for d in seeded.workdays)
    assert not seeded.knows(2027)
    assert seeded.knows(2026)


@pytest.mark.parametrize("year", FESTIVALS)
def test_festivals_lie_where_the_seasons_put_them(year):
    festivals = FESTIVALS[year]
    assert day(f"{year}-01-21") <= festivals.spring <= day(f"{year}-02-21")
    assert festivals.qingming in (date(year, 4, 4), date(year, 4, 5), date(year, 4, 6))
    # The fifth day of the fifth and the fifteenth of the eighth month: whole moons after 正月初一, 29.53 days each,
    # one more in a year whose leap month lies between.
    for feast, moons, into in ((festivals.dragon_boat, 4, 4), (festivals.mid_autumn, 7, 14)):
        days = (feast - festivals.spring).days - into
        assert min(abs(days - 29.53 * moons), abs(days - 29.53 * (moons + 1))) < 1.5
    assert len(statutory(year)) in (12, 13)


def test_two_feasts_on_one_day_share_its_name():
    assert statutory(2028)[day("2028-10-03")] == "国庆节、中秋节"
    assert len(statutory(2028)) == 12


def test_seeding_twice_writes_nothing(database):
    with database.work():
        seed_calendar()
    before = rows(database)
    with database.work():
        assert seed_calendar() == ()
    assert rows(database) == before


def test_what_an_administrator_changed_stays(database):
    with database.work():
        seed_calendar()
    with database.work() as work:
        work.get(CalendarDay, day("2026-10-10")).source = Source.ADMINISTRATOR
        work.get(CalendarDay, day("2026-10-10")).kind = DayKind.HOLIDAY
        work.add(CalendarDay(day=day("2027-02-09"), kind=DayKind.HOLIDAY, name="春节"))
        work.execute(delete(CalendarDay).where(CalendarDay.day == day("2028-01-01")))
    before = rows(database)
    with database.work():
        assert seed_calendar() == ()
    assert rows(database) == before
    assert before[day("2027-02-09")][2] == "administrator"


def test_an_older_installation_gets_the_years_it_lacks(database):
    with database.work():
        seed_calendar()
    full = rows(database)
    with database.work() as work:
        work.execute(delete(CalendarDay).where(CalendarDay.day < date(2014, 12, 25)))
        work.execute(delete(CalendarYear).where(CalendarYear.year < 2015))
    with database.work():
        assert seed_calendar() == tuple(range(FIRST_YEAR, 2015))
    assert rows(database) == full


@pytest.mark.parametrize("year", [2033, 2034, 2035])
def test_beyond_the_last_year_of_the_tables_the_fixed_holidays_are_off(database, year):
    with database.work():
        seed_calendar()
    with time_machine.travel(clock.noon_of(date(2033, 9, 28))), database.work(write=False):
        calendar = load_calendar()
    off = [date(year, 1, 1), date(year, 5, 1), date(year, 5, 2), *(date(year, 10, n) for n in (1, 2, 3))]
    assert [d for d in calendar.holidays if d.year == year] == off
    assert not calendar.knows(year)
    span = due(date(year, 9, 28), 5, Unit.WORKDAYS, calendar)
    assert span.provisional
    assert not any(d in off for d in (span.nominal, span.rolled))


@pytest.mark.parametrize("days", [3, 60, 400])
def test_no_year_however_far_ahead_raises(database, days):
    with database.work():
        seed_calendar()
    with time_machine.travel(clock.noon_of(date(2041, 12, 1))), database.work(write=False):
        calendar = load_calendar()
        assert due(clock.today(), days, Unit.DAYS, calendar).provisional
        assert due(clock.today(), days, Unit.WORKDAYS, calendar).provisional
        assert awaited() == 2041


def turn_provisional(database: Database, year: int) -> None:
    """Put `year` back to what it was before its notice: the statutory New Year's Day only."""
    with database.work() as work:
        work.execute(delete(CalendarDay).where(CalendarDay.day.between(date(year - 1, 12, 25), date(year, 12, 24))))
        work.add(CalendarDay(day=date(year, 1, 1), kind=DayKind.HOLIDAY, name="元旦", source=Source.STATUTE))
        row = work.get(CalendarYear, year)
        row.notice, row.published, row.source = "", False, Source.STATUTE


def test_an_announced_year_replaces_its_provisional_rows(database):
    with database.work():
        seed_calendar()
    before = rows(database)
    turn_provisional(database, 2024)
    with database.work():
        assert seed_calendar() == (2024,)
    assert rows(database) == before
    # 2023-12-30 was off by the notice for 2024.
    assert before[day("2023-12-30")] == ("holiday", "元旦", "chinesecalendar")


@pytest.mark.parametrize("touch", ["2024-02-09", "2023-12-28", "removal"])
def test_a_provisional_year_with_an_administrators_hand_in_it_is_not_replaced(database, touch):
    with database.work():
        seed_calendar()
    turn_provisional(database, 2024)
    with database.work() as work:
        if touch != "removal":
            work.add(CalendarDay(day=day(touch), kind=DayKind.HOLIDAY, name="本地安排"))
        else:
            work.execute(delete(CalendarDay).where(CalendarDay.day == day("2024-01-01")))
            work.get(CalendarYear, 2024).source = Source.ADMINISTRATOR
    before = rows(database)
    with database.work():
        assert seed_calendar() == ()
    assert rows(database) == before


def test_a_day_entered_before_the_first_seed_survives_it(database):
    with database.work() as work:
        work.add(CalendarDay(day=day("2026-10-10"), kind=DayKind.HOLIDAY, name="本地安排"))
    with database.work():
        seed_calendar()
    assert rows(database)[day("2026-10-10")] == ("holiday", "本地安排", "administrator")


def test_an_empty_calendar_is_monday_to_friday_and_provisional(database):
    with database.work(write=False):
        calendar = load_calendar()
    assert calendar == Calendar()
    span = due(day("2040-09-28"), 5, Unit.WORKDAYS, calendar)
    assert (span.nominal, span.provisional) == (day("2040-10-05"), True)


def test_the_calendar_is_read_once_per_session_and_never_kept_longer(database):
    statements = []
    event.listen(database.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    with database.work():
        seed_calendar()
        first = load_calendar()
        statements.clear()
        assert load_calendar() is first
        assert statements == []
    with database.work() as work:
        assert load_calendar() is not first
        work.add(CalendarDay(day=day("2040-01-02"), kind=DayKind.HOLIDAY, name="元旦"))
        assert load_calendar().is_workday(day("2040-01-02"))
        assert load_calendar(fresh=True).name_of(day("2040-01-02")) == "元旦"
        assert load_calendar().name_of(day("2040-01-02")) == "元旦"


def test_seeding_makes_an_earlier_reading_of_the_session_void(database):
    with database.work():
        assert load_calendar() == Calendar()
        seed_calendar()
        assert load_calendar().knows(2026)


def test_a_day_of_an_unknown_kind_is_refused_by_the_database(database):
    with pytest.raises(IntegrityError), database.work() as work:
        work.add(CalendarDay(day=day("2040-01-02"), kind="perhaps", name="元旦"))


def test_nothing_is_written_outside_a_unit_of_work(database):
    with pytest.raises(RuntimeError, match="no unit of work"):
        seed_calendar()
    with database.work(write=False):
        assert session().scalar(select(func.count()).select_from(CalendarDay)) == 0
