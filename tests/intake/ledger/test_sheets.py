"""Opening what is said to be a ledger: every kind of table is read, everything else is answered with a sentence."""

import struct
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from petitions.cases.spreadsheets import sheets, workbooks
from petitions.cases.spreadsheets.cells import Row, letter, written
from petitions.words import Refused

HEADINGS = ["编号", "姓名", "诉求"]


def read(source: Path | bytes, name: str | None = None) -> list[Row]:
    with sheets.open_book(source) as book:
        return list(book.rows(name))


def refusal(source: Path | bytes) -> str:
    with pytest.raises(Refused) as refused:
        read(source)
    return refused.value.sentence


# --- workbooks ---


def test_cells_keep_their_type(workbook: Callable[..., Path]) -> None:
    cells = ["文字", 12, 3.5, True, date(2026, 3, 5), datetime(2026, 3, 5, 16, 3), None, "完"]  # noqa: DTZ001
    assert read(workbook({"表": [cells]})) == [
        Row(1, ["文字", 12.0, 3.5, True, date(2026, 3, 5), datetime(2026, 3, 5, 16, 3), None, "完"])  # noqa: DTZ001
    ]


def test_rows_keep_the_number_the_spreadsheet_shows(workbook: Callable[..., Path]) -> None:
    found = read(workbook({"表": [[], [], ["", "题目"], [], ["", "甲"]]}))
    assert found == [Row(3, [None, "题目"]), Row(5, [None, "甲"])]


def test_an_upload_is_read_from_its_bytes_and_leaves_no_copy(
    workbook: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = workbook({"表": [HEADINGS]}).read_bytes()
    uploads = tmp_path / "uploads"
    uploads.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(uploads))
    assert read(content) == [Row(1, [*HEADINGS])]
    assert refusal(b"\x89PNG\r\n\x1a\n" + bytes(100))
    assert list(uploads.iterdir()) == []


def test_a_hidden_sheet_is_offered_but_not_taken_first(workbook: Callable[..., Path]) -> None:
    path = workbook({"旧表": [["旧"]], "2025年": [["新"]]}, hidden=["旧表"])
    with sheets.open_book(path) as book:
        assert [(sheet.name, sheet.hidden) for sheet in book.sheets] == [("旧表", True), ("2025年", False)]
        assert book.sheet().name == "2025年"
        assert [row.cells for row in book.rows()] == [["新"]]
        assert [row.cells for row in book.rows("旧表")] == [["旧"]]


def test_a_sheet_that_is_not_there_is_named(workbook: Callable[..., Path]) -> None:
    with sheets.open_book(workbook({"表": [HEADINGS]})) as book, pytest.raises(Refused, match="没有名为“第二张”的表"):
        book.rows("第二张")


def test_a_cell_merged_downwards_stands_in_every_row(workbook: Callable[..., Path]) -> None:
    path = workbook(
        {"表": [HEADINGS, ["1", "王芳", "修路"], ["2", None, "供水"], [], ["3", "李强", "路灯"]]}, merged=["B2:B4"]
    )
    assert [row.cells for row in read(path)[1:]] == [
        ["1", "王芳", "修路"],
        ["2", "王芳", "供水"],
        ["3", "李强", "路灯"],
    ]


def test_control_characters_are_gone_and_line_breaks_stay(workbook: Callable[..., Path]) -> None:
    assert read(workbook({"表": [["一\x00二\x07\x0b三\r\n四"]]})) == [Row(1, ["一二\n三\r\n四"])]


def test_an_old_workbook_is_read(old_workbook: Callable[..., Path]) -> None:
    path = old_workbook([["编号", "姓名", "日期"], [7, "买买提·艾力", date(2026, 3, 5)]])
    with sheets.open_book(path) as book:
        assert [sheet.name for sheet in book.sheets] == ["信访台账"]
        assert list(book.rows()) == [Row(1, ["编号", "姓名", "日期"]), Row(2, [7.0, "买买提·艾力", date(2026, 3, 5)])]


def test_a_workbook_called_csv_is_a_workbook(workbook: Callable[..., Path]) -> None:
    assert read(workbook({"表": [HEADINGS]}, name="台账.csv")) == [Row(1, [*HEADINGS])]


def test_a_large_workbook_is_not_held_in_memory(workbook: Callable[..., Path]) -> None:
    path = workbook({"表": [[f"{index}-{column}" * 10 for column in range(5)] for index in range(5000)]})
    assert peak(path) < 2_000_000


def test_reading_may_stop_anywhere(workbook: Callable[..., Path]) -> None:
    with sheets.open_book(workbook({"表": [[index] for index in range(3000)]})) as book:
        assert [row.number for row in book.head(count=3)] == [1, 2, 3]
        assert sum(1 for _ in book.rows()) == 3000


def peak(path: Path) -> int:
    """Bytes held at most while the rows go by."""
    with sheets.open_book(path) as book:
        tracemalloc.start()
        count = sum(1 for _ in book.rows())
        held = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert count == 5000
    return held


# --- text ---


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "gbk"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_every_usual_text_table_is_read(text_file: Callable[..., Path], encoding: str, delimiter: str) -> None:
    lines = [HEADINGS, ["1", "王芳", "井水浑浊，望处理；谢谢"], ["2", "李强", "路灯不亮"]]
    path = text_file("\r\n".join(delimiter.join(line) for line in lines), encoding)
    assert read(path) == [Row(number, [*line]) for number, line in enumerate(lines, 1)]


def test_rare_characters_of_gb18030_are_read(text_file: Callable[..., Path]) -> None:
    assert read(text_file("姓名,诉求\n\U00020bb7㐂,䶮\n", "gb18030"))[1].cells == ["\U00020bb7㐂", "䶮"]


def test_a_utf16_file_without_its_name_is_read(text_file: Callable[..., Path]) -> None:
    path = text_file("\ufeff姓名\t诉求\r\n王芳\t修路\r\n", "utf-16-be", "台账.txt")
    assert read(path)[1] == Row(2, ["王芳", "修路"])


def test_quoted_line_breaks_and_delimiters_belong_to_the_cell(text_file: Callable[..., Path]) -> None:
    path = text_file('编号,诉求\n1,"第一行\n第二行,""引号""\r\n\n第三行"\n\n2,完\n')
    assert read(path) == [
        Row(1, ["编号", "诉求"]),
        Row(2, ["1", '第一行\n第二行,"引号"\r\n\n第三行']),
        Row(4, ["2", "完"]),
    ]


def test_a_letter_of_fifty_thousand_characters_is_read(text_file: Callable[..., Path]) -> None:
    assert len(str(read(text_file('编号,诉求\n1,"' + "长" * 50_000 + '"\n'))[1].cells[1])) == 50_000


def test_nul_in_a_text_table_is_dropped(text_file: Callable[..., Path]) -> None:
    assert read(text_file("编号,姓名,诉求内容\n1,王\x00芳,修\x01路\n"))[1].cells == ["1", "王芳", "修路"]


@pytest.mark.parametrize("ending", ["", "\n", "\r\n\r\n", "\r"])
def test_the_end_of_the_file_may_look_any_way(text_file: Callable[..., Path], ending: str) -> None:
    assert read(text_file("编号,诉求\n1,修路" + ending)) == [Row(1, ["编号", "诉求"]), Row(2, ["1", "修路"])]


def test_an_open_quotation_mark_is_found_with_its_row(text_file: Callable[..., Path]) -> None:
    path = text_file('编号,诉求\n1,修路\n2,"没有收尾\n3,供水\n4,路灯\n')
    assert refusal(path).startswith("第3行有一个引号没有成对")


def test_a_quotation_mark_within_a_cell_is_only_a_sign(text_file: Callable[..., Path]) -> None:
    assert read(text_file('编号,诉求\n1,管径5"的水管\n2,完\n'))[1].cells == ["1", '管径5"的水管']


def test_an_open_quotation_mark_in_a_long_file_is_found(text_file: Callable[..., Path]) -> None:
    assert refusal(text_file('编号,诉求\n1,"' + "没有收尾的一行\n" * 200_000)).startswith("第2行有一个引号没有成对")


@pytest.mark.parametrize("place", [20, -2])
def test_damaged_utf8_is_not_read_as_another_encoding(tmp_path: Path, place: int) -> None:
    path = tmp_path / "台账.csv"
    whole = ("编号,诉求\n" + "1,井水浑浊望处理\n" * 20).encode()
    path.write_bytes(whole[:place] + whole[place + 1 :] if place > 0 else whole[:place])
    assert "损坏的文字" in refusal(path)


def test_a_large_text_table_is_not_held_in_memory(text_file: Callable[..., Path]) -> None:
    path = text_file("".join(f"{index},{'字' * 500}\n" for index in range(5000)))
    assert peak(path) < 2_000_000


# --- what is not a table ---


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"", "这个文件是空的"),
        (b" \r\n\t\xef\xbb\xbf", "这个文件是空的"),
        (b"\x89PNG\r\n\x1a\n" + bytes(200), "这是一张图片（png）"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(200), "这是一张图片（jpg）"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "这是pdf文件"),
        (b"MZ" + bytes(200), "这是exe文件"),
        (b"<html><body><table><tr><td>1</td></tr></table>", "这是网页"),
        (b"\xef\xbb\xbf\n<!DOCTYPE html><table></table>", "这是网页"),
        (b'<?xml version="1.0"?><Workbook/>', "这是XML文件"),
        (b"PK\x03\x04" + bytes(100), "已损坏"),
        (b"PK\x05\x06" + bytes(18), "不是.xlsx、.xls或.csv表格"),
        (bytes(range(256)) * 8, "认不出文件的文字编码"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "不是.xlsx、.xls或.csv表格"),
    ],
)
def test_what_is_not_a_table_is_told_so(tmp_path: Path, content: bytes, part: str) -> None:
    path = tmp_path / "台账.xlsx"
    path.write_bytes(content)
    assert part in refusal(path)


def test_a_missing_file_is_told_so(tmp_path: Path) -> None:
    assert "读不到这个文件" in refusal(tmp_path / "没有.xlsx")


def test_a_word_document_is_not_a_table(tmp_path: Path) -> None:
    path = tmp_path / "台账.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<w:document/>")
    assert "不是.xlsx、.xls或.csv表格" in refusal(path)


def test_a_book_with_a_password_says_so(old_office: Callable[..., Path]) -> None:
    assert refusal(old_office("EncryptedPackage", b"x" * 5000)).startswith("这个表格设有密码")


def test_an_old_book_with_a_password_says_so(old_office: Callable[..., Path]) -> None:
    begin = struct.pack("<HHHHHHII", 0x0809, 16, 0x0600, 0x0005, 0, 0, 0, 0)
    locked = struct.pack("<HH54s", 0x002F, 54, b"\x01\x00\x01\x00\x01\x00" + bytes(range(48)))
    assert refusal(old_office("Workbook", begin + locked + struct.pack("<HH", 0x000A, 0))).startswith("这个表格")


def test_half_a_workbook_is_damaged(workbook: Callable[..., Path]) -> None:
    path = workbook({"表": [HEADINGS] * 100})
    path.write_bytes(path.read_bytes()[:-300])
    assert refusal(path).startswith("这个表格已损坏")


# --- files made to harm ---


def repacked(path: Path, part: str, content: bytes | Iterator[bytes]) -> Path:
    """The workbook with one part replaced."""
    with zipfile.ZipFile(path) as source:
        kept = {name: source.read(name) for name in source.namelist() if name != part}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, whole in kept.items():
            archive.writestr(name, whole)
        with archive.open(part, "w") as file:
            for piece in [content] if isinstance(content, bytes) else content:
                file.write(piece)
    return path


SHEET = "xl/worksheets/sheet1.xml"


def test_a_bomb_is_refused_before_it_is_opened(workbook: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: Any, **__: Any) -> None:
        pytest.fail("the bomb was opened")

    path = repacked(workbook({"表": [HEADINGS]}), SHEET, (b" " * (1 << 20) for _ in range(200)))
    assert path.stat().st_size < 1 << 20
    monkeypatch.setattr(workbooks.subprocess, "Popen", never)
    assert refusal(path).startswith("这个表格展开后太大")


def test_a_bomb_of_many_parts_is_refused(workbook: Callable[..., Path]) -> None:
    path = workbook({"表": [HEADINGS]})
    with zipfile.ZipFile(path, "a") as archive:
        for index in range(workbooks.MOST_PARTS):
            archive.writestr(f"xl/media/{index}.bin", b"")
    assert refusal(path).startswith("这个表格展开后太大")


def test_two_cells_in_opposite_corners_end_the_reading_process_and_nothing_else(workbook: Callable[..., Path]) -> None:
    corners = b'<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c></row>'
    corners += b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
    path = repacked(workbook({"表": [HEADINGS]}), SHEET, corners)
    assert refusal(path).startswith("这个表格展开后太大")


def test_a_cell_left_at_the_bottom_of_the_sheet_is_no_harm(workbook: Callable[..., Path]) -> None:
    bottom = b'<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c></row>'
    bottom += b'<row r="1048576"><c r="C1048576"><v>2</v></c></row></sheetData></worksheet>'
    assert read(repacked(workbook({"表": [HEADINGS]}), SHEET, bottom))[-1] == Row(1_048_576, [None, None, 2.0])


@pytest.mark.parametrize(
    "content", [b"", b"garbage", b"<worksheet><sheetData><row><c r='A0'><v>1</v></c></row></sheetData></worksheet>"]
)
def test_a_damaged_sheet_is_told_so(workbook: Callable[..., Path], content: bytes) -> None:
    assert refusal(repacked(workbook({"表": [HEADINGS]}), SHEET, content)).startswith("这个表格已损坏")


def test_a_sheet_that_names_a_file_of_ours_is_told_nothing_of_it(workbook: Callable[..., Path], tmp_path: Path) -> None:
    """Entities of XML, from outside and of its own, are not put in."""
    secret = tmp_path / "secret.txt"
    secret.write_text("别人的秘密", encoding="utf-8")
    named = f'<!DOCTYPE w [<!ENTITY out SYSTEM "{secret.as_uri()}"><!ENTITY own "展开了">]>'
    cells = "".join(
        f'<c r="{at}" t="inlineStr"><is><t>{text}</t></is></c>'
        for at, text in (("A1", "姓名"), ("B1", "&out;"), ("C1", "&own;"))
    )
    sheet = f'{named}<worksheet><sheetData><row r="1">{cells}</row></sheetData></worksheet>'
    path = repacked(workbook({"表": [HEADINGS]}), SHEET, sheet.encode())
    try:
        told = str(read(path))
    except Refused as refused:
        told = str(refused)
    assert "秘密" not in told
    assert "展开了" not in told


# --- cells as they are seen ---


@pytest.mark.parametrize(
    ("cell", "seen"),
    [
        (2554.0, "2554"), (3.5, "3.5"), (1.10101e17, "1.10101E+17"), (123456789012345.0, "123456789012345"),
        (0.1 + 0.2, "0.3"), (True, "是"), (None, ""), (date(2026, 3, 5), "2026-03-05"),
        (datetime(2026, 3, 5, 16, 3), "2026-03-05 16:03:00"),  # noqa: DTZ001 - a cell has no zone
    ],
)  # fmt: skip
def test_a_cell_is_shown_as_its_reader_sees_it(cell: Any, seen: str) -> None:
    assert written(cell) == seen


def test_columns_are_called_by_their_letters() -> None:
    assert [letter(index) for index in (0, 25, 26, 701, 702, 16_383)] == ["A", "Z", "AA", "ZZ", "AAA", "XFD"]
