"""Workbooks (.xlsx, .xlsm, .xls, .et): looked at from outside first, then read by a process of its own."""

import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from petitions.cases.filekinds import parts_of
from petitions.cases.spreadsheets import reader
from petitions.cases.spreadsheets.cells import Cell, Row, cleaned
from petitions.words import Refused, say

LARGEST = 512 << 20
"""Bytes a workbook may unpack to. 100,000 rows of 20 columns unpack to 200 MB (measured)."""
SUSPICIOUS = 8 << 20
"""Parts smaller than this (bytes unpacked) may be as compressible as they like."""
RATIO = 100
"""Ledgers shrink to a fifth or a tenth; the bomb of reliability.md E5c shrinks to a hundred-and-twentieth."""
MOST_PARTS = 2000
"""An honest workbook has a few parts per sheet."""


@dataclass(frozen=True)
class Sheet:
    """One sheet of a book."""

    name: str
    hidden: bool = False
    index: int = 0
    """Its place in the book, charts counted too."""


def check_archive(path: Path) -> None:
    """Refuse what is a zip file but not a workbook, is damaged, or unpacks to more than any ledger does."""
    try:
        parts = parts_of(path)
    except zipfile.BadZipFile:
        raise damaged() from None
    names = {part.filename for part in parts}
    if not any(name.startswith("xl/workbook.") for name in names):
        raise Refused(say("这个文件不是.xlsx、.xls或.csv表格。请用表格软件打开，另存为.xlsx再导入"))
    if any(part.flag_bits & 1 for part in parts):
        raise locked()
    too_dense = any(part.file_size > SUSPICIOUS and part.file_size > RATIO * part.compress_size for part in parts)
    if too_dense or len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST:
        raise too_large()


def locked() -> Refused:
    """The refusal of a workbook that asks for a password."""
    return Refused(say("这个表格设有密码。请用表格软件打开，取消密码后另存，再导入"))


def damaged() -> Refused:
    """The refusal of a workbook that cannot be read."""
    return Refused(say("这个表格已损坏，打不开。请用表格软件打开核对，另存为.xlsx再导入"))


def too_large() -> Refused:
    """The refusal of a workbook that would take more memory or time than a ledger can need."""
    return Refused(
        say("这个表格展开后太大，没有打开。请删去多余的空行、空列和图片，或者分成几个文件，另存为.xlsx再导入")
    )


def sheets(path: Path) -> tuple[Sheet, ...]:
    """The sheets that have cells, in the order of the book."""
    with _child(path) as lines:
        found = next(lines)["sheets"]
    return tuple(Sheet(one["name"], one["hidden"], index) for index, one in enumerate(found) if one["cells"])


def rows(path: Path, index: int) -> Iterator[Row]:
    """The rows of a sheet that hold anything, as they are read.

    A cell merged over several rows stands in each of them: that is what its reader sees.
    """
    with _child(path, index) as lines:
        about = next(lines)
        columns: int = about["first_column"]
        merged = _Merged(about["merged"])
        for line in lines:
            for number, cells in line.get("rows", ()):
                kept: list[Cell] = [None] * columns
                kept += [_cell(cell) for cell in cells]
                if any(cell is not None for cell in kept):
                    merged.fill(number - 1, kept)
                    yield Row(number, kept)


def _cell(raw: Any) -> Cell:
    if isinstance(raw, str):
        return cleaned(raw)
    if isinstance(raw, dict):
        return datetime.fromisoformat(raw["moment"]) if "moment" in raw else date.fromisoformat(raw["date"])
    kept: Cell = raw
    return kept


class _Merged:
    """Cells merged downwards, filled in row by row."""

    def __init__(self, ranges: Sequence[Any]) -> None:
        self._begins: dict[int, list[tuple[int, int]]] = {}
        for (top, left), (bottom, _) in ranges:
            if bottom > top:
                self._begins.setdefault(top, []).append((left, bottom))
        self._tops = sorted(self._begins, reverse=True)
        self._open: list[tuple[int, int, Cell]] = []

    def fill(self, index: int, cells: list[Cell]) -> None:
        """Put what reaches down into row `index`; remember what begins there."""
        self._open = [entry for entry in self._open if entry[1] >= index]
        for column, _, value in self._open:
            if column < len(cells) and cells[column] is None:
                cells[column] = value
        while self._tops and self._tops[-1] <= index:
            top = self._tops.pop()
            if top == index:
                for column, bottom in self._begins[top]:
                    self._open.append((column, bottom, cells[column] if column < len(cells) else None))


@contextmanager
def _child(path: Path, *index: int) -> Iterator[Iterator[dict[str, Any]]]:
    """The lines a reading process hands over; it is ended when the reader has had enough."""
    command = [sys.executable, "-P", reader.__file__, str(path), *map(str, index)]
    child = subprocess.Popen(  # noqa: S603 - our own program, no shell
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    try:
        yield _lines(child)
    finally:
        child.kill()
        child.communicate()


def _lines(child: subprocess.Popen[bytes]) -> Iterator[dict[str, Any]]:
    assert child.stdout is not None
    for text in child.stdout:
        line: dict[str, Any] = json.loads(text)
        if "end" in line:
            return
        if "error" in line:
            raise {"password": locked, "MemoryError": too_large}.get(line["error"], damaged)()
        yield line
    # Killed by its own limits: nothing else ends it before it has said "end" or "error".
    raise too_large()
