"""The child process that opens a workbook. Run by path, it imports nothing of this project.

A workbook comes from outside, and the library that reads it allocates the whole rectangle between its first and its
last cell: a file of 6 KB with two cells in opposite corners asks for 512 GB and ends the process that reads it
(measured with python-calamine 0.9.1). So a process of its own reads it, with an upper bound of memory and of time,
and hands the rows over as lines of JSON. If it dies, one upload is refused; the office goes on working.
"""

import json
import sys
from datetime import date, datetime

import python_calamine

BATCH = 200
"""Rows per line: enough to make the hand-over cheap, few enough to begin at once."""
MEMORY = 1 << 30
"""Bytes. 100,000 rows of 20 columns take 276 MB (measured)."""
SECONDS = 180
"""Seconds of processor time. 100,000 rows of 20 columns take about 4."""


def main() -> None:
    """`reader.py FILE` lists the sheets; `reader.py FILE INDEX` hands over the rows of one sheet."""
    try:
        limit_self()
        with python_calamine.load_workbook(sys.argv[1]) as book:
            if len(sys.argv) > 2:
                hand_over(book.get_sheet_by_index(int(sys.argv[2])))
            else:
                say({"sheets": [kind(sheet) for sheet in book.sheets_metadata]})
        say({"end": True})
    except python_calamine.PasswordError:
        say({"error": "password"})
    except BaseException as error:  # a panic of the library is no Exception
        say({"error": type(error).__name__})


def limit_self() -> None:
    """Bound memory and time; leave no core file, for it would hold the letters of people."""
    if sys.platform != "win32":
        import resource  # noqa: PLC0415 - exists on these systems only

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def kind(sheet: python_calamine.SheetMetadata) -> dict[str, object]:
    """Name of a sheet, whether it is hidden, and whether it has cells at all (a chart has none)."""
    return {
        "name": sheet.name,
        "hidden": sheet.visible is not python_calamine.SheetVisibleEnum.Visible,
        "cells": sheet.typ is python_calamine.SheetTypeEnum.WorkSheet,
    }


def hand_over(sheet: python_calamine.CalamineSheet) -> None:
    """Merged ranges and position first, then the rows that hold anything, each with its number."""
    first_column = sheet.start[1] if sheet.start else 0
    say({"first_column": first_column, "merged": sheet.merged_cell_ranges or []})
    batch: list[tuple[int, list[object]]] = []
    for index, row in enumerate(sheet.iter_rows() if sheet.start else ()):
        if any(cell != "" for cell in row):
            batch.append((index + 1, [cell if isinstance(cell, PLAIN) else marked(cell) for cell in row]))
            if len(batch) == BATCH:
                say({"rows": batch})
                batch = []
    say({"rows": batch})


PLAIN = (str, int, float)


def marked(cell: object) -> object:
    """What JSON has no word for: a date and a moment under a key of their own, a time or a span as text."""
    if isinstance(cell, datetime):
        return {"moment": cell.isoformat()}
    if isinstance(cell, date):
        return {"date": cell.isoformat()}
    return str(cell)


def say(line: dict[str, object]) -> None:
    """One line to the parent."""
    sys.stdout.buffer.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
