"""The arithmetic of terms: the published vectors, and the laws that hold for any calendar."""

from dataclasses import FrozenInstanceError
from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from petitions.cases.clocks import Calendar, Unit, appointed, days_left, due, notice_year
from petitions.cases.limits import LIMITS

DAYS, WORKDAYS = Unit.DAYS, Unit.WORKDAYS
day = date.fromisoformat

HEARING = (day("2026-11-10"), day("2026-11-17"))

# domain.md §2.3, toy calendar. The number of each is that of its row.
TOY_VECTORS = [
    ("V1 T1", "2026-09-16", 15, DAYS, {}, "2026-10-01", "2026-10-08"),
    ("V2 T5", "2026-09-28", 5, WORKDAYS, {}, "2026-10-10", "2026-10-10"),
    ("V3 T6", "2026-08-03", 60, DAYS, {}, "2026-10-02", "2026-10-08"),
    ("V4 T7", "2026-08-03", 60, DAYS, {"extension": 30}, "2026-11-01", "2026-11-02"),
    ("V5 T16", "2026-09-29", 3, WORKDAYS, {}, "2026-10-09", "2026-10-09"),
    ("V5 T17", "2026-10-09", 10, WORKDAYS, {}, "2026-10-22", "2026-10-22"),
    ("V6 T8", "2026-07-31", 30, DAYS, {}, "2026-08-30", "2026-08-31"),
    ("V7 T9", "2026-12-02", 30, DAYS, {}, "2027-01-01", "2027-01-04"),
    ("V8 T11", "2026-11-02", 30, DAYS, {"pauses": [HEARING]}, "2026-12-10", "2026-12-10"),
    ("V9 M9", "2026-01-31", 30, DAYS, {}, "2026-03-02", "2026-03-02"),
]  # fmt: skip

# reliability.md §3, the shipped calendar: start, length, unit, strict, rolled.
SHIPPED_VECTORS = [
    ("2023-12-31", 60, DAYS, "2024-02-29", "2024-02-29"),
    ("2024-01-01", 60, DAYS, "2024-03-01", "2024-03-01"),
    ("2024-12-31", 60, DAYS, "2025-03-01", "2025-03-03"),
    ("2025-08-02", 60, DAYS, "2025-10-01", "2025-10-09"),
    ("2025-12-18", 60, DAYS, "2026-02-16", "2026-02-24"),
    ("2026-08-02", 60, DAYS, "2026-10-01", "2026-10-08"),
    ("2026-02-01", 15, DAYS, "2026-02-16", "2026-02-24"),
    ("2024-02-14", 5, WORKDAYS, "2024-02-22", "2024-02-22"),
    ("2025-01-24", 5, WORKDAYS, "2025-02-07", "2025-02-07"),
    ("2025-04-25", 5, WORKDAYS, "2025-05-06", "2025-05-06"),
    ("2025-09-26", 5, WORKDAYS, "2025-10-10", "2025-10-10"),
    ("2026-02-13", 5, WORKDAYS, "2026-02-27", "2026-02-27"),
    ("2026-04-30", 5, WORKDAYS, "2026-05-11", "2026-05-11"),
    ("2026-09-18", 5, WORKDAYS, "2026-09-24", "2026-09-24"),
    ("2024-02-28", 5, WORKDAYS, "2024-03-06", "2024-03-06"),
]


@pytest.mark.parametrize(("name", "start", "length", "unit", "more", "nominal", "rolled"), TOY_VECTORS)
def test_the_vectors_of_the_domain_hold(*, name, start, length, unit, more, nominal, rolled, toy):
    span = due(day(start), length, unit, toy, **more)
    assert (span.nominal, span.rolled) == (day(nominal), day(rolled))
    assert span.target == day(nominal)
    assert not span.provisional


@pytest.mark.parametrize(("start", "length", "unit", "strict", "rolled"), SHIPPED_VECTORS)
def test_the_vectors_of_the_shipped_calendar_hold(*, start, length, unit, strict, rolled, seeded):
    span = due(day(start), length, unit, seeded)
    assert (span.nominal, span.target, span.rolled) == (day(strict), day(strict), day(rolled))
    assert not span.provisional


@pytest.mark.parametrize(("name", "length", "unit"), [row[:1] + row[2:4] for row in TOY_VECTORS])
def test_the_vectors_of_the_domain_have_the_numbers_of_their_rows(*, name, length, unit):
    code = name.split()[1].replace("T7", "T6")
    assert (LIMITS[code].length, LIMITS[code].unit) == (length, unit)


@pytest.mark.parametrize(
    ("start", "length", "unit", "nominal"),
    [
        ("2026-01-31", 1, Unit.MONTHS, "2026-02-28"),  # no matching day: the last one of the month
        ("2024-01-31", 1, Unit.MONTHS, "2024-02-29"),
        ("2026-08-31", 6, Unit.MONTHS, "2027-02-28"),
        ("2026-03-15", 1, Unit.MONTHS, "2026-04-15"),
        ("2024-02-29", 1, Unit.YEARS, "2025-02-28"),
        ("2024-02-29", 4, Unit.YEARS, "2028-02-29"),
        ("2026-12-15", 2, Unit.YEARS, "2028-12-15"),
    ],
)
def test_months_and_years_end_on_the_matching_day(*, start, length, unit, nominal):
    assert due(day(start), length, unit, Calendar(), roll=False).nominal == day(nominal)


def test_a_rule_that_does_not_roll_ends_on_the_holiday(toy):
    span = due(day("2026-09-16"), 15, DAYS, toy, roll=False)
    assert span.rolled == span.nominal == day("2026-10-01")
    assert span.skipped == ()


def test_the_span_names_the_days_off_it_was_rolled_over(toy):
    span = due(day("2026-08-03"), 60, DAYS, toy)
    assert span.skipped == tuple((day("2026-10-02") + timedelta(days=n), "国庆节") for n in range(6))


def test_a_weekend_is_named_by_its_days(toy):
    assert due(day("2026-07-30"), 30, DAYS, toy).skipped == ((day("2026-08-29"), "周六"), (day("2026-08-30"), "周日"))


def test_a_make_up_saturday_ends_a_term(toy):
    assert due(day("2026-09-25"), 15, DAYS, toy).rolled == day("2026-10-10")
    assert toy.name_of(day("2026-10-10")) == ""


def test_a_make_up_day_wins_over_a_holiday_entered_for_the_same_day():
    calendar = Calendar({day("2026-10-10"): "国庆节"}, frozenset({day("2026-10-10")}))
    assert calendar.is_workday(day("2026-10-10"))


def test_nobody_changes_a_calendar_or_a_term_that_others_count_with(toy):
    with pytest.raises(FrozenInstanceError):
        toy.published = frozenset()
    with pytest.raises(FrozenInstanceError):
        due(day("2026-09-16"), 15, DAYS, toy).rolled = day("2026-10-01")


# ---- provisional -----------------------------------------------------------------------------------------------


def test_a_date_is_provisional_when_its_end_lies_in_a_year_without_a_notice(seeded):
    assert not due(day("2026-10-20"), 60, DAYS, seeded).provisional
    assert due(day("2026-11-20"), 60, DAYS, seeded).provisional
    assert due(day("2026-12-24"), 5, WORKDAYS, seeded).provisional


def test_the_last_week_of_december_waits_for_the_next_years_notice(seeded):
    assert not due(day("2026-12-09"), 15, DAYS, seeded).provisional
    assert due(day("2026-12-10"), 15, DAYS, seeded).provisional


def test_the_notice_of_the_next_year_begins_in_the_last_week_of_december():
    assert [notice_year(day(one)) for one in ("2026-12-24", "2026-12-25", "2027-01-01")] == [2026, 2027, 2027]


def test_a_date_that_asks_no_calendar_is_never_provisional():
    assert not due(day("2050-01-01"), 60, DAYS, Calendar(), roll=False).provisional
    assert not appointed(day("2050-01-01"), day("2050-01-02")).provisional


def test_a_term_rolled_into_an_unannounced_year_is_provisional():
    calendar = Calendar({day("2025-12-24"): "休息日"}, frozenset(), frozenset({2025}))
    assert due(day("2025-12-09"), 15, DAYS, calendar).provisional


# ---- pauses ----------------------------------------------------------------------------------------------------


def spans_with(*pauses, unit=DAYS, length=30, start="2026-11-02"):
    return due(day(start), length, unit, Calendar(), roll=False, pauses=[(day(a), day(b)) for a, b in pauses])


def test_a_pause_counts_both_its_ends():
    assert spans_with(("2026-11-10", "2026-11-10")).nominal == day("2026-12-03")


def test_overlapping_pauses_count_once():
    span = spans_with(("2026-11-12", "2026-11-17"), ("2026-11-10", "2026-11-14"), ("2026-11-13", "2026-11-13"))
    assert span.nominal == day("2026-12-10")
    assert span.pauses == ((day("2026-11-10"), day("2026-11-17")),)
    assert span.paused == 8


def test_pauses_that_follow_each_other_are_one_and_others_are_not():
    joined, apart = ("2026-11-10", "2026-11-12"), ("2026-11-14", "2026-11-15")
    assert spans_with(joined, ("2026-11-13", "2026-11-15")).pauses == ((day("2026-11-10"), day("2026-11-15")),)
    assert len(spans_with(joined, apart).pauses) == 2


def test_a_pause_across_the_last_day_moves_it_by_its_whole_length():
    assert spans_with(("2026-11-30", "2026-12-05")).nominal == day("2026-12-08")


def test_a_pause_reached_only_because_of_another_one_counts_too():
    assert spans_with(("2026-11-10", "2026-11-17"), ("2026-12-08", "2026-12-09")).nominal == day("2026-12-12")


def test_a_pause_after_the_term_does_not_revive_it():
    span = spans_with(("2026-12-03", "2026-12-31"))
    assert (span.nominal, span.pauses) == (day("2026-12-02"), ())


def test_a_pause_before_or_on_the_first_day_changes_nothing():
    assert spans_with(("2026-10-01", "2026-11-02")).nominal == day("2026-12-02")
    assert spans_with(("2026-10-30", "2026-11-03")).nominal == day("2026-12-03")


def test_a_paused_working_day_is_not_counted_and_a_paused_weekend_changes_nothing():
    assert spans_with(("2026-11-04", "2026-11-05"), unit=WORKDAYS, length=5).nominal == day("2026-11-11")
    assert spans_with(("2026-11-07", "2026-11-08"), unit=WORKDAYS, length=5).nominal == day("2026-11-09")


@pytest.mark.parametrize(
    "wrong",
    [
        {"length": -1},
        {"extension": -1},
        {"pauses": [(day("2026-11-10"), day("2026-11-09"))]},
    ],
)
def test_an_impossible_term_is_refused(wrong):
    values = {"start": day("2026-11-02"), "length": 30, "unit": DAYS, "calendar": Calendar()} | wrong
    with pytest.raises(ValueError, match=r"negative|before it begins"):
        due(**values)


def test_the_day_itself_may_be_named_and_nothing_is_counted_on_from_it():
    span = appointed(day("2026-11-02"), day("2026-11-02"))
    assert (span.nominal, span.rolled, span.extension) == (day("2026-11-02"), day("2026-11-02"), 0)


def test_a_named_day_before_the_start_is_refused():
    with pytest.raises(ValueError, match="negative"):
        appointed(day("2026-11-02"), day("2026-11-01"))


# ---- days left -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("today", "left"),
    [("2026-09-28", 5), ("2026-09-30", 3), ("2026-10-05", 3), ("2026-10-08", 2), ("2026-10-10", 0),
     ("2026-10-11", -1), ("2026-10-12", -1), ("2026-10-13", -2)],
)  # fmt: skip
def test_working_days_left_are_counted_by_the_calendar(today, left, toy):
    assert days_left(day("2026-10-10"), day(today), WORKDAYS, toy) == left


def test_days_left_count_every_day(toy):
    assert days_left(day("2026-10-08"), day("2026-09-30"), DAYS, toy) == 8
    assert days_left(day("2026-10-08"), day("2026-10-10"), DAYS, toy) == -2


# ---- what holds for every calendar -----------------------------------------------------------------------------

FIRST = day("2024-01-01")
some_days = st.integers(0, 900).map(lambda n: FIRST + timedelta(days=n))
lengths = st.integers(0, 120)
units = st.sampled_from((DAYS, WORKDAYS))
calendar_terms = st.sampled_from((Unit.MONTHS, Unit.YEARS))


@st.composite
def calendars(draw):
    """A calendar with some holidays of up to twelve days and some worked weekend days."""
    off = {}
    for first, days in draw(st.lists(st.tuples(some_days, st.integers(1, 12)), max_size=8)):
        off |= {first + timedelta(days=n): "假日" for n in range(days)}
    worked = draw(st.sets(some_days.filter(lambda d: d.weekday() >= 5), max_size=8))
    return Calendar(off, frozenset(worked), frozenset({2024, 2025, 2026}))


@given(calendars(), some_days, lengths, lengths, units)
def test_a_longer_term_never_ends_earlier(calendar, start, length, more, unit):
    short, long = due(start, length, unit, calendar), due(start, length + more, unit, calendar)
    assert short.nominal <= long.nominal
    assert short.rolled <= long.rolled


@given(calendars(), some_days, st.integers(0, 60), lengths, units)
def test_a_later_start_never_ends_earlier(calendar, start, later, length, unit):
    early, late = due(start, length, unit, calendar), due(start + timedelta(days=later), length, unit, calendar)
    assert early.nominal <= late.nominal
    assert early.rolled <= late.rolled


@given(calendars(), some_days, st.integers(1, 120), units)
def test_the_first_day_is_never_counted(calendar, start, length, unit):
    span = due(start, length, unit, calendar)
    counted = [start + timedelta(days=n) for n in range(1, (span.nominal - start).days + 1)]
    assert length == sum(unit is DAYS or calendar.is_workday(d) for d in counted)
    assert unit is DAYS or calendar.is_workday(span.nominal)


@given(calendars(), some_days, lengths, units, st.integers(0, 30))
def test_a_roll_passes_days_off_only_and_never_lands_on_one(calendar, start, length, unit, extension):
    span = due(start, length, unit, calendar, extension=extension)
    assert calendar.is_workday(span.rolled)
    assert span.target == span.nominal <= span.rolled
    between = [span.nominal + timedelta(days=n) for n in range((span.rolled - span.nominal).days)]
    assert not any(calendar.is_workday(d) for d in between)
    assert all(calendar.name_of(d) == name != "" for d, name in span.skipped)


@given(calendars(), some_days, lengths, units, st.integers(1, 30))
def test_an_extension_does_not_depend_on_the_roll(calendar, start, length, unit, extension):
    extended = due(start, length, unit, calendar, extension=extension)
    whole = due(start, length + extension, unit, calendar)
    assert (extended.nominal, extended.rolled) == (whole.nominal, whole.rolled)
    assert extended.nominal == due(start, length, unit, calendar, roll=False, extension=extension).nominal


@given(some_days, st.integers(1, 120), st.integers(1, 120), st.integers(1, 40))
def test_a_pause_within_the_term_shifts_its_end_and_does_nothing_else(start, length, offset, days):
    assume(offset <= length)
    first = start + timedelta(days=offset)
    plain = due(start, length, DAYS, Calendar())
    paused = due(start, length, DAYS, Calendar(), pauses=[(first, first + timedelta(days=days - 1))])
    assert paused.nominal == plain.nominal + timedelta(days=days)
    assert paused.paused == days


@given(some_days, st.integers(1, 90), st.lists(st.tuples(st.integers(-10, 120), st.integers(0, 20)), max_size=6), units)
def test_pauses_are_the_set_of_their_days_however_they_are_written(start, length, raw, unit):
    pauses = [(start + timedelta(days=a), start + timedelta(days=a + n)) for a, n in raw]
    span = due(start, length, unit, Calendar(), pauses=pauses)
    single = {a + timedelta(days=n) for a, b in pauses for n in range((b - a).days + 1)}
    assert span.nominal == due(start, length, unit, Calendar(), pauses=[(d, d) for d in single]).nominal
    days = [start + timedelta(days=n) for n in range(1, (span.nominal - start).days + 1)]
    assert length == sum(d not in single and (unit is DAYS or d.weekday() < 5) for d in days)
    assert span.nominal not in single or span.nominal == start


@given(some_days, st.integers(0, 40), calendar_terms, st.integers(1, 20))
def test_a_term_of_months_keeps_to_its_day_and_a_pause_moves_it_by_its_length(start, length, unit, days):
    end = due(start, length, unit, Calendar(), roll=False).nominal
    following = end + timedelta(days=1)
    assert end.day == start.day or (end.day < start.day and following.day == 1)
    if length:
        rest = (start + timedelta(days=1), start + timedelta(days=days))
        assert due(start, length, unit, Calendar(), roll=False, pauses=[rest]).nominal == end + timedelta(days=days)


@given(calendars(), some_days, st.integers(-60, 60), units)
def test_nothing_is_left_on_the_last_day_only(calendar, due_on, offset, unit):
    left = days_left(due_on, due_on - timedelta(days=offset), unit, calendar)
    assert (left > 0, left < 0) == (offset > 0, offset < 0)


@given(calendars(), some_days, st.integers(1, 60), units)
def test_on_the_start_the_whole_term_is_left(calendar, start, length, unit):
    assert days_left(due(start, length, unit, calendar).nominal, start, unit, calendar) == length
