"""Reading single cells: what spreadsheets do to numbers and dates, and the words people use."""

from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from petitions.cases.checks import Unreadable
from petitions.intake.ledger.columns import Kind
from petitions.intake.ledger.values import CHANNELS, PURPOSES, read
from petitions.matters import seed

TODAY = date(2026, 3, 20)


def refusal(kind: Kind, cell: Any) -> str:
    with pytest.raises(Unreadable) as refused:
        read(kind, cell, TODAY)
    return refused.value.sentence


# --- dates ---


@pytest.mark.parametrize(
    "cell",
    [
        "2026.3.5", "2026-3-5", "2026/3/5 16:03", "2026年3月5日", "20260305", "２０２６－３－５", "\t2026-03-05\n", 46086.0, 46086.67,
        "46086", 20260305.0, date(2026, 3, 5), datetime(2026, 3, 5, 23, 59), '="2026-3-5"', "'2026-3-5",  # noqa: DTZ001
    ],
)  # fmt: skip
def test_every_form_of_a_day_is_the_same_day(cell: Any) -> None:
    assert read(Kind.DAY, cell, TODAY) == date(2026, 3, 5)


@given(st.dates(date(1950, 1, 1), date(2099, 12, 31)))
def test_a_date_that_lost_its_format_is_found_again(day: date) -> None:
    serial = (day - date(1899, 12, 30)) / timedelta(days=1)
    assert read(Kind.DAY, serial, TODAY) == read(Kind.DAY, f"{serial:.0f}", TODAY) == day


@pytest.mark.parametrize(
    ("cell", "part"),
    [
        ("26.3.5", "年份要写四位"),
        (5.0, "看不懂日期“5”"),
        (99999.0, "看不懂日期“99999”"),
        (date(1900, 1, 5), "1900年太早"),
        (True, "看不懂日期“是”"),
        ("2月30日", "缺少年份"),
        (1e300, "看不懂日期"),
    ],
)
def test_what_is_no_certain_day_is_refused(cell: Any, part: str) -> None:
    assert part in refusal(Kind.DAY, cell)


# --- numbers that are names ---


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        (2554.0, "2554"),
        ("ＸＦ—0012", "XF—0012"),
        ('="0012"', "0012"),
        ("'0012", "0012"),
        ("信〔2025〕 12号", "信〔2025〕 12号"),
    ],
)
def test_an_original_number_is_kept_as_written(cell: Any, number: str) -> None:
    assert read(Kind.CODE, cell, TODAY) == number


@pytest.mark.parametrize("cell", [2.02601010001e17, "2.02601E+17"])
def test_a_rounded_original_number_is_refused(cell: Any) -> None:
    assert refusal(Kind.CODE, cell) == ("号码被表格软件变成了“2.02601E+17”，后几位已丢失。请把该列设为“文本”后重新填写")


@pytest.mark.parametrize("cell", [110101199001011234.0, "1.10101E+17", "１.10101e+17"])
def test_an_identity_number_that_became_a_number_is_refused(cell: Any) -> None:
    assert refusal(Kind.ID_NUMBER, cell) == (
        "身份证号被表格软件变成了“1.10101E+17”，后几位已丢失。请把该列设为“文本”后重新填写"
    )


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        (19900012345.0, "19900012345"),
        ("199 0001 2345", "19900012345"),
        ("19900012345、0371-1234567", "19900012345"),
        ("0371-1234567/19900012345", "0371-1234567"),
        ("19900012345\n家里", "19900012345"),
    ],
)
def test_the_first_telephone_number_of_a_cell_is_taken(cell: Any, number: str) -> None:
    assert read(Kind.PHONE, cell, TODAY) == number


@pytest.mark.parametrize(("cell", "number"), [(3.0, 3), ("3人", 3), ("１２ 名", 12), ("1,200人", 1200)])
def test_a_headcount_may_have_its_word(cell: Any, number: int) -> None:
    assert read(Kind.COUNT, cell, TODAY) == number


@pytest.mark.parametrize("cell", ["0", "-1", "三人", "2.5", "1000000", 1e18])
def test_an_impossible_headcount_is_refused(cell: Any) -> None:
    assert refusal(Kind.COUNT, cell)


def test_days_of_reply_are_whole_and_not_negative() -> None:
    assert read(Kind.DAYS, "12.0", TODAY) == read(Kind.DAYS, "12天", TODAY) == 12
    assert refusal(Kind.DAYS, -3.0) == "天数不能是负数，现在是-3"
    assert "应为整数" in refusal(Kind.DAYS, "1.5")


# --- words ---


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("来信", "LX"), ("群众来信", "LX"), ("邮件", "LX"), ("传真", "LX"), ("来访", "LF"), ("走访", "LF"), ("集体访", "LF"),
        ("来电", "LD"), ("电话", "LD"), ("12345热线", "LD"), ("12345", "LD"), (12345.0, "LD"), ("网上", "WS"), ("网站", "WS"),
        ("手机APP", "WS"), ("12345app", "WS"), ("微信", "WS"), ("ＱＱ", "WS"), ("短信", "WS"), ("微博", "WS"), ("网上信访", "WS"),
        ("县长信箱", "XX"), ("上级转送交办", "SZ"), ("省信访局转送", "SZ"), ("领导批示", "LP"), ("视频接访", "SP"), ("下访约访", "XF"),
        ("LX", "LX"), ("ws", "WS"),
    ],
)  # fmt: skip
def test_a_channel_is_known_by_its_words(cell: Any, code: str) -> None:
    assert read(Kind.CHANNEL, cell, TODAY) == code


def test_an_unknown_channel_is_told_what_to_write() -> None:
    assert refusal(Kind.CHANNEL, "路过").startswith("不认识的信访形式“路过”，请写来信、来访、来电、网上信访")


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("申诉", "appeal"), ("求决", "request"), ("申诉求决", "request"), ("投诉", "request"), ("求助", "request"),
        ("举报", "accusation"), ("揭发控告", "accusation"), ("检举控告类", "accusation"), ("投诉举报", "accusation"),
        ("意见建议", "suggestion"), ("建议", "suggestion"), ("咨询", "enquiry"), ("感谢", "thanks"), ("表扬", "thanks"),
        ("其它", "other"), ("99", "other"), ("suggestion", "suggestion"),
    ],
)  # fmt: skip
def test_a_purpose_is_known_by_its_words(cell: Any, code: str) -> None:
    assert read(Kind.PURPOSE, cell, TODAY) == code


def test_an_unknown_purpose_is_told_what_to_write() -> None:
    assert refusal(Kind.PURPOSE, "农业").startswith("不认识的信访目的“农业”，请写申诉、求决")


@pytest.mark.parametrize(
    ("words", "name", "kind"), [(CHANNELS, "channel", Kind.CHANNEL), (PURPOSES, "purpose", Kind.PURPOSE)]
)
def test_every_code_of_the_lists_is_known_by_its_own_label(words: dict[str, Any], name: str, kind: Kind) -> None:
    listed = {row.code: row.label for row in seed.rows_of(name)}
    assert set(words) == set(listed)
    assert {code: read(kind, label, TODAY) for code, label in listed.items()} == {code: code for code in listed}


@pytest.mark.parametrize("cell", ["是", "1", 1.0, True, "√", "匿名", "未署名", "Y"])
def test_unsigned_is_said_in_many_ways(cell: Any) -> None:
    assert read(Kind.UNSIGNED, cell, TODAY) is True


@pytest.mark.parametrize("cell", ["是", "1", 1.0, True, "实名", "署名", "化名"])
def test_signed_answers_the_opposite_heading(cell: Any) -> None:
    assert read(Kind.SIGNED, cell, TODAY) is False


def test_words_are_stronger_than_the_heading() -> None:
    assert read(Kind.SIGNED, "匿名", TODAY) is True
    assert read(Kind.UNSIGNED, "实名", TODAY) is False
    assert read(Kind.SIGNED, "否", TODAY) is True
    assert "请写“是”或“否”" in refusal(Kind.UNSIGNED, "也许")


# --- anything ---


@pytest.mark.parametrize("kind", list(Kind))
@given(
    cell=st.text(max_size=60)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.booleans()
    | st.dates()
    | st.datetimes()
)
def test_any_cell_is_a_value_or_a_sentence(kind: Kind, cell: Any) -> None:
    with suppress(Unreadable):
        read(kind, cell, TODAY)
