"""The only source of time. The law counts in Chinese days, so every clock here is Asia/Shanghai."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """This moment, aware, in Asia/Shanghai."""
    return datetime.now(ZONE)


def today() -> date:
    """Today's calendar date in China, whatever the server's own time zone is."""
    return now().date()


def day_of(moment: datetime) -> date:
    """The calendar date in China at `moment` (aware)."""
    return moment.astimezone(ZONE).date()


def noon_of(day: date) -> datetime:
    """Noon of `day` in China: the moment given to an act of which only the date is known."""
    return datetime.combine(day, time(12), ZONE)


def start_of(day: date) -> datetime:
    """Midnight with which `day` begins in China."""
    return datetime.combine(day, time(), ZONE)


def end_of(day: date) -> datetime:
    """The moment at which `day` is over in China: midnight of the next one."""
    return start_of(day + timedelta(days=1))
