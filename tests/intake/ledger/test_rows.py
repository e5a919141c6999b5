"""Checking rows: what can be registered, and the sentence for what cannot."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from petitions.cases.checks import check_character
from petitions.cases.spreadsheets.cells import Row
from petitions.intake.ledger import headers, rows
from petitions.intake.ledger.columns import COLUMNS
from petitions.matters.registration import FIELDS

GOOD = {
    "信访编号": 2554.0, "信访形式": "来信", "姓名": " 王　芳", "身份证号": "", "电话": "１９９ 0001 2345", "人数": "3人", "概况": "村道破损",
    "诉求": "\n\t 村道破损，\r\n要求修复。", "来件日期": "2026.3.5", "目的": "求决", "内容分类": "交通运输", "属地": "柳河镇",
    "责任单位": "交通运输局", "答复意见": "已列入计划。", "答复时间": date(2026, 3, 18), "备注": "急",
}  # fmt: skip

Check = Callable[..., rows.Checked]


def sentences(checked: rows.Checked) -> list[str]:
    return [str(problem) for problem in checked.problems]


def test_a_good_row_becomes_values_that_can_be_registered(check: Check) -> None:
    checked = check(GOOD)
    assert checked.problems == []
    assert checked.values == {
        "original_number": "2554", "channel": "LX", "name": "王 芳", "phone": "19900012345", "headcount": 3,
        "title": "村道破损", "text": "村道破损，\n要求修复。", "received_on": date(2026, 3, 5), "purpose": "request",
        "content_class": "交通运输", "place": "柳河镇", "unit": "交通运输局", "unsigned": False, "reply": "已列入计划。",
        "replied_on": date(2026, 3, 18),
    }  # fmt: skip
    assert checked.extras == {"备注": "急"}


def test_values_have_the_names_of_registration() -> None:
    beside = {"content_class", "unit", "signed", "reply", "replied_on", "reply_days"}
    assert set(COLUMNS) - set(FIELDS) == beside
    assert all(column.label for column in COLUMNS.values())


# --- what is missing ---


def test_a_row_needs_a_text_or_a_title(check: Check) -> None:
    assert sentences(check(GOOD | {"概况": "", "诉求": " \n"})) == ["第35行“诉求”：没有填写"]
    assert check(GOOD | {"概况": ""}).problems == []


def test_a_title_stands_for_a_missing_text(check: Check) -> None:
    checked = check(GOOD | {"诉求": ""})
    assert checked.problems == []
    assert (checked.values["title"], checked.values["text"]) == ("村道破损", "村道破损")


def test_a_title_longer_than_a_line_is_kept_whole_beside(check: Check) -> None:
    long = "路" * 300
    checked = check(GOOD | {"概况": long})
    assert len(checked.values["title"]) == 200
    assert checked.extras["概况"] == long
    alone = check(GOOD | {"概况": long, "诉求": ""})
    assert alone.values["text"] == long
    assert "title" not in alone.values


def test_a_row_needs_a_day_unless_one_is_given_for_all(check: Check) -> None:
    assert sentences(check(GOOD | {"来件日期": ""})) == ["第35行“来件日期”：没有填写"]
    checked = check(GOOD | {"来件日期": ""}, received_on=date(2026, 1, 1))
    assert checked.problems == []
    assert checked.values["received_on"] == date(2026, 1, 1)


def test_a_file_without_the_column_is_told_our_name_for_it(check: Check) -> None:
    assert sentences(check({"诉求": "修路", "姓名": "王芳"})) == [
        "第35行“信访形式”：没有填写",
        "第35行“来件日期”：没有填写",
    ]


def test_a_missing_channel_is_the_channel_of_the_import(check: Check) -> None:
    assert check(GOOD | {"信访形式": ""}, channel="LF").values["channel"] == "LF"
    assert check(GOOD, channel="LF").values["channel"] == "LX"
    assert sentences(check(GOOD | {"信访形式": ""})) == ["第35行“信访形式”：没有填写"]


def test_a_web_petition_keeps_what_it_was_sent_with(check: Check) -> None:
    assert check(GOOD | {"信访形式": "微信"}).values["terminal"] == "wechat"
    assert check(GOOD | {"信访形式": "短信"}).values["terminal"] == "other"
    assert "terminal" not in check(GOOD).values


@pytest.mark.parametrize("name", ["", "匿名", " 未署名 ", "不详"])
def test_a_missing_name_is_an_unsigned_petition(check: Check, name: str) -> None:
    checked = check(GOOD | {"姓名": name})
    assert checked.problems == []
    assert checked.values["unsigned"] is True
    assert "name" not in checked.values


def test_who_did_not_want_to_be_named_is_not_named(check: Check) -> None:
    checked = check(GOOD | {"是否匿名": "是"})
    assert checked.values["unsigned"] is True
    assert "name" not in checked.values
    assert checked.extras["姓名"] == "王 芳"
    assert check(GOOD | {"是否匿名": "否"}).values["name"] == "王 芳"
    assert check(GOOD | {"是否实名": "否"}).values["unsigned"] is True
    assert "signed" not in check(GOOD | {"是否匿名": "是", "是否实名": "否"}).values


# --- what cannot be read ---


def test_every_problem_of_a_row_names_row_and_column(check: Check) -> None:
    birth = "41012219800501007"
    wrong = birth + ("1" if check_character(birth) != "1" else "2")
    cells = {
        "身份证号": wrong,
        "电话": "1234",
        "人数": "若干",
        "来件日期": "26.3.5",
        "目的": "农业",
        "信访形式": "路过",
    }
    assert sentences(check(GOOD | cells)) == [
        "第35行“信访形式”：不认识的信访形式“路过”，请写来信、来访、来电、网上信访、领导信箱、上级转送、领导批示、视频接访或者下访约访",
        "第35行“身份证号”：身份证号最后一位与前17位不符，请核对证件",
        "第35行“电话”：手机号应为11位数字；座机请带区号，如0371-1234567",
        "第35行“人数”：应为整数，现在是“若干”",
        "第35行“来件日期”：年份要写四位，如2026年3月5日；现在是“26.3.5”",
        "第35行“目的”：不认识的信访目的“农业”，请写申诉、求决、揭发控告、意见建议、咨询、感谢或者其他",
    ]


def test_an_identity_number_that_became_a_number_is_told_so(check: Check) -> None:
    checked = check(GOOD | {"身份证号": 110101199001011234.0})
    assert sentences(checked) == [
        "第35行“身份证号”：身份证号被表格软件变成了“1.10101E+17”，后几位已丢失。请把该列设为“文本”后重新填写"
    ]
    assert (checked.problems[0].row, checked.problems[0].heading) == (35, "身份证号")


def test_a_second_telephone_number_is_kept_beside(check: Check) -> None:
    checked = check(GOOD | {"电话": "19900012345、0371-1234567"})
    assert checked.values["phone"] == "19900012345"
    assert checked.extras["电话"] == "19900012345、0371-1234567"


def test_a_letter_of_fifty_thousand_characters_is_taken(check: Check) -> None:
    assert len(check(GOOD | {"诉求": "长" * 50_000}).values["text"]) == 50_000
    assert sentences(check(GOOD | {"诉求": "长" * 100_001})) == ["第35行“诉求”：最多100000个字，现在是100001个字"]


def test_a_name_that_is_a_story_is_refused(check: Check) -> None:
    assert sentences(check(GOOD | {"姓名": "王芳" * 60})) == ["第35行“姓名”：最多100个字，现在是120个字"]


# --- days that do not fit ---


def test_a_petition_does_not_come_in_tomorrow(check: Check) -> None:
    assert check(GOOD | {"来件日期": "2026.3.20", "答复意见": "", "答复时间": ""}).problems == []
    assert sentences(check(GOOD | {"来件日期": "2026.3.21", "答复意见": "", "答复时间": ""})) == [
        "第35行“来件日期”：来件日期（2026-03-21）晚于今天，请核对"
    ]


def test_a_reply_has_a_day(check: Check) -> None:
    assert sentences(check(GOOD | {"答复时间": ""})) == [
        "第35行“答复意见”：有答复意见，没有答复时间。请填写答复时间，或者把答复意见留作备注"
    ]


def test_a_day_of_reply_has_a_reply(check: Check) -> None:
    assert sentences(check(GOOD | {"答复意见": ""})) == [
        "第35行“答复时间”：有答复时间，没有答复意见。还没有答复的，请把答复时间清空"
    ]


def test_a_reply_does_not_come_before_its_petition(check: Check) -> None:
    assert check(GOOD | {"答复时间": "2026-03-05"}).problems == []
    assert sentences(check(GOOD | {"答复时间": "2026-03-04"})) == [
        "第35行“答复时间”：答复时间（2026-03-04）早于来件日期（2026-03-05），请核对"
    ]


def test_a_reply_does_not_come_tomorrow(check: Check) -> None:
    assert sentences(check(GOOD | {"答复时间": "2026-03-21"})) == [
        "第35行“答复时间”：答复时间（2026-03-21）晚于今天，请核对"
    ]


def test_days_until_the_reply_make_its_day(check: Check) -> None:
    cells = {"诉求": "修路", "来件日期": "2026-03-05", "答复": "已修。", "答复天数": "12.0"}
    checked = check(cells, channel="LD")
    assert checked.problems == []
    assert checked.values["replied_on"] == date(2026, 3, 17)
    assert checked.extras == {"答复天数": "12.0"}
    assert sentences(check(cells | {"答复天数": "16"}, channel="LD")) == [
        "第35行“答复天数”：答复时间（2026-03-21）晚于今天，请核对"
    ]
    assert check(cells | {"答复": ""}, channel="LD").problems == []
    assert sentences(check(cells | {"答复天数": ""}, channel="LD"))[0].startswith(
        "第35行“答复”：有答复意见，没有答复时间"
    )


def test_an_unreadable_day_is_one_problem_and_not_three(check: Check) -> None:
    assert len(check(GOOD | {"来件日期": "昨天"}).problems) == 1
    assert len(check(GOOD | {"答复时间": "昨天"}).problems) == 1


# --- rows that are no records ---


def test_a_total_at_the_foot_is_one_sentence(check: Check) -> None:
    assert sentences(check(dict.fromkeys(GOOD, "") | {"备注": "合计", "人数": 215.0})) == [
        "第35行：没有诉求，也没有来件日期和姓名。如果是合计、签字之类，可以不管"
    ]


def test_a_repeated_header_is_not_a_petition(check: Check) -> None:
    assert sentences(check({name: name for name in GOOD})) == ["第35行：这一行是重复的表头，没有导入"]


def test_cells_beyond_the_header_are_kept_by_their_letter(today: date) -> None:
    names = ("诉求", "来件日期")
    row = Row(2, ["修路", "2026-3-5", None, "旁注"])
    assert rows.check(row, names, headers.guess(names), today, rows.Defaults("LX")).extras == {"D列": "旁注"}


def test_a_heading_mapped_to_extra_is_kept_as_written(today: date) -> None:
    names = ("诉求", "来件日期", "身份证号")
    mapping = headers.guess(names) | {"身份证号": "extra"}
    row = Row(2, ["修路", "2026-3-5", 110101199001011234.0])
    checked = rows.check(row, names, mapping, today, rows.Defaults("LX"))
    assert checked.problems == []
    assert checked.extras == {"身份证号": "1.10101E+17"}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.none() | st.text(max_size=30) | st.floats() | st.booleans() | st.dates(), max_size=20))
def test_any_row_is_clean_or_has_a_sentence(cells: list[Any]) -> None:
    names = tuple(GOOD)
    checked = rows.check(Row(9, cells), names, headers.guess(names), date(2026, 3, 20))
    if checked.problems:
        assert all(problem.sentence.startswith("第9行") for problem in checked.problems)
    else:
        assert {"text", "received_on", "channel", "unsigned"} <= set(checked.values)


# --- the same row again ---


def test_the_same_row_through_another_program_has_the_same_fingerprint(check: Check) -> None:
    again = GOOD | {
        "姓名": "王芳",
        "诉求": "村道破损，要求修复。",
        "来件日期": date(2026, 3, 5),
        "概况": "村道破损 ",
        "备注": "",
    }
    assert rows.fingerprint(check(GOOD).values) == rows.fingerprint(check(again).values)


@pytest.mark.parametrize(
    "change",
    [
        {"姓名": "王方"},
        {"来件日期": "2026.3.4"},
        {"诉求": "要求修桥"},
        {"概况": "桥"},
        {"姓名": "", "概况": "王芳村道破损"},
    ],
)
def test_another_content_has_another_fingerprint(check: Check, change: dict[str, Any]) -> None:
    assert rows.fingerprint(check(GOOD).values) != rows.fingerprint(check(GOOD | change).values)


def test_a_fingerprint_needs_no_column() -> None:
    assert len(rows.fingerprint({})) == 64


# --- the whole way ---


def test_a_whole_ledger_is_read_with_its_problems(
    workbook: Callable[..., Path], import_all: Callable[..., tuple[headers.Columns, list[rows.Checked]]]
) -> None:
    path = workbook(
        {
            "2025": [
                ["青禾县信访局来信登记"],
                ["编号", "姓名", "身份证号", "诉求", "来件日期", "答复意见", "答复日期"],
                ["青信1", "王芳", "", "村道破损", date(2026, 1, 5), "已修复。", "2026年1月20日"],
                ["青信2", "李强", 110101199001011234, "井水浑浊", 46086, None, None],
                [None, None, None, None, "合计", None, None],
                ["青信3", "", None, "路灯不亮", "2026/3/5 16:03", "", ""],
            ]
        },
        merged=["A1:G1"],
    )
    _, checked = import_all(path, channel="LX")
    assert [(row.number, len(row.problems)) for row in checked] == [(3, 0), (4, 1), (5, 2), (6, 0)]
    assert checked[3].values["unsigned"] is True
    assert checked[0].values["replied_on"] == date(2026, 1, 20)
