"""The rows of a batch as they are read: its file, its sheet, its header, its mapping."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from petitions import clock
from petitions.cases.spreadsheets import sheets
from petitions.cases.spreadsheets.cells import Row
from petitions.intake.ledger import files, headers
from petitions.intake.ledger.headers import Header
from petitions.intake.ledger.rows import Checked, Defaults, check
from petitions.intake.models import ImportBatch


@dataclass(frozen=True)
class Source:
    """A ledger opened the way its batch says."""

    book: sheets.Book
    header: Header
    sheet: str | None
    mapping: dict[str, str]
    defaults: Defaults
    today: date

    def rows(self, first: int = 0) -> Iterator[Row]:
        """The rows below the header, from row number `first` on."""
        below = max(first, self.header.last + 1)
        return (row for row in self.book.rows(self.sheet) if row.number >= below)

    def checked(self, first: int = 0) -> Iterator[tuple[Row, Checked]]:
        """The same, each with what it says."""
        for row in self.rows(first):
            yield row, check(row, self.header.names, self.mapping, self.today, self.defaults)

    def total(self) -> int:
        """How many rows there are."""
        return sum(1 for _ in self.rows())


@contextmanager
def opened(batch: ImportBatch, folder: Path) -> Iterator[Source]:
    """Open the file of a batch; raises Refused when it cannot be read."""
    with sheets.open_book(files.path_of(folder, batch.sha256)) as book:
        sheet = batch.sheet or None
        header = header_of(book, sheet, batch.header_row, int(batch.options.get("lines", 1)))
        yield Source(book, header, sheet, dict(batch.mapping), defaults(batch.options), clock.today())


def header_of(book: sheets.Book, sheet: str | None, first: int, lines: int) -> Header:
    """The header that was chosen; the one that is found where none was (`first` is 0)."""
    head = book.head(sheet)
    return headers.at(head, first, lines) if first else headers.find(head)


def defaults(options: dict[str, Any]) -> Defaults:
    """What holds for rows that do not say it themselves."""
    day = options.get("received_on")
    return Defaults(options.get("channel", ""), date.fromisoformat(day) if day else None)
