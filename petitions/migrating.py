"""Bringing a database to the newest schema and filling what a new one starts with."""

from collections.abc import Callable, Collection
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from petitions import paths
from petitions.cases import codes, search
from petitions.cases.calendar import seed_calendar
from petitions.db import Database
from petitions.matters import finding, seed

assert finding.FINDERS  # what a matter is found by is known once this is imported


def configuration() -> Config:
    """Alembic's configuration, made in code: a wheel has no alembic.ini."""
    config = Config()
    # Alembic reads values with %-interpolation, so a per cent sign in the path is doubled.
    config.set_main_option("script_location", str(paths.MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def upgrade(database: Database, revision: str = "head") -> None:
    """Bring the schema to `revision`; every reference is checked afterwards.

    Where a migration took personal data out of tables, their files are written anew (E10).
    """
    _change(database, lambda config: command.upgrade(config, revision))


def downgrade(database: Database, revision: str) -> None:
    """Take the schema back to `revision` (`base` for nothing); every reference is checked afterwards."""
    _change(database, lambda config: command.downgrade(config, revision))


def _change(database: Database, change: Callable[[Config], None]) -> None:
    """Run a change of the schema; on SQLite with foreign keys off (reliability.md E1).

    Rebuilding a table would otherwise delete the rows that point to it.
    """
    config = _configured(database)
    with database.engine.connect() as connection:
        # Outside of a transaction: inside one the pragma does nothing.
        raw: Any = connection.connection.dbapi_connection
        if database.is_sqlite:
            raw.execute("PRAGMA foreign_keys=OFF")
        try:
            config.attributes["connection"] = connection
            change(config)
            connection.commit()
            if database.is_sqlite:
                _check_references(connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall())
                connection.rollback()
        finally:
            if database.is_sqlite:
                raw.execute("PRAGMA foreign_keys=ON")
    _forget(database, config.attributes.get("forget", set()))


def _configured(database: Database) -> Config:
    """The configuration with what a migration may ask for: the keys of the identity vault."""
    config = configuration()
    config.attributes["keys"] = database.keys
    return config


def _forget(database: Database, tables: Collection[str]) -> None:
    """Write tables anew, so that nothing of what they held before is left in a file of the database."""
    if not tables:
        return
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        raw: Any = connection.connection.dbapi_connection
        if database.is_sqlite:
            raw.execute("VACUUM")
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        for table in () if database.is_sqlite else sorted(tables):
            connection.exec_driver_sql(f"VACUUM (FULL, ANALYZE) {table}")


def _check_references(broken: object) -> None:
    if broken:
        raise RuntimeError(f"references broken by the migration: {broken}")


def current(database: Database) -> str | None:
    """The revision the database is at; None when it is empty."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def has_vault(database: Database) -> bool:
    """Whether the schema knows the identity vault: before that there is nothing a key could open."""
    return inspect(database.engine).has_table("identities")


def newest() -> str | None:
    """The revision this program needs."""
    return ScriptDirectory.from_config(configuration()).get_current_head()


def fill(database: Database) -> None:
    """Code lists, calendar years and texts of the search index that are not there yet.

    What an administrator changed is never touched.
    """
    with database.work():
        codes.seed(seed.rows(), seed.SCHEME)
        seed_calendar()
        search.index_missing()
