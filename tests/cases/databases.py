"""Databases of one test alone, for what a rolled-back transaction cannot show: two connections at once."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import text

from petitions import migrating
from petitions.db import Database
from tests.keys import ring


@contextmanager
def own_database(kind: str, folder: Path, postgres_url: str) -> Iterator[Database]:
    """A migrated and filled database, gone afterwards."""
    if kind == "sqlite":
        database = Database(f"sqlite:///{folder / 'own.sqlite3'}", keys=ring)
        yield _ready(database)
        database.dispose()
        return
    maker, name = Database(postgres_url, keys=ring), f"own_{uuid.uuid4().hex[:12]}"
    with maker.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    database = Database(maker.engine.url.set(database=name).render_as_string(hide_password=False), keys=ring)
    try:
        yield _ready(database)
    finally:
        database.dispose()
        with maker.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
        maker.dispose()


def _ready(database: Database) -> Database:
    migrating.upgrade(database)
    migrating.fill(database)
    return database
