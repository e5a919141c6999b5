"""The pages of the import: from the upload to the result and back, for those who may, in any encoding."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from petitions.intake.models import ImportBatch
from petitions.matters import who
from petitions.matters.models import Petition
from tests.factories import World
from tests.intake.ledger.conftest import PERSONS, batch_id, checked, columns_of, upload
from tests.intake.ledger.ledgers import HEAD, ROWS, csv_of, petition
from tests.intake.ledger.test_run import WRONG
from tests.pages import Browser


def test_a_ledger_goes_from_the_upload_to_the_result(officer: Browser, session: Session) -> None:
    batch = checked(officer, csv_of([*ROWS, *WRONG]))
    page = officer.get(f"/ledger/{batch}").get_data(as_text=True)
    assert "校验和试运行的结果" in page
    assert "导入3行" in page
    assert "第8行“答复时间”：" in page
    assert "没有答复的1件怎么办" in page
    assert session.scalar(select(func.count()).select_from(Petition)) == 0
    assert officer.post(f"/ledger/{batch}/import", {"unanswered": "open"}).status_code == 302
    page = officer.get(f"/ledger/{batch}").get_data(as_text=True)
    assert "已导入" in page
    number = petition("JH-2").number
    assert f"{number}</a>" in page
    assert officer.get(f"/cases/{petition('JH-2').matter_id}").status_code == 200
    listed = officer.get("/ledger").get_data(as_text=True)
    assert "台账.csv" in listed
    only = officer.get(f"/ledger/{batch}?result=refused").get_data(as_text=True)
    assert number not in only
    assert "第5行“电话”" in only


def test_the_rows_without_a_reply_are_filed_where_that_was_chosen(officer: Browser, session: Session) -> None:
    batch = checked(officer, csv_of(ROWS))
    officer.post(f"/ledger/{batch}/import", {"unanswered": "filed"})
    assert petition("JH-2").matter.state == "filed"


def test_an_old_answer_stands_on_the_case_page_with_its_origin(officer: Browser, session: Session) -> None:
    batch = checked(officer, csv_of(ROWS))
    officer.post(f"/ledger/{batch}/import")
    page = officer.get(f"/cases/{petition('JH-1').matter_id}").get_data(as_text=True)
    assert "补录答复" in page
    assert "台账.csv第2行" in page


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_text_table_is_read_in_its_encoding(officer: Browser, session: Session, encoding: str) -> None:
    row = ("JH-1", "买买提·艾力", "", "2024-03-05", "来信", "𠮷田的路", "请求修路，㐂家门口。", "", "")
    batch = checked(officer, csv_of([row]).decode().encode(encoding))
    officer.post(f"/ledger/{batch}/import")
    assert (petition("JH-1").title, petition("JH-1").text) == ("𠮷田的路", "请求修路，㐂家门口。")
    assert petition("JH-1").matter.petitioners[0].name == "买买提·艾力"


def test_a_workbook_with_a_title_two_lines_of_header_and_two_sheets(
    officer: Browser, session: Session, workbook: Callable[..., Path]
) -> None:
    tables = {
        "说明": [["填表说明"]],
        "2024": [
            ["青禾县信访台账"], ["编号", "信访人", None, "来件日期", "信访形式", "诉求内容"],
            [None, "姓名", "电话", None, None, None], ["A-1", "田小禾", "19900001001", "2024年3月5日", "来信", "请求修路。"],
        ],
    }  # fmt: skip
    content = workbook(tables, merged=["B2:C2"]).read_bytes()
    batch = batch_id(upload(officer, content, "台账.xlsx"))
    assert "看这张表" in officer.get(f"/ledger/{batch}/sheet").get_data(as_text=True)
    page = officer.get(f"/ledger/{batch}/sheet?sheet=2024").get_data(as_text=True)
    assert re.search(r'value="2"[^>]* checked', page)
    officer.post(f"/ledger/{batch}/sheet", {"sheet": "2024", "header_row": "2", "lines": "2"})
    page = officer.get(f"/ledger/{batch}/columns").get_data(as_text=True)
    assert "信访人·电话" in page
    officer.post(f"/ledger/{batch}/columns", columns_of(page))
    officer.post(f"/ledger/{batch}/import")
    [person] = petition("A-1").matter.petitioners
    assert (person.name, who._known(person)["phone"]) == ("田小禾", "19900001001")
    assert petition("A-1").particulars["ledger"] == "台账.xlsx“2024”第4行"


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8, "台账.xlsx", "这是一张图片（png），不是表格"),
        (b"", "台账.xlsx", "这个文件是空的"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "台账.xls", "这是网页，不是表格"),
        (b"PK\x03\x04" + b"\0" * 64, "台账.xlsx", "这个表格已损坏"),
        (b"%PDF-1.7\n" + b"\0" * 64, "台账.csv", "这是pdf文件，不是表格"),
    ],
)
def test_what_is_no_table_is_refused_with_what_it_is(
    officer: Browser, session: Session, content: bytes, name: str, sentence: str
) -> None:
    response = upload(officer, content, name)
    assert response.status_code == 422
    page = response.get_data(as_text=True)
    assert sentence in page
    assert "<title>错误：" in page
    assert session.scalar(select(func.count()).select_from(ImportBatch)) == 0


def test_a_page_that_begins_at_no_row_is_the_first(officer: Browser) -> None:
    for before in ("9" * 30, "-1", "x", "٣"):
        assert officer.get(f"/ledger?before={before}").status_code == 200


def test_no_file_is_a_sentence_at_the_field(officer: Browser) -> None:
    response = officer.post("/ledger", {})
    assert response.status_code == 422
    assert 'id="f-file-error">选择要导入的表格文件' in response.get_data(as_text=True)


def test_a_header_that_is_no_row_is_refused(officer: Browser) -> None:
    batch = batch_id(upload(officer, csv_of(ROWS)))
    response = officer.post(f"/ledger/{batch}/sheet", {"header_row": "40", "lines": "1"})
    assert response.status_code == 409
    assert "第40行是空行" in response.get_data(as_text=True)
    assert officer.post(f"/ledger/{batch}/sheet", {"sheet": "不存在"}).status_code in (302, 409)


def test_a_wrong_mapping_is_told_and_what_was_chosen_is_kept(officer: Browser) -> None:
    batch = batch_id(upload(officer, csv_of(ROWS)))
    officer.post(f"/ledger/{batch}/sheet", {"header_row": "1", "lines": "1"})
    wrong = {f"column-{place}": "name" for place in range(3)}
    response = officer.post(f"/ledger/{batch}/columns", {**wrong, "place": "河湾镇", "received_on": "2024年13月"})
    page = response.get_data(as_text=True)
    assert response.status_code == 422
    assert "河湾镇" in page
    assert 'value="2024年13月"' in page
    response = officer.post(f"/ledger/{batch}/columns", wrong)
    page = response.get_data(as_text=True)
    assert "都对应了“姓名”，只能留一列" in page
    assert "还没有选择哪一列是诉求原文或者概况" in page
    assert columns_of(page)["column-1"] == "name"


def test_a_mapping_is_remembered_for_the_same_headings(officer: Browser, browser_of: PERSONS, world: World) -> None:
    checked(
        officer,
        csv_of(ROWS, ("甲", "姓名", "电话", "来件日期", "信访形式", "标题", "诉求内容", "答复意见", "答复时间")),
    )
    batch = batch_id(upload(officer, csv_of(WRONG, ("甲", *HEAD[1:]))))
    officer.post(f"/ledger/{batch}/sheet", {"header_row": "1", "lines": "1"})
    page = officer.get(f"/ledger/{batch}/columns").get_data(as_text=True)
    assert "已按上次同样表头的对应关系填好" in page
    assert columns_of(page)["column-0"] == "extra"


def test_previews_mask_the_numbers_of_people(officer: Browser) -> None:
    row = ("JH-1", "田小禾", "19900001001", "2024-03-05", "来信", "", "身份证11010119900307002X，请求修路。", "", "")
    batch = batch_id(upload(officer, csv_of([row])))
    officer.post(f"/ledger/{batch}/sheet", {"header_row": "1", "lines": "1"})
    for page in ("sheet", "columns"):
        text = officer.get(f"/ledger/{batch}/{page}").get_data(as_text=True)
        assert "199****1001" in text
        assert "19900001001" not in text
        assert "11010119900307002X" not in text


def test_the_same_file_again_says_so_and_adds_nothing(officer: Browser, session: Session) -> None:
    for _ in range(2):
        batch = checked(officer, csv_of(ROWS))
        officer.post(f"/ledger/{batch}/import")
    assert session.scalar(select(func.count()).select_from(Petition)) == 3
    page = upload(officer, csv_of(ROWS), "别的名字.csv")
    assert "这个文件以前导入过" in officer.get(page.location).get_data(as_text=True)


def test_a_check_without_rows_to_import_offers_no_import(officer: Browser) -> None:
    batch = checked(officer, csv_of(WRONG))
    page = officer.get(f"/ledger/{batch}").get_data(as_text=True)
    assert "没有可以导入的行" in page
    assert "导入0行" not in page


def test_only_who_may_import_gets_in_and_only_to_the_own_office(
    officer: Browser, browser_of: PERSONS, world: World
) -> None:
    batch = checked(officer, csv_of(ROWS))
    pages = ["/ledger", *(f"/ledger/{batch}{rest}" for rest in (
        "", "/progress", "/sheet", "/columns", "/undo", "/problems.xlsx", "/problems.csv"))]  # fmt: skip
    acts = [f"/ledger/{batch}/{rest}" for rest in ("sheet", "columns", "import", "undo", "discard")]
    for name in ("clerk", "receiver", "handler", "auditor", "administrator"):
        stranger = browser_of(world.people[name])
        assert {stranger.get(url).status_code for url in pages} == {403}
        assert {stranger.post(url).status_code for url in ["/ledger", *acts]} == {403}
    other = browser_of(world.other_officer)
    assert other.get("/ledger").status_code == 200
    assert {other.get(url).status_code for url in pages[1:]} == {404}
    assert {other.post(url).status_code for url in acts} == {404}
    assert browser_of(world.office_head).get(f"/ledger/{batch}").status_code == 200
    assert {officer.get(f"/ledger/{number}").status_code for number in (0, 999999, 2**31 - 1)} == {404}


def test_an_accusation_is_not_shown_to_who_brought_it_in(officer: Browser, session: Session) -> None:
    row = ("JH-1", "田小禾", "", "2024-03-05", "来信", "举报某干部", "举报某干部占用集体土地。", "", "", "检举控告")
    batch = checked(officer, csv_of([row], (*HEAD, "信访目的")))
    assert "有1件是检举控告" in officer.get(f"/ledger/{batch}").get_data(as_text=True)
    officer.post(f"/ledger/{batch}/import")
    page = officer.get(f"/ledger/{batch}").get_data(as_text=True)
    assert petition("JH-1").number not in page
    assert "举报某干部" not in page


def test_a_ledger_that_does_not_say_how_its_petitions_came_asks_once_and_not_row_by_row(officer: Browser) -> None:
    rows = [(*row[:4], *row[5:]) for row in ROWS]
    batch = batch_id(upload(officer, csv_of(rows, (*HEAD[:4], *HEAD[5:]))))
    officer.post(f"/ledger/{batch}/sheet", {"header_row": "1", "lines": "1"})
    page = officer.get(f"/ledger/{batch}/columns").get_data(as_text=True)
    asked = page.split('data-field="channel"')[1].split('data-field="')[0]
    assert 'aria-required="true"' in asked
    response = officer.post(f"/ledger/{batch}/columns", columns_of(page))
    assert response.status_code == 422
    assert "表里没有“信访形式”这一列" in response.get_data(as_text=True)
    assert officer.post(f"/ledger/{batch}/columns", {**columns_of(page), "channel": "WS"}).status_code == 302


def test_a_file_without_a_row_leads_back_to_the_ledgers_or_to_another_file(officer: Browser) -> None:
    batch = batch_id(upload(officer, csv_of([], ("", ""))))
    page = officer.get(f"/ledger/{batch}/sheet").get_data(as_text=True).split('id="main"')[1]
    assert "这个文件里没有内容" in page
    assert 'href="/ledger"' in page
    assert f'action="/ledger/{batch}/discard"' in page


def test_a_refusal_of_the_import_shows_the_way_back(officer: Browser) -> None:
    batch = batch_id(upload(officer, csv_of(ROWS)))
    response = officer.post(f"/ledger/{batch}/import")
    page = response.get_data(as_text=True).split('id="main"')[1]
    assert response.status_code == 409
    assert f'href="/ledger/{batch}"' in page
    assert 'href="/ledger"' in page
