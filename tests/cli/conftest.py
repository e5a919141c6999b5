"""Running the command as a script and as a person would."""

import json
import os
import pty
import select
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import create_engine, make_url, text

from petitions.cli import main
from petitions.db import Database
from petitions.settings import Settings

PATIENCE = 120
"""Seconds to wait for a question: a busy machine starts slowly."""

PETITIONS = str(Path(sys.executable).with_name("petitions"))


@dataclass
class Answer:
    """What a command gave back."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """The one JSON object of --json."""
        found: dict[str, Any] = json.loads(self.out)
        return found


Run = Callable[..., Answer]


@pytest.fixture(params=["sqlite", "postgresql"])
def nothing(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a database with nothing in it; the command runs in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    for name in [name for name in os.environ if name.startswith("PETITIONS_")]:
        monkeypatch.delenv(name)
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'cli.sqlite3'}"
        return
    maker = create_engine(make_url(request.getfixturevalue("postgres_url")), isolation_level="AUTOCOMMIT")
    name = f"cli_{os.urandom(6).hex()}"
    with maker.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    yield maker.url.set(database=name).render_as_string(hide_password=False)
    if os.environ.get("TEST_PG_URL"):
        with maker.connect() as connection:
            connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    maker.dispose()


@pytest.fixture
def run(nothing: str) -> Run:
    """`run("user", "list")`: the command on the test's database."""

    def invoke(*args: str, env: dict[str, str] | None = None) -> Answer:
        done = CliRunner().invoke(main, [*args, "--database", nothing], env=env)
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return Answer(done.exit_code, done.stdout, done.stderr)

    return invoke


@pytest.fixture
def made(run: Run) -> Run:
    """The command on a database that was set up: an office, a bureau under it and an administrator."""
    assert run("init").code == 0
    assert run("unit", "add", "青禾县信访局", "--kind", "office", "--sign", "青信").code == 0
    assert run("unit", "add", "青禾县水利局", "--under", "青禾县信访局").code == 0
    assert run("user", "add", "admin", "--unit", "青禾县信访局", "--role", "administrator").code == 0
    return run


@pytest.fixture
def opened(nothing: str) -> Iterator[Database]:
    """The test's database, to look into."""
    database = Database(nothing, keys=Settings().vault_keys)
    yield database
    database.dispose()


def typed(args: list[str], *answers: tuple[str, str]) -> tuple[int, str]:
    """Run the command at a terminal, where each answer is typed once its question has been asked.

    Returns the exit code and what the screen showed.
    """
    here, there = pty.openpty()
    process = subprocess.Popen([PETITIONS, *args], stdin=there, stdout=there, stderr=there, close_fds=True)
    os.close(there)
    shown, seen, left = "", 0, list(answers)
    while select.select([here], [], [], PATIENCE)[0]:
        try:
            piece = os.read(here, 4096)
        except OSError:  # Linux says so when the other end is closed
            break
        shown += piece.decode(errors="replace")
        if left and left[0][0] in shown[seen:]:
            seen = len(shown)
            os.write(here, f"{left.pop(0)[1]}\n".encode())
    os.close(here)
    process.kill() if process.poll() is None and left else None
    return process.wait(PATIENCE), shown
