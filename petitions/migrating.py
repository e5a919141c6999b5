"""Bringing a database to the newest schema and filling what a new one starts with."""

from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from petitions import paths
from petitions.cases import codes
from petitions.cases.calendar import seed_calendar
from petitions.db import Database
from petitions.matters import seed


def configuration() -> Config:
    """Alembic's configuration, made in code: a wheel has no alembic.ini."""
    config = Config()
    # Alembic reads values with %-interpolation, so a per cent sign in the path is doubled.
    config.set_main_option("script_location", str(paths.MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def upgrade(database: Database, revision: str = "head") -> None:
    """Bring the schema to `revision`.

    On SQLite foreign keys are off meanwhile: rebuilding a table would otherwise delete the rows that point to it
    (reliability.md E1); afterwards every reference is checked.
    """
    config = configuration()
    with database.engine.connect() as connection:
        # Outside of a transaction: inside one the pragma does nothing.
        raw: Any = connection.connection.dbapi_connection
        if database.is_sqlite:
            raw.execute("PRAGMA foreign_keys=OFF")
        try:
            config.attributes["connection"] = connection
            command.upgrade(config, revision)
            connection.commit()
            if database.is_sqlite:
                _check_references(connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall())
                connection.rollback()
        finally:
            if database.is_sqlite:
                raw.execute("PRAGMA foreign_keys=ON")


def downgrade(database: Database, revision: str) -> None:
    """Take the schema back to `revision` (`base` for nothing)."""
    config = configuration()
    with database.engine.connect() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, revision)
        connection.commit()


def _check_references(broken: object) -> None:
    if broken:
        raise RuntimeError(f"references broken by the migration: {broken}")


def current(database: Database) -> str | None:
    """The revision the database is at; None when it is empty."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest() -> str | None:
    """The revision this program needs."""
    return ScriptDirectory.from_config(configuration()).get_current_head()


def fill(database: Database) -> None:
    """Code lists and calendar years that are not there yet; what an administrator changed is never touched."""
    with database.work():
        codes.seed(seed.rows(), seed.SCHEME)
        seed_calendar()
