"""S14: what leaves in a table stays text. Nothing in it is reckoned, nothing calls elsewhere, no character is lost."""

import csv
import io
import re
import zipfile

import pytest
import python_calamine
import xlsxwriter

from petitions.intake.ledger import worker
from petitions.web.responses import Application
from tests.deep.hostile import CORPUS
from tests.factories import World
from tests.intake.ledger.test_views import checked
from tests.pages import Browse

PAYLOADS = [
    *CORPUS["formulas"], *CORPUS["templates"][::3], *CORPUS["markup"][::5], *CORPUS["headers"][::2], *CORPUS["invisible"][::2],
    *CORPUS["chinese"][::4], *CORPUS["paths"][::5],
    *(f"{sign}2+5+cmd|' /C calc'!A0" for sign in ("＝", "＋", "－", "＠", "-", "@", "'＝", "''=", "\n=")), "=DDE(\"cmd\";\"/C calc\";\"x\")",
    "=1+1\x00", "_x0041_", "_x005F_", "&#61;1+1", "&lt;f&gt;1+1&lt;/f&gt;", "</t></si><f>1+1</f>", "]]><f>1</f>", "<![CDATA[=1]]>",
    "长" * 5_000, "\ud7ff\ue000\U00010000\U0010ffff",
]  # fmt: skip

WIDE = 8
"""Columns of words beside those that make a row, and its mistake."""

FIRST = ("编号", "电话", "来件日期", "信访形式", "诉求内容")

PAYLOADS = [word for word in PAYLOADS if not {"\ufffe", "\uffff"} & set(word)]  # no workbook can carry these two
PAYLOADS += ["末尾"] * (-len(PAYLOADS) % WIDE)
ROWS = [PAYLOADS[start : start + WIDE] for start in range(0, len(PAYLOADS), WIDE)]

HEADS = ["=1+1", "＋SUM(A1)", '@HYPERLINK("http://127.0.0.1")', "-2", "'=3", "{{7*7}}", "<f>4</f>", "𠮷㐂"]

RECKONED = tuple("=+-@＝＋－＠\t\r\n")


@pytest.fixture
def app(app: Application) -> Application:
    """Long work is done at once, before the answer."""
    app.config[worker.STARTER] = worker.at_once
    return app


def _seen(word: str) -> str:
    """What the import leaves of a word: no control but the tab and ends of lines; nothing of what cannot be seen at all."""
    word = re.sub("[\x00-\x08\x0e-\x1f\x7f]", "", word.replace("\x0b", "\n").replace("\x0c", "\n"))
    return "" if word.isspace() else word


def _ledger() -> bytes:
    """A ledger of all payloads, each row of it with a wrong telephone number."""
    held = io.BytesIO()
    with xlsxwriter.Workbook(held, {"in_memory": True}) as book:
        sheet = book.add_worksheet("台账")
        for line, cells in enumerate([HEADS, *ROWS]):
            first = FIRST if not line else (f"L{line}", "199000", "2026-03-05", "来信", "请求修路")
            for column, cell in enumerate((*first, *cells)):
                sheet.write_string(line, column, cell)
    return held.getvalue()


def _said(parts: zipfile.ZipFile) -> list[str]:
    """Whatever in the parts of a workbook is reckoned, or leads elsewhere."""
    wrong = []
    for part in parts.namelist():
        content = parts.read(part).decode()
        kinds = set(re.findall(r'<c [^>]*?t="(\w+)"', content)) - {"s"}
        numbers = re.findall(r"<c (?![^>]*t=)[^>]*><v>", content)
        signs = [sign for sign in ("<f>", "<f ", "TargetMode=", "ddeLink", "<hyperlink") if sign in content]
        wrong += [f"{part}: {sign}" for sign in (*kinds, *numbers, *signs)]
        wrong += [part] if "external" in part.lower() or part.endswith(".bin") else []
    return wrong


def test_no_cell_of_the_tables_of_problems_is_reckoned_and_none_loses_a_character(
    browser_of: Browse, world: World
) -> None:
    assert len(set(PAYLOADS)) >= 300
    officer = browser_of(world.officer)
    batch = checked(officer, _ledger(), "台账.xlsx")
    words = [[_seen(word) for word in row] for row in ROWS]

    answer = officer.get(f"/ledger/{batch}/problems.xlsx")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as parts:
        assert _said(parts) == []
    head, *rows = python_calamine.load_workbook(io.BytesIO(answer.data)).get_sheet_by_index(0).to_python()
    assert head[7:] == HEADS
    assert [row[7:] for row in rows] == words

    table = officer.get(f"/ledger/{batch}/problems.csv").data
    lines = list(csv.reader(io.StringIO(table.decode("utf-8-sig"), newline="")))
    assert [cell for line in lines for cell in line if cell.startswith(RECKONED)] == []
    shown = [[cell[1:] if cell.startswith("'") and cell.lstrip("'").startswith(RECKONED) else cell for cell in line[7:]]
             for line in lines]  # fmt: skip
    assert shown[0] == HEADS
    assert shown[1:] == words

    again = checked(officer, table, "未导入的行.csv")
    back = list(
        csv.reader(io.StringIO(officer.get(f"/ledger/{again}/problems.csv").data.decode("utf-8-sig"), newline=""))
    )
    assert [line[-WIDE:] for line in back] == [line[-WIDE:] for line in lines], "what comes back corrected is what went"
