"""Two calendars: the toy one of the vectors V1-V9, and the one that is really shipped."""

from datetime import date, timedelta

import pytest

from petitions.cases.calendar import CalendarDay, CalendarYear, load_calendar, seed_calendar
from petitions.cases.clocks import Calendar
from petitions.db import Base, Database


def _run(first: date, days: int, name: str) -> dict[date, str]:
    return {first + timedelta(days=n): name for n in range(days)}


@pytest.fixture(scope="session")
def toy() -> Calendar:
    """国庆 2026-10-01..07 with Saturday 10-10 made up, 元旦 2027-01-01..03; both years announced."""
    return Calendar(
        holidays=_run(date(2026, 10, 1), 7, "国庆节") | _run(date(2027, 1, 1), 3, "元旦"),
        workdays=frozenset({date(2026, 10, 10)}),
        published=frozenset({2026, 2027}),
    )


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Calendar:
    """The calendar a fresh installation has, read back from its tables."""
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('calendar') / 'seeded.sqlite3'}")
    Base.metadata.create_all(database.engine, [CalendarDay.__table__, CalendarYear.__table__])
    with database.work():
        seed_calendar()
    with database.work(write=False):
        calendar = load_calendar()
    database.dispose()
    return calendar
