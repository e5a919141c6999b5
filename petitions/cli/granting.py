"""`petitions grants`: what the role of the service may do in PostgreSQL, apart from the role that owns the tables."""

import click
from sqlalchemy.dialects import postgresql

from petitions.cli.chinese import Command
from petitions.cli.frame import Desk, desk
from petitions.db import Base
from petitions.tables import ALL

assert ALL  # every module that defines tables

ADDED_ONLY = frozenset(("audit",))
"""The service adds rows and changes none: even the triggers that forbid it belong to somebody else."""

READ_ONLY = frozenset(("alembic_version",))
"""The schema is the owner's."""


def grants(role: str) -> list[str]:
    """The statements the owner runs once, and again after every upgrade; without their semicolons."""
    quote = postgresql.dialect().identifier_preparer.quote  # type: ignore[no-untyped-call]
    name, audit = quote(role), ", ".join(map(quote, sorted(ADDED_ONLY)))
    tables = sorted(set(Base.metadata.tables) - ADDED_ONLY)
    return [
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {name}",
        f"GRANT USAGE ON SCHEMA public TO {name}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON {', '.join(map(quote, tables))} TO {name}",
        f"GRANT SELECT, INSERT ON {audit} TO {name}",
        f"GRANT SELECT ON {', '.join(map(quote, sorted(READ_ONLY)))} TO {name}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {name}",
    ]


@click.command("grants", cls=Command)
@click.argument("role", metavar="角色名")
@desk
def grant(on: Desk, role: str) -> None:
    """打印PostgreSQL中运行服务的角色应有的授权（见 docs/postgresql.md），由建库的角色执行。什么也不改动。"""
    lines = grants(role)
    on.say("\n".join(f"{line};" for line in lines))
    on.answer(role=role, grants=lines)
