"""Code lists: seeded with a version, edited by an administrator, offered as choices."""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from sqlalchemy import select

from petitions import db
from petitions.cases.fields import Choice
from petitions.cases.models import Code
from petitions.web.inputs import initials


class SeedRow(Protocol):
    """One row of shipped seed data."""

    @property
    def list(self) -> str: ...
    @property
    def code(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def parent(self) -> str: ...
    @property
    def position(self) -> int: ...
    @property
    def note(self) -> str: ...
    @property
    def article(self) -> str: ...
    @property
    def extra(self) -> Mapping[str, Any]: ...


def seed(rows: Iterable[SeedRow], scheme: str) -> int:
    """Add the rows that are not there yet; returns how many. What an administrator changed is never touched."""
    session = db.session()
    known = {(code.list, code.code) for code in session.scalars(select(Code))}
    new = [row for row in rows if (row.list, row.code) not in known]
    session.add_all(
        Code(list=row.list, code=row.code, label=row.label, parent=row.parent, position=row.position, note=row.note,
             article=row.article, scheme=scheme, extra=dict(row.extra))
        for row in new
    )  # fmt: skip
    session.flush()
    return len(new)


def every(name: str) -> list[Code]:
    """All entries of a list in their order, retired ones included; read once per unit of work."""
    cache: dict[str, list[Code]] = db.session().info.setdefault("codes", {})
    if name not in cache:
        rows = db.session().scalars(select(Code).where(Code.list == name).order_by(Code.position, Code.code))
        cache[name] = list(rows)
    return cache[name]


def read(*names: str) -> None:
    """Read these lists with one query, for a page that shows labels of many."""
    cache: dict[str, list[Code]] = db.session().info.setdefault("codes", {})
    missing = [name for name in names if name not in cache]
    if missing:
        cache.update({name: [] for name in missing})
        for row in db.session().scalars(select(Code).where(Code.list.in_(missing)).order_by(Code.position, Code.code)):
            cache[row.list].append(row)


def forget() -> None:
    """Read the lists anew from now on: one of them has just been changed."""
    for name in ("codes", "codes_found"):
        db.session().info.pop(name, None)


def label(name: str, code: str) -> str:
    """The Chinese label of a code; an unknown one is shown as it is."""
    row = entry(name, code)
    return row.label if row else code


def entry(name: str, code: str) -> Code | None:
    """The row of a code, or None."""
    found: dict[str, dict[str, Code]] = db.session().info.setdefault("codes_found", {})
    if name not in found:
        found[name] = {row.code: row for row in every(name)}
    return found[name].get(code)


def choices(name: str) -> list[Choice]:
    """The active entries, a child shown under its parent's label."""
    rows = [row for row in every(name) if row.active]
    labels = {row.code: row.label for row in rows}
    return [Choice(row.code, row.label, labels.get(row.parent, ""), initials(row.label)) for row in rows]
