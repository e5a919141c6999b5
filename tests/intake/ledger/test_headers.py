"""Finding the header and guessing the columns, so that most ledgers need no hand."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from petitions.cases.spreadsheets import sheets
from petitions.cases.spreadsheets.cells import Row
from petitions.intake.ledger import headers
from petitions.intake.ledger.columns import COLUMNS, EXTRA
from petitions.words import Refused

NAMES = ["编号", "信访人", "联系电话", "主要诉求", "来信日期"]
RECORD = ["7", "王芳", "19900012345", "村道破损，要求修复", "2026.3.5"]


def rows(*tables: list[Any]) -> list[Row]:
    return [Row(number, cells) for number, cells in enumerate(tables, 1) if any(cells)]


def read(path: Path) -> headers.Header:
    with sheets.open_book(path) as book:
        return headers.find(book.head())


def guessed(*names: str) -> dict[str, str]:
    """What the headings mean, those that mean nothing left out."""
    return {name: key for name, key in headers.guess(names).items() if key != EXTRA}


# --- where the header lies ---


def test_a_header_in_the_first_row_is_found() -> None:
    assert headers.find(rows(NAMES, RECORD)) == headers.Header(1, 1, tuple(NAMES))


def test_titles_above_the_header_are_passed_over(workbook: Callable[..., Path]) -> None:
    title, made = ["青禾县2025年度来信登记台账"], ["填报单位：青禾县信访局", None, None, "填报日期：2026年1月5日"]
    header = read(workbook({"表": [title, [], made, NAMES, RECORD]}, merged=["A1:E1", "A3:C3"]))
    assert (header.first, header.last, header.names) == (4, 4, tuple(NAMES))


def test_a_title_directly_above_the_header_is_not_part_of_it() -> None:
    for title in (
        ["青禾县来信台账"],
        ["青禾县来信台账", None, "2025年"],
        ["诉求登记表", None, None, None, "密级：内部"],
    ):
        assert headers.find(rows(title, NAMES, RECORD)).names == tuple(NAMES)


def test_a_header_of_two_lines_is_read_as_one(workbook: Callable[..., Path]) -> None:
    upper = ["序号", "信访人", None, None, "承办情况", None, "诉求", "来件日期"]
    lower = [None, "姓名", "电话", "住址", "承办单位", "承办人电话", None, None]
    record = ["1", "王芳", "19900012345", "柳河镇", "住建局", "0371-1234567", "修路", "2026.3.5"]
    merged = ["A2:A3", "B2:D2", "E2:F2", "G2:G3", "H2:H3"]
    header = read(workbook({"表": [["青禾县台账"], upper, lower, record]}, merged=["A1:H1", *merged]))
    assert (header.first, header.last) == (2, 3)
    assert header.names[1:6] == (
        "信访人·姓名",
        "信访人·电话",
        "信访人·住址",
        "承办情况·承办单位",
        "承办情况·承办人电话",
    )
    assert list(headers.guess(header.names).values()) == [
        EXTRA, "name", "phone", "address", "unit", EXTRA, "text", "received_on",
    ]  # fmt: skip


def test_a_header_of_two_lines_needs_no_merged_cells(text_file: Callable[..., Path]) -> None:
    header = read(text_file("信访人,,诉求,来件日期\n姓名,手机,,\n王芳,19900012345,修路,2026.3.5\n"))
    assert header == headers.Header(1, 2, ("信访人·姓名", "信访人·手机", "诉求", "来件日期"))


def test_a_short_record_is_not_the_second_line_of_a_header() -> None:
    assert headers.find(rows(["姓名", "信访形式", "诉求"], ["王芳", "来信", "修路"])).last == 1


def test_without_a_known_heading_the_fullest_row_of_text_is_taken() -> None:
    assert headers.find(rows(["说明"], ["甲", "乙", "丙"], ["1", 2.0, 3.0])).names == ("甲", "乙", "丙")


def test_headings_are_told_apart_and_never_empty() -> None:
    header = headers.find(rows(["姓名", "备注", None, "备注", "诉求"], ["王芳", "a", "b", "c", "修路", "多"]))
    assert header.names == ("姓名", "备注", "C列", "备注（D列）", "诉求", "F列")


def test_line_breaks_in_a_heading_do_not_matter() -> None:
    assert headers.find(rows(["姓 名", "来件\n日期", "诉求"], RECORD)).names[:3] == ("姓名", "来件日期", "诉求")


def test_a_person_may_point_at_the_header() -> None:
    head = rows(["第一部分"], ["甲", None], ["乙", "丙"], RECORD)
    assert headers.at(head, 3).names[:2] == ("乙", "丙")
    assert headers.at(head, 2, lines=2).names[:2] == ("甲·乙", "甲·丙")
    with pytest.raises(Refused, match="第9行是空行"):
        headers.at(head, 9)


def test_an_empty_sheet_has_no_header() -> None:
    with pytest.raises(Refused, match="这张表没有内容"):
        headers.find([])


@given(
    st.lists(
        st.lists(st.none() | st.text(max_size=12) | st.floats(allow_nan=False), min_size=1, max_size=8), min_size=1
    )
)
def test_any_sheet_has_a_header_with_one_name_per_column(table: list[list[Any]]) -> None:
    header = headers.find([Row(number, cells) for number, cells in enumerate(table, 1)])
    assert len(header.names) == len(set(header.names)) == max(map(len, table))
    assert all(header.names)


# --- what the headings mean ---


def test_the_message_ledger_with_replies_needs_no_hand() -> None:
    assert guessed("留言编号", "留言用户", "留言主题", "留言时间", "留言详情", "答复意见", "答复时间") == {
        "留言编号": "original_number", "留言用户": "name", "留言主题": "title", "留言时间": "received_on",
        "留言详情": "text", "答复意见": "reply", "答复时间": "replied_on",
    }  # fmt: skip


def test_the_hotline_needs_no_hand() -> None:
    assert guessed(
        "区", "河流", "性质", "信息来源", "标题", "匿名(1)/实名(0)", "时间", "投诉件内容", "回复1", "转处理次数", "有效回复条数",
        "最终回复-投诉事件", "首次转处理-诉求时间", "首次敷衍-诉求时间", "首次解释/安慰-诉求时间", "首次有实质进展-诉求时间",
    ) == {
        "区": "place", "性质": "purpose", "信息来源": "channel", "标题": "title", "匿名(1)/实名(0)": "unsigned",
        "时间": "received_on", "投诉件内容": "text", "回复1": "reply", "最终回复-投诉事件": "reply_days",
    }  # fmt: skip


def test_an_office_ledger_needs_no_hand() -> None:
    assert guessed(
        "序号", "信访件编号", "信访形式*", "信访人姓名（必填）", "身份证号码", "联系电话", "现住址", "信访人数", "概况", "信访目的",
        "内容分类", "问题属地", "责任单位", "来件日期", "受理日期", "办结期限", "办理结果", "办结日期", "承办人", "承办人电话", "备注",
    ) == {
        "信访件编号": "original_number", "信访形式*": "channel", "信访人姓名（必填）": "name", "身份证号码": "id_number",
        "联系电话": "phone", "现住址": "address", "信访人数": "headcount", "概况": "title", "信访目的": "purpose",
        "内容分类": "content_class", "问题属地": "place", "责任单位": "unit", "来件日期": "received_on", "办理结果": "reply",
        "办结日期": "replied_on",
    }  # fmt: skip


def test_the_field_names_of_the_national_interface_are_known() -> None:
    names = ["xm", "zjhm", "sjh", "xxzz", "tszt", "tsnr", "xfmdmc", "nrflmc", "wtsdmc"]
    assert list(guessed(*names).values()) == [
        "name", "id_number", "phone", "address", "title", "text", "purpose", "content_class", "place",
    ]  # fmt: skip


def test_a_summary_is_the_title_beside_a_text_and_the_text_beside_a_title() -> None:
    assert guessed("概况", "诉求") == {"概况": "title", "诉求": "text"}
    assert guessed("主题", "概况") == {"主题": "title", "概况": "text"}
    assert guessed("概况") == {"概况": "title"}


def test_what_belongs_to_other_people_is_not_the_petitioners() -> None:
    assert guessed("被反映人姓名", "承办人电话", "被举报单位", "代理人身份证号", "接访人姓名", "单位地址") == {}


def test_the_running_number_of_a_sheet_is_not_an_original_number() -> None:
    assert guessed("序号") == {}


def test_a_day_of_reply_without_a_reply_is_kept_beside() -> None:
    assert guessed("诉求", "办结时间", "办理天数") == {"诉求": "text"}


@pytest.mark.parametrize(
    ("heading", "key"),
    [
        ("匿名（１）/实名（０）", "unsigned"), ("匿名(0)实名(1)", "signed"), ("实名1匿名0", "signed"),
        ("是否匿名", "unsigned"), ("是否实名", "signed"),
    ],
)  # fmt: skip
def test_a_legend_says_what_a_one_means(heading: str, key: str) -> None:
    assert guessed(heading) == {heading: key}


def test_a_vague_heading_is_judged_by_its_cells() -> None:
    names = ["类型", "来源", "诉求"]
    calls = [Row(number, ["咨询", "电话", "问"]) for number in range(2, 9)]
    assert headers.guess(names, calls) == {"类型": "purpose", "来源": "channel", "诉求": "text"}
    topics = [Row(number, ["农村农业", "甲表", "问"]) for number in range(2, 9)]
    assert headers.guess(names, topics) == {"类型": "content_class", "来源": EXTRA, "诉求": "text"}


@given(
    st.lists(st.sampled_from([name for column in COLUMNS.values() for name in column.names + column.also]) | st.text())
)
def test_no_column_is_given_twice(names: list[str]) -> None:
    keys = [key for key in headers.guess(names).values() if key != EXTRA]
    assert len(keys) == len(set(keys))


def test_every_column_is_found_by_each_of_its_names() -> None:
    for column in COLUMNS.values():
        for name in column.names:
            beside = () if column.key == "reply" else ("答复意见",)
            assert headers.guess((name, *beside))[name] == column.key, name


# --- remembering and choosing ---


def test_a_mapping_is_remembered_whatever_the_order_of_the_columns() -> None:
    assert json.loads(json.dumps(headers.guess(NAMES))) == headers.guess(NAMES)
    assert headers.signature(NAMES) == headers.signature([name + " " for name in reversed(NAMES)])
    assert headers.signature(NAMES) != headers.signature(NAMES[:-1])


def test_a_good_mapping_has_no_flaws() -> None:
    assert headers.flaws(NAMES, headers.guess(NAMES)) == []


def test_every_flaw_of_a_mapping_is_told() -> None:
    chosen = {"编号": "name", "信访人": "name", "联系电话": "nothing", "来信日期": "replied_on"}
    assert headers.flaws(NAMES, chosen) == [
        "“编号”、“信访人”都对应了“姓名”，只能留一列",
        "没有“nothing”这个项目，请重新选择",
        "还没有选择哪一列是诉求原文或者概况",
        "还没有选择哪一列是来件日期；表里没有的，请填写统一的来件日期",
        "选择了答复时间，还没有选择哪一列是答复意见；没有这一列的，请把答复时间留作备注",
    ]
    assert len(headers.flaws(NAMES, chosen, has_day=True)) == 4
