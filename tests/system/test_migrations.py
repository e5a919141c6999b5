"""Migrations: numbered, both directions, free of our models, and equal to the models at the end."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from petitions import migrating, paths, tables
from petitions.db import Base, Database
from tests.keys import ring

FILES = sorted((paths.MIGRATIONS / "versions").glob("*.py"))


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database of this test alone, with nothing in it."""
    if request.param == "sqlite":
        database = Database(f"sqlite:///{tmp_path / 'empty.sqlite3'}", keys=ring)
        yield database
        database.dispose()
        return
    url = request.getfixturevalue("postgres_url")
    maker = Database(url, keys=ring)
    name = f"empty_{tmp_path.name.replace('-', '_')[:40]}".lower()
    with maker.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}"'))
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    database = Database(maker.engine.url.set(database=name).render_as_string(hide_password=False), keys=ring)
    yield database
    database.dispose()
    with maker.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    maker.dispose()


def _tables(database: Database) -> set[str]:
    return set(inspect(database.engine).get_table_names()) - {"alembic_version", "sqlite_sequence"}


def test_the_migrated_schema_equals_the_models(empty: Database) -> None:
    assert tables.ALL
    migrating.upgrade(empty)
    with empty.engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "include_object": lambda *found: not str(found[1]).startswith("case_search"),
            },
        )
        assert compare_metadata(context, Base.metadata) == []


def test_every_migration_goes_up_down_and_up_again(empty: Database) -> None:
    migrating.upgrade(empty)
    full = _tables(empty)
    migrating.downgrade(empty, "base")
    assert _tables(empty) == set()
    migrating.upgrade(empty)
    assert _tables(empty) == full
    assert migrating.current(empty) == migrating.newest()


def test_migrations_are_numbered_without_a_gap() -> None:
    assert [path.name[:4] for path in FILES] == [f"{n:04d}" for n in range(1, len(FILES) + 1)]
    assert all(re.fullmatch(r"\d{4}_[a-z0-9_]+\.py", path.name) for path in FILES)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_migration_never_imports_the_application(path: Path) -> None:
    assert not re.search(r"^\s*(from|import) petitions", path.read_text(encoding="utf-8"), re.MULTILINE)


def test_filling_twice_adds_nothing_and_keeps_what_an_administrator_changed(empty: Database) -> None:
    migrating.upgrade(empty)
    migrating.fill(empty)
    with empty.work() as session:
        session.execute(text("UPDATE codes SET label = '本地叫法' WHERE list = 'channel' AND code = 'LX'"))
        before = session.execute(text("SELECT count(*) FROM codes")).scalar_one()
    migrating.fill(empty)
    with empty.work(write=False) as session:
        assert session.execute(text("SELECT count(*) FROM codes")).scalar_one() == before
        label = session.execute(text("SELECT label FROM codes WHERE list = 'channel' AND code = 'LX'")).scalar_one()
        assert label == "本地叫法"
