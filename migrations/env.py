"""Run the numbered migrations on the database that petitions/migrating.py hands over, or on the configured one."""

from alembic import context
from sqlalchemy import Connection, text

from petitions import tables
from petitions.db import Base, Database, Moment
from petitions.settings import Settings

# Any number: it only has to be the same for every copy of the program that upgrades one PostgreSQL at a time.
_LOCK = 7202205


def _render(kind: str, item: object, autogen: object) -> str | bool:  # noqa: ARG001
    """A migration never imports our code: our moment is written as what the database stores."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, Moment) else False


def _run(connection: Connection) -> None:
    sqlite = connection.dialect.name == "sqlite"
    context.configure(
        connection=connection, target_metadata=Base.metadata, render_as_batch=sqlite, transaction_per_migration=True,
        compare_type=True, render_item=_render,
    )  # fmt: skip
    with context.begin_transaction():
        if not sqlite:
            connection.execute(text("SET LOCAL lock_timeout = '10s'"))
            connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _LOCK})
        context.run_migrations()


assert tables.ALL  # importing it is what fills Base.metadata
given = context.config.attributes.get("connection")
if given is not None:
    _run(given)
else:
    settings = Settings()
    context.config.attributes["keys"] = settings.vault_keys
    with Database(settings.url()).engine.connect() as opened:
        _run(opened)
        opened.commit()
