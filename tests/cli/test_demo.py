"""`petitions demo` comes with the service (ASVS 15.2.3): it works in its own folder and touches no data but its own."""

import sqlite3
from pathlib import Path

from click.testing import CliRunner
from sqlalchemy import select

from petitions.access.models import User
from petitions.cli import main
from petitions.db import Database
from tests.cli.conftest import Run


def test_a_database_with_real_people_is_not_touched(made: Run, opened: Database) -> None:
    for more in ((), ("--fresh",), ("--fresh", "--yes")):
        refused = made("demo", "--no-serve", "--count", "1", *more)
        assert refused.code == 1
        assert "这个数据库里已有数据，没有动它" in refused.err
    with opened.work(write=False) as session:
        assert session.scalars(select(User.username)).all() == ["admin"]


def test_a_folder_of_its_name_that_it_has_not_made_is_not_touched(nothing: str, tmp_path: Path) -> None:
    folder = tmp_path / "petitions-demo"
    folder.mkdir()
    with sqlite3.connect(folder / "petitions.sqlite3") as kept:
        kept.execute("CREATE TABLE theirs (id INTEGER)")
    kept.close()
    before = (folder / "petitions.sqlite3").read_bytes()
    for more in ((), ("--fresh",), ("--fresh", "--yes")):
        refused = CliRunner().invoke(main, ["demo", "--no-serve", "--count", "1", *more])
        assert refused.exit_code == 1
        assert "没有动它" in refused.stderr
    assert (folder / "petitions.sqlite3").read_bytes() == before
    assert [path.name for path in folder.iterdir()] == ["petitions.sqlite3"]
