"""Spreadsheets as offices keep them, written afresh for each test."""

import re
import struct
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from sqlalchemy.orm import Session

from petitions.cases.spreadsheets import sheets
from petitions.cases.spreadsheets.cells import Row
from petitions.intake.ledger import headers, rows, worker
from petitions.web.responses import Application
from tests.conftest import Isolated
from tests.factories import World
from tests.intake.ledger.ledgers import Desk
from tests.pages import Browser

Table = Sequence[Sequence[Any]]


@pytest.fixture
def today() -> date:
    return date(2026, 3, 20)


@pytest.fixture
def workbook(tmp_path: Path) -> Callable[..., Path]:
    """Write an .xlsx: `workbook({"台账": [[…], …]}, merged=["A1:C1"], hidden=["旧"])`."""

    def write(
        tables: Mapping[str, Table], *, merged: Sequence[str] = (), hidden: Sequence[str] = (), name: str = "台账.xlsx"
    ) -> Path:
        path = tmp_path / name
        with xlsxwriter.Workbook(path) as book:
            day = book.add_format({"num_format": 'yyyy"年"m"月"d"日"'})
            moment = book.add_format({"num_format": "yyyy/m/d hh:mm"})
            for title, table in tables.items():
                sheet = book.add_worksheet(title)
                if title in hidden:
                    sheet.hide()
                else:
                    sheet.activate()
                    sheet.set_first_sheet()
                for place in merged:
                    sheet.merge_range(place, "")
                for index, cells in enumerate(table):
                    for column, cell in enumerate(cells):
                        if isinstance(cell, datetime):
                            sheet.write_datetime(index, column, cell, moment)
                        elif isinstance(cell, date):
                            sheet.write_datetime(index, column, cell, day)
                        elif isinstance(cell, str):
                            sheet.write_string(index, column, cell)
                        elif cell is not None:
                            sheet.write(index, column, cell)
        return path

    return write


@pytest.fixture
def text_file(tmp_path: Path) -> Callable[..., Path]:
    """Write text in an encoding: `text_file("编号,姓名", "gb18030")`."""

    def write(text: str, encoding: str = "utf-8", name: str = "台账.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return path

    return write


@pytest.fixture
def old_office(tmp_path: Path) -> Callable[..., Path]:
    """Write a file of the old Office holding one stream (a compound file of 512-byte sectors)."""

    def write(stream: str, content: bytes, name: str = "台账.xls") -> Path:
        content = content.ljust(max(4096, -(-len(content) // 512) * 512), b"\0")
        none, end = 0xFFFFFFFF, 0xFFFFFFFE
        header = struct.pack("<8s16x5H6x", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6)
        header += struct.pack("<9I", 0, 1, 1, 0, 4096, end, 0, end, 0) + struct.pack("<109I", 0, *[none] * 108)
        chain = [0xFFFFFFFD, end, *range(3, 2 + len(content) // 512), end]
        fat = struct.pack("<128I", *chain, *[none] * (128 - len(chain)))

        def entry(title: str, kind: int, child: int, start: int, size: int) -> bytes:
            encoded = title.encode("utf-16-le") + b"\0\0"
            return struct.pack("<64sHBB3I16xI16xIQ", encoded, len(encoded), kind, 1, none, none, child, 0, start, size)

        directory = entry("Root Entry", 5, 1, end, 0) + entry(stream, 2, none, 2, len(content))
        path = tmp_path / name
        path.write_bytes(header + fat + directory.ljust(512, b"\0") + content)
        return path

    return write


@pytest.fixture
def old_workbook(old_office: Callable[..., Path]) -> Callable[[Table], Path]:
    """Write an .xls (BIFF8) with one sheet of texts, numbers and dates."""

    def record(kind: int, body: bytes) -> bytes:
        return struct.pack("<HH", kind, len(body)) + body

    def write(table: Table) -> Path:
        begin = struct.pack("<HHHHII", 0x0600, 0, 0, 0, 0, 0)
        styles = b"".join(record(0x00E0, struct.pack("<HH16x", 0, format_)) for format_ in (0, 14))  # 14: a date
        title = "信访台账"
        cells = b""
        for index, row in enumerate(table):
            for column, cell in enumerate(row):
                if isinstance(cell, str):
                    text = struct.pack("<HB", len(cell), 1) + cell.encode("utf-16-le")
                    cells += record(0x0204, struct.pack("<HHH", index, column, 0) + text)
                elif isinstance(cell, date):
                    serial = float((cell - date(1899, 12, 30)).days)
                    cells += record(0x0203, struct.pack("<HHHd", index, column, 1, serial))
                else:
                    cells += record(0x0203, struct.pack("<HHHd", index, column, 0, float(cell)))

        def globals_(position: int) -> bytes:
            name = struct.pack("<IBBBB", position, 0, 0, len(title), 1) + title.encode("utf-16-le")
            book = record(0x0809, begin[:2] + struct.pack("<H", 0x0005) + begin[4:]) + styles
            return book + record(0x0085, name) + record(0x000A, b"")

        sheet = record(0x0809, begin[:2] + struct.pack("<H", 0x0010) + begin[4:]) + cells + record(0x000A, b"")
        return old_office("Workbook", globals_(len(globals_(0))) + sheet)

    return write


@pytest.fixture
def check(today: date) -> Callable[..., rows.Checked]:
    """Check one row as the import would: `check({"姓名": "王芳", …})`; the headings are guessed."""

    def run(cells: Mapping[str, Any], *, number: int = 35, **defaults: Any) -> rows.Checked:
        names = tuple(cells)
        row = Row(number, [None if cell == "" else cell for cell in cells.values()])
        return rows.check(row, names, headers.guess(names), today, rows.Defaults(**defaults))

    return run


@pytest.fixture
def import_all(today: date) -> Callable[..., tuple[headers.Columns, list[rows.Checked]]]:
    """Everything the import does with a file before it writes: open, find, guess, check."""

    def run(source: Path | bytes, **defaults: Any) -> tuple[headers.Columns, list[rows.Checked]]:
        with sheets.open_book(source) as book:
            head = book.head()
            header = headers.find(head)
            mapping = headers.guess(header.names, [row for row in head if row.number > header.last])
            return mapping, [
                rows.check(row, header.names, mapping, today, rows.Defaults(**defaults))
                for row in book.rows()
                if row.number > header.last
            ]

    return run


@pytest.fixture
def desk(database: Isolated, world: World, session: Session, tmp_path: Path) -> Desk:
    """An officer of the first office who imports ledgers."""
    session.commit()
    return Desk(database, tmp_path / "ledgers", world.officer)


PERSONS = Callable[[Any], Browser]


@pytest.fixture
def app(app: Application) -> Application:
    """Long work is done at once, before the answer."""
    app.config[worker.STARTER] = worker.at_once
    return app


@pytest.fixture
def officer(browser_of: PERSONS, world: World) -> Browser:
    return browser_of(world.officer)


def upload(browser: Browser, content: bytes, name: str = "台账.csv") -> Any:
    data = {"file": (BytesIO(content), name)}
    return browser.post("/ledger", data, content_type="multipart/form-data")


def batch_id(response: Any) -> int:
    assert response.status_code == 302, response.get_data(as_text=True)
    return int(re.search(r"/ledger/(\d+)", response.location)[1])  # type: ignore[index]


def columns_of(page: str) -> dict[str, str]:
    """What the page of the columns would send as it stands."""
    chosen = {}
    for name, inner in re.findall(r'<select[^>]* name="(column-\d+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        picked = re.search(r'value="(\w+)" selected', inner)
        chosen[name] = picked[1] if picked else "extra"
    return chosen


def checked(browser: Browser, content: bytes, name: str = "台账.csv", **options: str) -> int:
    """Upload and take every suggestion, up to the result of the check."""
    batch = batch_id(upload(browser, content, name))
    page = browser.get(f"/ledger/{batch}/sheet").get_data(as_text=True)
    header = re.search(r'name="header_row" value="(\d+)"[^>]* checked', page)
    lines = re.search(r'name="lines" value="(\d)" checked', page)
    assert header
    assert lines
    sheet = re.search(r'name="sheet" value="([^"]*)"', page)
    browser.post(
        f"/ledger/{batch}/sheet", {"header_row": header[1], "lines": lines[1], "sheet": sheet[1] if sheet else ""}
    )
    page = browser.get(f"/ledger/{batch}/columns").get_data(as_text=True)
    assert browser.post(f"/ledger/{batch}/columns", {**columns_of(page), **options}).status_code == 302
    return batch
