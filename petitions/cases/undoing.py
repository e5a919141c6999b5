"""Taking back what a ledger brought in by mistake, as long as nobody has worked on it: what both imports ask of the kernel.

History and papers are only ever added to, by acts of the door; cases that nobody asked for and nobody has touched are no
history yet, and go with everything the import wrote. Whoever undoes says first which events are the import's own.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, select

from petitions import clock, db
from petitions.cases.models import Case, CaseReader, CaseUnit, Deadline, Document, Event
from petitions.cases.search import CaseSearch
from petitions.db import Base
from petitions.notices.models import Notice

OF_EVERY_CASE: Sequence[tuple[Any, str]] = (
    # Leaves first, each with the column that says whose row it is.
    (Notice.__table__, "case_id"), (CaseSearch.__table__, "case_id"), (Document.__table__, "case_id"),
    (Deadline.__table__, "case_id"), (CaseUnit.__table__, "case_id"), (CaseReader.__table__, "case_id"),
    (Event.__table__, "case_id"),
)  # fmt: skip

_AT_ONCE = 500
"""Ids of one statement."""


def worked_on(some: Sequence[int], foreign: ColumnElement[bool], ours: Collection[Any], kind: Any) -> set[int]:
    """Of these cases those that are not as the import left them.

    `foreign`: which events are not the import's; `ours`: the tables of that kind of case that the import writes to, `kind`
    the one its cases lie in. Any row of any other table that points to a case stands against it.
    """
    found = set(read(select(Event.case_id).where(Event.case_id.in_(some), foreign)))
    found.update(read(select(Case.id).where(Case.id.in_(some), Case.taken_until > clock.now())))
    for column in _elsewhere(ours, kind):
        found.update(read(select(column).where(column.in_(some))))
    return found


def _elsewhere(ours: Collection[Any], kind: Any) -> Iterator[Any]:
    """Every column that points to a case, of tables the import does not write to."""
    known = {table for table, _ in OF_EVERY_CASE} | {Case.__table__, kind, *ours}
    for table in Base.metadata.sorted_tables:
        for key in table.foreign_keys if table not in known else ():
            if key.column.table in (Case.__table__, kind):
                yield key.parent


def hold(ids: Iterable[int]) -> None:
    """Let nobody act on these cases until the commit. SQLite's BEGIN IMMEDIATE has done so already."""
    if db.session().get_bind().dialect.name != "sqlite":
        for some in slices(ids):
            read(select(Case.id).where(Case.id.in_(some)).order_by(Case.id).with_for_update())


def drop(table: Any, which: ColumnElement[bool]) -> None:
    """Delete rows of the bare table: those of a case lie in two of them, each of which is emptied by itself."""
    db.session().execute(delete(table).where(which))


def read(query: Select[Any]) -> list[Any]:
    """Everything of one column."""
    return list(db.session().scalars(query))


def slices(ids: Iterable[int]) -> Iterator[list[int]]:
    """In pieces that one statement takes."""
    waiting = iter(sorted(ids))
    while some := list(islice(waiting, _AT_ONCE)):
        yield some
