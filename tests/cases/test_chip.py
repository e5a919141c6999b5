"""The deadline chip: the words of every rung, on the day and around it."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from petitions.cases.chip import Kind, reading
from petitions.cases.clocks import Calendar, Unit, due
from petitions.cases.limits import LIMITS

day = date.fromisoformat
PLAIN_WEEKS = Calendar(published=frozenset({2026}))


def read(code: str, due_on: str, today: str, calendar: Calendar = PLAIN_WEEKS, **more):
    return reading(LIMITS[code], day(due_on), day(today), calendar, **more)


@pytest.mark.parametrize(
    ("today", "kind", "icon", "words"),
    [
        ("2026-02-08", Kind.PLAIN, "", "剩23天"),
        ("2026-02-23", Kind.PLAIN, "", "剩8天"),
        ("2026-02-24", Kind.NEAR, "◐", "剩7天"),
        ("2026-02-27", Kind.NEAR, "◐", "剩4天"),
        ("2026-02-28", Kind.SOON, "●", "剩3天"),
        ("2026-03-02", Kind.SOON, "●", "剩1天"),
        ("2026-03-03", Kind.SOON, "●", "今天到期"),
        ("2026-03-04", Kind.OVERDUE, "▲", "已超期1天"),
        ("2026-03-05", Kind.OVERDUE, "▲", "已超期2天"),
    ],
)
def test_a_duty_in_days_climbs_its_rungs(today, kind, icon, words):
    chip = read("T6", "2026-03-03", today)
    assert (chip.kind, chip.icon, chip.words) == (kind, icon, words)
    assert chip.full == f"应于2026年3月3日办结，{words}"


@pytest.mark.parametrize(
    ("today", "kind", "icon", "words"),
    [
        ("2026-09-28", Kind.PLAIN, "", "剩5个工作日"),
        ("2026-09-29", Kind.PLAIN, "", "剩4个工作日"),
        ("2026-09-30", Kind.SOON, "●", "剩3个工作日"),
        ("2026-10-07", Kind.SOON, "●", "剩3个工作日"),
        ("2026-10-08", Kind.SOON, "●", "剩2个工作日"),
        ("2026-10-09", Kind.SOON, "●", "剩1个工作日"),
        ("2026-10-10", Kind.SOON, "●", "今天到期"),
        ("2026-10-11", Kind.LAPSED, "", "异议期已过"),
        ("2026-12-31", Kind.LAPSED, "", "异议期已过"),
    ],
)
def test_a_window_in_working_days_lapses_and_is_never_overdue(today, kind, icon, words, toy):
    chip = read("T5", "2026-10-10", today, toy)
    assert (chip.kind, chip.icon, chip.words) == (kind, icon, words)
    assert chip.full == f"可于2026年10月10日前（含当日）提出异议，{words}"


def test_the_petitioners_right_lapses_in_its_own_words():
    chip = read("T8", "2026-08-31", "2026-09-01")
    assert (chip.kind, chip.words) == (Kind.LAPSED, "已逾申请期")


def test_between_the_counted_day_and_the_rolled_one_nobody_is_overdue(toy):
    before = read("T1", "2026-10-08", "2026-09-30", toy, target_on=day("2026-10-01"))
    assert (before.kind, before.words) == (Kind.SOON, "剩1天")
    assert before.full == "应于2026年10月1日转送交办，剩1天（逢休息日，最迟2026年10月8日）"
    for today in ("2026-10-02", "2026-10-08"):
        chip = read("T1", "2026-10-08", today, toy, target_on=day("2026-10-01"))
        assert (chip.kind, chip.words) == (Kind.SOON, "顺延至10月8日")
        assert chip.full == "应于2026年10月8日转送交办，顺延至10月8日"
    late = read("T1", "2026-10-08", "2026-10-09", toy, target_on=day("2026-10-01"))
    assert (late.kind, late.words) == (Kind.OVERDUE, "已超期1天")


def test_a_right_lapses_only_after_its_rolled_day(toy):
    more = {"target_on": day("2026-08-30")}
    assert read("T8", "2026-08-31", "2026-08-31", toy, **more).words == "顺延至8月31日"
    assert read("T8", "2026-08-31", "2026-09-01", toy, **more).kind is Kind.LAPSED


@pytest.mark.parametrize(
    ("today", "kind", "words"),
    [
        ("2026-02-19", Kind.PLAIN, "剩12天（已延期）"),
        ("2026-03-01", Kind.SOON, "剩2天（已延期）"),
        ("2026-03-03", Kind.SOON, "今天到期（已延期）"),
        ("2026-03-04", Kind.OVERDUE, "已超期1天（已延期）"),
    ],
)
def test_an_extended_clock_says_so_and_keeps_its_rung(today, kind, words):
    chip = read("T6", "2026-03-03", today, extended=True)
    assert (chip.kind, chip.words) == (kind, words)


def test_a_paused_clock_says_for_how_long_and_for_what():
    chip = read("T6", "2026-12-10", "2026-11-14", paused_since=day("2026-11-10"))
    assert (chip.kind, chip.icon, chip.words) == (Kind.PAUSED, "‖", "听证中，已停计5天")
    assert chip.full == "自2026年11月10日起听证中，已停计5天"
    assert read("T6", "2026-12-10", "2027-01-01", paused_since=day("2026-11-10")).kind is Kind.PAUSED


@pytest.mark.parametrize(
    ("code", "ended", "words", "late"),
    [
        ("T6", "2026-03-03", "按期办结", False),
        ("T6", "2026-03-05", "超期2天办结", True),
        ("T4", "2026-02-01", "按期告知", False),
        ("T12", "2026-03-04", "超期1天反馈", True),
    ],
)
def test_an_ended_duty_says_whether_it_was_in_time(code, ended, words, late):
    chip = read(code, "2026-03-03", "2026-06-01", ended_on=day(ended))
    assert (chip.kind, chip.icon, chip.words, chip.late) == (Kind.CLOSED, "", words, late)


def test_a_duty_done_on_the_rolled_day_is_in_time():
    chip = read("T6", "2026-10-08", "2026-11-01", target_on=day("2026-10-01"), ended_on=day("2026-10-08"))
    assert (chip.words, chip.late) == ("按期办结", False)
    assert chip.full == "应于2026年10月8日办结，2026年10月8日按期办结"


def test_an_ended_window_is_neither_in_time_nor_late():
    chip = read("T5", "2026-10-09", "2026-11-01", ended_on=day("2026-10-05"))
    assert (chip.kind, chip.words, chip.late) == (Kind.CLOSED, "已结束", False)
    assert chip.full == "可于2026年10月9日前（含当日）提出异议，已结束（2026年10月5日）"
    assert read("T5", "2026-10-09", "2026-11-01", ended_on=day("2026-10-12")).words == "异议期已过"


@pytest.mark.parametrize(
    ("start", "length", "unit"),
    [
        ("2023-12-31", 60, Unit.DAYS),
        ("2024-01-01", 60, Unit.DAYS),
        ("2024-12-31", 60, Unit.DAYS),
        ("2025-08-02", 60, Unit.DAYS),
        ("2025-12-18", 60, Unit.DAYS),
        ("2026-08-02", 60, Unit.DAYS),
        ("2026-02-01", 15, Unit.DAYS),
        ("2024-02-14", 5, Unit.WORKDAYS),
        ("2025-01-24", 5, Unit.WORKDAYS),
        ("2025-04-25", 5, Unit.WORKDAYS),
        ("2025-09-26", 5, Unit.WORKDAYS),
        ("2026-02-13", 5, Unit.WORKDAYS),
        ("2026-04-30", 5, Unit.WORKDAYS),
        ("2026-09-18", 5, Unit.WORKDAYS),
    ],
)
def test_every_vector_of_the_shipped_calendar_reads_as_expected(start, length, unit, seeded):
    span = due(day(start), length, unit, seeded)
    limit = LIMITS["T5" if unit is Unit.WORKDAYS else "T1" if length == 15 else "T6"]

    def words(today: date) -> str:
        return reading(limit, span.rolled, today, seeded, target_on=span.target).words

    left = f"剩{length}个工作日" if unit is Unit.WORKDAYS else f"剩{length}天"
    assert words(day(start)) == left
    assert words(span.target) == "今天到期"
    assert words(span.rolled + timedelta(days=1)) == (limit.lapsed or "已超期1天")


@given(
    st.sampled_from(sorted(LIMITS)),
    st.integers(-40, 40),
    st.integers(0, 9),
    st.booleans(),
    st.one_of(st.none(), st.integers(-40, 40)),
)
def test_a_window_is_never_called_overdue_and_words_are_never_empty(code, offset, roll, extended, ended):
    due_on = day("2026-03-03")
    chip = reading(
        LIMITS[code],
        due_on,
        due_on + timedelta(days=offset),
        PLAIN_WEEKS,
        target_on=due_on - timedelta(days=roll),
        ended_on=None if ended is None else due_on + timedelta(days=ended),
        extended=extended,
    )
    assert chip.words
    assert "2026年" in chip.full
    assert (chip.kind is Kind.OVERDUE) == (ended is None and offset > 0 and not LIMITS[code].window)
    if LIMITS[code].window:
        assert "超期" not in chip.words + chip.full
