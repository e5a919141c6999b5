"""What a spreadsheet holds: cells that keep their type, rows that keep their number."""

import re
from datetime import date, datetime
from typing import NamedTuple

Cell = str | int | float | bool | date | datetime | None
"""Text, number, yes/no, date or moment as the file has it; None where nothing stands."""

# Tab and line ends may stand in a letter; nothing else below the blank may, and NUL cuts text off in some databases.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")

_RECKONED = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")
"""With what a cell of a text table begins that a spreadsheet program reckons with; an East Asian one reads the wide signs too."""

EXACT = 10**15
"""From here on a spreadsheet, which keeps 15 digits, has lost the last ones."""


class Row(NamedTuple):
    """One row: its number as the spreadsheet program shows it, counted from 1, and its cells from column A."""

    number: int
    cells: list[Cell]


def cleaned(text: str) -> str | None:
    """The text of a cell without control characters; None when nothing is left to see."""
    if _CONTROLS.search(text):
        text = _CONTROLS.sub("", text.replace("\x0b", "\n").replace("\x0c", "\n"))
    return text if text and not text.isspace() else None


def guarded(text: str) -> str:
    """`text` as it may stand in a text table: behind an apostrophe where a spreadsheet program would reckon with it."""
    return f"'{text}" if _is_reckoned(text) else text


def unguarded(text: str) -> str:
    """What was guarded, as it was: a text table of ours comes back corrected."""
    return text[1:] if text.startswith("'") and _is_reckoned(text) else text


def _is_reckoned(text: str) -> bool:
    return text.lstrip("'").startswith(_RECKONED)


def written(cell: Cell) -> str:
    """The cell as its reader sees it: 2554 for the number 2554.0, 1.10101E+17 for a number too long to be kept."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, int | float):
        return _number(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "seconds")
    return cell.isoformat() if isinstance(cell, date) else cell


def _number(number: float) -> str:
    if abs(number) >= EXACT:
        return f"{number:.5E}"
    return str(int(number)) if float(number).is_integer() else f"{number:.15g}"


def letter(index: int) -> str:
    """The letter of the column with this index, counted from 0: A, B … Z, AA."""
    name, index = "", index + 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
