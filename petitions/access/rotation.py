"""Rotating the keys of the identity vault: every row that another key locked is locked anew, a chunk at a time.

A chunk is a transaction, and what still has to be done is asked of the rows themselves: whoever is killed goes on where
the last chunk ended. The office works meanwhile, because a ring reads with all its keys and both marks are looked for.
"""

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import func, inspect, select

from petitions import db
from petitions.access import vault
from petitions.db import Base, Database

CHUNK = 500
"""Rows of a transaction: about a tenth of a second, in which a clerk's click waits unnoticed."""


def tables() -> list[type[Any]]:
    """Every table with locked rows."""
    return sorted(
        (mapper.class_ for mapper in Base.registry.mappers if issubclass(mapper.class_, vault.Keyed)),
        key=lambda table: str(table.__tablename__),
    )


def counts() -> dict[str, int]:
    """How many rows each key has locked, by its number; the keys of the ring that have none too. For a unit of work."""
    found = {key.id: 0 for key in vault.ring().keys}
    for table in tables():
        grouped = select(table.key_id, func.count()).group_by(table.key_id)
        for key_id, number in db.session().execute(grouped):
            found[key_id] = found.get(key_id, 0) + number
    return found


def missing() -> list[str]:
    """The numbers of the keys that rows need and the ring does not have; one query a table."""
    known = {key.id for key in vault.ring().keys}
    used = {key_id for table in tables() for key_id in db.session().scalars(select(table.key_id).distinct())}
    return sorted(used - known)


def left() -> int:
    """Rows that another key than the first has locked."""
    present = vault.ring().writes.id
    return sum(number for key_id, number in counts().items() if key_id != present)


def rotate(database: Database, progress: Callable[[int, int], None] | None = None) -> int:
    """Lock with the first key of the ring whatever another one has locked; returns how many rows that were.

    Raises vault.Locked, with everything so far done, when a row does not open.
    """
    with database.work(write=False):
        total = left()
    done = 0
    for table in tables():
        for number in _chunks(database, table):
            done += number
            if progress:
                progress(done, max(total, done))
    return done


def _chunks(database: Database, table: type[Any]) -> Iterator[int]:
    (key,) = inspect(table).primary_key
    last = 0
    while True:
        with database.work() as session:
            # Locked on PostgreSQL, so that nobody writes the row meanwhile with the key that goes.
            query = select(table).where(key > last, table.key_id != vault.ring().writes.id).order_by(key).limit(CHUNK)
            rows = session.scalars(query.with_for_update(of=table)).all()
            for row in rows:
                row.relock()
                last = inspect(row).identity[0]
        if not rows:
            return
        yield len(rows)
