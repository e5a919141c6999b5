"""Tables that leave the house. Nothing in them can be a formula.

Every cell of a workbook is written as text or as a number, and in a text table a cell that a spreadsheet program would
reckon with begins with an apostrophe.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

import xlsxwriter

from petitions.cases.spreadsheets.cells import Cell, cleaned, guarded, written

LONGEST = 32_767
"""Characters a cell of a workbook can hold."""

_NOT_IN_A_NAME = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
_LONGEST_NAME = 31
"""What a spreadsheet program takes as the name of a sheet."""

Rows = Sequence[Sequence[Cell]]
"""The heading first."""


def workbook(sheets: Mapping[str, Rows], notes: Iterable[str] = ()) -> bytes:
    """An .xlsx with a sheet for each name; the first row of each is its heading, `notes` stand below the first one."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True, "strings_to_urls": False}) as book:
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name.translate(_NOT_IN_A_NAME)[:_LONGEST_NAME])
            for line, row in enumerate(rows):
                for column, cell in enumerate(row):
                    if line and isinstance(cell, int | float) and not isinstance(cell, bool):
                        sheet.write_number(line, column, cell)
                    else:
                        sheet.write_string(
                            line, column, (cleaned(written(cell)) or "")[:LONGEST], *([head] if not line else [])
                        )
            sheet.freeze_panes(1, 1)
            sheet.set_column(0, 0, 24)
            for line, note in enumerate(notes, len(rows) + 1):
                sheet.write_string(line, 0, note)
            notes = ()
    return made.getvalue()


def table(rows: Iterable[Sequence[Cell]]) -> bytes:
    """A .csv in UTF-8 with a mark, as spreadsheet programs expect it."""
    lines = io.StringIO(newline="")
    writer = csv.writer(lines)
    for row in rows:
        writer.writerow([guarded(cleaned(written(cell)) or "") for cell in row])
    return lines.getvalue().encode("utf-8-sig")
