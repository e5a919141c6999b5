"""Wrong ways to count days, each of which somebody has shipped somewhere: the second count must notice every one."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from petitions.cases import clocks
from petitions.cases.clocks import Calendar, Pause, Span, Unit

_DAY = timedelta(days=1)
_due, _after = clocks.due, clocks._after


def the_first_day_counts(start: date, count: int, unit: Unit) -> date:
    """Against 民法典第201条."""
    return _after(start - _DAY if count else start, count, unit)


def a_month_has_thirty_days(start: date, count: int, unit: Unit) -> date:
    """Against 民法典第202条."""
    return start + timedelta(days=count * {Unit.DAYS: 1, Unit.MONTHS: 30}.get(unit, 365))


def a_month_without_the_day_runs_over(start: date, count: int, unit: Unit) -> date:
    """31 January and a month: 3 March."""
    end = _after(start, count, unit)
    return end if unit is Unit.DAYS else end + (start.day - end.day) * _DAY


def monday_to_friday(calendar: Calendar, day: date) -> bool:
    """Without any calendar."""
    return day.weekday() < 5


def days_made_up_for_do_not_count(calendar: Calendar, day: date) -> bool:
    """Holidays known, 调休 forgotten."""
    return day.weekday() < 5 and day not in calendar.holidays


def a_holiday_wins_over_a_day_made_up_for(calendar: Calendar, day: date) -> bool:
    """The laxer reading where the two contradict."""
    return day not in calendar.holidays and (day in calendar.workdays or day.weekday() < 5)


def it_rolls_over_the_weekend_only(calendar: Calendar, day: date) -> date:
    """To Monday, holiday or not."""
    return day + (7 - day.weekday()) * _DAY if day.weekday() > 4 else day


def an_extension_begins_at_the_rolled_day(
    start: date, length: int, unit: Unit, calendar: Calendar, *, extension: int = 0, **how: Any
) -> Span:
    """Gives the unit the holidays on top."""
    first = _due(start, length, unit, calendar, **how)
    return replace(_due(first.rolled, extension, unit, calendar, **how), start=start) if extension else first


def days_of_two_pauses_are_left_out_twice(pauses: Iterable[Pause], start: date) -> list[Pause]:
    """Where pauses overlap."""
    return [(max(first, start + _DAY), last) for first, last in sorted(pauses) if last > start]


def a_pause_after_the_end_revives_the_term(end: date, rests: Iterable[Pause]) -> date:
    """Every pause is added, whenever it was."""
    return end + sum((last - first).days + 1 for first, last in rests) * _DAY


def december_has_its_own_notice(day: date) -> int:
    """The days off of 元旦 that lie in December are announced with the next year."""
    return day.year


def a_weekend_after_the_end_costs_nothing(due_on: date, today: date, unit: Unit, calendar: Calendar) -> int:
    """On Saturday a term that ended on Friday is still open."""
    first, last = sorted((due_on, today))
    days = [first + n * _DAY for n in range(1, (last - first).days + 1)]
    count = len(days) if unit is Unit.DAYS else sum(calendar.is_workday(day) for day in days)
    return count if due_on > today else -count


MUTANTS: tuple[tuple[Any, str, Any], ...] = (
    (clocks, "_after", the_first_day_counts),
    (clocks, "_after", a_month_has_thirty_days),
    (clocks, "_after", a_month_without_the_day_runs_over),
    (Calendar, "is_workday", monday_to_friday),
    (Calendar, "is_workday", days_made_up_for_do_not_count),
    (Calendar, "is_workday", a_holiday_wins_over_a_day_made_up_for),
    (Calendar, "next_workday", it_rolls_over_the_weekend_only),
    (clocks, "due", an_extension_begins_at_the_rolled_day),
    (clocks, "_merged", days_of_two_pauses_are_left_out_twice),
    (clocks, "_after_rests", a_pause_after_the_end_revives_the_term),
    (clocks, "notice_year", december_has_its_own_notice),
    (clocks, "days_left", a_weekend_after_the_end_costs_nothing),
)
"""Where each goes in place of the right one."""
