"""The rows that cannot be imported, as a table to be corrected: each with what is wrong, at the cell itself too.

Nothing in it can be a formula: every cell of the workbook is written as text, and in the text table a cell that a
spreadsheet program would reckon with begins with an apostrophe. Corrected, the table can be imported as it stands.
"""

import io
from collections.abc import Iterator, Mapping, Sequence

import xlsxwriter

from petitions.cases.spreadsheets import writing
from petitions.cases.spreadsheets.cells import cleaned, written
from petitions.cases.spreadsheets.writing import LONGEST
from petitions.intake.ledger.entries import OURS
from petitions.intake.ledger.source import Source

Problems = Mapping[int, Sequence[tuple[str, str]]]
"""Row number -> (column, sentence)."""


def workbook(ledger: Source, problems: Problems) -> bytes:
    """An .xlsx of the rows with problems; a note at each cell that has one."""
    written_to = io.BytesIO()
    with xlsxwriter.Workbook(written_to, {"in_memory": True, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet("未导入的行")
        head = book.add_format({"bold": True, "bottom": 1})
        wrong = book.add_format({"bg_color": "#FFF4CC"})
        names = _head(ledger)
        for column, name in enumerate(names):
            sheet.write_string(0, column, name[:LONGEST], head)
        sheet.freeze_panes(1, 2)
        sheet.set_column(0, 0, 8)
        sheet.set_column(1, 1, 50)
        places = {name: column for column, name in enumerate(names)}
        for line, (number, cells) in enumerate(_rows(ledger, problems), 1):
            for column, cell in enumerate(cells):
                sheet.write_string(line, column, cell[:LONGEST])
            for heading, sentence in problems[number]:
                column = places.get(heading, 1)
                if column >= len(OURS):
                    sheet.write_string(line, column, cells[column][:LONGEST] if column < len(cells) else "", wrong)
                    sheet.write_comment(line, column, sentence, {"author": "信访办案系统"})
    return written_to.getvalue()


def table(ledger: Source, problems: Problems) -> bytes:
    """A .csv of the same, in UTF-8 with a mark, as spreadsheet programs expect it."""
    return writing.table((_head(ledger), *(cells for _, cells in _rows(ledger, problems))))


def _head(ledger: Source) -> list[str]:
    return [*OURS, *ledger.header.names]


def _rows(ledger: Source, problems: Problems) -> Iterator[tuple[int, list[str]]]:
    for row in ledger.rows():
        if row.number in problems:
            said = "；".join(sentence for _, sentence in problems[row.number])
            yield row.number, [str(row.number), said, *(cleaned(written(cell)) or "" for cell in row.cells)]
