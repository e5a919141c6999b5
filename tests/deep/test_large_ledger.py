"""A ledger of fifty thousand rows, its import killed five times: every row comes in once, and once only."""

import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from benchmarks.ledger import write
from petitions.cases.spreadsheets import sheets
from petitions.demo.people import seeded
from tests.deep.conftest import Installation
from tests.deep.oracle import numbers
from tests.keys import KEYS

pytestmark = pytest.mark.deep

ROWS, KILLS, SEED = 50_000, 5, 6

IMPORT = """
import resource, sys
from pathlib import Path
from petitions import tables
from petitions.db import Database
from petitions.intake.ledger import command
from petitions.matters import kind
assert tables.ALL and kind.MATTER
url, ledger, folder, officer, KEYS = sys.argv[1:]
def peak(whose):
    return resource.getrusage(whose).ru_maxrss
def say(done, total):
    print("done", done, peak(resource.RUSAGE_SELF), flush=True)
result = command.bring_in(Database(url, keys=lambda: KEYS), Path(ledger), officer, folder=Path(folder), progress=say)
print("end", result.imported, result.joined, result.known, len(result.refused), peak(resource.RUSAGE_SELF),
      peak(resource.RUSAGE_CHILDREN), flush=True)
"""


@dataclass
class Run:
    """What one process has come to before it ended or was killed."""

    done: int
    peak_mb: float
    seconds: float
    result: tuple[int, ...] = ()
    """imported, joined, known, refused; empty for one that was killed."""
    reader_mb: float = 0


def _run(place: Installation, ledger: Path, until: int | None = None) -> Run:
    """Import in a process of its own, killed as soon as so many rows are dealt with."""
    officer = place.world.officer.username
    began, last = time.monotonic(), Run(0, 0, 0)
    arguments = [sys.executable, "-c", IMPORT, place.url, str(ledger), str(place.folder / "ledgers"), officer, KEYS]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2], text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            word, *figures = line.split()
            told = [int(figure) for figure in figures]
            seconds = time.monotonic() - began
            if word == "end":
                last = Run(sum(told[:4]), told[4] / 1024, seconds, tuple(told[:4]), told[5] / 1024)
            else:
                last = Run(told[0], told[1] / 1024, seconds)
                if until is not None and last.done >= until:
                    process.send_signal(signal.SIGKILL)
                    break
    assert process.returncode == (0 if until is None else -signal.SIGKILL)
    return last


def _one(connection: Connection, query: str) -> int:
    return int(connection.execute(text(query)).scalar_one())


def _goes_on(place: Installation, told: int, rows: int) -> None:
    """What was told is there, whole; then the dead process's lease runs out."""
    with place.database.engine.begin() as connection:
        dealt = _one(connection, "SELECT imported + joined + known + refused FROM import_batches")
        assert told <= dealt < rows
        assert dealt == _one(connection, "SELECT count(DISTINCT row) FROM import_rows")
        assert _one(connection, "SELECT imported + joined FROM import_batches") == _one(
            connection, "SELECT count(*) FROM petitions"
        )
        connection.execute(text("UPDATE import_batches SET lease_until = NULL"))


def _every_row_once(place: Installation, ledger: Path, result: tuple[int, ...], count: int) -> None:
    imported, joined, known, refused = result
    with place.database.engine.connect() as connection:
        assert (known, refused, imported + joined) == (0, 0, count)
        assert _one(connection, "SELECT count(*) FROM import_batches") == 1
        assert (
            _one(connection, "SELECT count(*) FROM petitions")
            == _one(connection, "SELECT count(*) FROM import_rows")
            == count
        )
        assert (
            _one(connection, f"SELECT count(DISTINCT row) FROM import_rows WHERE row BETWEEN 2 AND {count + 1}")
            == count
        )
        assert _one(connection, "SELECT count(*) FROM cases") == imported
        assert _one(connection, "SELECT count(*) FROM events WHERE from_state = 'new'") == imported
        assert _one(connection, "SELECT count(*) FROM events WHERE action = 'receive_repeat'") == joined
        assert numbers(connection) == []
        stored = dict(connection.execute(text("SELECT original_number, text FROM petitions")).all())  # type: ignore[arg-type]
    with sheets.open_book(ledger) as book:
        rows = [row.cells for row in book.rows() if row.number > 1]
    assert stored == {cells[0]: cells[5] for cells in rows}


def test_fifty_thousand_rows_come_in_once_however_often_the_import_is_killed(
    on_sqlite: Installation, tmp_path: Path
) -> None:
    ledger = tmp_path / "台账.xlsx"
    write(ledger, ROWS)
    draw, runs = seeded(SEED), list[Run]()
    for stop in sorted(draw.sample(range(1_000, ROWS - 1_000), KILLS)):
        runs.append(_run(on_sqlite, ledger, stop))
        _goes_on(on_sqlite, runs[-1].done, ROWS)
    runs.append(_run(on_sqlite, ledger))
    _every_row_once(on_sqlite, ledger, runs[-1].result, ROWS)
    seconds = sum(run.seconds for run in runs)
    print(f"\n{ROWS} rows, {ledger.stat().st_size / 1e6:.1f} MB: {seconds:.0f} s with {KILLS} kills, {ROWS / seconds:.0f} rows/s, "
          f"peak {max(run.peak_mb for run in runs):.0f} MB, of the reader {runs[-1].reader_mb:.0f} MB")  # fmt: skip
    again = _run(on_sqlite, ledger)
    print(f"again: {again.seconds:.0f} s, {ROWS / again.seconds:.0f} rows/s, known {again.result[2]}")
    assert again.result == (0, 0, ROWS, 0)
    with on_sqlite.database.engine.connect() as connection:
        assert _one(connection, "SELECT count(*) FROM petitions") == ROWS
        assert _one(connection, "SELECT count(*) FROM cases") == runs[-1].result[0]


def test_an_import_that_goes_on_a_row_too_late_is_found_out(on_sqlite: Installation, tmp_path: Path) -> None:
    ledger, rows = tmp_path / "台账.xlsx", 900
    write(ledger, rows)
    _goes_on(on_sqlite, _run(on_sqlite, ledger, 300).done, rows)
    with on_sqlite.database.engine.begin() as connection:
        connection.execute(text("UPDATE import_batches SET next_row = next_row + 1"))
    result = _run(on_sqlite, ledger).result
    with pytest.raises(AssertionError):
        _every_row_once(on_sqlite, ledger, result, rows)
