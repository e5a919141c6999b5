"""An import whose process is killed, for real, on a real file and on a real server: what is there is exact."""

import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, func, make_url, select, text

from petitions import clock, migrating
from petitions.cases.models import Case, Event
from petitions.db import Database
from petitions.documents.models import Counter
from petitions.intake.ledger import command
from petitions.intake.models import ImportBatch, ImportRow
from petitions.matters.models import Petition
from tests.factories import build_world
from tests.intake.ledger.ledgers import csv_of
from tests.keys import ring

ROWS = 1500
_SCRIPT = """
import sys
from pathlib import Path
from petitions import tables
from petitions.db import Database
from petitions.intake.ledger import command
from petitions.matters import kind
assert kind.MATTER and tables.ALL
url, ledger, folder, officer, KEYS = sys.argv[1:]
def say(done, total):
    print(done, flush=True)
command.bring_in(Database(url, keys=lambda: KEYS), Path(ledger), officer, folder=Path(folder), progress=say)
"""


def _server(url: str) -> Engine:
    return create_engine(make_url(url), isolation_level="AUTOCOMMIT")


@pytest.fixture(params=["sqlite", "postgresql"])
def real(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database of this test alone, that other processes can open."""
    if request.param == "sqlite":
        database = Database(f"sqlite:///{tmp_path / 'office.sqlite3'}", keys=ring)
        migrating.upgrade(database)
        migrating.fill(database)
        yield database
        database.dispose()
        return
    url = request.getfixturevalue("postgres_url")
    name = f"killed_{uuid.uuid4().hex[:12]}"
    engine = _server(url)
    with engine.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    database = Database(make_url(url).set(database=name).render_as_string(hide_password=False), keys=ring)
    migrating.upgrade(database)
    migrating.fill(database)
    yield database
    database.dispose()
    with engine.connect() as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    engine.dispose()


@pytest.fixture
def officer(real: Database) -> str:
    """Who imports, by the name they log in with."""
    with real.work() as session:
        return build_world(session).officer.username


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """A ledger of so many different people, every other row answered."""
    path = tmp_path / "台账.csv"
    path.write_bytes(
        csv_of(
            [
                (f"N-{n}", f"田小禾{n}", f"199{n:08d}", f"2024-0{n % 9 + 1}-05", "来信", "", f"第{n}件事：请求修路。",
                 *(("已修。", "2024-10-05") if n % 2 else ("", "")))
                for n in range(ROWS)
            ]
        )
    )  # fmt: skip
    return path


def test_an_import_killed_twice_ends_with_every_row_once(
    real: Database, officer: str, ledger: Path, tmp_path: Path
) -> None:
    url, folder = real.engine.url.render_as_string(hide_password=False), tmp_path / "ledgers"
    for _ in range(2):
        _kill_after(2, url, ledger, folder, officer)
        with real.work() as session:
            batch = session.scalars(select(ImportBatch)).one()
            assert batch.state == "running"
            assert 0 < batch.imported < ROWS
            assert batch.imported == session.scalar(select(func.count()).select_from(Petition))
            # The lease of the one that was killed runs out at once instead of in a minute.
            batch.lease_until = clock.now() - timedelta(seconds=1)
    result = command.bring_in(real, ledger, officer, folder=folder)
    assert (result.read, result.imported, result.joined, result.known, result.refused) == (ROWS, ROWS, 0, 0, [])
    with real.work(write=False) as session:
        assert session.scalar(select(func.count()).select_from(ImportBatch)) == 1
        assert session.scalar(select(func.count()).select_from(Petition)) == ROWS
        assert session.scalar(select(func.count(Petition.original_number.distinct()))) == ROWS
        assert session.scalar(select(func.count()).select_from(ImportRow)) == ROWS
        assert session.scalar(select(func.count()).select_from(Event)) == ROWS + ROWS // 2
        closed = select(func.count()).select_from(Case).where(Case.closed_on.is_not(None))
        assert session.scalar(closed) == ROWS // 2
        # The register has no gap: as many numbers as petitions, and the counter stands at the last one.
        numbers = [int(number[-6:]) for number in session.scalars(select(Petition.number))]
        assert sorted(numbers) == list(range(1, ROWS + 1))
        assert session.scalar(select(Counter.last).where(Counter.series == "XF")) == ROWS
    again = command.bring_in(real, ledger, officer, folder=folder)
    assert (again.imported, again.known) == (0, ROWS)


def _kill_after(chunks: int, url: str, ledger: Path, folder: Path, officer: str) -> None:
    """Run the import in a process of its own and kill it in the middle of a later chunk."""
    arguments = [sys.executable, "-c", _SCRIPT, url, str(ledger), str(folder), officer, ring()]
    with subprocess.Popen(
        arguments, stdout=subprocess.PIPE, cwd=Path(__file__).parents[3], start_new_session=True
    ) as child:
        assert child.stdout is not None
        for _ in range(chunks):
            assert child.stdout.readline(), "the import ended before it could be killed"
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
    assert child.returncode == -signal.SIGKILL
