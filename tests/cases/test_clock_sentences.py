"""The sentence by which anybody can count a date again: start, rule and article, length, and what moved it."""

from datetime import date

import pytest

from petitions.cases.clocks import Calendar, Unit, appointed, due, explain
from petitions.cases.limits import LIMITS

DAYS, WORKDAYS = Unit.DAYS, Unit.WORKDAYS
day = date.fromisoformat


def explained(code, span, calendar):
    return explain(span, LIMITS[code].name, LIMITS[code].article, calendar)


def test_a_rolled_date_explains_itself(toy):
    assert explained("T1", due(day("2026-09-16"), 15, DAYS, toy), toy) == (
        "转送、交办期限（《信访工作条例》第22条第一款）：自2026年9月16日起，当日不计，满15日，至2026年10月1日；"
        "逢国庆节，依民法典第203条顺延至2026年10月8日，工作安排以2026年10月1日为准。"
    )


def test_a_working_day_date_names_what_was_not_counted_and_what_was(toy):
    assert explained("T5", due(day("2026-09-28"), 5, WORKDAYS, toy), toy) == (
        "异议期（《信访工作条例》第23条第三款）：自2026年9月28日起，当日不计，满5个工作日，至2026年10月10日，"
        "其间国庆节不计，2026年10月10日调休上班计入。"
    )


def test_an_extended_date_says_that_it_counts_on_from_the_start(toy):
    assert explained("T6", due(day("2026-08-03"), 60, DAYS, toy, extension=30), toy) == (
        "办理期限（《信访工作条例》第34条）：自2026年8月3日起，当日不计，满60日，经批准延长30日（仍自原起算日连续计算），"
        "至2026年11月1日；逢周日，依民法典第203条顺延至2026年11月2日，工作安排以2026年11月1日为准。"
    )


def test_a_paused_date_gives_the_days_of_every_pause(toy):
    pauses = [(day("2026-11-10"), day("2026-11-17")), (day("2026-11-20"), day("2026-11-20"))]
    sentence = explain(due(day("2026-11-02"), 30, DAYS, toy, pauses=pauses), "复核期限", "《信访工作条例》第36条", toy)
    assert (
        "2026年11月10日至2026年11月17日、2026年11月20日至2026年11月20日不计入期限（共9日），至2026年12月11日"
        in sentence
    )


def test_a_provisional_date_says_so(seeded):
    assert explained("T6", due(day("2026-11-20"), 60, DAYS, seeded), seeded).endswith(
        "至2027年1月19日；日期暂定，按法定节日推算，待国务院通知公布后校准。"
    )


def test_an_act_on_the_spot_and_a_named_day_explain_themselves(toy):
    on_the_spot = due(day("2026-10-04"), 0, DAYS, toy, roll=LIMITS["T2"].roll)
    assert explained("T2", on_the_spot, toy) == "当场告知（《信访工作条例》第23条第二款）：应于2026年10月4日当日办到。"
    assert explained("T12", appointed(day("2026-09-16"), day("2026-10-04")), toy) == (
        "反馈期限（《信访工作条例》第22条第一款第三项）：自2026年9月16日起，指定至2026年10月4日。"
    )


def test_every_part_of_the_sentence_can_be_translated_apart(toy):
    sentence = explained("T1", due(day("2026-09-16"), 15, DAYS, toy), toy)
    assert sentence.values["roll"].values["names"].pattern == "国庆节"
    assert sentence.values["nominal"].values["day"] == day("2026-10-01")


@pytest.mark.parametrize(
    ("start", "length", "extension", "unit", "said"),
    [
        ("2026-03-15", 1, 0, Unit.MONTHS, "满1个月（至对应日，民法典第202条），至2026年4月15日。"),
        ("2026-01-31", 1, 0, Unit.MONTHS, "满1个月（到期月没有对应日，至月末日，民法典第202条），至2026年2月28日。"),
        ("2026-01-31", 1, 2, Unit.MONTHS, "满1个月（到期月没有对应日，至月末日，民法典第202条），经批准延长2个月"
         "（仍自原起算日连续计算），至2026年4月30日。"),
        ("2026-12-15", 2, 0, Unit.YEARS, "满2年（至对应日，民法典第202条），至2028年12月15日。"),
        ("2024-02-29", 1, 0, Unit.YEARS, "满1年（到期月没有对应日，至月末日，民法典第202条），至2025年2月28日。"),
    ],
)  # fmt: skip
def test_months_and_years_say_on_which_day_they_end(*, start, length, extension, unit, said):
    calendar = Calendar(published=frozenset(range(2024, 2030)))
    span = due(day(start), length, unit, calendar, roll=False, extension=extension)
    assert explain(span, "期限", "办法", calendar) == f"期限（办法）：自{_written(start)}起，当日不计，{said}"


def _written(iso):
    return f"{day(iso).year}年{day(iso).month}月{day(iso).day}日"


def test_whoever_granted_an_extension_is_named_where_that_is_known(toy):
    span = due(day("2026-11-02"), 60, DAYS, toy, roll=False, extension=30)
    named = explain(span, "办理期限", "《信访工作条例》第34条", toy, approver="县自然资源局负责人")
    assert "满60日，经县自然资源局负责人批准延长30日（仍自原起算日连续计算），至" in named
    assert "满60日，经批准延长30日（仍自原起算日连续计算），至" in explained("T6", span, toy)


def test_a_working_day_term_that_begins_on_a_make_up_day_does_not_count_it(toy):
    assert explained("T5", due(day("2026-10-10"), 5, WORKDAYS, toy), toy) == (
        "异议期（《信访工作条例》第23条第三款）：自2026年10月10日起，当日不计，满5个工作日，至2026年10月16日，其间周日不计。"
    )
